//! One socket: what is read, what is written, and its heartbeat, in one task.
//!
//! Clock questions are answered by reader and writer alone. Everything else goes to the desk, which is never cancelled
//! in the middle of a use case: what a page sent before it closed is carried out.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use domain::{
    Refusal,
    wire::{self, CLIENT_FRAME_BYTES, ClientFrame, ServerFrame},
};
use services::{Principal, Services};
use tokio::{sync::mpsc, time::Instant};

use crate::{
    Arrival, Ending, Hub, Incoming, Outgoing, Place, Transport,
    desk::Desk,
    dispatcher::encoded,
    mailbox::{ClockQuestion, Mailbox, Work},
    pace::Pace,
    seat::SeatId,
};

/// Frames of a page that wait for the desk. When full, the page's next frames wait in its socket.
const WAITING_FRAMES: usize = 64;
/// How long a page may take to answer a close frame.
const CLOSING: Duration = Duration::from_secs(1);
/// How long what waits may still be written when the server stops. Then the socket is closed as it is.
const LAST_FRAMES: Duration = Duration::from_secs(2);
/// Signs of life a second, and at once: many times what an honest page answers. Faster ones are refused.
const SIGNS_OF_LIFE: (u32, u32) = (1, 20);

/// Serves a socket until it is over.
pub(crate) async fn serve(hub: &Hub, id: SeatId, place: Place, who: Principal, transport: impl Transport) {
    let (incoming, outgoing) = transport.split();
    let mailbox = Arc::new(Mailbox::new(&hub.limits));
    let alive = Alive::new();
    let (frames, for_desk) = mpsc::channel(WAITING_FRAMES);

    let socket = async {
        tokio::select! {
            () = read(incoming, frames, &mailbox, &alive, hub, &place) => {}
            () = async {
                write(outgoing, &mailbox, &hub.services).await;
                tokio::time::sleep(CLOSING).await;
            } => {}
            () = beat(hub, &mailbox, &alive) => {}
        }
        mailbox.close_at_once(Ending::GoingAway);
    };

    tokio::join!(socket, Desk::work(hub, id, who, &mailbox, for_desk));
}

/// Reads until the page closes. Once we close, what still comes is ignored.
async fn read(
    mut incoming: impl Incoming,
    frames: mpsc::Sender<Box<ClientFrame>>,
    mailbox: &Mailbox,
    alive: &Alive,
    hub: &Hub,
    place: &Place,
) {
    let mut signs_of_life = Pace::new(SIGNS_OF_LIFE.0, SIGNS_OF_LIFE.1);

    loop {
        let arrival = tokio::select! {
            biased;
            () = mailbox.closing() => break,
            arrival = incoming.next() => arrival,
        };
        let received = hub.services.now_ms();
        let frame = match arrival {
            None => return,
            Some(Arrival::Pong) if signs_of_life.admits() => {
                alive.now();
                mailbox.signal(|signals| signals.pong = true);
                continue;
            }
            Some(Arrival::Pong) => Err(too_fast(&signs_of_life)),
            Some(arrival) => admitted(arrival, &mut place.pace()),
        };

        match frame {
            Err(refusal) => mailbox.close(Some(encoded(&ServerFrame::Refused(refusal))), Ending::Refused),
            Ok(ClientFrame::Clock { sent }) => mailbox.answer_clock(ClockQuestion { sent, received }),
            Ok(frame) => {
                if frames.send(Box::new(frame)).await.is_err() {
                    break;
                }
            }
        }
    }

    drop(frames);
    while incoming.next().await.is_some() {}
}

/// The frame of an arrival, or why it is refused.
fn admitted(arrival: Arrival, pace: &mut Pace) -> Result<ClientFrame, Refusal> {
    let Arrival::Frame(bytes) = arrival else { return Err(Refusal::FrameMalformed) };

    if bytes.len() > CLIENT_FRAME_BYTES {
        return Err(Refusal::FrameTooLarge);
    }
    if !pace.admits() {
        return Err(too_fast(pace));
    }

    wire::decode(&bytes)
}

fn too_fast(pace: &Pace) -> Refusal {
    Refusal::TooFast { retry_s: pace.calm_after().as_secs_f64().ceil() as u32 }
}

/// Writes what the mailbox holds until it is closed or the connection breaks.
async fn write(mut outgoing: impl Outgoing, mailbox: &Mailbox, services: &Services) {
    loop {
        let work = match mailbox.work().await {
            Work::Close(ending) => {
                let said = outgoing.close(ending.code(), ending.reason());
                let _ = tokio::time::timeout(CLOSING, said).await;
                return;
            }
            work => work,
        };

        let written = async {
            match work {
                Work::Write { clock, frames } => outgoing.write(with_clock(services, clock, frames)).await,
                Work::Ping => outgoing.ping().await,
                Work::Close(_) => Ok(()),
            }
        };
        let broken = tokio::select! {
            written = written => written.is_err(),
            () = mailbox.cut() => false,
        };
        if broken {
            return;
        }
    }
}

/// Clock answers go first and are stamped at the last moment.
fn with_clock(services: &Services, clock: Vec<ClockQuestion>, frames: Vec<Bytes>) -> Vec<Bytes> {
    let answers = clock.into_iter().map(|ClockQuestion { sent, received }| {
        encoded(&ServerFrame::Clock { sent, received, answered: services.now_ms() })
    });

    answers.chain(frames).collect()
}

/// Pings, notices silence, and says good-bye when the server stops, also to whoever does not listen.
async fn beat(hub: &Hub, mailbox: &Mailbox, alive: &Alive) {
    let every = hub.limits.ping_every;
    let mut pings = tokio::time::interval_at(Instant::now() + every, every);

    loop {
        tokio::select! {
            _ = pings.tick() => mailbox.ping(),
            () = tokio::time::sleep_until(alive.at() + hub.limits.pong_within) => {
                if alive.at().elapsed() >= hub.limits.pong_within {
                    mailbox.close_at_once(Ending::Silent);
                    break;
                }
            }
            () = hub.shutdown.cancelled() => {
                mailbox.close(Some(encoded(&ServerFrame::GoingAway)), Ending::GoingAway);
                tokio::time::sleep(LAST_FRAMES).await;
                mailbox.close_at_once(Ending::GoingAway);
                break;
            }
        }
    }
    std::future::pending().await
}

/// When the page last gave a sign of life.
struct Alive(Mutex<Instant>);

impl Alive {
    fn new() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    fn now(&self) {
        *self.0.lock().expect("nothing panics while it holds an instant") = Instant::now();
    }

    fn at(&self) -> Instant {
        *self.0.lock().expect("nothing panics while it holds an instant")
    }
}
