use futures::FutureExt;
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::double::{Double, Step};

/// What connection and dispatcher do with a link.
#[derive(Clone, Debug)]
enum Act {
    Write(Vec<Vec<u8>>),
    Ping,
    Pong(Vec<u8>),
    Flush,
    /// Waits for room, and is given up the first time that there is none.
    FlushInVain,
    Close,
}

fn act() -> impl Strategy<Value = Act> {
    let payload = || prop_oneof![6 => vec(any::<u8>(), 0..140), 1 => Just(vec![3; 70_000])];

    prop_oneof![
        8 => vec(payload(), 0..4).prop_map(Act::Write),
        1 => Just(Act::Ping),
        2 => vec(any::<u8>(), 0..126).prop_map(Act::Pong),
        2 => Just(Act::Flush),
        2 => Just(Act::FlushInVain),
        1 => Just(Act::Close),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..150usize).prop_map(Step::Takes),
        1 => (1..100_000usize).prop_map(Step::Takes),
        4 => Just(Step::Blocks),
    ];

    vec(step, 0..40)
}

/// What a page should read.
#[derive(Default)]
struct Expected {
    bytes: Vec<u8>,
    closed: bool,
}

/// Does it, and adds what a page should read of it.
fn perform(link: &Link<Double>, act: Act, expected: &mut Expected) -> io::Result<()> {
    let (mut frames, closes) = (Vec::new(), matches!(act, Act::Close));
    let waits = !link.outbox().unsent.is_empty();
    let bytes = &mut frames;

    match &act {
        Act::Write(messages) => messages.iter().for_each(|message| frames::push(Kind::Binary, message, bytes)),
        Act::Ping => frames::push(Kind::Ping, &[], bytes),
        Act::Pong(payload) if !waits => frames::push(Kind::Pong, payload, bytes),
        Act::Close => frames::push(Kind::Close, &frames::goodbye(4008, "too slow"), bytes),
        _ => {}
    }
    if !expected.closed {
        expected.bytes.extend(frames);
    }
    expected.closed |= closes;

    match act {
        Act::Write(messages) => {
            let messages: Vec<Bytes> = messages.into_iter().map(Bytes::from).collect();
            let done = link.write_now(&messages)?;
            assert_eq!(done, link.outbox().unsent.is_empty(), "it knows whether the writer has to go on");
        }
        Act::Ping => drop(link.say(Kind::Ping, &[])?),
        Act::Pong(payload) => drop(link.pong(&payload)?),
        Act::Flush => {
            tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(link.flush())?;
            assert!(link.outbox().unsent.is_empty());
        }
        Act::FlushInVain => link.flush().now_or_never().unwrap_or(Ok(()))?,
        Act::Close => drop(link.say(Kind::Close, &frames::goodbye(4008, "too slow"))?),
    }
    Ok(())
}

proptest! {
    #[test]
    fn all_frames_come_whole_and_in_order_wherever_writes_are_cut(
        acts in vec(act(), 1..20),
        steps in steps(),
    ) {
        let link = Link::new(Double::writing(steps));
        let mut expected = Expected::default();

        for act in acts {
            perform(&link, act, &mut expected).unwrap();
        }
        perform(&link, Act::Flush, &mut expected).unwrap();

        prop_assert!(link.stream.written() == expected.bytes, "something is lost, doubled or in another order");
        prop_assert_eq!(link.outbox().unsent.capacity(), 0, "nothing is kept for a socket for which nothing waits");
    }

    #[test]
    fn nothing_follows_what_broke(
        acts in vec(act(), 1..20),
        steps in steps(),
        breaks in 0..20usize,
    ) {
        let breaking = steps.into_iter().take(breaks).chain([Step::Breaks]);
        let link = Link::new(Double::writing(breaking));
        let mut expected = Expected::default();

        // The double insists that it is not asked again.
        let broken = acts.into_iter().filter(|act| perform(&link, act.clone(), &mut expected).is_err()).count() > 0;

        prop_assert!(expected.bytes.starts_with(&link.stream.written()));
        if broken && !expected.closed {
            prop_assert!(link.write_now(&[]).is_err(), "whoever writes next is told, even without frames");
        }
    }
}

#[test]
fn pongs_do_not_pile_up_for_a_page_that_reads_nothing() {
    let link = Link::new(Double::writing(vec![Step::Blocks; 10_000]));

    for _ in 0..5_000 {
        link.pong(&[1; 125]).unwrap();
    }

    assert!(link.outbox().unsent.len() < 200);
}
