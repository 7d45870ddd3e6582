//! Conversations and messages: what may be sent and how pages show it (rules M2, M3, M8, M10).

use serde::{Deserialize, Serialize};

use crate::{
    AlbumId, ChatRequestId, ConversationId, InviteId, JamId, MemberId, MessageId, Refusal, Timestamp, TrackId,
    account::Person,
    activity::ActivityView,
    jam_request::JamRequestView,
    library::{Album, Track},
    relations::{Relation, RequestState},
};

/// The longest text of a message, in characters (M8).
pub const MESSAGE_CHARS: usize = 2_000;

/// What a member sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageBody {
    /// 1 to 2,000 characters.
    Text(String),
    /// A card with artwork and a play button.
    Card(Card),
}

/// Something of the product that is shown with a picture and a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each names the thing it points to")]
pub enum Card {
    Track(TrackId),
    Album(AlbumId),
    Jam(JamId),
}

impl MessageBody {
    /// The text without surrounding blanks, or why it cannot be sent.
    pub fn text(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();

        match text.chars().count() {
            0 => Err(Refusal::MessageEmpty),
            count if count > MESSAGE_CHARS => Err(Refusal::MessageTooLong { limit: MESSAGE_CHARS as u32 }),
            _ => Ok(Self::Text(text.into())),
        }
    }

    /// Checks what arrived from a page.
    pub fn checked(self) -> Result<Self, Refusal> {
        match self {
            Self::Text(text) => Self::text(&text),
            card => Ok(card),
        }
    }
}

/// A message as both sides see it. `seq` orders a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Made by the sender's device.
    pub id: MessageId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub sender: MemberId,
    /// Its place in the conversation, from 1 without holes.
    pub seq: i64,
    /// When the server stored it.
    pub sent_at: Timestamp,
    /// What it says.
    pub body: BodyView,
}

/// The content of a message, with what a card points to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BodyView {
    /// Plain text.
    Text(String),
    /// A track card.
    Track(Track),
    /// An album card.
    Album(Album),
    /// A Jam card.
    Jam(JamId),
    /// A card whose thing is no longer here.
    Gone,
}

/// A chat request as either side sees it. A declined one still reads as open to its sender (M3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatRequestView {
    /// Which.
    pub id: ChatRequestId,
    /// Who asks.
    pub from: Person,
    /// Who is asked.
    pub to: Person,
    /// Why they may.
    pub relation: Relation,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// How it stands, as the reader may know it.
    pub state: RequestState,
    /// The conversation it opened.
    pub conversation: Option<ConversationId>,
}

/// A row of the inbox, and the head of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationView {
    /// Which.
    pub id: ConversationId,
    /// The other member.
    pub with: Person,
    /// The newest message.
    pub last: Option<MessageView>,
    /// Messages of the other after my read marker.
    pub unread: u32,
    /// Whether messages pass; false when blocked or either has messages off, without saying which (M12).
    pub open: bool,
    /// What the other listens to, as far as I may see it.
    pub activity: Option<ActivityView>,
    /// A Jam request that waits, from either side.
    pub jam_request: Option<JamRequestView>,
}

/// What `/messages` shows: unread first, then newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Accepted chats.
    pub conversations: Vec<ConversationView>,
    /// Open requests to me.
    pub requests: Vec<ChatRequestView>,
    /// Open requests from me.
    pub pending: Vec<ChatRequestView>,
}

/// One of my invite links, for the list where it can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteView {
    /// Which; not the token, which only its maker's page saw.
    pub id: InviteId,
    /// When it stops to work.
    pub expires_at: Timestamp,
    /// The track it carries.
    pub track: Option<Track>,
}

/// What the landing page of an invite link shows: who invites, and the track if any. Never live activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteLanding {
    /// Who made the link.
    pub from: Person,
    /// The track it carries.
    pub track: Option<Track>,
    /// The open conversation, when the visitor is already a contact.
    pub conversation: Option<ConversationId>,
    /// Whether the visitor has already asked and waits.
    pub asked: bool,
    /// Whether the visitor made it.
    pub own: bool,
}
