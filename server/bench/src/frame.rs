//! The message that is measured: what somebody plays, of about a hundred bytes, with room, number and time in it.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::{
    MemberId, Timestamp, TrackId,
    activity::{ActivityState, ActivityView, PlayedTrack},
    wire::{self, ServerFrame},
};
use services::ports::Note;
use uuid::Uuid;

/// What a delivered frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub room: usize,
    /// Counted from 0 in each room.
    pub number: u32,
    /// Nanoseconds since 1970.
    pub published: i64,
}

impl Stamp {
    /// The stamp of a message that is published now.
    pub fn now(room: usize, number: u32) -> Self {
        Self { room, number, published: now() }
    }

    /// The note for the bus. `member` is whom the room watches.
    pub fn note(self, member: MemberId) -> Note {
        Note::Activity { member, revision: self.published, activity: Some(self.view()) }
    }

    /// The bytes that the hub makes of that note.
    pub fn payload(self, member: MemberId) -> Vec<u8> {
        wire::encode(&ServerFrame::Activity { member, activity: Some(self.view()) })
    }

    /// What a payload says; nothing when it is another frame.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let Ok(ServerFrame::Activity { activity: Some(view), .. }) = wire::decode(payload) else { return None };
        let ActivityState::Playing { position_ms: number, at: Timestamp(published) } = view.state else { return None };

        Some(Self { room: view.track.title.split(' ').nth(1)?.parse().ok()?, number, published })
    }

    fn view(self) -> ActivityView {
        ActivityView {
            track: PlayedTrack {
                id: Some(TrackId(Uuid::from_u128(1))),
                title: format!("Room {:06} in the evening light", self.room),
                artist: "Somebody".into(),
                duration_ms: 180_000,
                artwork: None,
            },
            state: ActivityState::Playing { position_ms: self.number, at: Timestamp(self.published) },
        }
    }
}

/// Nanoseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock stands after 1970");

    i64::try_from(since.as_nanos()).expect("the clock stands before 2262")
}
