//! Jam requests: how they are made, and how they end (R1 to R5).

use domain::{JamId, JamRequestId, MemberId, Refusal, Timestamp, jam_request::JamRequestState};
use services::ports::store::{Head, InboxSubject, StoreResult, StoredJamRequest};
use sqlx::AnyConnection;

use crate::{
    SqlStore, blocks, commit, inbox,
    sql::{Row, odd, only, sql},
};

/// The columns of a request, for [`request`].
macro_rules! requests {
    () => {
        "SELECT id, conversation, sender, receiver, sent_at, expires_at, state, jam FROM jam_requests "
    };
}

/// Adds a request. The row comes first and the looks for a block and for another one last, as in `requests::add`.
pub(crate) async fn add(store: &SqlStore, request: &StoredJamRequest) -> StoreResult<Vec<Head>> {
    let (state, jam) = columns(request.state);
    let mut transaction = store.begin().await?;

    let added = sql("INSERT INTO jam_requests
             (id, conversation, sender, receiver, sent_at, expires_at, state, jam)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING")
    .with(request.id)
    .with(request.conversation)
    .with(request.from)
    .with(request.to)
    .with(request.sent_at)
    .with(request.expires_at)
    .with(state)
    .with(jam);
    if added.run(&mut *transaction).await? == 0 {
        return Ok(Vec::new());
    }
    let both = [request.from, request.to];
    let heads = inbox::tell(&mut transaction, &both, InboxSubject::JamRequest(request.id)).await?;

    blocks::refuse(&mut transaction, request.from, request.to).await?;
    let others = sql("SELECT count(*) FROM jam_requests
                      WHERE conversation = $1 AND state = 'open' AND expires_at > $2 AND id <> $3")
    .with(request.conversation)
    .with(request.sent_at)
    .with(request.id);
    if others.first(&mut *transaction, only::<i64>).await? != Some(0) {
        return Err(Refusal::JamRequestAlreadyOpen.into());
    }

    commit(transaction).await?;
    Ok(heads)
}

/// One request.
pub(crate) async fn one(store: &SqlStore, id: JamRequestId) -> StoreResult<Option<StoredJamRequest>> {
    sql(concat!(requests!(), "WHERE id = $1")).with(id).first(&store.readers, request).await
}

/// The requests to and from a member that are open at `now`.
pub(crate) async fn open(store: &SqlStore, member: MemberId, now: Timestamp) -> StoreResult<Vec<StoredJamRequest>> {
    let open = sql(concat!(
        requests!(),
        "WHERE state = 'open' AND expires_at > $2 AND (sender = $1 OR receiver = $1) ORDER BY sent_at DESC, id DESC"
    ));

    open.with(member).with(now).all(&store.readers, request).await
}

/// Requests that are stored as open but past their time.
pub(crate) async fn overdue(store: &SqlStore, now: Timestamp) -> StoreResult<Vec<JamRequestId>> {
    sql("SELECT id FROM jam_requests WHERE state = 'open' AND expires_at <= $1 ORDER BY expires_at")
        .with(now)
        .all(&store.readers, only)
        .await
}

/// Closes a request unless it is answered already, or too old for anything but being gone.
pub(crate) async fn close(
    on: &mut AnyConnection,
    id: JamRequestId,
    state: JamRequestState,
    at: Timestamp,
) -> StoreResult<Vec<Head>> {
    let (word, jam) = columns(state);

    let closed = sql("UPDATE jam_requests SET state = $2, jam = $3
                      WHERE id = $1 AND state = 'open' AND (expires_at > $4 OR $2 = 'gone')
                      RETURNING sender, receiver");
    let closed = closed.with(id).with(word).with(jam).with(at);
    let both = closed.first(&mut *on, |row| Ok([row.get("sender")?, row.get("receiver")?])).await?;

    inbox::tell(on, &both.ok_or(Refusal::JamRequestGone)?, InboxSubject::JamRequest(id)).await
}

fn request(row: &Row<'_>) -> StoreResult<StoredJamRequest> {
    let (word, jam): (String, Option<JamId>) = (row.get("state")?, row.get("jam")?);
    let state = match (word.as_str(), jam) {
        ("open", None) => JamRequestState::Open,
        ("accepted", Some(jam)) => JamRequestState::Accepted(jam),
        ("declined", None) => JamRequestState::Declined,
        ("gone", None) => JamRequestState::Gone,
        _ => return Err(odd(format!("a Jam request that is {word:?}"))),
    };

    Ok(StoredJamRequest {
        id: row.get("id")?,
        conversation: row.get("conversation")?,
        from: row.get("sender")?,
        to: row.get("receiver")?,
        sent_at: row.get("sent_at")?,
        expires_at: row.get("expires_at")?,
        state,
    })
}

fn columns(state: JamRequestState) -> (&'static str, Option<JamId>) {
    match state {
        JamRequestState::Open => ("open", None),
        JamRequestState::Accepted(jam) => ("accepted", Some(jam)),
        JamRequestState::Declined => ("declined", None),
        JamRequestState::Gone => ("gone", None),
    }
}
