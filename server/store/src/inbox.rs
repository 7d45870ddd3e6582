//! How entries get into inboxes. Reading them is in `messages`.

use domain::MemberId;
use services::ports::store::{Head, InboxSubject, StoreResult};
use sqlx::AnyConnection;
use uuid::Uuid;

use crate::sql::{Row, odd, only, sql};

/// Adds an entry to the inbox of each of these members and answers the new heads.
///
/// The head is raised first: that locks the member's row until the commit, so the next writer gets the next place and
/// nobody can see a later place before an earlier one. Members are taken in the order of their ids, so that two writers
/// who tell the same two members never wait for each other.
pub(crate) async fn tell(
    on: &mut AnyConnection,
    members: &[MemberId],
    subject: InboxSubject,
) -> StoreResult<Vec<Head>> {
    let mut members = members.to_vec();
    members.sort();
    members.dedup();
    let (kind, id, up_to) = columns(subject);

    let mut heads = Vec::with_capacity(members.len());
    for member in members {
        let raise = sql("UPDATE inbox_heads SET seq = seq + 1 WHERE member = $1 RETURNING seq").with(member);
        let seq = raise.first(&mut *on, only::<i64>).await?.ok_or_else(|| odd(format!("no inbox of {member}")))?;

        sql("INSERT INTO inbox_entries (member, seq, kind, subject, up_to) VALUES ($1, $2, $3, $4, $5)")
            .with(member)
            .with(seq)
            .with(kind)
            .with(id)
            .with(up_to)
            .run(&mut *on)
            .await?;
        heads.push((member, seq));
    }
    Ok(heads)
}

/// Raises the permission marks of these members. It locks the same rows as [`tell`] in the same order; where a transaction
/// does both, this comes first and names everybody.
pub(crate) async fn mark(on: &mut AnyConnection, members: &[MemberId]) -> StoreResult<()> {
    let mut members = members.to_vec();
    members.sort();
    members.dedup();

    for member in members {
        let raise = sql("UPDATE inbox_heads SET permissions = permissions + 1 WHERE member = $1");
        raise.with(member).run(&mut *on).await?;
    }
    Ok(())
}

/// What a row of `inbox_entries` points to.
pub(crate) fn subject(row: &Row<'_>) -> StoreResult<InboxSubject> {
    let kind: String = row.get("kind")?;

    Ok(match kind.as_str() {
        "message" => InboxSubject::Message(row.get("subject")?),
        "read" => {
            let up_to: Option<i64> = row.get("up_to")?;
            InboxSubject::Read { conversation: row.get("subject")?, up_to: up_to.unwrap_or(0) }
        }
        "chat_request" => InboxSubject::ChatRequest(row.get("subject")?),
        "jam_request" => InboxSubject::JamRequest(row.get("subject")?),
        "conversation" => InboxSubject::Conversation(row.get("subject")?),
        _ => return Err(odd(format!("an inbox entry of the kind {kind:?}"))),
    })
}

fn columns(subject: InboxSubject) -> (&'static str, Uuid, Option<i64>) {
    match subject {
        InboxSubject::Message(id) => ("message", id.0, None),
        InboxSubject::Read { conversation, up_to } => ("read", conversation.0, Some(up_to)),
        InboxSubject::ChatRequest(id) => ("chat_request", id.0, None),
        InboxSubject::JamRequest(id) => ("jam_request", id.0, None),
        InboxSubject::Conversation(id) => ("conversation", id.0, None),
    }
}
