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

    match rests(on).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(TransferError::Works { place: place.into() }),
        Err(source) => Err(TransferError::Silent { place: place.into(), source }),
    }
}

impl SqlStore {
    /// Whether no node works on this database; takes two seconds where there may be several. Of a file, its lock says that
    /// (`crate::alone`).
    pub async fn is_at_rest(&self) -> StoreResult<bool> {
        if !self.is_shared() {
            return Ok(true);
        }

        rests(&mut *self.writer.acquire().await.map_err(failed)?).await
    }
}

async fn rests(on: &mut AnyConnection) -> StoreResult<bool> {
    let before = beats(on).await?;
    if before.is_empty() {
        return Ok(true);
    }

    tokio::time::sleep(LOOK).await;
    Ok(beats(on).await?.is_subset(&before))
}

/// The nodes that were not given up, and how far each has counted.
async fn beats(on: &mut AnyConnection) -> StoreResult<BTreeSet<(NodeId, i64)>> {
    let nodes = sql("SELECT id, beats FROM nodes WHERE buried_at IS NULL");
    let nodes = nodes.all(on, |row| Ok((row.get("id")?, row.get("beats")?))).await?;

    Ok(nodes.into_iter().collect())
}
