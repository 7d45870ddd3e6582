//! The server's side of the pages: who asks, what it costs to fail, and where a form leads.
//!
//! This module knows no adapter. Whoever runs the pages provides these contexts, for pages through
//! `leptos_routes_with_context` and for commands through `handle_server_fns_with_context`, both at `/api/{*name}` and for
//! every route, and for unknown routes through a fallback that renders [`crate::shell`]:
//!
//! | Type | What it is |
//! |---|---|
//! | `Arc<services::Services>` | the use cases |
//! | `Option<services::Principal>` | who holds the session cookie of this request |
//! | `services::accounts::Visitor` | address and device of this request |
//! | [`CookieJar`] | turns a session token into a `Set-Cookie` header |
//! | [`SiteFiles`] | addresses of the built files |
//! | [`InboxHead`] | how far the inbox of that principal has grown; read before the page is rendered |
//! | `Option<`[`DemoDoor`]`>` | log-in with one click, on a demo server only |
//! | [`Site`] | what members are told about this server |
//!
//! While routes are listed none of them is there, so everything here answers instead of panicking.

use std::{future::Future, pin::Pin, sync::Arc};

use domain::{Refusal, inbox::Position};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use services::{
    Principal, Services,
    accounts::{SessionToken, Visitor},
};

use crate::{Start, error::ApiError};

/// Addresses of the built files, as pages link to them: `/pkg/earshot.0a1b2c.js`.
#[derive(Clone, Debug)]
pub struct SiteFiles {
    /// The JavaScript that loads the wasm.
    pub js: String,
    /// The wasm.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
}

/// What members are told about this server.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Who runs it, in their own words; empty when they did not say.
    pub operator: String,
    /// Scheme, host and port under which this request reached it, for links that people send to each other.
    pub origin: String,
}

/// How far the inbox had grown when this request began; nothing for visitors.
#[derive(Clone, Copy, Debug, Default)]
pub struct InboxHead(pub Option<Position>);

/// Writes the `Set-Cookie` header that keeps a session, or ends it. The server decides about name and attributes.
#[derive(Clone)]
pub struct CookieJar(pub Arc<WriteCookie>);

/// From a token, or from none, to the header.
pub type WriteCookie = dyn Fn(Option<&str>) -> HeaderValue + Send + Sync;

/// Opens a session for one of the demo's members, by username.
#[derive(Clone)]
pub struct DemoDoor(pub Arc<dyn Fn(String) -> Entering + Send + Sync>);

/// A session on its way.
pub type Entering = Pin<Box<dyn Future<Output = services::Result<SessionToken>> + Send>>;

/// What the first paint of a page knows.
pub(crate) fn start() -> Start {
    let who = maybe_principal();
    let services = use_context::<Arc<Services>>();
    let me = who.as_ref().zip(services).map(|(who, services)| services.me(who));

    Start {
        me,
        read: use_context::<InboxHead>().and_then(|head| head.0),
        demo: use_context::<Option<DemoDoor>>().flatten().is_some(),
        operator: use_context::<Site>().unwrap_or_default().operator,
        theme: preference("theme").unwrap_or_else(|| "auto".into()),
    }
}

/// The use cases.
pub fn services() -> Result<Arc<Services>, ApiError> {
    use_context().ok_or_else(|| unavailable("no services in this context"))
}

/// The whole address of a path of this site.
pub fn address(path: &str) -> String {
    format!("{}{path}", use_context::<Site>().unwrap_or_default().origin)
}

/// Who asks; refused for visitors.
pub fn principal() -> Result<Principal, ApiError> {
    maybe_principal().ok_or_else(|| refuse(Refusal::LogInFirst))
}

/// Who asks, if anybody is logged in.
pub fn maybe_principal() -> Option<Principal> {
    use_context::<Option<Principal>>().flatten()
}

/// Where this request comes from.
pub fn visitor() -> Result<Visitor, ApiError> {
    use_context().ok_or_else(|| unavailable("no visitor in this context"))
}

/// The door of the demo; refused where there is none.
pub fn demo_door() -> Result<DemoDoor, ApiError> {
    use_context::<Option<DemoDoor>>().flatten().ok_or_else(|| refuse(Refusal::LogInFirst))
}

/// The answer of a use case as its page gets it: status set, failures logged.
pub fn answer<T>(result: services::Result<T>) -> Result<T, ApiError> {
    result.map_err(|error| match error {
        services::Error::Refused(refusal) => refuse(refusal),
        services::Error::Unavailable(source) => unavailable(source),
    })
}

/// A refusal, with its status.
pub fn refuse(refusal: Refusal) -> ApiError {
    let error = ApiError::Refused(refusal);
    set_status(status(&error));
    error
}

/// Keeps a new session and answers where its member goes on: `next`, or home.
pub fn enter(token: &SessionToken, next: &str) -> Result<String, ApiError> {
    set_session(Some(&token.0));
    let path = if is_own_path(next) { next } else { "/" };

    redirect(path);
    Ok(path.into())
}

/// Forgets the session of this browser.
pub fn leave() {
    set_session(None);
    redirect("/");
}

/// Sends a plain form on to a page. Hydrated pages go there by themselves.
pub fn redirect(path: &str) {
    let (Some(response), Ok(to)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) else { return };

    if is_plain_form() {
        response.insert_header(header::LOCATION, to);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// Keeps a harmless preference of this browser for a year, such as its theme.
pub fn set_preference(name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let (Some(response), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// A preference that [`set_preference`] kept.
pub fn preference(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());

    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Sets the status of the answer, except for a plain form: its browser must follow the way back to the form.
pub(crate) fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>()
        && !is_plain_form()
    {
        response.set_status(status);
    }
}

fn set_session(token: Option<&str>) {
    if let (Some(response), Some(jar)) = (use_context::<ResponseOptions>(), use_context::<CookieJar>()) {
        response.append_header(header::SET_COOKIE, (jar.0)(token));
    }
}

/// Logs what went wrong, once, under a reference that the member sees too.
fn unavailable(source: impl std::fmt::Display) -> ApiError {
    let id = use_context::<Arc<Services>>().map(|services| services.fresh_id()).unwrap_or_default();
    let reference = reference(id.as_bytes());
    tracing::error!(%reference, "not available: {source}");

    let error = ApiError::Unavailable { reference };
    set_status(status(&error));
    error
}

/// Six letters out of the random end of an id.
fn reference(id: &[u8; 16]) -> String {
    id[10..].iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

/// Whether a form was posted without wasm.
fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|request| {
        let accept = request.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        request.method == Method::POST && accept.is_some_and(|accept| accept.contains("text/html"))
    })
}

/// A path of this site and nothing that a browser could read as another.
fn is_own_path(path: &str) -> bool {
    let mut chars = path.chars();

    chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && path.chars().all(|letter| letter.is_ascii_graphic())
}

/// The one table of statuses.
fn status(error: &ApiError) -> StatusCode {
    use Refusal::*;

    let refusal = match error {
        ApiError::Refused(refusal) => refusal,
        ApiError::Unavailable { .. } => return StatusCode::SERVICE_UNAVAILABLE,
        ApiError::Transport(_) => return StatusCode::BAD_REQUEST,
    };
    match refusal {
        UsernameInvalid
        | DisplayNameInvalid
        | PasswordTooShort
        | PasswordTooLong
        | PasswordTooCommon
        | BirthDateInvalid
        | MarketUnknown
        | Yourself
        | MessageEmpty
        | MessageTooLong { .. }
        | ReactionUnknown
        | FrameMalformed
        | FrameTooLarge
        | VersionUnknown => StatusCode::BAD_REQUEST,

        LogInFirst | WrongCredentials => StatusCode::UNAUTHORIZED,

        SignUpClosed | SignUpByInvitation | AdministratorsOnly | TooYoung | MessagesOff | MarketClosed
        | PremiumNeeded | NoRelation | RequestNotAgain | NotReachable | NotInJam | HostOnly => StatusCode::FORBIDDEN,

        InviteUnknown | ConversationUnknown | TrackUnknown | AlbumUnknown | ArtistUnknown | JamUnknown | RowUnknown => {
            StatusCode::NOT_FOUND
        }

        UsernameTaken
        | AlreadyContacts
        | RequestAlreadyOpen
        | IdTaken
        | NothingPlaying
        | JamRequestAlreadyOpen
        | JamFull { .. }
        | QueueFull { .. }
        | NothingToPlay => StatusCode::CONFLICT,

        RequestGone | InviteExpired | InviteRevoked | JamRequestGone | JamEnded => StatusCode::GONE,

        TooManyAttempts { .. } | TooManyRequests { .. } | TooFast { .. } => StatusCode::TOO_MANY_REQUESTS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed_after_log_in() {
        for path in ["/", "/invite/abc", "/search?q=a%20b"] {
            assert!(is_own_path(path), "{path:?}");
        }
        for path in
            ["", "invite", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/\t/evil", "/ü"]
        {
            assert!(!is_own_path(path), "{path:?}");
        }
    }

    #[test]
    fn a_reference_is_six_letters() {
        assert_eq!(reference(&[0; 16]), "aaaaaa");
        assert!(reference(&[255; 16]).chars().all(|letter| letter.is_ascii_lowercase()));
    }
}
