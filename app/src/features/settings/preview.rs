//! What my contacts see of what I play, as they see it.

use domain::{
    account::{Me, Switches},
    activity::{ActivityState, ActivityView},
};
use leptos::prelude::*;

use super::api::{ClearLastPlayed, own_activity};
use crate::{
    browser::{Live, Player, page},
    command::{Command, CommandForm},
    data::read,
    ui::{Artwork, Button, Hairline, LiveBars, ago},
};

/// How long the server needs to hear of what the player does, in milliseconds.
const HEARD_MS: u32 = 400;

/// The preview; it follows switches and player.
#[component]
pub fn ActivityPreview() -> impl IntoView {
    let (live, player) = (Live::get(), Player::get());
    let switches = Memo::new(move |_| live.me.with(|me| me.as_ref().map(|me: &Me| me.switches)));
    let seen = read(|| (), |()| own_activity());
    let clear = Command::<ClearLastPlayed>::new();

    Effect::new(move |before: Option<()>| {
        switches.track();
        player.playing.track();
        player.track.track();
        clear.value().track();
        if before.is_some() {
            page::after_unless_left(HEARD_MS, move || seen.refetch());
        }
    });

    let content = move || {
        Suspend::new(async move {
            match seen.await {
                Ok(Some(activity)) => shown(live, activity, clear),
                Ok(None) => nothing(switches.get_untracked().unwrap_or_default()),
                Err(error) => view! { <p class="muted">{error.to_string()}</p> }.into_any(),
            }
        })
    };

    view! {
        <section class="preview card">
            <h2>"What your contacts see now"</h2>
            <Transition fallback=|| view! { <p class="muted">"Looking"</p> }>{content}</Transition>
        </section>
    }
    .into_any()
}

fn nothing(switches: Switches) -> AnyView {
    let why = match switches {
        Switches { messages: false, .. } => "Nothing: your messages are off.",
        Switches { private_session: true, .. } => "Nothing while your private session is on.",
        Switches { listening_activity: false, .. } => "Nothing: listening activity is off.",
        _ => "Nothing yet. As soon as you play something, they see it.",
    };

    view! { <p class="muted">{why}</p> }.into_any()
}

fn shown(live: Live, activity: ActivityView, clear: Command<ClearLastPlayed>) -> AnyView {
    let ActivityView { track, state } = activity;
    let (class, playing) = match state {
        ActivityState::Playing { .. } => ("activity playing", true),
        ActivityState::Paused { .. } => ("activity paused", false),
        ActivityState::LastPlayed { .. } => ("activity past", false),
    };
    let second = live.every_second();
    let words = move || {
        second.track();
        match state {
            ActivityState::Playing { .. } => "Now playing".into(),
            ActivityState::Paused { .. } => "Paused".into(),
            ActivityState::LastPlayed { at } => format!("Last played, {}", ago(live.server_now(), at)),
        }
    };
    let length = f64::from(track.duration_ms.max(1));
    let done = Signal::derive(move || {
        second.track();
        match state {
            ActivityState::Playing { position_ms, at } => {
                (f64::from(position_ms) + live.server_now().since(at) as f64) / length
            }
            ActivityState::Paused { position_ms } => f64::from(position_ms) / length,
            ActivityState::LastPlayed { .. } => 0.0,
        }
    });
    let past = matches!(state, ActivityState::LastPlayed { .. });

    view! {
        <div class=class>
            <span class="cover-56">
                <Artwork artwork=track.artwork size=160/>
            </span>
            <div class="activity-text">
                <p class="activity-state">
                    <LiveBars playing/>
                    <span>{words}</span>
                </p>
                <p class="title one-line">{track.title}</p>
                <p class="sub one-line">{track.artist}</p>
            </div>
            {past
                .then(|| {
                    view! {
                        <CommandForm command=clear>
                            <Button small=true>"Forget it"</Button>
                        </CommandForm>
                    }
                })}
            {(!past).then(|| view! { <Hairline done/> })}
        </div>
    }
    .into_any()
}
