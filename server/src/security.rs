//! What stands between other people's pages and our members: one guard for everything that changes something, and the
//! headers that tell browsers how narrow a page of ours is.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::place::{Place, Places};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const EMBEDDER_POLICY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What anything but a page of ours may do: nothing.
const CLOSED: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");

/// The outermost layer: finds the place of a request, turns foreign ones away, and narrows every answer, these included.
pub async fn guard(
    State(places): State<Arc<Places>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(place) = places.of(peer.ip(), request.headers()) else {
        let words = "This is not an address of this server. Whoever runs it can name its address in site.public_url, or \
                     allow plain http with site.allow_plain_http.";
        let mut response = (StatusCode::MISDIRECTED_REQUEST, words).into_response();
        narrow(None, response.headers_mut());
        return response;
    };

    request.extensions_mut().insert(place.clone());
    let mut response = match request.method().is_safe() || is_own(&place, request.headers()) {
        true => next.run(request).await,
        false => foreign(),
    };
    narrow(Some(&place), response.headers_mut());
    response
}

/// Whether a request comes from a page of ours. Both headers are checked: old browsers send only `Origin`, and what
/// sends neither is no browser and carries no cookie of a member unknowingly.
pub fn is_own(place: &Place, headers: &HeaderMap) -> bool {
    let site_is_own = headers.get(SEC_FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none");
    let origin_is_own = headers
        .get(header::ORIGIN)
        .is_none_or(|origin| origin.as_bytes().eq_ignore_ascii_case(place.origin.as_bytes()));

    site_is_own && origin_is_own
}

/// The answer to a request that a page of somebody else made.
pub fn foreign() -> Response {
    (StatusCode::FORBIDDEN, "This came from a page of another site. Open Earshot itself and try again.").into_response()
}

/// What a page of ours may load and do.
pub fn page_policy(place: &Place, nonce: &str) -> String {
    let live = place.origin.replacen("http", "ws", 1);

    [
        "default-src 'none'".into(),
        format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        format!("style-src 'self' 'nonce-{nonce}'"),
        // Colours of covers and lengths of bars; an attribute can load nothing that img-src does not allow.
        "style-src-attr 'unsafe-inline'".into(),
        "img-src 'self' data: blob:".into(),
        "media-src 'self' blob:".into(),
        "font-src 'self'".into(),
        format!("connect-src 'self' {live}"),
        "manifest-src 'self'".into(),
        "worker-src 'self'".into(),
        "form-action 'self'".into(),
        "object-src 'none'".into(),
        "base-uri 'none'".into(),
        "frame-ancestors 'none'".into(),
    ]
    .join("; ")
}

fn narrow(place: Option<&Place>, headers: &mut HeaderMap) {
    let mut unless_set = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };

    unless_set(header::CONTENT_SECURITY_POLICY, CLOSED);
    unless_set(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    unless_set(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    unless_set(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    if place.is_some_and(|place| place.secure) {
        unless_set(OPENER_POLICY, HeaderValue::from_static("same-origin"));
        unless_set(EMBEDDER_POLICY, HeaderValue::from_static("require-corp"));
    }
    if place.is_some_and(|place| place.https) {
        unless_set(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

/// Methods that pages are fetched with.
pub fn is_fetch(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_may_change_something() {
        let place = Place {
            address: [127, 0, 0, 1].into(),
            origin: "http://127.0.0.1:3000".into(),
            secure: true,
            https: false,
        };
        let own = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
            is_own(&place, &headers.collect())
        };

        assert!(own(&[]));
        assert!(own(&[("origin", "http://127.0.0.1:3000")]));
        assert!(own(&[("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-origin")]));
        assert!(!own(&[("origin", "http://127.0.0.1:3001")]), "another port is another site");
        assert!(!own(&[("origin", "https://127.0.0.1:3000")]));
        assert!(!own(&[("origin", "null")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(!own(&[("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "cross-site")]));
    }
}
