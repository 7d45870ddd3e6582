//! The layout of a stored Jam, sign by sign: nodes of two versions read each other's, and a Jam outlives an upgrade.
//!
//! When this fails, the layout changed. Both versions must read both: give new fields `#[serde(default)]`, keep the old
//! ones, and write the file anew (`EARSHOT_WRITE_LAYOUT=1 cargo test -p store layout`).

use std::{fs, path::PathBuf};

use domain::{
    RowId, Timestamp,
    jam::{Event, Member, Playback, Row, Settings, Standing, Start, State},
};
use uuid::Uuid;

use super::{from_json, json};

const AT: Timestamp = Timestamp(1_772_366_400_000);

#[test]
fn the_stored_layout_of_a_jam_is_the_one_that_was_written_down() {
    let states = playbacks().map(|playback| json(&state(playback)).expect("a state is JSON"));
    let events = events().map(|event| json(&event).expect("an event is JSON"));
    let stored = [&states[..], &events[..]].concat().join("\n") + "\n";

    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/jams/layout.txt");
    if std::env::var_os("EARSHOT_WRITE_LAYOUT").is_some() {
        fs::write(&path, &stored).expect("a file of this package");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();

    for (line, known) in stored.lines().zip(written.lines()) {
        assert_eq!(line, known);
    }
    assert_eq!(stored.lines().count(), written.lines().count(), "states or events came or went");
    for (line, playback) in written.lines().zip(playbacks()) {
        assert_eq!(from_json::<State>(line).expect("it can be read"), state(playback));
    }
}

#[test]
fn what_a_later_version_has_added_is_left_unread() {
    let mut stored = serde_json::to_value(state(Playback::Silent)).expect("a state is JSON");
    stored["later"] = 1.into();
    stored["members"][0]["later"] = "more".into();

    assert_eq!(from_json::<State>(&stored.to_string()).expect("it can be read"), state(Playback::Silent));
}

/// Every field with something in it.
fn state(playback: Playback) -> State {
    let mut state = State::new(Uuid::from_u128(1).into(), member(2), AT);
    state.members.push(Member { standing: Standing::Lost { since: AT }, loaded: vec![row(9).id], ..member(3) });
    state.queue = vec![row(9), row(10)];
    state.playback = playback;
    state.next = Some(Start { row: row(10).id, at: AT });
    state.revision = 7;
    (state.idle_since, state.empty_since, state.ended_at) = (Some(AT), Some(AT), Some(AT));
    state
}

fn playbacks() -> [Playback; 4] {
    let row = row(9).id;

    [
        Playback::Silent,
        Playback::Gathering { row, position_ms: 5, until: AT },
        Playback::Playing { row, zero_at: AT, from: AT },
        Playback::Paused { row, position_ms: 5 },
    ]
}

/// At least one of each.
fn events() -> [Event; 16] {
    let (who, row_id): (_, RowId) = (member(3).id, row(9).id);

    [
        Event::Joined(member(3)),
        Event::Left(who),
        Event::Stands(who, Standing::Listening),
        Event::Stands(who, Standing::Present),
        Event::HasLoaded(who, row_id),
        Event::HostIs(who),
        Event::Added { at: 1, rows: vec![row(9)] },
        Event::Removed(row_id),
        Event::Moved(row_id, 2),
        Event::Ordered(vec![row_id]),
        Event::Plays(Playback::Silent),
        Event::Next(None),
        Event::Set(Settings::default()),
        Event::IdleSince(None),
        Event::EmptySince(Some(AT)),
        Event::Ended(AT),
    ]
}

fn member(number: u128) -> Member {
    Member::seated(Uuid::from_u128(number).into(), true, AT)
}

fn row(number: u128) -> Row {
    let id = Uuid::from_u128(number);

    Row { id: id.into(), track: id.into(), duration_ms: 180_000, added_by: member(2).id }
}
