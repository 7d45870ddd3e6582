use futures::FutureExt;

use super::*;
use crate::{
    double::{Double, Step},
    frames::tests::of_page,
};

/// A socket to which this happens while it reads.
fn reader(steps: impl IntoIterator<Item = Step>) -> (Reader<Double>, Writer<Double>) {
    Socket::new(Double::reading(steps), &[]).split()
}

/// What arrives until nothing more does.
fn arrivals(reader: &mut Reader<Double>) -> Vec<Arrival> {
    std::iter::from_fn(|| reader.next().now_or_never().flatten()).collect()
}

fn frame(payload: &'static [u8]) -> Arrival {
    Arrival::Frame(Bytes::from_static(payload))
}

fn written(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    frames::push(kind, payload, &mut bytes);
    bytes
}

#[test]
fn messages_arrive_and_pings_are_answered() {
    let sent = [
        of_page(true, Kind::Binary, b"one"),
        of_page(false, Kind::Binary, b"tw"),
        of_page(true, Kind::Ping, b"there?"),
        of_page(true, Kind::Continuation, b"o"),
        of_page(true, Kind::Text, b"three"),
        of_page(true, Kind::Pong, b""),
    ];
    let steps = sent.concat().into_iter().flat_map(|byte| [Step::Blocks, Step::Gives(vec![byte])]);
    let (mut reader, _writer) = reader(steps.chain([Step::Ends]));

    assert_eq!(arrivals(&mut reader), [frame(b"one"), Arrival::Pong, frame(b"two"), Arrival::Strange, Arrival::Pong]);
    assert_eq!(reader.link.stream.written(), written(Kind::Pong, b"there?"));
    assert!(reader.inbox.is_none(), "an idle socket keeps no buffer");
}

#[test]
fn what_came_right_behind_the_handshake_is_read() {
    let early = [of_page(true, Kind::Binary, b"early"), of_page(true, Kind::Binary, b"late")].concat();
    for known in 0..=early.len() {
        let stream = Double::reading([Step::Gives(early[known..].to_vec()), Step::Blocks, Step::Ends]);
        // The end of a stream is an empty read, so a step that gives nothing would be one.
        let stream = if known == early.len() { Double::reading([Step::Ends]) } else { stream };
        let (mut reader, _writer) = Socket::new(stream, &early[..known]).split();

        assert_eq!(arrivals(&mut reader), [frame(b"early"), frame(b"late")], "{known} bytes");
    }
}

#[test]
fn the_end_is_answered_once_and_nothing_is_read_behind_it() {
    let too_large = [0x82, 0xFF, 0, 0, 0, 0, 0xFF, 0, 0, 0, 1, 2, 3, 4].to_vec();
    let table = [
        (of_page(true, Kind::Close, &[0x03, 0xE9, b'b', b'y', b'e']), Some(vec![0x03, 0xE9])),
        (of_page(true, Kind::Close, b""), Some(vec![])),
        (of_page(true, Kind::Close, &[3]), Some(vec![])),
        (vec![0x82, 0x01, 9], Some(1002u16.to_be_bytes().to_vec())),
        (too_large, Some(1009u16.to_be_bytes().to_vec())),
        (of_page(true, Kind::Binary, b"half")[..5].to_vec(), None),
    ];

    for (bytes, answer) in table {
        let behind = if answer.is_some() { of_page(true, Kind::Binary, b"more") } else { vec![] };
        let steps = [Step::Gives([&bytes[..], &behind].concat()), Step::Ends];
        let (mut reader, mut writer) = reader(steps);

        assert_eq!(arrivals(&mut reader), [], "{bytes:?}");
        assert_eq!(reader.next().now_or_never(), Some(None), "it is over: {bytes:?}");
        let answer = answer.map_or(vec![], |payload| written(Kind::Close, &payload));
        assert_eq!(reader.link.stream.written(), answer, "{bytes:?}");

        if !answer.is_empty() {
            writer.write(vec![Bytes::from_static(b"too late")]).now_or_never().unwrap().unwrap();
            writer.close(4001, "again").now_or_never().unwrap();
            assert_eq!(reader.link.stream.written(), answer, "nothing follows a close frame: {bytes:?}");
        }
    }
}

#[test]
fn after_our_good_bye_the_page_is_heard_but_not_answered() {
    let sent = [of_page(true, Kind::Ping, b"?"), of_page(true, Kind::Close, &[0x0F, 0xA8])].concat();
    let (mut reader, mut writer) = reader([Step::Gives(sent)]);

    writer.close(4008, "too slow").now_or_never().unwrap();

    assert_eq!(arrivals(&mut reader), [Arrival::Pong]);
    assert_eq!(reader.next().now_or_never(), Some(None));
    let goodbye = written(Kind::Close, &[&4008u16.to_be_bytes()[..], b"too slow"].concat());
    assert_eq!(reader.link.stream.written(), goodbye);
}

#[test]
fn a_broken_connection_is_over() {
    let (mut reader, _writer) = reader([Step::Gives(of_page(true, Kind::Binary, b"last")), Step::Breaks]);

    assert_eq!(arrivals(&mut reader), [frame(b"last")]);
    assert_eq!(reader.next().now_or_never(), Some(None));
}

/// As after the shortcut has left something: an empty write finishes it.
#[test]
fn a_write_that_was_given_up_goes_on_with_the_next() {
    let link = Arc::new(Link::new(Double::writing([Step::Takes(3), Step::Blocks, Step::Blocks])));
    let mut writer = Writer(link.clone());

    assert!(writer.write(vec![Bytes::from_static(b"one"), Bytes::from_static(b"two")]).now_or_never().is_none());
    assert_eq!(link.stream.written().len(), 3);
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(writer.write(vec![])).unwrap();

    let both = [written(Kind::Binary, b"one"), written(Kind::Binary, b"two")].concat();
    assert_eq!(link.stream.written(), both);
}
