//! Jam requests (rules R1 to R5): what they are and how they end.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, JamId, JamRequestId, Timestamp,
    account::{Person, Tier},
    time::MINUTE,
};

/// How long a Jam request waits for its answer, in milliseconds (R4).
pub const JAM_REQUEST_LIFE_MS: i64 = 5 * MINUTE;

/// How a Jam request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JamRequestState {
    /// Waits for an answer.
    Open,
    /// Started this Jam.
    Accepted(JamId),
    /// Said no to.
    Declined,
    /// Taken back, overtaken (R5) or too old (R4).
    Gone,
}

/// A Jam request as both sides see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JamRequestView {
    /// Which.
    pub id: JamRequestId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Who asks.
    pub from: Person,
    /// Who is asked.
    pub to: Person,
    /// When it disappears by itself.
    pub expires_at: Timestamp,
    /// How it stands.
    pub state: JamRequestState,
}

impl JamRequestView {
    /// Whether it can still be answered.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == JamRequestState::Open && now < self.expires_at
    }
}

/// Whether a member of this tier may host a Jam (R1, R3, J1).
pub fn may_host(tier: Tier) -> bool {
    tier == Tier::Premium
}
