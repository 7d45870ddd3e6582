//! The switches of Privacy and social, each with a sentence of what others will see.

use domain::account::{Switch as Which, Switches};
use leptos::prelude::*;

use super::api::SetSwitch;
use crate::{
    browser::Live,
    command::{Command, CommandForm},
    ui::{Alert, Switch},
    watch::watch,
};

/// Messages, listening activity, private session.
#[component]
pub fn SocialSwitches() -> impl IntoView {
    let me = Live::get().me;
    let set = Command::<SetSwitch>::new();
    let answer = set.value();

    watch(move || {
        if let Some(Ok(now)) = answer.get() {
            me.set(Some(now));
        }
    });

    // A switch turns under the finger; a refusal turns it back.
    let state = move |which: Which, on: fn(&Switches) -> bool| {
        Signal::derive(move || {
            let asked = set.field("switch").filter(|switch| *switch == format!("{which:?}"));
            asked
                .map(|_| set.field("on").as_deref() == Some("true"))
                .unwrap_or_else(|| me.with(|me| me.as_ref().is_some_and(|me| on(&me.switches))))
        })
    };
    let row = move |which: Which, label: &'static str, hint: &'static str, on: fn(&Switches) -> bool| {
        view! {
            <CommandForm command=set>
                <input type="hidden" name="switch" value=format!("{which:?}")/>
                <Switch label hint checked=state(which, on) name="on"/>
            </CommandForm>
        }
        .into_any()
    };

    view! {
        {row(
            Which::Messages,
            "Messages",
            "People you share something with can ask to chat, and your contacts can write to you. Off, nobody can; what was said is kept.",
            |switches| switches.messages,
        )}
        {row(
            Which::ListeningActivity,
            "Listening activity",
            "Your contacts see what you play, as you play it, and the last track for a day. Off, all of it is gone at once.",
            |switches| switches.listening_activity,
        )}
        {row(
            Which::PrivateSession,
            "Private session",
            "Until you end it, nobody sees what you play and nothing of it is counted.",
            |switches| switches.private_session,
        )}
        <Alert message=set.refusal()/>
    }
    .into_any()
}
