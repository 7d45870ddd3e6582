//! Jam requests and Jams. Of a Jam's log only the state that it leads to is kept.

use std::{cmp::Reverse, sync::atomic::Ordering};

use async_trait::async_trait;
use domain::{
    JamId, JamRequestId, MemberId, Refusal, Timestamp,
    jam::{Event, State},
    jam_request::JamRequestState,
};

use super::{
    MemoryStore,
    tables::{JamRow, Tables},
};
use crate::ports::{
    NodeId,
    store::{Head, InboxSubject, JamMark, JamStore, StoreError, StoreResult, StoredJam, StoredJamRequest},
};

#[async_trait]
impl JamStore for MemoryStore {
    async fn add_jam_request(&self, request: &StoredJamRequest) -> StoreResult<Vec<Head>> {
        let mut tables = self.tables();
        if tables.jam_requests.iter().any(|known| known.id == request.id) {
            return Ok(Vec::new());
        }
        tables.refuse_blocked(request.from, request.to)?;
        let mut others = tables.jam_requests.iter().filter(|known| known.conversation == request.conversation);
        if others.any(|known| is_open(known, request.sent_at)) {
            return Err(Refusal::JamRequestAlreadyOpen.into());
        }

        tables.jam_requests.push(request.clone());
        Ok(tables.tell([request.from, request.to], InboxSubject::JamRequest(request.id)))
    }

    async fn jam_request(&self, id: JamRequestId) -> StoreResult<Option<StoredJamRequest>> {
        Ok(self.tables().jam_requests.iter().find(|request| request.id == id).cloned())
    }

    async fn open_jam_requests(&self, member: MemberId, now: Timestamp) -> StoreResult<Vec<StoredJamRequest>> {
        let tables = self.tables();
        let theirs = tables.jam_requests.iter().filter(|request| request.from == member || request.to == member);

        Ok(theirs.filter(|request| is_open(request, now)).cloned().collect())
    }

    async fn close_jam_request(
        &self,
        id: JamRequestId,
        state: JamRequestState,
        at: Timestamp,
    ) -> StoreResult<Vec<Head>> {
        self.tables().close_jam_request(id, state, at)
    }

    async fn overdue_jam_requests(&self, now: Timestamp) -> StoreResult<Vec<JamRequestId>> {
        let tables = self.tables();
        let open = tables.jam_requests.iter().filter(|request| request.state == JamRequestState::Open);

        Ok(open.filter(|request| request.expires_at <= now).map(|request| request.id).collect())
    }

    async fn add_jam(
        &self,
        jam: &StoredJam,
        events: &[Event],
        request: Option<JamRequestId>,
        at: Timestamp,
    ) -> StoreResult<Vec<Head>> {
        let mut tables = self.tables();
        // Closed first: a request that has gone must leave no Jam behind.
        let heads = match request {
            Some(id) => tables.close_jam_request(id, JamRequestState::Accepted(jam.state.id), at)?,
            None => Vec::new(),
        };

        tables.put_jam(jam, events);
        Ok(heads)
    }

    async fn append_jam(&self, jam: &StoredJam, events: &[Event], _at: Timestamp) -> StoreResult<bool> {
        // As in a real store, others have a turn between a decision and its commit.
        tokio::task::yield_now().await;
        let mut tables = self.tables();
        let stored = tables.jams.get(&jam.state.id).map(|row| row.jam.state.revision);
        if stored.is_none_or(|stored| stored + events.len() as u64 != jam.state.revision) {
            return Ok(false);
        }

        tables.put_jam(jam, events);
        Ok(true)
    }

    async fn jam(&self, id: JamId) -> StoreResult<Option<StoredJam>> {
        if self.jams_fail.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("it was told to fail".into()));
        }
        match self.tables().jams.get(&id) {
            Some(row) if row.spoilt => Err(Refusal::JamUnknown.into()),
            row => Ok(row.map(|row| row.jam.clone())),
        }
    }

    async fn jam_revisions(&self, ids: &[JamId]) -> StoreResult<Vec<JamMark>> {
        let tables = self.tables();
        let these = tables.jams.values().map(|row| &row.jam.state).filter(|state| ids.contains(&state.id));

        let mark = |state: &State| JamMark { jam: state.id, revision: state.revision, ended: state.ended_at.is_some() };
        Ok(these.map(mark).collect())
    }

    async fn adopt_jams(&self, node: NodeId, working: &[NodeId]) -> StoreResult<Vec<JamId>> {
        let mut tables = self.tables();
        let live = tables.jams.values_mut().map(|row| &mut row.jam).filter(|jam| jam.state.ended_at.is_none());

        let mut ours = Vec::new();
        for jam in live {
            if !working.contains(&jam.owner) {
                jam.owner = node;
            }
            ours.extend((jam.owner == node).then_some(jam.state.id));
        }
        Ok(ours)
    }

    async fn live_jams(&self) -> StoreResult<Vec<JamId>> {
        Ok(self.tables().live().map(|state| state.id).collect())
    }

    async fn jams_of(&self, member: MemberId) -> StoreResult<Vec<JamId>> {
        // As in a real store, others have a turn between this question and what follows from its answer.
        tokio::task::yield_now().await;
        let tables = self.tables();
        let mut theirs: Vec<_> = tables.live().filter(|state| state.member(member).is_some()).collect();

        theirs.sort_by_key(|state| Reverse((state.started_at, state.id)));
        Ok(theirs.into_iter().map(|state| state.id).collect())
    }
}

impl Tables {
    fn live(&self) -> impl Iterator<Item = &State> {
        self.jams.values().map(|row| &row.jam.state).filter(|state| state.ended_at.is_none())
    }

    fn put_jam(&mut self, jam: &StoredJam, events: &[Event]) {
        let new = || JamRow { jam: jam.clone(), seated: Default::default(), spoilt: false };
        let row = self.jams.entry(jam.state.id).or_insert_with(new);
        row.jam = jam.clone();

        // Somebody may have come and gone within the same events.
        let joined = events.iter().filter_map(|event| match event {
            Event::Joined(member) => Some(member.id),
            _ => None,
        });
        row.seated.extend(jam.state.members.iter().map(|member| member.id).chain(joined));
    }

    fn close_jam_request(&mut self, id: JamRequestId, state: JamRequestState, at: Timestamp) -> StoreResult<Vec<Head>> {
        let known = self.jam_requests.iter_mut().find(|request| request.id == id).ok_or(Refusal::JamRequestGone)?;
        let late = known.state == JamRequestState::Open && state == JamRequestState::Gone;
        if !late && !is_open(known, at) {
            return Err(Refusal::JamRequestGone.into());
        }

        known.state = state;
        let both = [known.from, known.to];
        Ok(self.tell(both, InboxSubject::JamRequest(id)))
    }
}

fn is_open(request: &StoredJamRequest, now: Timestamp) -> bool {
    request.state == JamRequestState::Open && now < request.expires_at
}
