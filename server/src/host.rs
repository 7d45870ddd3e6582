//! The machine's own clock and randomness.

use std::time::SystemTime;

use domain::Timestamp;
use services::ports::{Clock, Random};
use uuid::{Builder, Uuid};

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let ms = since_1970.expect("the clock of a server stands after 1970").as_millis();

        Timestamp(i64::try_from(ms).expect("milliseconds since 1970 fit for the next 292 million years"))
    }
}

/// The system's generator.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn id(&self, now: Timestamp) -> Uuid {
        Builder::from_unix_timestamp_millis(now.0.unsigned_abs(), &rand::random()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}
