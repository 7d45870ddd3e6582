//! The files of the site: the built wasm, JavaScript and style sheet, and what stands in `public/`.
//!
//! In a release they are inside the program; a debug build reads them from `site/` at each request. Nothing outside
//! that folder can be named.

use std::sync::Arc;

use app::server::SiteFiles;
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

const SERVICE_WORKER_ALLOWED: HeaderName = HeaderName::from_static("service-worker-allowed");
/// A file whose name holds the hash of its content never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Asked for again each time; answered with 304 while it is the same.
const CHECKED: HeaderValue = HeaderValue::from_static("no-cache");
/// The offline page and the service worker need nothing but other files of the site.
const OWN_FILES: HeaderValue =
    HeaderValue::from_static("default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'");

#[derive(RustEmbed)]
#[folder = "../site"]
struct Site;

/// The names that the build gave to its files, written by it to `site/pkg/manifest.json`.
#[derive(Deserialize)]
struct Manifest {
    js: String,
    wasm: String,
    css: String,
}

/// Where pages find the built files. Without a manifest they have their plain names, as `cargo leptos watch` leaves them.
pub(crate) fn files() -> SiteFiles {
    let manifest = Site::get("pkg/manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
    let Manifest { js, wasm, css } = manifest.unwrap_or_else(|| Manifest {
        js: "earshot.js".into(),
        wasm: "earshot.wasm".into(),
        css: "earshot.css".into(),
    });
    let address = |name: String| format!("/pkg/{}", name.trim_start_matches("/pkg/"));

    SiteFiles { js: address(js), wasm: address(wasm), css: address(css) }
}

/// The files whose names hold a hash.
#[derive(Clone)]
pub(crate) struct Hashed(Arc<[String]>);

impl Hashed {
    pub(crate) fn new(files: &SiteFiles) -> Self {
        let plain = ["/pkg/earshot.js", "/pkg/earshot.wasm", "/pkg/earshot.css"];
        let all = [&files.js, &files.wasm, &files.css];

        Self(all.into_iter().filter(|name| !plain.contains(&name.as_str())).cloned().collect())
    }

    fn holds(&self, path: &str) -> bool {
        self.0.iter().any(|name| name == path)
    }
}

/// The file of this path, if there is one.
pub(crate) fn serve(path: &str, headers: &HeaderMap, hashed: &Hashed) -> Option<Response> {
    let name = path.strip_prefix('/').filter(|name| !name.is_empty() && !name.ends_with(".br"))?;
    let plain = Site::get(name)?;
    let smaller = accepts_brotli(headers).then(|| Site::get(&format!("{name}.br"))).flatten();
    let encoding = smaller.is_some().then_some("br");
    let file = smaller.unwrap_or(plain);

    let tag = tag(&file);
    let caching = if hashed.holds(path) { FOR_EVER } else { CHECKED };
    let same = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag);
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { body(file).into_response() };

    let about = response.headers_mut();
    about.insert(header::CONTENT_TYPE, content_type(name));
    about.insert(header::CACHE_CONTROL, caching);
    about.insert(header::ETAG, tag);
    about.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        about.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    about.insert(header::CONTENT_SECURITY_POLICY, OWN_FILES);
    if name == "sw.js" {
        about.insert(SERVICE_WORKER_ALLOWED, HeaderValue::from_static("/"));
    }
    Some(response)
}

fn body(file: EmbeddedFile) -> Body {
    Body::from(file.data.into_owned())
}

fn tag(file: &EmbeddedFile) -> HeaderValue {
    let hash: String = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();

    HeaderValue::from_str(&format!("\"{hash}\"")).expect("hexadecimal digits may stand in headers")
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();

    accepted.split(',').any(|coding| coding.split(';').next().is_some_and(|name| name.trim() == "br"))
}

fn content_type(name: &str) -> HeaderValue {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);

    HeaderValue::from_static(match ending {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_site_can_be_named() {
        let hashed = Hashed::new(&files());

        for path in
            ["/../Cargo.toml", "/pkg/../../Cargo.toml", "/..%2fCargo.toml", "/%2e%2e/Cargo.toml", "//etc/passwd", "/"]
        {
            assert!(serve(path, &HeaderMap::new(), &hashed).is_none(), "{path}");
        }
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        let takes = |line: &'static str| {
            accepts_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(line))]))
        };

        assert!(takes("gzip, deflate, br, zstd") && takes("br;q=1.0"));
        assert!(!takes("gzip") && !takes("brotli-like"));
    }
}
