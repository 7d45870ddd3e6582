//! Chat requests: what is known before one is made, how it is made, and how it ends (M1 to M3).
//!
//! A request that nobody answered is stored as open for ever; after its 30 days no query takes it for open.

use domain::{
    ChatRequestId, ConversationId, MemberId, Refusal, Timestamp,
    relations::{Asking, OPEN_REQUESTS, PastRequest, REQUEST_LIFE_MS, Relation, RequestState},
};
use services::ports::store::{Head, InboxSubject, StoreResult, StoredChatRequest};
use sqlx::AnyConnection;

use crate::{
    SqlStore, blocks, commit, contacts, inbox,
    sql::{Row, failed, odd, sql},
};

/// The columns of a request, for [`request`].
macro_rules! columns {
    () => {
        "id, sender, receiver, relation, relation_id, sent_at, state, closed_at, taken_back_at, conversation"
    };
}

/// The stored facts about `from` asking `to`, read at one moment.
pub(crate) async fn asking(store: &SqlStore, from: MemberId, to: MemberId, now: Timestamp) -> StoreResult<Asking> {
    let mut reads = store.readers.begin_with(store.engine.begin_looking()).await.map_err(failed)?;
    let alive_since = now - REQUEST_LIFE_MS;

    let flags = sql("SELECT
             (SELECT count(*) FROM conversation_sides WHERE member = $1 AND other = $2) AS conversations,
             (SELECT count(*) FROM blocks
              WHERE (blocker = $1 AND blocked = $2) OR (blocker = $2 AND blocked = $1)) AS blocks,
             (SELECT count(*) FROM chat_requests
              WHERE sender = $2 AND receiver = $1 AND state = 'open' AND sent_at > $3) AS asked_by_them,
             (SELECT count(*) FROM chat_requests WHERE sender = $1 AND state = 'open' AND sent_at > $3) AS asked");
    let flags = flags.with(from).with(to).with(alive_since).first(&mut *reads, |row| {
        Ok(Asking {
            contacts: row.get::<i64>("conversations")? > 0,
            blocked: row.get::<i64>("blocks")? > 0,
            asked_by_them: row.get::<i64>("asked_by_them")? > 0,
            open_requests: row.get("asked")?,
            ..Asking::default()
        })
    });
    let flags = flags.await?.unwrap_or_default();
    let past =
        sql("SELECT sent_at, state, closed_at, taken_back_at FROM chat_requests WHERE sender = $1 AND receiver = $2
                    ORDER BY sent_at DESC");
    let past = past.with(from).with(to).all(&mut *reads, |row| {
        Ok(PastRequest {
            sent_at: row.get("sent_at")?,
            state: row.get("state")?,
            closed_at: row.get("closed_at")?,
            taken_back: row.get::<Option<Timestamp>>("taken_back_at")?.is_some(),
        })
    });
    let past = past.await?;
    let relations = relations(&mut reads, from, to).await?;

    commit(reads).await?;
    Ok(Asking { past, relations, ..flags })
}

/// Why the two may ask each other: what earlier requests stood on, and Jams in which both had a seat.
async fn relations(on: &mut AnyConnection, one: MemberId, other: MemberId) -> StoreResult<Vec<Relation>> {
    let asked = sql("SELECT DISTINCT relation, relation_id FROM chat_requests
                     WHERE (sender = $1 AND receiver = $2) OR (sender = $2 AND receiver = $1)");
    let jams = sql("SELECT 'jam' AS relation, a.jam AS relation_id FROM jam_seats a
                    JOIN jam_seats b ON b.jam = a.jam AND b.member = $2 WHERE a.member = $1 ORDER BY a.joined_at DESC");

    let mut relations = asked.with(one).with(other).all(&mut *on, relation).await?;
    relations.extend(jams.with(one).with(other).all(on, relation).await?);
    Ok(relations)
}

/// Adds a request.
///
/// The row comes first and the looks for a block and for others last, after both inboxes are locked: of two that cross, be
/// they requests or a request and a block, the second finds the first whichever engine runs them.
pub(crate) async fn add(store: &SqlStore, request: &StoredChatRequest) -> StoreResult<Vec<Head>> {
    let (kind, relation) = match request.relation {
        Relation::Invite(id) => ("invite", id.0),
        Relation::Jam(id) => ("jam", id.0),
    };
    let mut transaction = store.begin().await?;

    let added = sql("INSERT INTO chat_requests
             (id, sender, receiver, relation, relation_id, sent_at, state, closed_at, conversation)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING")
    .with(request.id)
    .with(request.from)
    .with(request.to)
    .with(kind)
    .with(relation)
    .with(request.sent_at)
    .with(request.state)
    .with(request.closed_at)
    .with(request.conversation);
    if added.run(&mut *transaction).await? == 0 {
        return Ok(Vec::new());
    }
    // One that is declined from its beginning reaches nobody else and stands in nobody's way.
    if request.state != RequestState::Open {
        let heads = inbox::tell(&mut transaction, &[request.from], InboxSubject::ChatRequest(request.id)).await?;
        commit(transaction).await?;
        return Ok(heads);
    }
    let both = [request.from, request.to];
    let heads = inbox::tell(&mut transaction, &both, InboxSubject::ChatRequest(request.id)).await?;

    blocks::refuse(&mut transaction, request.from, request.to).await?;
    let others = sql("SELECT
             (SELECT count(*) FROM chat_requests WHERE state = 'open' AND id <> $1 AND sent_at > $2
              AND ((sender = $3 AND receiver = $4) OR (sender = $4 AND receiver = $3))) AS between_them,
             (SELECT count(*) FROM chat_requests
              WHERE state = 'open' AND id <> $1 AND sent_at > $2 AND sender = $3) AS of_sender")
    .with(request.id)
    .with(request.sent_at - REQUEST_LIFE_MS)
    .with(request.from)
    .with(request.to);
    let others =
        others.first(&mut *transaction, |row| Ok((row.get::<i64>("between_them")?, row.get::<u32>("of_sender")?)));
    match others.await? {
        Some((0, of_sender)) if of_sender < OPEN_REQUESTS => {}
        Some((0, _)) => return Err(Refusal::TooManyRequests { limit: OPEN_REQUESTS }.into()),
        _ => return Err(Refusal::RequestAlreadyOpen.into()),
    }

    commit(transaction).await?;
    Ok(heads)
}

/// One request.
pub(crate) async fn one(store: &SqlStore, id: ChatRequestId) -> StoreResult<Option<StoredChatRequest>> {
    let question = sql(concat!("SELECT ", columns!(), " FROM chat_requests WHERE id = $1"));

    question.with(id).first(&store.readers, request).await
}

/// The open requests to and from a member. For its sender a declined one is among them, unless taken back (M3).
pub(crate) async fn open(store: &SqlStore, member: MemberId, now: Timestamp) -> StoreResult<Vec<StoredChatRequest>> {
    let open = sql(concat!(
        "SELECT ",
        columns!(),
        " FROM chat_requests WHERE sent_at > $2
          AND ((sender = $1 AND state IN ('open', 'declined') AND taken_back_at IS NULL)
               OR (receiver = $1 AND state = 'open'))
          ORDER BY sent_at DESC, id DESC"
    ));

    open.with(member).with(now - REQUEST_LIFE_MS).all(&store.readers, request).await
}

/// Closes an open request. `conversation` is the id of the one that acceptance opens, where there is none yet.
pub(crate) async fn close(
    store: &SqlStore,
    id: ChatRequestId,
    state: RequestState,
    conversation: ConversationId,
    at: Timestamp,
) -> StoreResult<(StoredChatRequest, Vec<Head>)> {
    let mut transaction = store.begin().await?;

    let closed = sql(concat!(
        "UPDATE chat_requests SET state = $2, closed_at = $3
         WHERE id = $1 AND state = 'open' AND sent_at > $4 RETURNING ",
        columns!()
    ));
    let closed = closed.with(id).with(state).with(at).with(at - REQUEST_LIFE_MS);
    let Some(mut closed) = closed.first(&mut *transaction, request).await? else {
        if state == RequestState::Withdrawn
            && let Some(answer) = take_back(&mut transaction, id, at).await?
        {
            commit(transaction).await?;
            return Ok(answer);
        }
        let known = sql(concat!("SELECT ", columns!(), " FROM chat_requests WHERE id = $1 AND state = $2"));
        let known = known.with(id).with(state).first(&mut *transaction, request).await?;
        return known.map(|known| (known, Vec::new())).ok_or(Refusal::RequestGone.into());
    };
    if state == RequestState::Accepted {
        let opened = open_conversation(&mut transaction, closed.from, closed.to, conversation, at).await?;
        let note = sql("UPDATE chat_requests SET conversation = $2 WHERE id = $1").with(id).with(opened);
        note.run(&mut *transaction).await?;
        closed.conversation = Some(opened);
        inbox::mark(&mut transaction, &[closed.from, closed.to]).await?;
    }
    let told = match state {
        RequestState::Declined => &[closed.to][..],
        _ => &[closed.from, closed.to],
    };
    let heads = inbox::tell(&mut transaction, told, InboxSubject::ChatRequest(id)).await?;

    commit(transaction).await?;
    Ok((closed, heads))
}

/// Takes back a declined request whose sender does not know of that (M3); nothing when there is no such request.
async fn take_back(
    on: &mut AnyConnection,
    id: ChatRequestId,
    at: Timestamp,
) -> StoreResult<Option<(StoredChatRequest, Vec<Head>)>> {
    let taken_back = sql(concat!(
        "UPDATE chat_requests SET taken_back_at = $2
         WHERE id = $1 AND state = 'declined' AND taken_back_at IS NULL AND sent_at > $3 RETURNING ",
        columns!()
    ));
    let taken_back = taken_back.with(id).with(at).with(at - REQUEST_LIFE_MS).first(&mut *on, request).await?;
    if let Some(request) = taken_back {
        let heads = inbox::tell(on, &[request.from], InboxSubject::ChatRequest(id)).await?;
        return Ok(Some((request, heads)));
    }

    let before = sql(concat!("SELECT ", columns!(), " FROM chat_requests WHERE id = $1 AND taken_back_at IS NOT NULL"));
    Ok(before.with(id).first(on, request).await?.map(|request| (request, Vec::new())))
}

/// The conversation of the two, made under this id unless they have one.
async fn open_conversation(
    on: &mut AnyConnection,
    one: MemberId,
    other: MemberId,
    fresh: ConversationId,
    at: Timestamp,
) -> StoreResult<ConversationId> {
    if let Some(known) = contacts::conversation_of(on, one, other).await? {
        return Ok(known);
    }

    sql("INSERT INTO conversations (id, opened_at, last_seq) VALUES ($1, $2, 0)")
        .with(fresh)
        .with(at)
        .run(&mut *on)
        .await?;
    sql("INSERT INTO conversation_sides (conversation, member, other, read_up_to) VALUES ($1, $2, $3, 0), ($1, $3, $2, 0)")
        .with(fresh)
        .with(one)
        .with(other)
        .run(on)
        .await?;
    Ok(fresh)
}

fn request(row: &Row<'_>) -> StoreResult<StoredChatRequest> {
    Ok(StoredChatRequest {
        id: row.get("id")?,
        from: row.get("sender")?,
        to: row.get("receiver")?,
        relation: relation(row)?,
        sent_at: row.get("sent_at")?,
        state: row.get("state")?,
        closed_at: row.get("closed_at")?,
        taken_back_at: row.get("taken_back_at")?,
        conversation: row.get("conversation")?,
    })
}

fn relation(row: &Row<'_>) -> StoreResult<Relation> {
    let kind: String = row.get("relation")?;

    match kind.as_str() {
        "invite" => Ok(Relation::Invite(row.get("relation_id")?)),
        "jam" => Ok(Relation::Jam(row.get("relation_id")?)),
        _ => Err(odd(format!("a relation of the kind {kind:?}"))),
    }
}
