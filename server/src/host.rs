//! The machine's own clock and randomness.

use std::{
    collections::VecDeque,
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Instant, SystemTime},
};

use domain::Timestamp;
use services::ports::{Clock, Random, StoreResult};
use store::SqlStore;
use uuid::{Builder, Uuid};

/// How fast the server's time is drawn towards the wall clock, as a part of the time that passes: 0.1 ms a second, which
/// nobody hears in a Jam.
const DRAW: f64 = 0.000_1;
/// From this difference on the wall clock is taken as it is, in milliseconds: the machine has slept, or has only now
/// learnt what time it is.
const LEAP_MS: f64 = 10_000.0;

/// The server's time: it starts as the wall clock's and passes as steadily as the machine can count. When the wall clock
/// is set by a little, it follows slowly, so that no Jam jumps and no lease ends.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now_ms() as i64)
    }

    fn now_ms(&self) -> f64 {
        static STEADY: LazyLock<(Instant, Mutex<Steady>)> =
            LazyLock::new(|| (Instant::now(), Mutex::new(Steady { counted_ms: 0.0, told_ms: wall_ms() })));
        let (start, steady) = &*STEADY;

        // Counted under the lock, so that the time that is told never goes back.
        let mut steady = steady.lock().expect("nothing panics while it holds the time");
        steady.told(start.elapsed().as_secs_f64() * 1_000.0, wall_ms())
    }
}

/// The wall clock of this machine, or of the database where several nodes share one: a Jam whose members come to
/// different nodes needs one time.
fn wall_ms() -> f64 {
    own_wall_ms() + f64::from_bits(AHEAD_MS.load(Ordering::Relaxed))
}

fn own_wall_ms() -> f64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);

    since_1970.expect("the clock of a server stands after 1970").as_secs_f64() * 1_000.0
}

/// How far the database's clock is ahead of this machine's, as the bits of a number of milliseconds.
static AHEAD_MS: AtomicU64 = AtomicU64::new(0);

/// Exchanges that are remembered: the quickest of them says most about the other clock.
const EXCHANGES: usize = 16;

/// The clock of the database, asked again and again.
#[derive(Default)]
pub(crate) struct SharedTime(VecDeque<Exchange>);

/// One question and its answer.
#[derive(Clone, Copy, Debug)]
struct Exchange {
    took_ms: f64,
    ahead_ms: f64,
}

impl SharedTime {
    /// Asks once. In one process with its own database, there is nothing to ask.
    pub(crate) async fn ask(&mut self, store: &SqlStore) -> StoreResult<()> {
        let asked = own_wall_ms();
        let Some(answer) = store.clock_ms().await? else { return Ok(()) };

        self.hear(asked, answer, own_wall_ms());
        Ok(())
    }

    /// The answer was given somewhere between question and arrival: in the middle, as far as can be known.
    fn hear(&mut self, asked: f64, answer: f64, arrived: f64) {
        if self.0.len() == EXCHANGES {
            self.0.pop_front();
        }
        self.0.push_back(Exchange { took_ms: arrived - asked, ahead_ms: answer - (asked + arrived) / 2.0 });

        AHEAD_MS.store(self.ahead_ms().to_bits(), Ordering::Relaxed);
    }

    fn ahead_ms(&self) -> f64 {
        let quickest = self.0.iter().min_by(|one, other| one.took_ms.total_cmp(&other.took_ms));

        quickest.map_or(0.0, |exchange| exchange.ahead_ms)
    }
}

/// What was told last, and when by a count that nobody sets.
struct Steady {
    counted_ms: f64,
    told_ms: f64,
}

impl Steady {
    /// The time to tell, when the count and the wall clock stand here.
    fn told(&mut self, counted_ms: f64, wall_ms: f64) -> f64 {
        let passed = counted_ms - self.counted_ms;
        let steady = self.told_ms + passed;
        let off = wall_ms - steady;

        self.counted_ms = counted_ms;
        self.told_ms = if off.abs() < LEAP_MS {
            steady + off.clamp(-passed * DRAW, passed * DRAW)
        } else {
            tracing::warn!(off_s = (off / 1_000.0).round(), "the clock of this machine was set; the server follows it");
            wall_ms
        };
        self.told_ms
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: f64 = 1_772_366_400_000.0;

    #[test]
    fn j10_a_wall_clock_that_is_set_by_seconds_moves_nothing_at_once() {
        for step_ms in [-5_000.0, 5_000.0] {
            let mut steady = Steady { counted_ms: 0.0, told_ms: NOON };

            let before = steady.told(1_000.0, NOON + 1_000.0);
            let after = steady.told(1_100.0, NOON + 1_100.0 + step_ms);
            assert!((after - before - 100.0).abs() < 0.1, "{step_ms}");

            let day = 86_400_000.0;
            let next_day = steady.told(1_100.0 + day, NOON + 1_100.0 + day + step_ms);
            assert_eq!(next_day, NOON + 1_100.0 + day + step_ms, "it has followed");
        }
    }

    #[test]
    fn a_machine_that_has_slept_is_told_the_true_time() {
        let mut steady = Steady { counted_ms: 0.0, told_ms: NOON };

        assert_eq!(steady.told(1_000.0, NOON + 3_600_000.0), NOON + 3_600_000.0);
    }

    #[test]
    fn j10_the_quickest_answer_says_how_far_the_other_clock_is_ahead() {
        let mut time = SharedTime::default();
        for (took_ms, before_ms) in [(40.0, 35.0), (2.0, 1.2), (300.0, 10.0), (5.0, 4.0)] {
            // The other clock is 250 ms ahead, and the way there takes another time than the way back.
            time.hear(NOON, NOON + before_ms + 250.0, NOON + took_ms);
        }
        assert!((time.ahead_ms() - 250.0).abs() <= 1.0, "{}", time.ahead_ms());

        for _ in 0..EXCHANGES {
            time.hear(NOON, NOON + 5.0 - 3.0, NOON + 10.0);
        }
        assert!((time.ahead_ms() + 3.0).abs() < 0.01, "what it said long ago is forgotten: {}", time.ahead_ms());
        AHEAD_MS.store(0, Ordering::Relaxed);
    }

    #[test]
    fn time_never_goes_back_by_itself() {
        let mut last = 0.0;
        for _ in 0..10_000 {
            let now = SystemClock.now_ms();
            assert!(now >= last);
            last = now;
        }
    }
}
