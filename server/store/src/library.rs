//! The music: what lists, pages and searches read. Taking files in and out is in `library::intake`.
//!
//! Long lists are cut by an index alone before anything is joined, so the last page of 100,000 tracks costs little more
//! than the first.

pub(crate) mod index;
mod intake;
mod search;
mod tally;

use std::{collections::HashMap, hash::Hash};

use async_trait::async_trait;
use domain::{
    AlbumId, ArtistId, ArtworkId, FolderId, Timestamp, TrackId,
    library::{Album, AlbumPage, Artist, ArtistPage, Found, LibrarySize, Order, ProblemFile, Slice, Track},
};
use services::ports::store::{KnownFile, LibraryStore, ScannedTrack, StoreResult, StoredFile};

use crate::{
    SqlStore,
    sql::{FromSql, Row, Sql, ToSql, marks, only, sql, sql_of},
};

/// The columns of a track `t` on the album `a`, for [`track`].
macro_rules! tracks {
    ($from:literal) => {
        concat!(
            "SELECT t.nr, t.id, t.title, t.artist_name, t.artist, a.title AS album_title, t.album, t.disc, t.number,
                    t.duration_ms, COALESCE(t.artwork, a.artwork) AS artwork FROM ",
            $from,
            " LEFT JOIN albums a ON a.id = t.album "
        )
    };
}

/// The columns of an album `a` by the artist `r`, for [`album`].
macro_rules! albums {
    ($from:literal) => {
        concat!(
            "SELECT a.nr, a.id, a.title, r.name AS artist_name, a.artist, a.year, a.track_count, a.artwork FROM ",
            $from,
            " JOIN artists r ON r.id = a.artist "
        )
    };
}

use {albums, tracks};

/// Ids in one question.
const IDS: usize = 200;

#[async_trait]
impl LibraryStore for SqlStore {
    async fn folder(&self, path: &str, fresh: FolderId) -> StoreResult<FolderId> {
        let known = sql("SELECT id FROM folders WHERE path = $1").with(path).first(&self.readers, only).await?;
        if let Some(known) = known {
            return Ok(known);
        }

        sql("INSERT INTO folders (id, path) VALUES ($1, $2) ON CONFLICT (path) DO NOTHING")
            .with(fresh)
            .with(path)
            .run(&self.writer)
            .await?;
        let id = sql("SELECT id FROM folders WHERE path = $1").with(path).first(&self.writer, only).await?;
        Ok(id.unwrap_or(fresh))
    }

    async fn folders(&self) -> StoreResult<Vec<(FolderId, String)>> {
        let by_path = self.engine.by_bytes("path");
        let folders = sql_of(format!("SELECT id, path FROM folders ORDER BY {by_path}"));

        folders.all(&self.readers, |row| Ok((row.get("id")?, row.get("path")?))).await
    }

    async fn keep_folders(&self, folders: &[FolderId]) -> StoreResult<()> {
        intake::keep_folders(self, folders).await
    }

    async fn known_files(&self, folder: FolderId) -> StoreResult<Vec<KnownFile>> {
        sql("SELECT path, size_bytes, modified_ms FROM tracks WHERE folder = $1
             UNION ALL SELECT path, size_bytes, modified_ms FROM problems WHERE folder = $1")
        .with(folder)
        .all(&self.readers, |row| {
            Ok(KnownFile {
                path: row.get("path")?,
                size_bytes: row.get("size_bytes")?,
                modified_ms: row.get("modified_ms")?,
            })
        })
        .await
    }

    async fn put_tracks(&self, folder: FolderId, tracks: &[ScannedTrack], at: Timestamp) -> StoreResult<()> {
        intake::put_tracks(self, folder, tracks, at).await
    }

    async fn put_unopened(&self, folder: FolderId, path: &str, reason: &str) -> StoreResult<()> {
        intake::put_unopened(self, folder, path, reason).await
    }

    async fn put_problem(&self, folder: FolderId, file: &KnownFile, reason: &str) -> StoreResult<()> {
        intake::put_problem(self, folder, file, reason).await
    }

    async fn remove_files(&self, folder: FolderId, paths: &[String]) -> StoreResult<()> {
        intake::remove_files(self, folder, paths).await
    }

    async fn problems(&self, slice: Slice) -> StoreResult<Vec<ProblemFile>> {
        let by_path = self.engine.by_bytes("path");
        let problems =
            sql_of(format!("SELECT folder, path, reason FROM problems ORDER BY {by_path}, folder LIMIT $1 OFFSET $2"));

        part(problems, slice)
            .all(&self.readers, |row| {
                Ok(ProblemFile { folder: row.get("folder")?, path: row.get("path")?, reason: row.get("reason")? })
            })
            .await
    }

    async fn library_size(&self) -> StoreResult<LibrarySize> {
        let size = sql("SELECT (SELECT count(*) FROM tracks) AS tracks, (SELECT count(*) FROM albums) AS albums,
                               (SELECT count(*) FROM artists) AS artists, (SELECT count(*) FROM problems) AS problems");
        let size = size.first(&self.readers, |row| {
            Ok(LibrarySize {
                tracks: row.get("tracks")?,
                albums: row.get("albums")?,
                artists: row.get("artists")?,
                problems: row.get("problems")?,
            })
        });

        Ok(size.await?.unwrap_or_default())
    }

    async fn tracks(&self, order: Order, slice: Slice) -> StoreResult<Vec<Track>> {
        let page = sql(match order {
            Order::Title => concat!(
                "WITH page AS (SELECT nr FROM tracks ORDER BY sort_key, nr LIMIT $1 OFFSET $2) ",
                tracks!("page JOIN tracks t ON t.nr = page.nr"),
                "ORDER BY t.sort_key, t.nr"
            ),
            Order::Newest => concat!(
                "WITH page AS (SELECT nr FROM tracks ORDER BY added_at DESC, nr LIMIT $1 OFFSET $2) ",
                tracks!("page JOIN tracks t ON t.nr = page.nr"),
                "ORDER BY t.added_at DESC, t.nr"
            ),
            Order::Artist => concat!(
                "WITH page AS (SELECT nr FROM tracks ORDER BY artist_key, album_key, place, nr LIMIT $1 OFFSET $2) ",
                tracks!("page JOIN tracks t ON t.nr = page.nr"),
                "ORDER BY t.artist_key, t.album_key, t.place, t.nr"
            ),
        });

        part(page, slice).all(&self.readers, track).await
    }

    async fn albums(&self, order: Order, slice: Slice) -> StoreResult<Vec<Album>> {
        let page = sql(match order {
            Order::Title => concat!(
                "WITH page AS (SELECT nr FROM albums ORDER BY sort_key, nr LIMIT $1 OFFSET $2) ",
                albums!("page JOIN albums a ON a.nr = page.nr"),
                "ORDER BY a.sort_key, a.nr"
            ),
            Order::Newest => concat!(
                "WITH page AS (SELECT nr FROM albums ORDER BY added_at DESC, nr LIMIT $1 OFFSET $2) ",
                albums!("page JOIN albums a ON a.nr = page.nr"),
                "ORDER BY a.added_at DESC, a.nr"
            ),
            Order::Artist => concat!(
                "WITH page AS (SELECT nr FROM albums ORDER BY artist_key, sort_key, nr LIMIT $1 OFFSET $2) ",
                albums!("page JOIN albums a ON a.nr = page.nr"),
                "ORDER BY a.artist_key, a.sort_key, a.nr"
            ),
        });

        part(page, slice).all(&self.readers, album).await
    }

    async fn artists(&self, slice: Slice) -> StoreResult<Vec<Artist>> {
        let page = sql("SELECT id, name, album_count, track_count, artwork FROM artists
                        ORDER BY sort_key, nr LIMIT $1 OFFSET $2");

        part(page, slice).all(&self.readers, artist).await
    }

    async fn album(&self, id: AlbumId) -> StoreResult<Option<AlbumPage>> {
        let head = sql(concat!(albums!("albums a"), "WHERE a.id = $1")).with(id).first(&self.readers, album).await?;
        let Some(album) = head else { return Ok(None) };

        let tracks = sql(concat!(tracks!("tracks t"), "WHERE t.album = $1 ORDER BY t.place, t.sort_key, t.nr"));
        let tracks = tracks.with(id).all(&self.readers, track).await?;
        Ok(Some(AlbumPage { album, tracks }))
    }

    async fn artist(&self, id: ArtistId) -> StoreResult<Option<ArtistPage>> {
        let head = sql("SELECT id, name, album_count, track_count, artwork FROM artists WHERE id = $1");
        let Some(artist) = head.with(id).first(&self.readers, artist).await? else { return Ok(None) };

        let albums =
            sql(concat!(albums!("albums a"), "WHERE a.artist = $1 ORDER BY a.year DESC NULLS LAST, a.sort_key, a.nr"));
        let albums = albums.with(id).all(&self.readers, album).await?;
        let elsewhere = sql(concat!(
            tracks!("tracks t"),
            "WHERE t.artist = $1 AND (a.artist IS NULL OR a.artist <> $1) ORDER BY t.sort_key, t.nr LIMIT 200"
        ));
        let tracks = elsewhere.with(id).all(&self.readers, track).await?;
        Ok(Some(ArtistPage { artist, albums, tracks }))
    }

    async fn tracks_by_id(&self, ids: &[TrackId]) -> StoreResult<Vec<Track>> {
        self.in_order(tracks!("tracks t"), "t.id", ids, track).await
    }

    async fn file_with_artwork(&self, id: ArtworkId) -> StoreResult<Option<StoredFile>> {
        sql("SELECT folder, path, mime FROM tracks WHERE substr(artwork, 1, 16) = $1 LIMIT 1")
            .with(id)
            .first(&self.readers, file)
            .await
    }

    async fn track_file(&self, id: TrackId) -> StoreResult<Option<StoredFile>> {
        sql("SELECT folder, path, mime FROM tracks WHERE id = $1").with(id).first(&self.readers, file).await
    }

    async fn search(&self, text: &str, limit: u32) -> StoreResult<Found> {
        search::search(self, text, limit).await
    }
}

impl SqlStore {
    /// The things of these keys in the order of the keys, without the unknown. `key` is a column of `select`.
    async fn in_order<K, T>(
        &self,
        select: &str,
        key: &str,
        keys: &[K],
        read: fn(&Row<'_>) -> StoreResult<T>,
    ) -> StoreResult<Vec<T>>
    where
        K: Copy + Eq + Hash + ToSql + FromSql,
        T: Clone,
    {
        let (_, column) = key.split_once('.').expect("keys are named with their table");
        let mut found = HashMap::with_capacity(keys.len());

        for keys in keys.chunks(IDS) {
            let question = sql_of(format!("{select} WHERE {key} IN {}", marks(1, keys.len())));
            let question = keys.iter().fold(question, |question, key| question.with(*key));
            found.extend(question.all(&self.readers, |row| Ok((row.get::<K>(column)?, read(row)?))).await?);
        }
        Ok(keys.iter().filter_map(|key| found.get(key).cloned()).collect())
    }
}

fn part(list: Sql, slice: Slice) -> Sql {
    list.with(slice.limit).with(slice.offset)
}

fn track(row: &Row<'_>) -> StoreResult<Track> {
    Ok(Track {
        id: row.get("id")?,
        title: row.get("title")?,
        artist: row.get("artist_name")?,
        artist_id: row.get("artist")?,
        album: row.get("album_title")?,
        album_id: row.get("album")?,
        disc: row.get("disc")?,
        number: row.get("number")?,
        duration_ms: row.get("duration_ms")?,
        artwork: row.get("artwork")?,
    })
}

fn file(row: &Row<'_>) -> StoreResult<StoredFile> {
    Ok(StoredFile { folder: row.get("folder")?, path: row.get("path")?, mime: row.get("mime")? })
}

fn album(row: &Row<'_>) -> StoreResult<Album> {
    Ok(Album {
        id: row.get("id")?,
        title: row.get("title")?,
        artist: row.get("artist_name")?,
        artist_id: row.get("artist")?,
        year: row.get("year")?,
        track_count: row.get("track_count")?,
        artwork: row.get("artwork")?,
    })
}

fn artist(row: &Row<'_>) -> StoreResult<Artist> {
    Ok(Artist {
        id: row.get("id")?,
        name: row.get("name")?,
        album_count: row.get("album_count")?,
        track_count: row.get("track_count")?,
        artwork: row.get("artwork")?,
    })
}
