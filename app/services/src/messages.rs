//! Conversations and messages (rules M8, M10, M14, M17).
//!
//! A message is acknowledged once it is durable, together with both inbox entries; hints follow the commit and may be lost.

mod cards;
mod views;

use domain::{
    ConversationId, MessageId, Refusal,
    messages::{ConversationView, Inbox, MessageBody, MessageView},
};

use crate::{
    Principal, Result, Services,
    ports::store::{Appended, Contact, StoredConversation, StoredMessage},
};

/// Messages in one part of a conversation.
const PAGE: u32 = 50;

impl Services {
    /// The inbox page: conversations with the live line of each contact, and requests.
    pub async fn inbox_page(&self, who: &Principal) -> Result<Inbox> {
        who.social()?;
        let stored = self.ports.store.conversations(who.id()).await?;
        let conversations = self.conversation_views(who, stored).await?;

        let (mut requests, mut pending) = (Vec::new(), Vec::new());
        for request in self.ports.store.open_chat_requests(who.id(), self.now()).await? {
            let view = self.chat_request_view(who, request).await?;
            if view.from.id == who.id() { pending.push(view) } else { requests.push(view) }
        }

        Ok(Inbox { conversations, requests, pending })
    }

    /// One conversation of this member.
    pub async fn conversation(&self, who: &Principal, id: ConversationId) -> Result<ConversationView> {
        who.social()?;
        let stored = self.own_conversation(who, id).await?;

        self.conversation_view(who, stored).await
    }

    /// Up to 50 messages before a place (the newest without one), in ascending order.
    pub async fn messages(&self, who: &Principal, id: ConversationId, before: Option<i64>) -> Result<Vec<MessageView>> {
        who.social()?;
        self.own_conversation(who, id).await?;
        let stored = self.ports.store.messages(id, before.unwrap_or(i64::MAX), PAGE).await?;

        self.message_views(stored).await
    }

    /// Sends a message: encrypted, committed, then acknowledged with this answer. The same id with the same content answers
    /// the stored message again; with other content it is refused.
    pub async fn send(
        &self,
        who: &Principal,
        id: MessageId,
        to: ConversationId,
        body: MessageBody,
    ) -> Result<MessageView> {
        who.social()?;
        let body = body.checked()?;
        let conversation = self.own_conversation(who, to).await?;

        // What was stored is acknowledged again, whatever has changed since: the sender's device must learn of it.
        if let Some(known) = self.ports.store.message(id).await? {
            return self.sent_before(who, to, body, known).await;
        }
        if !self.is_reachable(&conversation.contact) {
            return Err(Refusal::NotReachable.into());
        }
        self.check_card(who, &body).await?;
        let now = self.now();
        self.pace.take(&who.id(), now).map_err(|retry_s| Refusal::TooFast { retry_s })?;

        let sealed = self.seal_body(to, who.id(), id, &body).await?;
        let message = StoredMessage { id, conversation: to, sender: who.id(), seq: 0, sent_at: now, sealed };
        match self.ports.store.append_message(&message).await? {
            Appended::New(stored, heads) => {
                self.hint(heads).await;
                self.message_view(stored).await
            }
            Appended::Known(stored) => self.sent_before(who, to, body, stored).await,
        }
    }

    /// Moves the read marker forward, on all devices of this member.
    pub async fn mark_read(&self, who: &Principal, id: ConversationId, up_to: i64) -> Result<()> {
        who.social()?;
        let conversation = self.own_conversation(who, id).await?;
        let end = conversation.last.map_or(0, |last| last.seq);

        let heads = self.ports.store.set_read(id, who.id(), up_to.min(end)).await?;
        self.hint(heads).await;
        Ok(())
    }

    /// A conversation of this member, or `ConversationUnknown`.
    pub(crate) async fn own_conversation(&self, who: &Principal, id: ConversationId) -> Result<StoredConversation> {
        let stored = self.ports.store.conversation(id, who.id()).await?;

        Ok(stored.ok_or(Refusal::ConversationUnknown)?)
    }

    /// Whether anything passes to a contact. A block and switched-off messages answer alike (M12).
    pub(crate) fn is_reachable(&self, contact: &Contact) -> bool {
        !contact.blocked && contact.member.switches.messages && self.social(&contact.member, self.now())
    }

    async fn sent_before(
        &self,
        who: &Principal,
        to: ConversationId,
        body: MessageBody,
        known: StoredMessage,
    ) -> Result<MessageView> {
        let own = known.sender == who.id() && known.conversation == to;
        let same = own && self.body_if_it_opens(&known).await? == Some(body);

        if same { self.message_view(known).await } else { Err(Refusal::IdTaken.into()) }
    }
}
