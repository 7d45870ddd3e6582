//! WebSockets as the hub's transport.
//!
//! axum agrees on the handshake; from then on the TCP connection is ours. An idle socket keeps no buffer, a frame is
//! one write, and the hub's dispatcher makes it itself where the connection takes it (see [`hub::Shortcut`]).
//!
//! Deliberately absent: who may open a socket, which is the server's to decide before it accepts; extensions, of which
//! none is offered; and UTF-8, because pages of Earshot send no text.

#![warn(missing_docs)]

#[cfg(test)]
mod double;
mod frames;
mod handshake;
mod link;
mod transport;

pub use handshake::Handshake;
pub use link::Stream;
pub use transport::{Reader, Socket, Writer};
