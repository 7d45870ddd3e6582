//! Chat requests: to me with Accept, Decline and Block, from me with Withdraw (M2, M3).

use domain::{ConversationId, messages::ChatRequestView, relations::Relation};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{
    Mailbox,
    api::{AcceptRequest, Block, DeclineRequest, WithdrawRequest},
    state,
};
use crate::{
    error::ApiError,
    ui::{Alert, Button, ButtonKind, Face},
};

/// Both lists, each while it holds something.
#[component]
pub fn Requests() -> impl IntoView {
    let mailbox = Mailbox::get();
    let actions = Actions::new(mailbox);
    let (to_me, from_me) = (
        Memo::new(move |_| {
            mailbox.inbox.with(|inbox| inbox.as_ref().map(|it| it.requests.clone()).unwrap_or_default())
        }),
        Memo::new(move |_| mailbox.inbox.with(|inbox| inbox.as_ref().map(|it| it.pending.clone()).unwrap_or_default())),
    );

    view! {
        <Alert message=actions.trouble()/>
        {move || {
            (!to_me.with(Vec::is_empty))
                .then(|| {
                    view! {
                        <ul class="requests" aria-label="Requests">
                            <For each=move || to_me.get() key=|request| request.id children=move |request| actions.received(request)/>
                        </ul>
                    }
                })
        }}
        {move || {
            (!from_me.with(Vec::is_empty))
                .then(|| {
                    view! {
                        <ul class="requests" aria-label="Pending">
                            <For each=move || from_me.get() key=|request| request.id
                                children=move |request| actions.sent(request)/>
                        </ul>
                    }
                })
        }}
    }
}

/// What can be done with a request.
#[derive(Clone, Copy)]
struct Actions {
    accept: ServerAction<AcceptRequest>,
    decline: ServerAction<DeclineRequest>,
    withdraw: ServerAction<WithdrawRequest>,
    block: ServerAction<Block>,
}

impl Actions {
    fn new(mailbox: Mailbox) -> Self {
        let actions = Self {
            accept: ServerAction::new(),
            decline: ServerAction::new(),
            withdraw: ServerAction::new(),
            block: ServerAction::new(),
        };
        let navigate = use_navigate();

        // The stream says the same; without waiting for it the row is gone as soon as it is answered.
        Effect::new(move |_| {
            if let Some(Ok(conversation)) = actions.accept.value().get() {
                go_to(mailbox, conversation, navigate.clone());
            }
        });
        for answered in [actions.decline.value(), actions.withdraw.value()] {
            Effect::new(move |_| {
                if let Some(Ok(request)) = answered.get() {
                    mailbox.change(|inbox| state::forget_request(inbox, request));
                }
            });
        }
        Effect::new(move |_| {
            if let Some(Ok(member)) = actions.block.value().get() {
                mailbox.change(|inbox| state::forget_member(inbox, member));
            }
        });
        actions
    }

    fn trouble(self) -> Signal<Option<String>> {
        let reason = |error: Option<ApiError>| error.map(|error| error.to_string());

        Signal::derive(move || {
            let accept = reason(self.accept.value().get().and_then(Result::err));
            let decline = reason(self.decline.value().get().and_then(Result::err));
            let withdraw = reason(self.withdraw.value().get().and_then(Result::err));
            let block = reason(self.block.value().get().and_then(Result::err));

            accept.or(decline).or(withdraw).or(block)
        })
    }

    fn received(self, request: ChatRequestView) -> AnyView {
        let why = match request.relation {
            Relation::Invite(_) => "They have your invite link.",
            Relation::Jam(_) => "You were in a Jam together.",
        };
        let (id, from) = (request.id, request.from);

        view! {
            <li class="request card">
                <Face person=from.clone()/>
                <div class="request-text">
                    <p>
                        <b>{from.name}</b>
                        " asked to chat"
                    </p>
                    <p class="sub">{why}</p>
                </div>
                <div class="row request-actions">
                    <ActionForm action=self.accept>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <Button kind=ButtonKind::Primary small=true>"Accept"</Button>
                    </ActionForm>
                    <ActionForm action=self.decline>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <Button small=true>"Decline"</Button>
                    </ActionForm>
                    <ActionForm action=self.block>
                        <input type="hidden" name="member" value=from.id.to_string()/>
                        <Button kind=ButtonKind::Danger small=true>"Block"</Button>
                    </ActionForm>
                </div>
            </li>
        }
        .into_any()
    }

    fn sent(self, request: ChatRequestView) -> AnyView {
        view! {
            <li class="request card">
                <Face person=request.to.clone()/>
                <div class="request-text">
                    <p>
                        "You asked "
                        <b>{request.to.name}</b>
                    </p>
                    <p class="sub">"Waiting for an answer."</p>
                </div>
                <div class="row request-actions">
                    <ActionForm action=self.withdraw>
                        <input type="hidden" name="id" value=request.id.to_string()/>
                        <Button small=true>"Withdraw"</Button>
                    </ActionForm>
                </div>
            </li>
        }
        .into_any()
    }
}

/// The conversation is there before its page is.
fn go_to(
    mailbox: Mailbox,
    conversation: ConversationId,
    navigate: impl Fn(&str, leptos_router::NavigateOptions) + 'static,
) {
    spawn_local(async move {
        mailbox.refresh().await;
        navigate(&format!("/messages/{conversation}"), Default::default());
    });
}
