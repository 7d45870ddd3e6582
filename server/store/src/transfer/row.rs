//! A row as both engines have it: how it is read in the order of its key, written, and made into bytes that are the same
//! on every engine.

use services::ports::store::StoreResult;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, any::AnyArguments};

use super::tables::{Kind, Table};
use crate::{
    engine::Engine,
    sql::{self, Sql, ToSql, marks, only, sql_of},
};

/// Rows that are read at once.
const READ: usize = 500;
/// Rows that one statement writes.
const WRITTEN: usize = 100;

/// A value of a column; where there is none, it still has a kind, which PostgreSQL wants to know.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

/// The values of a row in the order of its table's columns.
pub(super) type Row = Vec<Value>;

/// How many rows a table has.
pub(super) async fn count(on: &mut AnyConnection, table: &Table) -> StoreResult<u64> {
    let count = sql_of(format!("SELECT count(*) FROM {}", table.name)).first(on, only::<i64>).await?;

    Ok(count.unwrap_or(0).cast_unsigned())
}

/// The next rows of a table in the order of its key, after the one that was read last. None when all were read.
pub(super) async fn next(on: &mut AnyConnection, table: &Table, last: Option<&Row>) -> StoreResult<Vec<Row>> {
    let read = |row: &sql::Row<'_>| table.columns.iter().map(|column| value(row, column.name, column.kind)).collect();

    question(Engine::of(on), table, last).all(on, read).await
}

fn question(engine: Engine, table: &Table, last: Option<&Row>) -> Sql {
    let key = table.key_columns().iter().map(|column| match column.kind {
        Kind::Text => engine.by_bytes(column.name),
        Kind::Number | Kind::Blob => column.name.into(),
    });
    let key = key.collect::<Vec<_>>().join(", ");
    let after = last.map(|_| format!("WHERE ({key}) > {}", marks(1, table.key))).unwrap_or_default();
    let text = format!("SELECT {} FROM {} {after} ORDER BY {key} LIMIT {READ}", table.column_names(), table.name);

    last.into_iter()
        .flat_map(|row| &row[..table.key])
        .fold(sql_of(text), |question, value| question.with(value.clone()))
}

fn value(row: &sql::Row<'_>, column: &str, kind: Kind) -> StoreResult<Value> {
    Ok(match kind {
        Kind::Number => Value::Number(row.get(column)?),
        Kind::Text => Value::Text(row.get(column)?),
        Kind::Blob => Value::Blob(row.get(column)?),
    })
}

/// Adds rows to a table.
pub(super) async fn put(on: &mut AnyConnection, table: &Table, rows: &[Row]) -> StoreResult<()> {
    for rows in rows.chunks(WRITTEN) {
        let places = marks(rows.len(), table.columns.len());
        let text = format!("INSERT INTO {} ({}) VALUES {places}", table.name, table.column_names());
        rows.iter().flatten().fold(sql_of(text), |put, value| put.with(value.clone())).run(&mut *on).await?;
    }
    Ok(())
}

impl ToSql for Value {
    fn add(self, arguments: &mut AnyArguments) {
        match self {
            Self::Number(number) => number.add(arguments),
            Self::Text(text) => text.add(arguments),
            Self::Blob(bytes) => bytes.add(arguments),
        }
    }
}

impl Value {
    /// Whether it is a text with the sign of the number 0 in it.
    pub fn has_nul(&self) -> bool {
        matches!(self, Self::Text(Some(text)) if text.contains('\0'))
    }

    /// As it is shown where a row must be found.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(Some(number)) => number.to_string(),
            Self::Text(Some(text)) => format!("{text:?}"),
            Self::Blob(Some(bytes)) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Self::Number(None) | Self::Text(None) | Self::Blob(None) => "nothing".into(),
        }
    }

    /// A sign for what it is, its length where that varies, and its bytes: no two rows of a table are written alike.
    pub fn note(&self, into: &mut Sha256) {
        let mut long = |sign: u8, bytes: &[u8]| {
            into.update([sign]);
            into.update((bytes.len() as u64).to_be_bytes());
            into.update(bytes);
        };

        match self {
            Self::Number(None) | Self::Text(None) | Self::Blob(None) => into.update([0]),
            Self::Number(Some(number)) => long(1, &number.to_be_bytes()),
            Self::Text(Some(text)) => long(2, text.as_bytes()),
            Self::Blob(Some(bytes)) => long(3, bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(Some(text.into()))
    }

    fn sum(row: &[Value]) -> Vec<u8> {
        let mut sum = Sha256::new();
        row.iter().for_each(|value| value.note(&mut sum));
        sum.finalize().to_vec()
    }

    #[test]
    fn no_two_rows_are_written_alike() {
        let rows = [
            vec![text("ab"), text("c")],
            vec![text("a"), text("bc")],
            vec![text(""), text("abc")],
            vec![Value::Text(None), text("abc")],
            vec![Value::Blob(Some(b"ab".to_vec())), text("c")],
            vec![Value::Number(Some(0)), text("c")],
            vec![Value::Number(None), text("c")],
        ];

        for (place, row) in rows.iter().enumerate() {
            assert!(rows[..place].iter().all(|other| sum(other) != sum(row)), "{row:?}");
        }
    }
}
