//! How each kind of value is written into an argument and read from a column.

use domain::{
    AlbumId, ArtistId, ArtworkId, ChatRequestId, ConversationId, FolderId, InviteId, JamId, JamRequestId, MemberId,
    MessageId, SessionId, TabId, Timestamp, TrackId,
    account::{DisplayName, Market, Role, Tier, Username},
    library::Artwork,
    relations::RequestState,
};
use serde::{Deserialize, de::IntoDeserializer, de::value::Error as OddText};
use services::ports::NodeId;
use sqlx::{Any, Arguments, Decode, Encode, Type, any::AnyArguments};
use uuid::Uuid;

/// A value that can be an argument.
pub(crate) trait ToSql {
    /// Puts it behind the arguments that are there.
    fn add(self, arguments: &mut AnyArguments);
}

/// A value that can be read from a column.
pub(crate) trait FromSql: Sized {
    /// What the column holds.
    type Raw: for<'r> Decode<'r, Any> + Type<Any>;

    /// The value; nothing when the column holds something odd.
    fn from_raw(raw: Self::Raw) -> Option<Self>;
}

impl<T: FromSql> FromSql for Option<T> {
    type Raw = Option<T::Raw>;

    fn from_raw(raw: Self::Raw) -> Option<Self> {
        match raw {
            Some(raw) => T::from_raw(raw).map(Some),
            None => Some(None),
        }
    }
}

fn put(arguments: &mut AnyArguments, raw: impl for<'q> Encode<'q, Any> + Type<Any>) {
    arguments.add(raw).expect("numbers, text and blobs can always be encoded");
}

/// An argument by how it becomes what the driver takes; with a `from`, a column as well.
macro_rules! value {
    ($type:ty, $into:expr) => {
        impl ToSql for $type {
            fn add(self, arguments: &mut AnyArguments) {
                put(arguments, ($into)(self));
            }
        }

        impl ToSql for Option<$type> {
            fn add(self, arguments: &mut AnyArguments) {
                put(arguments, self.map($into));
            }
        }
    };
    ($type:ty, $into:expr, $raw:ty => $from:expr) => {
        value!($type, $into);

        impl FromSql for $type {
            type Raw = $raw;

            fn from_raw(raw: $raw) -> Option<Self> {
                ($from)(raw)
            }
        }
    };
}

value!(i64, |number: i64| number, i64 => Some);
value!(i32, i64::from, i64 => |number: i64| number.try_into().ok());
value!(u32, i64::from, i64 => |number: i64| number.try_into().ok());
value!(bool, i64::from, i64 => |switch| Some(switch == 1));
value!(Timestamp, |at: Timestamp| at.0, i64 => |ms| Some(Timestamp(ms)));
value!(&str, |text: &str| text.to_owned());
value!(String, |text: String| text, String => Some);
value!(&[u8], |bytes: &[u8]| bytes.to_vec());
value!(Vec<u8>, |bytes: Vec<u8>| bytes, Vec<u8> => Some);
value!(&[u8; 32], |hash: &[u8; 32]| hash.to_vec());
value!([u8; 32], |hash: [u8; 32]| hash.to_vec(), Vec<u8> => |hash: Vec<u8>| hash.try_into().ok());

macro_rules! ids {
    ($($id:ident),+) => {$(
        value!($id, |id: $id| id.0.as_bytes().to_vec(), Vec<u8> => |id: Vec<u8>| Uuid::from_slice(&id).ok().map($id));
    )+};
}

ids!(MemberId, SessionId, FolderId, TrackId, AlbumId, ArtistId, InviteId, ChatRequestId);
ids!(ConversationId, MessageId, JamRequestId, JamId, TabId, NodeId, ArtworkId);
value!(Uuid, |id: Uuid| id.as_bytes().to_vec(), Vec<u8> => |id: Vec<u8>| Uuid::from_slice(&id).ok());

/// Names that were checked when they came in; what is stored is not checked again, so that stricter rules of later days
/// lock nobody out.
macro_rules! names {
    ($($name:ty),+) => {$(
        value!(&$name, |name: &$name| name.as_str().to_owned());

        impl FromSql for $name {
            type Raw = String;

            fn from_raw(text: String) -> Option<Self> {
                let text: serde::de::value::StringDeserializer<OddText> = text.into_deserializer();
                Self::deserialize(text).ok()
            }
        }
    )+};
}

names!(Username, DisplayName, Market);

/// Variants as the words that the checks of the migrations know.
macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        value!($type, |value: $type| String::from(match value { $($type::$variant => $word),+ }), String => |word: String| {
            match word.as_str() {
                $($word => Some($type::$variant),)+
                _ => None,
            }
        });
    };
}

words!(Role { Member = "member", Moderator = "moderator", Administrator = "administrator" });
words!(Tier { Free = "free", Premium = "premium" });
words!(RequestState { Open = "open", Accepted = "accepted", Declined = "declined", Withdrawn = "withdrawn" });

value!(&Artwork, packed);

/// 16 bytes of id, 3 of tint, and the thumbhash.
fn packed(artwork: &Artwork) -> Vec<u8> {
    [artwork.id.0.as_bytes(), &artwork.tint[..], &artwork.thumbhash].concat()
}

impl FromSql for Artwork {
    type Raw = Vec<u8>;

    fn from_raw(packed: Vec<u8>) -> Option<Self> {
        let (id, rest) = packed.split_at_checked(16)?;
        let (tint, thumbhash) = rest.split_at_checked(3)?;

        Some(Self {
            id: ArtworkId(Uuid::from_slice(id).ok()?),
            tint: tint.try_into().ok()?,
            thumbhash: thumbhash.to_vec(),
        })
    }
}
