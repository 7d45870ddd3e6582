//! Columns that several queries read, and what they become.

use services::ports::store::{Contact, StoreResult, StoredAge, StoredMember};

use crate::sql::{Row, odd};
use domain::account::Switches;

/// The columns of a member `m`, for [`member`].
macro_rules! member_columns {
    () => {
        "m.id AS member_id, m.username, m.display_name, m.role, m.tier, m.market, m.social_decided_on,
         m.social_opens_sealed, m.messages, m.listening_activity, m.private_session, m.created_at AS member_since"
    };
}

/// The columns of the other side of a conversation, for [`contact`], and where they come from: `$1` is who looks.
macro_rules! contacts {
    ($($more:literal)?) => {
        concat!(
            "SELECT ",
            crate::rows::member_columns!(),
            ", s.conversation,
             CASE WHEN EXISTS (SELECT 1 FROM blocks b WHERE b.blocker = s.member AND b.blocked = s.other)
                    OR EXISTS (SELECT 1 FROM blocks b WHERE b.blocker = s.other AND b.blocked = s.member)
                  THEN 1 ELSE 0 END AS is_blocked,
             CASE WHEN EXISTS (SELECT 1 FROM hidden_activity h WHERE h.owner = s.other AND h.viewer = s.member)
                  THEN 1 ELSE 0 END AS hides_from_me,
             CASE WHEN EXISTS (SELECT 1 FROM hidden_activity h WHERE h.owner = s.member AND h.viewer = s.other)
                  THEN 1 ELSE 0 END AS hidden_by_me ",
            $($more,)?
            " FROM conversation_sides s JOIN members m ON m.id = s.other "
        )
    };
}

pub(crate) use {contacts, member_columns};

pub(crate) fn member(row: &Row<'_>) -> StoreResult<StoredMember> {
    Ok(StoredMember {
        id: row.get("member_id")?,
        username: row.get("username")?,
        display_name: row.get("display_name")?,
        role: row.get("role")?,
        tier: row.get("tier")?,
        market: row.get("market")?,
        age: age(row)?,
        switches: Switches {
            messages: row.get("messages")?,
            listening_activity: row.get("listening_activity")?,
            private_session: row.get("private_session")?,
        },
        created_at: row.get("member_since")?,
    })
}

fn age(row: &Row<'_>) -> StoreResult<StoredAge> {
    let decided_on: Option<String> = row.get("social_decided_on")?;
    let sealed: Option<Vec<u8>> = row.get("social_opens_sealed")?;

    match (decided_on, sealed) {
        (Some(day), None) => day.parse().map(StoredAge::Open).map_err(|_| odd(format!("the day {day:?}"))),
        (None, Some(sealed)) => Ok(StoredAge::Closed(sealed)),
        _ => Err(odd("a member with two ages or none".into())),
    }
}

pub(crate) fn contact(row: &Row<'_>) -> StoreResult<Contact> {
    Ok(Contact {
        member: member(row)?,
        conversation: row.get("conversation")?,
        blocked: row.get("is_blocked")?,
        hides_from_me: row.get("hides_from_me")?,
        hidden_by_me: row.get("hidden_by_me")?,
    })
}
