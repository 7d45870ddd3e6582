//! Media keys and the lock screen, through `navigator.mediaSession`, which web-sys carries only as unstable.

use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::{super::page, Player};
use crate::watch::watch;

/// Shows what plays and takes the keys.
pub(super) fn begin(player: Player) {
    let Some(session) = page::property(&window().navigator(), "mediaSession") else {
        return;
    };
    on(&session, "play", move |_| player.play());
    on(&session, "pause", move |_| player.pause());
    on(&session, "nexttrack", move |_| player.next());
    on(&session, "previoustrack", move |_| player.previous());
    on(&session, "seekto", move |details| {
        if let Some(to_s) = page::property(&details, "seekTime").and_then(|time| time.as_f64()) {
            player.seek(to_s);
        }
    });

    let metadata = session.clone();
    watch(move || show_track(&metadata, player));
    watch(move || {
        let state = if player.playing.get() { "playing" } else { "paused" };
        let _ = Reflect::set(&session, &"playbackState".into(), &state.into());
    });
}

fn on(session: &JsValue, action: &str, call: impl FnMut(JsValue) + 'static) {
    let Some(register) = page::property(session, "setActionHandler").and_then(|call| call.dyn_into::<Function>().ok())
    else {
        return;
    };
    let call = Closure::<dyn FnMut(JsValue)>::new(call);
    // A browser that does not know an action refuses it; the others still work.
    let _ = register.call2(session, &action.into(), call.as_ref());
    call.forget();
}

fn show_track(session: &JsValue, player: Player) {
    let (Some(track), Some(class)) =
        (player.track.get(), page::property(&window(), "MediaMetadata").and_then(|c| c.dyn_into::<Function>().ok()))
    else {
        return;
    };

    let picture = Object::new();
    if let Some(artwork) = &track.artwork {
        set(&picture, "src", &format!("/artwork/{}/320", artwork.id));
        set(&picture, "sizes", "320x320");
    }
    let about = Object::new();
    set(&about, "title", &track.title);
    set(&about, "artist", &track.artist);
    set(&about, "album", track.album.as_deref().unwrap_or_default());
    if track.artwork.is_some() {
        let _ = Reflect::set(&about, &"artwork".into(), &Array::of1(&picture));
    }
    if let Ok(metadata) = Reflect::construct(&class, &Array::of1(&about)) {
        let _ = Reflect::set(session, &"metadata".into(), &metadata);
    }
}

fn set(object: &Object, name: &str, value: &str) {
    let _ = Reflect::set(object, &name.into(), &value.into());
}
