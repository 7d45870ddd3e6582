//! Albums and artists as covers in a grid or a row.

use std::sync::Arc;

use domain::library::{Album, Artist, Artwork as Picture};
use leptos::prelude::*;

use super::Rows;
use crate::ui::Artwork;

/// Albums that fill the width.
#[component]
pub fn AlbumGrid(
    /// In this order.
    albums: Vec<Album>,
    /// As one line that scrolls sideways.
    #[prop(optional)]
    row: bool,
) -> impl IntoView {
    view! {
        <ul class=if row { "cover-row" } else { "cover-grid" } aria-label="Albums">
            {albums.into_iter().map(album_card).collect_view()}
        </ul>
    }
    .into_any()
}

/// Albums as rows of a long list.
pub fn album_rows(albums: Vec<Album>) -> Rows {
    let count = albums.len() as u32;

    Rows { count, show: Arc::new(move || albums.iter().cloned().map(album_card).collect_view().into_any()) }
}

/// Artists as rows of a long list.
pub fn artist_rows(artists: Vec<Artist>) -> Rows {
    let count = artists.len() as u32;

    Rows { count, show: Arc::new(move || artists.iter().cloned().map(artist_card).collect_view().into_any()) }
}

/// Artists that fill the width.
#[component]
pub fn ArtistGrid(
    /// In this order.
    artists: Vec<Artist>,
) -> impl IntoView {
    view! {
        <ul class="cover-grid people" aria-label="Artists">
            {artists.into_iter().map(artist_card).collect_view()}
        </ul>
    }
    .into_any()
}

fn album_card(album: Album) -> AnyView {
    let sub = match album.year {
        Some(year) => format!("{} · {year}", album.artist),
        None => album.artist,
    };

    card(format!("/album/{}", album.id), album.artwork, album.title, sub)
}

fn artist_card(artist: Artist) -> AnyView {
    let held = match (artist.album_count, artist.track_count) {
        (0, 1) => "1 track".into(),
        (0, tracks) => format!("{tracks} tracks"),
        (1, _) => "1 album".into(),
        (albums, _) => format!("{albums} albums"),
    };

    card(format!("/artist/{}", artist.id), artist.artwork, artist.name, held)
}

fn card(href: String, artwork: Option<Picture>, title: String, sub: String) -> AnyView {
    view! {
        <li class="cover-card">
            <a href=href>
                <Artwork artwork size=320/>
                <span class="title two-line" title=title.clone()>
                    {title.clone()}
                </span>
                <span class="sub one-line">{sub}</span>
            </a>
        </li>
    }
    .into_any()
}
