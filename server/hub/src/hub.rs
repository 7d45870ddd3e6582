//! The hub as the server holds it: admission, the dispatcher's life, an orderly end.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{MemberId, TabId};
use services::{Principal, Services, ports::Bus};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Ending, Full, Limits, Place, Transport, connection,
    dispatcher::{Dispatcher, Switchboard},
    heart::Heart,
    mailbox::Mailbox,
    places::Places,
    rounds,
    seat::SeatId,
};

/// The newest socket of each tab.
type Tabs = HashMap<(MemberId, TabId), Holder>;

/// A socket that holds a tab.
pub(crate) struct Holder {
    pub(crate) id: SeatId,
    pub(crate) mailbox: Arc<Mailbox>,
}

/// All open sockets of this process.
pub struct Hub {
    pub(crate) services: Arc<Services>,
    pub(crate) switchboard: Switchboard,
    pub(crate) limits: Limits,
    pub(crate) shutdown: CancellationToken,
    pub(crate) heart: Arc<Heart>,
    tabs: Mutex<Tabs>,
    places: Arc<Places>,
    last_seat: AtomicU64,
    connections: TaskTracker,
    dispatcher: Mutex<Option<JoinHandle<()>>>,
    stop_dispatcher: CancellationToken,
}

impl Hub {
    /// A hub without sockets. When `shutdown` is cancelled, all sockets are told and closed; see [`Hub::drain`].
    pub async fn new(services: Arc<Services>, bus: &dyn Bus, limits: Limits, shutdown: CancellationToken) -> Arc<Self> {
        let alarm = Arc::new(Notify::new());
        let (switchboard, dispatcher) = Dispatcher::new(bus.subscribe().await, alarm.clone());
        let stop_dispatcher = CancellationToken::new();
        tokio::spawn(rounds::go(services.clone(), switchboard.clone(), alarm, stop_dispatcher.clone()));
        let heart = Arc::<Heart>::default();
        tokio::spawn({
            let (heart, limits) = (heart.clone(), limits.clone());
            let (shutdown, stop) = (shutdown.clone(), stop_dispatcher.clone());
            async move { heart.beat(&limits, shutdown, stop).await }
        });
        let dispatching = tokio::spawn(dispatcher.run(stop_dispatcher.clone()));

        Arc::new(Self {
            services,
            switchboard,
            places: Places::new(limits.clone()),
            limits,
            shutdown,
            heart,
            tabs: Mutex::default(),
            last_seat: AtomicU64::new(0),
            connections: TaskTracker::new(),
            dispatcher: Mutex::new(Some(dispatching)),
            stop_dispatcher,
        })
    }

    /// Open sockets, those that are about to open included.
    pub fn sockets(&self) -> usize {
        self.places.taken()
    }

    /// Takes a place for one more socket of a member, before its handshake. Without a dispatcher there is none: its page
    /// would wait for ever.
    pub fn admit(&self, member: MemberId) -> Result<Place, Full> {
        let ends = self.shutdown.is_cancelled() || self.switchboard.is_over();

        if ends { Err(Full::Server) } else { self.places.take(member) }
    }

    /// Serves one socket until it is over. The future is small, for there are ten thousand of them: better hand it on
    /// than wrap it into one that keeps what it was made of.
    pub fn serve<T: Transport>(
        self: Arc<Self>,
        place: Place,
        who: Principal,
        transport: T,
    ) -> impl Future<Output = ()> + Send + use<T> {
        let id = SeatId(self.last_seat.fetch_add(1, Ordering::Relaxed));
        let connections = self.connections.clone();

        connections.track_future(connection::serve(self, id, place, Box::new(who), transport))
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

    /// A tab has one socket: an older one of the same tab is closed, and everything that it showed is given up before
    /// this answers. It may have died without a word, so the page says anew what it shows.
    pub(crate) async fn take_tab(&self, member: MemberId, tab: TabId, holder: Holder) {
        let older = self.tabs().insert((member, tab), holder);

        if let Some(older) = older {
            older.mailbox.close_at_once(Ending::Replaced);
            older.mailbox.left().await;
        }
    }

    /// Answers whether this was still the tab's socket, so that its end is the tab's end.
    pub(crate) fn give_tab_up(&self, member: MemberId, tab: TabId, id: SeatId) -> bool {
        let mut tabs = self.tabs();
        let own = tabs.get(&(member, tab)).is_some_and(|holder| holder.id == id);

        if own {
            tabs.remove(&(member, tab));
        }
        own
    }

    fn tabs(&self) -> MutexGuard<'_, Tabs> {
        self.tabs.lock().expect("nothing panics while it holds the tabs")
    }
}
