//! Pages and commands: what Leptos renders and runs, with the context of the request that asked for it.

use app::server::{CookieJar, InboxHead, Site};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context};

use crate::{security, session, site, visit::Visit, web::Web};

/// All routes of the app, and its server functions.
pub(crate) fn routes(web: &Web) -> Router<Web> {
    let context = context(web);

    Router::new().leptos_routes_with_context(web, generate_route_list(app::App), context, app::shell)
}

/// A file of the site, or the page that says that there is nothing here.
pub(crate) async fn file_or_nothing(State(web): State<Web>, request: Request) -> Response {
    if !security::is_fetch(request.method()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(file) = site::serve(request.uri().path(), request.headers(), &web.hashed) {
        return file;
    }

    let page = render_app_async_with_context(context(&web), app::shell);
    let mut response = page(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Commands run to their end even when the one who sent them has gone: what was begun is finished or refused as a whole.
pub(crate) async fn to_the_end(State(web): State<Web>, request: Request<Body>, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }

    match web.tasks.spawn(next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Provides what `app::server` asks for. While routes are listed there is no request, and nothing is provided.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let web = web.clone();

    move || {
        provide_context(web.files.clone());
        let Some(visit) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Visit>().cloned()) else {
            return;
        };
        let place = visit.place.clone();

        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
            let policy = security::page_policy(&place, &nonce);
            let policy =
                HeaderValue::from_str(&policy).expect("origins and nonces are made of letters that headers may hold");
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        }
        provide_context(web.services.clone());
        provide_context(visit.principal);
        provide_context(visit.visitor);
        provide_context(InboxHead(visit.head));
        provide_context(Site { operator: web.operator.to_string(), origin: place.origin.clone() });
        provide_context(web.demo_door.clone());
        provide_context(CookieJar(std::sync::Arc::new(move |token| session::cookie(&place, token))));
    }
}
