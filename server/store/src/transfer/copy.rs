//! Writes the rows of one database into another, all in one transaction.

use services::ports::store::StoreError;
use sqlx::{AnyConnection, Connection};

use super::{
    Doing, Places, Report, Step, TransferError,
    row::{self, Row},
    tables::{self, TABLES, Table},
};
use crate::{
    SqlStore, commit,
    engine::Engine,
    library::index,
    sql::{failed, only, sql_of},
};

pub(super) async fn copy(
    source: &mut AnyConnection,
    target: &SqlStore,
    places: &Places,
    report: Report<'_>,
) -> Result<(), TransferError> {
    let stopped = |source| TransferError::Stopped { place: places.to.clone(), source };
    let silent = |error| TransferError::Silent { place: places.from.clone(), source: failed(error) };
    let look = Engine::of(source).begin_looking();
    let mut reading = source.begin_with(look).await.map_err(silent)?;
    let mut writing = target.begin().await.map_err(stopped)?;

    if let Some(hold) = target.engine.hold_tables(&tables::names()) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(hold)).execute(&mut *writing).await.map_err(failed).map_err(stopped)?;
    }
    expect_empty(&mut writing, &places.to).await?;
    for table in TABLES {
        copy_table(&mut reading, &mut writing, table, places, report).await?;
    }
    reading.rollback().await.map_err(silent)?;
    finish(&mut writing, report).await.map_err(stopped)?;

    commit(writing).await.map_err(stopped)
}

/// A new database has its one row of `server` and nothing else.
async fn expect_empty(on: &mut AnyConnection, place: &str) -> Result<(), TransferError> {
    for table in TABLES.iter().filter(|table| table.name != tables::SERVER) {
        let read = |source| TransferError::Read { table: table.name, place: place.into(), source };
        let any = sql_of(format!("SELECT CAST(1 AS BIGINT) FROM {} LIMIT 1", table.name));

        if any.first(&mut *on, only::<i64>).await.map_err(read)?.is_some() {
            return Err(TransferError::NotEmpty { place: place.into(), table: table.name });
        }
    }

    let written = |source| TransferError::Written { table: tables::SERVER, place: place.into(), source };
    sql_of(format!("DELETE FROM {}", tables::SERVER)).run(on).await.map_err(written)?;
    Ok(())
}

async fn copy_table(
    reading: &mut AnyConnection,
    writing: &mut AnyConnection,
    table: &Table,
    places: &Places,
    report: Report<'_>,
) -> Result<(), TransferError> {
    let read = |source| TransferError::Read { table: table.name, place: places.from.clone(), source };
    let written = |source| TransferError::Written { table: table.name, place: places.to.clone(), source };
    let of = row::count(reading, table).await.map_err(read)?;
    let mut step = Step { doing: Doing::Copying, table: table.name, rows: 0, of };
    let mut last: Option<Row> = None;

    report(step);
    loop {
        let rows = row::next(reading, table, last.as_ref()).await.map_err(read)?;
        if rows.is_empty() {
            return Ok(());
        }
        if !Engine::of(writing).takes_nul() {
            rows.iter().try_for_each(|row| expect_no_nul(table, row))?;
        }
        row::put(writing, table, &rows).await.map_err(written)?;

        step.rows += rows.len() as u64;
        last = rows.into_iter().next_back();
        report(step);
    }
}

fn expect_no_nul(table: &Table, row: &Row) -> Result<(), TransferError> {
    let Some(place) = row.iter().position(|value| value.has_nul()) else { return Ok(()) };
    let key = table.key_columns().iter().zip(row).map(|(column, value)| format!("{} {}", column.name, value.shown()));

    Err(TransferError::Nul {
        row: table.row,
        table: table.name,
        column: table.columns[place].name,
        key: key.collect::<Vec<_>>().join(", "),
    })
}

/// What is made of the rows: the search index, and the numbers that come next.
async fn finish(on: &mut AnyConnection, report: Report<'_>) -> Result<(), StoreError> {
    index::make(on, |table, rows, of| report(Step { doing: Doing::Indexing, table, rows, of })).await?;

    let engine = Engine::of(on);
    for number_on in TABLES.iter().filter(|table| table.is_numbered()).filter_map(|table| engine.number_on(table.name))
    {
        sql_of(number_on).first(&mut *on, only::<i64>).await?;
    }
    Ok(())
}
