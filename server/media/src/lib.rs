//! The music on disk: found, watched, read, pictured, opened. And the demo music, which the program makes itself.
//!
//! This crate writes to its cache and to the folder of the demo music, never to a library folder. It knows no HTTP: the
//! server asks [`Resolver`] for bytes, [`ranges`] for arithmetic and [`Library`] for pictures.

#![warn(missing_docs)]

pub mod artwork;
pub mod demo;
pub mod library;
mod names;
pub mod ranges;
pub mod resolver;
mod scan;
mod tags;
mod watch;

pub use library::Library;
pub use resolver::Resolver;
