//! The six reactions (L8, L9): choosing one, seeing it float in, and the small sign that stays while the track plays.

use domain::{ConversationId, MemberId, TrackId, activity::Reaction, wire::ClientFrame};
use leptos::{
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

use crate::{
    browser::{Live, Reacted, page},
    features::{messages::Mailbox, toasts::Words},
    ui::each,
    watch::watch,
};

/// A menu of exactly six. Choosing one sends it and calls back; the arrow keys move inside it.
#[component]
pub fn ReactPicker(
    /// Whose activity.
    to: MemberId,
    /// What they play.
    #[prop(into)]
    track: Signal<Option<TrackId>>,
    /// Something was chosen.
    #[prop(into)]
    on_done: Callback<()>,
) -> impl IntoView {
    let live = Live::get();
    let button = move |reaction: Reaction| {
        let choose = move |_| {
            if let Some(track) = track.get_untracked() {
                live.send(&ClientFrame::React { to, track, reaction });
            }
            on_done.run(());
        };

        view! {
            <button type="button" role="menuitem" class="react" title=word(reaction) on:click=choose>
                {reaction.emoji()}
            </button>
        }
    };

    let node = NodeRef::<html::Div>::new();
    watch(move || focus(node.get().and_then(|menu| menu.first_element_child())));

    view! {
        <div class="react-picker" role="menu" aria-label="Reactions" node_ref=node on:keydown=move |event| {
            let here = document().active_element();
            match event.key().as_str() {
                "ArrowRight" => focus(here.and_then(|item| item.next_element_sibling())),
                "ArrowLeft" => focus(here.and_then(|item| item.previous_element_sibling())),
                _ => {}
            }
        }>{Reaction::ALL.into_iter().map(button).collect_view()}</div>
    }
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that cannot take focus leaves it where it is.
        let _ = element.focus();
    }
}

/// How long a reaction floats, in milliseconds; a little more than its animation.
const FLOAT_MS: u32 = 1_500;

/// Reactions between me and somebody as they come, floating up.
#[component]
pub fn Floats(
    /// Who else.
    with: MemberId,
) -> impl IntoView {
    let live = Live::get();
    let flown = RwSignal::new(live.reactions.with_untracked(|all| all.last().map(|last| last.nth)));
    let new = move || {
        live.reactions.with(|all| {
            let flown = flown.get();
            let flying = all.iter().filter(|it| flown.is_none_or(|flown| it.nth > flown));
            flying.filter(|it| it.from == with || it.to == with).copied().collect::<Vec<_>>()
        })
    };

    let float = move |it: Reacted| {
        page::after(FLOAT_MS, move || {
            // The page may have been left meanwhile.
            let _ = flown.try_set(Some(it.nth));
        });
        view! {
            <span class="float-up" aria-hidden="true">
                {it.reaction.emoji()}
            </span>
        }
        .into_any()
    };

    each(new, |it| it.nth, float)
}

/// The reaction of one to what the other plays, as long as that track is on.
#[component]
pub fn ReactionChip(
    /// Who reacted.
    from: MemberId,
    /// To whose activity.
    to: MemberId,
    /// What plays there now.
    #[prop(into)]
    track: Signal<Option<TrackId>>,
    /// The sentence before the emoji, for those who do not see it.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    let live = Live::get();
    let is_it = move |it: &&Reacted| it.from == from && it.to == to && Some(it.track) == track.get();
    let shown = Memo::new(move |_| live.reactions.with(|all| all.iter().rev().find(is_it).map(|it| it.reaction)));

    view! {
        <span role="status">
            {move || {
                shown
                    .get()
                    .map(|reaction| {
                        view! {
                            <span class="reaction-chip" title=words.clone()>
                                <span class="visually-hidden">{words.clone()}" "</span>
                                {reaction.emoji()}
                            </span>
                        }
                    })
            }}
        </span>
    }
}

/// Says reactions to what I play while I am somewhere else than in the conversation with whoever reacted.
pub fn say_reactions(is_open: impl Fn(ConversationId) -> bool + 'static) {
    let (live, mailbox, words) = (Live::get(), Mailbox::get(), Words::get());
    let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));

    Effect::new(move |said: Option<Option<u64>>| {
        let newest = live.reactions.with(|all| all.last().copied());
        let new = newest.filter(|it| Some(it.to) == me && said.flatten() != Some(it.nth));

        if let Some(reacted) = new
            && let Some((conversation, name)) = contact(mailbox, reacted.from)
            && !is_open(conversation)
        {
            words.say(format!("{name}: {}", reacted.reaction.emoji()));
        }
        newest.map(|it| it.nth)
    });
}

fn contact(mailbox: Mailbox, member: MemberId) -> Option<(ConversationId, String)> {
    mailbox.inbox.with_untracked(|inbox| {
        let conversation = inbox.as_ref()?.conversations.iter().find(|it| it.with.id == member)?;
        Some((conversation.id, conversation.with.name.clone()))
    })
}

fn word(reaction: Reaction) -> &'static str {
    match reaction {
        Reaction::Heart => "Love",
        Reaction::ThumbsUp => "Like",
        Reaction::Laugh => "Funny",
        Reaction::Fire => "Fire",
        Reaction::Touched => "Touched",
        Reaction::Headphones => "Listening",
    }
}
