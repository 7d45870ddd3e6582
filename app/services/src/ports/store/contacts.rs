//! Invite links, chat requests, contacts and blocks.

use async_trait::async_trait;
use domain::{
    ChatRequestId, ConversationId, InviteId, MemberId, Timestamp, TrackId,
    relations::{Asking, InviteLife, Relation, RequestState},
};

use super::{Head, StoreResult, StoredMember};

/// An invite link. Its token is known only to those who hold the link.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named by their types")]
pub struct StoredInvite {
    pub id: InviteId,
    pub maker: MemberId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    pub track: Option<TrackId>,
    pub created_at: Timestamp,
    pub life: InviteLife,
}

/// A chat request.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named by their types")]
pub struct StoredChatRequest {
    pub id: ChatRequestId,
    pub from: MemberId,
    pub to: MemberId,
    pub relation: Relation,
    pub sent_at: Timestamp,
    pub state: RequestState,
    pub closed_at: Option<Timestamp>,
    /// When its sender took it back without knowing that it was declined (M3).
    pub taken_back_at: Option<Timestamp>,
    pub conversation: Option<ConversationId>,
}

/// The other side of an accepted chat, as one member sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// The other.
    pub member: StoredMember,
    /// Their conversation.
    pub conversation: ConversationId,
    /// Either has blocked the other.
    pub blocked: bool,
    /// The other hides their activity from this member.
    pub hides_from_me: bool,
    /// This member hides their activity from the other.
    pub hidden_by_me: bool,
}

/// Who may reach whom. Blocks, exceptions and new contacts raise permission marks, as in `AccountStore`.
#[async_trait]
pub trait ContactStore: Send + Sync {
    /// Adds an invite link.
    async fn add_invite(&self, invite: &StoredInvite) -> StoreResult<()>;
    /// The invite of a token hash.
    async fn invite(&self, token_hash: &[u8; 32]) -> StoreResult<Option<StoredInvite>>;
    /// A member's invites that are neither expired nor revoked, newest first.
    async fn live_invites(&self, maker: MemberId, now: Timestamp) -> StoreResult<Vec<StoredInvite>>;
    /// Takes an invite back. Answers whether this member made it.
    async fn revoke_invite(&self, maker: MemberId, id: InviteId, at: Timestamp) -> StoreResult<bool>;

    /// The stored facts about `from` asking `to`. `oneself`, `reachable` and a relation by a link in hand are the caller's.
    async fn asking(&self, from: MemberId, to: MemberId, now: Timestamp) -> StoreResult<Asking>;
    /// Adds a request, with an entry in both inboxes. The same id again changes nothing and answers no heads.
    /// Refuses with `NotReachable` when either has blocked the other, with `RequestAlreadyOpen` when one between the two is
    /// open, in either direction, and with `TooManyRequests` when the sender has as many out as they may. One that is
    /// declined from its beginning is never refused.
    async fn add_chat_request(&self, request: &StoredChatRequest) -> StoreResult<Vec<Head>>;
    /// One request.
    async fn chat_request(&self, id: ChatRequestId) -> StoreResult<Option<StoredChatRequest>>;
    /// The requests to and from a member that are open at `now`, newest first. To its sender a declined one looks open, so
    /// it is among theirs for as long as it would have been, or until they take it back (M3).
    async fn open_chat_requests(&self, member: MemberId, now: Timestamp) -> StoreResult<Vec<StoredChatRequest>>;
    /// Closes an open request with an entry in both inboxes; in the sender's none when declined (M3). Withdrawing a declined
    /// one that looks open notes that it was taken back, with an entry in the sender's inbox only; it stays declined.
    /// Acceptance opens the conversation, or finds the one that the two already have. Answers the request as it is now.
    /// Refuses with `RequestGone` unless it is open, or already closed in just this way (then without heads).
    async fn close_chat_request(
        &self,
        id: ChatRequestId,
        state: RequestState,
        conversation: ConversationId,
        at: Timestamp,
    ) -> StoreResult<(StoredChatRequest, Vec<Head>)>;

    /// Everyone a member has an accepted chat with.
    async fn contacts(&self, member: MemberId) -> StoreResult<Vec<Contact>>;
    /// One of them.
    async fn contact(&self, member: MemberId, other: MemberId) -> StoreResult<Option<Contact>>;
    /// Blocks or unblocks. Open chat and Jam requests between the two end; if they have a conversation, both inboxes get an entry.
    async fn set_block(&self, by: MemberId, whom: MemberId, blocked_at: Option<Timestamp>) -> StoreResult<Vec<Head>>;
    /// Whether either has blocked the other.
    async fn blocked(&self, one: MemberId, other: MemberId) -> StoreResult<bool>;
    /// Members whom this one has blocked.
    async fn blocked_by(&self, member: MemberId) -> StoreResult<Vec<MemberId>>;
    /// "Hide my activity from this person", or show it again.
    async fn set_hidden(&self, owner: MemberId, viewer: MemberId, hidden: bool) -> StoreResult<()>;
}
