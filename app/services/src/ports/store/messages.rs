//! Conversations, messages, their keys and the inboxes.

use async_trait::async_trait;
use domain::{ChatRequestId, ConversationId, JamRequestId, MemberId, MessageId, Timestamp};

use super::{Contact, Head, StoreResult};

/// A conversation as one member sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredConversation {
    /// Which.
    pub id: ConversationId,
    /// The other side.
    pub contact: Contact,
    /// The newest message.
    pub last: Option<StoredMessage>,
    /// `seq` of the last message that this member has read.
    pub read_up_to: i64,
    /// Messages of the other after that.
    pub unread: u32,
}

/// A message with its content sealed.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in domain::messages::MessageView")]
pub struct StoredMessage {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub sender: MemberId,
    /// Assigned by the store; 0 before.
    pub seq: i64,
    pub sent_at: Timestamp,
    /// The body, encrypted with the data key of (conversation, sender).
    pub sealed: Vec<u8>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Appended {
    /// It is stored, with an entry in both inboxes.
    New(StoredMessage, Vec<Head>),
    /// It was stored before: here it is as it was then. The caller compares the content.
    Known(StoredMessage),
}

/// What an inbox entry points to; the present state of that is read when the entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs, reason = "each names the thing it points to")]
pub enum InboxSubject {
    Message(MessageId),
    Read { conversation: ConversationId, up_to: i64 },
    ChatRequest(ChatRequestId),
    JamRequest(JamRequestId),
    Conversation(ConversationId),
}

/// An inbox entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its place, from 1 without holes.
    pub seq: i64,
    /// What it points to.
    pub subject: InboxSubject,
}

/// What a node compares that may have missed a hint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The place of the newest entry.
    pub head: i64,
    /// Raised by everything that lets the member see or do less or more.
    pub permissions: i64,
}

/// Messages and inboxes.
#[async_trait]
pub trait MessageStore: Send + Sync {
    /// A member's conversations: unread first, then newest.
    async fn conversations(&self, member: MemberId) -> StoreResult<Vec<StoredConversation>>;
    /// One of them; nothing when it is not theirs.
    async fn conversation(&self, id: ConversationId, member: MemberId) -> StoreResult<Option<StoredConversation>>;
    /// Stores a message at the end of its conversation; the sender has then read up to it.
    /// Refuses with `IdTaken` when the id belongs to another conversation or sender, and with `NotReachable` when either has
    /// blocked the other; what is stored already is answered all the same.
    async fn append_message(&self, message: &StoredMessage) -> StoreResult<Appended>;
    /// One message.
    async fn message(&self, id: MessageId) -> StoreResult<Option<StoredMessage>>;
    /// The newest messages with `seq < before`, in ascending order.
    async fn messages(&self, id: ConversationId, before: i64, limit: u32) -> StoreResult<Vec<StoredMessage>>;
    /// Moves a read marker forward, with an entry in the member's own inbox; none when it does not move.
    async fn set_read(&self, id: ConversationId, member: MemberId, up_to: i64) -> StoreResult<Vec<Head>>;

    /// The sealed data key of a sender in a conversation.
    async fn data_key(&self, id: ConversationId, sender: MemberId) -> StoreResult<Option<Vec<u8>>>;
    /// Some sealed data keys with their conversations and senders, at most `limit`, to try a master key with.
    async fn some_data_keys(&self, limit: u32) -> StoreResult<Vec<(ConversationId, MemberId, Vec<u8>)>>;
    /// Stores a sealed data key unless there is one, and answers the one that is stored now.
    async fn add_data_key(&self, id: ConversationId, sender: MemberId, sealed: &[u8]) -> StoreResult<Vec<u8>>;

    /// Entries after a place, in order.
    async fn inbox(&self, member: MemberId, after: i64, limit: u32) -> StoreResult<Vec<StoredEntry>>;
    /// The newest entry's place; 0 for an empty inbox.
    async fn inbox_head(&self, member: MemberId) -> StoreResult<i64>;
    /// Where the inboxes of these members end, and how often their permissions have changed.
    async fn marks(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, Marks)>>;
}
