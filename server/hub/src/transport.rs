//! The seam between the hub and what carries its bytes.
//!
//! The server puts a WebSocket behind it, tests a pair of channels.

use std::{future::Future, io, sync::Arc};

use bytes::Bytes;

/// Something that arrived from a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A binary message.
    Frame(Bytes),
    /// The answer to a ping, or a ping of its own: a sign of life and nothing else.
    Pong,
    /// Anything else that pages of ours never send.
    Strange,
}

/// An open, authenticated connection to one tab.
pub trait Transport: Send + 'static {
    /// The side that is read.
    type Incoming: Incoming;
    /// The side that is written.
    type Outgoing: Outgoing;

    /// Both sides apart.
    fn split(self) -> (Self::Incoming, Self::Outgoing);
}

/// The side that is read.
pub trait Incoming: Send {
    /// What arrives next; nothing when the connection is over. Safe to cancel.
    fn next(&mut self) -> impl Future<Output = Option<Arrival>> + Send;
}

/// The side that is written. A call that was given up leaves no half frame behind.
pub trait Outgoing: Send {
    /// Writes these frames in order, together as far as possible.
    fn write(&mut self, frames: Vec<Bytes>) -> impl Future<Output = io::Result<()>> + Send;
    /// Asks for a pong.
    fn ping(&mut self) -> impl Future<Output = io::Result<()>> + Send;
    /// Says why and ends.
    fn close(&mut self, code: u16, reason: &'static str) -> impl Future<Output = ()> + Send;
    /// A way to write without waiting, for transports that have one.
    fn shortcut(&self) -> Option<Arc<dyn Shortcut>> {
        None
    }
}

/// Writes from outside of the connection's task, between two calls of its [`Outgoing`].
pub trait Shortcut: Send + Sync {
    /// Takes all of these frames, in order, together as far as possible. Answers whether all have gone out; if not, the
    /// next [`Outgoing::write`] waits for the rest, even one without frames.
    fn write_now(&self, frames: &[Bytes]) -> io::Result<bool>;
}
