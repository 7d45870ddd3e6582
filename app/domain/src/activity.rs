//! Listening activity (rules L1 to L13): what a listener's state is, and the one function that decides who may see it.

use serde::{Deserialize, Serialize};

use crate::{
    MemberId, Timestamp, TrackId,
    account::Switches,
    library::{Artwork, Track},
    player::PlayerReport,
    time::{DAY, MINUTE},
};

/// How long our own player counts as playing after its socket last answered a ping, in milliseconds (L5).
pub const LEASE_MS: i64 = MINUTE;
/// How long "last played" is remembered, in milliseconds (L5).
pub const LAST_PLAYED_MS: i64 = DAY;
/// A track counts as played after this many milliseconds, or half of it (L13).
pub const COUNTS_AFTER_MS: i64 = 30_000;

/// What somebody plays, as a contact sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    /// The track, as text where it is not in this library.
    pub track: PlayedTrack,
    /// Playing, paused or past.
    pub state: ActivityState,
}

/// A track that somebody plays; `id` is there when this server has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayedTrack {
    /// The track of this library.
    pub id: Option<TrackId>,
    /// Its title.
    pub title: String,
    /// Its artist.
    pub artist: String,
    /// Its length in milliseconds.
    pub duration_ms: u32,
    /// Its picture.
    pub artwork: Option<Artwork>,
}

impl From<Track> for PlayedTrack {
    fn from(track: Track) -> Self {
        Self {
            id: Some(track.id),
            title: track.title,
            artist: track.artist,
            duration_ms: track.duration_ms,
            artwork: track.artwork,
        }
    }
}

/// Where in the track, and since when. Instants are the server's; the reader converts with its estimate of that clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActivityState {
    /// "Now playing": at `position_ms` when it was `at`, moving on by itself.
    Playing {
        /// Milliseconds into the track.
        position_ms: u32,
        /// The instant of that position.
        at: Timestamp,
    },
    /// "Paused".
    Paused {
        /// Milliseconds into the track.
        position_ms: u32,
    },
    /// "Last played, 5 min ago".
    LastPlayed {
        /// When it stopped.
        at: Timestamp,
    },
}

/// What one member listens to. How long its source is believed is the caller's to know: see [`LEASE_MS`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Listener {
    now: Option<Now>,
    last: Option<LastPlayed>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Now {
    track: Track,
    playing: bool,
    position_ms: u32,
    at: Timestamp,
    /// Milliseconds that truly sounded, without skips.
    heard_ms: i64,
}

/// The last track that counted as played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastPlayed {
    /// Which.
    pub track: Track,
    /// When it stopped.
    pub at: Timestamp,
}

impl Listener {
    /// A listener of whom only the last played track is known, as after a restart.
    pub fn with_last(last: Option<LastPlayed>) -> Self {
        Self { now: None, last }
    }

    /// Takes a report of our player. `track` is the track of the report, already looked up.
    pub fn report(&mut self, report: &PlayerReport, track: Option<Track>, now: Timestamp) {
        let Some(track) = track else {
            return self.stop(now);
        };
        let continues = self.now.as_ref().is_some_and(|current| current.track.id == track.id);
        if !continues {
            self.stop(now);
        }

        let heard_ms = if continues { self.heard_ms(now) } else { 0 };
        self.now = Some(Now {
            position_ms: report.position_ms.min(track.duration_ms),
            track,
            playing: report.playing,
            at: now,
            heard_ms,
        });
    }

    /// The player stopped, or was believed no longer from this instant on. What was heard long enough becomes "last
    /// played" (L13).
    pub fn stop(&mut self, at: Timestamp) {
        let heard_ms = self.heard_ms(at);

        if let Some(ended) = self.now.take()
            && counts_as_played(heard_ms, ended.track.duration_ms)
        {
            self.last = Some(LastPlayed { at, track: ended.track });
        }
    }

    /// Forgets what was played too long ago. Answers whether there was something to forget.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        self.last.take_if(|last| now.since(last.at) >= LAST_PLAYED_MS).is_some()
    }

    /// Forgets everything, last played included (L10, L5).
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The last track that counted.
    pub fn last_played(&self) -> Option<&LastPlayed> {
        self.last.as_ref()
    }

    /// What a permitted watcher sees.
    pub fn view(&self) -> Option<ActivityView> {
        let now = self.now.as_ref().map(|now| ActivityView {
            track: now.track.clone().into(),
            state: match now.playing {
                true => ActivityState::Playing { position_ms: now.position_ms, at: now.at },
                false => ActivityState::Paused { position_ms: now.position_ms },
            },
        });

        now.or_else(|| {
            self.last.as_ref().map(|last| ActivityView {
                track: last.track.clone().into(),
                state: ActivityState::LastPlayed { at: last.at },
            })
        })
    }

    fn heard_ms(&self, now: Timestamp) -> i64 {
        self.now.as_ref().map_or(0, |current| {
            let sounded = if current.playing { now.since(current.at).max(0) } else { 0 };
            current.heard_ms + sounded
        })
    }
}

/// L13: 30 seconds or half of the track, whichever comes first.
pub fn counts_as_played(heard_ms: i64, duration_ms: u32) -> bool {
    heard_ms >= COUNTS_AFTER_MS.min(i64::from(duration_ms) / 2).max(1)
}

/// Everything that decides whether `viewer` may see what `owner` plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// Who plays.
    pub owner: MemberId,
    /// Who looks.
    pub viewer: MemberId,
    /// They have an accepted conversation.
    pub contacts: bool,
    /// Either has blocked the other.
    pub blocked: bool,
    /// The owner chose "hide from this person".
    pub hidden: bool,
    /// What the owner has switched on.
    pub owner_switches: Switches,
    /// The owner's social side is open (age and market).
    pub owner_social: bool,
    /// What the viewer has switched on.
    pub viewer_switches: Switches,
    /// The viewer's social side is open.
    pub viewer_social: bool,
}

/// The one function that decides who sees what somebody plays (L2). Every surface calls it.
///
/// Sharing is one-way (L3): the viewer's own activity switch does not matter, messages do (M13, A3).
pub fn may_see(sight: &Sight) -> bool {
    let owner = sight.owner_social
        && sight.owner_switches.messages
        && sight.owner_switches.listening_activity
        && !sight.owner_switches.private_session;
    let viewer = sight.viewer_social && sight.viewer_switches.messages;

    owner && viewer && sight.contacts && !sight.blocked && !sight.hidden
}

/// The six reactions (L8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the emoji of its name")]
pub enum Reaction {
    Heart,
    ThumbsUp,
    Laugh,
    Fire,
    Touched,
    Headphones,
}

impl Reaction {
    /// All six, in the order in which they are offered.
    pub const ALL: [Reaction; 6] =
        [Self::Heart, Self::ThumbsUp, Self::Laugh, Self::Fire, Self::Touched, Self::Headphones];

    /// The character.
    pub fn emoji(self) -> &'static str {
        match self {
            Self::Heart => "❤️",
            Self::ThumbsUp => "👍",
            Self::Laugh => "😂",
            Self::Fire => "🔥",
            Self::Touched => "🥹",
            Self::Headphones => "🎧",
        }
    }
}
