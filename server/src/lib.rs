//! How Earshot runs on a machine: settings, adapters, HTTP and sockets around the use cases.
//!
//! The only crate that names an adapter. `main` reads settings and binds; [`run()`] does the rest until it is told to stop.

#![warn(missing_docs)]
#![recursion_limit = "256"]

pub mod cli;
pub mod config;
pub mod keys;
pub mod place;
pub mod run;
pub mod site;
pub mod upkeep;
pub mod visit;

mod demo;
mod host;
mod live;
mod music;
mod operators;
mod pages;
mod security;
mod serving;
mod session;
mod web;

pub use config::Config;
pub use run::{grant, run};
