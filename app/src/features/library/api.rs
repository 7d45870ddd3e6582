//! Reading the library, and what a member keeps of it.

use domain::{
    AlbumId, ArtistId, TrackId,
    library::{Album, AlbumPage, Artist, ArtistPage, Found, LibrarySize, Order, ProblemFile, Track},
};
use leptos::{prelude::*, server_fn::codec::Postcard};

use crate::error::ApiError;

/// A part of all albums.
#[server(endpoint = "all_albums", output = Postcard)]
pub async fn all_albums(order: Order, offset: u32, limit: u32) -> Result<Vec<Album>, ApiError> {
    use crate::server::{answer, principal, services};
    use domain::library::Slice;

    answer(services()?.albums(&principal()?, order, Slice { offset, limit }).await)
}

/// A part of all artists.
#[server(endpoint = "all_artists", output = Postcard)]
pub async fn all_artists(offset: u32, limit: u32) -> Result<Vec<Artist>, ApiError> {
    use crate::server::{answer, principal, services};
    use domain::library::Slice;

    answer(services()?.artists(&principal()?, Slice { offset, limit }).await)
}

/// A part of all tracks, by title.
#[server(endpoint = "all_tracks", output = Postcard)]
pub async fn all_tracks(offset: u32, limit: u32) -> Result<Vec<Track>, ApiError> {
    use crate::server::{answer, principal, services};
    use domain::library::Slice;

    answer(services()?.tracks(&principal()?, Order::Title, Slice { offset, limit }).await)
}

/// One album with its tracks.
#[server(endpoint = "read_album", output = Postcard)]
pub async fn read_album(id: AlbumId) -> Result<AlbumPage, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.album(&principal()?, id).await)
}

/// One artist with albums and tracks.
#[server(endpoint = "read_artist", output = Postcard)]
pub async fn read_artist(id: ArtistId) -> Result<ArtistPage, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.artist(&principal()?, id).await)
}

/// One track.
#[server(endpoint = "read_track", output = Postcard)]
pub async fn read_track(id: TrackId) -> Result<Track, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.track(&principal()?, id).await)
}

/// Search as you type.
#[server(endpoint = "search_music", output = Postcard)]
pub async fn search_music(text: String) -> Result<Found, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.search(&principal()?, &text).await)
}

/// Saves a track to my library, or lets it go.
#[server(endpoint = "save_track", output = Postcard)]
pub async fn save_track(id: TrackId, saved: bool) -> Result<(), ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.save_track(&principal()?, id, saved).await)
}

/// My saved tracks, newest first.
#[server(endpoint = "saved_tracks", output = Postcard)]
pub async fn saved_tracks(offset: u32) -> Result<Vec<Track>, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.saved(&principal()?, offset).await)
}

/// Where I left: what my player holds, then what I saved last; four at most, none twice.
#[server(endpoint = "pick_up", output = Postcard)]
pub async fn pick_up() -> Result<Vec<Track>, ApiError> {
    use crate::server::{answer, principal, services};

    let (services, who) = (services()?, principal()?);
    let held = answer(services.player(&who).await)?.and_then(|player| player.track);
    let held_id = held.as_ref().map(|track| track.id);
    let saved = answer(services.saved(&who, 0).await)?.into_iter().filter(|track| Some(track.id) != held_id);

    Ok(held.into_iter().chain(saved).take(4).collect())
}

/// How much music there is.
#[server(endpoint = "library_counts", output = Postcard)]
pub async fn library_counts() -> Result<LibrarySize, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.library_size(&principal()?).await)
}

/// Broken files with their reasons.
#[server(endpoint = "problems", output = Postcard)]
pub async fn problems(offset: u32, limit: u32) -> Result<Vec<ProblemFile>, ApiError> {
    use crate::server::{answer, principal, services};
    use domain::library::Slice;

    answer(services()?.problems(&principal()?, Slice { offset, limit }).await)
}

/// Administrators: look at all folders again.
#[server(endpoint = "rescan", output = Postcard)]
pub async fn rescan() -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.rescan(&principal()?).await)?;
    redirect("/admin");
    Ok(())
}

/// These tracks in this order, without the unknown; at most 1,000.
#[server(endpoint = "tracks_by_id", input = Postcard, output = Postcard)]
pub async fn tracks_by_id(ids: Vec<TrackId>) -> Result<Vec<Track>, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.tracks_by_id(&principal()?, &ids).await)
}
