//! Members, log-ins and what hangs on a member alone.

use std::{cmp::Reverse, sync::atomic::Ordering};

use async_trait::async_trait;
use domain::{
    MemberId, Refusal, SessionId, Timestamp, TrackId,
    account::{Role, Switches},
};
use jiff::civil::Date;

use super::{
    MemoryStore,
    tables::{MemberRow, Tables},
};
use crate::ports::store::{
    AccountStore, Head, InboxSubject, LogInKey, StoreResult, StoredAge, StoredLogIn, StoredMember, StoredSession,
};

#[async_trait]
impl AccountStore for MemoryStore {
    async fn epoch(&self) -> StoreResult<i64> {
        Ok(1)
    }

    async fn key_check(&self, sealed: &[u8]) -> StoreResult<Vec<u8>> {
        Ok(self.tables().key_check.get_or_insert_with(|| sealed.to_vec()).clone())
    }

    async fn knows_a_key(&self) -> StoreResult<bool> {
        let tables = self.tables();
        let closed = |row: &MemberRow| matches!(row.member.age, StoredAge::Closed(_));

        Ok(tables.key_check.is_some() || !tables.data_keys.is_empty() || tables.members.values().any(closed))
    }

    async fn some_sealed_ages(&self, limit: u32) -> StoreResult<Vec<(MemberId, Vec<u8>)>> {
        let tables = self.tables();
        let sealed = tables.members.values().filter_map(|row| match &row.member.age {
            StoredAge::Closed(sealed) => Some((row.member.id, sealed.clone())),
            StoredAge::Open(_) => None,
        });

        Ok(sealed.take(limit as usize).collect())
    }

    async fn member_count(&self) -> StoreResult<u64> {
        Ok(self.tables().members.len() as u64)
    }

    async fn add_member(&self, member: &StoredMember, password_hash: &str) -> StoreResult<Role> {
        let mut tables = self.tables();
        if tables.by_key(&member.username.key()).is_some() {
            return Err(Refusal::UsernameTaken.into());
        }

        let role = if tables.members.is_empty() { Role::Administrator } else { member.role };
        let member = StoredMember { role, ..member.clone() };
        let password_hash = password_hash.into();
        tables.members.insert(member.id, MemberRow { member, password_hash, last_played: None, saved: Vec::new() });
        Ok(role)
    }

    async fn member(&self, id: MemberId) -> StoreResult<Option<StoredMember>> {
        Ok(self.tables().members.get(&id).map(|row| row.member.clone()))
    }

    async fn members(&self, ids: &[MemberId]) -> StoreResult<Vec<StoredMember>> {
        let tables = self.tables();
        let known = tables.members.values().filter(|row| ids.contains(&row.member.id));

        Ok(known.map(|row| row.member.clone()).collect())
    }

    async fn credentials(&self, username_key: &str) -> StoreResult<Option<(MemberId, String)>> {
        Ok(self.tables().by_key(username_key).map(|row| (row.member.id, row.password_hash.clone())))
    }

    async fn password_hash(&self, id: MemberId) -> StoreResult<Option<String>> {
        Ok(self.tables().members.get(&id).map(|row| row.password_hash.clone()))
    }

    async fn set_password(&self, id: MemberId, hash: &str, keep: Option<SessionId>) -> StoreResult<Vec<SessionId>> {
        let mut tables = self.tables();
        if let Some(row) = tables.members.get_mut(&id) {
            row.password_hash = hash.into();
        }

        tables.mark([id]);
        let others = tables.sessions.extract_if(|_, session| session.member == id && Some(session.id) != keep);
        Ok(others.map(|(id, _)| id).collect())
    }

    async fn open_age(&self, id: MemberId, decided_on: Date) -> StoreResult<()> {
        let mut tables = self.tables();
        tables.change(id, |row| row.member.age = StoredAge::Open(decided_on));
        tables.mark([id]);
        Ok(())
    }

    async fn set_switches(&self, id: MemberId, before: Switches, after: Switches) -> StoreResult<Option<Vec<Head>>> {
        let mut tables = self.tables();
        if tables.members.get(&id).is_none_or(|row| row.member.switches != before) {
            return Ok(None);
        }

        tables.change(id, |row| {
            row.member.switches = after;
            row.last_played = row.last_played.filter(|_| after.listening_activity);
        });
        let chats: Vec<_> = tables.conversations.values().filter_map(|row| Some((row.id, row.other(id)?))).collect();
        tables.mark(chats.iter().map(|(_, other)| *other).chain([id]));
        let told = if before.messages == after.messages { Vec::new() } else { chats };
        let heads = told.into_iter().flat_map(|(chat, other)| tables.tell([other], InboxSubject::Conversation(chat)));
        Ok(Some(heads.collect()))
    }

    async fn set_role(&self, username_key: &str, role: Role) -> StoreResult<Option<MemberId>> {
        let mut tables = self.tables();
        let id = tables.by_key(username_key).map(|row| row.member.id);
        if let Some(id) = id {
            tables.change(id, |row| row.member.role = role);
        }
        tables.mark(id);
        Ok(id)
    }

    async fn add_session(&self, session: &StoredSession) -> StoreResult<()> {
        self.tables().sessions.insert(session.id, session.clone());
        Ok(())
    }

    async fn log_in(&self, key: LogInKey) -> StoreResult<Option<StoredLogIn>> {
        self.log_ins_read.fetch_add(1, Ordering::SeqCst);
        let tables = self.tables();
        let is_it = |session: &&StoredSession| match key {
            LogInKey::TokenHash(hash) => session.token_hash == hash,
            LogInKey::Session(id) => session.id == id,
        };

        let log_in = tables.sessions.values().find(is_it).and_then(|session| {
            let member = tables.members.get(&session.member)?.member.clone();
            let permissions = tables.permissions.get(&member.id).copied().unwrap_or_default();
            Some(StoredLogIn { session: session.clone(), member, permissions })
        });
        Ok(log_in)
    }

    async fn touch_session(&self, id: SessionId, at: Timestamp) -> StoreResult<()> {
        if let Some(session) = self.tables().sessions.get_mut(&id) {
            session.last_used_at = at;
        }
        Ok(())
    }

    async fn sessions(&self, member: MemberId) -> StoreResult<Vec<StoredSession>> {
        let tables = self.tables();
        let mut sessions: Vec<_> = tables.sessions.values().filter(|one| one.member == member).cloned().collect();

        sessions.sort_by_key(|one| Reverse((one.last_used_at, one.created_at, one.id)));
        Ok(sessions)
    }

    async fn end_session(&self, member: MemberId, id: SessionId) -> StoreResult<bool> {
        let mut tables = self.tables();
        let theirs = tables.sessions.get(&id).is_some_and(|session| session.member == member);

        if theirs {
            tables.sessions.remove(&id);
            tables.mark([member]);
        }
        Ok(theirs)
    }

    async fn set_last_played(&self, member: MemberId, last: Option<(TrackId, Timestamp)>) -> StoreResult<()> {
        self.tables().change(member, |row| {
            if last.is_none() || row.member.switches.listening_activity {
                row.last_played = last;
            }
        });
        Ok(())
    }

    async fn forget_played_until(&self, at: Timestamp) -> StoreResult<()> {
        for row in self.tables().members.values_mut() {
            row.last_played = row.last_played.filter(|(_, played_at)| *played_at > at);
        }
        Ok(())
    }

    async fn last_played(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, TrackId, Timestamp)>> {
        // As in a real store, others have a turn between this question and what follows from its answer.
        tokio::task::yield_now().await;
        let tables = self.tables();
        let last = members.iter().filter_map(|member| Some((*member, tables.members.get(member)?.last_played?)));
        let here = last.filter(|(_, (track, _))| tables.tracks.contains_key(track));

        Ok(here.map(|(member, (track, at))| (member, track, at)).collect())
    }

    async fn set_saved(&self, member: MemberId, track: TrackId, saved_at: Option<Timestamp>) -> StoreResult<()> {
        self.tables().change(member, |row| {
            let known = row.saved.iter().position(|(saved, _)| *saved == track);
            match (known, saved_at) {
                (None, Some(at)) => row.saved.push((track, at)),
                (Some(place), None) => drop(row.saved.remove(place)),
                (Some(_), Some(_)) | (None, None) => {}
            }
        });
        Ok(())
    }

    async fn saved(&self, member: MemberId, offset: u32) -> StoreResult<Vec<TrackId>> {
        let tables = self.tables();
        let Some(row) = tables.members.get(&member) else { return Ok(Vec::new()) };

        // Sorted from the newest in insertion order, so that what was saved in the same millisecond is newest first as well.
        let mut saved: Vec<_> = row.saved.iter().rev().filter(|(track, _)| tables.tracks.contains_key(track)).collect();
        saved.sort_by_key(|(_, at)| Reverse(*at));
        Ok(saved.into_iter().skip(offset as usize).take(200).map(|(track, _)| *track).collect())
    }
}

impl Tables {
    fn by_key(&self, username_key: &str) -> Option<&MemberRow> {
        self.members.values().find(|row| row.member.username.key() == username_key)
    }

    fn change(&mut self, id: MemberId, change: impl FnOnce(&mut MemberRow)) {
        if let Some(row) = self.members.get_mut(&id) {
            change(row);
        }
    }
}
