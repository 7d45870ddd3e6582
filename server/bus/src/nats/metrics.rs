//! What a node counts of its way to the other nodes.

use std::sync::atomic::{AtomicU64, Ordering};

/// Notes since the bus began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusMetrics {
    /// Handed to NATS.
    pub sent: u64,
    /// Taken from NATS.
    pub received: u64,
    /// Heard on this node only: NATS was away, too slow, or the note too large.
    pub dropped: u64,
    /// Came from NATS and were no notes of their subject.
    pub undecodable: u64,
}

#[derive(Default)]
pub(super) struct Counters {
    pub(super) sent: Counter,
    pub(super) received: Counter,
    pub(super) dropped: Counter,
    pub(super) undecodable: Counter,
}

#[derive(Default)]
pub(super) struct Counter(AtomicU64);

impl Counters {
    pub(super) fn read(&self) -> BusMetrics {
        BusMetrics {
            sent: self.sent.read(),
            received: self.received.read(),
            dropped: self.dropped.read(),
            undecodable: self.undecodable.read(),
        }
    }
}

impl Counter {
    pub(super) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
