//! The search index: FTS5 tables beside the tables of the library, written by the same transactions.
//!
//! It holds words that are folded already (`crate::fold`), so the same text finds the same things on every engine.

use services::ports::store::StoreResult;
use sqlx::AnyConnection;

use crate::sql::{Sql, marks, sql, sql_of};

/// Rows that one statement writes.
const ROWS: usize = 100;

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Track,
    Album,
    Artist,
}

impl Kind {
    fn table(self) -> &'static str {
        match self {
            Self::Track => "track_words",
            Self::Album => "album_words",
            Self::Artist => "artist_words",
        }
    }

    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Track => &["title", "artist", "album"],
            Self::Album => &["title", "artist"],
            Self::Artist => &["name"],
        }
    }
}

/// Writes the words of things, one text per column, by their `nr`; what was there before goes.
pub(crate) async fn put(on: &mut AnyConnection, kind: Kind, things: &[(i64, Vec<String>)]) -> StoreResult<()> {
    let columns = kind.columns();

    for things in things.chunks(ROWS) {
        let rows = marks(things.len(), columns.len() + 1);
        let text = format!("REPLACE INTO {} (rowid, {}) VALUES {rows}", kind.table(), columns.join(", "));
        let filled = things.iter().fold(sql_of(text), |put, (nr, words)| {
            words.iter().fold(put.with(*nr), |put, words| put.with(words.as_str()))
        });
        filled.run(&mut *on).await?;
    }
    Ok(())
}

/// Forgets things.
pub(crate) async fn remove(on: &mut AnyConnection, kind: Kind, nrs: &[i64]) -> StoreResult<()> {
    for nrs in nrs.chunks(ROWS) {
        let text = format!("DELETE FROM {} WHERE rowid IN {}", kind.table(), marks(1, nrs.len()));
        nrs.iter().fold(sql_of(text), |remove, nr| remove.with(*nr)).run(&mut *on).await?;
    }
    Ok(())
}

/// Asks for the `nr` of the things of which some word begins with each of these, best first. A word in a title weighs
/// more than one in a name, that more than one in an album's title.
pub(crate) fn find(kind: Kind, words: &[&str], limit: u32) -> Sql {
    let text = match kind {
        Kind::Track => {
            "SELECT rowid AS nr FROM track_words WHERE track_words MATCH $1
             ORDER BY bm25(track_words, 10.0, 4.0, 2.0), rowid LIMIT $2"
        }
        Kind::Album => {
            "SELECT rowid AS nr FROM album_words WHERE album_words MATCH $1
             ORDER BY bm25(album_words, 10.0, 4.0), rowid LIMIT $2"
        }
        Kind::Artist => {
            "SELECT rowid AS nr FROM artist_words WHERE artist_words MATCH $1
             ORDER BY bm25(artist_words), rowid LIMIT $2"
        }
    };
    // Words are letters and digits only; quoted, they are never operators of the query language.
    let query: Vec<_> = words.iter().map(|word| format!("\"{word}\"*")).collect();

    sql(text).with(query.join(" ").as_str()).with(limit)
}
