//! The right column: contacts with what they play.

use domain::{MemberId, account::Person, messages::Inbox};
use leptos::prelude::*;

use super::{live_line::LiveLine, shown::rank};
use crate::{
    browser::Live,
    features::messages::{Mailbox, steady},
    ui::{ButtonLink, EmptyState, Face, Shape, Skeleton, each, ready},
};

/// All contacts: who listens first, the others by their last word. Rows keep their place while the page lives.
#[component]
pub fn FriendsPanel() -> impl IntoView {
    let (live, mailbox) = (Live::get(), Mailbox::get());
    // The frame is drawn before any page has loaded anything, and must be the same on both sides.
    let ready = ready();
    let order = Memo::new(move |before: Option<&Vec<MemberId>>| {
        let now = mailbox.inbox.with(|inbox| inbox.as_ref().map(|inbox| by_rank(inbox, live)).unwrap_or_default());
        steady(before.map_or(&[], Vec::as_slice), &now)
    });
    let loaded = Memo::new(move |_| ready.get() && mailbox.inbox.with(Option::is_some));

    view! {
        <h2>"Friends"</h2>
        {move || match loaded.get() {
            false => view! { <Skeleton shape=Shape::Rows(4)/> }.into_any(),
            true if order.with(Vec::is_empty) => {
                view! {
                    <EmptyState line="No one here yet. Send someone a link." icon="users">
                        <ButtonLink href="/messages" small=true>"Invite someone"</ButtonLink>
                    </EmptyState>
                }
                    .into_any()
            }
            true => {
                view! {
                    <ul class="friend-list" aria-label="Friends">
                        {each(move || order.get(), |id| *id, move |id| friend(mailbox, id))}
                    </ul>
                }
                    .into_any()
            }
        }}
    }
}

fn by_rank(inbox: &Inbox, live: Live) -> Vec<MemberId> {
    let mut people: Vec<_> = inbox.conversations.iter().map(|it| it.with.id).collect();

    live.activity.with_untracked(|all| people.sort_by_key(|id| rank(all.get(id))));
    people
}

fn friend(mailbox: Mailbox, id: MemberId) -> AnyView {
    let found = mailbox.inbox.with_untracked(|inbox| {
        let conversation = inbox.as_ref()?.conversations.iter().find(|it| it.with.id == id)?;
        Some((conversation.id, conversation.with.clone()))
    });

    found
        .map(|(conversation, person): (_, Person)| {
            view! {
                <li class="friend">
                    <a href=format!("/messages/{conversation}")>
                        <Face person=person.clone()/>
                        <span class="friend-text">
                            <span class="name one-line">{person.name}</span>
                            <LiveLine member=id/>
                        </span>
                    </a>
                </li>
            }
        })
        .into_any()
}
