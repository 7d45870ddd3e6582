//! One line: what a contact plays.

use domain::{MemberId, activity::ActivityState};
use leptos::prelude::*;

use super::shown::{now, state_class, state_text};
use crate::{browser::Live, ui::LiveBars};

/// Title and artist while there is something to see, else nothing.
#[component]
pub fn LiveLine(
    /// Whose.
    member: MemberId,
) -> impl IntoView {
    let live = Live::get();
    let activity = live.activity_of(member);
    let now = now(live);

    move || {
        activity.get().map(|shown| {
            let state = shown.state;
            let playing = matches!(state, ActivityState::Playing { .. });
            let what = format!("{} · {}", shown.track.title, shown.track.artist);

            view! {
                <span class=format!("live-line {}", state_class(state))>
                    <LiveBars playing=playing/>
                    <span class="visually-hidden">{move || format!("{}: ", state_text(state, now.get()))}</span>
                    <span class="one-line">{what}</span>
                </span>
            }
        })
    }
}
