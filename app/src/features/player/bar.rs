//! The region "Player". It controls the music of this member wherever it sounds, in a Jam the shared music.

use leptos::{html::Section, prelude::*};
use leptos_router::hooks::use_location;

use super::{keys, queue::QueueDialog};
use crate::{
    browser::{JamRoom, Player},
    features::{
        library::{artist_link, save},
        toasts::Words,
    },
    ui::{Alert, Artwork, Button, ButtonKind, IconButton, Slider, clock_text, paint_tint},
    watch::watch,
};

/// The player; mounted once, outside the routes, so that moving between pages never stops the music.
#[component]
pub fn PlayerBar() -> impl IntoView {
    let (player, room, words) = (Player::get(), JamRoom::get(), Words::get());
    let path = use_location().pathname;
    let full = RwSignal::new(false);
    let queue_open = RwSignal::new(false);
    keys::listen(player);

    let node = NodeRef::<Section>::new();
    paint_tint(node, Signal::derive(move || player.track.with(|track| Some(track.as_ref()?.artwork.as_ref()?.tint))));
    watch(move || {
        path.track();
        full.set(false);
    });

    let on_jam_page = move || path.with(|path| path.starts_with("/jam"));
    let nothing = Signal::derive(move || player.track.with(Option::is_none));
    let in_jam = Signal::derive(move || room.state.with(Option::is_some));
    let trouble = Signal::derive(move || {
        let refused = move || room.refusal.get().filter(|_| !on_jam_page()).map(|refusal| refusal.to_string());
        player.trouble.get().or_else(refused)
    });

    view! {
        <section class="player tinted" class:full=full node_ref=node aria-label="Player"
            on:keydown=move |event| if event.key() == "Escape" { full.set(false) }
        >
            <button type="button" class="player-open" aria-label="Open player" title="Open player"
                on:click=move |_| full.set(true)></button>
            <div class="player-close">
                <IconButton icon="chevron-down" label="Close player" on_click=move |_| full.set(false)/>
            </div>
            <div class="player-now">{move || now_playing(player, words)}</div>
            <div class="player-middle">
                <Transport player nothing in_jam/>
                <Progress player nothing/>
            </div>
            <div class="player-side">
                {move || (!player.here.get() && !nothing.get()).then(|| elsewhere(player))}
                {move || {
                    (!in_jam.get())
                        .then(|| view! { <IconButton icon="queue" label="Queue" on_click=move |_| queue_open.set(true)/> })
                }}
                <Volume player/>
            </div>
            {move || {
                player
                    .needs_tap
                    .get()
                    .then(|| {
                        view! {
                            <div class="player-tap">
                                <Button kind=ButtonKind::Primary icon="headphones" on_click=move |_| player.tap()>
                                    "Tap to listen"
                                </Button>
                            </div>
                        }
                    })
            }}
            <div class="player-trouble">
                <Alert message=trouble/>
            </div>
        </section>
        <QueueDialog open=queue_open/>
    }
    .into_any()
}

/// Cover, title, artist, and a way to keep it.
fn now_playing(player: Player, words: Words) -> AnyView {
    let Some(track) = player.track.get() else {
        return view! { <p class="muted small">"Nothing playing yet"</p> }.into_any();
    };
    let artist = artist_link(&track);
    let kept = track.clone();

    view! {
        <span class="cover-56">
            <Artwork artwork=track.artwork.clone() size=160/>
        </span>
        <span class="player-text">
            <a class="title one-line" href=format!("/track/{}", track.id) title=track.title.clone()>
                {track.title.clone()}
            </a>
            <span class="sub one-line">{artist}</span>
        </span>
        <IconButton icon="bookmark" label="Save to library" on_click=move |_| save(kept.clone(), words)/>
    }
    .into_any()
}

/// The buttons. A Jam has its own switches for shuffle and repeat.
#[component]
fn Transport(player: Player, nothing: Signal<bool>, in_jam: Signal<bool>) -> impl IntoView {
    let symbol = Signal::derive(move || if player.playing.get() { "pause" } else { "play" });
    let word = Signal::derive(move || if player.playing.get() { "Pause" } else { "Play" }.to_owned());
    let elsewhere = Signal::derive(move || in_jam.get() || !player.here.get());
    let no_play = Signal::derive(move || nothing.get() && !in_jam.get());

    view! {
        <div class="transport">
            <IconButton icon="shuffle" label="Shuffle" pressed=player.shuffle disabled=elsewhere
                on_click=move |_| player.set_shuffle(!player.shuffle.get_untracked())/>
            <IconButton icon="skip-back" label="Previous" disabled=nothing on_click=move |_| player.previous()/>
            <IconButton icon=symbol label=word round=true large=true disabled=no_play on_click=move |_| player.toggle()/>
            <IconButton icon="skip-forward" label="Next" disabled=nothing on_click=move |_| player.next()/>
            <IconButton icon="repeat" label="Repeat" pressed=player.repeat disabled=elsewhere
                on_click=move |_| player.repeat.update(|on| *on = !*on)/>
        </div>
    }
    .into_any()
}

/// Where in the track, in seconds, live in every tab.
#[component]
fn Progress(player: Player, nothing: Signal<bool>) -> impl IntoView {
    let length_ms = Signal::derive(move || player.track.with(|track| track.as_ref().map_or(0, |it| it.duration_ms)));
    let length_s = Signal::derive(move || f64::from(length_ms.get()) / 1e3);
    let dragged = RwSignal::new(None::<f64>);

    // Whole seconds are enough for the eye, and a slider that moves less often wakes less.
    let second = Memo::new(move |_| dragged.get().unwrap_or_else(|| player.position_s.get()).floor());
    let position = Signal::derive(move || second.get());
    let clock = Signal::derive(move || clock_text(second.get() as i64 * 1_000));

    view! {
        <div class="player-seek">
            <span class="tabular">{clock}</span>
            <Slider label="Seek" value=position max=length_s text=clock disabled=nothing
                on_input=move |to| dragged.set(Some(to))
                on_change=move |to: f64| {
                    dragged.set(None);
                    player.seek(to);
                }/>
            <span class="tabular">{move || clock_text(length_ms.get().into())}</span>
        </div>
    }
    .into_any()
}

#[component]
fn Volume(player: Player) -> impl IntoView {
    let percent = Signal::derive(move || (player.volume.get() * 100.0).round());
    let text = Signal::derive(move || format!("{} %", percent.get()));
    let before = StoredValue::new(1.0);
    let silent = Signal::derive(move || percent.get() == 0.0);

    let toggle = move |_| {
        let volume = player.volume.get_untracked();
        if volume > 0.0 {
            before.set_value(volume);
        }
        player.set_volume(if volume > 0.0 { 0.0 } else { before.get_value() });
    };

    view! {
        <span class="volume">
            <IconButton icon=Signal::derive(move || if silent.get() { "volume-off" } else { "volume" }) label="Mute"
                pressed=silent on_click=toggle/>
            <Slider label="Volume" value=percent max=100.0 text
                on_input=move |to: f64| player.set_volume(to / 100.0)
                on_change=move |to: f64| player.set_volume(to / 100.0)/>
        </span>
    }
    .into_any()
}

/// Another tab or device sounds; this one shows and controls it, and can take over.
fn elsewhere(player: Player) -> AnyView {
    view! {
        <div class="player-elsewhere">
            <span>"Listening in another tab"</span>
            <Button small=true on_click=move |_| player.take_over()>
                "Play here"
            </Button>
        </div>
    }
    .into_any()
}
