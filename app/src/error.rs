//! How a server function fails, as pages see it.

use domain::Refusal;
use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::{codec::PostcardEncoding, error::ServerFnUrlError},
};
use serde::{Deserialize, Serialize};

/// Why a command or a load did not work. `Display` is the sentence for the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiError {
    /// A rule says no.
    Refused(Refusal),
    /// Something failed on the server; its log has the reason under this reference.
    Unavailable {
        /// Six letters.
        reference: String,
    },
    /// The server was not reached or did not understand.
    Transport(String),
}

impl ApiError {
    /// Reads the reason that a plain form brought back in the address of its page.
    pub fn from_address(encoded: &str) -> Self {
        ServerFnUrlError::decode_err(encoded)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Unavailable { reference } => {
                write!(f, "That did not work just now. Try again in a moment. (Reference {reference})")
            }
            Self::Transport(_) => f.write_str("The server did not answer. Check your connection and try again."),
        }
    }
}

impl std::error::Error for ApiError {}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl FromServerFnError for ApiError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Transport(error.to_string())
    }
}
