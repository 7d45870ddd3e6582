//! The inbox of this tab: loaded once, then kept true by the stream; and the messages that are on their way out.
//!
//! It lives as long as the page, so that a message goes on being sent when its conversation is left. It does not survive a
//! reload. On the server it only holds what a page has loaded.

use std::collections::VecDeque;

use domain::{
    ConversationId, MemberId, MessageId, Refusal,
    clock::reconnect_delay_ms,
    inbox::InboxEvent,
    jam_request::{JamRequestState, JamRequestView},
    messages::{BodyView, ConversationView, Inbox, MessageView},
    time::MINUTE,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    api,
    state::{self, Outgoing, Thread},
};
use crate::{
    browser::{JamRoom, Live, page},
    data::{Data, read},
    error::ApiError,
    watch::watch,
};

/// Events that are laid over an inbox that was read meanwhile; the oldest go first.
const RECENT: usize = 64;

/// The handle.
#[derive(Clone, Copy)]
pub struct Mailbox {
    /// Conversations and requests; none until they were loaded, or while messages are off.
    pub inbox: RwSignal<Option<Inbox>>,
    /// The conversation that is open.
    pub thread: RwSignal<Thread>,
    /// What the server has not acknowledged, oldest first.
    pub outbox: RwSignal<Vec<Outgoing>>,
    live: Live,
    room: JamRoom,
    recent: StoredValue<VecDeque<InboxEvent>>,
    sending: StoredValue<bool>,
}

impl Mailbox {
    /// The handle of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Makes the handle and puts it into context; after the live handles.
    pub fn provide() -> Self {
        let live = Live::get();
        let mailbox = Self {
            inbox: RwSignal::default(),
            thread: RwSignal::default(),
            outbox: RwSignal::default(),
            live,
            room: JamRoom::get(),
            recent: StoredValue::default(),
            sending: StoredValue::new(false),
        };
        provide_context(mailbox);

        if page::IN_BROWSER {
            live.on_inbox(move |event| mailbox.take(event));
            mailbox.follow_the_switch();
            mailbox.follow_start_over();
        }
        mailbox
    }

    /// For pages that need it at first paint.
    pub fn resource(self) -> Data<Inbox> {
        read(
            || (),
            move |()| async move {
                match self.inbox.get_untracked() {
                    Some(inbox) => Ok(inbox),
                    None => api::read_inbox().await,
                }
            },
        )
    }

    /// Takes what a page has loaded, unless something is known already.
    pub fn seed(self, inbox: Inbox) {
        if self.inbox.with_untracked(Option::is_none) {
            self.put(inbox);
        }
    }

    /// Reads all of it again.
    pub async fn refresh(self) {
        // When it does not come, what is here stays; the next event or page tries again.
        if let Ok(inbox) = api::read_inbox().await {
            self.put(inbox);
        }
    }

    /// Takes an event in.
    pub fn take(self, event: &InboxEvent) {
        self.recent.update_value(|recent| {
            recent.push_back(event.clone());
            let extra = recent.len().saturating_sub(RECENT);
            recent.drain(..extra);
        });

        if let InboxEvent::Message(message) = event {
            self.thread.update(|thread| thread.put(message.clone()));
            self.outbox.update(|outbox| outbox.retain(|outgoing| outgoing.id != message.id));
        }
        if let InboxEvent::JamRequest(request) = event
            && let Some(jam) = self.just_accepted(request)
        {
            self.room.seat.set(Some(jam));
        }
        if let Some(me) = self.me() {
            self.change(|inbox| state::take(inbox, me, event));
        }
        if self.inbox.with_untracked(|inbox| inbox.as_ref().is_some_and(|inbox| state::is_news(inbox, event))) {
            spawn_local(self.refresh());
        }
    }

    /// The Jam of a request that was accepted a moment ago; older news says nothing about now.
    pub fn just_accepted(self, request: &JamRequestView) -> Option<domain::JamId> {
        match request.state {
            JamRequestState::Accepted(jam) if self.live.server_now() < request.expires_at + MINUTE => Some(jam),
            _ => None,
        }
    }

    /// Changes what is held, if anything is.
    pub fn change(self, change: impl FnOnce(&mut Inbox)) {
        self.inbox.update(|inbox| {
            if let Some(inbox) = inbox {
                change(inbox);
            }
        });
    }

    /// One conversation, as it is now.
    pub fn conversation(self, id: ConversationId) -> Memo<Option<ConversationView>> {
        Memo::new(move |_| {
            self.inbox.with(|inbox| inbox.as_ref()?.conversations.iter().find(|it| it.id == id).cloned())
        })
    }

    /// Messages that wait to be read, in all conversations.
    pub fn unread(self) -> Memo<u32> {
        Memo::new(move |_| {
            self.inbox.with(|inbox| inbox.as_ref().map_or(0, |it| it.conversations.iter().map(|it| it.unread).sum()))
        })
    }

    /// From now on, messages of this conversation are kept.
    pub fn open(self, id: ConversationId) {
        if self.thread.with_untracked(|thread| thread.conversation != Some(id)) {
            self.thread.set(Thread::new(id));
        }
    }

    /// Takes messages that were loaded.
    pub fn put_messages(self, messages: Vec<MessageView>) {
        self.thread.update(|thread| messages.into_iter().for_each(|message| thread.put(message)));
    }

    /// I have read the open conversation to its end.
    pub fn mark_read(self, conversation: ConversationId) {
        let up_to = self.thread.with_untracked(Thread::end);
        self.take(&InboxEvent::Read { conversation, up_to });

        spawn_local(async move {
            // A marker that does not arrive is overtaken by the next.
            let _ = api::mark_read(conversation, up_to).await;
        });
    }

    /// Sends a text or a track. It shows at once, and goes out as soon as the server takes it.
    pub fn send(self, conversation: ConversationId, body: BodyView) {
        let id = MessageId(page::new_id());
        let at = self.live.server_now();

        self.outbox.update(|outbox| outbox.push(Outgoing { id, conversation, body, at, refused: None }));
        self.work_off();
    }

    /// Tries a refused message again, under its id.
    pub fn send_again(self, id: MessageId) {
        self.set_refused(id, None);
        self.work_off();
    }

    /// One message after the other, so that they arrive in the order in which they were written.
    fn work_off(self) {
        if self.sending.get_value() {
            return;
        }
        self.sending.set_value(true);

        spawn_local(async move {
            while let Some(next) = self.next_outgoing() {
                self.deliver(&next).await;
            }
            self.sending.set_value(false);
        });
    }

    fn next_outgoing(self) -> Option<Outgoing> {
        self.outbox.with_untracked(|outbox| outbox.iter().find(|outgoing| outgoing.refused.is_none()).cloned())
    }

    /// Until it is acknowledged or refused. The id makes every further attempt harmless.
    async fn deliver(self, outgoing: &Outgoing) {
        let mut attempt = 0;

        // The stream may bring it back before its own answer does.
        while self.outbox.with_untracked(|outbox| outbox.iter().any(|it| it.id == outgoing.id)) {
            let wait_ms = match post(outgoing).await {
                Ok(stored) => return self.take(&InboxEvent::Message(stored)),
                Err(ApiError::Refused(Refusal::TooFast { retry_s })) => retry_s.saturating_mul(1_000),
                Err(ApiError::Refused(refusal)) => return self.set_refused(outgoing.id, Some(refusal.to_string())),
                Err(_) => reconnect_delay_ms(attempt, page::random()).max(500),
            };

            page::sleep(wait_ms).await;
            attempt += 1;
        }
    }

    fn set_refused(self, id: MessageId, reason: Option<String>) {
        self.outbox.update(|outbox| {
            if let Some(outgoing) = outbox.iter_mut().find(|outgoing| outgoing.id == id) {
                outgoing.refused = reason;
            }
        });
    }

    /// Takes what the server says, with the events on top that came while it answered.
    fn put(self, mut inbox: Inbox) {
        if let Some(me) = self.me() {
            self.recent.with_value(|recent| recent.iter().for_each(|event| state::take(&mut inbox, me, event)));
        }
        for conversation in &inbox.conversations {
            self.live.seed_activity(conversation.with.id, conversation.activity.clone());
        }
        self.inbox.set(Some(inbox));
    }

    /// Messages switched off are gone from the screen; switched on, everything comes back (M13).
    fn follow_the_switch(self) {
        let allowed =
            Memo::new(move |_| self.live.me.with(|me| me.as_ref().is_some_and(|me| me.social && me.switches.messages)));

        watch(move || match allowed.get() {
            true if self.inbox.with_untracked(Option::is_none) => spawn_local(self.refresh()),
            true => {}
            false => self.inbox.set(None),
        });
    }

    /// Where the stream has a hole, everything is read again.
    fn follow_start_over(self) {
        Effect::new(move |before: Option<u32>| {
            let times = self.live.start_over.get();
            if before.is_some_and(|before| before != times) {
                self.recent.update_value(VecDeque::clear);
                self.thread.update(|thread| {
                    *thread = thread.conversation.map(Thread::new).unwrap_or_default();
                });
                spawn_local(self.refresh());
            }
            times
        });
    }

    fn me(self) -> Option<MemberId> {
        self.live.me.with_untracked(|me| me.as_ref().map(|me| me.id))
    }
}

async fn post(outgoing: &Outgoing) -> Result<MessageView, ApiError> {
    let Outgoing { id, conversation, .. } = *outgoing;

    match &outgoing.body {
        BodyView::Text(text) => api::send_message(id, conversation, text.clone()).await,
        BodyView::Track(track) => api::send_card(id, conversation, track.id).await,
        BodyView::Album(_) | BodyView::Jam(_) | BodyView::Gone => Err(Refusal::MessageEmpty.into()),
    }
}
