//! The one queue of all: each row says who added it, and offers what I may do with it (J5 to J7).

use std::collections::HashMap;

use domain::{
    MemberId, RowId,
    account::Person,
    jam::{Command, Row},
};
use leptos::{ev::MouseEvent, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

use super::{settings::may_control, stage::Current};
use crate::{
    browser::{JamRoom, Live, page},
    ui::{Artwork, EmptyState, Face, FaceSize, IconButton, each},
};

/// The list "Jam queue".
#[component]
pub fn Queue() -> impl IntoView {
    let (room, live) = (JamRoom::get(), Live::get());
    let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let rows = Memo::new(move |_| {
        room.state.with(|state| state.as_ref().map(|state| state.queue.clone()).unwrap_or_default())
    });
    let places = Memo::new(move |_| {
        rows.with(|rows| rows.iter().enumerate().map(|(place, row)| (row.id, place)).collect::<HashMap<_, _>>())
    });
    let current = Current::of(room).row;
    let board = Board {
        room,
        me,
        places,
        current: Memo::new(move |_| current.get().and_then(|row| places.with(|all| all.get(&row.id).copied()))),
        may_control: Memo::new(move |_| may_control(room, me)),
    };

    view! {
        {move || {
            rows.with(Vec::is_empty).then(|| view! { <EmptyState line="The queue is empty. Whoever adds first, starts." icon="queue"/> })
        }}
        <ol aria-label="Jam queue">
            {each(move || rows.get(), |row| row.id, move |row| queue_row(board, row))}
        </ol>
    }
}

/// What all rows look at.
#[derive(Clone, Copy)]
struct Board {
    room: JamRoom,
    me: Option<MemberId>,
    places: Memo<HashMap<RowId, usize>>,
    /// The place of the row that sounds.
    current: Memo<Option<usize>>,
    may_control: Memo<bool>,
}

fn queue_row(board: Board, row: Row) -> AnyView {
    let Board { room, me, places, current, may_control } = board;
    let place = Memo::new(move |_| places.with(|all| all.get(&row.id).copied().unwrap_or_default()));
    let is_current = move || current.get() == Some(place.get());
    let is_played = move || current.get().is_none_or(|current| place.get() < current);
    let track = Memo::new(move |_| room.tracks.with(|all| all.get(&row.track).cloned()));
    let title =
        Memo::new(move |_| track.with(|track| track.as_ref().map(|track| track.title.clone()).unwrap_or_default()));
    let artist = move || track.with(|track| track.as_ref().map(|track| track.artist.clone()));
    let adder = Memo::new(move |_| room.people.with(|all| all.get(&row.added_by).cloned().unwrap_or_default()));
    let may_remove = move || may_control.get() || me == Some(row.added_by);

    let label = move |before: &'static str, after: &'static str| {
        Signal::derive(move || format!("{before} {}{after}", title.get()))
    };
    let go = move |by: isize| {
        move |event: MouseEvent| {
            let to = place.get_untracked().saturating_add_signed(by) as u32;
            room.command(Command::Move { row: row.id, to });
            keep_focus(&event);
        }
    };

    view! {
        <li class="queue-row" class:current=is_current class:played=is_played aria-current=move || is_current().then_some("true")>
            <span class="cover-40">
                {move || view! { <Artwork artwork=track.with(|track| track.as_ref().and_then(|it| it.artwork.clone())) size=56/> }}
            </span>
            <span class="track-text">
                <span class="title one-line">{title}</span>
                <span class="sub one-line">{artist}</span>
            </span>
            <span class="adder">
                {move || view! { <Face person=Person { id: row.added_by, name: adder.get() } size=FaceSize::Small/> }}
                <span>{adder}</span>
            </span>
            {move || {
                (may_control.get() || may_remove())
                    .then(|| {
                        view! {
                            <span class="queue-actions">
                                {may_control
                                    .get()
                                    .then(|| {
                                        view! {
                                            <IconButton icon="play" label=label("Play", " now")
                                                on_click=move |_| room.command(Command::Jump(row.id))/>
                                            <IconButton icon="arrow-up" label=label("Move", " up")
                                                disabled=Signal::derive(move || place.get() == 0) on_click=go(-1)/>
                                            <IconButton icon="arrow-down" label=label("Move", " down")
                                                disabled=Signal::derive(move || place.get() + 1 >= places.with(HashMap::len))
                                                on_click=go(1)/>
                                        }
                                    })}
                                <IconButton icon="x" label=label("Remove", "")
                                    on_click=move |_| room.command(Command::Remove(row.id))/>
                            </span>
                        }
                    })
            }}
        </li>
    }
    .into_any()
}

/// A row that moves in the page loses the focus inside it; whoever moves it on wants to press again.
fn keep_focus(event: &MouseEvent) {
    let button = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok());

    page::after(30, move || {
        if let Some(button) = button {
            // A button that is disabled by now cannot take it.
            let _ = button.focus();
        }
    });
}
