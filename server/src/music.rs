//! Music and covers over HTTP, for members only.

use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{ArtworkId, Refusal, TrackId};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use media::{artwork::ArtworkError, ranges::Range, resolver::OpenMedia};
use services::Error;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::{
    visit::{Visit, unavailable},
    web::Web,
};

/// Read from a file at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// Covers are named by their content.
const COVERS: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// Files can change, so browsers ask again; the tag makes that cheap.
const MUSIC: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The bytes of a track, whole or in part.
pub(crate) async fn track(
    State(web): State<Web>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(who) = visit.principal else { return log_in_first() };
    let Ok(id) = id.parse::<TrackId>() else { return refused(Refusal::TrackUnknown) };

    let stored = match web.services.track_file(&who, id).await {
        Ok(stored) => stored,
        Err(Error::Refused(refusal)) => return refused(refusal),
        Err(error) => return unavailable(&error),
    };
    match web.library.resolver().open(&stored).await {
        Ok(media) => send(media, &headers).await,
        Err(error) => {
            tracing::warn!(path = stored.path, %error, "a track cannot be opened");
            refused(Refusal::TrackUnknown)
        }
    }
}

/// A cover in one of the sizes that are made.
pub(crate) async fn artwork(
    State(web): State<Web>,
    Extension(visit): Extension<Visit>,
    Path((id, size)): Path<(String, String)>,
) -> Response {
    if visit.principal.is_none() {
        return log_in_first();
    }
    let (Ok(id), Ok(size)) = (id.parse::<ArtworkId>(), size.parse()) else { return no_such_picture() };

    let bytes = match web.library.artwork_file(id, size).await {
        Ok(path) => tokio::fs::read(path).await.map_err(ArtworkError::from),
        Err(error) => Err(error),
    };
    match bytes {
        Ok(bytes) => {
            let about =
                [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")), (header::CACHE_CONTROL, COVERS)];
            (about, bytes).into_response()
        }
        Err(ArtworkError::Cache(error)) => unavailable(&error),
        Err(_) => no_such_picture(),
    }
}

async fn send(mut media: OpenMedia, asked: &HeaderMap) -> Response {
    let about = About::of(&media);
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| *known == about.tag) {
        return (StatusCode::NOT_MODIFIED, about.headers()).into_response();
    }

    let range = asked.get(header::RANGE).filter(|_| about.still_holds(asked)).and_then(|range| range.to_str().ok());
    let range = Range::of(range, media.size_bytes);
    let (status, start) = match range {
        Range::Whole => (StatusCode::OK, 0),
        Range::Part { start, .. } => (StatusCode::PARTIAL_CONTENT, start),
        Range::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, 0),
    };
    if let Err(error) = media.file.seek(std::io::SeekFrom::Start(start)).await {
        return unavailable(&error);
    }

    let length = range.length(media.size_bytes);
    let bytes = ReaderStream::with_capacity(media.file.take(length), CHUNK_BYTES);
    let mut response = (status, about.headers(), Body::from_stream(bytes)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&media.mime).unwrap_or(BYTES));
    if let Some(part) = range.content_range(media.size_bytes) {
        headers.insert(header::CONTENT_RANGE, HeaderValue::from_str(&part).expect("digits may stand in headers"));
    }
    response
}

const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// What names one version of a file.
struct About {
    tag: HeaderValue,
    modified: Option<HeaderValue>,
}

impl About {
    fn of(media: &OpenMedia) -> Self {
        let tag = format!("\"{:x}-{:x}\"", media.size_bytes, media.modified_ms);
        let modified = Timestamp::from_millisecond(media.modified_ms).ok();
        let modified = modified.and_then(|at| DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok());

        Self {
            tag: HeaderValue::from_str(&tag).expect("hexadecimal digits may stand in headers"),
            modified: modified.and_then(|text| HeaderValue::from_str(&text).ok()),
        }
    }

    /// Whether the part that a browser wants belongs to the file as it is now.
    fn still_holds(&self, asked: &HeaderMap) -> bool {
        asked.get(header::IF_RANGE).is_none_or(|known| *known == self.tag || Some(known) == self.modified.as_ref())
    }

    fn headers(&self) -> HeaderMap {
        let always: [(HeaderName, HeaderValue); 3] = [
            (header::ETAG, self.tag.clone()),
            (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
            (header::CACHE_CONTROL, MUSIC),
        ];
        let modified = self.modified.clone().map(|modified| (header::LAST_MODIFIED, modified));

        always.into_iter().chain(modified).collect()
    }
}

fn log_in_first() -> Response {
    (StatusCode::UNAUTHORIZED, Refusal::LogInFirst.to_string()).into_response()
}

fn refused(refusal: Refusal) -> Response {
    (StatusCode::NOT_FOUND, refusal.to_string()).into_response()
}

fn no_such_picture() -> Response {
    (StatusCode::NOT_FOUND, "There is no such picture.").into_response()
}
