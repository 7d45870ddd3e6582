//! One conversation, the pane beside the inbox.

use domain::{ConversationId, account::Person, inbox::InboxEvent, messages::ConversationView};
use leptos::{html, prelude::*, task::spawn_local};

use super::loaded;
use crate::{
    browser::{Live, Player},
    command::Command,
    data::read,
    features::{
        activity::{ActivityCard, Floats, ReactionChip},
        jam::{JamRequest, RequestButton, api::RequestJam, go_in},
        messages::{
            Composer, Log, Mailbox,
            api::{self, Opened},
        },
        toasts::Words,
    },
    ui::{Face, Icon, Menu, MenuItem, PageTitle, Shape, Skeleton, paint_tint, tone},
};

/// The pane of one conversation; [`super::messages`] shows it at `/messages/{conversation}`.
#[component]
pub fn ConversationPane(
    /// Which.
    id: ConversationId,
) -> impl IntoView {
    let (live, mailbox) = (Live::get(), Mailbox::get());
    mailbox.open(id);
    follow_acceptance(id, live, mailbox);

    let conversation = mailbox.conversation(id);
    let with = Memo::new(move |_| conversation.with(|it| it.as_ref().map(|it| it.with.clone())));
    let opened = read(move || live.start_over.get(), move |_| api::open_conversation(id));

    view! {
        <section class="pane" aria-label=move || with.get().map(|with| with.name)>
            {loaded(
                opened,
                Shape::Lines(3),
                move |opened| {
                    mailbox.put_messages(opened.messages.clone());
                    (move || match with.get() {
                        Some(with) => pane(conversation, with, &opened),
                        // It was opened a moment ago and is on its way.
                        None => view! { <Skeleton shape=Shape::Lines(3)/> }.into_any(),
                    })
                        .into_any()
                },
            )}
        </section>
    }
}

fn pane(conversation: Memo<Option<ConversationView>>, with: Person, opened: &Opened) -> AnyView {
    let Some(id) = conversation.get_untracked().map(|it| it.id) else { return ().into_any() };
    let open = Memo::new(move |_| conversation.with(|it| it.as_ref().is_some_and(|it| it.open)));
    let head = Head { id, with: with.clone(), open };

    view! {
        <PageTitle text=with.name.clone()/>
        {head.view(opened)}
        <Log conversation=id with/>
        <Composer conversation=id message_id=opened.message_id open/>
    }
    .into_any()
}

struct Head {
    id: ConversationId,
    with: Person,
    open: Memo<bool>,
}

impl Head {
    /// Washed with what the other plays, else with their own tone.
    fn view(self, opened: &Opened) -> AnyView {
        let (live, player) = (Live::get(), Player::get());
        let Self { id, with, open } = self;
        let member = with.id;
        let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));
        let request = Command::<RequestJam>::new();

        let node = NodeRef::<html::Header>::new();
        let activity = live.activity_of(member);
        paint_tint(
            node,
            Signal::derive(move || activity.with(|it| it.as_ref()?.track.artwork.as_ref().map(|artwork| artwork.tint))),
        );
        let my_track = Signal::derive(move || player.track.with(|track| track.as_ref().map(|track| track.id)));

        view! {
            <header class=format!("pane-head tinted {}", tone(member)) node_ref=node>
                <div class="pane-person">
                    <a class="icon-button back" href="/messages" aria-label="Back" title="Back">
                        <Icon name="chevron-left"/>
                    </a>
                    <Face person=with.clone()/>
                    <div class="pane-name">
                        <h2>{with.name.clone()}</h2>
                        {me.map(|me| {
                            let words = format!("{} reacted to what you play:", with.name);
                            view! { <ReactionChip from=member to=me track=my_track words/> }
                        })}
                    </div>
                    <div class="pane-actions">
                        <RequestButton conversation=id id=opened.jam_request_id request open/>
                        {more(with.clone())}
                    </div>
                </div>
                <ActivityCard person=with.clone()/>
                <JamRequest conversation=id with request/>
                <Floats with=member/>
            </header>
        }
        .into_any()
    }
}

/// "More for {name}".
fn more(with: Person) -> AnyView {
    let (words, mailbox) = (Words::get(), Mailbox::get());
    let label = format!("More for {}", with.name);
    let Person { id, name } = with;

    let items = move |()| {
        let hidden = name.clone();
        let blocked = name.clone();
        vec![
            MenuItem::run("Hide what I play", "eye-off", move || {
                let done = format!("{hidden} no longer sees what you play. Privacy and social undoes it.");
                spawn_local(async move {
                    words.say(api::hide_from(id, true).await.map_or_else(|error| error.to_string(), |()| done));
                });
            }),
            MenuItem::run("Block", "ban", move || {
                let done = format!("{blocked} is blocked. Privacy and social undoes it.");
                spawn_local(async move {
                    match api::block(id).await {
                        Ok(_) => {
                            words.say(done);
                            mailbox.refresh().await;
                        }
                        Err(error) => words.say(error.to_string()),
                    }
                });
            })
            .danger(),
        ]
    };

    view! { <Menu label icon="more-vertical" items/> }.into_any()
}

/// Whoever waits here for a yes goes in by themselves when it comes (R3).
fn follow_acceptance(id: ConversationId, live: Live, mailbox: Mailbox) {
    let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));

    live.on_inbox(move |event| {
        if let InboxEvent::JamRequest(request) = event
            && request.conversation == id
            && Some(request.from.id) == me
            && let Some(jam) = mailbox.just_accepted(request)
        {
            go_in(jam);
        }
    });
}
