//! The music: lists, search, saving, scans (rules T1, T4). It is open to everybody with an account, whatever their age.

use domain::{AlbumId, ArtistId, Refusal, TrackId, library::*};

use crate::{
    Principal, Result, Services,
    ports::{Note, store::StoredFile},
};

/// Rows in one part of a list.
const SLICE_ROWS: u32 = 200;
/// Tracks that are looked up at once.
const TRACKS_AT_ONCE: usize = 1_000;
/// Characters of a search that count.
const SEARCH_CHARS: usize = 200;
/// Things of each kind that a search finds.
const FOUND: u32 = 20;

impl Services {
    /// A part of all albums.
    pub async fn albums(&self, _who: &Principal, order: Order, slice: Slice) -> Result<Vec<Album>> {
        Ok(self.ports.store.albums(order, capped(slice)).await?)
    }

    /// A part of all artists.
    pub async fn artists(&self, _who: &Principal, slice: Slice) -> Result<Vec<Artist>> {
        Ok(self.ports.store.artists(capped(slice)).await?)
    }

    /// A part of all tracks.
    pub async fn tracks(&self, _who: &Principal, order: Order, slice: Slice) -> Result<Vec<Track>> {
        Ok(self.ports.store.tracks(order, capped(slice)).await?)
    }

    /// One album, or `AlbumUnknown`.
    pub async fn album(&self, _who: &Principal, id: AlbumId) -> Result<AlbumPage> {
        Ok(self.ports.store.album(id).await?.ok_or(Refusal::AlbumUnknown)?)
    }

    /// One artist, or `ArtistUnknown`.
    pub async fn artist(&self, _who: &Principal, id: ArtistId) -> Result<ArtistPage> {
        Ok(self.ports.store.artist(id).await?.ok_or(Refusal::ArtistUnknown)?)
    }

    /// One track, or `TrackUnknown`.
    pub async fn track(&self, _who: &Principal, id: TrackId) -> Result<Track> {
        Ok(self.find_track(id).await?.ok_or(Refusal::TrackUnknown)?)
    }

    /// These tracks in this order, without the unknown; at most 1,000.
    pub async fn tracks_by_id(&self, _who: &Principal, ids: &[TrackId]) -> Result<Vec<Track>> {
        let ids = &ids[..ids.len().min(TRACKS_AT_ONCE)];

        Ok(self.ports.store.tracks_by_id(ids).await?)
    }

    /// Search as you type.
    pub async fn search(&self, _who: &Principal, text: &str) -> Result<Found> {
        let text: String = text.trim().chars().take(SEARCH_CHARS).collect();
        if text.is_empty() {
            return Ok(Found::default());
        }

        Ok(self.ports.store.search(&text, FOUND).await?)
    }

    /// How much music there is. How many files are broken is for administrators.
    pub async fn library_size(&self, who: &Principal) -> Result<LibrarySize> {
        let size = self.ports.store.library_size().await?;

        Ok(if who.administrator().is_ok() { size } else { LibrarySize { problems: 0, ..size } })
    }

    /// Saves a track to the member's library, or lets it go.
    pub async fn save_track(&self, who: &Principal, id: TrackId, saved: bool) -> Result<()> {
        if saved {
            self.track(who, id).await?;
        }
        let saved_at = saved.then(|| self.now());

        Ok(self.ports.store.set_saved(who.id(), id, saved_at).await?)
    }

    /// The saved tracks, newest first.
    pub async fn saved(&self, who: &Principal, offset: u32) -> Result<Vec<Track>> {
        let ids = self.ports.store.saved(who.id(), offset).await?;

        Ok(self.ports.store.tracks_by_id(&ids).await?)
    }

    /// Where the bytes of a track are; for the media route.
    pub async fn track_file(&self, _who: &Principal, id: TrackId) -> Result<StoredFile> {
        Ok(self.ports.store.track_file(id).await?.ok_or(Refusal::TrackUnknown)?)
    }

    /// How far the scan is.
    pub fn scan_progress(&self, _who: &Principal) -> ScanProgress {
        self.ports.media.progress()
    }

    /// Administrators: broken files with their reasons.
    pub async fn problems(&self, who: &Principal, slice: Slice) -> Result<Vec<ProblemFile>> {
        who.administrator()?;

        Ok(self.ports.store.problems(capped(slice)).await?)
    }

    /// Administrators: look at all folders again now.
    pub async fn rescan(&self, who: &Principal) -> Result<()> {
        who.administrator()?;
        self.ports.bus.publish(Note::Rescan).await;

        Ok(())
    }

    /// A track, if it is in the library.
    pub(crate) async fn find_track(&self, id: TrackId) -> Result<Option<Track>> {
        Ok(self.ports.store.tracks_by_id(&[id]).await?.pop())
    }
}

fn capped(slice: Slice) -> Slice {
    Slice { limit: slice.limit.min(SLICE_ROWS), ..slice }
}
