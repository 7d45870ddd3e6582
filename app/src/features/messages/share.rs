//! Sharing a track: choose somebody, and it is sent (M5).

use domain::{account::Person, library::Track};
use leptos::prelude::*;

use super::{
    Mailbox,
    api::{self, MakeInvite},
    invites::InviteLink,
    music_card::{Music, MusicCard},
};
use crate::{
    command::Command,
    features::toasts::Words,
    ui::{Alert, Button, Dialog, Face},
};

/// The dialog that sends a track into a conversation; mounted once, for whatever `track` holds while it is open.
#[component]
pub fn ShareDialog(
    /// What is shared.
    track: RwSignal<Option<Track>>,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog title="Share" open sheet=true>
            {move || track.get().map(|track| view! { <Sharing track open/> })}
        </Dialog>
    }
}

#[component]
fn Sharing(track: Track, open: RwSignal<bool>) -> impl IntoView {
    let (mailbox, words) = (Mailbox::get(), Words::get());
    let make = Command::<MakeInvite>::new();
    let id = track.id;
    let card = track.clone();

    let people = move || {
        mailbox.inbox.with(|inbox| {
            let all = inbox.iter().flat_map(|inbox| &inbox.conversations).filter(|conversation| conversation.open);
            all.map(|conversation| (conversation.id, conversation.with.clone())).collect::<Vec<_>>()
        })
    };
    let person = move |(conversation, with): (_, Person)| {
        let (track, name) = (card.clone(), with.name.clone());
        let send = move |_| {
            mailbox.send(conversation, domain::messages::BodyView::Track(track.clone()));
            words.say(format!("Sent to {name}."));
            open.set(false);
        };

        view! {
            <li class="friend">
                <button type="button" on:click=send>
                    <Face person=with.clone()/>
                    <span class="name one-line">{with.name}</span>
                </button>
            </li>
        }
    };

    view! {
        <div class="share">
            <MusicCard music=Music::Track(track)/>
            {move || {
                let people = people();
                match people.is_empty() {
                    true => view! { <p class="muted">"No one to send it to yet. A link takes it to somebody new."</p> }.into_any(),
                    false => {
                        view! {
                            <ul class="friend-list" aria-label="Send to">
                                {people.into_iter().map(person.clone()).collect_view()}
                            </ul>
                        }
                            .into_any()
                    }
                }
            }}
            <Alert message=make.refusal()/>
            {move || match make.value().get().and_then(Result::ok) {
                Some(link) => view! { <InviteLink link/> }.into_any(),
                None => {
                    view! {
                        <Button icon="link" disabled=make.pending()
                            on_click=move |_| make.run(api::make_invite(Some(id)))>
                            "Make an invite link with this track"
                        </Button>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
