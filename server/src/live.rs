//! `/ws`: the handshake of live connections, and a WebSocket as the hub's transport.

use std::io;

use axum::{
    Extension,
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{Refusal, wire::CLIENT_FRAME_BYTES};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use http::{HeaderMap, StatusCode};
use hub::{Arrival, Full, Incoming, Outgoing, Transport};

use crate::{security, visit::Visit, web::Web};

/// Read at once: frames of pages are small, and ten thousand of these buffers must not matter.
const READ_BYTES: usize = 4 * 1024;
/// Gathered before a write.
const WRITE_BYTES: usize = 16 * 1024;
/// The largest frame that is ever written is the state of a full Jam, with room to spare.
const MOST_WRITTEN_BYTES: usize = 4 * 1024 * 1024;
/// A little more is read than the hub accepts, so that the page is told why; beyond that the socket just closes.
const MOST_READ_BYTES: usize = 4 * CLIENT_FRAME_BYTES;

/// Opens a live connection for a member.
pub(crate) async fn open(
    State(web): State<Web>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !security::is_own(&visit.place, &headers) {
        return security::foreign();
    }
    let Some(who) = visit.principal else {
        return (StatusCode::UNAUTHORIZED, Refusal::LogInFirst.to_string()).into_response();
    };
    let place = match web.hub.admit(who.id()) {
        Ok(place) => place,
        Err(Full::Server) => {
            let words = "Too many tabs are open just now. Try again in a moment.";
            return (StatusCode::SERVICE_UNAVAILABLE, words).into_response();
        }
        Err(Full::Member) => {
            let words = "You have Earshot open in too many tabs. Close some of them.";
            return (StatusCode::TOO_MANY_REQUESTS, words).into_response();
        }
    };

    upgrade
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(WRITE_BYTES)
        .max_write_buffer_size(MOST_WRITTEN_BYTES)
        .max_message_size(MOST_READ_BYTES)
        .max_frame_size(MOST_READ_BYTES)
        .on_upgrade(move |socket| async move { web.hub.serve(place, who, Socket(socket)).await })
}

struct Socket(WebSocket);

impl Transport for Socket {
    type Incoming = Reader;
    type Outgoing = Writer;

    fn split(self) -> (Self::Incoming, Self::Outgoing) {
        let (writer, reader) = self.0.split();
        (Reader(reader), Writer(writer))
    }
}

struct Reader(SplitStream<WebSocket>);

impl Incoming for Reader {
    async fn next(&mut self) -> Option<Arrival> {
        match self.0.next().await?.ok()? {
            Message::Binary(bytes) => Some(Arrival::Frame(bytes)),
            Message::Pong(_) | Message::Ping(_) => Some(Arrival::Pong),
            Message::Text(_) => Some(Arrival::Strange),
            Message::Close(_) => None,
        }
    }
}

struct Writer(SplitSink<WebSocket, Message>);

impl Outgoing for Writer {
    async fn write(&mut self, frames: Vec<Bytes>) -> io::Result<()> {
        for frame in frames {
            self.0.feed(Message::Binary(frame)).await.map_err(io::Error::other)?;
        }
        self.0.flush().await.map_err(io::Error::other)
    }

    async fn ping(&mut self) -> io::Result<()> {
        self.0.send(Message::Ping(Bytes::new())).await.map_err(io::Error::other)
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        // Whoever is gone already needs no good-bye.
        let _ = self.0.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }
}
