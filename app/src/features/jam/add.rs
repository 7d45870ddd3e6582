//! Adding to the Jam without leaving it: type, and press the one that is meant (J5).

use domain::library::Track;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{JamRoom, page},
    features::{library::api, toasts::Words},
    ui::{Alert, Artwork, IconButton, TextField},
    watch::watch,
};

/// How long a pause in typing is, in milliseconds.
const PAUSE_MS: u32 = 180;
/// How many results are shown.
const RESULTS: usize = 8;

/// "Add tracks": a search whose results go into the queue.
#[component]
pub fn AddTracks() -> impl IntoView {
    let (room, words) = (JamRoom::get(), Words::get());
    let query = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Vec<Track>>);
    let trouble = RwSignal::new(None::<String>);

    watch(move || {
        let text = query.with(|text| text.trim().to_owned());
        if text.is_empty() {
            return found.set(None);
        }
        page::after(PAUSE_MS, move || search(text, query, found, trouble));
    });
    let add = move |track: Track| {
        words.say(format!("Added “{}”.", track.title));
        room.add(track, false);
    };

    view! {
        <div class="jam-add">
            <TextField label="Add tracks" name="add-tracks" kind="search" bind=query autocomplete="off"
                placeholder="Search the library"/>
            <Alert message=trouble/>
            {move || found.get().map(|tracks| results(tracks, add))}
        </div>
    }
}

/// Unless the text has changed meanwhile; before the question and before its answer.
fn search(
    text: String,
    query: RwSignal<String>,
    found: RwSignal<Option<Vec<Track>>>,
    trouble: RwSignal<Option<String>>,
) {
    let is_current = move |text: &str| query.try_with_untracked(|now| now.trim() == text).unwrap_or(false);
    if !is_current(&text) {
        return;
    }

    spawn_local(async move {
        let answer = api::search_music(text.clone()).await;
        if !is_current(&text) {
            return;
        }
        match answer {
            Ok(all) => {
                found.set(Some(all.tracks.into_iter().take(RESULTS).collect()));
                trouble.set(None);
            }
            Err(error) => trouble.set(Some(error.to_string())),
        }
    });
}

fn results(tracks: Vec<Track>, add: impl Fn(Track) + Copy + Send + Sync + 'static) -> AnyView {
    if tracks.is_empty() {
        return view! { <p class="muted small" role="status">"Nothing found. Try fewer letters."</p> }.into_any();
    }
    let row = move |track: Track| {
        let label = format!("Add {}", track.title);
        let (title, artist, artwork) = (track.title.clone(), track.artist.clone(), track.artwork.clone());

        view! {
            <li class="found-row">
                <span class="cover-40">
                    <Artwork artwork size=56/>
                </span>
                <span class="track-text">
                    <span class="title one-line">{title}</span>
                    <span class="sub one-line">{artist}</span>
                </span>
                <IconButton icon="plus" label on_click=move |_| add(track.clone())/>
            </li>
        }
    };

    view! {
        <ul class="found" aria-label="Found tracks">
            {tracks.into_iter().map(row).collect_view()}
        </ul>
    }
    .into_any()
}
