//! The Jam: tables per rule, then properties over long random logs.

mod people;
mod playback;
mod properties;
mod queue;
mod table;
