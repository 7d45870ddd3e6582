//! What every adapter of `Presence` keeps to. [`presence_contract!`](crate::presence_contract) makes a test of each of these
//! functions for one of them; each starts with one that is empty.

use domain::{JamId, MemberId, TabId, Timestamp};
use futures::future::join_all;
use uuid::Uuid;

use crate::ports::{JamTab, NodeId, Presence, SeenNode, StoredListening};

/// Runs the whole suite; the argument is an expression that makes an empty one.
#[macro_export]
macro_rules! presence_contract {
    ($presence:expr) => {
        $crate::presence_contract!(@each $presence;
            a_node_that_works_counts_up,
            a_node_that_was_seen_working_is_not_buried,
            what_only_one_may_do_goes_to_another_when_its_node_dies,
            l5_what_a_member_plays_is_changed_by_one_node_at_a_time,
            l5_who_sounds_at_a_node_is_found,
            l5_those_who_have_long_been_silent_are_forgotten,
            j10_tabs_show_a_jam_until_they_are_gone_or_their_node_is,
        );
    };
    (@each $presence:expr; $($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            $crate::contract::presence_suite::$name(&$presence).await;
        }
    )+};
}

const NOW: Timestamp = Timestamp(1_772_366_400_000);

/// And everybody sees all nodes.
pub async fn a_node_that_works_counts_up(presence: &dyn Presence) {
    presence.beat(node(1), NOW).await.expect("a write");
    presence.beat(node(2), NOW).await.expect("a write");

    let seen = presence.beat(node(1), NOW).await.expect("a write");

    assert_eq!(seen, [seen_node(1, 2, None), seen_node(2, 1, None)]);
}

/// Only one that stands still; and one that beats again is back.
pub async fn a_node_that_was_seen_working_is_not_buried(presence: &dyn Presence) {
    presence.beat(node(1), NOW).await.expect("a write");
    let still = presence.beat(node(2), NOW).await.expect("a write")[0];
    presence.beat(node(1), NOW).await.expect("a write");

    assert!(!presence.bury(still, NOW).await.expect("a write"));
    let still = seen_node(1, 2, None);
    assert!(presence.bury(still, NOW).await.expect("a write"));
    assert!(!presence.bury(still, NOW).await.expect("a write"), "another was faster");
    let seen = presence.beat(node(2), NOW).await.expect("a write");
    assert_eq!(seen, [seen_node(1, 2, Some(NOW)), seen_node(2, 2, None)]);

    presence.beat(node(1), NOW).await.expect("a write");
    presence.forget(node(1)).await.expect("a write");
    let seen = presence.beat(node(2), NOW).await.expect("a write");
    assert_eq!(seen[0], seen_node(1, 3, None), "one that works is not forgotten");

    presence.bury(seen[0], NOW).await.expect("a write");
    presence.forget(node(1)).await.expect("a write");
    assert_eq!(presence.beat(node(2), NOW).await.expect("a write"), [seen_node(2, 4, None)]);
}

/// And not before.
pub async fn what_only_one_may_do_goes_to_another_when_its_node_dies(presence: &dyn Presence) {
    for number in [1, 2] {
        presence.beat(node(number), NOW).await.expect("a write");
    }
    let holds = async |number, lease| presence.hold(lease, node(number)).await.expect("a write");

    assert!(holds(1, "scan").await && !holds(2, "scan").await && holds(1, "scan").await);
    assert!(holds(2, "other").await, "each by itself");
    assert!(presence.bury(seen_node(1, 1, None), NOW).await.expect("a write"), "it stood still");
    assert!(holds(2, "scan").await && holds(2, "scan").await);

    presence.beat(node(1), NOW).await.expect("a write");
    assert!(!holds(1, "scan").await, "whoever comes back finds it taken");
}

/// Of many who decide on the same revision, one is right.
pub async fn l5_what_a_member_plays_is_changed_by_one_node_at_a_time(presence: &dyn Presence) {
    let ana = member(1);
    let put = async |before, revision| {
        presence.put_listening(ana, before, &listening(revision, 1, true)).await.expect("a write")
    };

    assert!(!put(5, 6).await, "nothing is stored yet");
    let first = join_all((1..=10).map(|revision| put(0, revision))).await;
    assert_eq!(first.iter().filter(|done| **done).count(), 1);
    let known = presence.listening(&[ana, member(2)]).await.expect("a read");
    let [(_, known)] = known.as_slice() else { panic!("Ana alone plays something, not {known:?}") };
    let revision = known.revision;

    let next = join_all((1..=10).map(|step| put(revision, revision + step))).await;
    assert_eq!(next.iter().filter(|done| **done).count(), 1);
    assert!(!put(revision, revision + 50).await && !put(0, revision + 50).await);
    let stored = presence.listening(&[ana]).await.expect("a read").pop().expect("it is there").1;
    assert!(stored.revision > revision && stored.revision <= revision + 10);
    let revisions = presence.listening_revisions(&[ana, member(2)]).await.expect("a read");
    assert_eq!(revisions, [(ana, stored.revision)]);
}

/// For the day when it dies.
pub async fn l5_who_sounds_at_a_node_is_found(presence: &dyn Presence) {
    for (number, at, sounds) in [(1, 1, true), (2, 1, false), (3, 2, true)] {
        let put = presence.put_listening(member(number), 0, &listening(1, at, sounds)).await;
        assert!(put.expect("a write"));
    }

    assert_eq!(presence.sounding_at(node(1)).await.expect("a read"), [member(1)]);
}

/// Whoever has something loaded is not, and whoever is forgotten begins anew.
pub async fn l5_those_who_have_long_been_silent_are_forgotten(presence: &dyn Presence) {
    for (number, revision, sounds) in [(1, 10, false), (2, 10, true), (3, 11, false)] {
        let put = presence.put_listening(member(number), 0, &listening(revision, 1, sounds)).await;
        assert!(put.expect("a write"));
    }

    presence.forget_silent_until(10).await.expect("a write");

    let left = presence.listening_revisions(&[member(1), member(2), member(3)]).await.expect("a read");
    assert_eq!(left, [(member(2), 10), (member(3), 11)]);
    assert!(!presence.put_listening(member(1), 10, &listening(20, 1, true)).await.expect("a write"));
    assert!(presence.put_listening(member(1), 0, &listening(20, 1, true)).await.expect("a write"));
}

/// A tab is where it was seen last.
pub async fn j10_tabs_show_a_jam_until_they_are_gone_or_their_node_is(presence: &dyn Presence) {
    let (jam, other) = (JamId(Uuid::from_u128(7)), JamId(Uuid::from_u128(8)));
    let tab = |number, sounds| JamTab { member: member(number), tab: TabId(Uuid::from_u128(number)), sounds };
    for number in [1, 2] {
        presence.beat(node(number), NOW).await.expect("a write");
        presence.show_jam(node(number), jam, tab(number, false)).await.expect("a write");
    }
    presence.show_jam(node(1), other, tab(1, true)).await.expect("a write");
    presence.show_jam(node(2), jam, tab(1, true)).await.expect("a write");
    let shown = async || presence.jam_tabs(jam).await.expect("a read");
    assert_eq!(shown().await, [tab(1, true), tab(2, false)]);

    let hidden = async |at, number| {
        presence.hide_jam(node(at), jam, member(number), tab(number, false).tab).await.expect("a write")
    };
    assert!(!hidden(1, 1).await, "a node that it has left does not hide it");
    assert!(hidden(2, 2).await && !hidden(2, 2).await);
    assert!(!presence.show_jam_again(node(1), jam, tab(1, false)).await.expect("a write"), "it has moved");
    assert_eq!(presence.jam_tabs_at(node(1)).await.expect("a read"), [(other, tab(1, true))]);

    assert!(presence.bury(seen_node(1, 1, None), NOW).await.expect("a write"));
    assert_eq!(shown().await, [tab(1, true)], "it has moved to a node that works");
    assert_eq!(presence.jam_tabs(other).await.expect("a read"), []);
    assert!(presence.show_jam_again(node(1), other, tab(1, true)).await.expect("a write"));
    assert_eq!(presence.jam_tabs(other).await.expect("a read"), [tab(1, true)]);
}

fn node(number: u128) -> NodeId {
    NodeId(Uuid::from_u128(number))
}

fn member(number: u128) -> MemberId {
    MemberId(Uuid::from_u128(number))
}

fn seen_node(number: u128, beats: i64, buried_at: Option<Timestamp>) -> SeenNode {
    SeenNode { id: node(number), beats, beaten_at: Some(NOW), buried_at }
}

fn listening(revision: i64, at: u128, sounds: bool) -> StoredListening {
    StoredListening { revision, node: node(at), sounds, state: format!("state {revision}") }
}
