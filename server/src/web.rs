//! Everything that requests share, and the table of routes.

use std::{sync::Arc, time::Duration};

use app::server::{DemoDoor, SiteFiles};
use axum::{
    Router,
    extract::FromRef,
    middleware::from_fn_with_state,
    routing::{any, get},
};
use bus::NatsBus;
use hub::Hub;
use leptos::config::LeptosOptions;
use media::Library;
use services::Services;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::{live, music, operators, pages, place::Places, security, site::Hashed, visit};

/// How long the next part of a request's body may take.
const BODY_GOES_ON_WITHIN: Duration = Duration::from_secs(30);

/// What requests share; cheap to clone.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) services: Arc<Services>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) library: Arc<Library>,
    pub(crate) places: Arc<Places>,
    pub(crate) files: SiteFiles,
    pub(crate) hashed: Hashed,
    pub(crate) operator: Arc<str>,
    pub(crate) demo_door: Option<DemoDoor>,
    pub(crate) leptos: LeptosOptions,
    pub(crate) nats: Option<NatsBus>,
    pub(crate) public_metrics: bool,
    /// Commands that run; waited for at the end.
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
}

impl FromRef<Web> for LeptosOptions {
    fn from_ref(web: &Web) -> Self {
        web.leptos.clone()
    }
}

/// All routes.
pub(crate) fn router(web: Web) -> Router {
    let for_visitors = Router::new()
        .route("/media/{track}", get(music::track))
        .route("/artwork/{id}/{size}", get(music::artwork))
        .merge(pages::routes(&web))
        .fallback(pages::file_or_nothing)
        .layer(from_fn_with_state(web.clone(), pages::to_the_end))
        .layer(RequestBodyTimeoutLayer::new(BODY_GOES_ON_WITHIN))
        .layer(from_fn_with_state(web.clone(), visit::find));

    Router::new()
        .route("/healthz", get(operators::healthz))
        .route("/readyz", get(operators::readyz))
        .route("/metrics", get(operators::metrics))
        .route("/ws", any(live::open))
        .merge(for_visitors)
        .layer(from_fn_with_state(web.places.clone(), security::guard))
        .with_state(web)
}
