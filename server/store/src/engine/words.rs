//! The search indexes: tables of FTS5 in SQLite, of `tsvector` in PostgreSQL, beside the tables of the library and written
//! by the same transactions.
//!
//! They hold words that are folded already (`crate::fold`), so the same text finds the same things on every engine. A
//! word in a title weighs more than one in a name, that more than one in an album's title.

use services::ports::store::StoreResult;
use sqlx::AnyConnection;

use super::Engine;
use crate::sql::{Sql, marks, sql, sql_of};

/// Rows that one statement writes.
const ROWS: usize = 100;
/// Bytes of a word that PostgreSQL keeps; nobody types more to find it.
const WORD_BYTES: usize = 500;
/// The last place in a text that PostgreSQL can note.
const LAST_PLACE: usize = 16_383;

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
    let engine = Engine::of(on);

    for things in things.chunks(ROWS) {
        let put = match engine {
            Engine::Sqlite => put_columns(kind, things),
            Engine::Postgres => put_vectors(kind, things),
        };
        put.run(&mut *on).await?;
    }
    Ok(())
}

fn put_columns(kind: Kind, things: &[(i64, Vec<String>)]) -> Sql {
    let columns = kind.columns();
    let rows = marks(things.len(), columns.len() + 1);
    let text = format!("REPLACE INTO {} (rowid, {}) VALUES {rows}", kind.table(), columns.join(", "));

    things
        .iter()
        .fold(sql_of(text), |put, (nr, words)| words.iter().fold(put.with(*nr), |put, words| put.with(words.as_str())))
}

fn put_vectors(kind: Kind, things: &[(i64, Vec<String>)]) -> Sql {
    let row = |row: usize| format!("(${}, CAST(${} AS tsvector))", 2 * row + 1, 2 * row + 2);
    let rows: Vec<_> = (0..things.len()).map(row).collect();
    let text = format!(
        "INSERT INTO {} (nr, words) VALUES {} ON CONFLICT (nr) DO UPDATE SET words = excluded.words",
        kind.table(),
        rows.join(", ")
    );

    things.iter().fold(sql_of(text), |put, (nr, words)| put.with(*nr).with(vector(words)))
}

/// Words with place and weight, as PostgreSQL writes them: `'blue':1A 'moon':2A 'billie':3B`.
fn vector(columns: &[String]) -> String {
    let words = columns.iter().zip(['A', 'B', 'C']).flat_map(|(words, weight)| {
        words.split(' ').filter(|word| !word.is_empty()).map(move |word| (kept(word), weight))
    });
    let noted = words.enumerate().map(|(place, (word, weight))| {
        let place = (place + 1).min(LAST_PLACE);
        format!("'{word}':{place}{weight}")
    });

    noted.collect::<Vec<_>>().join(" ")
}

fn kept(word: &str) -> &str {
    &word[..word.floor_char_boundary(WORD_BYTES)]
}

/// Forgets things.
pub(crate) async fn remove(on: &mut AnyConnection, kind: Kind, nrs: &[i64]) -> StoreResult<()> {
    let key = match Engine::of(on) {
        Engine::Sqlite => "rowid",
        Engine::Postgres => "nr",
    };

    for nrs in nrs.chunks(ROWS) {
        let text = format!("DELETE FROM {} WHERE {key} IN {}", kind.table(), marks(1, nrs.len()));
        nrs.iter().fold(sql_of(text), |remove, nr| remove.with(*nr)).run(&mut *on).await?;
    }
    Ok(())
}

/// Asks for the `nr` of the things of which some word begins with each of these, best first. Words are letters and digits
/// only; quoted, they are never operators of a query language.
pub(crate) fn find(engine: Engine, kind: Kind, words: &[&str], limit: u32) -> Sql {
    let (text, query) = match engine {
        Engine::Sqlite => {
            let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"*")).collect();
            (matching(kind), words.join(" "))
        }
        Engine::Postgres => {
            let words: Vec<_> = words.iter().map(|word| format!("'{}':*", kept(word))).collect();
            (ranked(kind), words.join(" & "))
        }
    };

    sql(text).with(query).with(limit)
}

fn matching(kind: Kind) -> &'static str {
    match kind {
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
    }
}

/// The weights stand from D to A.
fn ranked(kind: Kind) -> &'static str {
    match kind {
        Kind::Track => {
            "SELECT nr FROM track_words WHERE words @@ CAST($1 AS tsquery)
             ORDER BY ts_rank('{0, 0.2, 0.4, 1}', words, CAST($1 AS tsquery)) DESC, nr LIMIT $2"
        }
        Kind::Album => {
            "SELECT nr FROM album_words WHERE words @@ CAST($1 AS tsquery)
             ORDER BY ts_rank('{0, 0.2, 0.4, 1}', words, CAST($1 AS tsquery)) DESC, nr LIMIT $2"
        }
        Kind::Artist => {
            "SELECT nr FROM artist_words WHERE words @@ CAST($1 AS tsquery)
             ORDER BY ts_rank('{0, 0.2, 0.4, 1}', words, CAST($1 AS tsquery)) DESC, nr LIMIT $2"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_notes_places_and_weights() {
        let columns = ["blue moon".to_owned(), "billie".to_owned(), String::new()];

        assert_eq!(vector(&columns), "'blue':1A 'moon':2A 'billie':3B");
    }

    #[test]
    fn a_word_without_end_is_cut_between_letters() {
        assert_eq!(kept(&"é".repeat(1_000)).len(), WORD_BYTES);
        assert_eq!(kept(&format!("a{}", "é".repeat(1_000))).len(), WORD_BYTES - 1);
    }
}
