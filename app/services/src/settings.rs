//! What an administrator can change, as far as use cases care.

use domain::account::Tier;

/// Who may sign up (A7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignUps {
    /// Everybody.
    Open,
    /// Holders of an invite link.
    Invited,
    /// Nobody.
    Closed,
}

/// The parameters of argon2id. Hashes that exist keep the cost that they were made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory for one hash, in KiB; at least 8.
    pub memory_kib: u32,
    /// Passes over that memory; at least 1.
    pub passes: u32,
}

/// Settings of the use cases, with the defaults of the product.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A7. The first account may always be made.
    pub sign_ups: SignUps,
    /// A2: what a new account gets.
    pub tier: Tier,
    /// M17: messages a minute in the long run.
    pub messages_a_minute: u32,
    /// M17: messages at once.
    pub message_burst: u32,
    /// Sign-ups an hour from one address.
    pub sign_ups_an_hour: u32,
    /// Failed log-ins a minute from one address, and as many for one username.
    pub failed_log_ins_a_minute: u32,
    /// What a password hash costs whoever guesses, and this server.
    pub password_cost: PasswordCost,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sign_ups: SignUps::Open,
            tier: Tier::Premium,
            messages_a_minute: 30,
            message_burst: 120,
            sign_ups_an_hour: 20,
            failed_log_ins_a_minute: 10,
            password_cost: PasswordCost { memory_kib: 19 * 1_024, passes: 2 },
        }
    }
}
