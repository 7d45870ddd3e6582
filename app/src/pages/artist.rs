//! An artist.

use domain::{ArtistId, Refusal, library::ArtistPage as Page};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::loaded;
use crate::{
    data::read,
    error::ApiError,
    features::library::{AlbumGrid, MusicActions, TrackList, api},
    ui::{Artwork, PageTitle, Shape, Tinted},
};

/// Their albums, newest first, and the tracks that are on none of them.
#[component]
pub fn ArtistPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")));
    let artist = read(move || id.get(), find);

    view! { <div class="page">{loaded(artist, Shape::Cards(6), show)}</div> }
}

async fn find(id: Option<String>) -> Result<Page, ApiError> {
    match id.and_then(|id| id.parse::<ArtistId>().ok()) {
        Some(id) => api::read_artist(id).await,
        None => Err(Refusal::ArtistUnknown.into()),
    }
}

fn show(page: Page) -> AnyView {
    let Page { artist, albums, tracks } = page;
    let listed = tracks.clone();
    let tint = artist.artwork.as_ref().map(|artwork| artwork.tint);
    let held = match (albums.len(), artist.track_count) {
        (0, 1) => "1 track".into(),
        (0, tracks) => format!("{tracks} tracks"),
        (1, tracks) => format!("1 album · {tracks} tracks"),
        (albums, tracks) => format!("{albums} albums · {tracks} tracks"),
    };
    let alone = !tracks.is_empty();

    view! {
        <PageTitle text=artist.name.clone()/>
        <Tinted tint class="album-head artist">
            <div class="album-cover">
                <Artwork artwork=artist.artwork size=640/>
            </div>
            <div class="album-text">
                <p class="kind">"Artist"</p>
                <h1>{artist.name}</h1>
                <p class="sub">{held}</p>
                {alone.then(|| view! { <MusicActions tracks/> })}
            </div>
        </Tinted>
        {(!albums.is_empty())
            .then(|| {
                view! {
                    <section class="section">
                        <h2>"Albums"</h2>
                        <AlbumGrid albums/>
                    </section>
                }
            })}
        {alone
            .then(|| {
                view! {
                    <section class="section">
                        <h2>"Tracks"</h2>
                        <TrackList tracks=listed/>
                    </section>
                }
            })}
    }
    .into_any()
}
