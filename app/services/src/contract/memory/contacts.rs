//! Invite links, chat requests, contacts and blocks.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::{
    ChatRequestId, ConversationId, InviteId, MemberId, Refusal, Timestamp,
    jam_request::JamRequestState,
    relations::{Asking, OPEN_REQUESTS, PastRequest, Relation, RequestState},
};

use super::{
    MemoryStore,
    tables::{ConversationRow, Tables},
};
use crate::ports::store::{Contact, ContactStore, Head, InboxSubject, StoreResult, StoredChatRequest, StoredInvite};

#[async_trait]
impl ContactStore for MemoryStore {
    async fn add_invite(&self, invite: &StoredInvite) -> StoreResult<()> {
        self.tables().invites.push(invite.clone());
        Ok(())
    }

    async fn invite(&self, token_hash: &[u8; 32]) -> StoreResult<Option<StoredInvite>> {
        Ok(self.tables().invites.iter().find(|invite| invite.token_hash == *token_hash).cloned())
    }

    async fn live_invites(&self, maker: MemberId, now: Timestamp) -> StoreResult<Vec<StoredInvite>> {
        let tables = self.tables();
        let live = tables.invites.iter().rev().filter(|invite| invite.maker == maker && invite.life.check(now).is_ok());

        let mut live: Vec<_> = live.cloned().collect();
        live.sort_by_key(|invite| Reverse(invite.created_at));
        Ok(live)
    }

    async fn revoke_invite(&self, maker: MemberId, id: InviteId, at: Timestamp) -> StoreResult<bool> {
        let mut tables = self.tables();
        let invite = tables.invites.iter_mut().find(|invite| invite.id == id && invite.maker == maker);

        Ok(invite.map(|invite| invite.life.revoked_at.get_or_insert(at)).is_some())
    }

    async fn asking(&self, from: MemberId, to: MemberId, now: Timestamp) -> StoreResult<Asking> {
        let tables = self.tables();
        let requests = || tables.chat_requests.iter();

        Ok(Asking {
            contacts: tables.between(from, to).is_some(),
            blocked: tables.blocked(from, to),
            relations: tables.relations(from, to),
            asked_by_them: requests().any(|request| request.from == to && request.to == from && is_open(request, now)),
            past: requests().filter(|request| request.from == from && request.to == to).map(past).collect(),
            open_requests: requests().filter(|request| request.from == from && is_open(request, now)).count() as u32,
            ..Asking::default()
        })
    }

    async fn add_chat_request(&self, request: &StoredChatRequest) -> StoreResult<Vec<Head>> {
        let mut tables = self.tables();
        if tables.chat_requests.iter().any(|known| known.id == request.id) {
            return Ok(Vec::new());
        }
        let pair = (request.from, request.to);
        // One that is declined from its beginning stands in nobody's way.
        if request.state != RequestState::Open {
            tables.chat_requests.push(request.clone());
            return Ok(tables.tell([request.from], InboxSubject::ChatRequest(request.id)));
        }
        tables.refuse_blocked(request.from, request.to)?;
        let open = || tables.chat_requests.iter().filter(|known| is_open(known, request.sent_at));
        if open().any(|known| is_between(known, pair)) {
            return Err(Refusal::RequestAlreadyOpen.into());
        }
        if open().filter(|known| known.from == request.from).count() >= OPEN_REQUESTS as usize {
            return Err(Refusal::TooManyRequests { limit: OPEN_REQUESTS }.into());
        }

        tables.chat_requests.push(request.clone());
        Ok(tables.tell([request.from, request.to], InboxSubject::ChatRequest(request.id)))
    }

    async fn chat_request(&self, id: ChatRequestId) -> StoreResult<Option<StoredChatRequest>> {
        Ok(self.tables().chat_requests.iter().find(|request| request.id == id).cloned())
    }

    async fn open_chat_requests(&self, member: MemberId, now: Timestamp) -> StoreResult<Vec<StoredChatRequest>> {
        let tables = self.tables();
        // A declined request looks open to its sender (M3).
        let open = tables.chat_requests.iter().rev().filter(|request| match request.state {
            RequestState::Declined => request.from == member && past(request).looks_open(now),
            _ => (request.from == member || request.to == member) && is_open(request, now),
        });

        let mut open: Vec<_> = open.cloned().collect();
        open.sort_by_key(|request| Reverse(request.sent_at));
        Ok(open)
    }

    async fn close_chat_request(
        &self,
        id: ChatRequestId,
        state: RequestState,
        conversation: ConversationId,
        at: Timestamp,
    ) -> StoreResult<(StoredChatRequest, Vec<Head>)> {
        let mut tables = self.tables();
        let place = tables.chat_requests.iter().position(|request| request.id == id).ok_or(Refusal::RequestGone)?;
        let known = tables.chat_requests[place].clone();
        let taken_back = state == RequestState::Withdrawn && known.taken_back_at.is_some();
        if known.state == state || taken_back {
            return Ok((known, Vec::new()));
        }
        if state == RequestState::Withdrawn && known.state == RequestState::Declined && past(&known).looks_open(at) {
            let closed = StoredChatRequest { taken_back_at: Some(at), ..known };
            tables.chat_requests[place] = closed.clone();
            let heads = tables.tell([closed.from], InboxSubject::ChatRequest(id));
            return Ok((closed, heads));
        }
        if !is_open(&known, at) {
            return Err(Refusal::RequestGone.into());
        }

        let opened =
            (state == RequestState::Accepted).then(|| tables.conversation_of([known.from, known.to], conversation, at));
        let closed = StoredChatRequest { state, closed_at: Some(at), conversation: opened, ..known };
        tables.chat_requests[place] = closed.clone();
        if opened.is_some() {
            tables.mark([closed.from, closed.to]);
        }

        let told = match state {
            RequestState::Declined => vec![closed.to],
            _ => vec![closed.from, closed.to],
        };
        let heads = tables.tell(told, InboxSubject::ChatRequest(id));
        Ok((closed, heads))
    }

    async fn contacts(&self, member: MemberId) -> StoreResult<Vec<Contact>> {
        let tables = self.tables();
        let contacts = tables.conversations.values().filter_map(|row| tables.contact(row, member));

        Ok(contacts.collect())
    }

    async fn contact(&self, member: MemberId, other: MemberId) -> StoreResult<Option<Contact>> {
        let tables = self.tables();

        Ok(tables.between(member, other).and_then(|row| tables.contact(row, member)))
    }

    async fn set_block(&self, by: MemberId, whom: MemberId, blocked_at: Option<Timestamp>) -> StoreResult<Vec<Head>> {
        let mut tables = self.tables();
        if tables.blocks.contains_key(&(by, whom)) == blocked_at.is_some() {
            return Ok(Vec::new());
        }

        tables.mark([by, whom]);
        let mut heads = Vec::new();
        match blocked_at {
            Some(at) => {
                tables.blocks.insert((by, whom), at);
                for ended in tables.end_requests(by, whom, at) {
                    heads = tables.tell([by], InboxSubject::ChatRequest(ended));
                }
            }
            None => drop(tables.blocks.remove(&(by, whom))),
        }

        if let Some(id) = tables.between(by, whom).map(|row| row.id) {
            heads = tables.tell([by, whom], InboxSubject::Conversation(id));
        }
        Ok(heads)
    }

    async fn blocked(&self, one: MemberId, other: MemberId) -> StoreResult<bool> {
        Ok(self.tables().blocked(one, other))
    }

    async fn blocked_by(&self, member: MemberId) -> StoreResult<Vec<MemberId>> {
        let tables = self.tables();
        let mut blocks: Vec<_> = tables.blocks.iter().filter(|((by, _), _)| *by == member).collect();

        blocks.sort_by_key(|((_, whom), at)| (Reverse(**at), *whom));
        Ok(blocks.into_iter().map(|((_, whom), _)| *whom).collect())
    }

    async fn set_hidden(&self, owner: MemberId, viewer: MemberId, hidden: bool) -> StoreResult<()> {
        let mut tables = self.tables();
        let changed = match hidden {
            true => tables.hidden.insert((owner, viewer)),
            false => tables.hidden.remove(&(owner, viewer)),
        };
        tables.mark(changed.then_some(viewer));
        Ok(())
    }
}

impl Tables {
    /// Why the two may ask each other: a Jam in which both had a seat, or what an earlier request stood on.
    fn relations(&self, one: MemberId, other: MemberId) -> Vec<Relation> {
        let jams = self.jams.iter().filter(|(_, jam)| jam.seated.contains(&one) && jam.seated.contains(&other));
        let asked = self.chat_requests.iter().filter(|request| is_between(request, (one, other)));

        asked.map(|request| request.relation).chain(jams.map(|(id, _)| Relation::Jam(*id))).collect()
    }

    /// The conversation of two members, opened under this id unless they have one.
    fn conversation_of(&mut self, members: [MemberId; 2], fresh: ConversationId, at: Timestamp) -> ConversationId {
        if let Some(known) = self.between(members[0], members[1]) {
            return known.id;
        }

        let row = ConversationRow { id: fresh, members, opened_at: at, messages: Vec::new(), read_up_to: [0; 2] };
        self.conversations.insert(fresh, row);
        fresh
    }

    /// Ends what waits between the two, and answers which chat requests. The blocked one reads a request of theirs as
    /// unanswered (M3, M12).
    fn end_requests(&mut self, by: MemberId, whom: MemberId, at: Timestamp) -> Vec<ChatRequestId> {
        let mut ended = Vec::new();
        let open = self.chat_requests.iter_mut().filter(|request| request.state == RequestState::Open);
        for request in open.filter(|request| is_between(request, (by, whom))) {
            request.state = if request.from == by { RequestState::Withdrawn } else { RequestState::Declined };
            request.closed_at = Some(at);
            ended.push(request.id);
        }

        let open = self.jam_requests.iter_mut().filter(|request| request.state == JamRequestState::Open);
        for request in open.filter(|request| [(by, whom), (whom, by)].contains(&(request.from, request.to))) {
            request.state = JamRequestState::Gone;
        }
        ended
    }
}

fn is_between(request: &StoredChatRequest, (one, other): (MemberId, MemberId)) -> bool {
    [(one, other), (other, one)].contains(&(request.from, request.to))
}

fn is_open(request: &StoredChatRequest, now: Timestamp) -> bool {
    past(request).is_open(now)
}

fn past(request: &StoredChatRequest) -> PastRequest {
    PastRequest {
        sent_at: request.sent_at,
        state: request.state,
        closed_at: request.closed_at,
        taken_back: request.taken_back_at.is_some(),
    }
}
