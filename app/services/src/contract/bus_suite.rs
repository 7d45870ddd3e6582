//! What every bus keeps to. [`bus_suite!`](crate::bus_suite) makes a test of each of these functions for one bus.

use std::time::Duration;

use domain::MemberId;
use uuid::Uuid;

use crate::ports::{Bus, Delivery, Note, Subscription, Topic};

/// Runs the whole suite; the argument is an expression that makes a bus.
#[macro_export]
macro_rules! bus_suite {
    ($bus:expr) => {
        $crate::bus_suite!(@each $bus;
            a_subscription_hears_what_it_watches_and_nothing_else,
            what_is_watched_no_longer_is_heard_no_longer,
            every_subscription_hears_the_same_order,
            a_reader_that_sleeps_stops_nobody,
            waiting_can_be_given_up_without_losing_a_note,
        );
    };
    (@each $bus:expr; $($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            $crate::contract::bus_suite::$name(&$bus).await;
        }
    )+};
}

/// Topics are a filter.
pub async fn a_subscription_hears_what_it_watches_and_nothing_else(bus: &dyn Bus) {
    let mut reader = watching(bus, Topic::Member(member(1))).await;

    bus.publish(inbox(2, 1)).await;
    bus.publish(inbox(1, 7)).await;

    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 7)));
    assert_silent(&mut *reader).await;
}

/// Unwatching acts at once, for what is on its way too.
pub async fn what_is_watched_no_longer_is_heard_no_longer(bus: &dyn Bus) {
    let mut reader = watching(bus, Topic::Member(member(1))).await;

    bus.publish(inbox(1, 1)).await;
    reader.unwatch(Topic::Member(member(1)));
    bus.publish(inbox(1, 2)).await;

    assert_silent(&mut *reader).await;
}

/// One order per topic, alike for all.
pub async fn every_subscription_hears_the_same_order(bus: &dyn Bus) {
    let mut one = watching(bus, Topic::Member(member(1))).await;
    let mut other = watching(bus, Topic::Member(member(1))).await;

    for head in 1..=200 {
        bus.publish(inbox(1, head)).await;
    }

    for head in 1..=200 {
        assert_eq!(heard(&mut *one).await, Delivery::Note(inbox(1, head)));
        assert_eq!(heard(&mut *other).await, Delivery::Note(inbox(1, head)));
    }
}

/// Publishing never waits for a reader; the one that slept learns that it may have lost notes, or has them all.
pub async fn a_reader_that_sleeps_stops_nobody(bus: &dyn Bus) {
    const NOTES: i64 = 20_000;
    let mut asleep = watching(bus, Topic::Member(member(1))).await;
    let mut awake = watching(bus, Topic::Member(member(2))).await;

    for head in 1..=NOTES {
        bus.publish(inbox(1, head)).await;
    }
    bus.publish(inbox(2, 1)).await;
    assert_eq!(heard(&mut *awake).await, Delivery::Note(inbox(2, 1)));

    let mut expected = 1;
    loop {
        match heard(&mut *asleep).await {
            Delivery::Lost => return,
            Delivery::Note(note) => assert_eq!(note, inbox(1, expected), "a note is missing and nobody said so"),
            Delivery::Interrupted => {}
            Delivery::Closed => panic!("the bus is still there"),
        }
        if expected == NOTES {
            return;
        }
        expected += 1;
    }
}

/// `next` may be dropped at any time.
pub async fn waiting_can_be_given_up_without_losing_a_note(bus: &dyn Bus) {
    let mut reader = watching(bus, Topic::Member(member(1))).await;

    assert_silent(&mut *reader).await;
    bus.publish(inbox(1, 1)).await;

    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 1)));
}

async fn watching(bus: &dyn Bus, topic: Topic) -> Box<dyn Subscription> {
    let mut reader = bus.subscribe().await;
    reader.watch(&[topic]).await;
    reader
}

async fn heard(reader: &mut dyn Subscription) -> Delivery {
    tokio::time::timeout(Duration::from_secs(10), reader.next()).await.expect("a note comes")
}

async fn assert_silent(reader: &mut dyn Subscription) {
    let heard = tokio::time::timeout(Duration::from_millis(50), reader.next()).await;
    assert!(heard.is_err(), "nothing should be heard, but {heard:?} was");
}

fn member(number: u128) -> MemberId {
    MemberId(Uuid::from_u128(number))
}

fn inbox(number: u128, head: i64) -> Note {
    Note::Inbox { member: member(number), head }
}
