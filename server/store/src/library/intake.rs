//! Files coming in and going out. Rows are written many at a time, and every transaction leaves a library that adds up.

use std::collections::BTreeMap;

use domain::{AlbumId, ArtistId, FolderId, Timestamp};
use services::ports::store::{AlbumTags, ArtistTags, KnownFile, ScannedTrack, StoreResult};
use sqlx::AnyConnection;

use super::tally::Touched;
use crate::{
    SqlStore, commit,
    engine::words::{self, Kind},
    fold,
    sql::{Row, Sql, marks, marks_after, only, sql, sql_of},
};

/// Rows in one statement.
const ROWS: usize = 100;
/// Files that one transaction takes out.
const BATCH: usize = 500;

/// What a track points to besides its own row, and the number of that row.
pub(super) type Gone = (i64, Option<AlbumId>, ArtistId);

pub(super) async fn put_tracks(
    store: &SqlStore,
    folder: FolderId,
    tracks: &[ScannedTrack],
    at: Timestamp,
) -> StoreResult<()> {
    // The same path twice would be written twice by one statement, which engines refuse.
    let by_path: BTreeMap<&str, &ScannedTrack> = tracks.iter().map(|track| (track.file.path.as_str(), track)).collect();
    let tracks: Vec<_> = tracks.iter().filter(|track| std::ptr::eq(by_path[&*track.file.path], *track)).collect();
    let mut transaction = store.begin().await?;

    let mut touched = Touched::default();
    put_artists(&mut transaction, &tracks).await?;
    put_albums(&mut transaction, &tracks, at).await?;
    for tracks in tracks.chunks(ROWS) {
        let paths: Vec<_> = tracks.iter().map(|track| track.file.path.as_str()).collect();
        forget_problems(&mut transaction, folder, &paths).await?;
        let before = sql_of(format!(
            "SELECT nr, album, artist FROM tracks WHERE folder = $1 AND path IN {}",
            marks_after(1, 1, paths.len())
        ));
        touched.tracks(&with_paths(before, folder, &paths).all(&mut *transaction, gone).await?);
        touched.scanned(tracks);
        put_rows(&mut transaction, folder, tracks, at).await?;
    }
    touched.settle(&mut transaction).await?;

    commit(transaction).await
}

pub(super) async fn put_problem(store: &SqlStore, folder: FolderId, file: &KnownFile, reason: &str) -> StoreResult<()> {
    let mut transaction = store.begin().await?;

    remove(&mut transaction, folder, &[&file.path]).await?.settle(&mut transaction).await?;
    sql("INSERT INTO problems (folder, path, size_bytes, modified_ms, reason) VALUES ($1, $2, $3, $4, $5)")
        .with(folder)
        .with(file.path.as_str())
        .with(file.size_bytes)
        .with(file.modified_ms)
        .with(reason)
        .run(&mut *transaction)
        .await?;

    commit(transaction).await
}

pub(super) async fn put_unopened(store: &SqlStore, folder: FolderId, path: &str, reason: &str) -> StoreResult<()> {
    sql("INSERT INTO problems (folder, path, size_bytes, modified_ms, reason) VALUES ($1, $2, 0, 0, $3)
         ON CONFLICT (folder, path) DO UPDATE SET size_bytes = 0, modified_ms = 0, reason = excluded.reason")
    .with(folder)
    .with(path)
    .with(reason)
    .run(&store.writer)
    .await?;
    Ok(())
}

/// In several transactions where there is much to remove, so that others may write between them.
pub(super) async fn remove_files(store: &SqlStore, folder: FolderId, paths: &[String]) -> StoreResult<()> {
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();

    for paths in paths.chunks(BATCH) {
        let mut transaction = store.begin().await?;
        let touched = remove(&mut transaction, folder, paths).await?;
        touched.settle(&mut transaction).await?;
        commit(transaction).await?;
    }
    Ok(())
}

pub(super) async fn keep_folders(store: &SqlStore, folders: &[FolderId]) -> StoreResult<()> {
    let known: Vec<FolderId> = sql("SELECT id FROM folders").all(&store.readers, only).await?;

    for folder in known.into_iter().filter(|folder| !folders.contains(folder)) {
        while forget_some(store, folder).await? {}
    }
    Ok(())
}

/// Takes some tracks out of a folder, and the folder itself when it has no more. Answers whether there is more to do.
async fn forget_some(store: &SqlStore, folder: FolderId) -> StoreResult<bool> {
    let mut transaction = store.begin().await?;

    let some = sql("DELETE FROM tracks WHERE nr IN (SELECT nr FROM tracks WHERE folder = $1 LIMIT $2)
                    RETURNING nr, album, artist");
    let tracks = some.with(folder).with(BATCH as i64).all(&mut *transaction, gone).await?;
    forget_words(&mut transaction, &tracks).await?;
    let mut touched = Touched::default();
    touched.tracks(&tracks);
    touched.settle(&mut transaction).await?;

    let more = tracks.len() == BATCH;
    if !more {
        sql("DELETE FROM problems WHERE folder = $1").with(folder).run(&mut *transaction).await?;
        sql("DELETE FROM folders WHERE id = $1").with(folder).run(&mut *transaction).await?;
    }
    commit(transaction).await?;
    Ok(more)
}

/// Takes the tracks and problems of these paths out.
async fn remove(on: &mut AnyConnection, folder: FolderId, paths: &[&str]) -> StoreResult<Touched> {
    let mut touched = Touched::default();

    for paths in paths.chunks(ROWS) {
        let tracks = sql_of(format!(
            "DELETE FROM tracks WHERE folder = $1 AND path IN {} RETURNING nr, album, artist",
            marks_after(1, 1, paths.len())
        ));
        let tracks = with_paths(tracks, folder, paths).all(&mut *on, gone).await?;
        forget_words(on, &tracks).await?;
        touched.tracks(&tracks);
        forget_problems(on, folder, paths).await?;
    }
    Ok(touched)
}

async fn forget_words(on: &mut AnyConnection, tracks: &[Gone]) -> StoreResult<()> {
    let nrs: Vec<_> = tracks.iter().map(|(nr, ..)| *nr).collect();

    words::remove(on, Kind::Track, &nrs).await
}

async fn forget_problems(on: &mut AnyConnection, folder: FolderId, paths: &[&str]) -> StoreResult<()> {
    let text = format!("DELETE FROM problems WHERE folder = $1 AND path IN {}", marks_after(1, 1, paths.len()));

    with_paths(sql_of(text), folder, paths).run(on).await?;
    Ok(())
}

fn with_paths(statement: Sql, folder: FolderId, paths: &[&str]) -> Sql {
    paths.iter().fold(statement.with(folder), |statement, path| statement.with(*path))
}

fn gone(row: &Row<'_>) -> StoreResult<Gone> {
    Ok((row.get("nr")?, row.get("album")?, row.get("artist")?))
}

/// New artists, and those whose name is written differently now.
async fn put_artists(on: &mut AnyConnection, tracks: &[&ScannedTrack]) -> StoreResult<()> {
    let of_tracks = tracks.iter().map(|track| &track.artist);
    let of_albums = tracks.iter().filter_map(|track| track.album.as_ref()).map(|album| &album.artist);
    let artists: BTreeMap<_, &ArtistTags> = of_tracks.chain(of_albums).map(|artist| (artist.id, artist)).collect();

    for artists in artists.into_values().collect::<Vec<_>>().chunks(ROWS) {
        let put = sql_of(format!(
            "INSERT INTO artists (id, name, sort_key, album_count, track_count) VALUES {}
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, sort_key = excluded.sort_key
             WHERE artists.name <> excluded.name RETURNING nr, name",
            marks(artists.len(), 5)
        ));
        let put = artists.iter().fold(put, |put, artist| {
            let name = artist.name.as_str();
            put.with(artist.id).with(name).with(fold::sort_key(name)).with(0_i64).with(0_i64)
        });
        let changed =
            put.all(&mut *on, |row| Ok((row.get("nr")?, vec![fold::indexed(&row.get::<String>("name")?)]))).await?;
        words::put(on, Kind::Artist, &changed).await?;
    }
    Ok(())
}

/// New albums, and those whose title or artist is written differently now.
async fn put_albums(on: &mut AnyConnection, tracks: &[&ScannedTrack], at: Timestamp) -> StoreResult<()> {
    let albums = tracks.iter().filter_map(|track| track.album.as_ref());
    let albums: BTreeMap<_, &AlbumTags> = albums.map(|album| (album.id, album)).collect();

    for chunk in albums.values().collect::<Vec<_>>().chunks(ROWS) {
        let put = sql_of(format!(
            "INSERT INTO albums (id, title, sort_key, artist, artist_key, track_count, added_at) VALUES {}
             ON CONFLICT (id) DO UPDATE SET title = excluded.title, sort_key = excluded.sort_key,
                 artist = excluded.artist, artist_key = excluded.artist_key
             WHERE albums.title <> excluded.title OR albums.artist <> excluded.artist RETURNING nr, id",
            marks(chunk.len(), 7)
        ));
        let put = chunk.iter().fold(put, |put, album| {
            put.with(album.id)
                .with(album.title.as_str())
                .with(fold::sort_key(&album.title))
                .with(album.artist.id)
                .with(fold::sort_key(&album.artist.name))
                .with(0_i64)
                .with(at)
        });
        let changed = put.all(&mut *on, |row| Ok((row.get("nr")?, row.get::<AlbumId>("id")?))).await?;
        let changed: Vec<_> = changed.into_iter().map(|(nr, id)| (nr, album_words(albums[&id]))).collect();
        words::put(on, Kind::Album, &changed).await?;
    }
    Ok(())
}

/// The rows of the tracks and their words.
async fn put_rows(
    on: &mut AnyConnection,
    folder: FolderId,
    tracks: &[&ScannedTrack],
    at: Timestamp,
) -> StoreResult<()> {
    let put = sql_of(format!(
        "INSERT INTO tracks (id, folder, path, size_bytes, modified_ms, mime, title, sort_key, artist, artist_name,
             artist_key, album, album_key, disc, number, place, duration_ms, genre, year, artwork, added_at) VALUES {}
         ON CONFLICT (folder, path) DO UPDATE SET size_bytes = excluded.size_bytes,
             modified_ms = excluded.modified_ms, mime = excluded.mime, title = excluded.title,
             sort_key = excluded.sort_key, artist = excluded.artist, artist_name = excluded.artist_name,
             artist_key = excluded.artist_key, album = excluded.album, album_key = excluded.album_key,
             disc = excluded.disc, number = excluded.number, place = excluded.place,
             duration_ms = excluded.duration_ms, genre = excluded.genre, year = excluded.year,
             artwork = excluded.artwork RETURNING nr, path",
        marks(tracks.len(), 21)
    ));
    let put = tracks.iter().fold(put, |put, track| row(put, folder, track, at));
    let stored = put.all(&mut *on, |row| Ok((row.get("nr")?, row.get::<String>("path")?))).await?;

    let by_path: BTreeMap<_, _> = tracks.iter().map(|track| (track.file.path.as_str(), *track)).collect();
    let words: Vec<_> = stored.iter().map(|(nr, path)| (*nr, track_words(by_path[path.as_str()]))).collect();
    words::put(on, Kind::Track, &words).await
}

fn row(put: Sql, folder: FolderId, track: &ScannedTrack, at: Timestamp) -> Sql {
    let album = track.album.as_ref();

    put.with(track.id)
        .with(folder)
        .with(track.file.path.as_str())
        .with(track.file.size_bytes)
        .with(track.file.modified_ms)
        .with(track.mime.as_str())
        .with(track.title.as_str())
        .with(fold::sort_key(&track.title))
        .with(track.artist.id)
        .with(track.artist.name.as_str())
        .with(fold::sort_key(&track.artist.name))
        .with(album.map(|album| album.id))
        .with(album.map(|album| fold::sort_key(&album.title)).unwrap_or_default())
        .with(track.disc)
        .with(track.number)
        .with(place(track))
        .with(track.duration_ms)
        .with(track.genre.as_deref())
        .with(track.year)
        .with(track.artwork.as_ref())
        .with(at)
}

/// Disc and number in one. A track without a disc stands on the first, one without a number before the numbered.
fn place(track: &ScannedTrack) -> i64 {
    (i64::from(track.disc.unwrap_or(1)) << 32) | i64::from(track.number.unwrap_or(0))
}

fn track_words(track: &ScannedTrack) -> Vec<String> {
    let album = track.album.as_ref().map_or("", |album| &album.title);

    [&track.title, &track.artist.name, album].map(fold::indexed).into()
}

fn album_words(album: &AlbumTags) -> Vec<String> {
    [&*album.title, &album.artist.name].map(fold::indexed).into()
}
