//! The bus between several processes that share a NATS server.
//!
//! A note reaches the readers of its own process at once, as on [`LocalBus`](crate::LocalBus), whatever becomes of
//! NATS. Besides it is said there, on the subject of its topic, for the other processes; NATS does not send it back.
//! A process hears only the subjects of topics that one of its readers watches.
//!
//! ```text
//! publish ──┬── readers of this process                                    ┌── readers of another process
//!           └── outbox ── session ══ NATS ══ session ── inlets ── decode ──┘
//! watch ─────── interest ─┘  │                  └─ echo: what NATS has taken in
//!                            └─ link: the next session when this one is lost
//! ```
//!
//! When the connection is lost, readers are told [`Delivery::Interrupted`], and [`Delivery::Lost`] when everything
//! they watch is heard again. Meanwhile nothing is kept for other nodes, and watching does not wait.
//!
//! All of this holds for processes on one NATS server. On a cluster of several the notes arrive too, but "watched" is
//! then certain for the nodes on the same server only, and a rift inside of the cluster is not told.

mod address;
mod connect_error;
mod echo;
mod inlets;
mod interest;
mod link;
mod metrics;
mod outbox;
mod session;
mod wire;

use std::{
    convert::Infallible,
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use services::ports::{Bus, Delivery, Note, Subscription, Topic, Watching};
use tokio::sync::oneshot;

pub use connect_error::ConnectError;
pub use metrics::BusMetrics;

use crate::readers::{Reader, Readers};
use address::Address;
use interest::Interest;
use metrics::Counters;
use outbox::Outbox;
use session::{Session, Work};
use wire::Subjects;

/// Carries notes between processes. Clones are the same bus; it closes when the last one is dropped.
#[derive(Clone)]
pub struct NatsBus {
    owner: Arc<Owner>,
}

/// What the clones share. The tasks and the subscriptions do not keep it alive.
struct Owner {
    shared: Arc<Shared>,
    _stop: oneshot::Sender<Infallible>,
}

struct Shared {
    subjects: Subjects,
    readers: Readers,
    interest: Arc<Interest>,
    outbox: Outbox,
    counters: Counters,
    connected: AtomicBool,
}

impl NatsBus {
    /// Connects, once: whoever wants to wait for NATS tries again. From then on the bus connects again by itself.
    ///
    /// `url` is `nats://` or `tls://`, host and port, with `token@` or `user:password@` before the host where NATS
    /// wants that. `instance` keeps apart the Earshots that share a NATS: all processes of one give the same letters
    /// and digits.
    pub async fn connect(url: &str, instance: &str) -> Result<Self, ConnectError> {
        let address = Address::parse(url)?;
        let shared = Arc::new(Shared::new(Subjects::of_instance(instance)?));
        let session = Session::open(&address, &shared).await?;

        let work = shared.begin().expect("nobody has closed the bus yet");
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(link::keep(shared.clone(), address, session, work, stopped));

        Ok(Self { owner: Arc::new(Owner { shared, _stop: stop }) })
    }

    /// Whether other nodes are heard, as far as is known.
    pub fn connected(&self) -> bool {
        self.owner.shared.connected.load(Ordering::Relaxed)
    }

    /// What was counted so far.
    pub fn metrics(&self) -> BusMetrics {
        self.owner.shared.counters.read()
    }
}

#[async_trait]
impl Bus for NatsBus {
    async fn publish(&self, note: Note) {
        let shared = &self.owner.shared;
        let topic = note.topic();

        shared.readers.deliver(topic, &note);
        shared.send(topic, &note);
    }

    async fn subscribe(&self) -> Box<dyn Subscription> {
        let shared = &self.owner.shared;

        Box::new(NatsSubscription { reader: shared.readers.add(), interest: shared.interest.clone() })
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.outbox.close();
        self.shared.readers.close();
    }
}

impl Shared {
    fn new(subjects: Subjects) -> Self {
        Self {
            subjects,
            readers: Readers::default(),
            interest: Arc::default(),
            outbox: Outbox::default(),
            counters: Counters::default(),
            connected: AtomicBool::new(true),
        }
    }

    /// What the next session does first; none when the bus is gone.
    fn begin(&self) -> Option<Work> {
        let outbox = self.outbox.open()?;

        Some(Work { round: self.interest.begin(), outbox })
    }

    fn send(&self, topic: Topic, note: &Note) {
        if !self.outbox.is_open() {
            return self.drop_note(&"there is no connection");
        }
        let Some(payload) = wire::encode(note) else { return self.drop_note(&"it is too large") };

        if !self.outbox.put(self.subjects.topic(topic), payload) {
            self.drop_note(&"too many wait already");
        }
    }

    fn drop_note(&self, reason: &dyn Display) {
        self.counters.dropped.add_one();
        tracing::debug!(%reason, "a note is not sent to other nodes");
    }

    /// NATS has taken in what a round asked for, and with that all that was wanted when the session began.
    fn worked_off(&self, round: u64) {
        let in_doubt = self.interest.worked_off(round);

        self.connected.store(true, Ordering::Relaxed);
        self.readers.restore();
        if in_doubt {
            self.readers.lose();
        }
    }

    fn interrupt(&self) {
        self.connected.store(false, Ordering::Relaxed);
        self.interest.end();
        self.readers.interrupt();
    }
}

struct NatsSubscription {
    reader: Arc<Reader>,
    interest: Arc<Interest>,
}

#[async_trait]
impl Subscription for NatsSubscription {
    fn watch(&mut self, topics: &[Topic]) -> Watching {
        self.interest.add(&self.reader.watch(topics));

        self.interest.certain(topics)
    }

    fn unwatch(&mut self, topic: Topic) {
        if self.reader.unwatch(topic) {
            self.interest.remove([topic]);
        }
    }

    async fn next(&mut self) -> Delivery {
        self.reader.next().await
    }
}

impl Drop for NatsSubscription {
    fn drop(&mut self) {
        self.interest.remove(self.reader.unwatch_all());
    }
}
