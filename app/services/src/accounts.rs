//! Signing up, logging in, sessions and switches (rules A1 to A7, M13, L1).

mod buckets;
pub(crate) mod gates;
mod guards;
mod log_in;
mod passwords;
mod sessions;
mod sign_up;
mod switches;
mod tickets;
mod tokens;

use std::net::IpAddr;

pub(crate) use buckets::Buckets;
pub use guards::Guards;
pub use tokens::SessionToken;
pub(crate) use tokens::token_hash;

/// What a person enters to sign up, as typed.
#[derive(Clone)]
#[allow(missing_docs, reason = "named like the boxes of the form")]
pub struct SignUp {
    pub username: String,
    pub display_name: String,
    pub password: String,
    /// `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// ISO code.
    pub country: String,
    /// The token of an invite link, when they came by one; it opens a server that is by invitation (A7).
    pub invite: Option<String>,
}

/// Where a request comes from.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The address, for rate limits.
    pub address: IpAddr,
    /// A short name of browser and system, for the list of sessions.
    pub device: String,
}
