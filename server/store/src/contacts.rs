//! Invite links, contacts and who hides from whom. Chat requests are in `requests`, blocks in `blocks`.

use async_trait::async_trait;
use domain::{
    ChatRequestId, ConversationId, InviteId, MemberId, Timestamp,
    relations::{Asking, InviteLife, RequestState},
};
use services::ports::store::{Contact, ContactStore, Head, StoreResult, StoredChatRequest, StoredInvite};
use sqlx::AnyConnection;

use crate::{
    SqlStore, blocks, commit, inbox, requests, retried, rows,
    rows::contacts,
    sql::{Row, only, sql},
};

/// The columns of an invite, for [`invite`].
macro_rules! invites {
    () => {
        "SELECT id, maker, token_hash, track, created_at, expires_at, revoked_at FROM invites "
    };
}

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
        let question = sql(concat!(invites!(), "WHERE token_hash = $1"));

        question.with(token_hash).first(&self.readers, invite).await
    }

    async fn live_invites(&self, maker: MemberId, now: Timestamp) -> StoreResult<Vec<StoredInvite>> {
        let live = sql(concat!(
            invites!(),
            "WHERE maker = $1 AND expires_at > $2 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC"
        ));

        live.with(maker).with(now).all(&self.readers, invite).await
    }

    async fn revoke_invite(&self, maker: MemberId, id: InviteId, at: Timestamp) -> StoreResult<bool> {
        let revoke = sql("UPDATE invites SET revoked_at = COALESCE(revoked_at, $3) WHERE maker = $1 AND id = $2");

        Ok(revoke.with(maker).with(id).with(at).run(&self.writer).await? > 0)
    }

    async fn asking(&self, from: MemberId, to: MemberId, now: Timestamp) -> StoreResult<Asking> {
        requests::asking(self, from, to, now).await
    }

    async fn add_chat_request(&self, request: &StoredChatRequest) -> StoreResult<Vec<Head>> {
        retried(|| requests::add(self, request)).await
    }

    async fn chat_request(&self, id: ChatRequestId) -> StoreResult<Option<StoredChatRequest>> {
        requests::one(self, id).await
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
        retried(|| requests::close(self, id, state, conversation, at)).await
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
        retried(|| blocks::set(self, by, whom, blocked_at)).await
    }

    async fn blocked(&self, one: MemberId, other: MemberId) -> StoreResult<bool> {
        blocks::between(&self.readers, one, other).await
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
