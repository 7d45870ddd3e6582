//! Moves everything that must survive from one database into another, empty one, whichever engines they are of.
//!
//! The old database is only read, at one moment, while nobody works on it. The new one is written in a single transaction,
//! so it is full or empty, whatever interrupts. Then both are read again, in the order of their keys, and must be the same
//! row by row. What is sealed stays sealed: no key is needed here. What is true only at this moment is left behind, and
//! the search index is made anew.

mod compare;
mod copy;
mod rest;
mod row;
mod tables;

use services::ports::store::StoreError;

use crate::{
    OpenError, SqlStore,
    alone::{Taken, alone},
    engine,
};

/// What is being done at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Rows are written into the new database.
    Copying,
    /// The search index of the new one is made.
    Indexing,
    /// The rows of both are compared.
    Comparing,
}

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is being done.
    pub doing: Doing,
    /// With which table.
    pub table: &'static str,
    /// How many of its rows are done.
    pub rows: u64,
    /// How many there are.
    pub of: u64,
}

/// A table that is the same in both databases now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
}

/// Who wants to know how far it is.
pub type Report<'r> = &'r (dyn Fn(Step) + Sync);

/// Why nothing was moved, or why the copy cannot be trusted, as a sentence for who runs the server.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum TransferError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("both addresses are the same: name another database to move to")]
    Same,
    #[error("{0}: stop it before anything is moved")]
    Taken(#[from] Taken),
    #[error("a node of Earshot works on the database {place}: stop all its nodes before anything is moved")]
    Works { place: String },
    #[error("the database {place} is not empty, there is something in its table {table}: name a new one to move to")]
    NotEmpty { place: String, table: &'static str },
    #[error(
        "{row} has the sign NUL in its text, which PostgreSQL does not take (column {column} of the table {table}, row \
         {key}): change that text in the old database. Nothing was moved"
    )]
    Nul { row: &'static str, table: &'static str, column: &'static str, key: String },
    #[error("the table {table} of the database {place} could not be read: {source}")]
    Read { table: &'static str, place: String, source: StoreError },
    #[error("the table {table} of the database {place} could not be written, so it stays empty: {source}")]
    Written { table: &'static str, place: String, source: StoreError },
    #[error("the database {place} could not be written, so it stays empty: {source}")]
    Stopped { place: String, source: StoreError },
    #[error("the database {place} does not answer: {source}")]
    Silent { place: String, source: StoreError },
    #[error(
        "the table {table} is not the same in both databases ({there} rows in {from}, {here} in {to}): do not use the \
         new database, but make another and try again"
    )]
    Different { table: &'static str, from: String, there: u64, to: String, here: u64 },
}

/// Moves the database of one address into that of another. Answers what was moved, once both were found to be the same.
///
/// Nothing is written when this is dropped, except while it compares.
pub async fn transfer(from: &str, to: &str, report: Report<'_>) -> Result<Vec<Moved>, TransferError> {
    if from == to {
        return Err(TransferError::Same);
    }
    let _alone = (alone(from)?, alone(to)?);
    let mut source = engine::look(from).await?;
    let target = SqlStore::open(to).await?;
    let place = |url| engine::place(url).ok_or(OpenError::Address);
    let places = Places { from: place(from)?, to: place(to)? };

    rest::expect_rest(&mut source, &places.from).await?;
    rest::expect_rest_of(&target, &places.to).await?;
    copy::copy(&mut source, &target, &places, report).await?;
    target.close().await;
    let mut target = engine::look(to).await?;
    compare::compare(&mut source, &mut target, &places, report).await
}

/// The two databases as an error names them.
struct Places {
    from: String,
    to: String,
}
