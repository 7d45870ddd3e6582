//! A track in a list: play it, or open what else can be done with it.

use std::sync::Arc;

use domain::library::Track;
use leptos::{prelude::*, task::spawn_local};

use super::{Rows, Sharing, api};
use crate::{
    browser::{JamRoom, Live, Player},
    features::{jam, toasts::Words},
    ui::{Artwork, Icon, LiveBars, Menu, MenuItem, clock_text},
};

/// Tracks in order. Playing one plays on through the rest.
#[component]
pub fn TrackList(
    /// In this order.
    tracks: Vec<Track>,
    /// With their numbers and without covers, as on the page of their album.
    #[prop(optional)]
    numbered: bool,
    /// With the album as a column of its own.
    #[prop(optional)]
    with_album: bool,
) -> impl IntoView {
    let queue = StoredValue::new(tracks.clone());
    let disc_of = |track: &Track| track.disc.unwrap_or(1);
    let discs = numbered && tracks.iter().any(|track| disc_of(track) > 1);
    let mut shown = 0;

    let row = move |(index, track): (usize, Track)| {
        let disc = disc_of(&track);
        let begins = discs && disc != shown;
        shown = disc;

        view! {
            {begins.then(|| view! { <li class="disc">{format!("Disc {disc}")}</li> })}
            {track_row(track, index, queue, RowStyle { numbered, with_album })}
        }
    };

    view! {
        <ol class="tracks" class:numbered=numbered aria-label="Tracks">
            {tracks.into_iter().enumerate().map(row).collect_view()}
        </ol>
    }
    .into_any()
}

/// Tracks as rows of a long list, each playing on through `queue`, to whose end they go.
pub fn track_rows(tracks: Vec<Track>, queue: StoredValue<Vec<Track>>) -> Rows {
    let (count, style) = (tracks.len() as u32, RowStyle { numbered: false, with_album: true });
    let first = queue.with_value(Vec::len);
    queue.update_value(|queue| queue.extend_from_slice(&tracks));

    let show = move || {
        let rows = tracks.iter().cloned().enumerate();
        rows.map(|(index, track)| track_row(track, first + index, queue, style)).collect_view().into_any()
    };
    Rows { count, show: Arc::new(show) }
}

/// What a row shows beside title and time.
#[derive(Clone, Copy)]
struct RowStyle {
    numbered: bool,
    with_album: bool,
}

/// One row; `index` is its place in the queue that it plays.
fn track_row(track: Track, index: usize, queue: StoredValue<Vec<Track>>, style: RowStyle) -> AnyView {
    let player = Player::get();
    let id = track.id;
    let current = Memo::new(move |_| player.track.with(|loaded| loaded.as_ref().is_some_and(|it| it.id == id)));
    let playing = Memo::new(move |_| current.get() && player.playing.get());
    let number = style.numbered.then(|| track.number.map_or(index + 1, |number| number as usize));
    let play = move |_| player.play_tracks(queue.get_value(), index);
    let ready = crate::ui::ready();

    view! {
        <li class="track" class:current=current class:playing=playing>
            <button
                type="button"
                class="track-play"
                aria-label=format!("Play {}", track.title)
                title=format!("Play {}", track.title)
                disabled=!ready.get_untracked()
                prop:disabled=move || !ready.get()
                on:click=play
            >
                // Drawn by the style sheet: it is no part of the button's name.
                {number.map(|number| view! { <span class="track-number" data-number=number.to_string()></span> })}
                <Icon name="play"/>
                {move || current.get().then(|| view! { <LiveBars playing/> })}
            </button>
            {(!style.numbered)
                .then(|| {
                    view! {
                        <span class="cover-40">
                            <Artwork artwork=track.artwork.clone() size=56/>
                        </span>
                    }
                })}
            <span class="track-text">
                <span class="title two-line" title=track.title.clone()>
                    {track.title.clone()}
                </span>
                <span class="sub one-line">{artist_link(&track)}</span>
            </span>
            {style
                .with_album
                .then(|| view! { <span class="track-album one-line">{album_link(&track)}</span> })}
            <span class="track-time tabular">{clock_text(track.duration_ms.into())}</span>
            <TrackMenu track/>
        </li>
    }
    .into_any()
}

/// "More for {title}": the menu of a track, the same everywhere.
#[component]
pub fn TrackMenu(
    /// Which.
    track: Track,
) -> impl IntoView {
    let (player, words, sharing) = (Player::get(), Words::get(), Sharing::get());
    let (room, live) = (JamRoom::get(), Live::get());
    let label = format!("More for {}", track.title);
    let track = StoredValue::new(track);

    let items = move |()| {
        let track = move || track.get_value();
        let social = live.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.social));
        let mut items = vec![
            MenuItem::run("Save to library", "bookmark", move || save(track(), words)),
            MenuItem::run("Add to queue", "list-plus", move || {
                player.enqueue(track());
                words.say("Added to your queue.");
            }),
        ];
        if social {
            items.push(MenuItem::run("Add to Jam", "jam", move || jam::add_or_begin(room, words, track())));
            items.push(MenuItem::run("Share", "share", move || sharing.share(track())));
        }
        items
    };

    view! { <Menu label items/> }
}

/// Saves a track and says so, or why not.
pub fn save(track: Track, words: Words) {
    spawn_local(async move {
        match api::save_track(track.id, true).await {
            Ok(()) => words.say("Saved to your library."),
            Err(error) => words.say(error.to_string()),
        }
    });
}

/// The artist, as a link where there is a page.
pub fn artist_link(track: &Track) -> AnyView {
    match track.artist_id {
        Some(id) => view! { <a href=format!("/artist/{id}")>{track.artist.clone()}</a> }.into_any(),
        None => track.artist.clone().into_any(),
    }
}

/// The album, as a link where there is a page.
pub fn album_link(track: &Track) -> AnyView {
    match (&track.album, track.album_id) {
        (Some(album), Some(id)) => view! { <a href=format!("/album/{id}")>{album.clone()}</a> }.into_any(),
        (album, _) => album.clone().into_any(),
    }
}
