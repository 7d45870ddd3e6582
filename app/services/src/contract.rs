//! In-memory doubles of the ports, and one suite per port that every adapter runs.
//!
//! Built only with the feature `contract`, for tests of this crate and of the adapters. Nothing here survives a restart.

pub mod bus_suite;
pub mod doubles;
mod memory;
pub mod presence_suite;
pub mod store_suite;
pub mod world;

pub use memory::{MemoryPresence, MemoryStore};
pub use world::World;
