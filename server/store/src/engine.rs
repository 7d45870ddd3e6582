//! All that is SQLite's own: how it is opened and made safe, how it locks, what it calls its types and its errors, and
//! its full-text index. A second engine brings another leaf like this one.
//!
//! Written with `synchronous=FULL`, so a commit that was acknowledged survives a power cut; in WAL mode, so reads and the
//! one writer never wait for each other.

pub(crate) mod words;

use std::{sync::Once, time::Duration};

use sqlx::{
    AnyConnection, AnyPool, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    error::DatabaseError,
};

use crate::{OpenError, SqlStore, migrate};

/// Takes the right to write at once: SQLite cannot wait for it in the middle of a transaction.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";

/// Connections that read at the same time; more find no processor on a small server.
const READERS: u32 = 4;
/// How long a call waits for its turn before the database counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(15);

const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                       PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000";
const READ_ONLY: &str = "PRAGMA query_only = ON";

/// What the types and expressions of the migrations are called here.
const DIALECT: [(&str, &str); 4] = [
    ("{{blob}}", "BLOB"),
    ("{{key}}", "TEXT"),
    ("{{serial}}", "INTEGER NOT NULL PRIMARY KEY"),
    ("{{random}}", "random()"),
];

/// Opens a file, after one connection alone has made sure that it can be used.
pub(crate) async fn open(url: &str) -> Result<SqlStore, OpenError> {
    let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty() && !path.contains(":memory:"));
    let place = path.ok_or_else(|| OpenError::Address(url.into()))?;
    let explained = |source| explain(place, source);

    let options = options(&format!("sqlite:{}?mode=rwc", escape(place))).map_err(explained)?;
    let mut first = AnyConnection::connect_with(&options).await.map_err(explained)?;
    first.execute(PRAGMAS).await.map_err(explained)?;
    migrate::bring_up_to_date(&mut first, place).await?;
    first.close().await.map_err(explained)?;

    let writer = pool(options.clone(), 1, &[PRAGMAS]).await.map_err(explained)?;
    let readers = pool(options, READERS, &[PRAGMAS, READ_ONLY]).await.map_err(explained)?;
    Ok(SqlStore { writer, readers })
}

/// One connection for everything: a second one would see a memory of its own.
pub(crate) async fn memory() -> Result<SqlStore, OpenError> {
    let place = "in memory";
    let explained = |source| explain(place, source);

    let options = options("sqlite::memory:").map_err(explained)?;
    let only = pool(options, 1, &[PRAGMAS]).await.map_err(explained)?;
    let mut connection = only.acquire().await.map_err(explained)?;
    migrate::bring_up_to_date(&mut connection, place).await?;
    drop(connection);
    Ok(SqlStore { writer: only.clone(), readers: only })
}

/// A migration in the words of this engine.
pub(crate) fn dialect(migration: &str) -> String {
    DIALECT.iter().fold(migration.to_owned(), |text, (placeholder, word)| text.replace(placeholder, word))
}

/// The name of the unique constraint that an error is about.
///
/// SQLite names only the columns, as in "UNIQUE constraint failed: messages.conversation, messages.seq". Unique
/// constraints are therefore named by table and columns, and this puts that name together again.
pub(crate) fn broken_constraint(error: &dyn DatabaseError) -> Option<String> {
    let columns = error.message().strip_prefix("UNIQUE constraint failed: ")?;
    let (table, _) = columns.split_once('.')?;
    let columns = columns.split(", ").filter_map(|column| Some(column.split_once('.')?.1));

    Some(columns.fold(table.to_owned(), |name, column| name + "_" + column))
}

fn options(url: &str) -> sqlx::Result<AnyConnectOptions> {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);

    url.parse()
}

async fn pool(options: AnyConnectOptions, size: u32, set_up: &'static [&'static str]) -> sqlx::Result<AnyPool> {
    AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(PATIENCE)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for pragmas in set_up {
                    connection.execute(*pragmas).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await
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
        let store = open(&format!("sqlite:{}/earshot.db", folder.path().display())).await.expect("the file is made");

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
