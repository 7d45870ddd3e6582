//! A member's inbox: one ordered stream of everything addressed to them, read again from any position.
//!
//! Each entry carries the present state of what it is about, so that reading one twice does no harm.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId,
    jam_request::JamRequestView,
    messages::{ChatRequestView, ConversationView, MessageView},
};

/// How far a reader is. The epoch changes when the database was replaced by an older one; positions of another epoch mean nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Of the database.
    pub epoch: i64,
    /// The last entry that was read; 0 before the first.
    pub seq: i64,
}

/// One entry of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxEntry {
    /// Its place, from 1 without holes.
    pub seq: i64,
    /// What it says.
    pub event: InboxEvent,
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "entries live briefly, at most a frame of them, and nearly all are large")]
pub enum InboxEvent {
    /// A message of mine or to me.
    Message(MessageView),
    /// I have read a conversation up to this message on one of my devices.
    Read {
        /// Which conversation.
        conversation: ConversationId,
        /// `MessageView::seq` of the last one read.
        up_to: i64,
    },
    /// A chat request to or from me came or changed.
    ChatRequest(ChatRequestView),
    /// A Jam request to or from me came or changed.
    JamRequest(JamRequestView),
    /// A conversation opened, closed or opened again.
    Conversation(ConversationView),
    /// What the entry was about no longer exists.
    Nothing,
}

/// The answer to "what did I miss".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missed {
    /// Every entry after the position, in order, as far as one frame holds; ask again from the last.
    Entries {
        /// In order, without holes.
        entries: Vec<InboxEntry>,
        /// Where the stream ends now.
        head: Position,
    },
    /// The position means nothing here: load the pages again and go on from `head`.
    StartOver {
        /// Where the stream ends now.
        head: Position,
    },
}
