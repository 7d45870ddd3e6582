//! Pages without a network: a world of use cases, a hub, and tabs that speak frames over channels.

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{
    TabId,
    inbox::Position,
    wire::{self, ClientFrame, ServerFrame},
};
use hub::{Arrival, Hub, Incoming, Limits, Outgoing, Transport};
use services::{Principal, contract::world::World};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A server without HTTP.
pub struct Story {
    pub world: World,
    pub hub: Arc<Hub>,
    pub shutdown: CancellationToken,
    tabs: u128,
}

impl Story {
    pub async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let world = World::new().await;
        let shutdown = CancellationToken::new();
        let hub = Hub::new(world.services.clone(), &*world.bus, limits, shutdown.clone()).await;

        Self { world, hub, shutdown, tabs: 0 }
    }

    /// A socket that has not said anything.
    pub fn connect(&self, who: &Principal) -> Page {
        let (to_server, from_page) = mpsc::channel(256);
        let (to_page, from_server) = mpsc::channel(16);
        let (thaw, frozen) = watch::channel(false);
        let (hub, who) = (self.hub.clone(), who.clone());
        let place = hub.admit(who.id()).expect("there is a place");
        tokio::spawn(async move { hub.serve(place, who, Memory { from_page, to_page, frozen }).await });

        Page { to_server, from_server, freeze: thaw }
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
    to_page: mpsc::Sender<Sent>,
    frozen: watch::Receiver<bool>,
}

struct Reader(mpsc::Receiver<Arrival>);

struct Writer {
    to_page: mpsc::Sender<Sent>,
    frozen: watch::Receiver<bool>,
}

impl Transport for Memory {
    type Incoming = Reader;
    type Outgoing = Writer;

    fn split(self) -> (Reader, Writer) {
        (Reader(self.from_page), Writer { to_page: self.to_page, frozen: self.frozen })
    }
}

impl Incoming for Reader {
    async fn next(&mut self) -> Option<Arrival> {
        self.0.recv().await
    }
}

impl Writer {
    async fn put(&mut self, sent: Sent) -> io::Result<()> {
        let _ = self.frozen.wait_for(|frozen| !frozen).await;
        self.to_page.send(sent).await.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Outgoing for Writer {
    async fn write(&mut self, frames: Vec<Bytes>) -> io::Result<()> {
        for frame in frames {
            self.put(Sent::Frame(frame)).await?;
        }
        Ok(())
    }

    async fn ping(&mut self) -> io::Result<()> {
        self.put(Sent::Ping).await
    }

    async fn close(&mut self, code: u16, _reason: &'static str) {
        // A frozen socket gets no close frame through either; the story still wants to know the code.
        let _ = self.to_page.send(Sent::Close(code)).await;
    }
}
