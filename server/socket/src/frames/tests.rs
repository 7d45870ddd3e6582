use std::io::Cursor;

use proptest::{collection::vec, prelude::*, sample::select};
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;

use super::*;

/// Where the length of a frame takes more bytes, and one beside each.
const LENGTHS: [usize; 9] = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537];

/// A frame as pages send it.
pub(crate) fn of_page(last: bool, kind: Kind, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0xA5, 0x00, 0xFF, 0x3C];
    let mut frame = Vec::new();
    push(kind, payload, &mut frame);
    frame[0] = u8::from(last) << 7 | kind as u8;
    frame[1] |= 0x80;
    let head = frame.len() - payload.len();

    let masked: Vec<u8> = payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    [&frame[..head], &MASK, &masked].concat()
}

/// All messages that these bytes hold when they come in these pieces, and the fault that ends them.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Message>, Option<Fault>) {
    let (mut inbox, mut messages) = (Inbox::default(), Vec::new());

    for piece in pieces {
        inbox.add(piece);
        loop {
            match inbox.next() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(fault) => return (messages, Some(fault)),
            }
        }
    }
    (messages, None)
}

/// Cut at these places, each a part of the whole.
fn pieces<'a>(bytes: &'a [u8], cuts: &[f64]) -> Vec<&'a [u8]> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| (cut * bytes.len() as f64) as usize).collect();
    ends.extend([0, bytes.len()]);
    ends.sort_unstable();

    ends.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect()
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![8 => 0..300usize, 1 => select(LENGTHS.as_slice())];

    (length, any::<u8>()).prop_map(|(length, seed)| (0..length).map(|at| seed.wrapping_add((at % 251) as u8)).collect())
}

/// A message, the places where it is cut into frames, and a ping that comes behind each of them but the last.
fn message() -> impl Strategy<Value = (Message, Vec<f64>, bool)> {
    let kind = select(vec![Kind::Text, Kind::Binary]);

    (kind, payload(), vec(0.0..1.0, 0..4), any::<bool>())
        .prop_map(|(kind, payload, cuts, pings)| (Message { kind, payload: payload.into() }, cuts, pings))
}

proptest! {
    #[test]
    fn messages_are_read_alike_in_whatever_frames_and_pieces_they_come(
        sent in vec(message(), 1..5),
        cuts in vec(0.0..1.0, 0..12),
    ) {
        let (mut bytes, mut expected) = (Vec::new(), Vec::new());
        for (message, cuts, pings) in sent {
            let frames = pieces(&message.payload, &cuts);
            for (at, frame) in frames.iter().enumerate() {
                let last = at + 1 == frames.len();
                bytes.extend(of_page(last, if at == 0 { message.kind } else { Kind::Continuation }, frame));
                if pings && !last {
                    bytes.extend(of_page(true, Kind::Ping, b"still there?"));
                    expected.push(Message { kind: Kind::Ping, payload: Bytes::from_static(b"still there?") });
                }
            }
            expected.push(message);
        }

        prop_assert_eq!(read(pieces(&bytes, &cuts)), (expected, None));
    }

    #[test]
    fn whatever_comes_is_read_alike_in_whatever_pieces(
        // Mostly short frames with a mask, so that many of them hold together.
        bytes in vec(prop_oneof![any::<u8>(), select(vec![0x82, 0x80, 0x01, 0x89, 0x84, 0xFE])], 0..200),
        cuts in vec(0.0..1.0, 0..12),
    ) {
        prop_assert_eq!(read(pieces(&bytes, &cuts)), read([&bytes[..]]));
    }

    #[test]
    fn frames_of_ours_are_what_others_understand(payload in payload(), kind in select(vec![Kind::Binary, Kind::Ping])) {
        let mut bytes = b"before".to_vec();
        push(kind, &payload, &mut bytes);

        let mut rest = Cursor::new(&bytes[6..]);
        let (header, length) = FrameHeader::parse(&mut rest).unwrap().expect("a whole head");
        prop_assert!(header.is_final && !header.rsv1 && header.mask.is_none());
        prop_assert_eq!((u8::from(header.opcode), length), (kind as u8, payload.len() as u64));
        prop_assert_eq!(&bytes[6 + rest.position() as usize..], &payload[..]);
    }
}

#[test]
fn a_frame_is_the_same_wherever_it_is_torn() {
    for length in LENGTHS {
        let message = Message { kind: Kind::Binary, payload: (0..length).map(|at| (at % 253) as u8).collect() };
        let frame = of_page(true, Kind::Binary, &message.payload);
        let next = of_page(true, Kind::Pong, b"next");
        let bytes = [frame, next].concat();

        // In the middle of a long payload one place is like another.
        for torn in (0..bytes.len()).filter(|at| *at < 200 || at + 200 > bytes.len()) {
            let (messages, fault) = read([&bytes[..torn], &bytes[torn..]]);
            assert_eq!((messages.len(), fault), (2, None), "{length} bytes, torn at {torn}");
            assert_eq!(messages[0], message, "{length} bytes, torn at {torn}");
        }
    }
}

#[test]
fn only_first_bytes_of_the_rfc_are_taken() {
    for first in 0..=u8::MAX {
        let (kind, reserved, last) = (first & 0x0F, first & 0x70, first & 0x80 != 0);
        let starts = matches!(kind, 1 | 2) || (last && matches!(kind, 8..=10));

        let (messages, fault) = read([&[first, 0x80, 1, 2, 3, 4][..]]);

        let expected = if starts && reserved == 0 { None } else { Some(Fault::Malformed) };
        assert_eq!(fault, expected, "{first:#04x}");
        assert_eq!(messages.len(), usize::from(fault.is_none() && last), "{first:#04x}");
    }
}

#[test]
fn what_breaks_the_rules_is_a_fault() {
    let most = vec![7; MOST_READ_BYTES];
    let half = &most[..MOST_READ_BYTES / 2];
    let too_large = u64::try_from(MOST_READ_BYTES + 1).unwrap().to_be_bytes();
    let table: [(&str, Vec<u8>, Option<Fault>); 12] = [
        ("no mask", vec![0x82, 0x01, 9], Some(Fault::Malformed)),
        ("no mask, and not complete", vec![0x82, 0x7E], Some(Fault::Malformed)),
        ("a ping in parts", of_page(false, Kind::Ping, b""), Some(Fault::Malformed)),
        ("the longest ping", of_page(true, Kind::Ping, &[0; 125]), None),
        ("a ping too long", of_page(true, Kind::Ping, &[0; 126]), Some(Fault::Malformed)),
        ("a close too long", of_page(true, Kind::Close, &[0; 65_536]), Some(Fault::Malformed)),
        ("more of nothing", of_page(true, Kind::Continuation, b"x"), Some(Fault::Malformed)),
        (
            "a message inside of another",
            [of_page(false, Kind::Text, b"a"), of_page(true, Kind::Binary, b"b")].concat(),
            Some(Fault::Malformed),
        ),
        ("the longest message", of_page(true, Kind::Binary, &most), None),
        ("a message too long, by its head alone", [&[0x82, 0xFF][..], &too_large].concat(), Some(Fault::TooLarge)),
        ("a length beyond all", [&[0x82, 0xFF][..], &[0xFF; 8]].concat(), Some(Fault::TooLarge)),
        (
            "parts too long together",
            [
                of_page(false, Kind::Binary, half),
                of_page(false, Kind::Continuation, half),
                of_page(true, Kind::Continuation, b"x"),
            ]
            .concat(),
            Some(Fault::TooLarge),
        ),
    ];

    for (name, bytes, fault) in table {
        assert_eq!(read([&bytes[..]]).1, fault, "{name}");
    }
}

#[test]
fn what_has_been_read_takes_no_place() {
    let bytes = [of_page(false, Kind::Binary, b"one "), of_page(true, Kind::Continuation, b"thing")].concat();
    let mut inbox = Inbox::of(&bytes).expect("something came early");

    assert!(!inbox.is_empty());
    assert_eq!(inbox.next().unwrap().map(|message| message.payload), Some(Bytes::from_static(b"one thing")));
    assert!(inbox.is_empty());
    assert!(Inbox::of(&[]).is_none());
}
