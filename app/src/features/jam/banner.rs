//! What reaches me while I am elsewhere: my Jam, Jam requests that want an answer (R2), reactions to what I play.

use std::rc::Rc;

use domain::{ConversationId, account::Person};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate};

use super::door::{self, Door};
use crate::{
    browser::{JamRoom, Live},
    features::{
        activity::{now, say_reactions},
        messages::Mailbox,
        toasts::Words,
    },
    ui::{ButtonKind, ButtonLink, Icon, each, ready},
    watch::watch,
};

/// A slim line at the edge of every other page. Mounted once, inside the router.
#[component]
pub fn Banner() -> impl IntoView {
    let (live, room, mailbox) = (Live::get(), JamRoom::get(), Mailbox::get());
    let (words, navigate) = (Words::get(), use_navigate());
    let path = use_location().pathname;
    // The frame is drawn before the socket says anything, and must be the same on both sides.
    let ready = ready();

    watch(move || {
        let navigate = navigate.clone();
        door::hang(Door { room, words, navigate: Rc::new(move |path| navigate(path, Default::default())) });
    });

    say_reactions(move |id| path.with_untracked(|path| *path == format!("/messages/{id}")));

    let elsewhere = Memo::new(move |_| ready.get() && path.with(|path| !path.starts_with("/jam")));
    let seat = Memo::new(move |_| room.seat.get().filter(|_| elsewhere.get()));
    let inside = Memo::new(move |_| room.state.with(Option::is_some));
    let now = now(live);
    let calls = Memo::new(move |_| {
        let all = mailbox.inbox.with(|inbox| open_calls(inbox.as_ref(), now.get()));
        let calls: Vec<_> =
            all.into_iter().filter(|(id, _)| path.with(|path| *path != format!("/messages/{id}"))).collect();
        if elsewhere.get() { calls } else { Vec::new() }
    });

    view! {
        <div class="jam-banners" role="status">
            {each(move || calls.get(), |(id, _)| *id, call)}
            {move || {
                seat.get()
                    .map(|jam| {
                        let (text, link) = match inside.get() {
                            true => ("You are in a Jam", "Back to it"),
                            false => ("Your Jam is on", "Join the Jam"),
                        };
                        view! {
                            <div class="jam-banner">
                                <Icon name="jam"/>
                                <p>{text}</p>
                                <ButtonLink href=format!("/jam/{jam}") kind=ButtonKind::Live small=true>{link}</ButtonLink>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

fn call((conversation, from): (ConversationId, Person)) -> AnyView {
    view! {
        <div class="jam-banner">
            <Icon name="jam"/>
            <p>{from.name}" asks you for a Jam"</p>
            <ButtonLink href=format!("/messages/{conversation}") kind=ButtonKind::Live small=true>"Answer"</ButtonLink>
        </div>
    }
    .into_any()
}

/// The requests to me that can still be answered.
fn open_calls(inbox: Option<&domain::messages::Inbox>, now: domain::Timestamp) -> Vec<(ConversationId, Person)> {
    let all = inbox.into_iter().flat_map(|inbox| &inbox.conversations);
    let calls = all.filter_map(|it| it.jam_request.as_ref().map(|request| (it, request)));

    calls
        .filter(|(it, request)| request.from.id == it.with.id && request.is_open(now))
        .map(|(it, request)| (it.id, request.from.clone()))
        .collect()
}
