//! How a use case fails.

use domain::Refusal;

use crate::ports::StoreError;

/// The answer of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a use case was not carried out. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The member can be told why.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// Something that the server needs did not work; logged once at the edge, with a reference.
    #[error("not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::Refused(refusal),
            StoreError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}
