//! Whether nobody works on a database. A file is locked by whoever does (`crate::alone`); in PostgreSQL every node that
//! works lets its row of `nodes` grow.

use std::{collections::BTreeSet, time::Duration};

use services::{
    nodes::BEAT_MS,
    ports::{NodeId, store::StoreResult},
};
use sqlx::AnyConnection;

use super::TransferError;
use crate::{
    SqlStore,
    engine::Engine,
    sql::{failed, sql},
};

/// A node that has not beaten for so long does not work.
const LOOK: Duration = Duration::from_millis(5 * BEAT_MS);

pub(super) async fn expect_rest_of(store: &SqlStore, place: &str) -> Result<(), TransferError> {
    let silent = |error| TransferError::Silent { place: place.into(), source: failed(error) };
    let mut connection = store.writer.acquire().await.map_err(silent)?;

    expect_rest(&mut connection, place).await
}

/// Refuses a database on which a node works.
pub(super) async fn expect_rest(on: &mut AnyConnection, place: &str) -> Result<(), TransferError> {
    if Engine::of(on) == Engine::Sqlite {
        return Ok(());
    }
    let silent = |source| TransferError::Silent { place: place.into(), source };

    let before = beats(on).await.map_err(silent)?;
    if before.is_empty() {
        return Ok(());
    }
    tokio::time::sleep(LOOK).await;
    let after = beats(on).await.map_err(silent)?;

    match after.is_subset(&before) {
        true => Ok(()),
        false => Err(TransferError::Works { place: place.into() }),
    }
}

/// The nodes that were not given up, and how far each has counted.
async fn beats(on: &mut AnyConnection) -> StoreResult<BTreeSet<(NodeId, i64)>> {
    let nodes = sql("SELECT id, beats FROM nodes WHERE buried_at IS NULL");
    let nodes = nodes.all(on, |row| Ok((row.get("id")?, row.get("beats")?))).await?;

    Ok(nodes.into_iter().collect())
}
