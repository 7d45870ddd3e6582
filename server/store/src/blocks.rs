//! Blocks: how they begin and end, and what they keep away (M12).

use domain::{ChatRequestId, MemberId, Refusal, Timestamp};
use services::ports::store::{Head, InboxSubject, StoreResult};
use sqlx::{Any, AnyConnection, Executor};

use crate::{
    SqlStore, commit,
    contacts::conversation_of,
    inbox,
    sql::{odd, only, sql},
};

/// How often a block begins anew because requests keep coming in between the two.
const ATTEMPTS: usize = 20;

/// Blocks, or ends a block.
pub(crate) async fn set(
    store: &SqlStore,
    by: MemberId,
    whom: MemberId,
    blocked_at: Option<Timestamp>,
) -> StoreResult<Vec<Head>> {
    for _ in 0..ATTEMPTS {
        if let Some(heads) = try_set(store, by, whom, blocked_at).await? {
            return Ok(heads);
        }
    }
    Err(odd(format!("requests between {by} and {whom} come in all the time")))
}

/// Nothing when a request came in on the way: it has to end as well, and requests are locked before heads.
async fn try_set(
    store: &SqlStore,
    by: MemberId,
    whom: MemberId,
    blocked_at: Option<Timestamp>,
) -> StoreResult<Option<Vec<Head>>> {
    let mut transaction = store.begin().await?;

    let change = match blocked_at {
        Some(at) => sql("INSERT INTO blocks (blocker, blocked, blocked_at) VALUES ($1, $2, $3)
                         ON CONFLICT (blocker, blocked) DO NOTHING")
        .with(by)
        .with(whom)
        .with(at),
        None => sql("DELETE FROM blocks WHERE blocker = $1 AND blocked = $2").with(by).with(whom),
    };
    if change.run(&mut *transaction).await? == 0 {
        return Ok(Some(Vec::new()));
    }
    let ended = match blocked_at {
        Some(at) => end_requests(&mut transaction, by, whom, at).await?,
        None => Vec::new(),
    };
    inbox::mark(&mut transaction, &[by, whom]).await?;
    // Both heads are locked: whoever comes from here on finds the block.
    if blocked_at.is_some() && something_waits(&mut transaction, by, whom).await? {
        return Ok(None);
    }

    let mut heads = Vec::new();
    for id in ended {
        heads = inbox::tell(&mut transaction, &[by], InboxSubject::ChatRequest(id)).await?;
    }
    if let Some(id) = conversation_of(&mut transaction, by, whom).await? {
        heads = inbox::tell(&mut transaction, &[by, whom], InboxSubject::Conversation(id)).await?;
    }

    commit(transaction).await?;
    Ok(Some(heads))
}

/// Refuses what would pass between the two, in the words of somebody who cannot be reached. It is asked once both heads
/// are locked: a block that comes later finds what was stored, and one that came before is found here.
pub(crate) async fn refuse(on: &mut AnyConnection, one: MemberId, other: MemberId) -> StoreResult<()> {
    match between(on, one, other).await? {
        true => Err(Refusal::NotReachable.into()),
        false => Ok(()),
    }
}

/// Whether either has blocked the other.
pub(crate) async fn between<'e>(
    on: impl Executor<'e, Database = Any>,
    one: MemberId,
    other: MemberId,
) -> StoreResult<bool> {
    let blocks = sql("SELECT count(*) FROM blocks
                      WHERE (blocker = $1 AND blocked = $2) OR (blocker = $2 AND blocked = $1)");
    let blocks = blocks.with(one).with(other).first(on, only::<i64>).await?;

    Ok(blocks.is_some_and(|count| count > 0))
}

/// Ends what waits between the two, and answers which chat requests: of those the one who blocks is told. To the blocked
/// one, a request of theirs looks unanswered (M3, M12).
async fn end_requests(
    on: &mut AnyConnection,
    by: MemberId,
    whom: MemberId,
    at: Timestamp,
) -> StoreResult<Vec<ChatRequestId>> {
    let ended = sql(
        "UPDATE chat_requests SET closed_at = $3, state = CASE WHEN sender = $1 THEN 'withdrawn' ELSE 'declined' END
         WHERE state = 'open' AND ((sender = $1 AND receiver = $2) OR (sender = $2 AND receiver = $1)) RETURNING id",
    )
    .with(by)
    .with(whom)
    .with(at);
    let ended = ended.all(&mut *on, only).await?;

    sql("UPDATE jam_requests SET state = 'gone'
         WHERE state = 'open' AND ((sender = $1 AND receiver = $2) OR (sender = $2 AND receiver = $1))")
    .with(by)
    .with(whom)
    .run(on)
    .await?;
    Ok(ended)
}

async fn something_waits(on: &mut AnyConnection, one: MemberId, other: MemberId) -> StoreResult<bool> {
    let waiting = sql("SELECT
             (SELECT count(*) FROM chat_requests WHERE state = 'open'
              AND ((sender = $1 AND receiver = $2) OR (sender = $2 AND receiver = $1)))
           + (SELECT count(*) FROM jam_requests WHERE state = 'open'
              AND ((sender = $1 AND receiver = $2) OR (sender = $2 AND receiver = $1)))");
    let waiting = waiting.with(one).with(other).first(on, only::<i64>).await?;

    Ok(waiting.is_some_and(|count| count > 0))
}
