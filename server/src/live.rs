//! `/ws`: who may open a live connection.

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::Refusal;
use http::{HeaderMap, StatusCode};
use hub::Full;
use socket::Handshake;

use crate::{security, visit::Visit, web::Web};

/// Opens a live connection for a member.
pub(crate) async fn open(
    State(web): State<Web>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    handshake: Handshake,
) -> Response {
    if !security::is_own(&visit.place, &headers) {
        return security::foreign();
    }
    let Some(who) = visit.principal else {
        return (StatusCode::UNAUTHORIZED, Refusal::LogInFirst.to_string()).into_response();
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

    handshake.accept(move |socket| async move { web.hub.serve(place, who, socket).await })
}
