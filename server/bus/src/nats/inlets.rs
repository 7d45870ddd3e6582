//! What NATS brings, one inlet for each topic.
//!
//! async-nats gives each subscription a queue of its own, and drops what comes when one is full. One task empties all
//! of them: a queue that fills rings its bell, and the bell says which topic to look at. So a topic that nobody speaks
//! on costs memory and nothing else: about 5 KB, because each queue begins with room for 32 messages.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use async_nats::Subscriber;
use bytes::Bytes;
use futures::Stream;
use services::ports::Topic;
use tokio::{sync::mpsc, task::coop};

/// Messages that wait in one inlet. What is not used of it takes no memory.
pub(super) const DEPTH: usize = 4_096;

/// All inlets of a session.
pub(super) struct Inlets {
    open: HashMap<Topic, Inlet>,
    /// Topics whose bell was rung, each at most once until it is looked at.
    rung: mpsc::UnboundedReceiver<Topic>,
    ring: mpsc::UnboundedSender<Topic>,
}

/// What came in.
pub(super) enum Arrival {
    /// Bytes on the subject of this topic.
    Message(Topic, Bytes),
    /// Messages may have been dropped, before or after those that were given out last.
    Overflow,
    /// The connection is gone.
    End,
}

struct Inlet {
    subscriber: Subscriber,
    bell: Arc<Bell>,
    /// Messages that were taken since it was last seen empty, or since an overflow was told.
    row: usize,
    overflowing: bool,
}

struct Bell {
    topic: Topic,
    rung: AtomicBool,
    ring: mpsc::UnboundedSender<Topic>,
}

impl Inlets {
    pub(super) fn new() -> Self {
        let (ring, rung) = mpsc::unbounded_channel();

        Self { open: HashMap::new(), rung, ring }
    }

    pub(super) fn is_open(&self, topic: Topic) -> bool {
        self.open.contains_key(&topic)
    }

    pub(super) fn open(&mut self, topic: Topic, subscriber: Subscriber) {
        let bell = Arc::new(Bell { topic, rung: AtomicBool::new(false), ring: self.ring.clone() });

        // Looked at once, so that the queue learns of its bell.
        bell.wake_by_ref();
        self.open.insert(topic, Inlet { subscriber, bell, row: 0, overflowing: false });
    }

    pub(super) fn close(&mut self, topic: Topic) -> Option<Subscriber> {
        self.open.remove(&topic).map(|inlet| inlet.subscriber)
    }

    /// Safe to cancel.
    pub(super) async fn next(&mut self) -> Arrival {
        loop {
            let topic = self.rung.recv().await.expect("the other end is kept here");

            if let Some(arrival) = self.open.get_mut(&topic).and_then(Inlet::take) {
                return arrival;
            }
        }
    }
}

impl Inlet {
    fn take(&mut self) -> Option<Arrival> {
        self.bell.rung.store(false, Ordering::Release);
        // Behind a gap stands nothing but what came after `DEPTH` messages in a row. So a possible loss is told there,
        // before anything behind it, and once more at the end of the row, when the last that was lost is certainly gone.
        if self.row == DEPTH {
            self.row = 0;
            self.overflowing = true;
            self.bell.wake_by_ref();
            return Some(Arrival::Overflow);
        }

        let bell = Waker::from(self.bell.clone());
        match Pin::new(&mut self.subscriber).poll_next(&mut Context::from_waker(&bell)) {
            Poll::Ready(Some(message)) => {
                self.row += 1;
                self.bell.wake_by_ref();
                Some(Arrival::Message(self.bell.topic, message.payload))
            }
            Poll::Ready(None) => Some(Arrival::End),
            // A task that has had its share is sent away even from a queue that holds something.
            Poll::Pending if !coop::has_budget_remaining() => None,
            Poll::Pending => {
                self.row = 0;
                std::mem::take(&mut self.overflowing).then_some(Arrival::Overflow)
            }
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            // Without the inlets there is nobody to look.
            let _ = self.ring.send(self.topic);
        }
    }
}
