//! Who makes a request: found once, before pages, commands, media and sockets.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::inbox::Position;
use http::{HeaderMap, StatusCode, header};
use services::{Principal, accounts::Visitor};

use crate::{place::Place, session, web::Web};

/// A request's visit, in its extensions.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who is logged in.
    pub principal: Option<Principal>,
    /// Address and device.
    pub visitor: Visitor,
    /// Where it arrived.
    pub place: Place,
    /// How far the inbox of that member had grown.
    pub head: Option<Position>,
}

/// The layer that finds it.
pub(crate) async fn find(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let place: Place = request.extensions().get().cloned().expect("the guard has found the place of every request");
    let token = session::token(&place, request.headers()).map(str::to_owned);
    let visitor = Visitor { address: place.address, device: device(request.headers()) };

    match visit(&web, place, token, visitor).await {
        Ok(visit) => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Err(error) => unavailable(&error),
    }
}

async fn visit(web: &Web, place: Place, token: Option<String>, visitor: Visitor) -> services::Result<Visit> {
    let principal = match token {
        Some(token) => web.services.principal(&token).await?,
        None => None,
    };
    let head = match &principal {
        Some(who) => Some(web.services.head(who.id()).await?),
        None => None,
    };

    Ok(Visit { principal, visitor, place, head })
}

/// The answer when something that the server needs did not work; logged here, once.
pub(crate) fn unavailable(error: &dyn std::fmt::Display) -> Response {
    tracing::error!("not available: {error}");

    (StatusCode::SERVICE_UNAVAILABLE, "That did not work just now. Try again in a moment.").into_response()
}

/// A short name of browser and system. Order matters: most browsers also name the ones they resemble.
fn device(headers: &HeaderMap) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let named =
        |table: &[(&str, &'static str)]| table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);

    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) => "Another program".into(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a4_devices_are_named_shortly() {
        let table = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8", "Another program"),
        ];

        for (agent, expected) in table {
            let headers = HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(agent))]);
            assert_eq!(device(&headers), expected);
        }
    }
}
