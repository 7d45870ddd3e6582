//! Folders, files and the lists that are made of them. Albums and artists are no tables: they are what tracks say.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::{
    AlbumId, ArtistId, ArtworkId, FolderId, Timestamp, TrackId,
    library::{Album, AlbumPage, Artist, ArtistPage, Found, LibrarySize, Order, ProblemFile, Slice, Track},
};

use super::{
    MemoryStore,
    catalogue::{Catalogue, fold, matches},
    tables::{ProblemRow, Tables, TrackRow},
};
use crate::ports::store::{KnownFile, LibraryStore, ScannedTrack, StoreResult, StoredFile};

#[async_trait]
impl LibraryStore for MemoryStore {
    async fn folder(&self, path: &str, fresh: FolderId) -> StoreResult<FolderId> {
        Ok(*self.tables().folders.entry(path.into()).or_insert(fresh))
    }

    async fn folders(&self) -> StoreResult<Vec<(FolderId, String)>> {
        let tables = self.tables();
        let mut folders: Vec<_> = tables.folders.iter().map(|(path, id)| (*id, path.clone())).collect();

        folders.sort_by(|(_, one), (_, other)| one.cmp(other));
        Ok(folders)
    }

    async fn keep_folders(&self, folders: &[FolderId]) -> StoreResult<()> {
        let mut tables = self.tables();
        tables.folders.retain(|_, id| folders.contains(id));
        tables.tracks.retain(|_, row| folders.contains(&row.folder));
        tables.problems.retain(|(folder, _), _| folders.contains(folder));
        Ok(())
    }

    async fn known_files(&self, folder: FolderId) -> StoreResult<Vec<KnownFile>> {
        let tables = self.tables();
        let tracks = tables.tracks.values().filter(|row| row.folder == folder).map(|row| row.scanned.file.clone());
        let problems = tables.problems.iter().filter(|((of, _), _)| *of == folder).map(|((_, path), row)| KnownFile {
            path: path.clone(),
            size_bytes: row.size_bytes,
            modified_ms: row.modified_ms,
        });

        Ok(tracks.chain(problems).collect())
    }

    async fn put_tracks(&self, folder: FolderId, tracks: &[ScannedTrack], at: Timestamp) -> StoreResult<()> {
        let mut tables = self.tables();
        for scanned in tracks {
            tables.problems.remove(&(folder, scanned.file.path.clone()));

            let known = tables.track_at(folder, &scanned.file.path);
            let (id, added_at) = known.map_or((scanned.id, at), |row| (row.scanned.id, row.added_at));
            tables.tracks.insert(id, TrackRow { folder, scanned: ScannedTrack { id, ..scanned.clone() }, added_at });
        }
        Ok(())
    }

    async fn put_problem(&self, folder: FolderId, file: &KnownFile, reason: &str) -> StoreResult<()> {
        let mut tables = self.tables();
        tables.forget(folder, &file.path);

        let problem = ProblemRow { size_bytes: file.size_bytes, modified_ms: file.modified_ms, reason: reason.into() };
        tables.problems.insert((folder, file.path.clone()), problem);
        Ok(())
    }

    async fn put_unopened(&self, folder: FolderId, path: &str, reason: &str) -> StoreResult<()> {
        let problem = ProblemRow { size_bytes: 0, modified_ms: 0, reason: reason.into() };
        self.tables().problems.insert((folder, path.into()), problem);
        Ok(())
    }

    async fn remove_files(&self, folder: FolderId, paths: &[String]) -> StoreResult<()> {
        let mut tables = self.tables();
        paths.iter().for_each(|path| tables.forget(folder, path));
        Ok(())
    }

    async fn problems(&self, slice: Slice) -> StoreResult<Vec<ProblemFile>> {
        let tables = self.tables();
        let problems = tables.problems.iter().map(|((folder, path), row)| ProblemFile {
            folder: *folder,
            path: path.clone(),
            reason: row.reason.clone(),
        });

        let mut problems: Vec<_> = problems.collect();
        problems.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(cut(problems, slice))
    }

    async fn library_size(&self) -> StoreResult<LibrarySize> {
        let tables = self.tables();
        let catalogue = Catalogue::of(&tables);

        Ok(LibrarySize {
            tracks: tables.tracks.len() as u32,
            albums: catalogue.albums.len() as u32,
            artists: catalogue.artists.len() as u32,
            problems: tables.problems.len() as u32,
        })
    }

    async fn tracks(&self, order: Order, slice: Slice) -> StoreResult<Vec<Track>> {
        let tables = self.tables();
        let catalogue = Catalogue::of(&tables);
        let mut rows: Vec<_> = tables.tracks.values().collect();

        rows.sort_by_cached_key(|row| fold(&row.scanned.title));
        match order {
            Order::Title => {}
            Order::Newest => rows.sort_by_key(|row| Reverse(row.added_at)),
            Order::Artist => rows.sort_by_cached_key(|row| {
                let scanned = &row.scanned;
                let album = scanned.album.as_ref().map(|album| fold(&album.title));
                (fold(&scanned.artist.name), album, scanned.disc, scanned.number)
            }),
        }
        Ok(cut(rows, slice).into_iter().map(|row| catalogue.track(row)).collect())
    }

    async fn albums(&self, order: Order, slice: Slice) -> StoreResult<Vec<Album>> {
        let tables = self.tables();
        let mut rows: Vec<_> = Catalogue::of(&tables).albums.into_values().collect();

        rows.sort_by_cached_key(|row| fold(&row.album.title));
        match order {
            Order::Title => {}
            Order::Newest => rows.sort_by_key(|row| Reverse(row.added_at)),
            Order::Artist => rows.sort_by_cached_key(|row| (fold(&row.album.artist), fold(&row.album.title))),
        }
        Ok(cut(rows, slice).into_iter().map(|row| row.album).collect())
    }

    async fn artists(&self, slice: Slice) -> StoreResult<Vec<Artist>> {
        let tables = self.tables();
        let mut artists: Vec<_> = Catalogue::of(&tables).artists.into_values().collect();

        artists.sort_by_cached_key(|artist| fold(&artist.name));
        Ok(cut(artists, slice))
    }

    async fn album(&self, id: AlbumId) -> StoreResult<Option<AlbumPage>> {
        let tables = self.tables();
        let catalogue = Catalogue::of(&tables);
        let Some(row) = catalogue.albums.get(&id) else { return Ok(None) };

        let mut rows: Vec<_> = tables.tracks.values().filter(|row| row.album_id() == Some(id)).collect();
        rows.sort_by_cached_key(|row| (row.scanned.disc, row.scanned.number, fold(&row.scanned.title)));
        let tracks = rows.into_iter().map(|row| catalogue.track(row)).collect();
        Ok(Some(AlbumPage { album: row.album.clone(), tracks }))
    }

    async fn artist(&self, id: ArtistId) -> StoreResult<Option<ArtistPage>> {
        let tables = self.tables();
        let catalogue = Catalogue::of(&tables);
        let Some(artist) = catalogue.artists.get(&id) else { return Ok(None) };

        let theirs = |album: &&Album| album.artist_id == Some(id);
        let mut albums: Vec<_> = catalogue.albums.values().map(|row| &row.album).filter(theirs).cloned().collect();
        albums.sort_by_cached_key(|album| (Reverse(album.year), fold(&album.title)));

        let elsewhere = |row: &&TrackRow| !albums.iter().any(|album| row.album_id() == Some(album.id));
        let mut rows: Vec<_> =
            tables.tracks.values().filter(|row| row.scanned.artist.id == id).filter(elsewhere).collect();
        rows.sort_by_cached_key(|row| fold(&row.scanned.title));
        let tracks = rows.into_iter().take(200).map(|row| catalogue.track(row)).collect();
        Ok(Some(ArtistPage { artist: artist.clone(), albums, tracks }))
    }

    async fn tracks_by_id(&self, ids: &[TrackId]) -> StoreResult<Vec<Track>> {
        let tables = self.tables();
        let catalogue = Catalogue::of(&tables);

        Ok(ids.iter().filter_map(|id| tables.tracks.get(id)).map(|row| catalogue.track(row)).collect())
    }

    async fn track_file(&self, id: TrackId) -> StoreResult<Option<StoredFile>> {
        Ok(self.tables().tracks.get(&id).map(file))
    }

    async fn file_with_artwork(&self, id: ArtworkId) -> StoreResult<Option<StoredFile>> {
        let tables = self.tables();
        let mut bearers = tables.tracks.values();

        Ok(bearers.find(|row| row.scanned.artwork.as_ref().is_some_and(|artwork| artwork.id == id)).map(file))
    }

    async fn search(&self, text: &str, limit: u32) -> StoreResult<Found> {
        let everything = Slice { offset: 0, limit: u32::MAX };
        let limit = limit as usize;

        let tracks = self.tracks(Order::Title, everything).await?.into_iter();
        let albums = self.albums(Order::Title, everything).await?.into_iter();
        let artists = self.artists(everything).await?.into_iter();
        Ok(Found {
            tracks: tracks
                .filter(|track| matches(text, &[&track.title, &track.artist, track.album.as_deref().unwrap_or("")]))
                .take(limit)
                .collect(),
            albums: albums.filter(|album| matches(text, &[&album.title, &album.artist])).take(limit).collect(),
            artists: artists.filter(|artist| matches(text, &[&artist.name])).take(limit).collect(),
        })
    }
}

impl Tables {
    fn track_at(&self, folder: FolderId, path: &str) -> Option<&TrackRow> {
        self.tracks.values().find(|row| row.folder == folder && row.scanned.file.path == path)
    }

    fn forget(&mut self, folder: FolderId, path: &str) {
        self.tracks.retain(|_, row| row.folder != folder || row.scanned.file.path != path);
        self.problems.remove(&(folder, path.to_owned()));
    }
}

fn cut<T>(all: Vec<T>, slice: Slice) -> Vec<T> {
    all.into_iter().skip(slice.offset as usize).take(slice.limit as usize).collect()
}

fn file(row: &TrackRow) -> StoredFile {
    StoredFile { folder: row.folder, path: row.scanned.file.path.clone(), mime: row.scanned.mime.clone() }
}
