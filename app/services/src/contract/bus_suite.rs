//! What every bus keeps to. [`bus_suite!`](crate::bus_suite) makes a test of each of these functions for one bus, and
//! [`bus_suite_across!`](crate::bus_suite_across) of those that take two handles of it: two nodes, or two clones.

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

/// Runs the suite across nodes; the argument is an expression that makes a tuple whose first two are the same bus.
#[macro_export]
macro_rules! bus_suite_across {
    ($pair:expr) => {
        $crate::bus_suite_across!(@each $pair;
            a_note_is_heard_once_on_every_node,
            topics_are_a_filter_across_nodes,
            each_publisher_is_heard_in_order_on_every_node,
            what_is_published_after_watching_has_begun_is_heard,
            two_readers_of_one_topic_are_both_right_from_their_beginning,
            what_is_watched_no_longer_is_heard_no_longer_from_elsewhere,
            watching_again_at_once_loses_and_doubles_nothing,
            many_topics_are_watched_at_once,
        );
    };
    (@each $pair:expr; $($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            let pair = $pair;
            $crate::contract::bus_suite::$name(&pair.0, &pair.1).await;
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

/// Where it was published, and elsewhere.
pub async fn a_note_is_heard_once_on_every_node(here: &dyn Bus, there: &dyn Bus) {
    let mut near = watching(here, Topic::Member(member(1))).await;
    let mut far = watching(there, Topic::Member(member(1))).await;

    for head in 1..=3 {
        here.publish(inbox(1, head)).await;
    }

    for head in 1..=3 {
        assert_eq!(heard(&mut *near).await, Delivery::Note(inbox(1, head)));
        assert_eq!(heard(&mut *far).await, Delivery::Note(inbox(1, head)));
    }
    assert_silent(&mut *near).await;
    assert_silent(&mut *far).await;
}

/// Two readers on one node do not get each other's notes.
pub async fn topics_are_a_filter_across_nodes(here: &dyn Bus, there: &dyn Bus) {
    let mut member_of = watching(here, Topic::Member(member(1))).await;
    let mut activity_of = watching(here, Topic::Activity(member(1))).await;
    let nothing_seen = Note::Activity { member: member(1), revision: 1, activity: None };

    there.publish(inbox(2, 1)).await;
    there.publish(nothing_seen.clone()).await;
    there.publish(inbox(1, 7)).await;

    assert_eq!(heard(&mut *member_of).await, Delivery::Note(inbox(1, 7)));
    assert_eq!(heard(&mut *activity_of).await, Delivery::Note(nothing_seen));
    assert_silent(&mut *member_of).await;
    assert_silent(&mut *activity_of).await;
}

/// Two nodes speak on one topic at the same time: their notes may mingle, but each is heard in order and in full.
pub async fn each_publisher_is_heard_in_order_on_every_node(here: &dyn Bus, there: &dyn Bus) {
    const NOTES: i64 = 200;
    let mut near = watching(here, Topic::Member(member(1))).await;
    let mut far = watching(there, Topic::Member(member(1))).await;

    let speak = async |bus: &dyn Bus, sign: i64| {
        for head in 1..=NOTES {
            bus.publish(inbox(1, sign * head)).await;
            tokio::task::yield_now().await;
        }
    };
    futures::future::join(speak(here, 1), speak(there, -1)).await;

    for reader in [&mut near, &mut far] {
        let (mut up, mut down) = (0, 0);
        while (up, down) != (NOTES, -NOTES) {
            match heard(&mut **reader).await {
                Delivery::Note(note) if note == inbox(1, up + 1) => up += 1,
                Delivery::Note(note) if note == inbox(1, down - 1) => down -= 1,
                other => panic!("after {up} and {down} came {other:?}"),
            }
        }
    }
}

/// The promise of [`Subscription::watch`], many times, because it is a race.
pub async fn what_is_published_after_watching_has_begun_is_heard(here: &dyn Bus, there: &dyn Bus) {
    let mut reader = here.subscribe().await;

    for round in 1..=ROUNDS {
        reader.watch(&[Topic::Member(member(round))]).await;
        there.publish(inbox(round, 1)).await;

        assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(round, 1)), "in round {round}");
    }
}

/// The second one comes while the first one's wish is on its way.
pub async fn two_readers_of_one_topic_are_both_right_from_their_beginning(here: &dyn Bus, there: &dyn Bus) {
    let (mut first, mut second) = (here.subscribe().await, here.subscribe().await);

    for round in 1..=ROUNDS {
        let topic = Topic::Member(member(round));
        let (first_watches, second_watches) = (first.watch(&[topic]), second.watch(&[topic]));

        second_watches.await;
        there.publish(inbox(round, 1)).await;
        assert_eq!(heard(&mut *second).await, Delivery::Note(inbox(round, 1)), "in round {round}");

        first_watches.await;
        there.publish(inbox(round, 2)).await;
        assert_eq!(heard(&mut *second).await, Delivery::Note(inbox(round, 2)), "in round {round}");
        while heard(&mut *first).await != Delivery::Note(inbox(round, 2)) {}
    }
}

/// From another node too; whoever else watches there still hears it.
pub async fn what_is_watched_no_longer_is_heard_no_longer_from_elsewhere(here: &dyn Bus, there: &dyn Bus) {
    let mut reader = watching(here, Topic::Member(member(1))).await;
    let mut other = watching(here, Topic::Member(member(1))).await;

    there.publish(inbox(1, 1)).await;
    assert_eq!(heard(&mut *other).await, Delivery::Note(inbox(1, 1)));
    reader.unwatch(Topic::Member(member(1)));
    there.publish(inbox(1, 2)).await;

    assert_eq!(heard(&mut *other).await, Delivery::Note(inbox(1, 2)));
    assert_silent(&mut *reader).await;
}

/// Whoever opens, closes and opens a page again has one page.
pub async fn watching_again_at_once_loses_and_doubles_nothing(here: &dyn Bus, there: &dyn Bus) {
    let mut reader = watching(here, Topic::Member(member(1))).await;

    for round in 1..=ROUNDS as i64 {
        reader.unwatch(Topic::Member(member(1)));
        reader.watch(&[Topic::Member(member(1))]).await;
        there.publish(inbox(1, round)).await;

        assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, round)), "in round {round}");
    }
    assert_silent(&mut *reader).await;
}

/// All of them are watched when the one answer comes.
pub async fn many_topics_are_watched_at_once(here: &dyn Bus, there: &dyn Bus) {
    let topics: Vec<Topic> = (1..=5_000).map(|number| Topic::Member(member(number))).collect();
    let mut reader = here.subscribe().await;

    reader.watch(&topics).await;

    for number in [5_000, 1, 2_500] {
        there.publish(inbox(number, 1)).await;
        assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(number, 1)));
    }
}

/// How often a race is run.
const ROUNDS: u128 = 200;

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
