//! The bus of a single process.

use std::sync::Arc;

use async_trait::async_trait;
use services::ports::{Bus, Delivery, Note, Subscription, Topic, Watching};

use crate::readers::{Reader, Readers};

/// Carries notes within this process. Clones are the same bus; it closes when the last one is dropped.
#[derive(Clone, Default)]
pub struct LocalBus {
    readers: Arc<Readers>,
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
        self.readers.deliver(note.topic(), &note);
    }

    async fn subscribe(&self) -> Box<dyn Subscription> {
        Box::new(LocalSubscription(self.readers.add()))
    }
}

struct LocalSubscription(Arc<Reader>);

#[async_trait]
impl Subscription for LocalSubscription {
    fn watch(&mut self, topics: &[Topic]) -> Watching {
        self.0.watch(topics);

        Box::pin(std::future::ready(()))
    }

    fn unwatch(&mut self, topic: Topic) {
        self.0.unwatch(topic);
    }

    async fn next(&mut self) -> Delivery {
        self.0.next().await
    }
}
