//! Why there is no way to the other nodes, as sentences for whoever runs the server.
//!
//! No sentence holds the address as it was given: a password or token may stand in it.

use async_nats::{ConnectErrorKind, error::Error};

/// Why a connection to NATS did not come about.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address cannot be understood.
    #[error(
        "The setting bus.url must be the address of a NATS server, such as nats://localhost:4222 or \
         tls://user:password@nats.example:4222: {reason}."
    )]
    Address {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The name of this Earshot cannot stand in a subject.
    #[error("The name under which Earshot uses NATS must be 1 to 64 letters and digits.")]
    Instance,
    /// Nothing answers there, or not as NATS does.
    #[error("No NATS server could be reached at {server}, where the setting bus.url points: {reason}.")]
    Unreachable {
        /// Its host and port.
        server: String,
        /// What happened.
        reason: String,
    },
    /// The server is there and does not let us in.
    #[error("The NATS server at {server} refuses the user, password or token in the setting bus.url.")]
    Refused {
        /// Its host and port.
        server: String,
    },
}

impl ConnectError {
    /// Whether the same address may work a little later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    pub(super) fn of(error: &Error<ConnectErrorKind>, server: &str) -> Self {
        match error.kind() {
            ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
                Self::Refused { server: server.into() }
            }
            _ => Self::Unreachable { server: server.into(), reason: error.to_string() },
        }
    }
}
