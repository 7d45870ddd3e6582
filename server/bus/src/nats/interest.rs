//! Which topics this node wants to hear from others, and since when that is certain.
//!
//! Readers are counted for each topic. A topic whose first reader comes or whose last one goes waits for the session
//! (the connection to NATS), which takes all that changed as one numbered round and says the number when NATS has
//! certainly worked it off. Whoever watches waits for the round of their topics, and for no other.
//!
//! While no session is there, nobody waits: the readers have been told of the interruption, and its end is told only
//! when everything that was wanted at the beginning of the next session is heard again.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use services::ports::{Topic, Watching};
use tokio::sync::{Notify, oneshot};

/// Whoever watches waits this long at most; then the loss of notes is told when NATS answers at last.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is wanted.
#[derive(Default)]
pub(super) struct Interest {
    wishes: Mutex<Wishes>,
    changed: Notify,
}

#[derive(Default)]
struct Wishes {
    topics: HashMap<Topic, Wanted>,
    /// Wanted or unwanted since the last round.
    changed: HashSet<Topic>,
    /// Collects what changes now.
    round: u64,
    /// NATS has worked off this round and all before.
    certain: Option<u64>,
    waiting: Vec<(u64, oneshot::Sender<()>)>,
    /// Somebody waited in vain for this round.
    doubtful: Option<u64>,
    in_session: bool,
}

struct Wanted {
    readers: u32,
    /// The round that asks NATS for it.
    round: u64,
}

/// What a session does at once.
pub(super) struct Round {
    pub(super) number: u64,
    pub(super) wanted: Vec<Topic>,
    pub(super) unwanted: Vec<Topic>,
}

impl Interest {
    /// One more reader for each of these.
    pub(super) fn add(&self, topics: &[Topic]) {
        let mut wishes = self.lock();

        for topic in topics {
            wishes.add(*topic);
        }
        self.changed.notify_one();
    }

    /// One reader less for each of these.
    pub(super) fn remove(&self, topics: impl IntoIterator<Item = Topic>) {
        let mut wishes = self.lock();

        for topic in topics {
            wishes.remove(topic);
        }
        self.changed.notify_one();
    }

    /// Resolves when NATS has certainly heard of these topics, or when waiting for it is of no use.
    pub(super) fn certain(self: &Arc<Self>, topics: &[Topic]) -> Watching {
        let Some((round, done)) = self.lock().wait_for(topics) else { return Box::pin(std::future::ready(())) };
        let interest = self.clone();

        Box::pin(async move {
            if tokio::time::timeout(PATIENCE, done).await.is_err() {
                interest.lock().doubt(round);
            }
        })
    }

    /// A session begins: everything that is wanted is its first round.
    pub(super) fn begin(&self) -> Round {
        let mut wishes = self.lock();

        wishes.in_session = true;
        wishes.changed = wishes.topics.keys().copied().collect();
        wishes.take_round()
    }

    /// Resolves with what has changed. Safe to cancel.
    pub(super) async fn change(&self) -> Round {
        loop {
            self.changed.notified().await;

            let mut wishes = self.lock();
            if !wishes.changed.is_empty() {
                return wishes.take_round();
            }
        }
    }

    /// NATS has worked off a round. Answers whether somebody has waited for it in vain.
    #[must_use]
    pub(super) fn worked_off(&self, round: u64) -> bool {
        let mut wishes = self.lock();

        wishes.certain = wishes.certain.max(Some(round));
        // Those who are dropped are told by that.
        wishes.waiting.retain(|(awaited, _)| *awaited > round);
        wishes.doubtful.take_if(|doubtful| *doubtful <= round).is_some()
    }

    /// The session is over.
    pub(super) fn end(&self) {
        let mut wishes = self.lock();

        wishes.in_session = false;
        wishes.changed.clear();
        wishes.waiting.clear();
        wishes.doubtful = None;
    }

    fn lock(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().expect("nothing panics while it counts readers")
    }
}

impl Wishes {
    fn add(&mut self, topic: Topic) {
        let round = self.round;
        let wanted = self.topics.entry(topic).or_insert(Wanted { readers: 0, round });

        wanted.readers += 1;
        if wanted.readers == 1 && self.in_session {
            self.changed.insert(topic);
        }
    }

    fn remove(&mut self, topic: Topic) {
        let Some(wanted) = self.topics.get_mut(&topic) else { return };

        wanted.readers -= 1;
        if wanted.readers == 0 {
            self.topics.remove(&topic);
            if self.in_session {
                self.changed.insert(topic);
            }
        }
    }

    fn wait_for(&mut self, topics: &[Topic]) -> Option<(u64, oneshot::Receiver<()>)> {
        let round = topics.iter().filter_map(|topic| self.topics.get(topic)).map(|wanted| wanted.round).max();
        if !self.in_session || round <= self.certain {
            return None;
        }

        let (sender, done) = oneshot::channel();
        let round = round.expect("nothing is less than what is certain");
        self.waiting.push((round, sender));
        Some((round, done))
    }

    fn doubt(&mut self, round: u64) {
        if self.in_session && Some(round) > self.certain {
            self.doubtful = self.doubtful.max(Some(round));
        }
    }

    fn take_round(&mut self) -> Round {
        let number = self.round;
        self.round += 1;

        let (wanted, unwanted): (Vec<_>, Vec<_>) =
            self.changed.drain().partition(|topic| self.topics.contains_key(topic));
        for topic in &wanted {
            if let Some(entry) = self.topics.get_mut(topic) {
                entry.round = number;
            }
        }

        Round { number, wanted, unwanted }
    }
}

#[cfg(test)]
mod tests;
