//! What happened in a Jam. The log is a list of these; a state is what they add up to.

use serde::{Deserialize, Serialize};

use super::{Member, Playback, Row, Settings, Standing, Start};
use crate::{MemberId, RowId, Timestamp};

/// One change of a Jam's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Someone took a seat.
    Joined(Member),
    /// Someone gave up the seat.
    Left(MemberId),
    /// Someone's last tab went, came back, or began or ceased to sound.
    Stands(MemberId, Standing),
    /// Someone can start this row at once.
    HasLoaded(MemberId, RowId),
    /// Another member is host now.
    HostIs(MemberId),
    /// Rows were put before the row at this place of the queue.
    Added {
        /// Index in the queue of the first new row.
        at: u32,
        /// The new rows.
        rows: Vec<Row>,
    },
    /// A row went.
    Removed(RowId),
    /// A row stands at this index now.
    Moved(RowId, u32),
    /// The rows stand in this order now (shuffle, J9).
    Ordered(Vec<RowId>),
    /// The playback is this now.
    Plays(Playback),
    /// What comes next is fixed, or free again.
    Next(Option<Start>),
    /// The switches are these now.
    Set(Settings),
    /// Nothing plays since, or something does.
    IdleSince(Option<Timestamp>),
    /// Nobody is present since, or somebody is.
    EmptySince(Option<Timestamp>),
    /// It is over.
    Ended(Timestamp),
}
