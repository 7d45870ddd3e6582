//! Conversations and messages as pages show them: opened, with what cards point to and what the other listens to.

use std::collections::BTreeMap;

use domain::{
    ConversationId,
    account::Person,
    messages::{BodyView, ConversationView, MessageBody, MessageView},
};

use crate::{
    Principal, Result, Services,
    ports::store::{StoredConversation, StoredMember, StoredMessage},
};

impl Services {
    /// Messages as both sides see them, in the order given. One that does not open is shown as gone.
    pub(crate) async fn message_views(&self, stored: Vec<StoredMessage>) -> Result<Vec<MessageView>> {
        let mut bodies = Vec::with_capacity(stored.len());
        for message in &stored {
            bodies.push(self.body_if_it_opens(message).await?);
        }
        let things = self.things(bodies.iter().flatten()).await?;

        let views = stored.into_iter().zip(bodies).map(|(message, body)| MessageView {
            id: message.id,
            conversation: message.conversation,
            sender: message.sender,
            seq: message.seq,
            sent_at: message.sent_at,
            body: body.map_or(BodyView::Gone, |body| things.show(body)),
        });
        Ok(views.collect())
    }

    /// One damaged row must not take the conversation, the inbox and every open page of both members along.
    pub(super) async fn body_if_it_opens(&self, message: &StoredMessage) -> Result<Option<MessageBody>> {
        match self.open_body(message.conversation, message.sender, message.id, &message.sealed).await {
            Err(error) if error.is_sealed() => {
                if self.sealer.is_news(message.id) {
                    tracing::error!(message = %message.id, %error, "a message is shown as gone");
                }
                Ok(None)
            }
            opened => opened.map(Some),
        }
    }

    pub(super) async fn message_view(&self, stored: StoredMessage) -> Result<MessageView> {
        Ok(self.message_views(vec![stored]).await?.pop().expect("there is a view of every message"))
    }

    /// Conversations as this member sees them, in the order given.
    pub(super) async fn conversation_views(
        &self,
        who: &Principal,
        stored: Vec<StoredConversation>,
    ) -> Result<Vec<ConversationView>> {
        let last = stored.iter().filter_map(|conversation| conversation.last.clone()).collect();
        let mut last: BTreeMap<ConversationId, MessageView> =
            self.message_views(last).await?.into_iter().map(|view| (view.conversation, view)).collect();
        let requests = self.ports.store.open_jam_requests(who.id(), self.now()).await?;

        let mut seen = self.visible_activities(who, stored.iter().map(|stored| &stored.contact)).await?;

        let mut views = Vec::with_capacity(stored.len());
        for conversation in stored {
            let request = requests.iter().find(|request| request.conversation == conversation.id);

            views.push(ConversationView {
                id: conversation.id,
                with: self.person(&conversation.contact.member),
                last: last.remove(&conversation.id),
                unread: conversation.unread,
                open: who.social().is_ok() && self.is_reachable(&conversation.contact),
                activity: seen.remove(&conversation.contact.member.id).flatten(),
                jam_request: request
                    .map(|request| self.jam_request_between(who, &conversation.contact.member, request)),
            });
        }
        Ok(views)
    }

    /// One conversation as this member sees it.
    pub(crate) async fn conversation_view(
        &self,
        who: &Principal,
        stored: StoredConversation,
    ) -> Result<ConversationView> {
        Ok(self.conversation_views(who, vec![stored]).await?.pop().expect("there is a view of every conversation"))
    }

    /// What others see of an account.
    pub(crate) fn person(&self, member: &StoredMember) -> Person {
        self.member_from(member).person()
    }
}
