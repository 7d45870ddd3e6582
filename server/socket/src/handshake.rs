//! From a request to an open socket.

use axum::{
    extract::{
        FromRequestParts,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use http::{Request, request::Parts};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::{rt::TokioIo, server::conn::auto::upgrade};
use tokio::net::TcpStream;

use crate::Socket;

/// A request that asks for a WebSocket as it should.
pub struct Handshake {
    agreement: WebSocketUpgrade,
    connection: OnUpgrade,
}

impl<S: Send + Sync> FromRequestParts<S> for Handshake {
    type Rejection = WebSocketUpgradeRejection;

    /// axum looks at the headers and makes the answer. It would put buffers of its own before the connection, so what
    /// it gets to upgrade is nothing.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let nothing = hyper::upgrade::on(Request::new(()));
        let connection = parts.extensions.insert(nothing.clone());
        let agreement = WebSocketUpgrade::from_request_parts(parts, state).await?;

        Ok(Self { agreement, connection: connection.unwrap_or(nothing) })
    }
}

impl Handshake {
    /// Agrees, and serves the socket when it is open, in a task of its own: that of the handshake has room for what a
    /// socket does not need.
    pub fn accept<F>(self, serve: impl FnOnce(Socket<TcpStream>) -> F + Send + 'static) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(async move {
            match self.connection.await.map(opened) {
                Ok(Some(socket)) => drop(tokio::spawn(serve(socket))),
                Ok(None) => tracing::error!("a socket is not served: only plain TCP is, TLS is a proxy's work"),
                Err(error) => tracing::debug!(%error, "a socket has ended before it was open"),
            }
        });

        self.agreement.on_upgrade(|_| async {})
    }
}

/// The connection without what HTTP has put around it.
fn opened(upgraded: Upgraded) -> Option<Socket<TcpStream>> {
    let parts = upgrade::downcast::<TokioIo<TcpStream>>(upgraded).ok()?;
    let stream = parts.io.into_inner();

    // Small frames must not wait for the acknowledgement of those before them. A connection that cannot be told is over.
    let _ = stream.set_nodelay(true);
    Some(Socket::new(stream, &parts.read_buf))
}
