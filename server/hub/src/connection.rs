//! One socket: what is read, what is written, and its heartbeat, in one task.
//!
//! Clock questions are answered by reader and writer alone. Everything else goes to the desk, which is never cancelled
//! in the middle of a use case: what a page sent before it closed is carried out.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use domain::{
    Refusal,
    wire::{self, CLIENT_FRAME_BYTES, ClientFrame, ServerFrame},
};
use services::Principal;
use tokio::{sync::mpsc, time::Instant};

use crate::{
    Arrival, Ending, Hub, Incoming, Limits, Outgoing, Transport,
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

/// Serves a socket until it is over.
pub(crate) async fn serve(hub: &Hub, id: SeatId, who: Principal, transport: impl Transport) {
    let (incoming, outgoing) = transport.split();
    let mailbox = Arc::new(Mailbox::new(&hub.limits));
    let alive = Alive::new();
    let (frames, for_desk) = mpsc::channel(WAITING_FRAMES);

    let socket = async {
        tokio::select! {
            () = read(incoming, frames, &mailbox, &alive, &hub.limits) => {}
            () = async {
                write(outgoing, &mailbox).await;
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
    limits: &Limits,
) {
    let mut pace = Pace::new(limits.frames_a_second, limits.frame_burst);

    loop {
        let arrival = tokio::select! {
            arrival = incoming.next() => arrival,
            () = mailbox.closing() => break,
        };
        let frame = match arrival {
            None => return,
            Some(Arrival::Pong) => {
                alive.now();
                mailbox.signal(|signals| signals.pong = true);
                continue;
            }
            Some(arrival) => admitted(arrival, &mut pace),
        };

        match frame {
            Err(refusal) => mailbox.close(Some(encoded(&ServerFrame::Refused(refusal))), Ending::Refused),
            Ok((ClientFrame::Clock { sent }, received)) => mailbox.answer_clock(ClockQuestion { sent, received }),
            Ok((frame, _)) => {
                if frames.send(Box::new(frame)).await.is_err() {
                    break;
                }
            }
        }
    }

    drop(frames);
    while incoming.next().await.is_some() {}
}

/// The frame of an arrival and its instant, or why it is refused.
fn admitted(arrival: Arrival, pace: &mut Pace) -> Result<(ClientFrame, f64), Refusal> {
    let received = server_ms();
    let Arrival::Frame(bytes) = arrival else { return Err(Refusal::FrameMalformed) };

    if bytes.len() > CLIENT_FRAME_BYTES {
        return Err(Refusal::FrameTooLarge);
    }
    if !pace.admits() {
        return Err(Refusal::TooFast { retry_s: pace.calm_after().as_secs_f64().ceil() as u32 });
    }

    wire::decode(&bytes).map(|frame| (frame, received))
}

/// Writes what the mailbox holds until it is closed or the connection breaks.
async fn write(mut outgoing: impl Outgoing, mailbox: &Mailbox) {
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
                Work::Write { clock, frames } => outgoing.write(with_clock(clock, frames)).await,
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
fn with_clock(clock: Vec<ClockQuestion>, frames: Vec<Bytes>) -> Vec<Bytes> {
    let answers = clock
        .into_iter()
        .map(|ClockQuestion { sent, received }| encoded(&ServerFrame::Clock { sent, received, answered: server_ms() }));

    answers.chain(frames).collect()
}

/// Pings, notices silence, and says good-bye when the server stops.
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

/// The server's clock with more than a millisecond's resolution: what Jams keep time by.
fn server_ms() -> f64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);

    since_1970.expect("the clock of a server stands after 1970").as_secs_f64() * 1_000.0
}
