//! The one media element of this page.

use std::cell::{Cell, RefCell};

use domain::library::Track;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlAudioElement;

use super::{super::page, Player};

thread_local! {
    static ELEMENT: RefCell<Option<HtmlAudioElement>> = const { RefCell::new(None) };
    static LOADED: RefCell<Option<Track>> = const { RefCell::new(None) };
    /// A row is being changed: what the old one still says does not count.
    static LOADING: Cell<bool> = const { Cell::new(false) };
}

/// Makes the element.
pub(super) fn begin(player: Player) {
    let Ok(element) = document().create_element("audio").map(JsCast::unchecked_into::<HtmlAudioElement>) else {
        return;
    };
    element.set_preload("auto");
    element.set_volume(player.volume.get_untracked());
    if let Some(body) = document().body() {
        let _ = body.append_child(&element);
    }

    page::listen(&element, "timeupdate", move |_| sounds_at(player));
    page::listen(&element, "playing", move |_| began(player));
    page::listen(&element, "pause", move |_| paused(player));
    page::listen(&element, "seeked", move |_| {
        sounds_at(player);
        if is_in_use(player) {
            player.report();
        }
    });
    page::listen(&element, "ended", move |_| {
        if is_in_use(player) {
            player.playing.set(false);
            player.step();
        }
    });
    page::listen(&element, "error", move |_| {
        if is_in_use(player) {
            LOADING.set(false);
            player.playing.set(false);
            player.trouble.set(Some("This track cannot be played in your browser. Try another one.".into()));
            player.report();
        }
    });
    ELEMENT.set(Some(element));
}

/// Loads a track and plays it from a place, or waits there.
pub(super) fn load(track: &Track, from_s: f64, play_now: bool) {
    LOADED.set(Some(track.clone()));
    with(|element| {
        LOADING.set(true);
        element.set_src(&format!("/media/{}", track.id));
        element.set_current_time(from_s);
        if play_now {
            play();
        } else {
            LOADING.set(false);
            Player::handle().playing.set(false);
        }
    });
}

/// Whether this is the track in the element.
pub(super) fn is_loaded(track: &Track) -> bool {
    LOADED.with_borrow(|loaded| loaded.as_ref().is_some_and(|loaded| loaded.id == track.id))
}

/// Plays on. Where the browser wants a gesture first, the player says so.
pub(super) fn play() {
    with(|element| {
        let Ok(promise) = element.play() else {
            return;
        };
        spawn_local(async move {
            let player = Player::handle();
            match JsFuture::from(promise).await {
                Ok(_) => player.needs_tap.set(false),
                Err(error) => {
                    let name = page::property(&error, "name").and_then(|name| name.as_string());
                    if name.as_deref() == Some("NotAllowedError") {
                        LOADING.set(false);
                        player.needs_tap.set(true);
                    }
                }
            }
        });
    });
}

/// Stands still.
pub(super) fn pause() {
    with(|element| {
        let _ = element.pause();
    });
}

/// Goes to a place, in seconds.
pub(super) fn seek(to_s: f64) {
    with(|element| element.set_current_time(to_s));
}

/// Sets the volume, 0 to 1.
pub(super) fn set_volume(to: f64) {
    with(|element| element.set_volume(to));
}

fn sounds_at(player: Player) {
    if is_in_use(player) && !LOADING.get() {
        with(|element| player.position_s.set(element.current_time()));
    }
}

fn began(player: Player) {
    LOADING.set(false);
    if is_in_use(player) {
        player.needs_tap.set(false);
        player.playing.set(true);
        sounds_at(player);
        player.report();
    }
}

fn paused(player: Player) {
    let mut ended = false;
    with(|element| ended = element.ended());

    if is_in_use(player) && !ended && !LOADING.get() {
        player.playing.set(false);
        sounds_at(player);
        player.report();
    }
}

/// Whether what the element does is what the player shows.
fn is_in_use(player: Player) -> bool {
    player.here.get_untracked() && player.jam().is_none()
}

fn with(use_it: impl FnOnce(&HtmlAudioElement)) {
    // Cloned out, because playing and pausing call back into this module.
    if let Some(element) = ELEMENT.with_borrow(Clone::clone) {
        use_it(&element);
    }
}
