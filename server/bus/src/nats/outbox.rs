//! What waits to be handed to NATS: bounded in number and in bytes, so that publishing never waits.
//!
//! Each session opens an outbox of its own, and what waits in it goes with the session. Without one nothing is kept: a
//! hint that comes late is worth nothing.

use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Notes that wait at most. One more is dropped; other nodes find out when they next read the store.
const NOTES: usize = 1_024;
/// Bytes of these notes.
const BYTES: usize = 4 * 1024 * 1024;

/// Where notes are put.
#[derive(Default)]
pub(super) struct Outbox(Mutex<Slot>);

#[derive(Default)]
enum Slot {
    /// There was no session yet.
    #[default]
    New,
    Open {
        notes: mpsc::Sender<Outgoing>,
        room: Arc<Semaphore>,
    },
    /// There will be no session any more.
    Closed,
}

/// One note on its way.
pub(super) struct Outgoing {
    pub(super) subject: String,
    pub(super) payload: Bytes,
    _room: OwnedSemaphorePermit,
}

impl Outbox {
    pub(super) fn is_open(&self) -> bool {
        matches!(&*self.lock(), Slot::Open { notes, .. } if !notes.is_closed())
    }

    /// Whether there was room for it.
    pub(super) fn put(&self, subject: String, payload: Bytes) -> bool {
        let slot = self.lock();
        let Slot::Open { notes, room } = &*slot else { return false };

        // Notes are far smaller than what a permit counts to.
        let Ok(_room) = room.clone().try_acquire_many_owned(payload.len() as u32) else { return false };
        notes.try_send(Outgoing { subject, payload, _room }).is_ok()
    }

    /// Notes are kept from now on for the session that asks; none when there is to be no session any more.
    pub(super) fn open(&self) -> Option<mpsc::Receiver<Outgoing>> {
        let mut slot = self.lock();
        if matches!(*slot, Slot::Closed) {
            return None;
        }

        let (notes, taken) = mpsc::channel(NOTES);
        *slot = Slot::Open { notes, room: Arc::new(Semaphore::new(BYTES)) };
        Some(taken)
    }

    /// No more notes are taken, and no session begins any more. What waits is still sent.
    pub(super) fn close(&self) {
        *self.lock() = Slot::Closed;
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().expect("nothing panics while it puts a note away")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outbox_is_bounded_in_number_and_in_bytes() {
        let outbox = Outbox::default();
        assert!(!outbox.put("s".into(), Bytes::new()), "nothing is kept without a session");

        for (payload, fit) in [(Bytes::from_static(b"x"), NOTES), (Bytes::from(vec![0; BYTES / 8]), 8)] {
            let mut taken = outbox.open().expect("a session is welcome");
            let kept = (0..2 * NOTES).filter(|_| outbox.put("s".into(), payload.clone())).count();
            assert_eq!(kept, fit);

            taken.try_recv().expect("one of them");
            assert!(outbox.put("s".into(), payload), "there is room again");
        }
    }

    #[test]
    fn an_outbox_ends_with_its_session() {
        let outbox = Outbox::default();

        drop(outbox.open());

        assert!(!outbox.is_open() && !outbox.put("s".into(), Bytes::new()));
        assert!(outbox.open().is_some_and(|mut taken| taken.try_recv().is_err()));
    }

    #[test]
    fn a_closed_outbox_stays_closed() {
        let outbox = Outbox::default();

        let mut taken = outbox.open().expect("a session is welcome");
        assert!(outbox.put("s".into(), Bytes::new()));
        outbox.close();

        assert!(!outbox.is_open() && !outbox.put("s".into(), Bytes::new()));
        assert!(outbox.open().is_none());
        assert!(taken.try_recv().is_ok(), "what waited is still there");
    }
}
