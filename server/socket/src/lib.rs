//! WebSockets as the hub's transport: the handshake of axum, and the bounds of what a socket reads and writes.
//!
//! Deliberately absent: who may open one, which is the server's to decide before it accepts.

#![warn(missing_docs)]

use std::io;

use axum::{
    extract::{
        FromRequestParts,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use bytes::Bytes;
use domain::wire::CLIENT_FRAME_BYTES;
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use http::request::Parts;
use hub::{Arrival, Incoming, Outgoing, Transport};

/// Read at once: frames of pages are small, and ten thousand of these buffers must not matter.
const READ_BYTES: usize = 4 * 1024;
/// Gathered before a write.
const WRITE_BYTES: usize = 16 * 1024;
/// The largest frame that is ever written is the state of a full Jam, with room to spare.
const MOST_WRITTEN_BYTES: usize = 4 * 1024 * 1024;
/// A little more is read than the hub accepts, so that the page is told why; beyond that the socket just closes.
const MOST_READ_BYTES: usize = 4 * CLIENT_FRAME_BYTES;

/// A request that asks for a WebSocket as it should.
pub struct Handshake(WebSocketUpgrade);

impl<S: Send + Sync> FromRequestParts<S> for Handshake {
    type Rejection = WebSocketUpgradeRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(WebSocketUpgrade::from_request_parts(parts, state).await?))
    }
}

impl Handshake {
    /// Agrees, and serves the socket when it is open, in a task of its own.
    pub fn accept<F>(self, serve: impl FnOnce(Socket) -> F + Send + 'static) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0
            .read_buffer_size(READ_BYTES)
            .write_buffer_size(WRITE_BYTES)
            .max_write_buffer_size(MOST_WRITTEN_BYTES)
            .max_message_size(MOST_READ_BYTES)
            .max_frame_size(MOST_READ_BYTES)
            .on_upgrade(move |socket| serve(Socket(socket)))
    }
}

/// An open WebSocket.
pub struct Socket(WebSocket);

impl Transport for Socket {
    type Incoming = Reader;
    type Outgoing = Writer;

    fn split(self) -> (Self::Incoming, Self::Outgoing) {
        let (writer, reader) = self.0.split();
        (Reader(reader), Writer(writer))
    }
}

/// Reads messages.
pub struct Reader(SplitStream<WebSocket>);

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

/// Writes messages.
pub struct Writer(SplitSink<WebSocket, Message>);

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
