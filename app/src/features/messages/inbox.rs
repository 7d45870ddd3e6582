//! The list of conversations: unread first, then newest, each with what its contact plays (M10, L4).

use domain::{
    ConversationId,
    messages::{BodyView, ConversationView, MessageView},
};
use leptos::prelude::*;

use super::{Mailbox, steady};
use crate::{
    browser::Live,
    features::activity::{LiveLine, now},
    ui::{Ago, EmptyState, Face, each},
};

/// The list "Conversations". While the pointer is over it, rows keep their places.
#[component]
pub fn Conversations(
    /// Which one is open beside it.
    #[prop(into)]
    current: Signal<Option<ConversationId>>,
) -> impl IntoView {
    let mailbox = Mailbox::get();
    let touched = RwSignal::new(false);
    let order = Memo::new(move |before: Option<&Vec<ConversationId>>| {
        let now: Vec<_> = mailbox.inbox.with(|inbox| {
            inbox.iter().flat_map(|inbox| &inbox.conversations).map(|conversation| conversation.id).collect()
        });
        match before {
            Some(before) if touched.get() => steady(before, &now),
            _ => now,
        }
    });

    move || {
        if order.with(Vec::is_empty) {
            return view! {
                <EmptyState line="No one here yet. Make an invite link and send it to someone you know." icon="message"/>
            }
            .into_any();
        }
        view! {
            <ul class="conversations" aria-label="Conversations" on:pointerenter=move |_| touched.set(true)
                on:pointerleave=move |_| touched.set(false)
            >
                {each(move || order.get(), |id| *id, move |id| row(mailbox, id, current))}
            </ul>
        }
        .into_any()
    }
}

fn row(mailbox: Mailbox, id: ConversationId, current: Signal<Option<ConversationId>>) -> AnyView {
    let live = Live::get();
    let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let conversation = mailbox.conversation(id);
    let Some(with) = conversation.get_untracked().map(|it| it.with) else { return ().into_any() };
    let unread = Memo::new(move |_| conversation.with(|it| it.as_ref().map_or(0, |it| it.unread)));
    let last = Memo::new(move |_| conversation.with(|it| it.as_ref().and_then(|it| it.last.clone())));
    let line = move || match last.get() {
        Some(message) if Some(message.sender) == me => format!("You: {}", summary(&message)),
        Some(message) => summary(&message),
        None => "Say hello.".into(),
    };
    let member = with.id;

    view! {
        <li class="conversation" class:unread=move || unread.get() != 0 class:current=move || current.get() == Some(id)>
            <a href=format!("/messages/{id}") aria-current=move || (current.get() == Some(id)).then_some("page")>
                <Face person=with.clone()/>
                <span class="conversation-text">
                    <span class="spread">
                        <span class="name one-line">{with.name}</span>
                        {move || {
                            last.get()
                                .map(|message| {
                                    view! {
                                        <span class="when">
                                            <Ago at=message.sent_at now=now(live)/>
                                        </span>
                                    }
                                })
                        }}
                    </span>
                    <span class="last one-line">{line}</span>
                    {move || wants_jam(&conversation.get()?, live)}
                    <LiveLine member/>
                </span>
                {move || {
                    (unread.get() != 0)
                        .then(|| {
                            view! {
                                <span class="badge">{unread}<span class="visually-hidden">" unread"</span></span>
                            }
                        })
                }}
            </a>
        </li>
    }
    .into_any()
}

/// A Jam request that waits for my answer can be seen from everywhere (R2).
fn wants_jam(conversation: &ConversationView, live: Live) -> Option<AnyView> {
    let now = now(live);
    let request = conversation.jam_request.clone().filter(|request| request.from.id == conversation.with.id)?;

    request.is_open(now.get()).then(|| view! { <span class="live-line playing">"Asks you for a Jam"</span> }.into_any())
}

/// A message in one line.
fn summary(message: &MessageView) -> String {
    match &message.body {
        BodyView::Text(text) => text.clone(),
        BodyView::Track(track) => format!("{} · {}", track.title, track.artist),
        BodyView::Album(album) => format!("{} · {}", album.title, album.artist),
        BodyView::Jam(_) => "A Jam".into(),
        BodyView::Gone => "Something that is no longer here".into(),
    }
}
