//! Who may ask whom to chat (rules M1 to M4): the one place that decides it.

use serde::{Deserialize, Serialize};

use crate::{InviteId, JamId, Refusal, Timestamp, time::DAY};

/// Why two members may ask each other. A past relation still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Relation {
    /// One holds an invite link that the other made.
    Invite(InviteId),
    /// They were in one Jam (J15).
    Jam(JamId),
}

/// How long an invite link opens its page, in milliseconds (M4).
pub const INVITE_LIFE_MS: i64 = 7 * DAY;
/// How long a chat request waits for its answer, in milliseconds (M3).
pub const REQUEST_LIFE_MS: i64 = 30 * DAY;
/// How long after a declined request its sender may ask once more, in milliseconds (M3).
pub const ASK_AGAIN_AFTER_MS: i64 = 30 * DAY;
/// Open requests that one member may have out (M3).
pub const OPEN_REQUESTS: u32 = 20;

/// What became of an invite link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteLife {
    /// When it stops to work.
    pub expires_at: Timestamp,
    /// When its maker took it back.
    pub revoked_at: Option<Timestamp>,
}

impl InviteLife {
    /// Whether it may still be used.
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.revoked_at.is_some() {
            return Err(Refusal::InviteRevoked);
        }
        if self.expires_at <= now { Err(Refusal::InviteExpired) } else { Ok(()) }
    }
}

/// How a chat request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestState {
    /// Waits for an answer.
    Open,
    /// Opened a conversation.
    Accepted,
    /// Said no to; the sender is not told.
    Declined,
    /// Taken back by its sender.
    Withdrawn,
}

impl RequestState {
    /// How a request stands as far as its sender knows (M3): declined looks unanswered, and taken back after that looks
    /// withdrawn.
    pub fn shown_to_sender(self, taken_back: bool) -> Self {
        match self {
            Self::Declined if taken_back => Self::Withdrawn,
            Self::Declined => Self::Open,
            state => state,
        }
    }
}

/// An earlier request in the same direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastRequest {
    /// When it was sent.
    pub sent_at: Timestamp,
    /// How it stands.
    pub state: RequestState,
    /// When it was answered or withdrawn.
    pub closed_at: Option<Timestamp>,
    /// Whether its sender took it back after it was declined, of which they do not know.
    pub taken_back: bool,
}

/// All that decides whether one member may ask another.
#[derive(Clone, Debug, Default)]
pub struct Asking {
    /// Sender and receiver are one person.
    pub oneself: bool,
    /// They have a conversation.
    pub contacts: bool,
    /// Either has blocked the other.
    pub blocked: bool,
    /// The receiver has messages on and the social side open.
    pub reachable: bool,
    /// Reasons between the two, past ones included.
    pub relations: Vec<Relation>,
    /// An open request exists in the other direction.
    pub asked_by_them: bool,
    /// Earlier requests from sender to receiver.
    pub past: Vec<PastRequest>,
    /// The sender's open requests to anybody.
    pub open_requests: u32,
}

/// Decides whether the sender may ask now, and names the relation that allows it.
///
/// A block and switched-off messages answer alike, so that nobody learns of a block.
pub fn may_ask(asking: &Asking, now: Timestamp) -> Result<Relation, Refusal> {
    if asking.oneself {
        return Err(Refusal::Yourself);
    }
    if asking.contacts && !asking.blocked {
        return Err(Refusal::AlreadyContacts);
    }
    let relation = *asking.relations.first().ok_or(Refusal::NoRelation)?;
    if asking.blocked || !asking.reachable {
        return Err(Refusal::NotReachable);
    }
    if asking.asked_by_them || asking.past.iter().any(|past| past.is_open(now)) {
        return Err(Refusal::RequestAlreadyOpen);
    }
    if !asks_again_in_time(&asking.past, now) {
        return Err(Refusal::RequestNotAgain);
    }
    if asking.open_requests >= OPEN_REQUESTS {
        return Err(Refusal::TooManyRequests { limit: OPEN_REQUESTS });
    }

    Ok(relation)
}

impl PastRequest {
    /// Whether it still waits for an answer: after 30 days it no longer does.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == RequestState::Open && now.since(self.sent_at) < REQUEST_LIFE_MS
    }

    /// The same as far as its sender knows: a declined one looks like one that nobody answers (M3).
    pub fn looks_open(&self, now: Timestamp) -> bool {
        PastRequest { state: self.state.shown_to_sender(self.taken_back), ..*self }.is_open(now)
    }

    fn declined_at(&self) -> Option<Timestamp> {
        self.closed_at.filter(|_| self.state == RequestState::Declined)
    }
}

/// One more request 30 days after the first "no", none after the second (M3).
fn asks_again_in_time(past: &[PastRequest], now: Timestamp) -> bool {
    let mut declined = past.iter().filter_map(PastRequest::declined_at);

    match (declined.next(), declined.next()) {
        (None, _) => true,
        (Some(at), None) => now.since(at) >= ASK_AGAIN_AFTER_MS,
        (Some(_), Some(_)) => false,
    }
}
