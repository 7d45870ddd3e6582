//! What plays next, as a sheet.

use leptos::prelude::*;

use crate::{
    browser::Player,
    ui::{Artwork, Dialog, EmptyState, Icon, IconButton, clock_text},
};

/// The most rows that the sheet shows; the queue may be longer.
const SHOWN: usize = 100;

/// The queue of this tab after the loaded row. In a Jam the Jam's own page shows the shared one.
#[component]
pub fn QueueDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let player = Player::get();
    let first = move || player.index.get() + 1;
    let content = move || {
        let rows = player.queue.with(|queue| {
            let following = queue.iter().enumerate().skip(first()).take(SHOWN);
            following.map(|(index, track)| row(player, index, track.clone())).collect::<Vec<_>>()
        });

        if rows.is_empty() {
            view! { <EmptyState line="Nothing after this. Add tracks from their menu." icon="queue"/> }.into_any()
        } else {
            view! {
                <ol class="tracks queue" aria-label="Queue">
                    {rows}
                </ol>
            }
            .into_any()
        }
    };

    view! {
        <Dialog title="Next up" open sheet=true>
            {content}
        </Dialog>
    }
}

fn row(player: Player, index: usize, track: domain::library::Track) -> AnyView {
    view! {
        <li class="track">
            <button type="button" class="track-play" aria-label=format!("Play {}", track.title)
                title=format!("Play {}", track.title) on:click=move |_| player.go_to(index, true)>
                <Icon name="play"/>
            </button>
            <span class="cover-40">
                <Artwork artwork=track.artwork size=56/>
            </span>
            <span class="track-text">
                <span class="title two-line">{track.title.clone()}</span>
                <span class="sub one-line">{track.artist}</span>
            </span>
            <span class="track-time tabular">{clock_text(track.duration_ms.into())}</span>
            <IconButton icon="x" label=format!("Remove {}", track.title) on_click=move |_| player.remove(index)/>
        </li>
    }
    .into_any()
}
