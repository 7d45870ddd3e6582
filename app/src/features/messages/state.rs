//! What this page holds of the inbox and of the open conversation: what was loaded, and the events of the stream on top.
//!
//! Pure, so that it can be tested without a page. However often an event is read: each message is there once, in the order
//! of its place, and counts once as unread.

use std::cmp::Reverse;

use domain::{
    ChatRequestId, ConversationId, MemberId, MessageId, Timestamp,
    inbox::InboxEvent,
    jam_request::{JamRequestState, JamRequestView},
    messages::{BodyView, ChatRequestView, ConversationView, Inbox, MessageView},
    relations::RequestState,
    time::MINUTE,
};

/// Takes an event into the inbox of a member.
pub fn take(inbox: &mut Inbox, me: MemberId, event: &InboxEvent) {
    match event {
        InboxEvent::Message(message) => take_message(inbox, me, message),
        InboxEvent::Read { conversation, up_to } => read(inbox, *conversation, *up_to),
        InboxEvent::ChatRequest(request) => take_request(inbox, me, request),
        InboxEvent::JamRequest(request) => take_jam_request(inbox, request),
        InboxEvent::Conversation(view) => take_conversation(inbox, view),
        InboxEvent::Nothing => {}
    }

    inbox.conversations.sort_by_key(|it| (it.unread == 0, Reverse(moved_at(it))));
}

/// Whether an event speaks of a conversation that is not here: an accepted request opens one, and says only which.
pub fn is_news(inbox: &Inbox, event: &InboxEvent) -> bool {
    let conversation = match event {
        InboxEvent::Message(message) => Some(message.conversation),
        InboxEvent::ChatRequest(request) => request.conversation,
        InboxEvent::JamRequest(request) => Some(request.conversation),
        InboxEvent::Read { .. } | InboxEvent::Conversation(_) | InboxEvent::Nothing => None,
    };

    conversation.is_some_and(|id| inbox.conversations.iter().all(|known| known.id != id))
}

/// A request was answered on this page.
pub fn forget_request(inbox: &mut Inbox, id: ChatRequestId) {
    inbox.requests.retain(|request| request.id != id);
    inbox.pending.retain(|request| request.id != id);
}

/// A member was blocked on this page: what they asked is gone.
pub fn forget_member(inbox: &mut Inbox, id: MemberId) {
    inbox.requests.retain(|request| request.from.id != id);
    inbox.pending.retain(|request| request.to.id != id);
}

/// When something was last said in it; before that, when it was opened, which its id tells.
fn moved_at(conversation: &ConversationView) -> Timestamp {
    let opened = conversation.id.0.get_timestamp().map_or(0, |opened| opened.to_unix().0 as i64 * 1_000);

    conversation.last.as_ref().map_or(Timestamp(opened), |last| last.sent_at)
}

fn take_message(inbox: &mut Inbox, me: MemberId, message: &MessageView) {
    let Some(conversation) = find(inbox, message.conversation) else { return };
    let known = conversation.last.as_ref().map_or(0, |last| last.seq);

    if message.seq > known {
        conversation.last = Some(message.clone());
        conversation.unread = if message.sender == me { conversation.unread } else { conversation.unread + 1 };
    }
}

fn read(inbox: &mut Inbox, conversation: ConversationId, up_to: i64) {
    if let Some(conversation) = find(inbox, conversation) {
        let end = conversation.last.as_ref().map_or(0, |last| last.seq);
        let left = u32::try_from(end - up_to).unwrap_or(0);
        conversation.unread = conversation.unread.min(left);
    }
}

fn take_request(inbox: &mut Inbox, me: MemberId, request: &ChatRequestView) {
    forget_request(inbox, request.id);

    if request.state == RequestState::Open {
        let list = if request.from.id == me { &mut inbox.pending } else { &mut inbox.requests };
        list.push(request.clone());
    }
}

fn take_jam_request(inbox: &mut Inbox, request: &JamRequestView) {
    let Some(conversation) = find(inbox, request.conversation) else { return };

    if request.state == JamRequestState::Open {
        conversation.jam_request = Some(request.clone());
    } else if conversation.jam_request.as_ref().is_some_and(|known| known.id == request.id) {
        conversation.jam_request = None;
    }
}

fn take_conversation(inbox: &mut Inbox, view: &ConversationView) {
    let Some(known) = find(inbox, view.id) else {
        inbox.conversations.push(view.clone());
        return;
    };
    let seq = |view: &ConversationView| view.last.as_ref().map_or(0, |last| last.seq);
    let (last, unread) =
        if seq(known) > seq(view) { (known.last.take(), known.unread) } else { (view.last.clone(), view.unread) };

    *known = ConversationView { last, unread, ..view.clone() };
}

fn find(inbox: &mut Inbox, id: ConversationId) -> Option<&mut ConversationView> {
    inbox.conversations.iter_mut().find(|conversation| conversation.id == id)
}

/// An order that does not move what is already on the screen: what was there stays in its place, what is new comes after.
pub fn steady<T: Clone + PartialEq>(before: &[T], now: &[T]) -> Vec<T> {
    let kept = before.iter().filter(|item| now.contains(item));
    let new = now.iter().filter(|item| !before.contains(item));

    kept.chain(new).cloned().collect()
}

/// The messages of one conversation that this page knows: a run without holes that ends at the newest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thread {
    /// Which conversation.
    pub conversation: Option<ConversationId>,
    messages: Vec<MessageView>,
}

impl Thread {
    /// A conversation of which nothing is known yet.
    pub fn new(conversation: ConversationId) -> Self {
        Self { conversation: Some(conversation), messages: Vec::new() }
    }

    /// Takes a message in, if it belongs here and is not known yet.
    pub fn put(&mut self, message: MessageView) {
        if self.conversation != Some(message.conversation) {
            return;
        }
        if let Err(place) = self.messages.binary_search_by_key(&message.seq, |known| known.seq) {
            self.messages.insert(place, message);
        }
    }

    /// The place before which there are earlier messages; places count from 1 without holes.
    pub fn earlier_than(&self) -> Option<i64> {
        self.messages.first().map(|first| first.seq).filter(|seq| *seq > 1)
    }

    /// The place of the newest message, 0 without one.
    pub fn end(&self) -> i64 {
        self.messages.last().map_or(0, |last| last.seq)
    }
}

/// A message of mine that the server has not acknowledged.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// Made here, so that sending it again is harmless.
    pub id: MessageId,
    /// Where to.
    pub conversation: ConversationId,
    /// What it says: a text or a track.
    pub body: BodyView,
    /// When it was written.
    pub at: Timestamp,
    /// Why the server did not take it.
    pub refused: Option<String>,
}

/// How far a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Stored.
    Sent,
    /// On its way.
    Sending,
    /// Not taken, for this reason.
    Refused(String),
}

/// One message in the log, with what its neighbours make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which.
    pub id: MessageId,
    /// Whether I wrote it.
    pub own: bool,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub body: BodyView,
    /// How far it is.
    pub standing: Standing,
    /// The first of its day.
    pub opens_day: bool,
    /// The first of its group: one person, one minute.
    pub first: bool,
    /// The last of its group.
    pub last: bool,
}

/// What tells two shapes of a line apart: when one of these changes, the line is drawn anew.
pub type LineKey = (MessageId, bool, bool, bool, u8);

impl Line {
    /// See [`LineKey`].
    pub fn key(&self) -> LineKey {
        let standing = match self.standing {
            Standing::Sent => 0,
            Standing::Sending => 1,
            Standing::Refused(_) => 2,
        };

        (self.id, self.opens_day, self.first, self.last, standing)
    }
}

/// The log of a conversation: what is stored, then what is on its way, for a reader so many minutes east of UTC.
pub fn lines(thread: &Thread, outbox: &[Outgoing], me: MemberId, utc_offset_min: i32) -> Vec<Line> {
    let stored = thread.messages.iter().map(|message| (message.sender == me, line_of(message, me)));
    let waiting =
        outbox.iter().filter(|it| Some(it.conversation) == thread.conversation).map(|it| (true, waiting_line(it)));
    let mut lines: Vec<Line> = Vec::new();

    for (own, mut line) in stored.chain(waiting) {
        let minute = |at: Timestamp| (at.0 + i64::from(utc_offset_min) * MINUTE).div_euclid(MINUTE);
        let day = |at: Timestamp| minute(at).div_euclid(24 * 60);

        if let Some(before) = lines.last_mut() {
            line.opens_day = day(before.at) != day(line.at);
            line.first = before.own != own || minute(before.at) != minute(line.at);
            before.last = line.first;
        }
        lines.push(line);
    }
    lines
}

fn line_of(message: &MessageView, me: MemberId) -> Line {
    Line {
        id: message.id,
        own: message.sender == me,
        at: message.sent_at,
        body: message.body.clone(),
        standing: Standing::Sent,
        opens_day: true,
        first: true,
        last: true,
    }
}

fn waiting_line(outgoing: &Outgoing) -> Line {
    Line {
        id: outgoing.id,
        own: true,
        at: outgoing.at,
        body: outgoing.body.clone(),
        standing: outgoing.refused.clone().map_or(Standing::Sending, Standing::Refused),
        opens_day: true,
        first: true,
        last: true,
    }
}

#[cfg(test)]
mod tests;
