//! Stand-ins for the machine: a clock that is moved by hand, randomness that repeats, a key, a scanner and a bus.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, Weak,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use domain::{Timestamp, library::ScanProgress};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::ports::{Bus, Clock, Delivery, Keys, Media, Note, Random, Subscription, Topic, Watching};

/// A clock that stands still until a test moves it.
pub struct HandClock(AtomicI64);

impl HandClock {
    /// Noon of 1 March 2026, UTC.
    pub const START: Timestamp = Timestamp(1_772_366_400_000);

    /// Moves on by some milliseconds.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    /// Jumps to an instant.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Default for HandClock {
    fn default() -> Self {
        Self(AtomicI64::new(Self::START.0))
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    /// A quarter past, so that it is noticed when somebody rounds.
    fn now_ms(&self) -> f64 {
        self.now().0 as f64 + 0.25
    }
}

/// Randomness that is the same in every run.
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// Different seeds give different ids and secrets.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().expect("no test panics while it holds the generator").fill_bytes(&mut bytes);
        bytes
    }
}

impl Random for SeededRandom {
    fn id(&self, now: Timestamp) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(now.0.unsigned_abs(), &self.bytes()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        self.bytes()
    }
}

/// A master key that everybody knows; the encryption is real.
#[derive(Default)]
pub struct PlainKeys {
    sealed: AtomicU64,
}

impl PlainKeys {
    fn cipher() -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from([7; 32]))
    }
}

impl Keys for PlainKeys {
    fn seal(&self, secret: &[u8], context: &[u8]) -> Vec<u8> {
        let mut nonce = [0; 24];
        nonce[..8].copy_from_slice(&self.sealed.fetch_add(1, Ordering::SeqCst).to_le_bytes());

        let payload = Payload { msg: secret, aad: context };
        let sealed = Self::cipher().encrypt(&XNonce::from(nonce), payload).expect("small secrets can be encrypted");
        [&nonce[..], &sealed].concat()
    }

    fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<24>()?;

        Self::cipher().decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context }).ok()
    }
}

/// A scanner that never scans.
#[derive(Default)]
pub struct QuietMedia {
    progress: Mutex<ScanProgress>,
}

impl QuietMedia {
    /// From now on it is this far.
    pub fn scans(&self, progress: ScanProgress) {
        *self.progress.lock().expect("no test panics while it holds the progress") = progress;
    }
}

impl Media for QuietMedia {
    fn progress(&self) -> ScanProgress {
        self.progress.lock().expect("no test panics while it holds the progress").clone()
    }
}

/// Notes that wait for one reader. Those that come when there are more are lost to it, and it is told so.
const BUS_NOTES: usize = 1_024;

/// A bus in one process that also remembers every note.
#[derive(Default)]
pub struct MemoryBus {
    state: Mutex<BusState>,
}

#[derive(Default)]
struct BusState {
    notes: Vec<Note>,
    readers: Vec<Arc<Reader>>,
    /// Notes reach nobody.
    mute: bool,
}

struct Reader {
    topics: Mutex<HashSet<Topic>>,
    waiting: mpsc::Sender<Delivery>,
    lost: AtomicBool,
}

impl MemoryBus {
    /// Everything that was published since the last call.
    pub fn notes(&self) -> Vec<Note> {
        std::mem::take(&mut self.state().notes)
    }

    /// From now on notes reach nobody, or do again, without a word about it.
    pub fn mute(&self, mute: bool) {
        self.state().mute = mute;
    }

    /// From now on notes reach nobody, and readers know.
    pub fn interrupt(&self) {
        self.mute(true);
        self.tell(Delivery::Interrupted);
    }

    /// They do again.
    pub fn restore(&self) {
        self.mute(false);
        self.tell(Delivery::Lost);
    }

    fn tell(&self, delivery: Delivery) {
        for reader in &self.state().readers {
            let _ = reader.waiting.try_send(delivery.clone());
        }
    }

    fn state(&self) -> MutexGuard<'_, BusState> {
        self.state.lock().expect("no test panics while it holds the bus")
    }
}

impl Reader {
    fn topics(&self) -> MutexGuard<'_, HashSet<Topic>> {
        self.topics.lock().expect("no test panics while it holds the topics")
    }

    fn put(&self, note: &Note) {
        let wanted = self.topics().contains(&note.topic());
        if wanted && self.waiting.try_send(Delivery::Note(note.clone())).is_err() {
            self.lost.store(true, Ordering::SeqCst);
        }
    }
}

#[async_trait]
impl Bus for MemoryBus {
    async fn publish(&self, note: Note) {
        // One lock for the record and all readers, so that they agree on the order.
        let mut state = self.state();
        state.readers.retain(|reader| !reader.waiting.is_closed());

        if !state.mute {
            state.readers.iter().for_each(|reader| reader.put(&note));
        }
        state.notes.push(note);
    }

    async fn subscribe(&self) -> Box<dyn Subscription> {
        let (waiting, notes) = mpsc::channel(BUS_NOTES);
        let reader = Arc::new(Reader { topics: Mutex::default(), waiting, lost: AtomicBool::new(false) });

        self.state().readers.push(reader.clone());
        Box::new(MemorySubscription { reader: Arc::downgrade(&reader), notes })
    }
}

/// Holds its reader weakly: when the bus is dropped, so is the sending end.
struct MemorySubscription {
    reader: Weak<Reader>,
    notes: mpsc::Receiver<Delivery>,
}

#[async_trait]
impl Subscription for MemorySubscription {
    fn watch(&mut self, topics: &[Topic]) -> Watching {
        if let Some(reader) = self.reader.upgrade() {
            reader.topics().extend(topics);
        }

        Box::pin(std::future::ready(()))
    }

    fn unwatch(&mut self, topic: Topic) {
        if let Some(reader) = self.reader.upgrade() {
            reader.topics().remove(&topic);
        }
    }

    async fn next(&mut self) -> Delivery {
        loop {
            let lost = self.reader.upgrade().is_some_and(|reader| reader.lost.swap(false, Ordering::SeqCst));
            if lost {
                return Delivery::Lost;
            }
            let Some(delivery) = self.notes.recv().await else { return Delivery::Closed };

            // A topic that was unwatched meanwhile is heard no longer.
            let Delivery::Note(note) = &delivery else { return delivery };
            if self.reader.upgrade().is_none_or(|reader| reader.topics().contains(&note.topic())) {
                return delivery;
            }
        }
    }
}
