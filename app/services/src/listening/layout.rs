//! The layout of what a member plays as it is stored, sign by sign: nodes of two versions read each other's.
//!
//! When this fails, the layout changed. Both versions must read both: give new fields `#[serde(default)]`, keep the old
//! ones, and write the file anew (`EARSHOT_WRITE_LAYOUT=1 cargo test -p services layout`).

use std::{fs, path::PathBuf};

use domain::{
    library::{Artwork, Track},
    player::{PlayerReport, PlayerView},
};
use uuid::Uuid;

use super::*;

#[test]
fn the_stored_layout_of_what_a_member_plays_is_the_one_that_was_written_down() {
    let stored = serde_json::to_string_pretty(&everything()).unwrap() + "\n";

    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/listening/layout.json");
    if std::env::var_os("EARSHOT_WRITE_LAYOUT").is_some() {
        fs::write(&path, &stored).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();

    assert_eq!(stored, written);
    assert_eq!(serde_json::from_str::<Listening>(&written).unwrap(), everything());
}

#[test]
fn what_a_later_version_has_added_is_left_unread() {
    let mut stored = serde_json::to_value(everything()).unwrap();
    stored["later"] = 1.into();
    stored["sounding"]["later"] = "more".into();
    stored["sounding"].as_object_mut().unwrap().remove("gone");

    assert_eq!(serde_json::from_value::<Listening>(stored).unwrap(), everything());
}

/// Every field with something in it.
fn everything() -> Listening {
    let id = |number| Uuid::from_u128(number);
    let at = Timestamp(1_772_366_400_000);
    let track = Track {
        id: id(1).into(),
        title: "Harbour lights".into(),
        artist: "Ana".into(),
        artist_id: Some(id(2).into()),
        album: Some("Takes".into()),
        album_id: Some(id(3).into()),
        disc: Some(1),
        number: Some(4),
        duration_ms: 180_000,
        artwork: Some(Artwork { id: id(5).into(), thumbhash: vec![1, 2], tint: [200, 90, 30] }),
    };
    let tab = TabId(id(6));
    let view =
        PlayerView { tab, track: Some(track.clone()), playing: true, position_ms: 40, at, jam: Some(id(7).into()) };

    let mut listener = Listener::with_last(Some(LastPlayed { track: track.clone(), at }));
    let report = PlayerReport { track: Some(track.id), playing: true, position_ms: 40, jam: None };
    listener.report(&report, Some(track), at);
    Listening { node: NodeId(id(8)), sounding: Some(Sounding { view, gone: false }), listener }
}
