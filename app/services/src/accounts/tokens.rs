//! Secrets that stand for a right: who holds one may. The store knows only hashes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::Services;

/// A session token: 32 random bytes in base64url. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(pub String);

/// A new secret: what its holder gets, and what is stored.
pub(crate) struct Secret {
    pub token: String,
    pub hash: [u8; 32],
}

impl Services {
    /// A secret for a session or a link.
    pub(crate) fn fresh_secret(&self) -> Secret {
        let bytes = self.ports.random.secret();

        Secret { token: BASE64_URL_SAFE_NO_PAD.encode(bytes), hash: Sha256::digest(bytes).into() }
    }
}

/// What is stored of a token, or nothing when it is none of ours.
///
/// A fast hash is enough: there is nothing to guess in 256 random bits.
pub(crate) fn token_hash(token: &str) -> Option<[u8; 32]> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;

    (bytes.len() == 32).then(|| Sha256::digest(bytes).into())
}
