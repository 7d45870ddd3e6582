//! My invite links (M4): making one, showing it to copy, taking it back.

use domain::{InviteId, messages::InviteView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{self, Invites, MakeInvite, RevokeInvite};
use crate::{
    browser::{Live, page},
    command::{Command, CommandForm, first_refusal},
    data::read,
    features::{activity::now, toasts::Words},
    pages::loaded,
    ui::{Alert, Button, ButtonKind, Shape, TextField},
    watch::watch,
};

/// The button "New invite link".
#[component]
pub fn NewInvite(
    /// What it does; [`InviteLinks`] shows what came of it.
    make: Command<MakeInvite>,
) -> impl IntoView {
    view! {
        <CommandForm command=make>
            <Button small=true icon="user-plus" disabled=make.pending()>
                "New invite link"
            </Button>
        </CommandForm>
    }
}

/// The new link to copy, and those that work.
#[component]
pub fn InviteLinks(
    /// What makes one.
    make: Command<MakeInvite>,
) -> impl IntoView {
    let revoke = Command::<RevokeInvite>::new();
    let token = use_query_map().with_untracked(|query| query.get("invite"));
    let invites =
        read(move || (make.version().get(), revoke.version().get()), move |_| api::read_invites(token.clone()));
    let trouble = first_refusal([make.refusal(), revoke.refusal()]);
    // The one that was made last may be the one that was taken back; then it is no longer one to copy.
    let hidden = RwSignal::new(false);
    watch(move || {
        make.version().track();
        hidden.set(false);
    });
    watch(move || {
        if revoke.version().get() != 0 {
            hidden.set(true);
        }
    });

    view! {
        <Alert message=trouble/>
        {loaded(
            invites,
            Shape::Lines(1),
            move |Invites { live, made }| {
                let link = move || {
                    make.value().get().and_then(Result::ok).or_else(|| made.clone()).filter(|_| !hidden.get())
                };
                view! {
                    {move || link().map(|link| view! { <InviteLink link/> })}
                    {(!live.is_empty()).then(|| links(live, revoke))}
                }
                    .into_any()
            },
        )}
    }
}

/// A link to copy.
#[component]
pub fn InviteLink(
    /// Its whole address.
    link: String,
) -> impl IntoView {
    let words = Words::get();
    let text = link.clone();
    let copy = move |_| {
        page::copy(&text);
        words.say(match window().is_secure_context() {
            true => "Copied. Send it to the person you want to reach.",
            false => "This browser copies only over https. Select the link and copy it by hand.",
        });
    };

    view! {
        <div class="invite-box card">
            <TextField label="Invite link" name="invite-link" value=link readonly=true
                hint="It names you, works for 7 days, and lets whoever holds it ask to chat. You decide then."/>
            <div class="row">
                <Button small=true kind=ButtonKind::Primary icon="copy" on_click=copy>
                    "Copy"
                </Button>
            </div>
        </div>
    }
}

fn links(live: Vec<InviteView>, revoke: Command<RevokeInvite>) -> AnyView {
    let count = live.len();

    view! {
        <details class="invite-links">
            <summary>{if count == 1 { "1 invite link works".into() } else { format!("{count} invite links work") }}</summary>
            <ul aria-label="Invite links">{live.into_iter().map(|invite| link_row(invite, revoke)).collect_view()}</ul>
        </details>
    }
    .into_any()
}

fn link_row(invite: InviteView, revoke: Command<RevokeInvite>) -> AnyView {
    let InviteView { id, expires_at, track } = invite;
    let now = now(Live::get());
    let InviteId(id) = id;
    let left = move || match expires_at.since(now.get()) / domain::time::DAY {
        ..=0 => "until today".into(),
        1 => "for 1 more day".into(),
        days => format!("for {days} more days"),
    };

    view! {
        <li class="spread">
            <span class="stack-tight">
                <span class="one-line">{track.map_or_else(|| "An invite link".into(), |track| format!("With “{}”", track.title))}</span>
                <span class="sub">{left}</span>
            </span>
            <CommandForm command=revoke>
                <input type="hidden" name="id" value=id.to_string()/>
                <Button small=true>"Take back"</Button>
            </CommandForm>
        </li>
    }
    .into_any()
}
