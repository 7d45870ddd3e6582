//! What holds in every Jam, whatever anybody does.

use domain::{
    jam::{Actor, Command, Repeat, State},
    wire,
};
use proptest::prelude::*;

use super::table::{ANA, Table, check};
use crate::support::id;

/// Who asks for what, and how long after the step before, in milliseconds.
type Step = (i64, Actor, Command);

fn any_command() -> impl Strategy<Value = Command> {
    let row = || (0..12_u128).prop_map(|row| id(10 + row));
    let member = || (1..6_u128).prop_map(id);

    prop_oneof![
        2 => (member(), any::<bool>()).prop_map(|(member, may_host)| Command::Join { member, may_host }),
        3 => (member(), any::<bool>(), any::<bool>())
            .prop_map(|(member, listening, present)| Command::Standing { member, listening, present }),
        8 => any::<u64>().prop_map(|seed| Command::Tick { seed }),
        1 => Just(Command::Leave),
        6 => row().prop_map(Command::Loaded),
        8 => (row(), 0..20_000_u32, any::<bool>())
            .prop_map(|(row, duration_ms, next)| Command::Add { row, track: id(7), duration_ms, next }),
        2 => row().prop_map(Command::Remove),
        2 => (row(), 0..15_u32).prop_map(|(row, to)| Command::Move { row, to }),
        2 => Just(Command::Play),
        1 => Just(Command::Pause),
        2 => (row(), 0..25_000_u32).prop_map(|(row, position_ms)| Command::Seek { row, position_ms }),
        2 => row().prop_map(|from| Command::Skip { from }),
        1 => row().prop_map(|from| Command::Back { from }),
        2 => row().prop_map(Command::Jump),
        1 => any::<bool>().prop_map(Command::GuestsControl),
        1 => (any::<bool>(), any::<u64>()).prop_map(|(on, seed)| Command::Shuffle { on, seed }),
        2 => prop_oneof![Just(Repeat::Off), Just(Repeat::All), Just(Repeat::One)].prop_map(Command::Repeat),
        1 => member().prop_map(Command::HandOver),
        1 => member().prop_map(Command::Expel),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let wait = prop_oneof![4 => 0..500_i64, 4 => 500..8_000_i64, 1 => 8_000..90_000_i64];
    let actor = prop_oneof![2 => Just(None), 3 => (1..6_u128).prop_map(Some)];

    (wait, actor, any_command()).prop_map(|(wait, member, command)| {
        let owners = matches!(command, Command::Tick { .. } | Command::Join { .. } | Command::Standing { .. });
        let actor = if owners { Actor::Owner } else { Actor::Member(id(member.unwrap_or(ANA))) };
        (wait, actor, command)
    })
}

fn any_story() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any_step(), 1..120)
}

/// Plays a story; every state on the way is checked by the table.
fn play(story: &[Step], mut each: impl FnMut(&mut Table, &Step)) -> Table {
    let mut table = Table::with_guests();

    for step in story {
        table.now = table.now + step.0;
        each(&mut table, step);
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn j9_replicas_that_apply_the_same_log_agree(story in any_story()) {
        let mut log = Vec::new();
        let mut replica = Table::with_guests().state;
        let table = play(&story, |table, (_, actor, command)| {
            log.extend(table.takes(*actor, command.clone()).unwrap_or_default());
        });

        for event in &log {
            let bytes = wire::encode(event);
            replica.apply(&wire::decode(&bytes).unwrap());
        }
        prop_assert_eq!(&replica, &table.state);
        prop_assert_eq!(replica.at(table.now), table.state.at(table.now));
        prop_assert_eq!(wire::decode::<State>(&wire::encode(&table.state)), Ok(table.state));
    }

    #[test]
    fn j6_a_refused_command_changes_nothing(story in any_story()) {
        play(&story, |table, (_, actor, command)| {
            let before = table.state.clone();
            if table.takes(*actor, command.clone()).is_err() {
                assert_eq!(table.state, before);
            }
        });
    }

    #[test]
    fn j5_the_same_command_twice_at_once_is_the_command_once(story in any_story()) {
        play(&story, |table, (_, actor, command)| {
            let first = table.takes(*actor, command.clone());
            let once = table.state.clone();
            let repeatable = !matches!(command, Command::Back { .. });

            if first.is_ok() && repeatable {
                let _ = table.takes(*actor, command.clone());
                assert_eq!(table.state, once, "{command:?}");
            }
        });
    }

    #[test]
    fn j10_the_owner_may_sleep_until_wake_at(story in any_story()) {
        play(&story, |table, (_, actor, command)| {
            let _ = table.takes(*actor, command.clone());
            let Some(wake_at) = table.state.wake_at() else { return };
            let tick = Command::Tick { seed: 1 };
            let decide = |now| table.state.decide(now, &Actor::Owner, &tick).unwrap();

            if wake_at > table.now {
                assert_eq!(decide(wake_at - 1), vec![]);
            }
            assert_ne!(decide(wake_at.max(table.now)), vec![]);
        });
    }

    /// Whatever sounds just before a Tick sounds just after it, at the same position: no gate, no jump.
    #[test]
    fn j10_a_tick_changes_nothing_that_is_heard(story in any_story()) {
        play(&story, |table, (_, actor, command)| {
            let _ = table.takes(*actor, command.clone());
            let heard = table.state.at(table.now);

            if heard.is_some_and(|heard| heard.playing) && table.state.ended_at.is_none() {
                table.passes(0);
                if table.state.ended_at.is_none() {
                    assert_eq!(table.state.at(table.now), heard);
                }
            }
        });
    }

    /// A replica takes every log in without a panic, even one that no decision wrote.
    #[test]
    fn j9_foreign_events_never_stop_a_replica(stories in prop::collection::vec(any_story(), 2)) {
        let mut replica = Table::new().state;
        let start = replica.revision;
        let mut count = 0;

        for story in &stories {
            play(story, |table, (_, actor, command)| {
                for event in table.takes(*actor, command.clone()).unwrap_or_default() {
                    replica.apply(&event);
                    replica.at(table.now);
                    count += 1;
                }
                check(&table.state);
            });
        }
        prop_assert_eq!(replica.revision, start + count);
    }
}
