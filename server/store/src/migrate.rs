//! Brings the tables of a database up to date when it is opened: every migration that it lacks, in one transaction, noted
//! in the table `migrations`. A database of a newer program is refused and stays as it is.

use services::ports::store::{StoreError, StoreResult};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::{
    OpenError, engine,
    sql::{failed, only, sql},
};

/// Version, shared text, and what only this engine has.
const MIGRATIONS: [(i64, &str, &str); 6] = [
    (1, include_str!("../migrations/0001_members.sql"), ""),
    (2, include_str!("../migrations/0002_contacts.sql"), ""),
    (3, include_str!("../migrations/0003_messages.sql"), ""),
    (4, include_str!("../migrations/0004_jams.sql"), ""),
    (5, include_str!("../migrations/0005_library.sql"), include_str!("../migrations/sqlite/0005_library.sql")),
    (6, include_str!("../migrations/0006_silence.sql"), ""),
];

const NEWEST: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Applies what is missing.
pub(crate) async fn bring_up_to_date(connection: &mut AnyConnection, place: &str) -> Result<(), OpenError> {
    let broken = |version| move |source| OpenError::Migration { place: place.into(), version, source };
    let unavailable = |error| StoreError::Unavailable(Box::<sqlx::Error>::new(error));
    let mut transaction = connection.begin_with(engine::BEGIN).await.map_err(unavailable).map_err(broken(NEWEST))?;

    let found = version(&mut transaction).await.map_err(broken(NEWEST))?;
    if found > NEWEST {
        return Err(OpenError::Newer { place: place.into(), found, known: NEWEST });
    }
    for (version, shared, own) in MIGRATIONS.iter().filter(|(version, ..)| *version > found) {
        apply(&mut transaction, *version, &[shared, own]).await.map_err(broken(*version))?;
    }

    transaction.commit().await.map_err(unavailable).map_err(broken(NEWEST))
}

/// The newest migration that this database has; 0 for an empty one.
async fn version(on: &mut AnyConnection) -> StoreResult<i64> {
    sql("CREATE TABLE IF NOT EXISTS migrations (version BIGINT NOT NULL PRIMARY KEY)").run(&mut *on).await?;
    let newest = sql("SELECT CAST(max(version) AS BIGINT) FROM migrations").first(on, only::<Option<i64>>).await?;

    Ok(newest.flatten().unwrap_or(0))
}

async fn apply(on: &mut AnyConnection, version: i64, parts: &[&str]) -> StoreResult<()> {
    for part in parts.iter().filter(|part| !part.is_empty()) {
        sqlx::raw_sql(AssertSqlSafe(engine::dialect(part))).execute(&mut *on).await.map_err(failed)?;
    }
    sql("INSERT INTO migrations (version) VALUES ($1)").with(version).run(on).await?;

    Ok(())
}
