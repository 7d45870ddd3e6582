//! The player from the keyboard, anywhere on a page but where keys mean something else.

use leptos::{prelude::*, web_sys};
use wasm_bindgen::JsCast;

use crate::browser::{Player, page};

/// What each key does, for the page that says so.
pub const SHORTCUTS: [(&str, &str); 5] = [
    ("Space", "Play or pause"),
    ("Shift + →", "Next track"),
    ("Shift + ←", "Previous track, or back to its start"),
    ("→ and ←", "10 seconds on or back"),
    ("/", "Search"),
];

/// How far an arrow key goes, in seconds.
const STEP_S: f64 = 10.0;

/// Whatever takes all keys itself.
const TAKES_KEYS: &str = "input, textarea, select, [role=menu], [role=log], [contenteditable], dialog";
/// Whatever takes the space bar.
const TAKES_SPACE: &str = "button, a, summary";
/// But not the button that has just started this track: it would start it anew.
const LOADED_TRACK: &str = ".track.current .track-play";

/// Listens for as long as the page lives; the player does too.
pub(super) fn listen(player: Player) {
    let navigate = leptos_router::hooks::use_navigate();
    if !page::IN_BROWSER {
        return;
    }

    page::listen(&window(), "keydown", move |event| {
        let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>().filter(|event| is_meant(event)) else { return };
        let loaded = player.track.with_untracked(Option::is_some);
        let seek = |by: f64| player.seek((player.position_s.get_untracked() + by).max(0.0));

        match (event.key().as_str(), event.shift_key()) {
            (" ", false) if loaded => player.toggle(),
            ("ArrowRight", true) if loaded => player.next(),
            ("ArrowLeft", true) if loaded => player.previous(),
            ("ArrowRight", false) if loaded => seek(STEP_S),
            ("ArrowLeft", false) if loaded => seek(-STEP_S),
            ("/", _) => navigate("/search", Default::default()),
            _ => return,
        }
        event.prevent_default();
    });
}

/// Whether the key is free: nobody types, nothing else has taken it, no other modifier is down.
fn is_meant(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let inside = |what| target.as_ref().is_some_and(|target| target.closest(what).ok().flatten().is_some());
    let takes_space = inside(TAKES_SPACE) && !inside(LOADED_TRACK);
    let taken = inside(TAKES_KEYS) || (event.key() == " " && takes_space);
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();

    !taken && !modified && !event.default_prevented() && !event.is_composing()
}
