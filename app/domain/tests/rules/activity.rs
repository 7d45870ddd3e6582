//! What a listener's state is, and who sees it (L2, L3, L5, L8, L10, L12, L13).

use domain::{
    account::Switches,
    activity::{
        ActivityState, LAST_PLAYED_MS, LEASE_MS, LastPlayed, Listener, Reaction, Sight, counts_as_played, may_see,
    },
    player::PlayerReport,
};
use proptest::prelude::*;

use crate::support::{id, ms, track};

fn report(playing: bool, position_ms: u32) -> PlayerReport {
    PlayerReport { track: Some(id(1)), playing, position_ms, jam: None }
}

/// Someone who began a track of three minutes at 0 ms.
fn listening() -> Listener {
    let mut listener = Listener::default();
    listener.report(&report(true, 0), Some(track(1, 180_000)), ms(0));
    listener
}

fn state(listener: &Listener) -> Option<ActivityState> {
    listener.view().map(|view| view.state)
}

#[test]
fn l5_playing_then_paused_then_last_played() {
    let mut listener = listening();
    assert_eq!(state(&listener), Some(ActivityState::Playing { position_ms: 0, at: ms(0) }));

    listener.report(&report(false, 40_000), Some(track(1, 180_000)), ms(40_000));
    assert_eq!(state(&listener), Some(ActivityState::Paused { position_ms: 40_000 }));

    listener.stop(ms(50_000));
    assert_eq!(state(&listener), Some(ActivityState::LastPlayed { at: ms(50_000) }));
}

#[test]
fn l5_what_a_tab_played_counts_until_it_is_believed_no_longer() {
    let mut listener = listening();

    listener.stop(ms(20_000 + LEASE_MS));

    assert_eq!(state(&listener), Some(ActivityState::LastPlayed { at: ms(20_000 + LEASE_MS) }));
}

#[test]
fn l5_last_played_is_forgotten_after_24_hours() {
    let mut listener = Listener::with_last(Some(LastPlayed { track: track(1, 180_000), at: ms(0) }));

    assert!(!listener.expire(ms(LAST_PLAYED_MS - 1)));
    assert!(listener.expire(ms(LAST_PLAYED_MS)));
    assert_eq!(listener.view(), None);
}

#[test]
fn l13_what_counts_as_played() {
    for (heard_ms, duration_ms, counts) in [
        (30_000, 180_000, true),
        (29_999, 180_000, false),
        (10_000, 20_000, true),
        (9_999, 20_000, false),
        (30_000, 60_000, true),
        (0, 0, false),
        (0, 1, false),
    ] {
        assert_eq!(counts_as_played(heard_ms, duration_ms), counts, "{heard_ms} of {duration_ms}");
    }
}

#[test]
fn l13_skips_do_not_become_last_played() {
    let mut listener = listening();
    listener.report(&PlayerReport { track: Some(id(2)), ..report(true, 0) }, Some(track(2, 180_000)), ms(29_999));
    assert_eq!(listener.last_played(), None);

    listener.report(&PlayerReport { track: None, ..report(false, 0) }, None, ms(29_999 + 30_000));
    assert_eq!(listener.last_played().unwrap().track.id, id(2));
}

#[test]
fn l13_seeking_ahead_is_not_hearing() {
    let mut listener = listening();
    listener.report(&report(true, 170_000), Some(track(1, 180_000)), ms(5_000));
    listener.stop(ms(15_000));

    assert_eq!(listener.last_played(), None);
}

#[test]
fn l13_pauses_are_not_hearing_but_what_was_heard_adds_up() {
    let mut listener = listening();
    listener.report(&report(false, 20_000), Some(track(1, 180_000)), ms(20_000));
    listener.report(&report(true, 20_000), Some(track(1, 180_000)), ms(50_000));
    let mut early = listener.clone();

    early.stop(ms(59_999));
    assert_eq!(early.last_played(), None);
    listener.stop(ms(60_000));
    assert!(listener.last_played().is_some());
}

#[test]
fn l10_clearing_leaves_no_trace() {
    let mut listener = listening();
    listener.stop(ms(60_000));
    listener.report(&report(true, 0), Some(track(1, 180_000)), ms(61_000));

    listener.clear();

    assert_eq!(listener.view(), None);
    assert_eq!(listener, Listener::default());
}

/// A watcher who may see everything.
fn open() -> Sight {
    Sight {
        owner: id(1),
        viewer: id(2),
        contacts: true,
        blocked: false,
        hidden: false,
        owner_switches: Switches { listening_activity: true, ..Switches::default() },
        owner_social: true,
        viewer_switches: Switches::default(),
        viewer_social: true,
    }
}

#[test]
fn l3_sharing_is_one_way_in_all_four_combinations() {
    let sharing = |on| Switches { listening_activity: on, ..Switches::default() };

    for (mine, theirs) in [(true, true), (true, false), (false, true), (false, false)] {
        let sight = Sight { owner_switches: sharing(theirs), viewer_switches: sharing(mine), ..open() };
        assert_eq!(may_see(&sight), theirs, "I share: {mine}, they share: {theirs}");
    }
}

#[test]
fn l12_a_private_session_hides_and_the_viewers_own_does_not_matter() {
    let private = |switches: Switches| Switches { private_session: true, ..switches };

    assert!(!may_see(&Sight { owner_switches: private(open().owner_switches), ..open() }));
    assert!(may_see(&Sight { viewer_switches: private(open().viewer_switches), ..open() }));
}

proptest! {
    /// All combinations of the eleven facts: seen exactly when no fact forbids it.
    #[test]
    fn l2_seen_only_when_nothing_forbids_it(bits in 0..(1_u32 << 11)) {
        prop_assert!(check_sight(bits));
    }
}

#[test]
fn l2_every_combination_of_facts() {
    assert!((0..1 << 11).all(check_sight));
}

fn check_sight(bits: u32) -> bool {
    let bit = |place: u32| bits & (1 << place) != 0;
    let switches =
        |from| Switches { messages: bit(from), listening_activity: bit(from + 1), private_session: bit(from + 2) };
    let sight = Sight {
        contacts: bit(0),
        blocked: bit(1),
        hidden: bit(2),
        owner_social: bit(3),
        viewer_social: bit(4),
        owner_switches: switches(5),
        viewer_switches: switches(8),
        ..open()
    };

    let forbidding = [
        !sight.contacts,
        sight.blocked,
        sight.hidden,
        !sight.owner_social,
        !sight.viewer_social,
        !sight.owner_switches.messages,
        !sight.owner_switches.listening_activity,
        sight.owner_switches.private_session,
        !sight.viewer_switches.messages,
    ];
    may_see(&sight) != forbidding.contains(&true)
}

#[test]
fn l8_exactly_six_reactions() {
    let emojis: Vec<_> = Reaction::ALL.iter().map(|reaction| reaction.emoji()).collect();

    assert_eq!(emojis, ["❤️", "👍", "😂", "🔥", "🥹", "🎧"]);
    assert!(domain::wire::decode::<Reaction>(&[domain::wire::VERSION, 6]).is_err());
}
