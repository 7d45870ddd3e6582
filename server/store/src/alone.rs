//! One program at a time on a database that is a file: each would take what it keeps in memory for all there is.
//!
//! The lock is a file beside the database and goes with the process, however that ends. What only reads or changes a row,
//! like a backup or a grant, needs none. In PostgreSQL several nodes work together, and nothing is locked here.

use std::fs::File;

use crate::engine;

/// Others stay away while this is kept.
#[derive(Debug)]
pub struct Alone(#[allow(dead_code, reason = "the lock is let go of when the file is closed")] File);

/// Another program works on the database.
#[derive(Debug, thiserror::Error)]
#[error("another Earshot already runs on the database {place}")]
pub struct Taken {
    /// The file.
    pub place: String,
}

/// Takes the database of an address for this process alone, if it is a file. Where no lock can be written, no database can
/// be: opening it will say so.
pub fn alone(url: &str) -> Result<Option<Alone>, Taken> {
    let Some(place) = engine::file(url) else { return Ok(None) };
    let Ok(file) = File::create(format!("{place}.lock")) else { return Ok(None) };

    match file.try_lock() {
        Ok(()) => Ok(Some(Alone(file))),
        Err(_) => Err(Taken { place: place.into() }),
    }
}
