//! The writing side of a socket, used by its connection and by the hub's dispatcher.

use std::{
    cell::RefCell,
    future::Future,
    io::{self, ErrorKind},
    sync::{Mutex, MutexGuard},
};

use bytes::Bytes;
use hub::Shortcut;
use tokio::net::TcpStream;

use crate::frames::{self, Kind};

/// Kept for each thread; what a large frame has taken beyond it is given back.
const SCRATCH_BYTES: usize = 64 * 1024;

thread_local! {
    /// Frames on their way to the system.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Bytes both ways, without waiting and with.
pub trait Stream: Send + Sync + 'static {
    /// Reads what is there; nothing at the end; `WouldBlock` when that has to be waited for.
    fn try_read(&self, room: &mut [u8]) -> io::Result<usize>;
    /// Writes what fits; `WouldBlock` when nothing does.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;
    /// Waits until there may be something to read. Safe to cancel.
    fn readable(&self) -> impl Future<Output = io::Result<()>> + Send;
    /// Waits until something may fit. Safe to cancel.
    fn writable(&self) -> impl Future<Output = io::Result<()>> + Send;
}

impl Stream for TcpStream {
    fn try_read(&self, room: &mut [u8]) -> io::Result<usize> {
        self.try_read(room)
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.try_write(bytes)
    }

    async fn readable(&self) -> io::Result<()> {
        self.readable().await
    }

    async fn writable(&self) -> io::Result<()> {
        self.writable().await
    }
}

/// A stream, with what did not fit yet.
pub(crate) struct Link<S> {
    pub(crate) stream: S,
    outbox: Mutex<Outbox>,
}

#[derive(Default)]
struct Outbox {
    /// Goes before everything else. May begin in the middle of a frame.
    unsent: Vec<u8>,
    /// A close frame is among what was sent or waits: nothing may follow it.
    closed: bool,
    /// A write has failed, perhaps in the middle of a frame: nothing may follow that either.
    broken: Option<ErrorKind>,
}

impl<S: Stream> Link<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, outbox: Mutex::default() }
    }

    /// Takes a frame of the protocol itself; after a close frame the page hears nothing. Answers whether everything has
    /// been handed to the system; what does not fit goes with the next frames.
    pub(crate) fn say(&self, kind: Kind, payload: &[u8]) -> io::Result<bool> {
        self.send(kind == Kind::Close, |out| frames::push(kind, payload, out))
    }

    /// Answers a ping, unless other bytes wait already: a page that sends pings and reads nothing would let pongs pile
    /// up, and the RFC wants an answer to the last of several only.
    pub(crate) fn pong(&self, payload: &[u8]) -> io::Result<bool> {
        if self.outbox().unsent.is_empty() { self.say(Kind::Pong, payload) } else { Ok(false) }
    }

    /// Sends what did not fit. Safe to cancel.
    pub(crate) async fn flush(&self) -> io::Result<()> {
        while !self.flushed()? {
            self.stream.writable().await?;
        }
        Ok(())
    }

    fn flushed(&self) -> io::Result<bool> {
        let mut outbox = self.outbox();
        let mut unsent = std::mem::take(&mut outbox.unsent);

        let sent = self.write(&mut outbox, &unsent)?;
        unsent.drain(..sent);
        let flushed = unsent.is_empty();
        // Memory is kept only while something waits.
        if !flushed {
            outbox.unsent = unsent;
        }
        Ok(flushed)
    }

    /// Answers whether everything has been handed to the system.
    fn send(&self, last: bool, frames: impl FnOnce(&mut Vec<u8>)) -> io::Result<bool> {
        let mut outbox = self.outbox();
        if outbox.closed {
            return Ok(outbox.unsent.is_empty());
        }
        outbox.closed = last;
        if !outbox.unsent.is_empty() {
            frames(&mut outbox.unsent);
            return Ok(false);
        }

        SCRATCH.with_borrow_mut(|scratch| {
            scratch.clear();
            scratch.shrink_to(SCRATCH_BYTES);
            frames(scratch);
            let sent = self.write(&mut outbox, scratch)?;
            outbox.unsent.extend_from_slice(&scratch[sent..]);
            Ok(sent == scratch.len())
        })
    }

    /// How much fitted.
    fn write(&self, outbox: &mut Outbox, bytes: &[u8]) -> io::Result<usize> {
        if let Some(broken) = outbox.broken {
            return Err(broken.into());
        }
        let mut sent = 0;

        while sent < bytes.len() {
            match self.stream.try_write(&bytes[sent..]) {
                Ok(0) => return Err(outbox.breaks(ErrorKind::WriteZero.into())),
                Ok(more) => sent += more,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(outbox.breaks(error)),
            }
        }
        Ok(sent)
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().expect("nothing panics while it holds an outbox")
    }
}

impl Outbox {
    fn breaks(&mut self, error: io::Error) -> io::Error {
        self.broken = Some(error.kind());
        error
    }
}

impl<S: Stream> Shortcut for Link<S> {
    fn write_now(&self, messages: &[Bytes]) -> io::Result<bool> {
        self.send(false, |out| messages.iter().for_each(|message| frames::push(Kind::Binary, message, out)))
    }
}

#[cfg(test)]
mod tests;
