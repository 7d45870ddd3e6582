//! Decoded tracks, ready to start on the sample. A stereo minute takes about 21 MB, so few are kept.

use std::cell::RefCell;

use domain::TrackId;
use js_sys::{ArrayBuffer, Promise};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioBuffer, AudioContext, Response};

use super::super::page;

/// The one that plays, the one that follows, and one to go back to.
const KEPT: usize = 3;

/// What failed is tried again after this long, in milliseconds: a network may come back.
const RETRY_MS: f64 = 5_000.0;

thread_local! {
    static BUFFERS: RefCell<Vec<(TrackId, Decoded)>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone)]
enum Decoded {
    Coming,
    Here(AudioBuffer),
    Failed { at: f64 },
}

/// What became of a track.
pub(super) enum Buffer {
    /// Ready.
    Here(AudioBuffer),
    /// On its way.
    Coming,
    /// The browser cannot decode it, or it did not arrive. It is tried again after a while.
    Failed,
}

/// The decoded track; begins to fetch it when it is not there. `ready` is called once it is.
pub(super) fn get(context: &AudioContext, track: TrackId, ready: impl FnOnce() + 'static) -> Buffer {
    let known = BUFFERS.with_borrow(|all| all.iter().find(|(id, _)| *id == track).map(|(_, decoded)| decoded.clone()));
    match known {
        Some(Decoded::Here(buffer)) => return Buffer::Here(buffer),
        Some(Decoded::Coming) => return Buffer::Coming,
        Some(Decoded::Failed { at }) if page::monotonic_ms() - at < RETRY_MS => return Buffer::Failed,
        Some(Decoded::Failed { .. }) | None => {}
    }

    BUFFERS.with_borrow_mut(|all| {
        all.retain(|(known, _)| *known != track);
        all.push((track, Decoded::Coming));
    });
    let context = context.clone();
    spawn_local(async move {
        let decoded = match fetch(&context, track).await {
            Ok(buffer) => Decoded::Here(buffer),
            Err(_) => Decoded::Failed { at: page::monotonic_ms() },
        };
        BUFFERS.with_borrow_mut(|all| {
            if let Some(place) = all.iter_mut().find(|(id, _)| *id == track) {
                place.1 = decoded;
            }
        });
        ready();
    });
    Buffer::Coming
}

/// Lets the oldest go that are not wanted, where there are too many.
pub(super) fn keep(wanted: &[TrackId]) {
    BUFFERS.with_borrow_mut(|all| {
        while all.len() > KEPT
            && let Some(unwanted) = all.iter().position(|(track, _)| !wanted.contains(track))
        {
            all.remove(unwanted);
        }
    });
}

/// Lets all memory go.
pub(super) fn clear() {
    BUFFERS.with_borrow_mut(Vec::clear);
}

async fn fetch(context: &AudioContext, track: TrackId) -> Result<AudioBuffer, JsValue> {
    let response: Response = wait(window().fetch_with_str(&format!("/media/{track}"))).await?;
    if !response.ok() {
        return Err(response.status().into());
    }

    let bytes: ArrayBuffer = wait(response.array_buffer()?).await?;
    wait(context.decode_audio_data(&bytes)?).await
}

async fn wait<T: JsCast>(promise: Promise) -> Result<T, JsValue> {
    JsFuture::from(promise).await?.dyn_into()
}
