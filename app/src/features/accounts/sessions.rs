//! The log-ins of a member, each with a way to end it.

use domain::{Timestamp, account::SessionView};
use leptos::prelude::*;

use super::api::EndSession;
use crate::{
    command::{Command, CommandForm},
    ui::{Ago, Alert, Button, Icon},
};

/// The log-ins, this one first.
#[component]
pub fn SessionList(
    /// All of them.
    sessions: Vec<SessionView>,
    /// The present.
    now: Signal<Timestamp>,
    /// Ends one.
    end: Command<EndSession>,
) -> impl IntoView {
    let mut sessions = sessions;
    sessions.sort_by_key(|session| (!session.current, -session.last_used_at.0));

    let row = move |session: SessionView| {
        let sub = if session.current {
            "This device".into_any()
        } else {
            view! { "Last used " <Ago at=session.last_used_at now/> }.into_any()
        };
        let ending = (!session.current).then(|| {
            view! {
                <CommandForm command=end>
                    <input type="hidden" name="id" value=session.id.to_string()/>
                    <Button small=true>"End"</Button>
                </CommandForm>
            }
        });

        view! {
            <li class="session">
                <Icon name="monitor-speaker"/>
                <span class="stack-tight">
                    <span>{session.device}</span>
                    <span class="sub">{sub}</span>
                </span>
                {ending}
            </li>
        }
    };

    view! {
        <Alert message=end.refusal()/>
        <ul class="session-list" aria-label="Devices">
            {sessions.into_iter().map(row).collect_view()}
        </ul>
    }
    .into_any()
}
