//! The search index made anew of the tables, with the words that `library::intake` writes.

use services::ports::store::StoreResult;
use sqlx::AnyConnection;

use crate::{
    engine::words::{self, Kind},
    fold,
    sql::{only, sql, sql_of},
};

/// Rows in one step.
const ROWS: i64 = 500;

/// Indexes everything that can be found; the index must be empty. Says of which table how many rows are done, of how many.
pub(crate) async fn make(on: &mut AnyConnection, report: impl Fn(&'static str, u64, u64)) -> StoreResult<()> {
    for kind in [Kind::Artist, Kind::Album, Kind::Track] {
        let (table, question, columns) = texts(kind);
        let of = sql_of(format!("SELECT count(*) FROM {table}")).first(&mut *on, only::<i64>).await?.unwrap_or(0);
        let (mut last, mut done) = (i64::MIN, 0);

        loop {
            let step = sql(question).with(last).with(ROWS).all(&mut *on, |row| {
                let words = columns.iter().map(|column| Ok(fold::indexed(&row.get::<String>(column)?)));
                Ok((row.get::<i64>("nr")?, words.collect::<StoreResult<Vec<_>>>()?))
            });
            let step = step.await?;
            let Some((nr, _)) = step.last() else { break };
            last = *nr;
            words::put(on, kind, &step).await?;
            done += step.len() as u64;
            report(table, done, of.cast_unsigned());
        }
    }
    Ok(())
}

/// The table of a kind, and the texts of its things in the order of the index's columns.
fn texts(kind: Kind) -> (&'static str, &'static str, &'static [&'static str]) {
    match kind {
        Kind::Artist => ("artists", "SELECT nr, name FROM artists WHERE nr > $1 ORDER BY nr LIMIT $2", &["name"]),
        Kind::Album => (
            "albums",
            "SELECT a.nr, a.title, r.name FROM albums a JOIN artists r ON r.id = a.artist
             WHERE a.nr > $1 ORDER BY a.nr LIMIT $2",
            &["title", "name"],
        ),
        Kind::Track => (
            "tracks",
            "SELECT t.nr, t.title, t.artist_name, COALESCE(a.title, '') AS album_title
             FROM tracks t LEFT JOIN albums a ON a.id = t.album WHERE t.nr > $1 ORDER BY t.nr LIMIT $2",
            &["title", "artist_name", "album_title"],
        ),
    }
}
