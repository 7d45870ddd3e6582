//! The ordered stream of everything addressed to a member, resumed from any position.
//!
//! Entries are stored as pointers; what they say is read when they are, so that every reader gets the present state.

use std::collections::BTreeMap;

use domain::{
    MemberId, MessageId,
    inbox::{InboxEntry, InboxEvent, Missed, Position},
    messages::MessageView,
    wire::ENTRIES_PER_FRAME,
};

use crate::{
    Principal, Result, Services,
    ports::store::{InboxSubject, StoredEntry},
};

impl Services {
    /// What was missed after a position, at most `wire::ENTRIES_PER_FRAME` entries, or a plain "start over" when the position is of
    /// another epoch or lies ahead of the stream. Without a position: no entries, and the head.
    pub async fn missed(&self, who: &Principal, position: Option<Position>) -> Result<Missed> {
        let mut head = self.head(who.id()).await?;
        let Some(position) = position else {
            return Ok(Missed::Entries { entries: Vec::new(), head });
        };
        if position.epoch != head.epoch || !(0..=head.seq).contains(&position.seq) {
            return Ok(Missed::StartOver { head });
        }

        let stored = self.ports.store.inbox(who.id(), position.seq, ENTRIES_PER_FRAME as u32).await?;
        if !is_dense(position.seq, &stored) {
            return Ok(Missed::StartOver { head });
        }
        // Something may have come in between the two reads.
        head.seq = head.seq.max(stored.last().map_or(0, |last| last.seq));

        Ok(Missed::Entries { entries: self.entries(who, stored).await?, head })
    }

    /// Where the stream of a member ends.
    pub async fn head(&self, member: MemberId) -> Result<Position> {
        let epoch = self.ports.store.epoch().await?;
        let seq = self.ports.store.inbox_head(member).await?;

        Ok(Position { epoch, seq })
    }

    async fn entries(&self, who: &Principal, stored: Vec<StoredEntry>) -> Result<Vec<InboxEntry>> {
        // Behind a closed gate (A1, A3, M13) the stream goes on, and says nothing; the pages are loaded anew when it opens.
        let is_open = who.social().is_ok();
        let messages = if is_open { self.messages_of(&stored).await? } else { BTreeMap::new() };

        let mut entries = Vec::with_capacity(stored.len());
        for StoredEntry { seq, subject } in stored {
            let event = if is_open { self.event(who, subject, &messages).await? } else { None };
            entries.push(InboxEntry { seq, event: event.unwrap_or(InboxEvent::Nothing) });
        }
        Ok(entries)
    }

    async fn messages_of(&self, stored: &[StoredEntry]) -> Result<BTreeMap<MessageId, MessageView>> {
        let mut messages = Vec::new();
        for entry in stored {
            if let InboxSubject::Message(id) = entry.subject {
                messages.extend(self.ports.store.message(id).await?);
            }
        }

        Ok(self.message_views(messages).await?.into_iter().map(|view| (view.id, view)).collect())
    }

    async fn event(
        &self,
        who: &Principal,
        subject: InboxSubject,
        messages: &BTreeMap<MessageId, MessageView>,
    ) -> Result<Option<InboxEvent>> {
        let store = &self.ports.store;

        Ok(match subject {
            InboxSubject::Message(id) => messages.get(&id).cloned().map(InboxEvent::Message),
            InboxSubject::Read { conversation, up_to } => Some(InboxEvent::Read { conversation, up_to }),
            InboxSubject::ChatRequest(id) => match store.chat_request(id).await? {
                Some(request) => Some(InboxEvent::ChatRequest(self.chat_request_view(who, request).await?)),
                None => None,
            },
            InboxSubject::JamRequest(id) => match store.jam_request(id).await? {
                Some(request) => Some(InboxEvent::JamRequest(self.jam_request_view(request).await?)),
                None => None,
            },
            InboxSubject::Conversation(id) => match store.conversation(id, who.id()).await? {
                Some(stored) => Some(InboxEvent::Conversation(self.conversation_view(who, stored).await?)),
                None => None,
            },
        })
    }
}

fn is_dense(after: i64, entries: &[StoredEntry]) -> bool {
    (after + 1..).zip(entries).all(|(place, entry)| entry.seq == place)
}
