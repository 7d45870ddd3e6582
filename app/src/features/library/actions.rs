//! What can be done with an album or an artist as a whole.

use domain::library::Track;
use leptos::prelude::*;

use crate::{
    browser::{JamRoom, Live, Player},
    features::{jam, toasts::Words},
    ui::{Button, ButtonKind},
};

/// The most tracks that one press adds to a Jam, which holds only so many.
const MOST_IN_JAM: usize = 100;

/// Play, queue, and listen together.
#[component]
pub fn MusicActions(
    /// In the order in which they play.
    tracks: Vec<Track>,
) -> impl IntoView {
    let (player, room, words) = (Player::get(), JamRoom::get(), Words::get());
    let me = Live::get().me;
    let social = Memo::new(move |_| me.with(|me| me.as_ref().is_some_and(|me| me.social)));
    let in_jam = Memo::new(move |_| room.state.with(Option::is_some));
    let none = tracks.is_empty();
    let tracks = StoredValue::new(tracks);

    let enqueue = move |_| {
        tracks.get_value().into_iter().for_each(|track| player.enqueue(track));
        words.say("Added to your queue.");
    };
    let together = move |_| {
        let tracks = tracks.get_value().into_iter().take(MOST_IN_JAM);
        if in_jam.get_untracked() {
            tracks.for_each(|track| room.add(track, false));
            words.say("Added to the Jam.");
        } else {
            jam::begin(tracks.map(|track| track.id).collect());
        }
    };

    view! {
        <div class="row actions">
            <Button kind=ButtonKind::Primary icon="play" disabled=none
                on_click=move |_| player.play_tracks(tracks.get_value(), 0)>
                "Play all"
            </Button>
            {move || {
                (!in_jam.get())
                    .then(|| view! { <Button icon="list-plus" disabled=none on_click=enqueue>"Add all to queue"</Button> })
            }}
            {move || {
                social
                    .get()
                    .then(|| {
                        let word = if in_jam.get() { "Add all to Jam" } else { "Start a Jam" };
                        view! { <Button kind=ButtonKind::Live icon="jam" disabled=none on_click=together>{word}</Button> }
                    })
            }}
        </div>
    }
    .into_any()
}
