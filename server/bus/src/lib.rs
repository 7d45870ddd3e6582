//! Carries notes between the parts of Earshot.
//!
//! Two implementations stand here: [`LocalBus`], inside one process, which needs no other program, and [`NatsBus`],
//! between several processes that share a NATS server. Deliberately absent: a store of notes. A note that no
//! subscription watches for is gone, and whoever may have missed one is told so.

#![warn(missing_docs)]

mod local;
mod nats;
mod readers;

pub use local::LocalBus;
pub use nats::{BusMetrics, ConnectError, NatsBus};
