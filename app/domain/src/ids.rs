//! Identities: one newtype per thing, each over a UUIDv7, so that a track can never be passed where a member is meant.
//!
//! New ids come in as arguments; nothing here makes one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// An account.
    MemberId,
    /// A log-in of a member on one device.
    SessionId,
    /// One open tab, for as long as its page lives. Made by the page; survives a reconnect of its socket, not a reload.
    TabId,
    /// A folder that is scanned for music.
    FolderId,
    /// A playable file.
    TrackId,
    /// An album.
    AlbumId,
    /// An artist.
    ArtistId,
    /// A picture, named by its content.
    ArtworkId,
    /// An invite link, apart from its secret token.
    InviteId,
    /// A request to chat.
    ChatRequestId,
    /// An accepted chat between two members.
    ConversationId,
    /// A message; made by the sender's device so that a retry is harmless.
    MessageId,
    /// A request to start a Jam in a conversation.
    JamRequestId,
    /// A Jam.
    JamId,
    /// One row of a Jam's queue; made by the adder's device so that a retry is harmless.
    RowId,
}
