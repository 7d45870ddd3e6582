//! Hints between the parts of one server, and between servers.
//!
//! The bus may lose a note: whoever needs the truth reads the store. Notes of one topic arrive in the order in which
//! one publisher sent them.

use std::pin::Pin;

use async_trait::async_trait;
use domain::{
    JamId, MemberId, SessionId, TabId, Timestamp, TrackId,
    account::Person,
    activity::{ActivityView, Reaction},
    jam,
    library::{ScanProgress, Track},
    player::{HandedQueue, PlayerControl, PlayerView},
};
use serde::{Deserialize, Serialize};

/// What listeners subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// Everything for the tabs of one member.
    Member(MemberId),
    /// What one member plays, for permitted watchers.
    Activity(MemberId),
    /// One Jam.
    Jam(JamId),
    /// Scans and changes of the music.
    Library,
}

/// One hint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Note {
    /// A member's inbox reaches up to this entry now.
    Inbox {
        /// Whose.
        member: MemberId,
        /// The newest entry.
        head: i64,
    },
    /// What a member is, may do or may see has changed: read it again at once.
    Permissions(MemberId),
    /// A log-in ended: close its sockets.
    SessionEnded {
        /// Whose.
        member: MemberId,
        /// Which.
        session: SessionId,
    },
    /// What a member plays; none when nothing may be seen any longer.
    Activity {
        /// Whose.
        member: MemberId,
        /// Of two notes, the one with the greater revision is true.
        revision: i64,
        /// What.
        activity: Option<ActivityView>,
    },
    /// What a member's sounding tab plays.
    Player {
        /// Whose.
        member: MemberId,
        /// What; none when no tab sounds.
        player: Option<PlayerView>,
    },
    /// For one tab of a member.
    Control {
        /// Whose.
        member: MemberId,
        /// Which tab.
        tab: TabId,
        /// What to do.
        control: PlayerControl,
    },
    /// A queue for one tab of a member.
    HandOver {
        /// Whose.
        member: MemberId,
        /// Which tab.
        tab: TabId,
        /// The queue.
        queue: HandedQueue,
    },
    /// A reaction, for the tabs of `member`.
    Reacted {
        /// Who is told.
        member: MemberId,
        /// Who reacted.
        from: MemberId,
        /// To whose activity.
        to: MemberId,
        /// To which track.
        track: TrackId,
        /// How.
        reaction: Reaction,
    },
    /// What happened in a Jam.
    Jam {
        /// Which.
        jam: JamId,
        /// After the last event.
        revision: u64,
        /// In order.
        events: Vec<jam::Event>,
        /// Everyone named for the first time.
        people: Vec<Person>,
        /// Every track named for the first time.
        tracks: Vec<Track>,
    },
    /// How far members of a Jam are from the shared instant.
    JamOffset {
        /// Which Jam.
        jam: JamId,
        /// Who.
        member: MemberId,
        /// None when they do not sound in time.
        offset_ms: Option<f32>,
    },
    /// How far the scan is.
    Scan(ScanProgress),
    /// Lists of music may be read again.
    LibraryChanged {
        /// When.
        at: Timestamp,
    },
    /// An administrator wants the music to be scanned, by whichever node does that.
    Rescan,
}

impl Note {
    /// Who hears it.
    pub fn topic(&self) -> Topic {
        match self {
            Self::Inbox { member, .. }
            | Self::Permissions(member)
            | Self::SessionEnded { member, .. }
            | Self::Player { member, .. }
            | Self::Control { member, .. }
            | Self::HandOver { member, .. }
            | Self::Reacted { member, .. } => Topic::Member(*member),
            Self::Activity { member, .. } => Topic::Activity(*member),
            Self::Jam { jam, .. } | Self::JamOffset { jam, .. } => Topic::Jam(*jam),
            Self::Rescan | Self::Scan(_) | Self::LibraryChanged { .. } => Topic::Library,
        }
    }
}

/// Carries notes.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Sends a note to every subscription that watches its topic. Never waits for a reader.
    async fn publish(&self, note: Note);
    /// A new subscription that watches nothing yet.
    async fn subscribe(&self) -> Box<dyn Subscription>;
}

/// One reader of notes.
#[async_trait]
pub trait Subscription: Send {
    /// Hear these topics from now on. When the answer resolves, every note that is published from then on is heard, or
    /// its loss is told; the reader need not wait for that itself.
    fn watch(&mut self, topics: &[Topic]) -> Watching;
    /// Hear it no longer, not even what is on its way.
    fn unwatch(&mut self, topic: Topic);
    /// The next delivery. Safe to cancel.
    async fn next(&mut self) -> Delivery;
}

/// Resolves when what was asked for is watched.
pub type Watching = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a subscription answers.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly every delivery is a note, and none is kept")]
pub enum Delivery {
    /// A note.
    Note(Note),
    /// The way to other nodes is interrupted: until `Lost` comes, notes may be missing.
    Interrupted,
    /// Notes may have been lost: read the truth again. Whatever was interrupted works again.
    Lost,
    /// The bus is gone for good.
    Closed,
}
