//! Conversations, chat requests, invite links and blocks. Every command works as a plain form too; its ids come from the
//! page, so that a retry is harmless.

use domain::{
    ChatRequestId, ConversationId, InviteId, JamRequestId, MemberId, MessageId, TrackId,
    account::Person,
    messages::{Inbox, InviteLanding, InviteView, MessageView},
};
use leptos::{prelude::*, server_fn::codec::Postcard};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// What the page of a conversation begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The newest messages, in ascending order.
    pub messages: Vec<MessageView>,
    /// For the form of the composer, as long as the wasm has not arrived.
    pub message_id: MessageId,
    /// For the form of "Request Jam".
    pub jam_request_id: JamRequestId,
}

/// My invite links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invites {
    /// Those that still work.
    pub live: Vec<InviteView>,
    /// The address of the one that was just made by a plain form.
    pub made: Option<String>,
}

/// What the landing page of an invite link begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landing {
    /// Who invites, and to what.
    pub invite: InviteLanding,
    /// For the form of "Ask to chat".
    pub request_id: ChatRequestId,
}

/// All conversations and requests.
#[server(endpoint = "read_inbox", output = Postcard)]
pub async fn read_inbox() -> Result<Inbox, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.inbox_page(&principal()?).await)
}

/// The end of a conversation.
#[server(endpoint = "open_conversation", output = Postcard)]
pub async fn open_conversation(id: ConversationId) -> Result<Opened, ApiError> {
    use crate::server::{answer, principal, services};

    let services = services()?;
    let messages = answer(services.messages(&principal()?, id, None).await)?;
    let (message_id, jam_request_id) = (services.fresh_id().into(), services.fresh_id().into());
    Ok(Opened { messages, message_id, jam_request_id })
}

/// Up to 50 messages before a place, in ascending order.
#[server(endpoint = "earlier_messages", output = Postcard)]
pub async fn earlier_messages(id: ConversationId, before: i64) -> Result<Vec<MessageView>, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.messages(&principal()?, id, Some(before)).await)
}

/// Sends a text.
#[server(endpoint = "send_message", output = Postcard)]
pub async fn send_message(
    id: MessageId,
    conversation: ConversationId,
    #[server(default)] text: String,
) -> Result<MessageView, ApiError> {
    use crate::server::{answer, principal, redirect, services};
    use domain::messages::MessageBody;

    let sent = answer(services()?.send(&principal()?, id, conversation, MessageBody::Text(text)).await)?;
    redirect(&format!("/messages/{conversation}"));
    Ok(sent)
}

/// Sends a track as a card.
#[server(endpoint = "send_card", output = Postcard)]
pub async fn send_card(id: MessageId, conversation: ConversationId, track: TrackId) -> Result<MessageView, ApiError> {
    use crate::server::{answer, principal, services};
    use domain::messages::{Card, MessageBody};

    answer(services()?.send(&principal()?, id, conversation, MessageBody::Card(Card::Track(track))).await)
}

/// I have read a conversation up to this place.
#[server(endpoint = "mark_read", output = Postcard)]
pub async fn mark_read(conversation: ConversationId, up_to: i64) -> Result<(), ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.mark_read(&principal()?, conversation, up_to).await)
}

/// Makes an invite link and answers its address.
#[server(endpoint = "make_invite", output = Postcard)]
pub async fn make_invite(#[server(default)] track: Option<TrackId>) -> Result<String, ApiError> {
    use crate::server::{address, answer, principal, redirect, services};

    let token = answer(services()?.make_invite(&principal()?, track).await)?;
    redirect(&format!("/messages?invite={token}"));
    Ok(address(&format!("/invite/{token}")))
}

/// My invite links. `made` is the token of one that a plain form just made.
#[server(endpoint = "read_invites", output = Postcard)]
pub async fn read_invites(#[server(default)] made: Option<String>) -> Result<Invites, ApiError> {
    use crate::server::{address, answer, principal, services};

    let (services, who) = (services()?, principal()?);
    let live = answer(services.invites(&who).await)?;
    let mut links = Invites { live, made: None };
    if let Some(token) = made {
        // Somebody else's link in the address of this page is not shown as mine.
        let landing = services.invite_landing(Some(&who), &token).await;
        links.made = landing.is_ok_and(|landing| landing.own).then(|| address(&format!("/invite/{token}")));
    }
    Ok(links)
}

/// Takes an invite link back.
#[server(endpoint = "revoke_invite", output = Postcard)]
pub async fn revoke_invite(id: InviteId) -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.revoke_invite(&principal()?, id).await)?;
    redirect("/messages");
    Ok(())
}

/// What an invite link shows, to visitors too.
#[server(endpoint = "read_invite", output = Postcard)]
pub async fn read_invite(token: String) -> Result<Landing, ApiError> {
    use crate::server::{answer, maybe_principal, services};

    let services = services()?;
    let invite = answer(services.invite_landing(maybe_principal().as_ref(), &token).await)?;
    Ok(Landing { invite, request_id: services.fresh_id().into() })
}

/// Asks the maker of an invite link to chat.
#[server(endpoint = "ask_by_invite", output = Postcard)]
pub async fn ask_by_invite(id: ChatRequestId, token: String) -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.ask_by_invite(&principal()?, id, &token).await)?;
    redirect(&format!("/invite/{token}"));
    Ok(())
}

/// Accepts a chat request and answers the conversation that it opens.
#[server(endpoint = "accept_request", output = Postcard)]
pub async fn accept_request(id: ChatRequestId) -> Result<ConversationId, ApiError> {
    use crate::server::{answer, principal, redirect, services};

    let conversation = answer(services()?.accept(&principal()?, id).await)?;
    redirect(&format!("/messages/{conversation}"));
    Ok(conversation)
}

/// Says no to a chat request and answers which; its sender is not told.
#[server(endpoint = "decline_request", output = Postcard)]
pub async fn decline_request(id: ChatRequestId) -> Result<ChatRequestId, ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.decline(&principal()?, id).await)?;
    redirect("/messages");
    Ok(id)
}

/// Takes a chat request of mine back and answers which.
#[server(endpoint = "withdraw_request", output = Postcard)]
pub async fn withdraw_request(id: ChatRequestId) -> Result<ChatRequestId, ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.withdraw(&principal()?, id).await)?;
    redirect("/messages");
    Ok(id)
}

/// Ends contact with somebody at once, and answers whom.
#[server(endpoint = "block", output = Postcard)]
pub async fn block(member: MemberId) -> Result<MemberId, ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.block(&principal()?, member).await)?;
    redirect("/messages");
    Ok(member)
}

/// Undoes a block.
#[server(endpoint = "unblock", output = Postcard)]
pub async fn unblock(member: MemberId) -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.unblock(&principal()?, member).await)?;
    redirect("/settings/privacy");
    Ok(())
}

/// Whom I have blocked.
#[server(endpoint = "blocked", output = Postcard)]
pub async fn blocked() -> Result<Vec<Person>, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.blocked(&principal()?).await)
}

/// Hides what I play from a contact, or shows it again.
#[server(endpoint = "hide_from", output = Postcard)]
pub async fn hide_from(member: MemberId, hidden: bool) -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.hide_from(&principal()?, member, hidden).await)?;
    redirect("/settings/privacy");
    Ok(())
}

/// The contacts from whom I hide what I play.
#[server(endpoint = "hidden_from", output = Postcard)]
pub async fn hidden_from() -> Result<Vec<Person>, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.hidden_from(&principal()?).await)
}
