//! Who asks.

use domain::{
    MemberId, Refusal, SessionId,
    account::{Member, Role},
};
use serde::{Deserialize, Serialize};

/// A logged-in member, as they were when this request began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Principal {
    /// The account.
    pub member: Member,
    /// Through which log-in.
    pub session: SessionId,
    /// Whether the social side is open to them today (age, market).
    pub social: bool,
    /// The mark of everything that lets them see or do more or less, when this was read: while the store has the same,
    /// nothing of the above has changed.
    pub permissions: i64,
}

impl Principal {
    /// Who.
    pub fn id(&self) -> MemberId {
        self.member.id
    }

    /// Passes when everything social is open: the gate of rules A1, A3 and M13.
    pub fn social(&self) -> Result<(), Refusal> {
        if !self.social {
            return Err(Refusal::TooYoung);
        }
        if !self.member.switches.messages { Err(Refusal::MessagesOff) } else { Ok(()) }
    }

    /// Passes for those who run the server.
    pub fn administrator(&self) -> Result<(), Refusal> {
        if self.member.role == Role::Administrator { Ok(()) } else { Err(Refusal::AdministratorsOnly) }
    }

    /// Whether a Jam may be theirs (R1, J1).
    pub fn may_host(&self) -> bool {
        domain::jam_request::may_host(self.member.tier)
    }
}
