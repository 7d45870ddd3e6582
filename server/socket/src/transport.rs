//! A WebSocket behind the hub's seam.

use std::{
    io::{self, ErrorKind},
    sync::Arc,
};

use bytes::Bytes;
use hub::{Arrival, Incoming, Outgoing, Shortcut, Transport};

use crate::{
    Stream,
    frames::{self, Fault, Inbox, Kind, Message},
    link::Link,
};

/// Read at once, from the stack.
const READ_BYTES: usize = 4 * 1024;

/// An open WebSocket.
pub struct Socket<S> {
    stream: S,
    inbox: Option<Box<Inbox>>,
}

impl<S: Stream> Socket<S> {
    /// After the handshake. `early` is what has been read behind it already.
    pub fn new(stream: S, early: &[u8]) -> Self {
        Self { stream, inbox: Inbox::of(early) }
    }
}

impl<S: Stream> Transport for Socket<S> {
    type Incoming = Reader<S>;
    type Outgoing = Writer<S>;

    fn split(self) -> (Reader<S>, Writer<S>) {
        let link = Arc::new(Link::new(self.stream));

        (Reader { link: link.clone(), inbox: self.inbox, over: false }, Writer(link))
    }
}

/// Reads messages and answers what the protocol itself wants answered.
pub struct Reader<S> {
    link: Arc<Link<S>>,
    /// There is none while nothing has come.
    inbox: Option<Box<Inbox>>,
    over: bool,
}

impl<S: Stream> Incoming for Reader<S> {
    async fn next(&mut self) -> Option<Arrival> {
        while !self.over {
            match self.next_message() {
                Ok(Some(message)) => return self.take(message),
                Ok(None) => self.over = self.more().await.is_err(),
                Err(fault) => self.end(&frames::goodbye(fault.code(), "")),
            }
        }
        None
    }
}

impl<S: Stream> Reader<S> {
    fn next_message(&mut self) -> Result<Option<Message>, Fault> {
        let Some(inbox) = &mut self.inbox else { return Ok(None) };
        let message = inbox.next();

        if inbox.is_empty() {
            self.inbox = None;
        }
        message
    }

    fn take(&mut self, message: Message) -> Option<Arrival> {
        let Message { kind, payload } = message;

        match kind {
            Kind::Binary => Some(Arrival::Frame(payload)),
            Kind::Text | Kind::Continuation => Some(Arrival::Strange),
            Kind::Pong => Some(Arrival::Pong),
            Kind::Ping => {
                // If the connection is broken, reading finds out.
                let _ = self.link.pong(&payload);
                Some(Arrival::Pong)
            }
            Kind::Close => {
                let code = payload.get(..2).unwrap_or_default();
                self.end(code);
                None
            }
        }
    }

    /// Says good-bye, if we have not before, and reads nothing more. A page that takes no more bytes does not hear it.
    fn end(&mut self, goodbye: &[u8]) {
        let _ = self.link.say(Kind::Close, goodbye);
        self.over = true;
    }

    async fn more(&mut self) -> io::Result<()> {
        // A page that never stops sending, and completes no message, must not keep a thread for itself.
        tokio::task::consume_budget().await;
        self.link.stream.readable().await?;

        let mut room = [0; READ_BYTES];
        match self.link.stream.try_read(&mut room) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                self.inbox.get_or_insert_default().add(&room[..read]);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Writes messages.
pub struct Writer<S>(Arc<Link<S>>);

impl<S: Stream> Writer<S> {
    /// Waiting takes memory only where there is something to wait for.
    async fn rest(&self) -> io::Result<()> {
        Box::pin(self.0.flush()).await
    }
}

impl<S: Stream> Outgoing for Writer<S> {
    async fn write(&mut self, frames: Vec<Bytes>) -> io::Result<()> {
        if self.0.write_now(&frames)? { Ok(()) } else { self.rest().await }
    }

    async fn ping(&mut self) -> io::Result<()> {
        if self.0.say(Kind::Ping, &[])? { Ok(()) } else { self.rest().await }
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        // Whoever is gone already needs no good-bye.
        if let Ok(false) = self.0.say(Kind::Close, &frames::goodbye(code, reason)) {
            let _ = self.rest().await;
        }
    }

    fn shortcut(&self) -> Option<Arc<dyn Shortcut>> {
        Some(self.0.clone())
    }
}

#[cfg(test)]
mod tests;
