//! Seats and hosts (J2, J6, J7, J8).

use domain::{
    Refusal,
    jam::{Actor, Command, EMPTY_MS, Event, HOST_LOST_MS, IDLE_MS, Playback, Repeat, SEATS, Standing},
};

use super::table::{ANA, BEN, CLEO, Table, add};
use crate::support::id;

#[test]
fn j2_thirty_two_seats_and_the_next_is_refused() {
    let mut table = Table::new();
    for guest in 2..=SEATS as u128 {
        table.joins(guest, false).unwrap();
    }

    assert_eq!(table.joins(99, true), Err(Refusal::JamFull { limit: 32 }));
    assert_eq!(table.joins(5, false), Ok(vec![]), "who has a seat comes back to it");

    table.by(7, Command::Leave).unwrap();
    assert_eq!(table.joins(99, true).unwrap().len(), 1);
}

#[test]
fn j2_nothing_is_done_for_those_without_a_seat() {
    let mut table = Table::playing(3);

    for command in every_command() {
        assert_eq!(table.by(99, command.clone()), Err(Refusal::NotInJam), "{command:?}");
    }
}

#[test]
fn j8_nothing_is_done_after_the_end() {
    let mut table = Table::playing(3);
    table.by(ANA, Command::End).unwrap();

    assert_eq!(table.state.at(table.now), None);
    assert_eq!(table.state.wake_at(), None);
    for command in every_command() {
        assert_eq!(table.by(BEN, command.clone()), Err(Refusal::JamEnded), "{command:?}");
    }
    assert_eq!(table.owner(Command::Tick { seed: 0 }), Err(Refusal::JamEnded));
    assert_eq!(table.joins(99, true), Err(Refusal::JamEnded));
}

#[test]
fn j6_members_cannot_say_what_is_the_owners_to_say() {
    let mut table = Table::playing(1);

    for command in [
        Command::Tick { seed: 1 },
        Command::Join { member: id(9), may_host: true },
        Command::Standing { member: id(BEN), listening: false, present: false },
    ] {
        assert_eq!(table.by(ANA, command.clone()), Err(Refusal::FrameMalformed), "{command:?}");
    }
}

#[test]
fn j6_only_the_host_runs_the_jam() {
    let host_only = [Command::HandOver(id(BEN)), Command::Expel(id(CLEO)), Command::GuestsControl(false), Command::End];

    for command in host_only {
        let mut table = Table::playing(2);
        assert_eq!(table.by(BEN, command.clone()), Err(Refusal::HostOnly), "{command:?}");
        assert!(!table.by(ANA, command.clone()).unwrap().is_empty(), "{command:?}");
    }
}

#[test]
fn j6_handing_over() {
    let mut table = Table::with_guests();

    assert_eq!(table.by(ANA, Command::HandOver(id(CLEO))), Err(Refusal::PremiumNeeded));
    assert_eq!(table.by(ANA, Command::HandOver(id(99))), Err(Refusal::NotReachable));
    table.by(ANA, Command::HandOver(id(BEN))).unwrap();
    assert_eq!(table.state.host, id(BEN));
    assert_eq!(table.by(ANA, Command::HandOver(id(BEN))), Ok(vec![]), "the second time it is so already");
    assert_eq!(table.by(ANA, Command::End), Err(Refusal::HostOnly));
}

#[test]
fn j6_expelling() {
    let mut table = Table::with_guests();

    table.by(ANA, Command::Expel(id(CLEO))).unwrap();
    assert_eq!(table.state.member(id(CLEO)), None);
    assert_eq!(table.by(ANA, Command::Expel(id(CLEO))), Ok(vec![]));
    assert_eq!(table.by(CLEO, Command::Play), Err(Refusal::NotInJam));

    assert!(table.takes(Actor::Owner, Command::Expel(id(BEN))).is_ok(), "as when somebody is blocked (M12)");
}

#[test]
fn j7_guests_control_playback_in_both_states_of_the_switch() {
    let controls = [
        Command::Play,
        Command::Pause,
        Command::Skip { from: id(11) },
        Command::Back { from: id(11) },
        Command::Seek { row: id(11), position_ms: 9_000 },
        Command::Jump(id(12)),
        Command::Move { row: id(12), to: 0 },
        Command::Remove(id(12)),
        Command::Shuffle { on: true, seed: 1 },
        Command::Repeat(Repeat::All),
    ];

    for command in controls {
        let mut table = Table::playing(4);
        table.by(ANA, Command::Jump(id(11))).unwrap();
        table.by(ANA, Command::GuestsControl(false)).unwrap();
        assert_eq!(table.by(BEN, command.clone()), Err(Refusal::HostOnly), "off: {command:?}");
        assert!(table.by(ANA, command.clone()).is_ok(), "the host always may: {command:?}");

        let mut table = Table::playing(4);
        table.by(ANA, Command::Jump(id(11))).unwrap();
        if command == Command::Play {
            table.by(ANA, Command::Pause).unwrap();
        }
        assert!(!table.by(BEN, command.clone()).unwrap().is_empty(), "on: {command:?}");
    }
}

#[test]
fn j7_guests_may_always_add_and_remove_their_own() {
    let mut table = Table::playing(2);
    table.by(ANA, Command::GuestsControl(false)).unwrap();

    table.adds(BEN, 50).unwrap();
    assert_eq!(table.order(), [10, 11, 50]);
    assert_eq!(table.by(CLEO, Command::Remove(id(50))), Err(Refusal::HostOnly));
    table.by(BEN, Command::Remove(id(50))).unwrap();
    assert_eq!(table.order(), [10, 11]);
    table.by(CLEO, add(51, true)).unwrap();
    assert_eq!(table.order(), [10, 51, 11]);
}

#[test]
fn j8_a_guest_leaves_and_the_jam_goes_on() {
    let mut table = Table::playing(2);
    let before = table.state.playback;

    table.by(BEN, Command::Leave).unwrap();
    assert_eq!((table.state.playback, table.state.host), (before, id(ANA)));
}

#[test]
fn j8_the_longest_present_guest_who_may_host_takes_over_when_the_host_leaves() {
    let mut table = Table::playing(2);
    table.joins(4, true).unwrap();
    table.listens(4);

    table.by(ANA, Command::Leave).unwrap();
    assert_eq!(table.state.host, id(BEN), "Cleo came first but may not host, the fourth came later");
    assert!(matches!(table.state.playback, Playback::Playing { .. }));

    table.is_lost(BEN);
    table.passes(1_000);
    table.by(BEN, Command::Leave).unwrap();
    assert_eq!(table.state.host, id(4));

    let events = table.by(4, Command::Leave).unwrap();
    assert_eq!(events.last(), Some(&Event::Ended(table.now)), "Cleo is left and may not host");
}

#[test]
fn j8_those_who_are_here_go_before_the_lost() {
    let mut table = Table::with_guests();
    table.joins(4, true).unwrap();
    table.listens(4);
    table.is_lost(BEN);

    table.by(ANA, Command::Leave).unwrap();
    assert_eq!(table.state.host, id(4));
}

#[test]
fn j8_a_lost_host_keeps_the_jam_for_60_seconds() {
    let mut table = Table::with_guests();
    table.is_lost(ANA);

    table.passes(HOST_LOST_MS - 1);
    assert_eq!(table.state.host, id(ANA));
    table.passes(1);
    assert_eq!(table.state.host, id(BEN));

    table.listens(ANA);
    assert_eq!(table.state.host, id(BEN), "coming back does not take it back");
}

#[test]
fn j8_a_host_who_comes_back_in_time_stays_host() {
    let mut table = Table::with_guests();
    table.is_lost(ANA);
    table.passes(HOST_LOST_MS - 1);
    table.listens(ANA);

    table.passes(HOST_LOST_MS * 2);
    assert_eq!(table.state.host, id(ANA));
}

#[test]
fn j8_nobody_left_who_may_host_ends_it() {
    let mut table = Table::new();
    table.joins(CLEO, false).unwrap();
    table.listens(CLEO);
    table.is_lost(ANA);

    table.passes(HOST_LOST_MS);
    assert_eq!(table.state.ended_at, Some(table.now));
}

#[test]
fn j8_empty_for_ten_minutes_ends_it_and_not_sooner() {
    let mut table = Table::playing(1);
    for member in [ANA, BEN, CLEO] {
        table.is_lost(member);
    }

    table.passes(EMPTY_MS - 1);
    assert_eq!((table.state.ended_at, table.state.host), (None, id(ANA)));
    table.passes(1);
    assert!(table.state.ended_at.is_some());
}

#[test]
fn j8_somebody_who_comes_back_stops_the_count() {
    let mut table = Table::new();
    table.is_lost(ANA);
    table.passes(EMPTY_MS - 1);
    table.listens(ANA);
    assert_eq!(table.state.empty_since, None);

    table.passes(EMPTY_MS);
    assert_eq!(table.state.ended_at, None);
}

#[test]
fn j8_idle_for_an_hour_ends_it() {
    let mut table = Table::playing(1);
    table.by(ANA, Command::Pause).unwrap();

    table.passes(IDLE_MS - 1);
    assert_eq!(table.state.ended_at, None);
    table.passes(1);
    assert!(table.state.ended_at.is_some());
}

#[test]
fn j8_a_seat_counts_as_lost_until_a_tab_shows_the_jam() {
    let mut table = Table::new();
    table.joins(BEN, true).unwrap();
    assert_eq!(table.state.member(id(BEN)).unwrap().standing, Standing::Lost { since: table.now });

    let lost = table.owner(Command::Standing { member: id(BEN), listening: false, present: false });
    assert_eq!(lost, Ok(vec![]), "lost since the first instant, not since the last report");
    table.stands(BEN, false, true);
    assert_eq!(table.state.member(id(BEN)).unwrap().standing, Standing::Present);
}

#[test]
fn a2_a_changed_tier_acts_at_once() {
    let mut table = Table::with_guests();
    table.joins(BEN, false).unwrap();

    assert_eq!(table.by(ANA, Command::HandOver(id(BEN))), Err(Refusal::PremiumNeeded));
    assert_eq!(table.state.member(id(BEN)).unwrap().standing, Standing::Listening, "and nothing else changes");
}

fn every_command() -> Vec<Command> {
    vec![
        Command::Leave,
        Command::Loaded(id(10)),
        add(70, false),
        Command::Remove(id(11)),
        Command::Move { row: id(11), to: 0 },
        Command::Play,
        Command::Pause,
        Command::Seek { row: id(10), position_ms: 1 },
        Command::Skip { from: id(10) },
        Command::Back { from: id(10) },
        Command::Jump(id(11)),
        Command::GuestsControl(false),
        Command::Shuffle { on: true, seed: 1 },
        Command::Repeat(Repeat::One),
        Command::HandOver(id(BEN)),
        Command::Expel(id(BEN)),
        Command::End,
        Command::Tick { seed: 1 },
    ]
}
