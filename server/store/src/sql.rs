//! A statement with its arguments, and the few kinds of value that travel between Rust and SQL.
//!
//! It stands between the queries and the driver, so that ids, instants and switches are written and read in one way only,
//! and every failure becomes a `StoreError` on the spot: a refusal where a constraint has one, else "unavailable".

#[cfg(test)]
mod columns;
mod values;

use domain::Refusal;
use services::ports::store::{StoreError, StoreResult};
use sqlx::{
    Any, AssertSqlSafe, Executor, Row as _, SqlSafeStr, SqlStr,
    any::{AnyArguments, AnyRow},
};

use crate::engine;

pub(crate) use values::{FromSql, ToSql};

/// A statement that is being filled: `$1` is the first value given to [`Sql::with`].
pub(crate) struct Sql {
    text: SqlStr,
    arguments: AnyArguments,
    /// Whether the connection remembers the prepared statement.
    lasting: bool,
}

/// A statement that is the same every time.
pub(crate) fn sql(text: &'static str) -> Sql {
    Sql { text: text.into_sql_str(), arguments: AnyArguments::default(), lasting: true }
}

/// A statement whose number of `$n` depends on its arguments. The text is made here, never by a member.
pub(crate) fn sql_of(text: String) -> Sql {
    Sql { text: AssertSqlSafe(text).into_sql_str(), arguments: AnyArguments::default(), lasting: false }
}

/// `($1, $2), ($3, $4)`: a number of rows of a number of values.
pub(crate) fn marks(rows: usize, width: usize) -> String {
    marks_after(0, rows, width)
}

/// The same, when `used` values stand before them.
pub(crate) fn marks_after(used: usize, rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let values: Vec<_> = (1..=width).map(|column| format!("${}", used + row * width + column)).collect();
        format!("({})", values.join(", "))
    };

    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

impl Sql {
    pub fn with(mut self, value: impl ToSql) -> Self {
        value.add(&mut self.arguments);
        self
    }

    /// Runs it and answers how many rows it changed.
    pub async fn run<'e>(self, on: impl Executor<'e, Database = Any>) -> StoreResult<u64> {
        let done = self.query().execute(on).await.map_err(failed)?;

        Ok(done.rows_affected())
    }

    /// All its rows.
    pub async fn all<'e, T>(
        self,
        on: impl Executor<'e, Database = Any>,
        read: impl Fn(&Row<'_>) -> StoreResult<T> + Send,
    ) -> StoreResult<Vec<T>> {
        let rows = self.query().fetch_all(on).await.map_err(failed)?;

        rows.iter().map(|row| read(&Row(row))).collect()
    }

    /// Its first row, if it has one.
    pub async fn first<'e, T>(
        self,
        on: impl Executor<'e, Database = Any>,
        read: impl Fn(&Row<'_>) -> StoreResult<T> + Send,
    ) -> StoreResult<Option<T>> {
        let row = self.query().fetch_optional(on).await.map_err(failed)?;

        row.map(|row| read(&Row(&row))).transpose()
    }

    fn query(self) -> sqlx::query::Query<'static, Any, AnyArguments> {
        sqlx::query_with(self.text, self.arguments).persistent(self.lasting)
    }
}

/// A row that was found.
pub(crate) struct Row<'r>(&'r AnyRow);

impl Row<'_> {
    /// The value of a column.
    pub fn get<T: FromSql>(&self, column: &str) -> StoreResult<T> {
        let raw = self.0.try_get::<T::Raw, _>(column).map_err(failed)?;

        T::from_raw(raw).ok_or_else(|| odd(format!("an odd value in column {column}")))
    }
}

/// Reads the only column of a row.
pub(crate) fn only<T: FromSql>(row: &Row<'_>) -> StoreResult<T> {
    let raw = row.0.try_get::<T::Raw, _>(0).map_err(failed)?;

    T::from_raw(raw).ok_or_else(|| odd("an odd value".into()))
}

/// What a failure of the database means to the caller.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    let broken = error.as_database_error().and_then(engine::broken_constraint);

    match broken.as_deref() {
        Some("members_username_key") => Refusal::UsernameTaken.into(),
        Some("messages_id" | "chat_requests_id" | "jam_requests_id" | "jams_id") => Refusal::IdTaken.into(),
        _ => StoreError::Unavailable(error.into()),
    }
}

/// The database holds what this program never writes.
pub(crate) fn odd(what: String) -> StoreError {
    StoreError::Unavailable(what.into())
}
