//! All in which SQLite and PostgreSQL differ: how they are opened and made safe, how they lock, what they call their types
//! and their errors, and their full-text indexes. Everything else is one text for both.

mod postgres;
pub(crate) mod sqlite;
pub(crate) mod words;

use std::{sync::Once, time::Duration};

use services::ports::store::StoreError;
use sqlx::{
    AnyConnection, AnyPool, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    error::DatabaseError,
};

use crate::{OpenError, SqlStore};

/// How long a call waits for its turn before the database counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(15);
/// A connection that has been idle for longer is tried before it is used: the database may have gone and come back.
const FRESH: Duration = Duration::from_secs(1);

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The kind that a connection leads to.
    pub(crate) fn of(connection: &AnyConnection) -> Self {
        if connection.backend_name() == "SQLite" { Self::Sqlite } else { Self::Postgres }
    }

    /// How a transaction that writes begins.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => sqlite::BEGIN,
            Self::Postgres => postgres::BEGIN,
        }
    }

    /// Keeps every other program that brings tables up to date waiting until this transaction ends.
    pub(crate) fn hold_migrations(self) -> Option<&'static str> {
        match self {
            // To begin was enough.
            Self::Sqlite => None,
            Self::Postgres => Some(postgres::HOLD_MIGRATIONS),
        }
    }

    /// How a transaction begins that sees everything as it was at one moment and changes nothing.
    pub(crate) fn begin_looking(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => postgres::BEGIN_LOOKING,
        }
    }

    /// Keeps everybody else from writing to these tables until this transaction, however long it takes, ends.
    pub(crate) fn hold_tables(self, tables: &str) -> Option<String> {
        match self {
            // To begin was enough.
            Self::Sqlite => None,
            Self::Postgres => Some(postgres::hold_tables(tables)),
        }
    }

    /// Lets the numbers that a table gives to its rows go on after the greatest that is there.
    pub(crate) fn number_on(self, table: &str) -> Option<String> {
        match self {
            // It looks at the greatest each time.
            Self::Sqlite => None,
            Self::Postgres => Some(postgres::number_on(table)),
        }
    }

    /// A column of text in the order of its bytes.
    pub(crate) fn by_bytes(self, column: &str) -> String {
        match self {
            Self::Sqlite => column.into(),
            Self::Postgres => format!("{column} COLLATE \"C\""),
        }
    }

    /// Whether the sign of the number 0 can stand in a text.
    pub(crate) fn takes_nul(self) -> bool {
        self == Self::Sqlite
    }

    /// A migration in the words of this engine.
    pub(crate) fn dialect(self, migration: &str) -> String {
        let words = match self {
            Self::Sqlite => &sqlite::DIALECT,
            Self::Postgres => &postgres::DIALECT,
        };

        words.iter().fold(migration.to_owned(), |text, (placeholder, word)| text.replace(placeholder, word))
    }
}

/// Opens the database of an address and brings its tables up to date.
pub(crate) async fn open(url: &str) -> Result<SqlStore, OpenError> {
    match file(url) {
        Some(path) => sqlite::open(path).await,
        None if is_served(url) => postgres::open(url).await,
        None => Err(OpenError::Address),
    }
}

/// A connection to a database that is as up to date as this program. Nothing is made and nothing is changed.
pub(crate) async fn look(url: &str) -> Result<AnyConnection, OpenError> {
    match file(url) {
        Some(path) => sqlite::look(path).await,
        None if is_served(url) => postgres::look(url).await,
        None => Err(OpenError::Address),
    }
}

/// The file of an address, if that is where the database is.
pub(crate) fn file(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").filter(|path| !path.is_empty() && !path.contains(":memory:"))
}

/// An address as it can be shown, without secrets, if it is one.
pub(crate) fn place(url: &str) -> Option<String> {
    match file(url) {
        Some(path) => Some(path.to_owned()),
        None => Some(url).filter(|url| is_served(url)).and_then(postgres::place),
    }
}

/// Whether the database of an address is with a server.
fn is_served(url: &str) -> bool {
    matches!(url.split_once(':'), Some(("postgres" | "postgresql", _)))
}

/// A database that lives as long as the answer, for tests.
pub(crate) async fn memory() -> Result<SqlStore, OpenError> {
    sqlite::memory().await
}

/// The name of the unique constraint that an error is about.
pub(crate) fn broken_constraint(error: &dyn DatabaseError) -> Option<String> {
    error.constraint().map(str::to_owned).or_else(|| sqlite::broken_constraint(error))
}

/// Whether a transaction failed only because others ran beside it: the same again may work.
pub(crate) fn met_others(error: &StoreError) -> bool {
    let StoreError::Unavailable(source) = error else { return false };
    let code =
        source.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error).and_then(DatabaseError::code);

    // SQLite's writers wait for each other, and its codes are other numbers.
    code.is_some_and(|code| postgres::MET_OTHERS.contains(&&*code))
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
        .before_acquire(|connection, about| {
            Box::pin(async move {
                use sqlx::Connection;
                Ok(about.idle_for < FRESH || connection.ping().await.is_ok())
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for statements in set_up {
                    connection.execute(*statements).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await
}
