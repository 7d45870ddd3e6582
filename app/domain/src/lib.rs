//! The rules of Earshot: who may ask whom, who may see what is playing, how a Jam moves on, what travels over the wire.
//!
//! Everything here is a pure function of its arguments and builds for the browser as well as the server.
//! This crate never reads a clock, a random number, a file or a socket: time and ids are arguments.

#![warn(missing_docs)]

pub mod account;
pub mod activity;
pub mod clock;
pub mod ids;
pub mod inbox;
pub mod jam;
pub mod jam_request;
pub mod library;
pub mod messages;
pub mod player;
pub mod refusal;
pub mod relations;
pub mod sync;
pub mod time;
pub mod wire;

pub use ids::*;
pub use refusal::Refusal;
pub use time::Timestamp;
