//! The hub as the server holds it: admission, the dispatcher's life, an orderly end.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use domain::{MemberId, TabId};
use services::{Principal, Services, ports::Bus};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Ending, Limits, Transport, connection,
    dispatcher::{Dispatcher, Switchboard},
    mailbox::Mailbox,
    seat::SeatId,
};

/// The newest socket of each tab.
type Tabs = HashMap<(MemberId, TabId), (SeatId, Arc<Mailbox>)>;

/// All open sockets of this process.
pub struct Hub {
    pub(crate) services: Arc<Services>,
    pub(crate) switchboard: Switchboard,
    pub(crate) limits: Limits,
    pub(crate) shutdown: CancellationToken,
    tabs: Mutex<Tabs>,
    open: AtomicUsize,
    last_seat: AtomicU64,
    connections: TaskTracker,
    dispatcher: Mutex<Option<JoinHandle<()>>>,
    stop_dispatcher: CancellationToken,
}

impl Hub {
    /// A hub without sockets. When `shutdown` is cancelled, all sockets are told and closed; see [`Hub::drain`].
    pub async fn new(services: Arc<Services>, bus: &dyn Bus, limits: Limits, shutdown: CancellationToken) -> Arc<Self> {
        let (switchboard, dispatcher) = Dispatcher::new(bus.subscribe().await);
        let stop_dispatcher = CancellationToken::new();
        let dispatching = tokio::spawn(dispatcher.run(stop_dispatcher.clone()));

        Arc::new(Self {
            services,
            switchboard,
            limits,
            shutdown,
            tabs: Mutex::default(),
            open: AtomicUsize::new(0),
            last_seat: AtomicU64::new(0),
            connections: TaskTracker::new(),
            dispatcher: Mutex::new(Some(dispatching)),
            stop_dispatcher,
        })
    }

    /// Open sockets.
    pub fn sockets(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Whether one more socket is admitted.
    pub fn admits(&self) -> bool {
        !self.shutdown.is_cancelled() && self.sockets() < self.limits.sockets
    }

    /// Serves one socket until it is over.
    pub async fn serve(&self, who: Principal, transport: impl Transport) {
        self.open.fetch_add(1, Ordering::Relaxed);
        let id = SeatId(self.last_seat.fetch_add(1, Ordering::Relaxed));

        self.connections.track_future(connection::serve(self, id, who, transport)).await;
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// After `shutdown`: waits until every socket has been closed and the dispatcher has ended.
    pub async fn drain(&self) {
        self.connections.close();
        self.connections.wait().await;
        self.stop_dispatcher.cancel();

        let dispatcher = self.dispatcher.lock().expect("nothing panics while it holds the handle").take();
        if let Some(dispatcher) = dispatcher {
            let _ = dispatcher.await;
        }
    }

    /// A tab has one socket: an older one of the same tab is closed.
    pub(crate) fn take_tab(&self, member: MemberId, tab: TabId, id: SeatId, mailbox: &Arc<Mailbox>) {
        let older = self.tabs().insert((member, tab), (id, mailbox.clone()));

        if let Some((_, older)) = older {
            older.close_at_once(Ending::Replaced);
        }
    }

    /// Answers whether this was still the tab's socket, so that its end is the tab's end.
    pub(crate) fn give_tab_up(&self, member: MemberId, tab: TabId, id: SeatId) -> bool {
        let mut tabs = self.tabs();
        let own = tabs.get(&(member, tab)).is_some_and(|(holder, _)| *holder == id);

        if own {
            tabs.remove(&(member, tab));
        }
        own
    }

    fn tabs(&self) -> MutexGuard<'_, Tabs> {
        self.tabs.lock().expect("nothing panics while it holds the tabs")
    }
}
