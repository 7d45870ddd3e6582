//! The heartbeat of all sockets, by one task: pings, silence, and the good-bye when the server stops.
//!
//! Two timers for each of ten thousand sockets would take more memory than what waits for them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use domain::wire::ServerFrame;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{Ending, Limits, dispatcher::encoded, mailbox::Mailbox, seat::SeatId};

/// How exactly pings and silence are kept to.
const BEAT: Duration = Duration::from_secs(1);
/// How long what waits may still be written when the server stops. Then the socket is closed as it is.
const LAST_FRAMES: Duration = Duration::from_secs(2);

/// The sockets that are kept alive.
#[derive(Default)]
pub(crate) struct Heart(Mutex<State>);

#[derive(Default)]
struct State {
    mailboxes: BTreeMap<SeatId, Arc<Mailbox>>,
    /// The server stops: whoever comes now is told at once.
    stopping: bool,
}

/// Keeps a socket alive until it is dropped.
pub(crate) struct Pulse<'a> {
    heart: &'a Heart,
    id: SeatId,
}

impl Heart {
    /// From now on this socket is pinged, and closed when it is silent or when the server stops.
    pub(crate) fn keep(&self, id: SeatId, mailbox: Arc<Mailbox>) -> Pulse<'_> {
        let mut state = self.state();
        if state.stopping {
            say_goodbye(&mailbox);
        }
        state.mailboxes.insert(id, mailbox);

        Pulse { heart: self, id }
    }

    /// Beats until `stop`, also while sockets end because of `shutdown`.
    pub(crate) async fn beat(&self, limits: &Limits, shutdown: CancellationToken, stop: CancellationToken) {
        let beats = async {
            let mut beats = tokio::time::interval(BEAT);
            let alive = async {
                loop {
                    beats.tick().await;
                    self.each(|mailbox| mailbox.beat(limits));
                }
            };
            shutdown.run_until_cancelled(alive).await;

            self.state().stopping = true;
            self.each(say_goodbye);
            tokio::time::sleep(LAST_FRAMES).await;
            loop {
                self.each(|mailbox| mailbox.close_at_once(Ending::GoingAway));
                beats.tick().await;
            }
        };

        stop.run_until_cancelled(beats).await;
    }

    fn each(&self, tell: impl Fn(&Mailbox)) {
        self.state().mailboxes.values().for_each(|mailbox| tell(mailbox));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics while it holds the heart")
    }
}

impl Drop for Pulse<'_> {
    fn drop(&mut self) {
        self.heart.state().mailboxes.remove(&self.id);
    }
}

fn say_goodbye(mailbox: &Mailbox) {
    mailbox.close(Some(encoded(&ServerFrame::GoingAway)), Ending::GoingAway);
}

impl Mailbox {
    /// Asks for a sign of life when it is time, and ends the socket when there was none for too long.
    fn beat(&self, limits: &Limits) {
        let now = Instant::now();

        if now.duration_since(self.alive_at()) >= limits.pong_within {
            self.close_at_once(Ending::Silent);
        } else {
            self.ping_since(now, limits.ping_every);
        }
    }
}
