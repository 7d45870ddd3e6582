//! What can be done with something that a contact plays: the same for those who do not share themselves (L7).

use domain::{TrackId, library::Track};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{JamRoom, Player},
    features::{
        jam,
        library::{Sharing, api, save},
        toasts::Words,
    },
    ui::{Menu, MenuItem},
};

/// Plays it here.
pub fn play(track: TrackId, player: Player, words: Words) {
    with_track(track, words, move |track| player.play_tracks(vec![track], 0));
}

/// Saves it to my library.
pub fn save_played(track: TrackId, words: Words) {
    with_track(track, words, move |track| save(track, words));
}

/// "More": the menu of a track of which only the id is at hand.
#[component]
pub fn PlayedMenu(
    /// Which, if this library has it.
    #[prop(into)]
    track: Signal<Option<TrackId>>,
) -> impl IntoView {
    let (player, room, words, sharing) = (Player::get(), JamRoom::get(), Words::get(), Sharing::get());

    let items = move |()| {
        let Some(id) = track.get_untracked() else { return Vec::new() };

        vec![
            MenuItem::run("Save to library", "bookmark", move || save_played(id, words)),
            MenuItem::run("Add to queue", "list-plus", move || {
                with_track(id, words, move |track| {
                    player.enqueue(track);
                    words.say("Added to your queue.");
                });
            }),
            MenuItem::run("Add to Jam", "jam", move || {
                with_track(id, words, move |track| jam::add_or_begin(room, words, track));
            }),
            MenuItem::run("Share", "share", move || with_track(id, words, move |track| sharing.share(track))),
            MenuItem::link("Show track", "music", format!("/track/{id}")),
        ]
    };

    view! { <Menu label="More" items/> }
}

/// Reads a track and does something with it, or says why not.
fn with_track(id: TrackId, words: Words, act: impl FnOnce(Track) + 'static) {
    spawn_local(async move {
        match api::read_track(id).await {
            Ok(track) => act(track),
            Err(error) => words.say(error.to_string()),
        }
    });
}
