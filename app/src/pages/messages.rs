//! The inbox, and beside it the conversation that is open.

use domain::{ConversationId, Refusal};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{ConversationPane, loaded};
use crate::{
    command::Command,
    features::messages::{Conversations, InviteLinks, Mailbox, NewInvite, Requests, api::MakeInvite},
    ui::{Alert, EmptyState, PageTitle, Shape},
};

/// `/messages` and `/messages/{conversation}`.
#[component]
pub fn MessagesPage() -> impl IntoView {
    let mailbox = Mailbox::get();
    let inbox = mailbox.resource();
    let make = Command::<MakeInvite>::new();

    let params = use_params_map();
    let address = Memo::new(move |_| params.with(|params| params.get("conversation")).filter(|text| !text.is_empty()));
    let open = Memo::new(move |_| address.get().and_then(|text| text.parse::<ConversationId>().ok()));

    view! {
        <PageTitle text="Messages"/>
        <div class="messages" class:open=move || address.with(Option::is_some)>
            <section class="inbox" aria-label="Inbox">
                <header class="inbox-head">
                    <h1>"Messages"</h1>
                    <NewInvite make/>
                </header>
                // Not inside of what waits for the inbox: of the parts that wait, only one may make a resource of its own,
                // because server and browser count resources in the order in which they are made.
                <InviteLinks make/>
                {loaded(
                    inbox,
                    Shape::Rows(5),
                    move |inbox| {
                        mailbox.seed(inbox);
                        view! {
                            <Requests/>
                            <Conversations current=open/>
                        }
                            .into_any()
                    },
                )}
            </section>
            {loaded(
                inbox,
                Shape::Lines(3),
                move |inbox| {
                    mailbox.seed(inbox);
                    (move || match (address.with(Option::is_some), open.get()) {
                        (_, Some(id)) => view! { <ConversationPane id/> }.into_any(),
                        (true, None) => unknown(),
                        (false, None) => nothing_open(),
                    })
                        .into_any()
                },
            )}
        </div>
    }
}

fn unknown() -> AnyView {
    view! {
        <div class="pane pane-empty">
            <Alert message=Some(Refusal::ConversationUnknown.to_string())/>
        </div>
    }
    .into_any()
}

fn nothing_open() -> AnyView {
    view! {
        <div class="pane pane-empty">
            <EmptyState line="Choose a conversation." icon="message"/>
        </div>
    }
    .into_any()
}
