//! Accounts and the gates in front of everything social (rules A1 to A7).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{MemberId, Refusal, SessionId, Timestamp};

/// The age at which everything social opens, in years. An administrator may set more, never less.
pub const SOCIAL_AGE: i16 = 16;

/// A name to log in with: 3 to 32 letters, digits, `.`, `_` or `-`. Case is kept and ignored when comparing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// Takes what a person typed, without surrounding blanks.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let fits = (3..=32).contains(&text.chars().count());
        let clean = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));

        if fits && clean { Ok(Self(text.into())) } else { Err(Refusal::UsernameInvalid) }
    }

    /// As the member wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two usernames are compared.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// The name that others see: 1 to 50 characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    /// Takes what a person typed, without surrounding blanks.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let fits = (1..=50).contains(&text.chars().count());

        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text.into()))
        } else {
            Err(Refusal::DisplayNameInvalid)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an account may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tier {
    /// Everything but starting Jams.
    Free,
    /// Everything.
    Premium,
}

/// What an account may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Nothing but their own things.
    Member,
    /// The reports of others.
    Moderator,
    /// The server.
    Administrator,
}

/// All that is kept of a date of birth (A1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AgeGate {
    /// At least 16, decided on this day.
    Open {
        /// The day of the decision.
        decided_on: Date,
    },
    /// Under 16: the social side opens by itself on this day, the first of the month after the birthday.
    Closed {
        /// The day on which it opens.
        opens_on: Date,
    },
}

impl AgeGate {
    /// Decides at sign-up. Refuses dates that lie ahead or more than 130 years back.
    pub fn at_sign_up(born: Date, today: Date) -> Result<Self, Refusal> {
        if born > today || today.year() - born.year() > 130 {
            return Err(Refusal::BirthDateInvalid);
        }

        let birthday = anniversary(born, SOCIAL_AGE);
        if birthday <= today {
            return Ok(Self::Open { decided_on: today });
        }
        let opens_on = birthday.first_of_month().checked_add(jiff::Span::new().months(1));

        opens_on.map(|opens_on| Self::Closed { opens_on }).map_err(|_| Refusal::BirthDateInvalid)
    }

    /// Whether everything social is open on this day.
    pub fn is_open(self, today: Date) -> bool {
        match self {
            Self::Open { .. } => true,
            Self::Closed { opens_on } => opens_on <= today,
        }
    }
}

/// The birthday `years` later; who was born on 29 February has it on 1 March in other years.
fn anniversary(born: Date, years: i16) -> Date {
    let year = born.year() + years;

    Date::new(year, born.month(), born.day())
        .or_else(|_| Date::new(year, 3, 1))
        .expect("a date of birth of the last 130 years has a 16th anniversary")
}

/// What a member has switched on or off in Settings, Privacy and social.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// M13: others may ask and write.
    pub messages: bool,
    /// L1: contacts see what plays.
    pub listening_activity: bool,
    /// L12: for now nothing is shared, counted or recommended from.
    pub private_session: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { messages: true, listening_activity: false, private_session: false }
    }
}

/// One of [`Switches`], by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "documented at the fields of Switches")]
pub enum Switch {
    Messages,
    ListeningActivity,
    PrivateSession,
}

impl Switches {
    /// The same with one switch turned.
    pub fn with(mut self, switch: Switch, on: bool) -> Self {
        match switch {
            Switch::Messages => self.messages = on,
            Switch::ListeningActivity => self.listening_activity = on,
            Switch::PrivateSession => self.private_session = on,
        }
        self
    }
}

/// An account as the server knows it, apart from its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each field is named by its type")]
pub struct Member {
    pub id: MemberId,
    pub username: Username,
    pub display_name: DisplayName,
    pub role: Role,
    pub tier: Tier,
    pub market: Market,
    pub age: AgeGate,
    pub switches: Switches,
    pub created_at: Timestamp,
}

/// The part of an account that other people see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: MemberId,
    /// Their display name.
    pub name: String,
}

impl Member {
    /// What others see of this account.
    pub fn person(&self) -> Person {
        Person { id: self.id, name: self.display_name.as_str().into() }
    }
}

/// What a member's own pages know about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Who.
    pub id: MemberId,
    /// The name to log in with.
    pub username: String,
    /// The name others see.
    pub name: String,
    /// What they may run.
    pub role: Role,
    /// What they may use.
    pub tier: Tier,
    /// Whether the social side is open to them (age and market); hidden everywhere when not.
    pub social: bool,
    /// Their switches.
    pub switches: Switches,
}

/// One log-in of a member, for the list in Settings (A4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// A short name of browser and system.
    pub device: String,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A country by its ISO 3166-1 alpha-2 code, in capitals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Market(String);

impl Market {
    /// Takes a code of [`COUNTRIES`], in any case.
    pub fn parse(code: &str) -> Result<Self, Refusal> {
        let code = code.trim().to_ascii_uppercase();

        if COUNTRIES.iter().any(|(known, _)| *known == code) { Ok(Self(code)) } else { Err(Refusal::MarketUnknown) }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

mod countries;
pub use countries::COUNTRIES;
