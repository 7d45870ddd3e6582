//! From what is stored of a member to what rules ask about: the age gate and everything behind it (A1, A3).

use domain::{
    MemberId, Timestamp,
    account::{AgeGate, Member},
};
use jiff::{civil::Date, tz::TimeZone};

use crate::{
    Services,
    ports::store::{StoredAge, StoredMember},
};

impl Services {
    /// The member of a row, with the sealed day of an under-16 opened.
    pub(crate) fn member_from(&self, stored: &StoredMember) -> Member {
        Member {
            id: stored.id,
            username: stored.username.clone(),
            display_name: stored.display_name.clone(),
            role: stored.role,
            tier: stored.tier,
            market: stored.market.clone(),
            age: self.age_from(stored.id, &stored.age),
            switches: stored.switches,
            created_at: stored.created_at,
        }
    }

    /// Whether everything social is open to this member now.
    pub(crate) fn social(&self, stored: &StoredMember, now: Timestamp) -> bool {
        self.age_from(stored.id, &stored.age).is_open(today(now))
    }

    /// What is stored of an age.
    pub(super) fn stored_age(&self, id: MemberId, age: AgeGate) -> StoredAge {
        match age {
            AgeGate::Open { decided_on } => StoredAge::Open(decided_on),
            AgeGate::Closed { opens_on } => {
                StoredAge::Closed(self.ports.keys.seal(opens_on.to_string().as_bytes(), &context(id)))
            }
        }
    }

    fn age_from(&self, id: MemberId, stored: &StoredAge) -> AgeGate {
        let sealed = match stored {
            StoredAge::Open(decided_on) => return AgeGate::Open { decided_on: *decided_on },
            StoredAge::Closed(sealed) => sealed,
        };

        // A day that does not open keeps the gate closed: doubt never lets a child in.
        let opens_on =
            self.ports.keys.open(sealed, &context(id)).and_then(|day| String::from_utf8(day).ok()?.parse().ok());
        AgeGate::Closed { opens_on: opens_on.unwrap_or(Date::MAX) }
    }
}

/// The day by which ages are decided: that of UTC, since a server has members in many places.
pub(super) fn today(now: Timestamp) -> Date {
    let instant = jiff::Timestamp::from_millisecond(now.0).expect("the clock is within the years that calendars know");

    instant.to_zoned(TimeZone::UTC).date()
}

/// What ties a sealed day to its member, and to being such a day.
pub(crate) fn context(id: MemberId) -> Vec<u8> {
    [&b"age"[..], id.0.as_bytes()].concat()
}
