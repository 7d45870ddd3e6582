//! The live side of Earshot: open sockets, what each of them hears, and how none of them harms another.
//!
//! One dispatcher holds the only subscription of this process to the bus, encodes every frame once and puts it into the
//! mailboxes of the connections that watch its topic; so each topic has one order, alike for everybody. Each connection
//! is one task with a bounded mailbox; where its transport has a [`Shortcut`], the dispatcher writes, too. Whoever reads
//! too slowly is closed with a code and resumes by position.
//!
//! Deliberately absent: HTTP, the handshake and the framing of WebSockets, which stand behind [`Transport`]; and every
//! decision about what a member may do, which belongs to `services` and is asked for each frame.

#![warn(missing_docs)]

mod connection;
mod desk;
mod dispatcher;
mod ending;
mod heart;
mod hub;
mod intake;
mod limits;
mod mailbox;
mod pace;
mod places;
mod rounds;
mod seat;
mod transport;

pub use ending::Ending;
pub use hub::Hub;
pub use limits::Limits;
pub use places::{Full, Place};
pub use transport::{Arrival, Incoming, Outgoing, Shortcut, Transport};
