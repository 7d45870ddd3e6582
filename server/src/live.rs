//! `/ws`: who may open a live connection.

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::Refusal;
use http::{HeaderMap, StatusCode, header};
use hub::Full;
use services::{Principal, Services};
use socket::Handshake;

use crate::{place::Place, security, session, visit, web::Web};

/// Opens a live connection for a member.
pub(crate) async fn open(
    State(web): State<Web>,
    Extension(visited): Extension<Place>,
    headers: HeaderMap,
    handshake: Handshake,
) -> Response {
    if !security::is_own(&visited, &headers) {
        return security::foreign();
    }
    let (who, ticket) = match log_in(&web.services, session::token(&visited, &headers), session::ticket(&headers)).await
    {
        Ok(Some(found)) => found,
        Ok(None) => return (StatusCode::UNAUTHORIZED, Refusal::LogInFirst.to_string()).into_response(),
        Err(error) => return visit::unavailable(&error),
    };
    let place = match web.hub.admit(who.id()) {
        Ok(place) => place,
        Err(Full::Server) => {
            let words = "Too many tabs are open just now. Try again in a moment.";
            return (StatusCode::SERVICE_UNAVAILABLE, words).into_response();
        }
        Err(Full::Member) => {
            let words = "You have Earshot open in too many tabs. Close some of them.";
            return (StatusCode::TOO_MANY_REQUESTS, words).into_response();
        }
    };

    let mut answer = handshake.accept(move |socket| web.hub.serve(place, who, socket));
    if let Some(ticket) = ticket {
        answer.headers_mut().append(header::SET_COOKIE, session::ticket_cookie(&visited, &ticket));
    }
    answer
}

/// Who it is, by their ticket or else by their log-in, and then with a new ticket for the next time.
async fn log_in(
    services: &Services,
    token: Option<&str>,
    ticket: Option<&str>,
) -> services::Result<Option<(Principal, Option<String>)>> {
    let Some(token) = token else { return Ok(None) };
    if let Some(ticket) = ticket
        && let Some(who) = services.resume(token, ticket).await?
    {
        return Ok(Some((who, None)));
    }

    let Some(who) = services.principal(token).await? else { return Ok(None) };
    let ticket = services.ticket(token, &who).await?;
    Ok(Some((who, Some(ticket))))
}
