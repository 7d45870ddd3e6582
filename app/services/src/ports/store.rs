//! The truth: everything that must survive.
//!
//! Methods that add to inboxes assign each entry its place under a lock on the recipient, in the same transaction as the
//! data, and answer the new heads so that a hint can be sent. The store decrypts nothing.

mod accounts;
mod contacts;
mod jams;
mod library;
mod messages;

use domain::{MemberId, Refusal};

pub use accounts::{AccountStore, LogInKey, StoredAge, StoredLogIn, StoredMember, StoredSession};
pub use contacts::{Contact, ContactStore, StoredChatRequest, StoredInvite};
pub use jams::{JamMark, JamStore, StoredJam, StoredJamRequest};
pub use library::{AlbumTags, ArtistTags, KnownFile, LibraryStore, ScannedTrack, StoredFile};
pub use messages::{Appended, InboxSubject, Marks, MessageStore, StoredConversation, StoredEntry, StoredMessage};

/// The answer of a store.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why a transaction did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A constraint says no, and a member can be told so.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The database did not answer, or not sensibly.
    #[error("the database: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// An inbox that has grown, and where it ends now.
pub type Head = (MemberId, i64);

/// All stores in one.
pub trait Store: AccountStore + ContactStore + MessageStore + JamStore + LibraryStore {}

impl<T: AccountStore + ContactStore + MessageStore + JamStore + LibraryStore> Store for T {}
