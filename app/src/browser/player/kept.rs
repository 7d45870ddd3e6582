//! What survives a reload of this tab: the queue and the place in it. And what this device keeps: its volume.
//!
//! The music itself stops with the page; one press goes on where it was.

use codee::{Decoder, Encoder, binary::PostcardCodec};
use domain::library::Track;
use leptos::{
    prelude::*,
    server::{FromEncodedStr, IntoEncodedString},
};
use serde::{Deserialize, Serialize};

use super::{super::page, Player};

const KEY: &str = "earshot-queue";
const VOLUME_KEY: &str = "earshot-volume";

#[derive(Serialize, Deserialize)]
struct Kept {
    queue: Vec<Track>,
    index: usize,
    position_s: f64,
}

/// Puts back what the page before kept, and keeps it again when this one goes.
pub(super) fn restore(player: Player) {
    let kept = page::take(KEY).and_then(|text| unpack(&text));
    if let Some(kept) = kept
        && let Some(track) = kept.queue.get(kept.index).cloned()
    {
        player.queue.set(kept.queue);
        player.index.set(kept.index);
        player.track.set(Some(track));
        player.position_s.set(kept.position_s);
    }

    page::listen(&window(), "pagehide", move |_| keep(player));
}

/// The volume of this device, 0 to 1.
pub(super) fn volume() -> f64 {
    if !page::IN_BROWSER {
        return 1.0;
    }
    let text = window().local_storage().ok().flatten().and_then(|storage| storage.get_item(VOLUME_KEY).ok().flatten());
    text.map(|text| js_sys::parse_float(&text)).filter(|volume| volume.is_finite()).unwrap_or(1.0)
}

/// Keeps the volume of this device.
pub(super) fn keep_volume(volume: f64) {
    if let Some(storage) = window().local_storage().ok().flatten() {
        let _ = storage.set_item(VOLUME_KEY, &volume.to_string());
    }
}

fn keep(player: Player) {
    let kept = Kept {
        queue: player.queue.get_untracked(),
        index: player.index.get_untracked(),
        position_s: player.position_s.get_untracked(),
    };
    // In another tab's or a Jam's music, the queue of this tab has no place to go back to.
    if player.here.get_untracked()
        && player.jam().is_none()
        && !kept.queue.is_empty()
        && let Ok(bytes) = PostcardCodec::encode(&kept)
    {
        page::keep(KEY, &bytes.into_encoded_string());
    }
}

fn unpack(text: &str) -> Option<Kept> {
    let bytes = <[u8]>::from_encoded_str(text).ok()?;
    PostcardCodec::decode(&bytes).ok()
}
