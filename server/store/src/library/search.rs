//! Search as you type: first what begins with the whole text, in the order of lists, then what the index of words finds.
//!
//! The first step reads a handful of index rows, so that a single letter is answered at once in a large library.

use domain::library::Found;
use services::ports::store::StoreResult;

use super::{album, albums, artist, track, tracks};
use crate::{
    SqlStore,
    engine::words::{self, Kind},
    fold::{search_words, telling},
    sql::{only, sql},
};

pub(super) async fn search(store: &SqlStore, text: &str, limit: u32) -> StoreResult<Found> {
    let words = search_words(text);
    if words.is_empty() {
        return Ok(Found::default());
    }

    let tracks = best(store, Kind::Track, &words, limit).await?;
    let albums = best(store, Kind::Album, &words, limit).await?;
    let artists = best(store, Kind::Artist, &words, limit).await?;
    Ok(Found {
        tracks: store.in_order(tracks!("tracks t"), "t.nr", &tracks, track).await?,
        albums: store.in_order(albums!("albums a"), "a.nr", &albums, album).await?,
        artists: store
            .in_order(
                "SELECT r.nr, r.id, r.name, r.album_count, r.track_count, r.artwork FROM artists r",
                "r.nr",
                &artists,
                artist,
            )
            .await?,
    })
}

/// The `nr` of what fits best.
async fn best(store: &SqlStore, kind: Kind, words: &[String], limit: u32) -> StoreResult<Vec<i64>> {
    let beginning = sql(match kind {
        Kind::Track => "SELECT nr FROM tracks WHERE sort_key >= $1 AND sort_key < $2 ORDER BY sort_key, nr LIMIT $3",
        Kind::Album => "SELECT nr FROM albums WHERE sort_key >= $1 AND sort_key < $2 ORDER BY sort_key, nr LIMIT $3",
        Kind::Artist => "SELECT nr FROM artists WHERE sort_key >= $1 AND sort_key < $2 ORDER BY sort_key, nr LIMIT $3",
    });
    let from = words.join(" ");
    let to = format!("{from}{}", char::MAX);
    let mut best: Vec<i64> = beginning.with(from).with(to).with(limit).all(&store.readers, only).await?;

    if best.len() < limit as usize {
        let found = words::find(store.engine, kind, &telling(words), limit).all(&store.readers, only).await?;
        let more: Vec<_> = found.into_iter().filter(|nr| !best.contains(nr)).collect();
        best.extend(more);
        best.truncate(limit as usize);
    }
    Ok(best)
}
