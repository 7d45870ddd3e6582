//! What is true at this moment: which nodes work, what members play, which tabs show a Jam.
//!
//! All nodes read and change the same values. Nothing here means anything once every node has stopped.

use async_trait::async_trait;
use domain::{JamId, MemberId, TabId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::StoreResult;

/// A running server, from its start to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub Uuid);

/// A node as the others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenNode {
    /// Which.
    pub id: NodeId,
    /// Grows while it works.
    pub beats: i64,
    /// When it last said that it works, by its own clock.
    pub beaten_at: Option<Timestamp>,
    /// When it was given up.
    pub buried_at: Option<Timestamp>,
}

/// What a member plays, as text that only `services` reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredListening {
    /// Grows with every change.
    pub revision: i64,
    /// Whose socket said so.
    pub node: NodeId,
    /// Whether anything is loaded in a player; otherwise it only says what was played last.
    pub sounds: bool,
    /// All of it.
    pub state: String,
}

/// A tab that shows a Jam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JamTab {
    /// Whose.
    pub member: MemberId,
    /// Which.
    pub tab: TabId,
    /// Whether it sounds.
    pub sounds: bool,
}

/// The present, shared by all nodes.
#[async_trait]
pub trait Presence: Send + Sync {
    /// This node works. One that was buried is back. Answers all nodes, this one included.
    async fn beat(&self, node: NodeId, now: Timestamp) -> StoreResult<Vec<SeenNode>>;
    /// Gives a node up that was last seen like this; its Jam tabs are gone. Answers `false`, and changes nothing, when it
    /// has been seen since or was given up already.
    async fn bury(&self, node: SeenNode, at: Timestamp) -> StoreResult<bool>;
    /// Nobody needs to remember a buried node any more.
    async fn forget(&self, node: NodeId) -> StoreResult<()>;
    /// Takes what only one node may do, or keeps it. Answers whether this node has it: it has when nobody else does who
    /// still works.
    async fn hold(&self, lease: &str, node: NodeId) -> StoreResult<bool>;

    /// What these members play; those of whom nothing is known are missing.
    async fn listening(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, StoredListening)>>;
    /// The revisions of that alone.
    async fn listening_revisions(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, i64)>>;
    /// Changes what a member plays. Answers `false`, and changes nothing, unless `before` is the revision that is stored
    /// (0 when nothing is).
    async fn put_listening(&self, member: MemberId, before: i64, after: &StoredListening) -> StoreResult<bool>;
    /// Forgets those who have nothing loaded and whose revision is this one or an earlier one, as revisions are instants
    /// wherever nothing else is greater.
    async fn forget_silent_until(&self, revision: i64) -> StoreResult<()>;
    /// Members of whom this node said that they have something loaded.
    async fn sounding_at(&self, node: NodeId) -> StoreResult<Vec<MemberId>>;

    /// A tab shows a Jam, by this node from now on.
    async fn show_jam(&self, node: NodeId, jam: JamId, tab: JamTab) -> StoreResult<()>;
    /// The same, unless it is known already, by whichever node. Answers whether it was not.
    async fn show_jam_again(&self, node: NodeId, jam: JamId, tab: JamTab) -> StoreResult<bool>;
    /// A tab of this node shows it no longer. Answers whether it did: it may have moved to another node.
    async fn hide_jam(&self, node: NodeId, jam: JamId, member: MemberId, tab: TabId) -> StoreResult<bool>;
    /// What the tabs of this node show.
    async fn jam_tabs_at(&self, node: NodeId) -> StoreResult<Vec<(JamId, JamTab)>>;
    /// The tabs that show a Jam.
    async fn jam_tabs(&self, jam: JamId) -> StoreResult<Vec<JamTab>>;
}
