//! A second connection that hears what the first one says.
//!
//! NATS works off a connection in order, and does not let it hear itself. So when a number that was said behind
//! subscriptions is heard over here, NATS has certainly taken these subscriptions in. (A request that nobody answers
//! would come back by the same reasoning, but not as long as anybody listens to everything, say to find a fault.)

use async_nats::{Client, Subscriber};
use futures::StreamExt;

/// The second connection.
pub(super) struct Echo {
    client: Client,
    heard: Subscriber,
    subject: String,
}

impl Echo {
    /// Listens on that subject of our own; none when the connection ends meanwhile.
    pub(super) async fn listen(client: Client, subject: String) -> Option<Self> {
        let mut heard = client.subscribe(subject.clone()).await.ok()?;

        // This connection does hear itself: so it does listen when it does.
        client.publish(subject.clone(), "hello".into()).await.ok()?;
        heard.next().await?;

        Some(Self { client, heard, subject })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Says a number on the first connection; none when that is gone.
    pub(super) async fn call(&self, over: &Client, number: u64) -> Option<()> {
        over.publish(self.subject.clone(), number.to_le_bytes().to_vec().into()).await.ok()
    }

    /// The next number that comes back; none when the connection is gone. Safe to cancel.
    pub(super) async fn next(&mut self) -> Option<u64> {
        loop {
            let payload = self.heard.next().await?.payload;

            if let Ok(number) = payload.as_ref().try_into() {
                return Some(u64::from_le_bytes(number));
            }
        }
    }
}
