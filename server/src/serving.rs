//! Connections: accepted, served, and ended in time whatever their other side does.
//!
//! Browsers speak HTTP/2 with TLS only, which is a proxy's work, so HTTP/1.1 is all that is spoken here.

use std::{io::ErrorKind, net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long a connection may take until a request has a head, the first as well as the next: longer than the minute for
/// which proxies keep one that is idle.
const HEAD_WITHIN: Duration = Duration::from_secs(75);
/// How long answers that are on their way may take at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// How long accepting rests when the system has nothing to accept with.
const REST: Duration = Duration::from_secs(1);

/// Serves until `shutdown`, then lets answers that are on their way end for a moment, and closes what is left.
pub(crate) async fn serve(routes: Router, listener: TcpListener, shutdown: &CancellationToken) {
    let mut http = Builder::new(TokioExecutor::new()).http1_only();
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let ending = GracefulShutdown::new();
    let mut connections = JoinSet::new();

    while let Some((stream, peer)) = shutdown.run_until_cancelled(accept(&listener)).await {
        let routes = routes.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            request.map(Body::new)
        });
        let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(routes));
        connections.spawn(ending.watch(connection.into_owned()));
        // Those that are over need no place any more.
        while connections.try_join_next().is_some() {}
    }

    drop(listener);
    let _ = tokio::time::timeout(LAST_ANSWERS, ending.shutdown()).await;
    connections.shutdown().await;
}

/// The next visitor. One who is gone already is passed over; a system without free files gets a moment.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one(error.kind()) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

fn is_of_one(error: ErrorKind) -> bool {
    matches!(error, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}
