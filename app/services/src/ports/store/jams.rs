//! Jam requests and Jams.

use async_trait::async_trait;
use domain::{
    ConversationId, JamId, JamRequestId, MemberId, Timestamp,
    jam::{Event, State},
    jam_request::JamRequestState,
};

use super::{Head, StoreResult};
use crate::ports::NodeId;

/// A Jam request.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named by their types")]
pub struct StoredJamRequest {
    pub id: JamRequestId,
    pub conversation: ConversationId,
    pub from: MemberId,
    pub to: MemberId,
    pub sent_at: Timestamp,
    pub expires_at: Timestamp,
    pub state: JamRequestState,
}

/// A Jam, and who moves it on when nobody does anything in it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredJam {
    /// As it is after its last event.
    pub state: State,
    /// The node that changed it last.
    pub owner: NodeId,
}

/// How far a Jam is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JamMark {
    /// Which.
    pub jam: JamId,
    /// Events since it began.
    pub revision: u64,
    /// Whether it is over.
    pub ended: bool,
}

/// Jams.
#[async_trait]
pub trait JamStore: Send + Sync {
    /// Adds a request with an entry in both inboxes. The same id again changes nothing and answers no heads.
    /// Refuses with `NotReachable` when either has blocked the other, and with `JamRequestAlreadyOpen` when the conversation
    /// has one that is open at `sent_at`.
    async fn add_jam_request(&self, request: &StoredJamRequest) -> StoreResult<Vec<Head>>;
    /// One request.
    async fn jam_request(&self, id: JamRequestId) -> StoreResult<Option<StoredJamRequest>>;
    /// The requests to and from a member that are open at `now`.
    async fn open_jam_requests(&self, member: MemberId, now: Timestamp) -> StoreResult<Vec<StoredJamRequest>>;
    /// Closes an open request, with an entry in both inboxes. Refuses with `JamRequestGone` unless it is open at `at`;
    /// closing with `Gone` is allowed after its time, too.
    async fn close_jam_request(
        &self,
        id: JamRequestId,
        state: JamRequestState,
        at: Timestamp,
    ) -> StoreResult<Vec<Head>>;
    /// Requests that are stored as open but past their time.
    async fn overdue_jam_requests(&self, now: Timestamp) -> StoreResult<Vec<JamRequestId>>;

    /// Adds a Jam with its first events. `request` is closed as accepted in the same transaction, with its inbox entries.
    async fn add_jam(
        &self,
        jam: &StoredJam,
        events: &[Event],
        request: Option<JamRequestId>,
        at: Timestamp,
    ) -> StoreResult<Vec<Head>>;
    /// Appends events that lead to this Jam; its owner is whoever does. Answers `false`, and changes nothing, when the
    /// stored revision is not `state.revision - events.len()`: another node was faster.
    async fn append_jam(&self, jam: &StoredJam, events: &[Event], at: Timestamp) -> StoreResult<bool>;
    /// A Jam as it was last stored, ended ones included. Refuses with `JamUnknown` when what is stored cannot be read.
    async fn jam(&self, id: JamId) -> StoreResult<Option<StoredJam>>;
    /// How far these Jams are, in no order, without the unknown.
    async fn jam_revisions(&self, ids: &[JamId]) -> StoreResult<Vec<JamMark>>;
    /// Makes this node the owner of every Jam that has not ended and is owned by none of these. Answers all such Jams that
    /// it owns now.
    async fn adopt_jams(&self, node: NodeId, working: &[NodeId]) -> StoreResult<Vec<JamId>>;
    /// Jams that have not ended.
    async fn live_jams(&self) -> StoreResult<Vec<JamId>>;
    /// The live Jams in which a member has a seat, the newest first.
    async fn jams_of(&self, member: MemberId) -> StoreResult<Vec<JamId>>;
}
