//! SQLite: how it is opened and made safe, and what it calls its types and its errors.
//!
//! Written with `synchronous=FULL`, so a commit that was acknowledged survives a power cut; in WAL mode, so reads and the
//! one writer never wait for each other. What is only true at this moment lies in a database of its own in memory.

use std::path::Path;

use sqlx::{AnyConnection, AnyPool, Connection, Executor, error::DatabaseError};

use super::{Engine, options, pool};
use crate::{
    OpenError, SqlStore,
    migrate::{self, LASTING, PRESENT},
};

/// Takes the right to write at once: SQLite cannot wait for it in the middle of a transaction.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// Connections that read at the same time; more find no processor on a small server.
const READERS: u32 = 4;

const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000";
/// For a single connection, with a first look at the file, which says what is wrong with it.
const PATIENT: &str = "PRAGMA busy_timeout = 10000; PRAGMA temp_store = MEMORY; PRAGMA schema_version";
/// One file with everything in it: no log, and a journal in memory, because a draft that is torn is thrown away.
const ALONE: &str = "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = MEMORY";
const READ_ONLY: &str = "PRAGMA query_only = ON";

/// What the types and expressions of the migrations are called here.
pub(super) const DIALECT: [(&str, &str); 4] = [
    ("{{blob}}", "BLOB"),
    ("{{key}}", "TEXT"),
    ("{{serial}}", "INTEGER NOT NULL PRIMARY KEY"),
    ("{{random}}", "random()"),
];

/// Opens a file, after one connection alone has made sure that it can be used.
pub(super) async fn open(place: &str) -> Result<SqlStore, OpenError> {
    let explained = |source| explain(place, source);

    let options = options(&format!("sqlite:{}?mode=rwc", escape(place))).map_err(explained)?;
    let mut first = AnyConnection::connect_with(&options).await.map_err(explained)?;
    first.execute(PRAGMAS).await.map_err(explained)?;
    migrate::bring_up_to_date(&mut first, LASTING, place).await?;
    first.close().await.map_err(explained)?;

    let writer = pool(options.clone(), 1, &[PRAGMAS]).await.map_err(explained)?;
    let readers = pool(options, READERS, &[PRAGMAS, READ_ONLY]).await.map_err(explained)?;
    let present = in_memory(PRESENT).await?;
    Ok(SqlStore { engine: Engine::Sqlite, writer, readers, beats: present.clone(), present })
}

/// A connection to a database that is as up to date as this program. Nothing is made and nothing is changed.
pub(super) async fn look(place: &str) -> Result<AnyConnection, OpenError> {
    let mut only = connect(place).await?;

    only.execute(READ_ONLY).await.map_err(|source| explain(place, source))?;
    migrate::expect_up_to_date(&mut only, LASTING, place).await?;
    Ok(only)
}

/// A connection to a file that is there, whoever else works on it. One that could not write would leave files beside it.
pub(crate) async fn connect(place: &str) -> Result<AnyConnection, OpenError> {
    let explained = |source| explain(place, source);
    if !Path::new(place).is_file() {
        return Err(OpenError::NoFile { place: place.into() });
    }

    let options = options(&format!("sqlite:{}?mode=rw", escape(place))).map_err(explained)?;
    let mut only = AnyConnection::connect_with(&options).await.map_err(explained)?;
    only.execute(PATIENT).await.map_err(explained)?;
    Ok(only)
}

/// A connection to a file that nobody else knows of yet, which leaves nothing beside it.
pub(crate) async fn work_on(place: &str) -> Result<AnyConnection, OpenError> {
    let mut only = connect(place).await?;

    only.execute(ALONE).await.map_err(|source| explain(place, source))?;
    Ok(only)
}

pub(super) async fn memory() -> Result<SqlStore, OpenError> {
    let only = in_memory(LASTING).await?;
    let present = in_memory(PRESENT).await?;

    Ok(SqlStore { engine: Engine::Sqlite, writer: only.clone(), readers: only, beats: present.clone(), present })
}

/// One connection for everything: a second one would see a memory of its own.
async fn in_memory(tables: &[migrate::Migration]) -> Result<AnyPool, OpenError> {
    let place = "in memory";
    let explained = |source| explain(place, source);

    let options = options("sqlite::memory:").map_err(explained)?;
    let only = pool(options, 1, &[PRAGMAS]).await.map_err(explained)?;
    let mut connection = only.acquire().await.map_err(explained)?;
    migrate::bring_up_to_date(&mut connection, tables, place).await?;
    drop(connection);
    Ok(only)
}

/// The name of the unique constraint that an error is about.
///
/// SQLite names only the columns, as in "UNIQUE constraint failed: messages.conversation, messages.seq". Unique
/// constraints are therefore named by table and columns, and this puts that name together again.
pub(super) fn broken_constraint(error: &dyn DatabaseError) -> Option<String> {
    let columns = error.message().strip_prefix("UNIQUE constraint failed: ")?;
    let (table, _) = columns.split_once('.')?;
    let columns = columns.split(", ").filter_map(|column| Some(column.split_once('.')?.1));

    Some(columns.fold(table.to_owned(), |name, column| name + "_" + column))
}

/// In a URL, these would end the path or begin an escape.
fn escape(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")
}

/// What the primary result codes of SQLite mean to somebody who starts a server.
fn explain(place: &str, source: sqlx::Error) -> OpenError {
    const BUSY: i32 = 5;
    const READ_ONLY_FILE: i32 = 8;
    const CORRUPT: i32 = 11;
    const CANNOT_OPEN: i32 = 14;
    const NOT_A_DATABASE: i32 = 26;

    let place = place.to_owned();
    let code = source.as_database_error().and_then(DatabaseError::code).and_then(|code| code.parse::<i32>().ok());
    match code.map(|code| code & 0xff) {
        Some(BUSY) => OpenError::Held { place, source },
        Some(CORRUPT | NOT_A_DATABASE) => OpenError::Damaged { place, source },
        Some(READ_ONLY_FILE | CANNOT_OPEN) => OpenError::Unreachable { place, source },
        _ => OpenError::Broken { place, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{only, sql};

    #[tokio::test]
    async fn a_commit_is_synced_and_readers_cannot_write() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let place = folder.path().join("earshot.db");
        let store = open(&place.display().to_string()).await.expect("the file is made");

        for (pool, pragma, value) in [
            (&store.writer, "PRAGMA synchronous", 2),
            (&store.writer, "PRAGMA foreign_keys", 1),
            (&store.readers, "PRAGMA query_only", 1),
        ] {
            assert_eq!(sql(pragma).first(pool, only::<i64>).await.expect("a read"), Some(value), "{pragma}");
        }
        let mode = sql("PRAGMA journal_mode").first(&store.writer, only::<String>).await.expect("a read");
        assert_eq!(mode.as_deref(), Some("wal"));
    }

    #[tokio::test]
    async fn a_broken_constraint_is_found_by_its_name() {
        let store = memory().await.expect("memory can be opened");
        let twice =
            "INSERT INTO folders (id, path) VALUES (x'01', 'a'); INSERT INTO folders (id, path) VALUES (x'02', 'a')";

        let error = store.writer.execute(twice).await.expect_err("two folders have one path");

        let error = error.as_database_error().expect("the database said it");
        assert_eq!(broken_constraint(error).as_deref(), Some("folders_path"));
    }
}
