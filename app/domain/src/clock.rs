//! The server's clock as a browser estimates it, and how long to wait before a new attempt to connect.
//!
//! All instants here are milliseconds as `f64`: `local` by the browser's monotonic clock, `server` since 1970 by the server's.

mod filter;

pub use filter::ClockFilter;

use serde::{Deserialize, Serialize};

/// Exchanges in a burst, of which the one with the least delay counts.
pub const BURST: usize = 8;
/// Pause between the exchanges of a burst, in milliseconds.
pub const BURST_SPACING_MS: u32 = 60;
/// From one burst to the next, in milliseconds, once the clock is known.
pub const BURST_EVERY_MS: u32 = 10_000;
/// The same for the first bursts, and after the page woke up, came to the front or changed its network.
pub const BURST_EVERY_AT_FIRST_MS: u32 = 1_000;
/// How many bursts come that fast.
pub const FIRST_BURSTS: u32 = 4;

/// The longest wait before a new attempt to connect, in milliseconds.
const RECONNECT_CAP_MS: u32 = 30_000;
/// The longest wait before the first one, in milliseconds.
const RECONNECT_FIRST_MS: u32 = 300;

/// One exchange of four timestamps: asked at `sent` (local), received at `received` and answered at `answered` (server), back at `returned` (local).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Local instant of the question.
    pub sent: f64,
    /// Server instant at which the question arrived.
    pub received: f64,
    /// Server instant at which the answer left.
    pub answered: f64,
    /// Local instant of the answer.
    pub returned: f64,
}

/// What is known about the server's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Server minus local, in milliseconds, at local instant `at`.
    pub offset_ms: f64,
    /// How much faster the server's clock runs, as a plain ratio (5e-6 is 5 ppm).
    pub drift: f64,
    /// The local instant of `offset_ms`.
    pub at: f64,
    /// One standard deviation of `offset_ms`, in milliseconds.
    pub uncertainty_ms: f64,
}

impl Exchange {
    /// Time on the road, both ways, in milliseconds.
    pub fn delay_ms(&self) -> f64 {
        (self.returned - self.sent) - (self.answered - self.received)
    }

    /// Server minus local in the middle of the exchange, in milliseconds. It is wrong by at most half of the delay.
    pub fn offset_ms(&self) -> f64 {
        ((self.received - self.sent) + (self.answered - self.returned)) / 2.0
    }

    /// The local instant of that offset.
    pub fn middle(&self) -> f64 {
        f64::midpoint(self.sent, self.returned)
    }
}

impl Estimate {
    /// The server's time at a local instant.
    pub fn server(&self, local: f64) -> f64 {
        local + self.offset_ms + self.drift * (local - self.at)
    }

    /// The local instant at which it is this time at the server.
    pub fn local(&self, server: f64) -> f64 {
        let at = server - self.offset_ms;
        at - self.drift * (at - self.at)
    }
}

/// How long to wait before attempt number `attempt` (from 0) to connect again, in milliseconds; `unit_random` is from 0 to 1.
///
/// Full jitter (Brooker, "Exponential backoff and jitter", 2015): anything up to a bound that doubles, so that the
/// pages of a restarted server come back spread out.
pub fn reconnect_delay_ms(attempt: u32, unit_random: f64) -> u32 {
    let bound_ms = RECONNECT_FIRST_MS.saturating_mul(1 << attempt.min(16)).min(RECONNECT_CAP_MS);

    (f64::from(bound_ms) * unit_random.clamp(0.0, 1.0)) as u32
}
