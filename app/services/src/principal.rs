//! Who asks.

use domain::{
    MemberId, Refusal, SessionId,
    account::{Member, Role},
};

/// A logged-in member, as they were when this request began.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// The account.
    pub member: Member,
    /// Through which log-in.
    pub session: SessionId,
    /// Whether the social side is open to them today (age, market).
    pub social: bool,
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
