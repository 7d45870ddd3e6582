//! Carries notes between the parts of Earshot.
//!
//! One implementation stands here: [`LocalBus`], inside one process, which needs no other program. Deliberately absent:
//! a store of notes. A note that no subscription watches for is gone, and whoever may have missed one is told so.

#![warn(missing_docs)]

mod local;

pub use local::LocalBus;
