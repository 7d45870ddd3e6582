//! Settings: account, devices, looks, keys.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::loaded;
use crate::{
    browser::Live,
    command::Command,
    data::read,
    features::{
        accounts::{
            PasswordForm, SessionList,
            api::{EndSession, sessions},
        },
        player::SHORTCUTS,
        settings::ThemeForm,
    },
    ui::{PageTitle, Segments, Shape},
};

/// The parts of the settings, and the row of links between them.
pub(super) fn settings_parts(current: &'static str) -> AnyView {
    let items = vec![("Account", "/settings".into()), ("Privacy and social", "/settings/privacy".into())];

    view! { <Segments label="Settings" items current/> }.into_any()
}

/// What a member decides about their account and this browser.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let live = Live::get();
    let (name, username) =
        live.me.with_untracked(|me| me.as_ref().map(|me| (me.name.clone(), me.username.clone())).unwrap_or_default());
    let password_done = use_query_map().with_untracked(|query| query.get("done").as_deref() == Some("password"));

    let end = Command::<EndSession>::new();
    let version = end.version();
    let devices = read(move || version.get(), |_| sessions());
    let now = Signal::derive(move || {
        live.every_second().track();
        live.server_now()
    });

    view! {
        <PageTitle text="Settings"/>
        <div class="page settings">
            <h1>"Settings"</h1>
            {settings_parts("/settings")}
            <section class="setting-group card">
                <h2>"Account"</h2>
                <p>{name} " " <span class="muted">"@"{username}</span></p>
            </section>
            <section class="setting-group card">
                <h2>"Theme"</h2>
                <ThemeForm/>
            </section>
            <section class="setting-group card">
                <h2>"Devices"</h2>
                {loaded(devices, Shape::Rows(2), move |sessions| view! { <SessionList sessions now end/> }.into_any())}
            </section>
            <section class="setting-group card">
                <h2>"Password"</h2>
                <PasswordForm done=password_done/>
            </section>
            <section class="setting-group card">
                <h2>"Keyboard"</h2>
                <table class="plain-table">
                    <tbody>
                        {SHORTCUTS
                            .map(|(keys, what)| {
                                view! {
                                    <tr>
                                        <th scope="row">{keys}</th>
                                        <td>{what}</td>
                                    </tr>
                                }
                            })
                            .into_iter()
                            .collect_view()}
                    </tbody>
                </table>
            </section>
        </div>
    }
}
