//! Jam requests and the start of a Jam. What happens inside one travels over the socket.

use domain::{ConversationId, JamId, JamRequestId, TrackId, jam_request::JamRequestView};
use leptos::{prelude::*, server_fn::codec::Postcard};

use crate::error::ApiError;

/// Asks the other member of a conversation for a Jam.
#[server(endpoint = "request_jam", output = Postcard)]
pub async fn request_jam(id: JamRequestId, conversation: ConversationId) -> Result<JamRequestView, ApiError> {
    use crate::server::{answer, principal, redirect, services};

    let request = answer(services()?.request_jam(&principal()?, id, conversation).await)?;
    redirect(&format!("/messages/{conversation}"));
    Ok(request)
}

/// Accepts a Jam request and answers the Jam.
#[server(endpoint = "accept_jam", output = Postcard)]
pub async fn accept_jam(id: JamRequestId) -> Result<JamId, ApiError> {
    use crate::server::{answer, principal, redirect, services};

    let jam = answer(services()?.accept_jam(&principal()?, id).await)?;
    redirect(&format!("/jam/{jam}"));
    Ok(jam)
}

/// Says no to a Jam request.
#[server(endpoint = "decline_jam", output = Postcard)]
pub async fn decline_jam(id: JamRequestId, conversation: ConversationId) -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.decline_jam(&principal()?, id).await)?;
    redirect(&format!("/messages/{conversation}"));
    Ok(())
}

/// Takes a Jam request of mine back.
#[server(endpoint = "withdraw_jam", output = Postcard)]
pub async fn withdraw_jam(id: JamRequestId, conversation: ConversationId) -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.withdraw_jam(&principal()?, id).await)?;
    redirect(&format!("/messages/{conversation}"));
    Ok(())
}

/// Starts a Jam with these tracks.
#[server(endpoint = "start_jam", input = Postcard, output = Postcard)]
pub async fn start_jam(tracks: Vec<TrackId>) -> Result<JamId, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.start_jam(&principal()?, tracks).await)
}
