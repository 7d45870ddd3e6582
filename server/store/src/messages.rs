//! Conversations, messages, their keys, and reading inboxes. Message bodies come and go sealed.

use async_trait::async_trait;
use domain::{ConversationId, MemberId, MessageId, Refusal};
use services::ports::store::{
    Appended, Head, InboxSubject, Marks, MessageStore, StoreResult, StoredConversation, StoredEntry, StoredMessage,
};
use sqlx::AnyConnection;

use crate::{
    SqlStore, blocks, commit, inbox, rows,
    rows::contacts,
    sql::{Row, marks, odd, only, sql, sql_of},
};

/// Ids in one question.
const IDS: usize = 500;

/// Conversations as `$1` sees them, each with its newest message.
macro_rules! conversations {
    () => {
        concat!(
            contacts!(
                ", s.read_up_to, c.last_seq, l.id, l.conversation AS message_conversation, l.sender, l.seq, l.sent_at, l.sealed"
            ),
            "JOIN conversations c ON c.id = s.conversation
             LEFT JOIN messages l ON l.conversation = c.id AND l.seq = c.last_seq
             WHERE s.member = $1 "
        )
    };
}

#[async_trait]
impl MessageStore for SqlStore {
    async fn conversations(&self, member: MemberId) -> StoreResult<Vec<StoredConversation>> {
        sql(concat!(
            conversations!(),
            "ORDER BY CASE WHEN s.read_up_to < c.last_seq THEN 0 ELSE 1 END,
                      COALESCE(l.sent_at, c.opened_at) DESC, c.id DESC"
        ))
        .with(member)
        .all(&self.readers, conversation)
        .await
    }

    async fn conversation(&self, id: ConversationId, member: MemberId) -> StoreResult<Option<StoredConversation>> {
        let question = sql(concat!(conversations!(), "AND s.conversation = $2"));

        question.with(member).with(id).first(&self.readers, conversation).await
    }

    async fn append_message(&self, message: &StoredMessage) -> StoreResult<Appended> {
        let mut transaction = self.begin().await?;

        // Taking the next place locks the conversation: a retry that runs beside the first try waits here and then
        // finds it stored.
        let next = sql("UPDATE conversations SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq");
        let next = next.with(message.conversation).first(&mut *transaction, only::<i64>).await?;
        if let Some(known) = find(&mut transaction, message.id).await? {
            let same = known.conversation == message.conversation && known.sender == message.sender;
            return if same { Ok(Appended::Known(known)) } else { Err(Refusal::IdTaken.into()) };
        }
        let seq = next.ok_or(Refusal::ConversationUnknown)?;

        let other = sql("UPDATE conversation_sides SET read_up_to = $3 WHERE conversation = $1 AND member = $2
                         RETURNING other");
        let other = other.with(message.conversation).with(message.sender).with(seq);
        let other = other.first(&mut *transaction, only).await?.ok_or(Refusal::ConversationUnknown)?;
        sql("INSERT INTO messages (id, conversation, sender, seq, sent_at, sealed) VALUES ($1, $2, $3, $4, $5, $6)")
            .with(message.id)
            .with(message.conversation)
            .with(message.sender)
            .with(seq)
            .with(message.sent_at)
            .with(message.sealed.as_slice())
            .run(&mut *transaction)
            .await?;
        let both = [message.sender, other];
        let heads = inbox::tell(&mut transaction, &both, InboxSubject::Message(message.id)).await?;
        blocks::refuse(&mut transaction, message.sender, other).await?;

        commit(transaction).await?;
        Ok(Appended::New(StoredMessage { seq, ..message.clone() }, heads))
    }

    async fn message(&self, id: MessageId) -> StoreResult<Option<StoredMessage>> {
        let mut connection = self.readers.acquire().await.map_err(crate::sql::failed)?;

        find(&mut connection, id).await
    }

    async fn messages(&self, id: ConversationId, before: i64, limit: u32) -> StoreResult<Vec<StoredMessage>> {
        let newest = sql("SELECT id, conversation AS message_conversation, sender, seq, sent_at, sealed FROM messages
                          WHERE conversation = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3");
        let mut messages = newest.with(id).with(before).with(limit).all(&self.readers, message).await?;

        messages.reverse();
        Ok(messages)
    }

    async fn set_read(&self, id: ConversationId, member: MemberId, up_to: i64) -> StoreResult<Vec<Head>> {
        let mut transaction = self.begin().await?;

        let end = sql("SELECT c.last_seq FROM conversations c
                       JOIN conversation_sides s ON s.conversation = c.id WHERE c.id = $1 AND s.member = $2");
        let end = end.with(id).with(member).first(&mut *transaction, only).await?;
        let up_to = up_to.min(end.ok_or(Refusal::ConversationUnknown)?);

        let moved = sql("UPDATE conversation_sides SET read_up_to = $3
                         WHERE conversation = $1 AND member = $2 AND read_up_to < $3");
        if moved.with(id).with(member).with(up_to).run(&mut *transaction).await? == 0 {
            return Ok(Vec::new());
        }
        let subject = InboxSubject::Read { conversation: id, up_to };
        let heads = inbox::tell(&mut transaction, &[member], subject).await?;

        commit(transaction).await?;
        Ok(heads)
    }

    async fn data_key(&self, id: ConversationId, sender: MemberId) -> StoreResult<Option<Vec<u8>>> {
        let question = sql("SELECT sealed FROM data_keys WHERE conversation = $1 AND sender = $2");

        question.with(id).with(sender).first(&self.readers, only).await
    }

    async fn some_data_keys(&self, limit: u32) -> StoreResult<Vec<(ConversationId, MemberId, Vec<u8>)>> {
        sql("SELECT conversation, sender, sealed FROM data_keys LIMIT $1")
            .with(limit)
            .all(&self.readers, |row| Ok((row.get("conversation")?, row.get("sender")?, row.get("sealed")?)))
            .await
    }

    async fn add_data_key(&self, id: ConversationId, sender: MemberId, sealed: &[u8]) -> StoreResult<Vec<u8>> {
        let mut transaction = self.begin().await?;

        sql("INSERT INTO data_keys (conversation, sender, sealed) VALUES ($1, $2, $3)
             ON CONFLICT (conversation, sender) DO NOTHING")
        .with(id)
        .with(sender)
        .with(sealed)
        .run(&mut *transaction)
        .await?;
        let stored = sql("SELECT sealed FROM data_keys WHERE conversation = $1 AND sender = $2").with(id).with(sender);
        let stored = stored.first(&mut *transaction, only).await?;

        commit(transaction).await?;
        stored.ok_or_else(|| odd("a data key vanished in its own transaction".into()))
    }

    async fn inbox(&self, member: MemberId, after: i64, limit: u32) -> StoreResult<Vec<StoredEntry>> {
        sql("SELECT seq, kind, subject, up_to FROM inbox_entries WHERE member = $1 AND seq > $2 ORDER BY seq LIMIT $3")
            .with(member)
            .with(after)
            .with(limit)
            .all(&self.readers, |row| Ok(StoredEntry { seq: row.get("seq")?, subject: inbox::subject(row)? }))
            .await
    }

    async fn marks(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, Marks)>> {
        let mut found = Vec::with_capacity(members.len());

        for members in members.chunks(IDS) {
            let places = marks(1, members.len());
            let question = sql_of(format!("SELECT member, seq, permissions FROM inbox_heads WHERE member IN {places}"));
            let question = members.iter().fold(question, |question, member| question.with(*member));
            let some = question.all(&self.readers, |row| {
                Ok((row.get("member")?, Marks { head: row.get("seq")?, permissions: row.get("permissions")? }))
            });
            found.extend(some.await?);
        }
        Ok(found)
    }

    async fn inbox_head(&self, member: MemberId) -> StoreResult<i64> {
        let head = sql("SELECT seq FROM inbox_heads WHERE member = $1").with(member);

        Ok(head.first(&self.readers, only).await?.unwrap_or(0))
    }
}

async fn find(on: &mut AnyConnection, id: MessageId) -> StoreResult<Option<StoredMessage>> {
    sql("SELECT id, conversation AS message_conversation, sender, seq, sent_at, sealed FROM messages WHERE id = $1")
        .with(id)
        .first(on, message)
        .await
}

fn message(row: &Row<'_>) -> StoreResult<StoredMessage> {
    Ok(StoredMessage {
        id: row.get("id")?,
        conversation: row.get("message_conversation")?,
        sender: row.get("sender")?,
        seq: row.get("seq")?,
        sent_at: row.get("sent_at")?,
        sealed: row.get("sealed")?,
    })
}

/// Whoever writes has read up to there, so all after the marker is the other's.
fn conversation(row: &Row<'_>) -> StoreResult<StoredConversation> {
    let last: Option<MessageId> = row.get("id")?;
    let (last_seq, read_up_to): (i64, i64) = (row.get("last_seq")?, row.get("read_up_to")?);

    Ok(StoredConversation {
        id: row.get("conversation")?,
        contact: rows::contact(row)?,
        last: last.map(|_| message(row)).transpose()?,
        read_up_to,
        unread: u32::try_from(last_seq - read_up_to).unwrap_or(0),
    })
}
