//! A Jam request at the head of a conversation (R1 to R4).

use domain::{ConversationId, JamRequestId, account::Person, jam_request::JamRequestView};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};

use super::{
    api::{self, AcceptJam, DeclineJam, RequestJam, WithdrawJam},
    door::go_in,
};
use crate::{
    browser::{Live, page},
    command::{Command, CommandForm, first_refusal},
    features::{activity::now, messages::Mailbox},
    ui::{Alert, Button, ButtonKind},
    watch::watch,
};

/// The request of this conversation while it can be answered.
fn open_request(conversation: ConversationId) -> Memo<Option<JamRequestView>> {
    let (now, shown) = (now(Live::get()), Mailbox::get().conversation(conversation));

    Memo::new(move |_| shown.with(|it| it.as_ref()?.jam_request.clone()).filter(|request| request.is_open(now.get())))
}

/// "Request Jam".
#[component]
pub fn RequestButton(
    /// In which conversation.
    conversation: ConversationId,
    /// For the plain form.
    id: JamRequestId,
    /// What it does; [`JamRequest`] says why it was refused.
    request: Command<RequestJam>,
    /// Whether anything passes.
    #[prop(into)]
    open: Signal<bool>,
) -> impl IntoView {
    let waits = open_request(conversation);
    let disabled = Signal::derive(move || !open.get() || waits.with(Option::is_some) || request.pending().get());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        request.run(api::request_jam(JamRequestId(page::new_id()), conversation));
    };

    view! {
        <form method="post" action=RequestJam::url() on:submit=on_submit>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="conversation" value=conversation.to_string()/>
            <Button kind=ButtonKind::Live icon="jam" disabled>
                "Request Jam"
            </Button>
        </form>
    }
}

/// The region "Jam request" while there is one, and why something about it was refused.
#[component]
pub fn JamRequest(
    /// In which conversation.
    conversation: ConversationId,
    /// The other.
    with: Person,
    /// What makes one.
    request: Command<RequestJam>,
) -> impl IntoView {
    let (live, mailbox) = (Live::get(), Mailbox::get());
    let waits = open_request(conversation);
    let accept = Command::<AcceptJam>::new();
    let decline = Command::<DeclineJam>::new();
    let withdraw = Command::<WithdrawJam>::new();

    // The stream says the same; without waiting for it the screen answers at once.
    watch(move || {
        if let Some(Ok(made)) = request.value().get() {
            mailbox.take(&domain::inbox::InboxEvent::JamRequest(made));
        }
    });
    let answered = move || {
        mailbox.change(|inbox| {
            inbox.conversations.iter_mut().filter(|it| it.id == conversation).for_each(|it| it.jam_request = None);
        })
    };
    watch(move || {
        if let Some(Ok(jam)) = accept.value().get() {
            answered();
            go_in(jam);
        }
    });
    for done in [decline.value(), withdraw.value()] {
        watch(move || {
            if let Some(Ok(())) = done.get() {
                answered();
            }
        });
    }

    let trouble = first_refusal([accept.refusal(), decline.refusal(), withdraw.refusal(), request.refusal()]);
    let mine = move |request: &JamRequestView| {
        live.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.id == request.from.id))
    };

    view! {
        <Alert message=trouble/>
        {move || {
            waits
                .get()
                .map(|request| match mine(&request) {
                    true => waiting(&request, with.name.clone(), withdraw),
                    false => asked(&request, accept, decline),
                })
        }}
    }
}

fn waiting(request: &JamRequestView, name: String, withdraw: Command<WithdrawJam>) -> AnyView {
    let (id, conversation) = (request.id.to_string(), request.conversation.to_string());

    view! {
        <section class="jam-request" aria-label="Jam request">
            <p role="status">"Waiting for "{name}</p>
            <CommandForm command=withdraw>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="conversation" value=conversation/>
                <Button small=true>"Withdraw"</Button>
            </CommandForm>
        </section>
    }
    .into_any()
}

fn asked(request: &JamRequestView, accept: Command<AcceptJam>, decline: Command<DeclineJam>) -> AnyView {
    let (id, conversation) = (request.id, request.conversation.to_string());

    view! {
        <section class="jam-request" aria-label="Jam request">
            <p role="status">{request.from.name.clone()}" asks you for a Jam"</p>
            <div class="row">
                <CommandForm command=accept>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <Button kind=ButtonKind::Live small=true icon="headphones" disabled=accept.pending()>"Accept Jam"</Button>
                </CommandForm>
                <CommandForm command=decline>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <input type="hidden" name="conversation" value=conversation/>
                    <Button small=true>"Decline Jam"</Button>
                </CommandForm>
            </div>
        </section>
    }
    .into_any()
}
