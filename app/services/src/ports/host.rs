//! Time, randomness, the master key and the scanner.

use domain::{Timestamp, library::ScanProgress};
use uuid::Uuid;

/// The server's clock.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// The same in milliseconds with their fractions: what Jams keep time by.
    fn now_ms(&self) -> f64;
}

/// Randomness.
pub trait Random: Send + Sync {
    /// A new UUIDv7 of this instant.
    fn id(&self, now: Timestamp) -> Uuid;
    /// 256 bits that nobody can guess: tokens, data keys, nonces.
    fn secret(&self) -> [u8; 32];
}

/// The master key, which never leaves its adapter.
pub trait Keys: Send + Sync {
    /// Encrypts a small secret. `context` must be given again to open it.
    fn seal(&self, secret: &[u8], context: &[u8]) -> Vec<u8>;
    /// The secret again, or nothing when key, context or bytes are not the ones that sealed it.
    fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>>;
}

/// The scanner of the music folders. It hears `Note::Rescan`.
pub trait Media: Send + Sync {
    /// How far it is, on whichever node it runs.
    fn progress(&self) -> ScanProgress;
}
