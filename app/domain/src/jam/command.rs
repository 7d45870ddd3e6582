//! What can be asked of a Jam, and by whom.

use serde::{Deserialize, Serialize};

use super::Repeat;
use crate::{MemberId, Refusal, RowId, TrackId};

/// Who commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// A member of the Jam.
    Member(MemberId),
    /// The server that owns the Jam: it seats people, watches presence and moves time on.
    Owner,
}

impl Actor {
    /// The member; what belongs to a seat cannot be asked by the owner.
    pub(super) fn member(self) -> Result<MemberId, Refusal> {
        match self {
            Self::Member(id) => Ok(id),
            Self::Owner => Err(Refusal::NotInJam),
        }
    }

    /// Passes the owner only: no page of ours sends what is the owner's to say.
    pub(super) fn is_owner(self) -> Result<(), Refusal> {
        match self {
            Self::Owner => Ok(()),
            Self::Member(_) => Err(Refusal::FrameMalformed),
        }
    }
}

/// What can be asked of a Jam. All are harmless when they arrive twice; `Back` twice goes back twice, as its button does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "fields are named by their types; each variant says what it does")]
pub enum Command {
    /// Owner: seat a member, or change whether a seated one may host (A2).
    Join { member: MemberId, may_host: bool },
    /// Owner: a member's tabs sound, are silent, or are gone.
    Standing { member: MemberId, listening: bool, present: bool },
    /// Owner: let time pass: gather, fix the next row, advance, replace a lost host, end.
    Tick { seed: u64 },
    /// Give up the seat (J8).
    Leave,
    /// I can start this row at once.
    Loaded(RowId),
    /// Put a track at the end of the queue, or right after the current row. Where all is silent, it starts.
    /// The server puts the length that its library knows in the place of the sender's.
    Add { row: RowId, track: TrackId, duration_ms: u32, next: bool },
    /// Take a row out. A guest may take out their own at any time (J7).
    Remove(RowId),
    /// Put a row at an index of the queue.
    Move { row: RowId, to: u32 },
    /// Play on from where it is paused; a queue that is over begins again.
    Play,
    /// Stand still.
    Pause,
    /// Go to a position of the row that the sender sees.
    Seek { row: RowId, position_ms: u32 },
    /// Leave the row that the sender sees for the next; a second press for the same row does nothing.
    Skip { from: RowId },
    /// Start of the row that the sender sees, or of the one before it in its first three seconds.
    Back { from: RowId },
    /// Play this row now.
    Jump(RowId),
    /// Host: J7.
    GuestsControl(bool),
    /// Shuffle what has not been played, or stop shuffling. The server puts a seed of its own in the place of the sender's.
    Shuffle { on: bool, seed: u64 },
    /// J9.
    Repeat(Repeat),
    /// Host: give the Jam to another who may host.
    HandOver(MemberId),
    /// Host: take someone's seat.
    Expel(MemberId),
    /// Host: end it for everyone.
    End,
}
