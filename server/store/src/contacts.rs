//! Invite links, contacts and blocks. The life of a chat request is in `requests`.

use async_trait::async_trait;
use domain::{
    ChatRequestId, ConversationId, InviteId, MemberId, Timestamp,
    relations::{Asking, InviteLife, RequestState},
};
use services::ports::store::{Contact, ContactStore, Head, InboxSubject, StoreResult, StoredChatRequest, StoredInvite};
use sqlx::AnyConnection;

use crate::{
    SqlStore, commit, inbox, requests, rows,
    rows::contacts,
    sql::{Row, only, sql},
};

#[async_trait]
impl ContactStore for SqlStore {
    async fn add_invite(&self, invite: &StoredInvite) -> StoreResult<()> {
        sql("INSERT INTO invites (id, maker, token_hash, track, created_at, expires_at, revoked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .with(invite.id)
        .with(invite.maker)
        .with(invite.token_hash)
        .with(invite.track)
        .with(invite.created_at)
        .with(invite.life.expires_at)
        .with(invite.life.revoked_at)
        .run(&self.writer)
        .await?;
        Ok(())
    }

    async fn invite(&self, token_hash: &[u8; 32]) -> StoreResult<Option<StoredInvite>> {
        sql("SELECT * FROM invites WHERE token_hash = $1").with(token_hash).first(&self.readers, invite).await
    }

    async fn live_invites(&self, maker: MemberId, now: Timestamp) -> StoreResult<Vec<StoredInvite>> {
        sql("SELECT * FROM invites WHERE maker = $1 AND expires_at > $2 AND revoked_at IS NULL
             ORDER BY created_at DESC, id DESC")
        .with(maker)
        .with(now)
        .all(&self.readers, invite)
        .await
    }

    async fn revoke_invite(&self, maker: MemberId, id: InviteId, at: Timestamp) -> StoreResult<bool> {
        let revoke = sql("UPDATE invites SET revoked_at = COALESCE(revoked_at, $3) WHERE maker = $1 AND id = $2");

        Ok(revoke.with(maker).with(id).with(at).run(&self.writer).await? > 0)
    }

    async fn asking(&self, from: MemberId, to: MemberId, now: Timestamp) -> StoreResult<Asking> {
        requests::asking(self, from, to, now).await
    }

    async fn add_chat_request(&self, request: &StoredChatRequest) -> StoreResult<Vec<Head>> {
        requests::add(self, request).await
    }

    async fn chat_request(&self, id: ChatRequestId) -> StoreResult<Option<StoredChatRequest>> {
        sql("SELECT * FROM chat_requests WHERE id = $1").with(id).first(&self.readers, requests::request).await
    }

    async fn open_chat_requests(&self, member: MemberId, now: Timestamp) -> StoreResult<Vec<StoredChatRequest>> {
        requests::open(self, member, now).await
    }

    async fn close_chat_request(
        &self,
        id: ChatRequestId,
        state: RequestState,
        conversation: ConversationId,
        at: Timestamp,
    ) -> StoreResult<(StoredChatRequest, Vec<Head>)> {
        requests::close(self, id, state, conversation, at).await
    }

    async fn contacts(&self, member: MemberId) -> StoreResult<Vec<Contact>> {
        let question = sql(concat!(contacts!(), "WHERE s.member = $1 ORDER BY s.other"));

        question.with(member).all(&self.readers, rows::contact).await
    }

    async fn contact(&self, member: MemberId, other: MemberId) -> StoreResult<Option<Contact>> {
        let question = sql(concat!(contacts!(), "WHERE s.member = $1 AND s.other = $2"));

        question.with(member).with(other).first(&self.readers, rows::contact).await
    }

    async fn set_block(&self, by: MemberId, whom: MemberId, blocked_at: Option<Timestamp>) -> StoreResult<Vec<Head>> {
        let mut transaction = self.begin().await?;

        let change = match blocked_at {
            Some(at) => sql("INSERT INTO blocks (blocker, blocked, blocked_at) VALUES ($1, $2, $3)
                             ON CONFLICT (blocker, blocked) DO NOTHING")
            .with(by)
            .with(whom)
            .with(at),
            None => sql("DELETE FROM blocks WHERE blocker = $1 AND blocked = $2").with(by).with(whom),
        };
        if change.run(&mut *transaction).await? == 0 {
            return Ok(Vec::new());
        }
        inbox::mark(&mut transaction, &[by, whom]).await?;
        let mut heads = match blocked_at {
            Some(at) => end_requests(&mut transaction, by, whom, at).await?,
            None => Vec::new(),
        };
        if let Some(id) = conversation_of(&mut transaction, by, whom).await? {
            heads = inbox::tell(&mut transaction, &[by, whom], InboxSubject::Conversation(id)).await?;
        }

        commit(transaction).await?;
        Ok(heads)
    }

    async fn blocked(&self, one: MemberId, other: MemberId) -> StoreResult<bool> {
        let blocks = sql("SELECT count(*) FROM blocks
                          WHERE (blocker = $1 AND blocked = $2) OR (blocker = $2 AND blocked = $1)");
        let blocks = blocks.with(one).with(other).first(&self.readers, only::<i64>).await?;

        Ok(blocks.is_some_and(|count| count > 0))
    }

    async fn blocked_by(&self, member: MemberId) -> StoreResult<Vec<MemberId>> {
        sql("SELECT blocked FROM blocks WHERE blocker = $1 ORDER BY blocked_at DESC, blocked")
            .with(member)
            .all(&self.readers, only)
            .await
    }

    async fn set_hidden(&self, owner: MemberId, viewer: MemberId, hidden: bool) -> StoreResult<()> {
        let change = match hidden {
            true => sql("INSERT INTO hidden_activity (owner, viewer) VALUES ($1, $2)
                         ON CONFLICT (owner, viewer) DO NOTHING"),
            false => sql("DELETE FROM hidden_activity WHERE owner = $1 AND viewer = $2"),
        };

        let mut transaction = self.begin().await?;
        if change.with(owner).with(viewer).run(&mut *transaction).await? > 0 {
            inbox::mark(&mut transaction, &[viewer]).await?;
        }

        commit(transaction).await
    }
}

/// The conversation that two members have.
pub(crate) async fn conversation_of(
    on: &mut AnyConnection,
    one: MemberId,
    other: MemberId,
) -> StoreResult<Option<ConversationId>> {
    sql("SELECT conversation FROM conversation_sides WHERE member = $1 AND other = $2")
        .with(one)
        .with(other)
        .first(on, only)
        .await
}

/// Ends what waits between the two, and tells the one who blocks of chat requests. To the blocked one, a request of theirs
/// looks unanswered (M3, M12).
async fn end_requests(on: &mut AnyConnection, by: MemberId, whom: MemberId, at: Timestamp) -> StoreResult<Vec<Head>> {
    let ended = sql(
        "UPDATE chat_requests SET closed_at = $3, state = CASE WHEN sender = $1 THEN 'withdrawn' ELSE 'declined' END
         WHERE state = 'open' AND ((sender = $1 AND receiver = $2) OR (sender = $2 AND receiver = $1)) RETURNING id",
    )
    .with(by)
    .with(whom)
    .with(at);
    let ended = ended.all(&mut *on, only::<ChatRequestId>).await?;
    sql("UPDATE jam_requests SET state = 'gone'
         WHERE state = 'open' AND ((sender = $1 AND receiver = $2) OR (sender = $2 AND receiver = $1))")
    .with(by)
    .with(whom)
    .run(&mut *on)
    .await?;

    let mut heads = Vec::new();
    for id in ended {
        heads = inbox::tell(on, &[by], InboxSubject::ChatRequest(id)).await?;
    }
    Ok(heads)
}

fn invite(row: &Row<'_>) -> StoreResult<StoredInvite> {
    Ok(StoredInvite {
        id: row.get("id")?,
        maker: row.get("maker")?,
        token_hash: row.get("token_hash")?,
        track: row.get("track")?,
        created_at: row.get("created_at")?,
        life: InviteLife { expires_at: row.get("expires_at")?, revoked_at: row.get("revoked_at")? },
    })
}
