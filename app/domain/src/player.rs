//! A member's own player, seen from all of their tabs (rule T3): one tab sounds, the others show and control it.

use serde::{Deserialize, Serialize};

use crate::{JamId, TabId, Timestamp, TrackId, library::Track};

/// The most tracks in a queue that goes from one tab to another.
pub const HANDED_TRACKS: usize = 1_000;

/// What the sounding tab plays. Sent on every change (start, pause, seek, next), never as a heartbeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayerReport {
    /// What is loaded; none when the queue is over.
    pub track: Option<TrackId>,
    /// Whether it sounds.
    pub playing: bool,
    /// Where in the track, in milliseconds.
    pub position_ms: u32,
    /// The Jam it belongs to.
    pub jam: Option<JamId>,
}

/// The same for the member's other tabs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayerView {
    /// The tab that sounds.
    pub tab: TabId,
    /// What it has loaded.
    pub track: Option<Track>,
    /// Whether it sounds.
    pub playing: bool,
    /// Where in the track at `at`, in milliseconds.
    pub position_ms: u32,
    /// When that was.
    pub at: Timestamp,
    /// The Jam it belongs to.
    pub jam: Option<JamId>,
}

/// What another tab of the member asks of the sounding tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the button of its name")]
pub enum PlayerControl {
    Play,
    Pause,
    Next,
    Previous,
    Seek {
        position_ms: u32,
    },
    /// Fall silent and hand the queue to this tab.
    HandOver {
        to: TabId,
    },
    /// Fall silent: another tab has begun to sound.
    Silence,
}

/// A queue on its way from one tab to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedQueue {
    /// What plays, in order; at most [`HANDED_TRACKS`].
    pub tracks: Vec<TrackId>,
    /// Which of them is loaded.
    pub index: u32,
    /// Where in it, in milliseconds.
    pub position_ms: u32,
    /// Whether it sounded.
    pub playing: bool,
}
