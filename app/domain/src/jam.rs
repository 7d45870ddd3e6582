//! A Jam: one shared queue and one shared instant, as a pure state machine (rules J1, J5 to J9).
//!
//! [`State::decide`] turns a command into events or a refusal and changes nothing; [`State::apply`] takes an event in.
//! The server decides and appends the events to the Jam's log; browsers decide too, as a prediction, and take the
//! server's events where they differ. Replicas that apply the same log agree.
//!
//! In every state that decisions lead to: the playing row is in the queue, no row id stands in it twice, `next` is what
//! [`State::following`] says and starts when the current row is over, and the host has a seat unless the Jam has ended.
//!
//! Deliberately absent: clocks, randomness, names and titles. Time and seeds are arguments. Who removed someone, and
//! whether they may return (J3), is not the state's matter either.

mod apply;
mod command;
mod decide;
mod event;
mod instant;
mod shuffle;
mod state;

pub use command::{Actor, Command};
pub use event::Event;
pub use state::{Loaded, Member, Playback, Repeat, Row, Settings, Standing, Start, State};

use crate::time::{MINUTE, SECOND};

/// Seats in a Jam (J2).
pub const SEATS: usize = 32;
/// Rows in a queue, played ones included.
pub const ROWS: usize = 1_000;
/// How far ahead a start is placed, so that everyone has heard of it in time, in milliseconds.
pub const LEAD_MS: i64 = 400;
/// How long a start waits for everyone to have the track ready, in milliseconds (J10).
pub const GATHER_MS: i64 = 3 * SECOND;
/// How long before the end of a track the next one is fixed, in milliseconds (J10).
pub const FIX_NEXT_MS: i64 = 4 * SECOND;
/// How long a lost host keeps the Jam, in milliseconds (J8).
pub const HOST_LOST_MS: i64 = MINUTE;
/// How long a Jam lives without anybody in it, in milliseconds (J8).
pub const EMPTY_MS: i64 = 10 * MINUTE;
/// How long a Jam lives without anything playing, in milliseconds (J8).
pub const IDLE_MS: i64 = 60 * MINUTE;
