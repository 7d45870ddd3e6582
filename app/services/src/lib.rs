//! What members can do: use cases over ports.
//!
//! Authorisation lives here, on every call, with the principal as an argument. Nothing is acknowledged before the store
//! has committed it; the bus only carries hints and may lose them. This crate names no adapter: it knows neither HTTP,
//! nor SQL, nor a file system.

#![warn(missing_docs)]

pub mod accounts;
pub mod activity;
pub mod contacts;
#[cfg(feature = "contract")]
pub mod contract;
pub mod error;
pub mod inbox;
pub mod jam_requests;
pub mod jams;
mod keyed;
pub mod library;
mod listening;
pub mod messages;
pub mod nodes;
pub mod player;
pub mod ports;
pub mod principal;
pub mod rounds;
pub mod sealing;
pub mod services;
pub mod settings;

pub use error::{Error, Result};
pub use principal::Principal;
pub use services::{Ports, Services};
pub use settings::Settings;
