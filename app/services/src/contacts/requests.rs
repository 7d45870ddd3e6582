//! Chat requests (rules M1 to M3): asked by someone with a relation, answered by the other alone.

use domain::{
    ChatRequestId, ConversationId, MemberId, Refusal, Timestamp,
    messages::ChatRequestView,
    relations::{Asking, Relation, RequestState, may_ask},
};

use crate::{
    Principal, Result, Services,
    ports::store::{StoredChatRequest, StoredMember},
};

impl Services {
    /// Asks the maker of an invite link to chat (M1 to M3). The id makes a retry harmless.
    pub async fn ask_by_invite(&self, who: &Principal, id: ChatRequestId, token: &str) -> Result<ChatRequestView> {
        who.social()?;
        let (invite, maker) = self.live_invite(token).await?;

        self.ask_member(who, id, &maker, Some(Relation::Invite(invite.id))).await
    }

    /// Asks a member with whom there is a relation already. Refused without one (M1).
    pub async fn ask(&self, who: &Principal, id: ChatRequestId, to: MemberId) -> Result<ChatRequestView> {
        who.social()?;
        // Nobody learns from the answer whether there is such a member.
        let to = self.ports.store.member(to).await?.ok_or(Refusal::NoRelation)?;

        self.ask_member(who, id, &to, None).await
    }

    /// The receiver says yes: a conversation opens for both.
    pub async fn accept(&self, who: &Principal, id: ChatRequestId) -> Result<ConversationId> {
        let closed = self.answer(who, id, RequestState::Accepted).await?;

        self.permissions_changed([closed.from, closed.to]).await;
        Ok(closed.conversation.expect("the store opens a conversation for an accepted request"))
    }

    /// The receiver says no; the sender is not told.
    pub async fn decline(&self, who: &Principal, id: ChatRequestId) -> Result<()> {
        self.answer(who, id, RequestState::Declined).await.map(drop)
    }

    /// The sender takes it back.
    pub async fn withdraw(&self, who: &Principal, id: ChatRequestId) -> Result<()> {
        who.social()?;
        let request = self.chat_request(id).await?;
        if request.from != who.id() {
            return Err(Refusal::RequestGone.into());
        }

        // A declined one looks open to its sender, and taking it back looks as it always does (M3).
        self.close_chat_request(id, RequestState::Withdrawn).await.map(drop)
    }

    /// A request as this member may see it.
    pub(crate) async fn chat_request_view(
        &self,
        who: &Principal,
        request: StoredChatRequest,
    ) -> Result<ChatRequestView> {
        let members = self.ports.store.members(&[request.from, request.to]).await?;
        let person = |id| {
            let member = members.iter().find(|member| member.id == id).ok_or(Refusal::RequestGone)?;
            Ok::<_, Refusal>(self.member_from(member).person())
        };

        Ok(ChatRequestView {
            id: request.id,
            from: person(request.from)?,
            to: person(request.to)?,
            relation: request.relation,
            sent_at: request.sent_at,
            state: match who.id() == request.from {
                true => request.state.shown_to_sender(request.taken_back_at.is_some()),
                false => request.state,
            },
            conversation: request.conversation,
        })
    }

    /// Whether a request waits, as far as its sender knows: a declined one looks like one that nobody answers (M3).
    pub(super) async fn has_asked(&self, from: MemberId, to: MemberId) -> Result<bool> {
        let now = self.now();
        let past = self.ports.store.asking(from, to, now).await?.past;

        Ok(past.iter().any(|request| request.looks_open(now)))
    }

    async fn ask_member(
        &self,
        who: &Principal,
        id: ChatRequestId,
        to: &StoredMember,
        by_link: Option<Relation>,
    ) -> Result<ChatRequestView> {
        if let Some(known) = self.ports.store.chat_request(id).await? {
            let same = known.from == who.id() && known.to == to.id;
            return if same { self.chat_request_view(who, known).await } else { Err(Refusal::IdTaken.into()) };
        }

        let now = self.now();
        let mut asking = self.ports.store.asking(who.id(), to.id, now).await?;
        asking.oneself = who.id() == to.id;
        asking.reachable = to.switches.messages && self.social(to, now);
        asking.relations.splice(0..0, by_link);
        let (relation, state) = silently(&asking, may_ask(&asking, now), now)?;

        let request = StoredChatRequest {
            id,
            from: who.id(),
            to: to.id,
            relation,
            sent_at: now,
            state,
            closed_at: None,
            taken_back_at: None,
            conversation: None,
        };
        let heads = self.ports.store.add_chat_request(&request).await?;
        self.hint(heads).await;
        self.chat_request_view(who, request).await
    }

    /// Closes a request in the name of its receiver.
    async fn answer(&self, who: &Principal, id: ChatRequestId, state: RequestState) -> Result<StoredChatRequest> {
        who.social()?;
        if self.chat_request(id).await?.to != who.id() {
            return Err(Refusal::RequestGone.into());
        }

        self.close_chat_request(id, state).await
    }

    async fn chat_request(&self, id: ChatRequestId) -> Result<StoredChatRequest> {
        Ok(self.ports.store.chat_request(id).await?.ok_or(Refusal::RequestGone)?)
    }

    async fn close_chat_request(&self, id: ChatRequestId, state: RequestState) -> Result<StoredChatRequest> {
        let conversation = ConversationId(self.fresh_id());
        let (closed, heads) = self.ports.store.close_chat_request(id, state, conversation, self.now()).await?;

        self.hint(heads).await;
        Ok(closed)
    }
}

/// With what state a request is stored, so that nobody hears a "no" (M3): while a declined one looks open, another is
/// refused as it would be beside an open one; once its sender has taken it back, another looks sent, and is declined from
/// its beginning.
fn silently(
    asking: &Asking,
    allowed: std::result::Result<Relation, Refusal>,
    now: Timestamp,
) -> std::result::Result<(Relation, RequestState), Refusal> {
    match (allowed, asking.relations.first()) {
        (Ok(relation), _) => Ok((relation, RequestState::Open)),
        (Err(Refusal::RequestNotAgain), _) if asking.past.iter().any(|past| past.looks_open(now)) => {
            Err(Refusal::RequestAlreadyOpen)
        }
        (Err(Refusal::RequestNotAgain), Some(relation)) if asking.past.iter().any(|past| past.taken_back) => {
            Ok((*relation, RequestState::Declined))
        }
        (Err(refusal), _) => Err(refusal),
    }
}
