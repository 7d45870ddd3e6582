//! The layout of every frame, byte by byte: browsers and servers of one version must read each other.
//!
//! When this fails, a layout changed. Add new variants at the end, raise `wire::VERSION` and write the table anew
//! (`EARSHOT_WRITE_LAYOUT=1 cargo test -p domain wire_layout`); its difference shows what pages in use would misread.

use std::{fmt::Write, fs, path::PathBuf};

use domain::wire::encode;
use serde::Serialize;

use super::{client_frames, server_frames};

#[test]
fn wire_layout_of_every_frame_is_the_one_that_was_written_down() {
    let mut table = String::new();
    write(&mut table, "client", client_frames());
    write(&mut table, "server", server_frames());

    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rules/wire/layout.txt");
    if std::env::var_os("EARSHOT_WRITE_LAYOUT").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();

    for (line, known) in table.lines().zip(written.lines()) {
        assert_eq!(line, known);
    }
    assert_eq!(table.lines().count(), written.lines().count(), "frames came or went");
}

fn write<F: Serialize>(table: &mut String, side: &str, frames: Vec<(&'static str, F)>) {
    for (name, frame) in frames {
        write!(table, "{side} {name} ").unwrap();
        for byte in encode(&frame) {
            write!(table, "{byte:02x}").unwrap();
        }
        table.push('\n');
    }
}
