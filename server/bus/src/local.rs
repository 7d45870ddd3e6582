//! The bus of a single process: one queue per subscription.
//!
//! All publishers pass through one lock, so that every subscription hears the notes of a topic in the same order.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, Weak},
};

use async_trait::async_trait;
use services::ports::{Bus, Delivery, Note, Subscription, Topic, Watching};
use tokio::sync::Notify;

/// Notes that wait for one subscription. When one more comes, all of them are dropped and the subscription is told
/// [`Delivery::Lost`] once: reading the truth again costs it less than a long row of old hints.
pub const QUEUE: usize = 4_096;

/// Carries notes within this process. Clones are the same bus; it closes when the last one is dropped.
#[derive(Clone, Default)]
pub struct LocalBus {
    readers: Arc<Readers>,
}

#[derive(Default)]
struct Readers(Mutex<Vec<Weak<Reader>>>);

#[derive(Default)]
struct Reader {
    post: Mutex<Post>,
    arrived: Notify,
}

#[derive(Default)]
struct Post {
    topics: HashSet<Topic>,
    notes: VecDeque<Note>,
    lost: bool,
    closed: bool,
}

impl LocalBus {
    /// A bus without subscriptions.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Bus for LocalBus {
    async fn publish(&self, note: Note) {
        let topic = note.topic();

        self.readers.lock().retain(|reader| {
            let Some(reader) = reader.upgrade() else { return false };
            reader.put(topic, &note);
            true
        });
    }

    async fn subscribe(&self) -> Box<dyn Subscription> {
        let reader = Arc::new(Reader::default());
        self.readers.lock().push(Arc::downgrade(&reader));

        Box::new(LocalSubscription(reader))
    }
}

impl Readers {
    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Reader>>> {
        self.0.lock().expect("no reader panics while it takes a note")
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        for reader in self.lock().iter().filter_map(Weak::upgrade) {
            reader.post().closed = true;
            reader.arrived.notify_one();
        }
    }
}

impl Reader {
    fn post(&self) -> MutexGuard<'_, Post> {
        self.post.lock().expect("nothing panics while it holds the post")
    }

    fn put(&self, topic: Topic, note: &Note) {
        let mut post = self.post();
        if !post.topics.contains(&topic) {
            return;
        }

        if post.notes.len() == QUEUE {
            post.notes.clear();
            post.lost = true;
        } else {
            post.notes.push_back(note.clone());
        }
        self.arrived.notify_one();
    }
}

impl Post {
    fn take(&mut self) -> Option<Delivery> {
        if std::mem::take(&mut self.lost) {
            return Some(Delivery::Lost);
        }
        let note = self.notes.pop_front().map(Delivery::Note);

        note.or_else(|| self.closed.then_some(Delivery::Closed))
    }
}

struct LocalSubscription(Arc<Reader>);

#[async_trait]
impl Subscription for LocalSubscription {
    fn watch(&mut self, topics: &[Topic]) -> Watching {
        self.0.post().topics.extend(topics);

        Box::pin(std::future::ready(()))
    }

    fn unwatch(&mut self, topic: Topic) {
        let mut post = self.0.post();

        post.topics.remove(&topic);
        post.notes.retain(|note| note.topic() != topic);
    }

    async fn next(&mut self) -> Delivery {
        loop {
            if let Some(delivery) = self.0.post().take() {
                return delivery;
            }
            self.0.arrived.notified().await;
        }
    }
}
