//! Jams. Their requests are in `jam_requests`.
//!
//! A Jam is stored twice in one transaction: as its log, and as the state that the log leads to. Both are JSON, which a
//! person can read and a later program can still take in. Nodes of two versions read each other's: a field that is added to
//! them later needs `#[serde(default)]`.

#[cfg(test)]
mod layout;

use async_trait::async_trait;
use domain::{
    JamId, JamRequestId, MemberId, Refusal, Timestamp,
    jam::{Event, State},
    jam_request::JamRequestState,
};
use serde::{Serialize, de::DeserializeOwned};
use services::ports::{
    NodeId,
    store::{Head, JamMark, JamStore, StoreResult, StoredJam, StoredJamRequest},
};
use sqlx::AnyConnection;
use uuid::Uuid;

use crate::{
    SqlStore, commit, jam_requests, retried,
    sql::{marks, marks_after, odd, only, sql, sql_of},
};

/// Ids in one question.
const IDS: usize = 500;
/// The owner of a Jam from before there were owners.
const NOBODY: NodeId = NodeId(Uuid::nil());

#[async_trait]
impl JamStore for SqlStore {
    async fn add_jam_request(&self, request: &StoredJamRequest) -> StoreResult<Vec<Head>> {
        retried(|| jam_requests::add(self, request)).await
    }

    async fn jam_request(&self, id: JamRequestId) -> StoreResult<Option<StoredJamRequest>> {
        jam_requests::one(self, id).await
    }

    async fn open_jam_requests(&self, member: MemberId, now: Timestamp) -> StoreResult<Vec<StoredJamRequest>> {
        jam_requests::open(self, member, now).await
    }

    async fn close_jam_request(
        &self,
        id: JamRequestId,
        state: JamRequestState,
        at: Timestamp,
    ) -> StoreResult<Vec<Head>> {
        retried(|| async {
            let mut transaction = self.begin().await?;
            let heads = jam_requests::close(&mut transaction, id, state, at).await?;

            commit(transaction).await?;
            Ok(heads)
        })
        .await
    }

    async fn overdue_jam_requests(&self, now: Timestamp) -> StoreResult<Vec<JamRequestId>> {
        jam_requests::overdue(self, now).await
    }

    async fn add_jam(
        &self,
        jam: &StoredJam,
        events: &[Event],
        request: Option<JamRequestId>,
        at: Timestamp,
    ) -> StoreResult<Vec<Head>> {
        let state = &jam.state;
        let mut transaction = self.begin().await?;

        sql("INSERT INTO jams (id, started_at, ended_at, revision, state, owner) VALUES ($1, $2, $3, $4, $5, $6)")
            .with(state.id)
            .with(state.started_at)
            .with(state.ended_at)
            .with(revision(state)?)
            .with(json(state)?)
            .with(jam.owner)
            .run(&mut *transaction)
            .await?;
        for member in &state.members {
            seat(&mut transaction, state.id, member.id, member.joined_at).await?;
        }
        log(&mut transaction, state, events, at).await?;
        let heads = match request {
            Some(id) => jam_requests::close(&mut transaction, id, JamRequestState::Accepted(state.id), at).await?,
            None => Vec::new(),
        };

        commit(transaction).await?;
        Ok(heads)
    }

    async fn append_jam(&self, jam: &StoredJam, events: &[Event], at: Timestamp) -> StoreResult<bool> {
        let state = &jam.state;
        let before = revision(state)? - events.len() as i64;
        let mut transaction = self.begin().await?;

        let moved = sql("UPDATE jams SET ended_at = $3, revision = $4, state = $5, owner = $6
                         WHERE id = $1 AND revision = $2")
        .with(state.id)
        .with(before)
        .with(state.ended_at)
        .with(revision(state)?)
        .with(json(state)?)
        .with(jam.owner);
        if moved.run(&mut *transaction).await? == 0 {
            return Ok(false);
        }
        log(&mut transaction, state, events, at).await?;

        commit(transaction).await?;
        Ok(true)
    }

    async fn jam(&self, id: JamId) -> StoreResult<Option<StoredJam>> {
        let stored = sql("SELECT state, owner FROM jams WHERE id = $1").with(id);
        let stored =
            stored.first(&self.readers, |row| Ok((row.get::<String>("state")?, row.get::<Option<NodeId>>("owner")?)));
        let stored = stored.await?;
        let Some((state, owner)) = stored else { return Ok(None) };

        // Nobody can go on with one that cannot be read, and nothing else is amiss.
        let state = from_json(&state).map_err(|_| Refusal::JamUnknown)?;
        Ok(Some(StoredJam { state, owner: owner.unwrap_or(NOBODY) }))
    }

    async fn jam_revisions(&self, ids: &[JamId]) -> StoreResult<Vec<JamMark>> {
        let mut revisions = Vec::with_capacity(ids.len());

        for ids in ids.chunks(IDS) {
            let places = marks(1, ids.len());
            let question = sql_of(format!("SELECT id, revision, ended_at FROM jams WHERE id IN {places}"));
            let question = ids.iter().fold(question, |question, id| question.with(*id));
            let some = question.all(&self.readers, |row| {
                let ended_at: Option<Timestamp> = row.get("ended_at")?;
                let revision = row.get::<i64>("revision")?.unsigned_abs();
                Ok(JamMark { jam: row.get("id")?, revision, ended: ended_at.is_some() })
            });
            revisions.extend(some.await?);
        }
        Ok(revisions)
    }

    async fn adopt_jams(&self, node: NodeId, working: &[NodeId]) -> StoreResult<Vec<JamId>> {
        let adopt = sql_of(format!(
            "UPDATE jams SET owner = $1 WHERE ended_at IS NULL AND (owner IS NULL OR owner NOT IN {})",
            marks_after(1, 1, working.len())
        ));
        working.iter().fold(adopt.with(node), |adopt, working| adopt.with(*working)).run(&self.writer).await?;

        let ours = sql("SELECT id FROM jams WHERE ended_at IS NULL AND owner = $1 ORDER BY id").with(node);
        ours.all(&self.readers, only).await
    }

    async fn live_jams(&self) -> StoreResult<Vec<JamId>> {
        sql("SELECT id FROM jams WHERE ended_at IS NULL ORDER BY started_at, id").all(&self.readers, only).await
    }

    async fn jams_of(&self, member: MemberId) -> StoreResult<Vec<JamId>> {
        sql("SELECT j.id FROM jam_seats s JOIN jams j ON j.id = s.jam
             WHERE s.member = $1 AND s.left_at IS NULL AND j.ended_at IS NULL ORDER BY j.started_at DESC, j.id DESC")
        .with(member)
        .all(&self.readers, only)
        .await
    }
}

/// Writes events to the log; the last of them has the revision of the state. Seats follow.
async fn log(on: &mut AnyConnection, state: &State, events: &[Event], at: Timestamp) -> StoreResult<()> {
    let first = revision(state)? - events.len() as i64 + 1;

    for (revision, event) in (first..).zip(events) {
        sql("INSERT INTO jam_events (jam, revision, at, event) VALUES ($1, $2, $3, $4)")
            .with(state.id)
            .with(revision)
            .with(at)
            .with(json(event)?)
            .run(&mut *on)
            .await?;
        match event {
            Event::Joined(member) => seat(on, state.id, member.id, member.joined_at).await?,
            Event::Left(member) => {
                let leave = sql("UPDATE jam_seats SET left_at = $3 WHERE jam = $1 AND member = $2");
                leave.with(state.id).with(*member).with(at).run(&mut *on).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn seat(on: &mut AnyConnection, jam: JamId, member: MemberId, joined_at: Timestamp) -> StoreResult<()> {
    sql("INSERT INTO jam_seats (jam, member, joined_at) VALUES ($1, $2, $3)
         ON CONFLICT (jam, member) DO UPDATE SET left_at = NULL")
    .with(jam)
    .with(member)
    .with(joined_at)
    .run(on)
    .await?;
    Ok(())
}

fn revision(state: &State) -> StoreResult<i64> {
    i64::try_from(state.revision).map_err(|_| odd("a Jam of too many events".into()))
}

fn json(value: &impl Serialize) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| odd(error.to_string()))
}

fn from_json<T: DeserializeOwned>(text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|error| odd(error.to_string()))
}
