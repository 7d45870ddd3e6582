//! One connection to NATS, from its beginning to its end.
//!
//! async-nats could connect again by itself; it is not let, because then commands of before would be carried out after,
//! and nobody could say when all subscriptions are back. Here a connection that is lost is over, with all that waited
//! in it, and [`super::link`] begins another.

use std::{future::ready, sync::Arc, time::Duration};

use async_nats::{Client, ConnectOptions, Event};
use services::ports::Topic;
use tokio::{
    sync::{Notify, mpsc},
    time::timeout,
};

use super::{
    Shared,
    address::Address,
    connect_error::ConnectError,
    echo::Echo,
    inlets::{Arrival, DEPTH, Inlets},
    interest::Round,
    outbox::Outgoing,
    wire,
};

/// A session that has not begun by then does not.
const OPENING: Duration = Duration::from_secs(5);
/// What is still on its way at the end gets this long.
const ENDING: Duration = Duration::from_secs(1);
/// Where nothing listens: the only server that async-nats knows once it is connected.
const NOWHERE: &str = "nats://127.0.0.1:0";

/// A connection, and the second one that tells what NATS has taken in.
pub(super) struct Session {
    client: Client,
    echo: Echo,
    inlets: Inlets,
    lost: Arc<Notify>,
}

/// What a session begins with.
pub(super) struct Work {
    pub(super) round: Round,
    pub(super) outbox: mpsc::Receiver<Outgoing>,
}

/// How a session ended.
#[derive(PartialEq)]
pub(super) enum Ending {
    /// The connection is gone.
    Lost,
    /// The bus is gone, and its last notes are sent.
    Closed,
}

impl Session {
    /// Connects, once.
    pub(super) async fn open(address: &Address, shared: &Shared) -> Result<Self, ConnectError> {
        let unreachable =
            |reason: &str| ConnectError::Unreachable { server: address.to_string(), reason: reason.into() };

        let opening = async {
            let lost = Arc::new(Notify::new());
            let client = connect(address, address.options().no_echo(), &lost).await?;
            let listener = connect(address, address.options(), &lost).await?;
            let echo = Echo::listen(listener, shared.subjects.echo(rand::random()));

            Ok(Self {
                client,
                echo: echo.await.ok_or_else(|| unreachable("it ended the connection"))?,
                inlets: Inlets::new(),
                lost,
            })
        };
        timeout(OPENING, opening).await.unwrap_or_else(|_| Err(unreachable("it was silent for too long")))
    }

    /// Carries notes until the end.
    pub(super) async fn run(&mut self, shared: &Shared, work: Work) -> Ending {
        let client = self.client.clone();
        let lost = self.lost.clone();

        tokio::select! {
            () = lost.notified() => Ending::Lost,
            _ = self.listen(shared, work.round) => Ending::Lost,
            () = send(&client, shared, work.outbox) => Ending::Closed,
        }
    }

    /// Lets what is on its way arrive, and async-nats end before its subscriptions are let go: each would wait for it.
    pub(super) async fn end(self) {
        let ending = async {
            for client in [&self.client, self.echo.client()] {
                let _ = client.flush().await;
                let _ = client.drain().await;
                let _ = client.flush().await;
            }
        };

        let _ = timeout(ENDING, ending).await;
    }

    /// Asks for what is wanted and takes in what comes, until the connection is gone.
    async fn listen(&mut self, shared: &Shared, first: Round) -> Option<()> {
        self.ask(shared, first).await?;

        loop {
            tokio::select! {
                round = shared.interest.change() => self.ask(shared, round).await?,
                round = self.echo.next() => shared.worked_off(round?),
                arrival = self.inlets.next() => match arrival {
                    Arrival::Message(topic, payload) => shared.take_in(topic, &payload),
                    Arrival::Overflow => shared.readers.lose(),
                    Arrival::End => return None,
                },
            }
        }
    }

    async fn ask(&mut self, shared: &Shared, round: Round) -> Option<()> {
        for topic in round.unwanted {
            if let Some(mut subscriber) = self.inlets.close(topic) {
                subscriber.unsubscribe().await.ok()?;
            }
        }
        for topic in round.wanted {
            // It was unwanted and wanted again before anybody looked.
            if !self.inlets.is_open(topic) {
                let subscriber = self.client.subscribe(shared.subjects.topic(topic)).await.ok()?;
                self.inlets.open(topic, subscriber);
            }
        }

        self.echo.call(&self.client, round.number).await
    }
}

async fn connect(address: &Address, options: ConnectOptions, lost: &Arc<Notify>) -> Result<Client, ConnectError> {
    let lost = lost.clone();
    let client = options
        .subscription_capacity(DEPTH)
        .max_reconnects(1)
        .event_callback(move |event| {
            if matches!(event, Event::Disconnected | Event::Closed) {
                lost.notify_one();
            }
            ready(())
        })
        .connect(address.server().clone())
        .await
        .map_err(|error| ConnectError::of(&error, &address.to_string()))?;

    // The one reconnection that cannot be forbidden fails at once. When this fails, so does whatever comes next.
    let _ = client.set_server_pool(NOWHERE).await;
    Ok(client)
}

/// Sends what is put in the outbox, until that is closed and empty.
async fn send(client: &Client, shared: &Shared, mut outbox: mpsc::Receiver<Outgoing>) {
    while let Some(outgoing) = outbox.recv().await {
        match client.publish(outgoing.subject, outgoing.payload).await {
            Ok(()) => shared.counters.sent.add_one(),
            Err(error) => shared.drop_note(&error),
        }
    }
}

impl Shared {
    fn take_in(&self, topic: Topic, payload: &[u8]) {
        match wire::decode(payload, topic) {
            Some(note) => {
                self.counters.received.add_one();
                self.readers.deliver(topic, &note);
            }
            None => {
                self.counters.undecodable.add_one();
                tracing::debug!(?topic, bytes = payload.len(), "what came over NATS is no note of its subject");
            }
        }
    }
}
