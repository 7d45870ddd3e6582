//! Pages without a network: a world of use cases, a hub, and tabs that speak frames over channels.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use domain::{
    TabId,
    inbox::Position,
    wire::{self, ClientFrame, ServerFrame},
};
use hub::{Arrival, Hub, Incoming, Limits, Outgoing, Shortcut, Transport};
use services::{Principal, contract::world::World, ports::Bus};
use tokio::sync::{mpsc, mpsc::error::TrySendError, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A server without HTTP.
pub struct Story {
    pub world: World,
    pub hub: Arc<Hub>,
    pub shutdown: CancellationToken,
    tabs: u128,
    shortcuts: bool,
}

impl Story {
    pub async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let world = World::new().await;
        let shutdown = CancellationToken::new();
        let hub = Hub::new(world.services.clone(), &*world.bus, limits, shutdown.clone()).await;

        Self { world, hub, shutdown, tabs: 0, shortcuts: true }
    }

    /// A hub that hears another bus than everybody else.
    pub async fn on(bus: &dyn Bus) -> Self {
        let story = Self::new().await;
        let hub = Hub::new(story.world.services.clone(), bus, Limits::default(), story.shutdown.clone()).await;

        Self { hub, ..story }
    }

    /// With transports to which only their connection writes.
    pub async fn without_shortcuts() -> Self {
        Self { shortcuts: false, ..Self::new().await }
    }

    /// A socket that has not said anything.
    pub fn connect(&self, who: &Principal) -> Page {
        let (page, serving) = self.plug_in(who);
        tokio::spawn(serving);

        page
    }

    /// Bytes of the future that a socket lives in.
    pub fn size_of_serving(&self, who: &Principal) -> usize {
        size_of_val(&self.plug_in(who).1)
    }

    fn plug_in(&self, who: &Principal) -> (Page, impl Future<Output = ()> + Send + use<>) {
        let (to_server, from_page) = mpsc::channel(256);
        let (to_page, from_server) = mpsc::channel(16);
        let (thaw, frozen) = watch::channel(false);
        let place = self.hub.admit(who.id()).expect("there is a place");
        let line = Arc::new(Line { to_page, frozen, waiting: Mutex::default() });
        let serving = self.hub.clone().serve(place, who.clone(), Memory { from_page, line, shortcut: self.shortcuts });

        (Page { to_server, from_server, freeze: thaw }, serving)
    }

    /// A tab that has said hello, with its welcome.
    pub async fn open(&mut self, who: &Principal, position: Option<Position>) -> (Page, ServerFrame) {
        self.tabs += 1;
        self.open_tab(who, TabId(Uuid::from_u128(self.tabs)), position).await
    }

    /// The same for this tab.
    pub async fn open_tab(&self, who: &Principal, tab: TabId, position: Option<Position>) -> (Page, ServerFrame) {
        let mut page = self.connect(who);
        page.send(&ClientFrame::Hello { tab, position }).await;
        let welcome = page.frame().await;
        assert!(matches!(welcome, ServerFrame::Welcome { .. }), "{welcome:?}");

        (page, welcome)
    }
}

/// What a page hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Frame(Box<ServerFrame>),
    Ping,
    Closed(u16),
    /// The connection is gone.
    Over,
}

/// A page's side of a socket.
pub struct Page {
    to_server: mpsc::Sender<Arrival>,
    from_server: mpsc::Receiver<Sent>,
    freeze: watch::Sender<bool>,
}

enum Sent {
    Frame(Bytes),
    Ping,
    Close(u16),
}

impl Page {
    pub async fn send(&self, frame: &ClientFrame) {
        self.send_raw(Arrival::Frame(wire::encode(frame).into())).await;
    }

    pub async fn send_raw(&self, arrival: Arrival) {
        // A server that has closed does not listen any more.
        let _ = self.to_server.send(arrival).await;
    }

    /// From now on nothing that the server writes gets through.
    pub fn freeze(&self) {
        self.freeze.send_replace(true);
    }

    pub async fn heard(&mut self) -> Heard {
        let sent =
            tokio::time::timeout(Duration::from_secs(600), self.from_server.recv()).await.expect("something comes");

        match sent {
            Some(Sent::Frame(bytes)) => {
                Heard::Frame(Box::new(wire::decode(&bytes).expect("frames of the server can be read")))
            }
            Some(Sent::Ping) => Heard::Ping,
            Some(Sent::Close(code)) => Heard::Closed(code),
            None => Heard::Over,
        }
    }

    /// The next frame, pings apart.
    pub async fn frame(&mut self) -> ServerFrame {
        for _ in 0..10 {
            match self.heard().await {
                Heard::Frame(frame) => return *frame,
                Heard::Ping => self.send_raw(Arrival::Pong).await,
                end => panic!("a frame should have come, but {end:?} did"),
            }
        }
        panic!("nothing but pings has come");
    }

    /// The next frame that this picks.
    pub async fn find<T>(&mut self, pick: impl Fn(ServerFrame) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(self.frame().await) {
                return found;
            }
        }
    }

    /// The code that the server closes with; frames before it are passed over.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.heard().await {
                Heard::Closed(code) => return code,
                Heard::Over => panic!("the connection broke without a word"),
                Heard::Frame(_) | Heard::Ping => {}
            }
        }
    }

    /// Asserts that all is quiet: the server answers a clock question before anything else comes.
    pub async fn assert_quiet(&mut self) {
        tokio::time::sleep(Duration::from_millis(700)).await;
        self.send(&ClientFrame::Clock { sent: 4.5 }).await;
        let next = self.frame().await;
        assert!(matches!(next, ServerFrame::Clock { sent: 4.5, .. }), "{next:?}");
    }
}

struct Memory {
    from_page: mpsc::Receiver<Arrival>,
    line: Arc<Line>,
    shortcut: bool,
}

struct Reader(mpsc::Receiver<Arrival>);

struct Writer {
    line: Arc<Line>,
    shortcut: bool,
}

/// The way to the page. A few frames fit; more wait in front of it.
struct Line {
    to_page: mpsc::Sender<Sent>,
    frozen: watch::Receiver<bool>,
    waiting: Mutex<VecDeque<Sent>>,
}

impl Transport for Memory {
    type Incoming = Reader;
    type Outgoing = Writer;

    fn split(self) -> (Reader, Writer) {
        (Reader(self.from_page), Writer { line: self.line, shortcut: self.shortcut })
    }
}

impl Incoming for Reader {
    async fn next(&mut self) -> Option<Arrival> {
        self.0.recv().await
    }
}

impl Line {
    /// As far as it goes. Answers whether nothing waits any more.
    fn put(&self, sent: impl Iterator<Item = Sent>) -> io::Result<bool> {
        let mut waiting = self.waiting.lock().unwrap();
        waiting.extend(sent);

        while !*self.frozen.borrow() && !waiting.is_empty() {
            match self.to_page.try_reserve() {
                Ok(room) => room.send(waiting.pop_front().expect("something waits")),
                Err(TrySendError::Full(())) => break,
                Err(TrySendError::Closed(())) => return Err(io::ErrorKind::BrokenPipe.into()),
            }
        }
        Ok(waiting.is_empty())
    }

    async fn finish(&self) -> io::Result<()> {
        while !self.put(std::iter::empty())? {
            let _ = self.frozen.clone().wait_for(|frozen| !frozen).await;
            // Until there is room; the place is taken by whoever puts next.
            drop(self.to_page.reserve().await.map_err(io::Error::other)?);
        }
        Ok(())
    }
}

impl Outgoing for Writer {
    async fn write(&mut self, frames: Vec<Bytes>) -> io::Result<()> {
        self.line.put(frames.into_iter().map(Sent::Frame))?;
        self.line.finish().await
    }

    async fn ping(&mut self) -> io::Result<()> {
        self.line.put(std::iter::once(Sent::Ping))?;
        self.line.finish().await
    }

    async fn close(&mut self, code: u16, _reason: &'static str) {
        // A frozen socket gets no close frame through either; the story still wants to know the code.
        let _ = self.line.to_page.send(Sent::Close(code)).await;
    }

    fn shortcut(&self) -> Option<Arc<dyn Shortcut>> {
        self.shortcut.then(|| self.line.clone() as Arc<dyn Shortcut>)
    }
}

impl Shortcut for Line {
    fn write_now(&self, frames: &[Bytes]) -> io::Result<bool> {
        self.put(frames.iter().cloned().map(Sent::Frame))
    }
}
