//! Brings the tables of a database up to date when it is opened: every migration that it lacks, in one transaction, noted
//! in the table `migrations`. A database of a newer program is refused and stays as it is.

#[cfg(test)]
mod additive;

use services::ports::store::{StoreError, StoreResult};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::{
    OpenError,
    engine::Engine,
    sql::{failed, only, sql},
};

/// A step of the tables: shared text, and what only one engine has.
///
/// Once released, a step only adds what older programs do not notice (tables, indexes, columns that may be empty or have
/// a default), because they may run beside a newer one for a while. What nobody needs any more goes a release later.
pub(crate) struct Migration {
    version: i64,
    shared: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const fn shared(version: i64, shared: &'static str) -> Migration {
    Migration { version, shared, sqlite: "", postgres: "" }
}

/// What must survive.
pub(crate) const LASTING: &[Migration] = &[
    shared(1, include_str!("../migrations/0001_members.sql")),
    shared(2, include_str!("../migrations/0002_contacts.sql")),
    shared(3, include_str!("../migrations/0003_messages.sql")),
    shared(4, include_str!("../migrations/0004_jams.sql")),
    Migration {
        version: 5,
        shared: include_str!("../migrations/0005_library.sql"),
        sqlite: include_str!("../migrations/sqlite/0005_library.sql"),
        postgres: include_str!("../migrations/postgres/0005_library.sql"),
    },
    shared(6, include_str!("../migrations/0006_silence.sql")),
    shared(7, include_str!("../migrations/0007_nodes.sql")),
];

/// What is true only at this moment. Its steps are numbered apart, because SQLite keeps it in memory.
pub(crate) const PRESENT: &[Migration] = &[
    shared(1_001, include_str!("../migrations/present/1001_present.sql")),
    shared(1_002, include_str!("../migrations/present/1002_beaten_at.sql")),
];

/// Applies what is missing of these, under a lock. A database with a step that this program does not know is refused.
pub(crate) async fn bring_up_to_date(
    connection: &mut AnyConnection,
    steps: &[Migration],
    place: &str,
) -> Result<(), OpenError> {
    let engine = Engine::of(connection);
    let (first, newest) = (steps[0].version, steps[steps.len() - 1].version);
    let broken = |version| move |source| OpenError::Migration { place: place.into(), version, source };
    let unavailable = |error| StoreError::Unavailable(Box::<sqlx::Error>::new(error));
    let mut transaction = connection.begin_with(engine.begin()).await.map_err(unavailable).map_err(broken(newest))?;
    if let Some(lock) = engine.hold_migrations() {
        sqlx::raw_sql(lock).execute(&mut *transaction).await.map_err(unavailable).map_err(broken(newest))?;
    }

    let found = version(&mut transaction, first).await.map_err(broken(newest))?;
    if found > newest {
        return Err(OpenError::Newer { place: place.into(), found, known: newest });
    }
    for step in steps.iter().filter(|step| step.version > found) {
        let own = if engine == Engine::Sqlite { step.sqlite } else { step.postgres };
        apply(&mut transaction, engine, step.version, &[step.shared, own]).await.map_err(broken(step.version))?;
    }

    transaction.commit().await.map_err(unavailable).map_err(broken(newest))
}

/// Refuses a database that has other steps than these, and changes nothing.
pub(crate) async fn expect_up_to_date(
    connection: &mut AnyConnection,
    steps: &[Migration],
    place: &str,
) -> Result<(), OpenError> {
    let known = steps[steps.len() - 1].version;
    let place = place.to_owned();

    match newest(connection, steps[0].version).await {
        Ok(found) if found == known => Ok(()),
        Ok(found) if found > known => Err(OpenError::Newer { place, found, known }),
        Ok(found) if found > 0 => Err(OpenError::Older { place, found, known }),
        _ => Err(OpenError::Foreign { place }),
    }
}

/// Refuses a database that this program did not make or cannot bring up to date. Changes nothing.
pub(crate) async fn expect_known(connection: &mut AnyConnection, place: &str) -> Result<(), OpenError> {
    match expect_up_to_date(connection, LASTING, place).await {
        Err(OpenError::Older { .. }) => Ok(()),
        other => other,
    }
}

/// The newest step that this database has of those from `first` on; 0 for none. Each kind has a thousand numbers.
async fn version(on: &mut AnyConnection, first: i64) -> StoreResult<i64> {
    sql("CREATE TABLE IF NOT EXISTS migrations (version BIGINT NOT NULL PRIMARY KEY)").run(&mut *on).await?;
    newest(on, first).await
}

/// The same, where the table `migrations` must be there.
async fn newest(on: &mut AnyConnection, first: i64) -> StoreResult<i64> {
    let newest = sql("SELECT CAST(max(version) AS BIGINT) FROM migrations WHERE version >= $1 AND version < $2")
        .with(first)
        .with(first + 1_000)
        .first(on, only::<Option<i64>>)
        .await?;

    Ok(newest.flatten().unwrap_or(0))
}

async fn apply(on: &mut AnyConnection, engine: Engine, version: i64, parts: &[&str]) -> StoreResult<()> {
    for part in parts.iter().filter(|part| !part.is_empty()) {
        sqlx::raw_sql(AssertSqlSafe(engine.dialect(part))).execute(&mut *on).await.map_err(failed)?;
    }

    sql("INSERT INTO migrations (version) VALUES ($1)").with(version).run(on).await?;
    Ok(())
}
