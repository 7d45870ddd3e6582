//! The music as pages and frames show it. How files become tracks is the media crate's matter.

use serde::{Deserialize, Serialize};

use crate::{AlbumId, ArtistId, ArtworkId, FolderId, TrackId};

/// A picture with what is shown before it arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artwork {
    /// Names the picture by content; fetched from `/artwork/{id}/{size}`.
    pub id: ArtworkId,
    /// A thumbhash: about 25 bytes that unfold into a blurred preview.
    pub thumbhash: Vec<u8>,
    /// The colour that washes the screens of this music: red, green, blue.
    pub tint: [u8; 3],
}

/// A track as lists, cards and the player show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// Which.
    pub id: TrackId,
    /// Its title; the file's name where it has no tag.
    pub title: String,
    /// The artist as the tag writes it.
    pub artist: String,
    /// The page of that artist.
    pub artist_id: Option<ArtistId>,
    /// The album's title.
    pub album: Option<String>,
    /// The page of that album.
    pub album_id: Option<AlbumId>,
    /// Disc, counted from 1.
    pub disc: Option<u32>,
    /// Place on the disc, counted from 1.
    pub number: Option<u32>,
    /// Length in milliseconds.
    pub duration_ms: u32,
    /// Its picture, or its album's.
    pub artwork: Option<Artwork>,
}

/// An album in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Album {
    /// Which.
    pub id: AlbumId,
    /// Its title.
    pub title: String,
    /// The album artist.
    pub artist: String,
    /// The page of that artist.
    pub artist_id: Option<ArtistId>,
    /// Year of release.
    pub year: Option<i32>,
    /// How many tracks it has here.
    pub track_count: u32,
    /// Its cover.
    pub artwork: Option<Artwork>,
}

/// An artist in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artist {
    /// Which.
    pub id: ArtistId,
    /// The name.
    pub name: String,
    /// How many albums are here.
    pub album_count: u32,
    /// How many tracks are here.
    pub track_count: u32,
    /// The cover of one of the albums.
    pub artwork: Option<Artwork>,
}

/// An album with its tracks in order of disc and number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlbumPage {
    /// The album.
    pub album: Album,
    /// Its tracks.
    pub tracks: Vec<Track>,
}

/// An artist with albums, newest first, and the tracks that are on none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtistPage {
    /// The artist.
    pub artist: Artist,
    /// Albums by this artist.
    pub albums: Vec<Album>,
    /// Tracks by this artist, at most 200.
    pub tracks: Vec<Track>,
}

/// What a search found, best first, at most 20 of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Tracks whose title, artist or album match.
    pub tracks: Vec<Track>,
    /// Albums whose title or artist match.
    pub albums: Vec<Album>,
    /// Artists whose name matches.
    pub artists: Vec<Artist>,
}

/// How many things there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the count of its name")]
pub struct LibrarySize {
    pub tracks: u32,
    pub albums: u32,
    pub artists: u32,
    pub problems: u32,
}

/// How far the scan of all folders is. Sent at most four times a second while one runs, and once when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanProgress {
    /// Whether a scan is running.
    pub running: bool,
    /// Music files found so far.
    pub found: u32,
    /// Of these, looked at.
    pub done: u32,
    /// Of these, new or changed and taken in.
    pub changed: u32,
    /// Of these, unreadable; listed as [`ProblemFile`]s.
    pub failed: u32,
}

/// A file that could not be taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemFile {
    /// In which folder.
    pub folder: FolderId,
    /// Path below the folder, with `/` between parts.
    pub path: String,
    /// Why, as a sentence.
    pub reason: String,
}

/// The order of a list of albums or tracks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// By title.
    #[default]
    Title,
    /// Most recently added first.
    Newest,
    /// By artist, then album, disc and number.
    Artist,
}

/// Which part of a long list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// How many rows to leave out.
    pub offset: u32,
    /// How many rows at most; services cap it at 200.
    pub limit: u32,
}
