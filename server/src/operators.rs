//! What operators and their tools look at: is it alive, does it serve, how much is going on.

use std::{fmt::Write, time::Duration};

use axum::{Extension, extract::State};
use http::StatusCode;

use crate::{place::Place, web::Web};

/// Load balancers ask every few seconds and are not to wait for longer.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// The process runs.
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// The store answers and the server is not about to stop.
pub(crate) async fn readyz(State(web): State<Web>) -> (StatusCode, &'static str) {
    if web.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }

    match tokio::time::timeout(READY_WITHIN, web.services.is_empty()).await {
        Ok(Ok(_)) => return (StatusCode::OK, "ready"),
        Ok(Err(error)) => tracing::warn!(%error, "not ready"),
        Err(_) => tracing::warn!("not ready: the store takes too long"),
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer")
}

/// A few figures as Prometheus reads them. Numbers of this node only, nothing of one member.
pub(crate) async fn metrics(State(web): State<Web>, Extension(place): Extension<Place>) -> (StatusCode, String) {
    if !web.public_metrics && !place.address.is_loopback() {
        return (StatusCode::NOT_FOUND, String::new());
    }
    let scan = services::ports::Media::progress(&*web.library);
    let here = web.services.present();
    let mut table = vec![
        ("sockets", "gauge", "Open live connections.", web.hub.sockets() as u64),
        ("members_sounding", "gauge", "Members whose sounding tab this node looks after.", here.sounding as u64),
        ("jams_owned", "gauge", "Running Jams that this node moves on.", here.jams as u64),
        ("nodes_working", "gauge", "Nodes over this database that work, this one included.", here.nodes as u64),
        ("scan_running", "gauge", "1 while music folders are being scanned.", scan.running.into()),
        ("scan_files_found", "gauge", "Music files found by the last scan.", scan.found.into()),
        ("scan_files_done", "gauge", "Music files looked at by the last scan.", scan.done.into()),
        ("scan_files_failed", "gauge", "Music files that the last scan could not read.", scan.failed.into()),
    ];
    if let Some(nats) = &web.nats {
        let counted = nats.metrics();
        table.extend([
            ("bus_connected", "gauge", "1 while notes reach the other nodes.", nats.connected().into()),
            ("bus_notes_sent_total", "counter", "Notes handed to NATS.", counted.sent),
            ("bus_notes_received_total", "counter", "Notes heard from other nodes.", counted.received),
            ("bus_notes_dropped_total", "counter", "Notes that other nodes did not get.", counted.dropped),
            ("bus_notes_strange_total", "counter", "What came from NATS and was no note.", counted.undecodable),
        ]);
    }

    let text = table.iter().fold(String::new(), |mut text, (name, kind, help, value)| {
        let _ = write!(text, "# HELP earshot_{name} {help}\n# TYPE earshot_{name} {kind}\nearshot_{name} {value}\n");
        text
    });
    (StatusCode::OK, text)
}
