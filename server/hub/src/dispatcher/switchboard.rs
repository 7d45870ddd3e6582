//! What connections ask of the dispatcher, which works through it one by one.

use services::{
    ports::Topic,
    rounds::{Mark, News},
};
use tokio::sync::{mpsc, oneshot};

use crate::seat::{Seat, SeatId};

/// Requests of connections that wait for the dispatcher. A connection that finds the queue full waits.
const REQUESTS: usize = 1_024;

/// What connections ask of the dispatcher.
pub(super) enum Request {
    Enter(Seat),
    Watch {
        id: SeatId,
        topics: Vec<Topic>,
        done: oneshot::Sender<()>,
    },
    Unwatch {
        id: SeatId,
        topic: Topic,
    },
    /// Read by a connection that watches it.
    Read {
        topic: Topic,
        mark: Mark,
    },
    Leave(SeatId),
    Topics {
        answer: oneshot::Sender<Watched>,
    },
    /// What a round has found; nothing when the store did not answer.
    Found(Option<Vec<News>>),
}

/// What all connections watch together, with what was heard of it.
pub(crate) struct Watched {
    pub(crate) topics: Vec<(Topic, Option<Mark>)>,
    /// Whether notes of other nodes may be missing.
    pub(crate) interrupted: bool,
}

/// How connections reach the dispatcher. Once it has ended, nothing more is heard and nothing waits.
#[derive(Clone)]
pub(crate) struct Switchboard(mpsc::Sender<Request>);

impl Switchboard {
    /// With the end at which the dispatcher takes requests.
    pub(super) fn new() -> (Self, mpsc::Receiver<Request>) {
        let (sender, requests) = mpsc::channel(REQUESTS);

        (Self(sender), requests)
    }

    /// Whether there is no dispatcher any more.
    pub(crate) fn is_over(&self) -> bool {
        self.0.is_closed()
    }

    /// Takes a seat, which watches nothing yet.
    pub(crate) async fn enter(&self, seat: Seat) {
        let _ = self.0.send(Request::Enter(seat)).await;
    }

    /// Hears these topics; when it answers, no later note is missed.
    pub(crate) async fn watch(&self, id: SeatId, topics: Vec<Topic>) {
        let (done, watched) = oneshot::channel();

        if self.0.send(Request::Watch { id, topics, done }).await.is_ok() {
            let _ = watched.await;
        }
    }

    /// How far a topic was when a connection that watches it read it: a change whose note is lost is found from there.
    pub(crate) async fn read(&self, topic: Topic, mark: Mark) {
        let _ = self.0.send(Request::Read { topic, mark }).await;
    }

    /// Hears a topic no longer.
    pub(crate) async fn unwatch(&self, id: SeatId, topic: Topic) {
        let _ = self.0.send(Request::Unwatch { id, topic }).await;
    }

    /// What is watched at this moment.
    pub(crate) async fn watched(&self) -> Option<Watched> {
        let (answer, watched) = oneshot::channel();
        let _ = self.0.send(Request::Topics { answer }).await;

        watched.await.ok()
    }

    /// Passes on what a round has found; nothing when the store did not answer.
    pub(crate) async fn found(&self, news: Option<Vec<News>>) {
        let _ = self.0.send(Request::Found(news)).await;
    }

    /// Gives the seat up, with all that it watches.
    pub(crate) async fn leave(&self, id: SeatId) {
        let _ = self.0.send(Request::Leave(id)).await;
    }
}
