//! Small makers of ids, tracks and people.

use domain::{account::Person, library::Track, *};
use uuid::Uuid;

/// An id that is the same in every run.
pub fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

pub fn person(number: u128, name: &str) -> Person {
    Person { id: id(number), name: name.into() }
}

pub fn track(number: u128, duration_ms: u32) -> Track {
    Track {
        id: id(number),
        title: format!("Track {number}"),
        artist: "Ana".into(),
        artist_id: None,
        album: Some("First light".into()),
        album_id: Some(id(900)),
        disc: None,
        number: Some(1),
        duration_ms,
        artwork: None,
    }
}

/// An instant so many milliseconds after the beginning of the test.
pub fn ms(ms: i64) -> Timestamp {
    Timestamp(1_000_000_000) + ms
}
