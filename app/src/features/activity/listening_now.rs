//! Home's first section: friends who listen, as live cards.

use domain::{MemberId, account::Person};
use leptos::{html, prelude::*};

use super::{
    actions::{PlayedMenu, play, save_played},
    card::Shown,
    reactions::ReactPicker,
    shown::rank,
};
use crate::{
    browser::{Live, Player},
    features::{
        messages::{Mailbox, steady},
        toasts::Words,
    },
    pages::loaded,
    ui::{
        Button, ButtonKind, ButtonLink, Dialog, EmptyState, Face, FaceSize, Hairline, LiveBars, Shape, each,
        paint_tint, ready,
    },
};

/// The section. It is not there for those to whom the social side is closed, or who have messages off.
#[component]
pub fn ListeningNow() -> impl IntoView {
    let live = Live::get();
    let open = Memo::new(move |_| live.me.with(|me| me.as_ref().is_some_and(|me| me.social && me.switches.messages)));

    move || open.get().then(|| view! { <Section/> })
}

#[component]
fn Section() -> impl IntoView {
    let mailbox = Mailbox::get();

    view! {
        <section class="section" aria-labelledby="listening-now">
            <h2 id="listening-now">"Listening now"</h2>
            {loaded(
                mailbox.resource(),
                Shape::Rows(2),
                move |inbox| {
                    mailbox.seed(inbox);
                    view! { <Cards/> }.into_any()
                },
            )}
        </section>
    }
}

#[component]
fn Cards() -> impl IntoView {
    let (live, mailbox) = (Live::get(), Mailbox::get());
    let order = Memo::new(move |before: Option<&Vec<MemberId>>| {
        let now = listeners(live, mailbox);
        steady(before.map_or(&[], Vec::as_slice), &now)
    });
    let alone =
        Memo::new(move |_| mailbox.inbox.with(|inbox| inbox.as_ref().is_none_or(|it| it.conversations.is_empty())));

    let open = RwSignal::new(false);
    let chosen = RwSignal::new(None::<Person>);
    let choose = move |person: Person| {
        chosen.set(Some(person));
        open.set(true);
    };

    view! {
        {move || match (order.with(Vec::is_empty), alone.get()) {
            (false, _) => {
                view! {
                    <ul class="live-cards" aria-label="Listening now">
                        {each(move || order.get(), |id| *id, move |id| live_card(live, mailbox, id, choose))}
                    </ul>
                }
                    .into_any()
            }
            (true, true) => {
                view! {
                    <EmptyState line="No one here yet. Send someone a link." icon="headphones">
                        <ButtonLink href="/messages" kind=ButtonKind::Primary>"Invite someone"</ButtonLink>
                    </EmptyState>
                }
                    .into_any()
            }
            (true, false) => {
                view! {
                    <EmptyState line="Quiet right now. What your friends play shows here." icon="headphones">
                        <ButtonLink href="/messages">"Write to someone"</ButtonLink>
                    </EmptyState>
                }
                    .into_any()
            }
        }}
        <Dialog title="Listening now" open sheet=true>
            {move || chosen.get().map(|person| view! { <Sheet person close=move || open.set(false)/> })}
        </Dialog>
    }
}

/// Contacts of whom there is something to see.
fn listeners(live: Live, mailbox: Mailbox) -> Vec<MemberId> {
    let contacts: Vec<_> = mailbox.inbox.with(|inbox| {
        inbox.iter().flat_map(|inbox| &inbox.conversations).map(|conversation| conversation.with.id).collect()
    });

    live.activity.with(|all| {
        let mut people: Vec<_> = contacts.into_iter().filter(|id| all.contains_key(id)).collect();
        people.sort_by_key(|id| rank(all.get(id)));
        people
    })
}

fn live_card(
    live: Live,
    mailbox: Mailbox,
    id: MemberId,
    choose: impl Fn(Person) + Copy + Send + Sync + 'static,
) -> AnyView {
    let shown = Shown::of(live.activity_of(id));
    let person = mailbox.inbox.with_untracked(|inbox| {
        let mut people = inbox.iter().flat_map(|inbox| &inbox.conversations).map(|it| &it.with);
        people.find(|person| person.id == id).cloned()
    });
    let ready = ready();
    let node = NodeRef::<html::Li>::new();
    paint_tint(node, shown.tint());

    person
        .map(|person| {
            let name = person.name.clone();
            let chosen = person.clone();

            view! {
                <li class=move || format!("live-card tinted {}", shown.class()) node_ref=node>
                        <button
                            type="button"
                            class="live-card-main"
                            disabled=!ready.get_untracked()
                            prop:disabled=move || !ready.get()
                            on:click=move |_| choose(chosen.clone())
                        >
                            <span class="cover-56">{shown.cover(160)}</span>
                            <span class="live-text">
                                <span class="live-who">
                                    <Face person size=FaceSize::Small/>
                                    <span class="one-line">{name}</span>
                                    {move || match shown.playing().get() {
                                        true => view! { <LiveBars playing=true/> }.into_any(),
                                        false => view! { <span class="live-age">{shown.text(live)}</span> }.into_any(),
                                    }}
                                </span>
                                <span class="title two-line">{move || shown.title()}</span>
                                <span class="sub one-line">{move || shown.artist()}</span>
                            </span>
                        </button>
                        <Hairline done=shown.done(live)/>
                </li>
            }
        })
        .into_any()
}

/// What a live card offers (L7).
#[component]
fn Sheet(person: Person, close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let (live, player, words, mailbox) = (Live::get(), Player::get(), Words::get(), Mailbox::get());
    let shown = Shown::of(live.activity_of(person.id));
    let missing = Signal::derive(move || shown.track.with(Option::is_none));
    let conversation = mailbox.inbox.with_untracked(|inbox| {
        inbox.as_ref()?.conversations.iter().find(|it| it.with.id == person.id).map(|it| it.id)
    });
    let name = person.name.clone();

    view! {
        <div class="live-sheet">
            <div class="live-sheet-head">
                <span class="cover-72">{shown.cover(160)}</span>
                <div class="live-text">
                    <p class="activity-state">{name}": "{shown.text(live)}</p>
                    <p class="title two-line">{move || shown.title()}</p>
                    <p class="sub one-line">{move || shown.artist()}</p>
                </div>
            </div>
            {move || {
                shown.open().get().then(|| view! { <ReactPicker to=person.id track=shown.track on_done=move |()| close()/> })
            }}
            <div class="row">
                <Button kind=ButtonKind::Primary icon="play" disabled=missing
                    on_click=move |_| {
                        if let Some(track) = shown.track.get_untracked() {
                            play(track, player, words);
                        }
                        close();
                    }
                >
                    "Play this"
                </Button>
                <Button icon="bookmark" disabled=missing
                    on_click=move |_| {
                        if let Some(track) = shown.track.get_untracked() {
                            save_played(track, words);
                        }
                        close();
                    }
                >
                    "Save to library"
                </Button>
                {conversation
                    .map(|id| view! { <ButtonLink href=format!("/messages/{id}") icon="message">"Write"</ButtonLink> })}
                <PlayedMenu track=shown.track/>
            </div>
        </div>
    }
}
