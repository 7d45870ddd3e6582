//! The subscriptions of this process: one queue for each.
//!
//! All notes pass through one lock, so that every subscription hears those of a topic in the same order. What is told
//! besides notes stands in the same queue: whoever hears [`Delivery::Lost`] and then reads the truth has every older
//! note behind them, and no stale one comes after.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, Weak},
};

use services::ports::{Delivery, Note, Topic};
use tokio::sync::Notify;

/// Deliveries that wait for one subscription. When one more comes, all of them are dropped and the subscription is told
/// [`Delivery::Lost`] once: reading the truth again costs it less than a long row of old hints.
pub(crate) const QUEUE: usize = 4_096;

/// All of them.
#[derive(Default)]
pub(crate) struct Readers(Mutex<Room>);

#[derive(Default)]
struct Room {
    readers: Vec<Weak<Reader>>,
    interrupted: bool,
}

/// One of them.
#[derive(Default)]
pub(crate) struct Reader {
    post: Mutex<Post>,
    arrived: Notify,
}

#[derive(Default)]
struct Post {
    topics: HashSet<Topic>,
    waiting: VecDeque<Delivery>,
    interrupted: bool,
    closed: bool,
}

impl Readers {
    /// A new one that watches nothing yet. It learns of an interruption that goes on.
    pub(crate) fn add(&self) -> Arc<Reader> {
        let reader = Arc::new(Reader::default());
        let mut room = self.lock();

        if room.interrupted {
            reader.interrupt();
        }
        room.readers.push(Arc::downgrade(&reader));
        reader
    }

    /// Puts a note before everyone who watches its topic.
    pub(crate) fn deliver(&self, topic: Topic, note: &Note) {
        self.lock().each(|reader| reader.put(topic, note));
    }

    /// The way to other nodes is interrupted from now on.
    pub(crate) fn interrupt(&self) {
        let mut room = self.lock();

        if !std::mem::replace(&mut room.interrupted, true) {
            room.each(Reader::interrupt);
        }
    }

    /// The way to other nodes works again.
    pub(crate) fn restore(&self) {
        let mut room = self.lock();

        if std::mem::replace(&mut room.interrupted, false) {
            room.each(Reader::lose);
        }
    }

    /// Some notes are missing. While the way is interrupted that is known already, and told when it works again.
    pub(crate) fn lose(&self) {
        let mut room = self.lock();

        if !room.interrupted {
            room.each(Reader::lose);
        }
    }

    /// Nothing comes any more.
    pub(crate) fn close(&self) {
        self.lock().each(Reader::close);
    }

    fn lock(&self) -> MutexGuard<'_, Room> {
        self.0.lock().expect("no reader panics while it takes a note")
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.close();
    }
}

impl Room {
    /// Those that are gone are forgotten on the way.
    fn each(&mut self, tell: impl Fn(&Reader)) {
        self.readers.retain(|reader| {
            let Some(reader) = reader.upgrade() else { return false };
            tell(&reader);
            true
        });
    }
}

impl Reader {
    /// Takes these topics in and answers with those that are new to it.
    pub(crate) fn watch(&self, topics: &[Topic]) -> Vec<Topic> {
        let mut post = self.post();

        topics.iter().copied().filter(|topic| post.topics.insert(*topic)).collect()
    }

    /// Whether it watched that topic until now.
    pub(crate) fn unwatch(&self, topic: Topic) -> bool {
        let mut post = self.post();

        post.waiting.retain(|delivery| !matches!(delivery, Delivery::Note(note) if note.topic() == topic));
        post.topics.remove(&topic)
    }

    /// Hears nothing more, and answers with what it watched until now.
    pub(crate) fn unwatch_all(&self) -> HashSet<Topic> {
        std::mem::take(&mut self.post().topics)
    }

    /// What waits for it next. Safe to cancel.
    pub(crate) async fn next(&self) -> Delivery {
        loop {
            if let Some(delivery) = self.post().take() {
                return delivery;
            }
            self.arrived.notified().await;
        }
    }

    fn put(&self, topic: Topic, note: &Note) {
        let mut post = self.post();

        if post.topics.contains(&topic) {
            post.add(Delivery::Note(note.clone()));
            self.arrived.notify_one();
        }
    }

    fn interrupt(&self) {
        let mut post = self.post();

        post.interrupted = true;
        post.add(Delivery::Interrupted);
        self.arrived.notify_one();
    }

    fn lose(&self) {
        let mut post = self.post();

        post.interrupted = false;
        if post.waiting.back() != Some(&Delivery::Lost) {
            post.add(Delivery::Lost);
        }
        self.arrived.notify_one();
    }

    fn close(&self) {
        self.post().closed = true;
        self.arrived.notify_one();
    }

    fn post(&self) -> MutexGuard<'_, Post> {
        self.post.lock().expect("nothing panics while it holds the post")
    }
}

impl Post {
    fn add(&mut self, delivery: Delivery) {
        if self.closed {
            return;
        }

        self.waiting.push_back(delivery);
        if self.waiting.len() > QUEUE {
            self.overflow();
        }
    }

    /// While the way is interrupted, `Lost` would say that it works again; it comes when it does.
    fn overflow(&mut self) {
        let untold = self.waiting.contains(&Delivery::Interrupted);
        self.waiting.clear();

        if !self.interrupted {
            self.waiting.push_back(Delivery::Lost);
        } else if untold {
            self.waiting.push_back(Delivery::Interrupted);
        }
    }

    fn take(&mut self) -> Option<Delivery> {
        self.waiting.pop_front().or_else(|| self.closed.then_some(Delivery::Closed))
    }
}
