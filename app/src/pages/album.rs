//! An album.

use domain::{
    AlbumId, Refusal,
    library::{AlbumPage as Page, Track},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::loaded;
use crate::{
    data::read,
    error::ApiError,
    features::library::{MusicActions, TrackList, api},
    ui::{Artwork, PageTitle, Shape, Tinted, minutes_text},
};

/// Cover, who and when, and the tracks in their order.
#[component]
pub fn AlbumPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")));
    let album = read(move || id.get(), find);

    view! { <div class="page">{loaded(album, Shape::Rows(10), show)}</div> }
}

async fn find(id: Option<String>) -> Result<Page, ApiError> {
    match id.and_then(|id| id.parse::<AlbumId>().ok()) {
        Some(id) => api::read_album(id).await,
        None => Err(Refusal::AlbumUnknown.into()),
    }
}

fn show(page: Page) -> AnyView {
    let Page { album, tracks } = page;
    let listed = tracks.clone();
    let tint = album.artwork.as_ref().map(|artwork| artwork.tint);
    let about = about(album.year, &tracks);
    let artist = match album.artist_id {
        Some(id) => view! { <a href=format!("/artist/{id}")>{album.artist.clone()}</a> }.into_any(),
        None => album.artist.clone().into_any(),
    };

    view! {
        <PageTitle text=album.title.clone()/>
        <Tinted tint class="album-head">
            <div class="album-cover">
                <Artwork artwork=album.artwork size=640/>
            </div>
            <div class="album-text">
                <p class="kind">"Album"</p>
                <h1>{album.title}</h1>
                <p class="sub">{artist} {about}</p>
                <MusicActions tracks/>
            </div>
        </Tinted>
        <TrackList tracks=listed numbered=true/>
    }
    .into_any()
}

/// " · 1977 · 12 tracks · 42 min"
fn about(year: Option<i32>, tracks: &[Track]) -> String {
    let year = year.map(|year| format!(" · {year}")).unwrap_or_default();
    let count = if tracks.len() == 1 { "1 track".into() } else { format!("{} tracks", tracks.len()) };
    let length = tracks.iter().map(|track| i64::from(track.duration_ms)).sum();

    format!("{year} · {count} · {}", minutes_text(length))
}
