//! Members, their log-ins, their switches, and what they saved and played last.

use async_trait::async_trait;
use domain::{
    ConversationId, MemberId, SessionId, Timestamp, TrackId,
    account::{Role, Switches},
};
use jiff::civil::Date;
use services::ports::store::{
    AccountStore, Head, InboxSubject, LogInKey, StoreResult, StoredAge, StoredLogIn, StoredMember, StoredSession,
};
use sqlx::AnyConnection;

use crate::{
    SqlStore, commit,
    engine::Engine,
    inbox, rows,
    rows::member_columns,
    sql::{Row, marks, odd, only, sql, sql_of},
};

/// Saved tracks in one answer.
const SAVED: u32 = 200;
/// Ids in one question.
const IDS: usize = 500;

#[async_trait]
impl AccountStore for SqlStore {
    async fn epoch(&self) -> StoreResult<i64> {
        let epoch = sql("SELECT epoch FROM server WHERE one = 1").first(&self.readers, only).await?;

        epoch.ok_or_else(|| odd("a database without its first row".into()))
    }

    async fn key_check(&self, sealed: &[u8]) -> StoreResult<Vec<u8>> {
        let first = sql("UPDATE server SET key_check = COALESCE(key_check, $1) WHERE one = 1 RETURNING key_check");
        let stored = first.with(sealed).first(&self.writer, only).await?;

        stored.ok_or_else(|| odd("a database without its first row".into()))
    }

    async fn knows_a_key(&self) -> StoreResult<bool> {
        let traces = sql("SELECT (SELECT count(*) FROM server WHERE key_check IS NOT NULL)
                              + (SELECT count(*) FROM data_keys)
                              + (SELECT count(*) FROM members WHERE social_opens_sealed IS NOT NULL)");
        let traces = traces.first(&self.readers, only::<i64>).await?;

        Ok(traces.is_some_and(|count| count > 0))
    }

    async fn some_sealed_ages(&self, limit: u32) -> StoreResult<Vec<(MemberId, Vec<u8>)>> {
        sql("SELECT id, social_opens_sealed FROM members WHERE social_opens_sealed IS NOT NULL LIMIT $1")
            .with(limit)
            .all(&self.readers, |row| Ok((row.get("id")?, row.get("social_opens_sealed")?)))
            .await
    }

    async fn member_count(&self) -> StoreResult<u64> {
        let count = sql("SELECT members FROM server WHERE one = 1").first(&self.readers, only::<u32>).await?;

        Ok(count.unwrap_or(0).into())
    }

    async fn add_member(&self, member: &StoredMember, password_hash: &str) -> StoreResult<Role> {
        let mut transaction = self.begin().await?;

        // Counting locks the row, so that of two that come at once only one is the first.
        let count = sql("UPDATE server SET members = members + 1 WHERE one = 1 RETURNING members");
        let first = count.first(&mut *transaction, only::<i64>).await? == Some(1);
        let role = if first { Role::Administrator } else { member.role };

        let (decided_on, sealed) = age(&member.age);
        sql("INSERT INTO members (id, username, username_key, display_name, password_hash, role, tier, market,
                 social_decided_on, social_opens_sealed, messages, listening_activity, private_session, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)")
        .with(member.id)
        .with(&member.username)
        .with(member.username.key())
        .with(&member.display_name)
        .with(password_hash)
        .with(role)
        .with(member.tier)
        .with(&member.market)
        .with(decided_on)
        .with(sealed)
        .with(member.switches.messages)
        .with(member.switches.listening_activity)
        .with(member.switches.private_session)
        .with(member.created_at)
        .run(&mut *transaction)
        .await?;
        sql("INSERT INTO inbox_heads (member, seq) VALUES ($1, 0)").with(member.id).run(&mut *transaction).await?;

        commit(transaction).await?;
        Ok(role)
    }

    async fn member(&self, id: MemberId) -> StoreResult<Option<StoredMember>> {
        let member = sql(concat!("SELECT ", member_columns!(), " FROM members m WHERE m.id = $1"));

        member.with(id).first(&self.readers, rows::member).await
    }

    async fn members(&self, ids: &[MemberId]) -> StoreResult<Vec<StoredMember>> {
        let mut members = Vec::with_capacity(ids.len());

        for ids in ids.chunks(IDS) {
            let text = format!("SELECT {} FROM members m WHERE m.id IN {}", member_columns!(), marks(1, ids.len()));
            let question = ids.iter().fold(sql_of(text), |question, id| question.with(*id));
            members.extend(question.all(&self.readers, rows::member).await?);
        }
        Ok(members)
    }

    async fn credentials(&self, username_key: &str) -> StoreResult<Option<(MemberId, String)>> {
        sql("SELECT id, password_hash FROM members WHERE username_key = $1")
            .with(username_key)
            .first(&self.readers, |row| Ok((row.get("id")?, row.get("password_hash")?)))
            .await
    }

    async fn password_hash(&self, id: MemberId) -> StoreResult<Option<String>> {
        sql("SELECT password_hash FROM members WHERE id = $1").with(id).first(&self.readers, only).await
    }

    async fn set_password(&self, id: MemberId, hash: &str, keep: Option<SessionId>) -> StoreResult<Vec<SessionId>> {
        let mut transaction = self.begin().await?;

        sql("UPDATE members SET password_hash = $2 WHERE id = $1").with(id).with(hash).run(&mut *transaction).await?;
        let ended = sql("DELETE FROM sessions WHERE member = $1 AND id IS DISTINCT FROM $2 RETURNING id")
            .with(id)
            .with(keep)
            .all(&mut *transaction, only)
            .await?;
        inbox::mark(&mut transaction, &[id]).await?;

        commit(transaction).await?;
        Ok(ended)
    }

    async fn open_age(&self, id: MemberId, decided_on: Date) -> StoreResult<()> {
        let mut transaction = self.begin().await?;

        sql("UPDATE members SET social_decided_on = $2, social_opens_sealed = NULL WHERE id = $1")
            .with(id)
            .with(decided_on.to_string())
            .run(&mut *transaction)
            .await?;
        inbox::mark(&mut transaction, &[id]).await?;

        commit(transaction).await
    }

    async fn set_switches(&self, id: MemberId, before: Switches, after: Switches) -> StoreResult<Option<Vec<Head>>> {
        let mut transaction = self.begin().await?;

        let turned = sql("UPDATE members SET messages = $2, listening_activity = $3, private_session = $4
                          WHERE id = $1 AND messages = $5 AND listening_activity = $6 AND private_session = $7")
        .with(id)
        .with(after.messages)
        .with(after.listening_activity)
        .with(after.private_session)
        .with(before.messages)
        .with(before.listening_activity)
        .with(before.private_session);
        if turned.run(&mut *transaction).await? == 0 {
            return Ok(None);
        }
        if !after.listening_activity {
            sql("DELETE FROM last_played WHERE member = $1").with(id).run(&mut *transaction).await?;
        }
        let chats = chats(&mut transaction, id).await?;
        let concerned: Vec<_> = chats.iter().map(|(_, other)| *other).chain([id]).collect();
        inbox::mark(&mut transaction, &concerned).await?;
        let mut heads = Vec::new();
        if before.messages != after.messages {
            for (chat, other) in chats {
                heads.extend(inbox::tell(&mut transaction, &[other], InboxSubject::Conversation(chat)).await?);
            }
        }

        commit(transaction).await?;
        Ok(Some(heads))
    }

    async fn set_role(&self, username_key: &str, role: Role) -> StoreResult<Option<MemberId>> {
        let mut transaction = self.begin().await?;

        let set = sql("UPDATE members SET role = $2 WHERE username_key = $1 RETURNING id");
        let member = set.with(username_key).with(role).first(&mut *transaction, only).await?;
        inbox::mark(&mut transaction, member.as_slice()).await?;

        commit(transaction).await?;
        Ok(member)
    }

    async fn add_session(&self, session: &StoredSession) -> StoreResult<()> {
        sql("INSERT INTO sessions (id, member, token_hash, device, created_at, last_used_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
        .with(session.id)
        .with(session.member)
        .with(session.token_hash)
        .with(session.device.as_str())
        .with(session.created_at)
        .with(session.last_used_at)
        .run(&self.writer)
        .await?;
        Ok(())
    }

    async fn log_in(&self, key: LogInKey) -> StoreResult<Option<StoredLogIn>> {
        let select = concat!(
            "SELECT s.id, s.member, s.token_hash, s.device, s.created_at, s.last_used_at, i.permissions, ",
            member_columns!(),
            " FROM sessions s JOIN members m ON m.id = s.member JOIN inbox_heads i ON i.member = s.member"
        );
        let question = match key {
            LogInKey::TokenHash(hash) => sql_of(format!("{select} WHERE s.token_hash = $1")).with(hash),
            LogInKey::Session(id) => sql_of(format!("{select} WHERE s.id = $1")).with(id),
        };

        let log_in = question.first(&self.readers, |row| {
            Ok(StoredLogIn { session: session(row)?, member: rows::member(row)?, permissions: row.get("permissions")? })
        });
        log_in.await
    }

    async fn touch_session(&self, id: SessionId, at: Timestamp) -> StoreResult<()> {
        sql("UPDATE sessions SET last_used_at = $2 WHERE id = $1").with(id).with(at).run(&self.writer).await?;
        Ok(())
    }

    async fn sessions(&self, member: MemberId) -> StoreResult<Vec<StoredSession>> {
        sql("SELECT id, member, token_hash, device, created_at, last_used_at FROM sessions WHERE member = $1
             ORDER BY last_used_at DESC, created_at DESC, id DESC")
        .with(member)
        .all(&self.readers, session)
        .await
    }

    async fn end_session(&self, member: MemberId, id: SessionId) -> StoreResult<bool> {
        let mut transaction = self.begin().await?;

        let ended = sql("DELETE FROM sessions WHERE member = $1 AND id = $2").with(member).with(id);
        if ended.run(&mut *transaction).await? == 0 {
            return Ok(false);
        }
        inbox::mark(&mut transaction, &[member]).await?;

        commit(transaction).await?;
        Ok(true)
    }

    async fn set_last_played(&self, member: MemberId, last: Option<(TrackId, Timestamp)>) -> StoreResult<()> {
        let change = match last {
            Some((track, at)) => sql(self.remember_played()).with(member).with(track).with(at),
            None => sql("DELETE FROM last_played WHERE member = $1").with(member),
        };

        change.run(&self.writer).await?;
        Ok(())
    }

    async fn forget_played_until(&self, at: Timestamp) -> StoreResult<()> {
        sql("DELETE FROM last_played WHERE at <= $1").with(at).run(&self.writer).await?;
        Ok(())
    }

    async fn last_played(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, TrackId, Timestamp)>> {
        let mut last = Vec::new();

        for members in members.chunks(IDS) {
            let places = marks(1, members.len());
            let question = sql_of(format!("SELECT member, track, at FROM last_played WHERE member IN {places}"));
            let question = members.iter().fold(question, |question, member| question.with(*member));
            let some = question.all(&self.readers, |row| Ok((row.get("member")?, row.get("track")?, row.get("at")?)));
            last.extend(some.await?);
        }
        Ok(last)
    }

    async fn set_saved(&self, member: MemberId, track: TrackId, saved_at: Option<Timestamp>) -> StoreResult<()> {
        let change = match saved_at {
            Some(at) => sql("INSERT INTO saved_tracks (member, track, saved_at)
                             SELECT $1, id, $3 FROM tracks WHERE id = $2 ON CONFLICT (member, track) DO NOTHING")
            .with(member)
            .with(track)
            .with(at),
            None => sql("DELETE FROM saved_tracks WHERE member = $1 AND track = $2").with(member).with(track),
        };

        change.run(&self.writer).await?;
        Ok(())
    }

    async fn saved(&self, member: MemberId, offset: u32) -> StoreResult<Vec<TrackId>> {
        sql("SELECT track FROM saved_tracks WHERE member = $1 ORDER BY saved_at DESC, track DESC LIMIT $2 OFFSET $3")
            .with(member)
            .with(SAVED)
            .with(offset)
            .all(&self.readers, only)
            .await
    }
}

/// A track that has just vanished from the library is not worth an error, and of a member who does not share nothing is
/// kept, however late this comes.
macro_rules! remember_played {
    ($($locks:literal)?) => {
        concat!(
            "INSERT INTO last_played (member, track, at)
             SELECT m.id, t.id, $3 FROM members m JOIN tracks t ON t.id = $2
             WHERE m.id = $1 AND m.listening_activity = 1",
            $($locks,)?
            " ON CONFLICT (member) DO UPDATE SET track = excluded.track, at = excluded.at"
        )
    };
}

impl SqlStore {
    /// Where others write at the same time, the switch is held until this is stored; and the track before the row that
    /// points to it, as whoever takes the track out of the library does.
    fn remember_played(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => remember_played!(),
            Engine::Postgres => remember_played!(" FOR SHARE OF m FOR KEY SHARE OF t"),
        }
    }
}

/// The conversations of a member, each with the other side.
async fn chats(on: &mut AnyConnection, id: MemberId) -> StoreResult<Vec<(ConversationId, MemberId)>> {
    sql("SELECT conversation, other FROM conversation_sides WHERE member = $1 ORDER BY other")
        .with(id)
        .all(on, |row| Ok((row.get("conversation")?, row.get("other")?)))
        .await
}

/// The two columns of an age, of which one is filled.
fn age(age: &StoredAge) -> (Option<String>, Option<&[u8]>) {
    match age {
        StoredAge::Open(decided_on) => (Some(decided_on.to_string()), None),
        StoredAge::Closed(sealed) => (None, Some(sealed)),
    }
}

fn session(row: &Row<'_>) -> StoreResult<StoredSession> {
    Ok(StoredSession {
        id: row.get("id")?,
        member: row.get("member")?,
        token_hash: row.get("token_hash")?,
        device: row.get("device")?,
        created_at: row.get("created_at")?,
        last_used_at: row.get("last_used_at")?,
    })
}
