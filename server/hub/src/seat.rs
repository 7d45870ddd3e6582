//! One connection as the dispatcher knows it.

use std::sync::Arc;

use domain::{MemberId, SessionId, TabId};

use crate::mailbox::Mailbox;

/// Names a connection within this process. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SeatId(pub(crate) u64);

/// Who sits behind a mailbox.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) id: SeatId,
    pub(crate) member: MemberId,
    pub(crate) session: SessionId,
    pub(crate) tab: TabId,
    pub(crate) mailbox: Arc<Mailbox>,
}
