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
    command::{Command, CommandForm, first_refusal},
    ui::{Alert, Button, ButtonKind, Face, each},
    watch::watch,
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
                            {each(move || to_me.get(), |request| request.id, move |request| actions.received(request))}
                        </ul>
                    }
                })
        }}
        {move || {
            (!from_me.with(Vec::is_empty))
                .then(|| {
                    view! {
                        <ul class="requests" aria-label="Pending">
                            {each(move || from_me.get(), |request| request.id, move |request| actions.sent(request))}
                        </ul>
                    }
                })
        }}
    }
}

/// What can be done with a request.
#[derive(Clone, Copy)]
struct Actions {
    accept: Command<AcceptRequest>,
    decline: Command<DeclineRequest>,
    withdraw: Command<WithdrawRequest>,
    block: Command<Block>,
}

impl Actions {
    fn new(mailbox: Mailbox) -> Self {
        let actions =
            Self { accept: Command::new(), decline: Command::new(), withdraw: Command::new(), block: Command::new() };
        let navigate = use_navigate();

        // The stream says the same; without waiting for it the row is gone as soon as it is answered.
        watch(move || {
            if let Some(Ok(conversation)) = actions.accept.value().get() {
                go_to(mailbox, conversation, navigate.clone());
            }
        });
        for answered in [actions.decline.value(), actions.withdraw.value()] {
            watch(move || {
                if let Some(Ok(request)) = answered.get() {
                    mailbox.change(|inbox| state::forget_request(inbox, request));
                }
            });
        }
        watch(move || {
            if let Some(Ok(member)) = actions.block.value().get() {
                mailbox.change(|inbox| state::forget_member(inbox, member));
            }
        });
        actions
    }

    fn trouble(self) -> Signal<Option<String>> {
        first_refusal([self.accept.refusal(), self.decline.refusal(), self.withdraw.refusal(), self.block.refusal()])
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
                    <CommandForm command=self.accept>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <Button kind=ButtonKind::Primary small=true>"Accept"</Button>
                    </CommandForm>
                    <CommandForm command=self.decline>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <Button small=true>"Decline"</Button>
                    </CommandForm>
                    <CommandForm command=self.block>
                        <input type="hidden" name="member" value=from.id.to_string()/>
                        <Button kind=ButtonKind::Danger small=true>"Block"</Button>
                    </CommandForm>
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
                    <CommandForm command=self.withdraw>
                        <input type="hidden" name="id" value=request.id.to_string()/>
                        <Button small=true>"Withdraw"</Button>
                    </CommandForm>
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
