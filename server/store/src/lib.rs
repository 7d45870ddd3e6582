//! The truth in SQL: every trait of `services::ports::store` over SQLite or PostgreSQL, in one text.
//!
//! In SQLite all writes pass one connection, one transaction after the other, and reads have connections of their own;
//! in PostgreSQL several nodes write and read at the same time. Either way a write is acknowledged when its commit is on
//! disk, and a read sees all of that. Where the two differ stands in `engine`; everything else is written once, with the
//! types that both share: 16-byte ids, 64-bit milliseconds, 0 and 1, text and blobs.
//!
//! Locks are taken in one order (the thing itself, then inbox heads by member), so that writers never wait in a circle.
//! Whoever holds the heads of two members holds what passes between them: blocks are looked for then, and not before.
//! Nothing here decrypts, and nothing reads a clock.

#![warn(missing_docs)]

pub mod alone;
pub mod backup;
pub mod transfer;

mod accounts;
mod blocks;
mod contacts;
mod engine;
mod fold;
mod inbox;
mod jam_requests;
mod jams;
mod library;
mod messages;
mod migrate;
mod presence;
mod requests;
mod rows;
mod sql;

use std::fmt;

use services::ports::store::{StoreError, StoreResult};
use sqlx::{Any, AnyPool, Transaction};

use crate::engine::Engine;

/// Everything that must survive, in one database.
pub struct SqlStore {
    engine: Engine,
    /// What changes anything: one connection in SQLite, any in PostgreSQL.
    writer: AnyPool,
    /// Connections that only read; in memory it is the writer's.
    readers: AnyPool,
    /// Where that lies which is true only at this moment.
    present: AnyPool,
    /// The same, for the beats of this node: they wait for nobody, or the others would take it for dead.
    beats: AnyPool,
}

impl SqlStore {
    /// Opens a database by its address and brings its tables up to date: `sqlite:/var/lib/earshot/earshot.db`, which is
    /// made if there is none, or `postgres://user:password@host/name`, which must be there.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        engine::open(url).await
    }

    /// A database that lives as long as this value, for tests.
    pub async fn memory() -> Result<Self, OpenError> {
        engine::memory().await
    }

    /// Whether other nodes may work on the same database.
    pub fn is_shared(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// The time of the database in milliseconds, where several nodes share it; nothing where it is a file of one.
    pub async fn clock_ms(&self) -> StoreResult<Option<f64>> {
        if !self.is_shared() {
            return Ok(None);
        }
        let now = sql::sql("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)");
        let now = now.first(&self.readers, sql::only::<i64>).await?;

        Ok(now.map(|us| us as f64 / 1_000.0))
    }

    /// Waits for what is running and lets go of the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        self.present.close().await;
        self.beats.close().await;
    }

    /// A transaction that may write; dropped without a commit, it changed nothing.
    async fn begin(&self) -> StoreResult<Transaction<'static, Any>> {
        self.writer.begin_with(self.engine.begin()).await.map_err(sql::failed)
    }
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqlStore")
    }
}

/// Makes a transaction durable.
async fn commit(transaction: Transaction<'static, Any>) -> StoreResult<()> {
    transaction.commit().await.map_err(sql::failed)
}

/// How often a transaction is tried before its failure counts.
const ATTEMPTS: usize = 3;

/// Does it again when the database ended it because it met others on the way: nothing of it was stored. With one order of
/// locks that should not happen, and a member should not notice the day when it does.
async fn retried<T, F>(attempt: impl Fn() -> F) -> StoreResult<T>
where
    F: Future<Output = StoreResult<T>>,
{
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(error) if engine::met_others(&error) => {}
            done => return done,
        }
    }
    attempt().await
}

/// Why a database cannot be used, as a sentence for who runs the server.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum OpenError {
    #[error(
        "the setting database.url is not understood: write sqlite: and the path of a file, or \
         postgres://user:password@host/name"
    )]
    Address,
    #[error("the database {place} cannot be opened: check that its folder exists and that Earshot may write there")]
    Unreachable { place: String, source: sqlx::Error },
    #[error("the database {place} is held by another program: stop that one first")]
    Held { place: String, source: sqlx::Error },
    #[error("{place} is damaged or not a database: restore it from a backup, or choose another file")]
    Damaged { place: String, source: sqlx::Error },
    #[error(
        "the database {place} was written by a newer Earshot (its tables are version {found}, this program knows \
         {known}): start the newer program, or restore a backup from before"
    )]
    Newer { place: String, found: i64, known: i64 },
    #[error(
        "the tables of the database {place} are version {found}, and this program works with version {known}: start this \
         Earshot on it once, which brings them up to date, and stop it again"
    )]
    Older { place: String, found: i64, known: i64 },
    #[error("there is no file {place}: check the path")]
    NoFile { place: String },
    #[error("the database {place} is not one of Earshot: check the path")]
    Foreign { place: String },
    #[error("the tables of the database {place} could not be brought to version {version}: {source}")]
    Migration { place: String, version: i64, source: StoreError },
    #[error("the database {place} does not answer ({source}): check database.url, and that PostgreSQL runs there")]
    Silent { place: String, source: sqlx::Error },
    #[error("the database {place} does not accept the user or the password of database.url")]
    Unwelcome { place: String, source: sqlx::Error },
    #[error("there is no database {place}: make it with createdb, or name another in database.url")]
    Missing { place: String, source: sqlx::Error },
    #[error("the database {place} runs on PostgreSQL {version}: Earshot needs 14 or later")]
    TooOld { place: String, version: i64 },
    #[error("the database {place} keeps its text as {encoding}: make one with the encoding UTF8")]
    Encoding { place: String, encoding: String },
    #[error("the database {place} does not work: {source}")]
    Broken { place: String, source: sqlx::Error },
}

impl OpenError {
    /// Whether the same address may work a little later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Silent { .. })
    }
}
