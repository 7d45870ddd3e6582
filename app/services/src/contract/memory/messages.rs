//! Conversations, messages, their keys and the inboxes.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::{ConversationId, MemberId, MessageId, Refusal};

use super::{
    MemoryStore,
    tables::{ConversationRow, Tables},
};
use crate::ports::store::{
    Appended, Head, InboxSubject, Marks, MessageStore, StoreError, StoreResult, StoredConversation, StoredEntry,
    StoredMessage,
};

#[async_trait]
impl MessageStore for MemoryStore {
    async fn conversations(&self, member: MemberId) -> StoreResult<Vec<StoredConversation>> {
        let tables = self.tables();
        let mut rows: Vec<_> = tables.conversations.values().filter(|row| row.side(member).is_some()).collect();
        rows.sort_by_key(|row| Reverse((tables.unread(row, member) > 0, tables.last_change(row), row.id)));

        Ok(rows.into_iter().filter_map(|row| tables.conversation(row, member)).collect())
    }

    async fn conversation(&self, id: ConversationId, member: MemberId) -> StoreResult<Option<StoredConversation>> {
        let tables = self.tables();

        Ok(tables.conversations.get(&id).and_then(|row| tables.conversation(row, member)))
    }

    async fn append_message(&self, message: &StoredMessage) -> StoreResult<Appended> {
        let mut tables = self.tables();
        if let Some(known) = tables.messages.get(&message.id) {
            let same = known.conversation == message.conversation && known.sender == message.sender;
            return if same { Ok(Appended::Known(known.clone())) } else { Err(Refusal::IdTaken.into()) };
        }

        let row = tables.conversations.get(&message.conversation).ok_or(Refusal::ConversationUnknown)?;
        let side = row.side(message.sender).ok_or(Refusal::ConversationUnknown)?;
        tables.refuse_blocked(row.members[0], row.members[1])?;

        let row = tables.conversations.get_mut(&message.conversation).expect("it was there a moment ago");
        row.messages.push(message.id);
        let seq = row.messages.len() as i64;
        row.read_up_to[side] = seq;
        let members = row.members;

        let stored = StoredMessage { seq, ..message.clone() };
        tables.messages.insert(stored.id, stored.clone());
        let heads = tables.tell(members, InboxSubject::Message(stored.id));
        Ok(Appended::New(stored, heads))
    }

    async fn message(&self, id: MessageId) -> StoreResult<Option<StoredMessage>> {
        Ok(self.tables().messages.get(&id).cloned())
    }

    async fn messages(&self, id: ConversationId, before: i64, limit: u32) -> StoreResult<Vec<StoredMessage>> {
        let tables = self.tables();
        let Some(row) = tables.conversations.get(&id) else { return Ok(Vec::new()) };

        let older = row.messages.len().min(usize::try_from(before - 1).unwrap_or(0));
        let newest = older.saturating_sub(limit as usize)..older;
        Ok(row.messages[newest].iter().filter_map(|id| tables.messages.get(id).cloned()).collect())
    }

    async fn set_read(&self, id: ConversationId, member: MemberId, up_to: i64) -> StoreResult<Vec<Head>> {
        let mut tables = self.tables();
        let row = tables.conversations.get_mut(&id).ok_or(Refusal::ConversationUnknown)?;
        let side = row.side(member).ok_or(Refusal::ConversationUnknown)?;

        let up_to = up_to.min(row.messages.len() as i64);
        if up_to <= row.read_up_to[side] {
            return Ok(Vec::new());
        }
        row.read_up_to[side] = up_to;
        Ok(tables.tell([member], InboxSubject::Read { conversation: id, up_to }))
    }

    async fn data_key(&self, id: ConversationId, sender: MemberId) -> StoreResult<Option<Vec<u8>>> {
        Ok(self.tables().data_keys.get(&(id, sender)).cloned())
    }

    async fn some_data_keys(&self, limit: u32) -> StoreResult<Vec<(ConversationId, MemberId, Vec<u8>)>> {
        let tables = self.tables();
        let keys = tables.data_keys.iter().map(|((id, sender), sealed)| (*id, *sender, sealed.clone()));

        Ok(keys.take(limit as usize).collect())
    }

    async fn add_data_key(&self, id: ConversationId, sender: MemberId, sealed: &[u8]) -> StoreResult<Vec<u8>> {
        Ok(self.tables().data_keys.entry((id, sender)).or_insert_with(|| sealed.to_vec()).clone())
    }

    async fn inbox(&self, member: MemberId, after: i64, limit: u32) -> StoreResult<Vec<StoredEntry>> {
        let tables = self.tables();
        let entries = tables.inboxes.get(&member).map_or(&[][..], Vec::as_slice);

        let numbered = (1..).zip(entries).map(|(seq, subject)| StoredEntry { seq, subject: *subject });
        Ok(numbered.filter(|entry| entry.seq > after).take(limit as usize).collect())
    }

    async fn marks(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, Marks)>> {
        if self.marks_fail.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(StoreError::Unavailable("it was told to fail".into()));
        }
        let tables = self.tables();
        let known = members.iter().filter(|member| tables.members.contains_key(member));

        let marks = known.map(|member| {
            let head = tables.inboxes.get(member).map_or(0, |inbox| inbox.len() as i64);
            (*member, Marks { head, permissions: tables.permissions.get(member).copied().unwrap_or(0) })
        });
        Ok(marks.collect())
    }

    async fn inbox_head(&self, member: MemberId) -> StoreResult<i64> {
        Ok(self.tables().inboxes.get(&member).map_or(0, Vec::len) as i64)
    }
}

impl Tables {
    fn conversation(&self, row: &ConversationRow, member: MemberId) -> Option<StoredConversation> {
        let side = row.side(member)?;

        Some(StoredConversation {
            id: row.id,
            contact: self.contact(row, member)?,
            last: self.last_message(row).cloned(),
            read_up_to: row.read_up_to[side],
            unread: self.unread(row, member),
        })
    }

    fn last_message(&self, row: &ConversationRow) -> Option<&StoredMessage> {
        row.messages.last().and_then(|id| self.messages.get(id))
    }

    fn last_change(&self, row: &ConversationRow) -> domain::Timestamp {
        self.last_message(row).map_or(row.opened_at, |message| message.sent_at)
    }

    fn unread(&self, row: &ConversationRow, member: MemberId) -> u32 {
        let read_up_to = row.side(member).map_or(0, |side| row.read_up_to[side]);
        let messages = row.messages.iter().filter_map(|id| self.messages.get(id));

        messages.filter(|message| message.seq > read_up_to && message.sender != member).count() as u32
    }
}
