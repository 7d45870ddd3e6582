//! Reads both databases from the beginning to the end and expects the same rows.

use services::ports::store::StoreResult;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Connection};

use super::{
    Doing, Moved, Places, Report, Step, TransferError,
    row::{self, Row},
    tables::{TABLES, Table},
};
use crate::{engine::Engine, sql::failed};

/// All rows of a table in one number, and how many they are.
#[derive(PartialEq)]
struct Sum {
    rows: u64,
    sum: [u8; 32],
}

/// Answers what is the same in both. Each is read as it is at one moment.
pub(super) async fn compare(
    source: &mut AnyConnection,
    target: &mut AnyConnection,
    places: &Places,
    report: Report<'_>,
) -> Result<Vec<Moved>, TransferError> {
    let silent = |place: &str| {
        let place = place.to_owned();
        move |error| TransferError::Silent { place, source: failed(error) }
    };
    let (here, there) = (Engine::of(source).begin_looking(), Engine::of(target).begin_looking());
    let mut source = source.begin_with(here).await.map_err(silent(&places.from))?;
    let mut target = target.begin_with(there).await.map_err(silent(&places.to))?;
    let mut same = Vec::with_capacity(TABLES.len());

    for table in TABLES {
        let read = |place: &str| {
            let place = place.to_owned();
            move |source| TransferError::Read { table: table.name, place, source }
        };
        let of = row::count(&mut source, table).await.map_err(read(&places.from))?;
        let step = |rows| report(Step { doing: Doing::Comparing, table: table.name, rows, of });

        let (old, new) = tokio::join!(sum(&mut source, table, step), sum(&mut target, table, |_| ()));
        let (old, new) = (old.map_err(read(&places.from))?, new.map_err(read(&places.to))?);
        if old != new {
            let (from, to) = (places.from.clone(), places.to.clone());
            return Err(TransferError::Different { table: table.name, from, there: old.rows, to, here: new.rows });
        }
        same.push(Moved { table: table.name, rows: new.rows });
    }
    Ok(same)
}

async fn sum(on: &mut AnyConnection, table: &Table, report: impl Fn(u64)) -> StoreResult<Sum> {
    let mut sum = Sha256::new();
    let mut read = 0;
    let mut last: Option<Row> = None;

    report(read);
    loop {
        let rows = row::next(on, table, last.as_ref()).await?;
        if rows.is_empty() {
            return Ok(Sum { rows: read, sum: sum.finalize().into() });
        }
        rows.iter().flatten().for_each(|value| value.note(&mut sum));

        read += rows.len() as u64;
        last = rows.into_iter().next_back();
        report(read);
    }
}
