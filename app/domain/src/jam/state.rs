//! What a Jam is at one revision of its log.

use serde::{Deserialize, Serialize};

use crate::{JamId, MemberId, RowId, Timestamp, TrackId};

/// Everything that members of a Jam share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Which Jam.
    pub id: JamId,
    /// How many events made this state.
    pub revision: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// Who decides (J6).
    pub host: MemberId,
    /// Everyone who has a seat, longest present first.
    pub members: Vec<Member>,
    /// All rows in the order in which they play; those before the current one have been played.
    pub queue: Vec<Row>,
    /// What sounds.
    pub playback: Playback,
    /// What sounds after it, fixed shortly before the end so that everybody is ready (J10).
    pub next: Option<Start>,
    /// Shared switches.
    pub settings: Settings,
    /// Since when nothing has been playing.
    pub idle_since: Option<Timestamp>,
    /// Since when nobody has been present.
    pub empty_since: Option<Timestamp>,
    /// When it ended (J8).
    pub ended_at: Option<Timestamp>,
}

/// Someone with a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub id: MemberId,
    /// When they took the seat.
    pub joined_at: Timestamp,
    /// Whether the Jam may become theirs (premium).
    pub may_host: bool,
    /// Whether one of their tabs is here.
    pub standing: Standing,
    /// The rows that they have decoded and can start at once, newest last, at most four.
    pub loaded: Vec<RowId>,
}

/// Whether a member is reachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// A tab is connected and sounds.
    Listening,
    /// A tab is connected without sound: it waits for a gesture, or only controls (J4).
    Present,
    /// No tab since this instant; the seat is kept.
    Lost {
        /// When the last tab went.
        since: Timestamp,
    },
}

/// One row of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which row.
    pub id: RowId,
    /// What it plays.
    pub track: TrackId,
    /// How long that is, in milliseconds.
    pub duration_ms: u32,
    /// Who added it.
    pub added_by: MemberId,
}

/// A row that starts from its beginning at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Which row.
    pub row: RowId,
    /// When it sounds.
    pub at: Timestamp,
}

/// What the Jam plays. `zero_at` is the instant at which position 0 sounds or would have sounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Playback {
    /// The queue is empty or over: every row has been played, and the next one added starts (J10).
    Silent,
    /// Waits until everyone who listens has loaded the row, or until the deadline.
    Gathering {
        /// Which row.
        row: RowId,
        /// From where it will play, in milliseconds.
        position_ms: u32,
        /// When it starts without the late ones.
        until: Timestamp,
    },
    /// Sounds.
    Playing {
        /// Which row.
        row: RowId,
        /// The instant of its position 0.
        zero_at: Timestamp,
        /// It is silent before this instant: a start placed ahead.
        from: Timestamp,
    },
    /// Stands still.
    Paused {
        /// Which row.
        row: RowId,
        /// Where, in milliseconds.
        position_ms: u32,
    },
}

/// What follows the last row or the current one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Repeat {
    /// Silence after the last row.
    #[default]
    Off,
    /// The first row after the last.
    All,
    /// The same row again.
    One,
}

/// Shared switches of a Jam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// J7: guests may play, pause, skip, seek, reorder and remove.
    pub guests_control: bool,
    /// J9.
    pub shuffle: bool,
    /// J9.
    pub repeat: Repeat,
}

impl Default for Settings {
    fn default() -> Self {
        Self { guests_control: true, shuffle: false, repeat: Repeat::Off }
    }
}

/// Where the music is at an instant.
///
/// The position counts up to the start when that lies ahead, so it is negative before the beginning of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Which row.
    pub row: RowId,
    /// Where in it, in milliseconds; negative while a start from its beginning lies ahead.
    pub position_ms: i64,
    /// Whether it moves on. A row that is over stands at its end.
    pub playing: bool,
}

impl State {
    /// A Jam that begins now, with its host and nothing to play.
    pub fn new(id: JamId, host: Member, now: Timestamp) -> Self {
        let empty = matches!(host.standing, Standing::Lost { .. });

        Self {
            id,
            revision: 0,
            started_at: now,
            host: host.id,
            members: vec![host],
            queue: Vec::new(),
            playback: Playback::Silent,
            next: None,
            settings: Settings::default(),
            idle_since: Some(now),
            empty_since: empty.then_some(now),
            ended_at: None,
        }
    }

    /// Someone with a seat.
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    /// A row of the queue.
    pub fn row(&self, id: RowId) -> Option<Row> {
        self.queue.iter().copied().find(|row| row.id == id)
    }

    /// The row that the playback is about. [`State::at`] says what sounds at an instant.
    pub fn current_row(&self) -> Option<Row> {
        self.playback.row().and_then(|id| self.row(id))
    }

    /// Whether this member may play, pause, skip, seek, reorder and remove (J6, J7).
    pub fn may_control(&self, member: MemberId) -> bool {
        member == self.host || (self.settings.guests_control && self.member(member).is_some())
    }

    /// Whether somebody listens and all who do can start this row at once (J10).
    pub fn is_ready(&self, row: RowId) -> bool {
        let mut listening = self.members.iter().filter(|member| member.standing == Standing::Listening).peekable();

        listening.peek().is_some() && listening.all(|member| member.loaded.contains(&row))
    }

    /// The index of a row in the queue.
    pub(super) fn place(&self, id: RowId) -> Option<usize> {
        self.queue.iter().position(|row| row.id == id)
    }
}

impl Member {
    /// Somebody who takes a seat now. They count as lost until a tab of theirs shows the Jam: the tab may never come.
    pub fn seated(id: MemberId, may_host: bool, now: Timestamp) -> Self {
        Self { id, joined_at: now, may_host, standing: Standing::Lost { since: now }, loaded: Vec::new() }
    }

    /// Whether one of their tabs is here.
    pub fn is_here(&self) -> bool {
        !matches!(self.standing, Standing::Lost { .. })
    }
}

impl Playback {
    /// Which row it is about.
    pub fn row(self) -> Option<RowId> {
        match self {
            Self::Silent => None,
            Self::Gathering { row, .. } | Self::Playing { row, .. } | Self::Paused { row, .. } => Some(row),
        }
    }
}
