//! Privacy and social: one calm page of what others can see, and what whoever runs the server can.

use leptos::prelude::*;

use super::settings::settings_parts;
use crate::{
    Start,
    browser::Live,
    features::{
        messages::{BlockedPeople, HiddenContacts},
        settings::{ActivityPreview, SocialSwitches},
    },
    ui::PageTitle,
};

/// Switches, preview, people, and the plain words about encryption.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    let social = Live::get().me.with_untracked(|me| me.as_ref().is_some_and(|me| me.social));

    view! {
        <PageTitle text="Privacy and social"/>
        <div class="page settings">
            <h1>"Privacy and social"</h1>
            {settings_parts("/settings/privacy")}
            {if social {
                view! {
                    <section class="setting-group card">
                        <h2>"What others can do and see"</h2>
                        <SocialSwitches/>
                    </section>
                    <ActivityPreview/>
                    <HiddenContacts/>
                    <BlockedPeople/>
                }
                    .into_any()
            } else {
                view! {
                    <section class="setting-group card">
                        <h2>"Just your music"</h2>
                        <p class="muted">"Nobody can see what you play, and nobody can write to you."</p>
                    </section>
                }
                    .into_any()
            }}
            <Operator/>
        </div>
    }
}

/// Who runs this server and what that means.
#[component]
fn Operator() -> impl IntoView {
    let operator = use_context::<Start>().map(|start| start.operator).unwrap_or_default();
    let who = if operator.is_empty() { "the person who set it up".into() } else { operator };

    view! {
        <section class="setting-group card">
            <h2>"Who runs this server"</h2>
            <p>"This server is run by " {who} "."</p>
            <p class="muted">
                "Your messages are encrypted on their way here and on the server's disk, in backups too. They are not encrypted from
                end to end: the keys are on the same server, so whoever runs it could read them if they wanted to. Write here
                what you would trust that person with."
            </p>
        </section>
    }
}
