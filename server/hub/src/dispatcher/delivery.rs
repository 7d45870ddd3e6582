//! From one frame to all mailboxes that wait for it, and from there as far as the transports take it.

use bytes::Bytes;
use domain::{TabId, wire::ServerFrame};
use services::ports::Topic;

use super::{Dispatcher, encoded};

/// Mailboxes that get a frame before other tasks have their turn.
const MAILBOXES_AT_ONCE: usize = 256;

impl Dispatcher {
    /// Sends on its way what was put into mailboxes.
    pub(super) async fn dispatch(&mut self) {
        let mut laden = std::mem::take(&mut self.laden);
        let mut batch = Vec::new();

        for (count, mailbox) in laden.iter().enumerate() {
            mailbox.dispatch(&mut batch);
            give_way(count).await;
        }
        laden.clear();
        self.laden = laden;
    }

    pub(super) async fn post(&mut self, topic: Topic, frame: &ServerFrame) {
        self.post_bytes(topic, None, encoded(frame)).await;
    }

    pub(super) async fn post_to_tab(&mut self, topic: Topic, tab: TabId, frame: &ServerFrame) {
        self.post_bytes(topic, Some(tab), encoded(frame)).await;
    }

    async fn post_bytes(&mut self, topic: Topic, tab: Option<TabId>, bytes: Bytes) {
        let Some(watchers) = self.watchers.get(&topic) else { return };

        for (count, (seat, mailbox)) in watchers.iter().enumerate() {
            let elsewhere = || self.seats.get(seat).is_none_or(|(seat, _)| Some(seat.tab) != tab);
            if tab.is_some() && elsewhere() {
                continue;
            }
            if mailbox.post(topic, &bytes, self.last) {
                self.laden.push(mailbox.clone());
            }
            give_way(count).await;
        }
    }
}

/// Lets other tasks have their turn now and then.
async fn give_way(count: usize) {
    if count > 0 && count.is_multiple_of(MAILBOXES_AT_ONCE) {
        tokio::task::yield_now().await;
    }
}
