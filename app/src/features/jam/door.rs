//! The ways into a Jam from anywhere on the page.

use std::{cell::RefCell, rc::Rc};

use domain::{JamId, TrackId, library::Track};
use leptos::{prelude::*, task::spawn_local};

use super::api;
use crate::{
    browser::{JamRoom, page},
    features::toasts::Words,
};

/// What it takes to go in: kept by the banner, which is mounted once, because a menu item knows no context.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) room: JamRoom,
    pub(super) words: Words,
    pub(super) navigate: Rc<dyn Fn(&str)>,
}

thread_local! {
    static DOOR: RefCell<Option<Door>> = const { RefCell::new(None) };
}

pub(super) fn hang(door: Door) {
    DOOR.set(Some(door));
}

/// Goes into a Jam in which I have a seat, without leaving this page's life: what sounds goes over by itself.
pub fn go_in(jam: JamId) {
    let path = format!("/jam/{jam}");

    match DOOR.with_borrow(Clone::clone) {
        Some(Door { room, navigate, .. }) => {
            room.seat.set(Some(jam));
            room.refusal.set(None);
            room.join(jam);
            navigate(&path);
        }
        None => page::go(&path),
    }
}

/// Starts a Jam with these tracks and goes there (J1).
pub fn begin(tracks: Vec<TrackId>) {
    spawn_local(async move {
        match api::start_jam(tracks).await {
            Ok(jam) => go_in(jam),
            Err(error) => {
                if let Some(door) = DOOR.with_borrow(Clone::clone) {
                    door.words.say(error.to_string());
                }
            }
        }
    });
}

/// Puts a track into the Jam that I am in, or starts one with it.
pub fn add_or_begin(room: JamRoom, words: Words, track: Track) {
    if room.state.with_untracked(Option::is_some) {
        room.add(track, false);
        words.say("Added to the Jam.");
    } else {
        begin(vec![track.id]);
    }
}
