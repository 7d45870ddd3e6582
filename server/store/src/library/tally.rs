//! What albums and artists add up to, counted again after files came or went, and the end of those that nothing is left
//! of. Only what a transaction touched is counted, so a batch costs the same in a large library as in a small one.

use std::collections::BTreeSet;

use domain::{AlbumId, ArtistId};
use services::ports::store::{ScannedTrack, StoreResult};
use sqlx::AnyConnection;

use super::{IDS, intake::Gone};
use crate::{
    engine::words::{self, Kind},
    sql::{Row, Sql, ToSql, marks, sql_of},
};

/// Albums and artists whose tracks have changed.
#[derive(Default)]
pub(super) struct Touched {
    albums: BTreeSet<AlbumId>,
    artists: BTreeSet<ArtistId>,
}

impl Touched {
    /// Tracks as they were stored.
    pub fn tracks(&mut self, tracks: &[Gone]) {
        self.albums.extend(tracks.iter().filter_map(|(_, album, _)| *album));
        self.artists.extend(tracks.iter().map(|(.., artist)| *artist));
    }

    /// Tracks as they come in.
    pub fn scanned(&mut self, tracks: &[&ScannedTrack]) {
        let albums = || tracks.iter().filter_map(|track| track.album.as_ref());

        self.albums.extend(albums().map(|album| album.id));
        self.artists.extend(albums().map(|album| album.artist.id));
        self.artists.extend(tracks.iter().map(|track| track.artist.id));
    }

    /// Counts them all again; the empty ones go.
    pub async fn settle(mut self, on: &mut AnyConnection) -> StoreResult<()> {
        let albums: Vec<_> = self.albums.iter().copied().collect();
        for ids in albums.chunks(IDS) {
            self.settle_albums(on, ids).await?;
        }

        let artists: Vec<_> = self.artists.iter().copied().collect();
        for ids in artists.chunks(IDS) {
            settle_artists(on, ids).await?;
        }
        Ok(())
    }

    async fn settle_albums(&mut self, on: &mut AnyConnection, ids: &[AlbumId]) -> StoreResult<()> {
        let artists = of(
            "UPDATE albums SET
                 track_count = (SELECT count(*) FROM tracks t WHERE t.album = albums.id),
                 added_at = COALESCE((SELECT max(t.added_at) FROM tracks t WHERE t.album = albums.id), added_at),
                 year = (SELECT max(t.year) FROM tracks t WHERE t.album = albums.id),
                 artwork = (SELECT t.artwork FROM tracks t WHERE t.album = albums.id AND t.artwork IS NOT NULL
                            ORDER BY t.place, t.nr LIMIT 1)",
            "RETURNING nr, artist",
            ids,
        );
        let artists = artists.all(&mut *on, |row| row.get::<ArtistId>("artist")).await?;
        self.artists.extend(artists);

        let empty = of("DELETE FROM albums", "AND track_count = 0 RETURNING nr", ids).all(&mut *on, nr).await?;
        words::remove(on, Kind::Album, &empty).await
    }
}

async fn settle_artists(on: &mut AnyConnection, ids: &[ArtistId]) -> StoreResult<()> {
    let count = of(
        "UPDATE artists SET
             album_count = (SELECT count(*) FROM albums a WHERE a.artist = artists.id),
             track_count = (SELECT count(*) FROM tracks t WHERE t.artist = artists.id),
             artwork = (SELECT a.artwork FROM albums a WHERE a.artist = artists.id AND a.artwork IS NOT NULL
                        ORDER BY a.sort_key, a.nr LIMIT 1)",
        "",
        ids,
    );
    count.run(&mut *on).await?;

    let empty = of("DELETE FROM artists", "AND album_count = 0 AND track_count = 0 RETURNING nr", ids);
    let empty = empty.all(&mut *on, nr).await?;
    words::remove(on, Kind::Artist, &empty).await
}

/// A statement about the rows of these ids.
fn of<T: Copy + ToSql>(statement: &str, end: &str, ids: &[T]) -> Sql {
    let text = format!("{statement} WHERE id IN {} {end}", marks(1, ids.len()));

    ids.iter().fold(sql_of(text), |statement, id| statement.with(*id))
}

fn nr(row: &Row<'_>) -> StoreResult<i64> {
    row.get("nr")
}
