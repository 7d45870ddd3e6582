//! Servers that tests stand on: each test starts its own on a free port in a temporary folder, and takes it down again.
//!
//! Only tests depend on this package. A program that is missing fails the test with a sentence; nothing is skipped.

#![warn(missing_docs)]

mod nats;
mod postgres;

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    process::{Command, Output},
};

pub use nats::Nats;
pub use postgres::Postgres;

/// A port of this machine that nobody listens on at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("this machine has a free port");

    listener.local_addr().expect("a listener has an address").port()
}

/// Runs a command to its end.
///
/// # Panics
/// When it cannot be run, or fails.
fn run(command: &mut Command) -> Output {
    let ran = command.output().unwrap_or_else(|error| panic!("{}", missing(command, &error)));
    assert!(ran.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ran.stderr));

    ran
}

fn missing(command: &Command, error: &io::Error) -> String {
    let program = command.get_program().to_string_lossy().into_owned();

    format!("{program} cannot be run ({error}): script/bootstrap --test installs what tests need")
}
