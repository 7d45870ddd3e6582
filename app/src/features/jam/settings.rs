//! What everyone shares: order, repetition, and who may touch the playback (J7, J9).

use domain::jam::{self, Command, Repeat};
use leptos::prelude::*;

use crate::{
    browser::{JamRoom, Live},
    ui::{IconButton, Switch},
};

/// Shuffle and repeat for everyone who may control, and the host's switch.
#[component]
pub fn Settings() -> impl IntoView {
    let (room, live) = (JamRoom::get(), Live::get());
    let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let settings = Memo::new(move |_| room.state.with(|state| state.as_ref().map(|state| state.settings)));
    let settings = move || settings.get().unwrap_or_default();
    let may_not = Signal::derive(move || !may_control(room, me));
    let is_host =
        Memo::new(move |_| room.state.with(|state| state.as_ref().map(|state| state.host)) == me && me.is_some());

    let repeat_label = move || match settings().repeat {
        Repeat::Off => "Repeat off",
        Repeat::All => "Repeat all",
        Repeat::One => "Repeat this track",
    };
    let guests = Signal::derive(move || settings().guests_control);

    view! {
        <div class="jam-settings">
            <div class="row">
                <IconButton
                    icon="shuffle"
                    label="Shuffle"
                    disabled=may_not
                    pressed=Signal::derive(move || settings().shuffle)
                    on_click=move |_| room.command(Command::Shuffle { on: !settings().shuffle, seed: 0 })
                />
                <IconButton
                    icon=Signal::derive(move || if settings().repeat == Repeat::One { "repeat-one" } else { "repeat" })
                    label=Signal::derive(move || repeat_label().to_owned())
                    disabled=may_not
                    pressed=Signal::derive(move || settings().repeat != Repeat::Off)
                    on_click=move |_| room.command(Command::Repeat(after(settings().repeat)))
                />
                {move || {
                    may_not.get().then(|| view! { <p class="small muted">"The host controls the playback. You can add tracks."</p> })
                }}
            </div>
            {move || {
                is_host
                    .get()
                    .then(|| {
                        view! {
                            <Switch label="Guests control playback" checked=guests
                                hint="Off: they only add tracks, and take out their own."
                                on_toggle=move |on| room.command(Command::GuestsControl(on))/>
                        }
                    })
            }}
        </div>
    }
}

/// Whether I may play, pause, skip, seek, reorder and remove.
pub(super) fn may_control(room: JamRoom, me: Option<domain::MemberId>) -> bool {
    room.state
        .with(|state: &Option<jam::State>| me.zip(state.as_ref()).is_some_and(|(me, state)| state.may_control(me)))
}

fn after(repeat: Repeat) -> Repeat {
    match repeat {
        Repeat::Off => Repeat::All,
        Repeat::All => Repeat::One,
        Repeat::One => Repeat::Off,
    }
}
