//! Where messages are written. Enter sends, Shift and Enter break the line; without wasm it is a plain form.

use domain::{
    ConversationId, MessageId, Refusal,
    messages::{BodyView, MessageBody},
};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn};

use super::{Mailbox, api::SendMessage};
use crate::{
    browser::Player,
    command::Command,
    ui::{Alert, IconButton, Notice, TextArea},
    watch::watch,
};

/// The composer of a conversation.
#[component]
pub fn Composer(
    /// Which.
    conversation: ConversationId,
    /// For the plain form.
    message_id: MessageId,
    /// Whether anything passes.
    #[prop(into)]
    open: Signal<bool>,
) -> impl IntoView {
    let (mailbox, player) = (Mailbox::get(), Player::get());
    let text = RwSignal::new(String::new());
    let trouble = RwSignal::new(None::<String>);
    // A refusal of the plain form comes back in the address.
    let plain = Command::<SendMessage>::new();
    watch(move || {
        if let Some(Err(error)) = plain.value().get() {
            trouble.set(Some(error.to_string()));
        }
    });

    // What was wrong with the words is over once they change.
    watch(move || {
        if !text.with(String::is_empty) {
            trouble.set(None);
        }
    });

    let send = move || match MessageBody::text(&text.get_untracked()) {
        Ok(MessageBody::Text(words)) => {
            mailbox.send(conversation, BodyView::Text(words));
            text.set(String::new());
            trouble.set(None);
        }
        Ok(MessageBody::Card(_)) => {}
        Err(refusal) => trouble.set(Some(refusal.to_string())),
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    let silent = Signal::derive(move || !open.get() || player.track.with(Option::is_none));
    let share = move |_| {
        if let Some(track) = player.track.get_untracked() {
            mailbox.send(conversation, BodyView::Track(track));
        }
    };

    view! {
        <div class="composer-foot">
            <Alert message=trouble/>
            {move || (!open.get()).then(|| view! { <Notice>{Refusal::NotReachable.to_string()}</Notice> })}
            <form method="post" action=SendMessage::url() on:submit=on_submit>
                <input type="hidden" name="id" value=message_id.to_string()/>
                <input type="hidden" name="conversation" value=conversation.to_string()/>
                <fieldset class="composer" disabled=!open.get_untracked() prop:disabled=move || !open.get()>
                    <IconButton icon="music" label="Share what's playing" disabled=silent on_click=share/>
                    <TextArea label="Message" name="text" value=text placeholder="Write a message" on_enter=move |()| send()/>
                    <IconButton icon="send" label="Send" round=true/>
                </fieldset>
            </form>
        </div>
    }
}
