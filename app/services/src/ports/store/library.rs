//! Folders, files and what their tags say.

use async_trait::async_trait;
use domain::{
    AlbumId, ArtistId, ArtworkId, FolderId, Timestamp, TrackId,
    library::{Album, AlbumPage, Artist, ArtistPage, Artwork, Found, LibrarySize, Order, ProblemFile, Slice, Track},
};

use super::StoreResult;

/// A file that is in the library or listed as a problem, as it was when it was last read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Path below its folder, with `/` between parts.
    pub path: String,
    /// Its length.
    pub size_bytes: i64,
    /// Its time of change, in milliseconds.
    pub modified_ms: i64,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ScannedTrack {
    /// The id that it gets if its path is new; a known path keeps its own.
    pub id: TrackId,
    /// As it was read.
    pub file: KnownFile,
    /// For example `audio/flac`.
    pub mime: String,
    /// Title, or the file's name without ending.
    pub title: String,
    /// The artist as the tag writes it.
    pub artist: ArtistTags,
    /// The album, if the tag names one.
    pub album: Option<AlbumTags>,
    /// Disc, from 1.
    pub disc: Option<u32>,
    /// Place on the disc, from 1.
    pub number: Option<u32>,
    /// Length.
    pub duration_ms: u32,
    /// First genre.
    pub genre: Option<String>,
    /// Year of release.
    pub year: Option<i32>,
    /// Embedded, or beside the file.
    pub artwork: Option<Artwork>,
}

/// An artist. The id is made of the folded name, so that the same artist is found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtistTags {
    /// Made of the folded name.
    pub id: ArtistId,
    /// As written.
    pub name: String,
}

/// An album. The id is made of the folded title and album artist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbumTags {
    /// Made of the folded title and album artist.
    pub id: AlbumId,
    /// As written.
    pub title: String,
    /// The album artist, or the track's where there is none.
    pub artist: ArtistTags,
}

/// Where a track's bytes are, and what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// In which folder.
    pub folder: FolderId,
    /// Path below it.
    pub path: String,
    /// For example `audio/flac`.
    pub mime: String,
}

/// The music.
#[async_trait]
pub trait LibraryStore: Send + Sync {
    /// The id of a folder by its absolute path; `fresh` if it is new.
    async fn folder(&self, path: &str, fresh: FolderId) -> StoreResult<FolderId>;
    /// All folders with their absolute paths, by path.
    async fn folders(&self) -> StoreResult<Vec<(FolderId, String)>>;
    /// Forgets folders that are not among these, with their tracks and problems. Only for whoever knows all that should
    /// be there: a single process, or a person.
    async fn keep_folders(&self, folders: &[FolderId]) -> StoreResult<()>;
    /// Everything known of a folder, problems included. A path may be both: a track whose file did not open any more.
    async fn known_files(&self, folder: FolderId) -> StoreResult<Vec<KnownFile>>;
    /// Takes in new and changed files, in one transaction; known paths keep their track ids, problems of these paths go.
    async fn put_tracks(&self, folder: FolderId, tracks: &[ScannedTrack], at: Timestamp) -> StoreResult<()>;
    /// Lists a file as broken; its track goes.
    async fn put_problem(&self, folder: FolderId, file: &KnownFile, reason: &str) -> StoreResult<()>;
    /// Lists a file that did not open; its track stays. It is known without size and time, so the next scan tries it again.
    async fn put_unopened(&self, folder: FolderId, path: &str, reason: &str) -> StoreResult<()>;
    /// Files that have vanished: tracks and problems go, and albums and artists that nothing is left of.
    async fn remove_files(&self, folder: FolderId, paths: &[String]) -> StoreResult<()>;
    /// Broken files, by path.
    async fn problems(&self, slice: Slice) -> StoreResult<Vec<ProblemFile>>;

    /// How much there is.
    async fn library_size(&self) -> StoreResult<LibrarySize>;
    /// A part of all tracks.
    async fn tracks(&self, order: Order, slice: Slice) -> StoreResult<Vec<Track>>;
    /// A part of all albums.
    async fn albums(&self, order: Order, slice: Slice) -> StoreResult<Vec<Album>>;
    /// A part of all artists that have an album or a track, by name.
    async fn artists(&self, slice: Slice) -> StoreResult<Vec<Artist>>;
    /// One album.
    async fn album(&self, id: AlbumId) -> StoreResult<Option<AlbumPage>>;
    /// One artist.
    async fn artist(&self, id: ArtistId) -> StoreResult<Option<ArtistPage>>;
    /// These tracks in this order, without the unknown.
    async fn tracks_by_id(&self, ids: &[TrackId]) -> StoreResult<Vec<Track>>;
    /// A file that had this picture, in it or beside it, when it was scanned.
    async fn file_with_artwork(&self, id: ArtworkId) -> StoreResult<Option<StoredFile>>;
    /// Where the bytes of a track are.
    async fn track_file(&self, id: TrackId) -> StoreResult<Option<StoredFile>>;
    /// Every word must begin a word of the thing; case and diacritics do not matter. At most `limit` of each kind.
    async fn search(&self, text: &str, limit: u32) -> StoreResult<Found>;
}
