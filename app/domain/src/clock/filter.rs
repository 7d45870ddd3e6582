//! From exchanges to an estimate: least delay within a burst, then a Kalman filter over offset and drift.
//!
//! The four-timestamp exchange and its bound are NTP's (RFC 5905); the filter is the textbook one of a clock with two
//! states. An asymmetry that never changes cannot be seen by any two-way exchange and stays in the estimate.

use super::{BURST, BURST_EVERY_AT_FIRST_MS, BURST_EVERY_MS, BURST_SPACING_MS, Estimate, Exchange, FIRST_BURSTS};

/// An exchange that comes so long after the one before it opens a new burst, in milliseconds.
const BURST_GAP_MS: f64 = 600.0;
/// One standard deviation of an exchange that met no queue, in milliseconds.
const NOISE_MS: f64 = 0.2;
/// One standard deviation of the drift before anything is known: 40 parts per million.
const FIRST_DRIFT: f64 = 40e-6;
/// How fast the offset becomes uncertain by itself, in square milliseconds per millisecond.
const OFFSET_WANDERS: f64 = 1e-6;
/// How fast the drift does: a quartz that warms up changes by about a millionth in minutes.
const DRIFT_WANDERS: f64 = 1e-17;
/// Beyond so many standard deviations, an exchange is an outlier.
const OUTLIER: f64 = 4.0;
/// After so many bursts of outliers in a row, it is the estimate that is wrong.
const OUTLIER_BURSTS: u32 = 3;

/// Estimates the server's clock.
///
/// After each exchange the estimate is that of all finished bursts and of the best exchange so far in the present one, so
/// a first answer is there after one exchange. A clock that stepped, or stood still while a laptop slept, is noticed by an
/// offset that half of the delay cannot explain; then the filter starts anew.
#[derive(Clone, Debug, Default)]
pub struct ClockFilter {
    /// What finished bursts say.
    settled: Option<Belief>,
    /// The same with the best exchange of the present burst.
    present: Option<Belief>,
    best: Option<Exchange>,
    best_is_outlier: bool,
    in_burst: usize,
    /// The delays of the present burst, added up.
    delays_ms: f64,
    last_returned: f64,
    /// The least delay of late. It rises slowly, as a route can become longer.
    least_delay_ms: f64,
    /// How far an exchange of late exceeds the least of its burst, on average: how much queues there are.
    queues_ms: Option<f64>,
    bursts: u32,
    outlier_bursts: u32,
}

/// Offset and drift at a local instant, with their covariance.
#[derive(Clone, Copy, Debug)]
struct Belief {
    at: f64,
    offset: f64,
    drift: f64,
    offset_variance: f64,
    covariance: f64,
    drift_variance: f64,
}

/// What became of an exchange.
enum Verdict {
    Taken(Belief),
    Outlier,
    Impossible,
}

impl ClockFilter {
    /// Takes an exchange in. Those of a burst follow each other by [`BURST_SPACING_MS`] or little more.
    pub fn feed(&mut self, exchange: Exchange) {
        let delay_ms = exchange.delay_ms();
        if !delay_ms.is_finite() || delay_ms < 0.0 {
            return;
        }
        if self.in_burst >= BURST || exchange.sent - self.last_returned > BURST_GAP_MS {
            self.end_burst();
        }
        self.in_burst += 1;
        self.delays_ms += delay_ms;
        self.last_returned = exchange.returned;

        if self.best.is_none_or(|best| delay_ms < best.delay_ms()) {
            self.best = Some(exchange);
            self.weigh(exchange);
        }
    }

    /// What is known now; nothing before the first exchange.
    pub fn estimate(&self) -> Option<Estimate> {
        self.present.map(|belief| Estimate {
            offset_ms: belief.offset,
            drift: belief.drift,
            at: belief.at,
            uncertainty_ms: belief.offset_variance.sqrt(),
        })
    }

    /// How long to wait from the last exchange of a burst to the first of the next, in milliseconds.
    pub fn next_burst_in_ms(&self) -> u32 {
        if self.bursts < FIRST_BURSTS { BURST_EVERY_AT_FIRST_MS } else { BURST_EVERY_MS }
    }

    /// How long to wait before the next exchange, in milliseconds: a short pause within a burst, a long one after it.
    pub fn next_exchange_in_ms(&self) -> u32 {
        match self.in_burst {
            0 => 0,
            BURST.. => self.next_burst_in_ms(),
            _ => BURST_SPACING_MS,
        }
    }

    /// The page woke up, came to the front, or changed its network: bursts come fast again, beginning now.
    pub fn hurry(&mut self) {
        self.end_burst();
        self.bursts = 0;
    }

    fn end_burst(&mut self) {
        let Some(best) = self.best.take() else {
            return;
        };
        self.learn_queues(best.delay_ms());
        self.bursts = self.bursts.saturating_add(1);
        self.least_delay_ms += (best.delay_ms() - self.least_delay_ms).max(0.0) * 0.1;

        self.outlier_bursts = if self.best_is_outlier { self.outlier_bursts + 1 } else { 0 };
        if self.outlier_bursts >= OUTLIER_BURSTS {
            self.start_over(best);
        }
        self.settled = self.present;
    }

    fn learn_queues(&mut self, least_ms: f64) {
        let spread_ms = self.delays_ms / self.in_burst as f64 - least_ms;
        let before_ms = self.queues_ms.unwrap_or(spread_ms);

        self.queues_ms = Some(before_ms + (spread_ms - before_ms) * 0.3);
        self.in_burst = 0;
        self.delays_ms = 0.0;
    }

    /// One standard deviation of an exchange, in milliseconds. What it waited in queues may all be on one way, and where
    /// there are queues, even the least delay known may have met one.
    fn noise_ms(&self, exchange: &Exchange) -> f64 {
        let waited_ms = (exchange.delay_ms() - self.least_delay_ms).max(0.0);

        NOISE_MS + waited_ms / 2.0 + self.queues_ms.unwrap_or(0.0) / 4.0
    }

    fn weigh(&mut self, exchange: Exchange) {
        let Some(settled) = self.settled else {
            return self.start_over(exchange);
        };
        self.least_delay_ms = self.least_delay_ms.min(exchange.delay_ms());

        let verdict = settled.with(&exchange, self.noise_ms(&exchange));
        self.best_is_outlier = matches!(verdict, Verdict::Outlier);
        match verdict {
            Verdict::Taken(belief) => self.present = Some(belief),
            Verdict::Outlier => self.present = Some(settled),
            Verdict::Impossible => {
                self.start_over(exchange);
                self.settled = None;
                self.bursts = 0;
            }
        }
    }

    /// Believes this exchange alone, as far as its delay allows.
    fn start_over(&mut self, exchange: Exchange) {
        let noise = NOISE_MS + exchange.delay_ms() / 4.0;

        self.least_delay_ms = exchange.delay_ms();
        self.outlier_bursts = 0;
        self.best_is_outlier = false;
        self.present = Some(Belief {
            at: exchange.middle(),
            offset: exchange.offset_ms(),
            drift: 0.0,
            offset_variance: noise * noise,
            covariance: 0.0,
            drift_variance: FIRST_DRIFT * FIRST_DRIFT,
        });
    }
}

impl Belief {
    /// The same belief at another local instant.
    fn moved_to(self, at: f64) -> Self {
        let dt = (at - self.at).max(0.0);

        Self {
            at,
            offset: self.offset + self.drift * dt,
            offset_variance: self.offset_variance
                + dt * (2.0 * self.covariance + dt * self.drift_variance)
                + OFFSET_WANDERS * dt,
            covariance: self.covariance + dt * self.drift_variance,
            drift_variance: self.drift_variance + DRIFT_WANDERS * dt,
            drift: self.drift,
        }
    }

    fn with(self, exchange: &Exchange, noise_ms: f64) -> Verdict {
        // A local clock that ran backwards measures nothing against what was known before.
        if exchange.middle() < self.at - BURST_GAP_MS {
            return Verdict::Impossible;
        }
        let before = self.moved_to(exchange.middle());
        let surprise = exchange.offset_ms() - before.offset;
        let variance = before.offset_variance + noise_ms * noise_ms;

        if surprise.abs() > exchange.delay_ms() / 2.0 + OUTLIER * before.offset_variance.sqrt() + 1.0 {
            return Verdict::Impossible;
        }
        if surprise.abs() > OUTLIER * variance.sqrt() {
            return Verdict::Outlier;
        }
        Verdict::Taken(before.corrected(surprise, variance))
    }

    fn corrected(self, surprise: f64, variance: f64) -> Self {
        let offset_gain = self.offset_variance / variance;
        let drift_gain = self.covariance / variance;

        Self {
            at: self.at,
            offset: self.offset + offset_gain * surprise,
            drift: self.drift + drift_gain * surprise,
            offset_variance: (1.0 - offset_gain) * self.offset_variance,
            covariance: (1.0 - offset_gain) * self.covariance,
            drift_variance: self.drift_variance - drift_gain * self.covariance,
        }
    }
}
