//! One socket: what is read and what is written, in one task. It is made to be small while nothing happens.
//!
//! Clock questions are answered by reader and writer alone. Everything else goes to the desk, which is never cancelled
//! in the middle of a use case: what a page sent before it closed is carried out.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{
    Refusal,
    wire::{self, CLIENT_FRAME_BYTES, ClientFrame, ServerFrame},
};
use services::{Principal, Services};

use crate::{
    Arrival, Ending, Hub, Incoming, Outgoing, Place, Transport,
    desk::Desk,
    dispatcher::encoded,
    intake::Intake,
    mailbox::{ClockQuestion, Mailbox, Work},
    pace::Pace,
    seat::SeatId,
};

/// How long a page may take to answer a close frame.
const CLOSING: Duration = Duration::from_secs(1);
/// Signs of life a second, and at once: many times what an honest page answers. Faster ones are refused.
const SIGNS_OF_LIFE: (u32, u32) = (1, 20);

/// Serves a socket until it is over.
pub(crate) async fn serve(hub: Arc<Hub>, id: SeatId, place: Place, who: Box<Principal>, transport: impl Transport) {
    let (incoming, outgoing) = transport.split();
    let mailbox = Arc::new(Mailbox::new(&hub.limits, outgoing.shortcut()));
    let _pulse = hub.heart.keep(id, mailbox.clone());
    let intake = Intake::default();

    tokio::join!(
        async {
            tokio::select! {
                () = read(incoming, &intake, &mailbox, &hub, &place) => {}
                () = async {
                    write(outgoing, &mailbox, &hub.services).await;
                    tokio::time::sleep(CLOSING).await;
                } => {}
            }
            mailbox.part();
            intake.end();
        },
        async {
            Desk::work(&hub, id, who, &mailbox, &intake).await;
            intake.leave();
        }
    );
}

/// Reads until the page closes. Once we close, what still comes is ignored.
async fn read(mut incoming: impl Incoming, intake: &Intake, mailbox: &Mailbox, hub: &Hub, place: &Place) {
    let mut signs_of_life = Pace::new(SIGNS_OF_LIFE.0, SIGNS_OF_LIFE.1);

    loop {
        let arrival = tokio::select! {
            biased;
            () = mailbox.closing() => break,
            arrival = incoming.next() => arrival,
        };
        let Some(arrival) = arrival else { return };

        if let Some(frame) = for_desk(arrival, mailbox, &mut signs_of_life, hub, place)
            && !intake.put(frame).await
        {
            break;
        }
    }

    intake.end();
    while incoming.next().await.is_some() {}
}

/// The frame of an arrival, unless it is dealt with here.
fn for_desk(
    arrival: Arrival,
    mailbox: &Mailbox,
    signs_of_life: &mut Pace,
    hub: &Hub,
    place: &Place,
) -> Option<Box<ClientFrame>> {
    let received = hub.services.now_ms();
    let frame = match arrival {
        Arrival::Pong if signs_of_life.admits() => {
            mailbox.note_life();
            return None;
        }
        Arrival::Pong => Err(too_fast(signs_of_life)),
        arrival => admitted(arrival, &mut place.pace()),
    };

    match frame {
        Err(refusal) => mailbox.close(Some(encoded(&ServerFrame::Refused(refusal))), Ending::Refused),
        Ok(ClientFrame::Clock { sent }) => mailbox.answer_clock(ClockQuestion { sent, received }),
        Ok(frame) => return Some(Box::new(frame)),
    }
    None
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
                let _ = Box::pin(tokio::time::timeout(CLOSING, said)).await;
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
