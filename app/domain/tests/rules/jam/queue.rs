//! The queue (J5, J7, J9).

use domain::{
    Refusal,
    jam::{Command, Playback, ROWS, Repeat},
};

use super::table::{ANA, BEN, LONG_MS, Table, add};
use crate::support::id;

#[test]
fn j5_everyone_adds_and_each_row_says_who_did() {
    let mut table = Table::playing(1);
    table.adds(BEN, 20).unwrap();

    let by: Vec<_> = table.state.queue.iter().map(|row| row.added_by).collect();
    assert_eq!(by, [id(ANA), id(BEN)]);
}

#[test]
fn j5_adding_twice_is_adding_once() {
    let mut table = Table::playing(2);

    assert_eq!(table.adds(ANA, 11), Ok(vec![]));
    assert_eq!(table.adds(BEN, 11), Ok(vec![]), "not even for another");
    assert_eq!(table.order(), [10, 11]);
}

#[test]
fn j5_the_queue_has_a_bound() {
    let mut table = Table::playing(ROWS as u128);

    assert_eq!(table.adds(BEN, 5_000), Err(Refusal::QueueFull { limit: 1_000 }));
    table.by(ANA, Command::Remove(id(500))).unwrap();
    assert!(table.adds(BEN, 5_000).is_ok());
}

#[test]
fn j5_adding_to_silence_starts_and_a_queue_that_ran_out_goes_on() {
    let mut table = Table::with_guests();
    table.by(ANA, Command::GuestsControl(false)).unwrap();

    table.adds(BEN, 10).unwrap();
    table.all_load(10);
    assert!(matches!(table.state.playback, Playback::Playing { .. }));

    table.passes(i64::from(LONG_MS) + 10_000);
    assert_eq!(table.state.playback, Playback::Silent);
    table.adds(BEN, 11).unwrap();
    assert_eq!(table.current(), Some(11));
}

#[test]
fn j6_reordering() {
    for (row, to, order) in [
        (11, 3, [10, 12, 13, 11]),
        (13, 1, [10, 13, 11, 12]),
        (13, 0, [13, 10, 11, 12]),
        (11, 99, [10, 12, 13, 11]),
        (12, 2, [10, 11, 12, 13]),
    ] {
        let mut table = Table::playing(4);
        table.by(ANA, Command::Move { row: id(row), to }).unwrap();
        assert_eq!(table.order(), order, "{row} to {to}");
        assert_eq!(table.by(ANA, Command::Move { row: id(row), to }), Ok(vec![]), "the second time it is there");
    }
    assert_eq!(Table::playing(1).by(ANA, Command::Move { row: id(99), to: 0 }), Err(Refusal::RowUnknown));
}

#[test]
fn j6_removing_the_playing_row_goes_on_to_the_next() {
    let mut table = Table::playing(2);
    table.all_load(11);
    table.by(ANA, Command::Remove(id(10))).unwrap();

    assert_eq!((table.order(), table.current()), (vec![11], Some(11)));
    assert!(matches!(table.state.playback, Playback::Playing { .. }));
    assert_eq!(table.by(ANA, Command::Remove(id(10))), Ok(vec![]));

    table.by(ANA, Command::Repeat(Repeat::All)).unwrap();
    table.by(ANA, Command::Remove(id(11))).unwrap();
    assert_eq!((table.order(), table.state.playback), (vec![], Playback::Silent));
}

#[test]
fn j6_removing_the_paused_row_stays_paused() {
    let mut table = Table::playing(2);
    table.by(ANA, Command::Pause).unwrap();
    table.by(ANA, Command::Remove(id(10))).unwrap();

    assert_eq!(table.state.playback, Playback::Paused { row: id(11), position_ms: 0 });
}

#[test]
fn j9_shuffle_reorders_what_is_unplayed_and_nothing_else() {
    let mut table = Table::playing(12);
    table.by(ANA, Command::Jump(id(13))).unwrap();
    table.by(ANA, Command::Shuffle { on: true, seed: 42 }).unwrap();

    let order = table.order();
    assert_eq!(order[..4], [10, 11, 12, 13]);
    assert_ne!(order[4..], [14, 15, 16, 17, 18, 19, 20, 21]);
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (10..22).collect::<Vec<_>>());

    assert_eq!(table.by(BEN, Command::Shuffle { on: true, seed: 1 }), Ok(vec![]), "it is shuffled already");
    table.adds(BEN, 60).unwrap();
    assert_eq!(table.order().last(), Some(&60), "shuffled additions go to the end");
    let before = table.order();
    table.by(ANA, Command::Shuffle { on: false, seed: 1 }).unwrap();
    assert_eq!(table.order(), before);
}

#[test]
fn j9_the_same_seed_gives_every_replica_the_same_next_song() {
    let shuffled = |seed| {
        let mut table = Table::playing(30);
        table.by(ANA, Command::Shuffle { on: true, seed }).unwrap();
        table.order()
    };

    assert_eq!(shuffled(5), shuffled(5));
    assert_ne!(shuffled(5), shuffled(6));
}

#[test]
fn j9_what_follows_under_repeat() {
    for (repeat, at_first, at_last) in
        [(Repeat::Off, Some(11), None), (Repeat::All, Some(11), Some(10)), (Repeat::One, Some(10), Some(12))]
    {
        let mut table = Table::playing(3);
        table.by(ANA, Command::Repeat(repeat)).unwrap();
        let following = |table: &Table| table.state.following().map(|row| row.id.0.as_u128());

        assert_eq!(following(&table), at_first, "{repeat:?}");
        table.by(ANA, Command::Jump(id(12))).unwrap();
        assert_eq!(following(&table), at_last, "{repeat:?}");
    }
}

#[test]
fn j9_a_shuffled_queue_gets_a_new_order_for_each_round() {
    let mut table = Table::playing(12);
    table.by(ANA, Command::Repeat(Repeat::All)).unwrap();
    table.by(ANA, Command::Shuffle { on: true, seed: 3 }).unwrap();
    let last = *table.order().last().unwrap();
    table.all_load(last);
    table.by(ANA, Command::Jump(id(last))).unwrap();
    let before = table.order();

    table.passes(i64::from(LONG_MS) - 1_000);
    assert_ne!(table.order(), before);
    assert_eq!(table.order().last(), Some(&last));
    let first = table.order()[0];
    table.passes(2_000);
    assert_eq!(table.current(), Some(first));
}

#[test]
fn j5_play_next_goes_right_behind_the_current_row() {
    let mut table = Table::playing(3);
    table.by(BEN, add(30, true)).unwrap();
    assert_eq!(table.order(), [10, 30, 11, 12]);
}
