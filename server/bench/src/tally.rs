//! What has arrived, of all sockets together and of each.

use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::frame::{Stamp, now};

/// What all sockets of a load have received.
#[derive(Default)]
pub struct Tally {
    /// Messages, each counted once for each socket.
    arrived: AtomicU64,
    /// When so many have arrived, `complete` is told.
    awaited: AtomicU64,
    pub complete: Notify,
    pub faults: Faults,
    /// From the publishing to the reading, in microseconds.
    latencies: Mutex<Vec<u32>>,
}

/// What must not happen.
#[derive(Default)]
pub struct Faults {
    pub doubled: AtomicU64,
    pub reordered: AtomicU64,
    /// Of another room, or not readable, or a socket that broke.
    pub strange: AtomicU64,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Latency {
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
}

impl Tally {
    pub fn arrived(&self) -> u64 {
        self.arrived.load(Relaxed)
    }

    /// From now on so many are waited for in all.
    pub fn awaits(&self, messages: u64) {
        self.awaited.store(messages, Relaxed);
    }

    /// Forgets the latencies, as after warming up.
    pub fn forget_latencies(&self) {
        self.latencies().clear();
    }

    pub fn latency(&self) -> Latency {
        let mut all = self.latencies();
        all.sort_unstable();
        let at = |share: f64| all.get(((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1)));
        let ms = |share: f64| at(share).map_or(0.0, |us| f64::from(*us) / 1_000.0);

        Latency { p50_ms: ms(0.5), p99_ms: ms(0.99), max_ms: ms(1.0) }
    }

    fn count(&self, stamp: Stamp) {
        let us = (now() - stamp.published) / 1_000;
        self.latencies().push(u32::try_from(us).unwrap_or(0));

        if self.arrived.fetch_add(1, Relaxed) + 1 == self.awaited.load(Relaxed) {
            self.complete.notify_one();
        }
    }

    fn latencies(&self) -> MutexGuard<'_, Vec<u32>> {
        self.latencies.lock().expect("nothing panics while it holds the latencies")
    }
}

/// What one socket has received: a bit for each number.
pub struct Received {
    room: usize,
    numbers: Vec<u64>,
    newest: Option<u32>,
}

impl Received {
    pub fn of_room(room: usize) -> Self {
        Self { room, numbers: Vec::new(), newest: None }
    }

    pub fn take(&mut self, stamp: Option<Stamp>, tally: &Tally) {
        let faults = &tally.faults;
        let Some(stamp) = stamp.filter(|stamp| stamp.room == self.room) else {
            faults.strange.fetch_add(1, Relaxed);
            return;
        };
        if self.is_known(stamp.number) {
            faults.doubled.fetch_add(1, Relaxed);
            return;
        }
        if self.newest > Some(stamp.number) {
            faults.reordered.fetch_add(1, Relaxed);
        }

        self.newest = self.newest.max(Some(stamp.number));
        tally.count(stamp);
    }

    /// Whether this number had come already; from now on it has.
    fn is_known(&mut self, number: u32) -> bool {
        let (word, bit) = (number as usize / 64, 1 << (number % 64));
        if self.numbers.len() <= word {
            self.numbers.resize(word + 1, 0);
        }
        let known = self.numbers[word] & bit != 0;

        self.numbers[word] |= bit;
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_counted_as_what_it_is() {
        let tally = Tally::default();
        let mut received = Received::of_room(3);
        let stamp = |room, number| Some(Stamp::now(room, number));

        for arrival in [stamp(3, 0), stamp(3, 2), stamp(3, 1), stamp(3, 2), stamp(4, 3), None, stamp(3, 70)] {
            received.take(arrival, &tally);
        }

        let Faults { doubled, reordered, strange } = &tally.faults;
        assert_eq!([doubled, reordered, strange].map(|count| count.load(Relaxed)), [1, 1, 2]);
        assert_eq!(tally.arrived(), 4);
    }
}
