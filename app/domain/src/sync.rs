//! The closed loop of a Jam: how far a tab is heard from the shared instant, and what it does about that (J10).
//!
//! Audio hardware runs some millionths too fast or too slow, and one ideal start still lands milliseconds off. So the tab
//! measures for the whole song, filters, and corrects so gently that nobody hears it. No reading is trusted by itself: they
//! scatter by some milliseconds, are wrong by a whole audio block in the first seconds, and now and then by far more.
//!
//! Readings are *expected minus heard*, in milliseconds: above zero, the tab is late and must hurry. Instants are the
//! browser's monotonic clock in milliseconds. Deliberately absent: how a position is measured, and how a rate is applied.

use std::collections::VecDeque;

/// The most that a rate differs from 1: 0.3 %, which nobody hears.
pub const MOST_RATE: f64 = 0.003;
/// An error is corrected from here on, in milliseconds.
pub const CORRECT_FROM_MS: f64 = 1.0;
/// A correction under way goes on down to here, in milliseconds, so that it does not flutter at its threshold.
pub const CORRECT_TO_MS: f64 = 0.25;
/// From here on a rate would take too long, in milliseconds.
pub const JUMP_FROM_MS: f64 = 60.0;

/// Readings older than this are forgotten, in milliseconds.
const WINDOW_MS: f64 = 2_500.0;
/// The most readings of a window; above, the oldest go first.
const WINDOW_READINGS: usize = 64;
/// With fewer readings nothing is known.
const FEWEST_READINGS: usize = 5;
/// After a start, errors of up to a block are not believed for so long, in milliseconds.
const SETTLE_MS: f64 = 2_000.0;
/// An audio block of 512 samples and some scatter, in milliseconds.
const BLOCK_MS: f64 = 12.0;
/// Time constant of the smoothing behind the median, in milliseconds.
const SMOOTH_MS: f64 = 600.0;
/// Within so many milliseconds an error would be gone if the rate held.
const CORRECT_WITHIN_MS: f64 = 3_000.0;

/// What a tab does about its error until the next reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Correction {
    /// Plays at its own speed.
    None,
    /// Plays at this speed; 1 is its own.
    Rate(f64),
    /// Starts again at a fresh position: too far off for a rate. The filter has started over.
    Jump,
}

/// Filters readings and decides what to do: a median over a window, then smoothing.
///
/// The filter counts on its decisions being followed: what a rate has made good since a reading was taken is taken off that
/// reading, so that old readings do not push on once the work is done.
#[derive(Clone, Debug, Default)]
pub struct HeardFilter {
    readings: VecDeque<Reading>,
    first_at: Option<f64>,
    last_at: f64,
    /// How far rates have moved the tab since the start, in milliseconds.
    moved_ms: f64,
    rate: f64,
    /// The smoothed error as it would be had no rate ever been applied.
    unmoved_ms: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: f64,
    /// What the reading would be had no rate ever been applied.
    unmoved_ms: f64,
}

impl HeardFilter {
    /// Takes a reading in and answers what to do until the next. Readings that are no number change nothing.
    pub fn feed(&mut self, now: f64, error_ms: f64) -> Correction {
        if error_ms.is_finite() && now >= self.last_at {
            self.take(now, error_ms);
        }

        let correction = self.correction();
        match correction {
            Correction::None => self.rate = 0.0,
            Correction::Rate(rate) => self.rate = rate - 1.0,
            Correction::Jump => self.start_over(),
        }
        correction
    }

    /// The error as far as it is known, in milliseconds; nothing in the first moments after a start.
    pub fn error_ms(&self) -> Option<f64> {
        self.unmoved_ms.map(|unmoved_ms| unmoved_ms - self.moved_ms)
    }

    /// The tab starts again, at another place or after a pause: earlier readings say nothing any more.
    pub fn start_over(&mut self) {
        *self = Self::default();
    }

    fn take(&mut self, now: f64, error_ms: f64) {
        let dt = if self.first_at.is_some() { now - self.last_at } else { 0.0 };
        self.first_at.get_or_insert(now);
        self.last_at = now;
        self.moved_ms += self.rate * dt;

        self.readings.push_back(Reading { at: now, unmoved_ms: error_ms + self.moved_ms });
        while self.readings.front().is_some_and(|oldest| now - oldest.at > WINDOW_MS)
            || self.readings.len() > WINDOW_READINGS
        {
            self.readings.pop_front();
        }

        if self.readings.len() >= FEWEST_READINGS {
            let median = self.median();
            self.unmoved_ms = Some(match self.unmoved_ms {
                // The first seconds can be wrong by a block; smoothing would only carry that on.
                Some(smooth) if self.is_settled() => smooth + (median - smooth) * (1.0 - (-dt / SMOOTH_MS).exp()),
                _ => median,
            });
        }
    }

    fn correction(&self) -> Correction {
        let Some(error_ms) = self.error_ms() else {
            return Correction::None;
        };
        if self.is_far_off() {
            return Correction::Jump;
        }

        let from_ms = if self.rate == 0.0 { CORRECT_FROM_MS } else { CORRECT_TO_MS };
        let believed_from_ms = if self.is_settled() { 0.0 } else { BLOCK_MS };
        if error_ms.abs() < from_ms.max(believed_from_ms) {
            return Correction::None;
        }
        Correction::Rate(1.0 + (error_ms / CORRECT_WITHIN_MS).clamp(-MOST_RATE, MOST_RATE))
    }

    /// Whether three quarters of the window agree that a jump is due, so that a few wild readings never cause one.
    fn is_far_off(&self) -> bool {
        let far =
            |sign: f64| self.readings.iter().filter(|r| (r.unmoved_ms - self.moved_ms) * sign > JUMP_FROM_MS).count();
        let enough = (self.readings.len() * 3).div_ceil(4).max(FEWEST_READINGS);

        far(1.0) >= enough || far(-1.0) >= enough
    }

    fn is_settled(&self) -> bool {
        self.first_at.is_some_and(|first| self.last_at - first >= SETTLE_MS)
    }

    fn median(&self) -> f64 {
        let mut sorted: Vec<f64> = self.readings.iter().map(|reading| reading.unmoved_ms).collect();
        sorted.sort_unstable_by(f64::total_cmp);

        let middle = sorted.len() / 2;
        if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
    }
}
