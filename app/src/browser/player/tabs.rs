//! The member's other tabs: what they play, and what they ask of this one.

use std::cell::RefCell;

use domain::{
    JamId,
    player::{HANDED_TRACKS, HandedQueue, PlayerControl, PlayerView},
    wire::ClientFrame,
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{super::page, Player, element};
use crate::features::library::api;

thread_local! {
    /// What another tab plays, while it does.
    static OTHER: RefCell<Option<PlayerView>> = const { RefCell::new(None) };
}

/// Lets the progress of another tab move on by itself.
pub(super) fn begin(player: Player) {
    page::every(250, move || {
        if !player.here.get_untracked() && !page::is_hidden() {
            show_position(player);
        }
    });
}

/// Whether another tab sounds this Jam.
pub(super) fn sounds(jam: JamId) -> bool {
    OTHER.with_borrow(|other| other.as_ref().is_some_and(|other| other.jam == Some(jam)))
}

/// The connection is there, anew or again.
pub(in crate::browser) fn welcome(player: Player, view: Option<PlayerView>) {
    let sounds_here = player.here.get_untracked() && player.playing.get_untracked();

    let said_to_sound = view.as_ref().is_some_and(|view| view.tab == player.live.tab);

    // This tab went on while the socket was away, or a reload has silenced it: the server has to hear what is true now.
    if sounds_here || said_to_sound { player.report() } else { elsewhere(player, view) }
}

/// The sounding tab says what it plays; none of them sounds without a view.
pub(in crate::browser) fn elsewhere(player: Player, view: Option<PlayerView>) {
    let other = view.filter(|view| view.tab != player.live.tab);
    if player.jam().is_some() && other.as_ref().is_some_and(|other| other.jam.is_some()) {
        // Another tab sounds the same Jam: this one shows the shared state, without sound.
        super::super::jam::silence();
        player.here.set(false);
        OTHER.set(other);
        return;
    }

    match other {
        Some(other) => {
            if player.here.get_untracked() && player.playing.get_untracked() {
                element::pause();
            }
            player.here.set(false);
            player.track.set(other.track.clone());
            player.playing.set(other.playing);
            OTHER.set(Some(other));
            show_position(player);
        }
        None if !player.here.get_untracked() => come_back(player),
        None => {}
    }
}

/// A button of another tab, for the music that sounds here.
pub(in crate::browser) fn controlled(player: Player, control: PlayerControl) {
    match control {
        PlayerControl::Play => player.play(),
        PlayerControl::Pause => player.pause(),
        PlayerControl::Next => player.next(),
        PlayerControl::Previous => player.previous(),
        PlayerControl::Seek { position_ms } => player.seek(f64::from(position_ms) / 1e3),
        PlayerControl::Silence => fall_silent(player),
        PlayerControl::HandOver { to } => {
            let queue = player.queue.get_untracked();
            let index = player.index.get_untracked();
            let first = index.saturating_sub(HANDED_TRACKS / 2);
            let handed = HandedQueue {
                tracks: queue.iter().skip(first).take(HANDED_TRACKS).map(|track| track.id).collect(),
                index: (index - first) as u32,
                position_ms: (player.position_s.get_untracked() * 1e3) as u32,
                playing: player.playing.get_untracked(),
            };
            fall_silent(player);
            player.live.send(&ClientFrame::HandOver { to, queue: handed });
        }
    }
}

/// The queue that this tab asked for.
pub(in crate::browser) fn handed_over(player: Player, handed: HandedQueue) {
    spawn_local(async move {
        let Ok(tracks) = api::tracks_by_id(handed.tracks.clone()).await else {
            return player.trouble.set(Some("The queue of the other tab did not arrive. Try again.".into()));
        };
        // A track may have gone meanwhile; the loaded one is found by its id.
        let loaded = handed.tracks.get(handed.index as usize);
        let index = tracks.iter().position(|track| Some(&track.id) == loaded).unwrap_or_default();
        let Some(track) = tracks.get(index).cloned() else {
            return;
        };

        player.queue.set(tracks);
        player.index.set(index);
        player.start(&track, f64::from(handed.position_ms) / 1e3, handed.playing);
        if !handed.playing {
            player.report();
        }
    });
}

fn fall_silent(player: Player) {
    player.here.set(false);
    element::pause();
    super::super::jam::silence();
}

/// No other tab sounds any more: this one shows its own queue again.
fn come_back(player: Player) {
    OTHER.set(None);
    player.here.set(true);
    player.playing.set(false);
    let own = player.queue.with_untracked(|queue| queue.get(player.index.get_untracked()).cloned());
    // Without a queue of its own, the track of the other tab stays: play goes on with it.
    if own.is_some() {
        player.track.set(own);
        player.position_s.set(0.0);
    }
}

fn show_position(player: Player) {
    OTHER.with_borrow(|other| {
        let Some(other) = other.as_ref().filter(|_| player.jam().is_none()) else {
            return;
        };
        let moved_ms = if other.playing { player.live.server_now().since(other.at).max(0) } else { 0 };
        let length_s = other.track.as_ref().map_or(0.0, |track| f64::from(track.duration_ms) / 1e3);
        player.position_s.set(((f64::from(other.position_ms) + moved_ms as f64) / 1e3).min(length_s));
    });
}
