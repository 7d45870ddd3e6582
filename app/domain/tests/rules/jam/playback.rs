//! Starting, stopping and moving on together (J7, J10).

use domain::{
    Refusal,
    jam::{Command, Event, FIX_NEXT_MS, GATHER_MS, LEAD_MS, Loaded, Playback, Repeat, Start},
};

use super::table::{ANA, BEN, CLEO, LONG_MS, Table, add};
use crate::support::id;

const LONG: i64 = LONG_MS as i64;

#[test]
fn j10_a_start_waits_for_the_last_listener() {
    let mut table = Table::with_guests();
    table.adds(ANA, 10).unwrap();
    let gathering = Playback::Gathering { row: id(10), position_ms: 0, until: table.now + GATHER_MS };
    assert_eq!(table.state.playback, gathering);
    assert_eq!(table.state.at(table.now), Some(Loaded { row: id(10), position_ms: 0, playing: false }));

    table.by(ANA, Command::Loaded(id(10))).unwrap();
    table.by(BEN, Command::Loaded(id(10))).unwrap();
    assert_eq!(table.state.playback, gathering);

    table.now = table.now + 500;
    table.by(CLEO, Command::Loaded(id(10))).unwrap();
    let from = table.now + LEAD_MS;
    assert_eq!(table.state.playback, Playback::Playing { row: id(10), zero_at: from, from });
    assert_eq!(table.position(), Some(-LEAD_MS), "negative while the start lies ahead");
    assert_eq!(table.by(CLEO, Command::Loaded(id(10))), Ok(vec![]));
}

#[test]
fn j10_a_start_waits_three_seconds_and_no_longer() {
    let mut table = Table::with_guests();
    table.adds(ANA, 10).unwrap();

    table.passes(GATHER_MS - 1);
    assert!(matches!(table.state.playback, Playback::Gathering { .. }));
    assert_eq!(table.state.wake_at(), Some(table.now + 1));
    table.passes(1);
    assert!(matches!(table.state.playback, Playback::Playing { .. }));
}

#[test]
fn j10_seeking_while_it_gathers_does_not_prolong_the_wait() {
    let mut table = Table::with_guests();
    table.adds(ANA, 10).unwrap();
    let until = table.now + GATHER_MS;

    table.now = table.now + 2_000;
    table.by(BEN, Command::Seek { row: id(10), position_ms: 9_000 }).unwrap();
    assert_eq!(table.state.playback, Playback::Gathering { row: id(10), position_ms: 9_000, until });
}

#[test]
fn j10_those_who_only_control_or_are_lost_are_not_waited_for() {
    let mut table = Table::with_guests();
    table.stands(BEN, false, true);
    table.adds(ANA, 10).unwrap();
    table.by(ANA, Command::Loaded(id(10))).unwrap();
    assert!(matches!(table.state.playback, Playback::Gathering { .. }));

    table.is_lost(CLEO);
    assert!(matches!(table.state.playback, Playback::Playing { .. }), "the last one who was missing went");
}

#[test]
fn j10_a_loaded_row_starts_the_lead_ahead() {
    let mut table = Table::playing(2);
    table.now = table.now + 10_000;
    table.by(BEN, Command::Seek { row: id(10), position_ms: 30_000 }).unwrap();

    let from = table.now + LEAD_MS;
    assert_eq!(table.state.playback, Playback::Playing { row: id(10), zero_at: from - 30_000, from });
    assert_eq!(table.position(), Some(30_000 - LEAD_MS));
}

#[test]
fn j10_the_next_row_is_fixed_before_the_end_and_follows_without_a_gate() {
    let mut table = Table::playing(2);
    let end = table.now + LONG;

    assert_eq!(table.state.wake_at(), Some(end - FIX_NEXT_MS));
    assert_eq!(table.passes(LONG - FIX_NEXT_MS - 1), vec![]);
    assert_eq!(table.passes(1), vec![Event::Next(Some(Start { row: id(11), at: end }))]);
    assert_eq!(table.state.wake_at(), Some(end));

    let before = table.state.at(end - 1).unwrap();
    assert_eq!((before.row, before.position_ms, before.playing), (id(10), LONG - 1, true));
    let after = table.state.at(end + 250).unwrap();
    assert_eq!((after.row, after.position_ms, after.playing), (id(11), 250, true), "before any Tick");

    table.now = end;
    table.passes(300);
    assert_eq!(table.state.playback, Playback::Playing { row: id(11), zero_at: end, from: end });
}

#[test]
fn j10_commands_see_the_row_that_everyone_hears_before_the_tick() {
    let mut table = Table::playing(3);
    table.passes(LONG - 1_000);
    table.now = table.now + 1_100;

    table.by(BEN, Command::Skip { from: id(11) }).unwrap();
    assert_eq!(table.current(), Some(12));
}

#[test]
fn j10_what_is_fixed_changes_with_what_members_do() {
    for (what, command, next) in [
        ("removing it", Command::Remove(id(11)), Some(12)),
        ("another before it", add(40, true), Some(40)),
        ("repeating", Command::Repeat(Repeat::One), Some(10)),
        ("moving it away", Command::Move { row: id(11), to: 2 }, Some(12)),
        ("jumping", Command::Jump(id(12)), None),
        ("seeking back", Command::Seek { row: id(10), position_ms: 0 }, None),
        ("pausing", Command::Pause, None),
        ("adding at the end", add(41, false), Some(11)),
    ] {
        let mut table = Table::playing(3);
        table.passes(LONG - 2_000);
        assert_eq!(table.state.next.map(|next| next.row), Some(id(11)));

        table.by(ANA, command.clone()).unwrap();
        assert_eq!(table.state.next.map(|next| next.row), next.map(id), "{what}");
    }
}

#[test]
fn j10_the_queue_runs_out_into_silence() {
    let mut table = Table::playing(1);
    assert_eq!(table.state.wake_at(), Some(table.now + LONG));
    let stood = table.state.at(table.now + LONG + 50).unwrap();
    assert_eq!((stood.position_ms, stood.playing), (LONG, false), "over, it stands at its end");

    table.passes(LONG);
    assert_eq!(table.state.playback, Playback::Silent);
    assert_eq!(table.state.idle_since, Some(table.now));

    table.by(BEN, Command::Play).unwrap();
    assert_eq!(table.current(), Some(10), "playing a queue that is over begins it again");
}

#[test]
fn j10_an_owner_who_overslept_starts_the_next_row_afresh() {
    let mut table = Table::playing(3);
    table.all_load(11);
    let events = table.passes(5 * LONG);

    assert!(events.len() < 5, "{events:?}");
    assert_eq!((table.current(), table.position()), (Some(11), Some(-LEAD_MS)));
}

#[test]
fn j7_playing_and_pausing() {
    let mut table = Table::playing(1);
    assert_eq!(table.by(BEN, Command::Play), Ok(vec![]), "it plays already");

    table.now = table.now + 12_345;
    table.by(BEN, Command::Pause).unwrap();
    let paused = Playback::Paused { row: id(10), position_ms: 12_345 };
    assert_eq!(table.state.playback, paused);
    table.now = table.now + 5_000;
    assert_eq!(table.position(), Some(12_345));
    assert_eq!(table.by(CLEO, Command::Pause), Ok(vec![]));

    table.by(CLEO, Command::Play).unwrap();
    assert_eq!(table.position(), Some(12_345 - LEAD_MS));
    table.by(CLEO, Command::Pause).unwrap();
    assert_eq!(table.state.playback, paused, "a pause before the start loses nothing");
}

#[test]
fn j7_nothing_to_play() {
    let mut table = Table::with_guests();

    assert_eq!(table.by(ANA, Command::Play), Err(Refusal::NothingToPlay));
    assert_eq!(table.by(ANA, Command::Pause), Ok(vec![]));
    assert_eq!(table.by(ANA, Command::Jump(id(10))), Err(Refusal::RowUnknown));
}

#[test]
fn j7_seeking() {
    let mut table = Table::playing(2);
    assert_eq!(table.by(BEN, Command::Seek { row: id(11), position_ms: 5 }), Ok(vec![]), "that row is not current");

    table.by(BEN, Command::Pause).unwrap();
    table.by(BEN, Command::Seek { row: id(10), position_ms: u32::MAX }).unwrap();
    assert_eq!(table.state.playback, Playback::Paused { row: id(10), position_ms: LONG_MS });
}

#[test]
fn j7_skipping_twice_from_one_row_skips_once() {
    let mut table = Table::playing(3);
    table.by(ANA, Command::Skip { from: id(10) }).unwrap();
    assert_eq!(table.by(BEN, Command::Skip { from: id(10) }), Ok(vec![]));
    assert_eq!(table.current(), Some(11));

    table.by(ANA, Command::Repeat(Repeat::One)).unwrap();
    table.by(ANA, Command::Skip { from: id(11) }).unwrap();
    assert_eq!(table.current(), Some(12), "repeating one row does not hold anybody in it");
    table.by(ANA, Command::Repeat(Repeat::Off)).unwrap();
    table.by(ANA, Command::Skip { from: id(12) }).unwrap();
    assert_eq!(table.state.playback, Playback::Silent);
}

#[test]
fn j7_going_back() {
    let mut table = Table::playing(2);
    table.by(ANA, Command::Skip { from: id(10) }).unwrap();
    table.all_load(11);
    table.now = table.now + LEAD_MS + 3_000;

    table.by(BEN, Command::Back { from: id(11) }).unwrap();
    assert_eq!((table.current(), table.position()), (Some(11), Some(-LEAD_MS)), "to its start");
    table.by(BEN, Command::Back { from: id(11) }).unwrap();
    assert_eq!(table.current(), Some(10), "to the row before it");
    assert_eq!(table.by(BEN, Command::Back { from: id(11) }), Ok(vec![]));
    table.by(BEN, Command::Back { from: id(10) }).unwrap();
    assert_eq!(table.current(), Some(10), "there is none before it");
}

#[test]
fn j10_members_are_remembered_for_four_loaded_rows() {
    let mut table = Table::playing(6);
    for row in 11..16 {
        table.by(BEN, Command::Loaded(id(row))).unwrap();
    }

    assert_eq!(table.state.member(id(BEN)).unwrap().loaded, [12, 13, 14, 15].map(id));
    assert_eq!(table.by(BEN, Command::Loaded(id(999))), Ok(vec![]));
    table.is_lost(BEN);
    assert!(table.state.member(id(BEN)).unwrap().loaded.is_empty());
}
