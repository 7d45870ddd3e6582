//! What operators and their tools look at: is it alive, does it serve, how much is going on.

use std::fmt::Write;

use axum::{Extension, extract::State};
use http::StatusCode;

use crate::{place::Place, web::Web};

/// The process runs.
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// The store answers and the server is not about to stop.
pub(crate) async fn readyz(State(web): State<Web>) -> (StatusCode, &'static str) {
    if web.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }

    match web.services.is_empty().await {
        Ok(_) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer")
        }
    }
}

/// A few counters as Prometheus reads them. Numbers of the whole server only, nothing of one member.
pub(crate) async fn metrics(State(web): State<Web>, Extension(place): Extension<Place>) -> (StatusCode, String) {
    if !web.public_metrics && !place.address.is_loopback() {
        return (StatusCode::NOT_FOUND, String::new());
    }
    let scan = services::ports::Media::progress(&*web.library);
    let table = [
        ("earshot_sockets", "Open live connections.", web.hub.sockets() as u64),
        ("earshot_scan_running", "1 while music folders are being scanned.", scan.running.into()),
        ("earshot_scan_files_found", "Music files found by the last scan.", scan.found.into()),
        ("earshot_scan_files_done", "Music files looked at by the last scan.", scan.done.into()),
        ("earshot_scan_files_failed", "Music files that the last scan could not read.", scan.failed.into()),
    ];

    let text = table.iter().fold(String::new(), |mut text, (name, help, value)| {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
        text
    });
    (StatusCode::OK, text)
}
