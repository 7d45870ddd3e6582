//! What a page reads from the server for its first paint, and again whenever what it depends on changes.

use codee::binary::PostcardCodec;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::error::ApiError;

/// Something read from the server. The first value travels inside the page.
pub type Data<T> = Resource<Result<T, ApiError>, PostcardCodec>;

/// Reads now, and again whenever `source` changes.
pub fn read<T, S, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Data<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    S: PartialEq + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    Data::new_with_options(source, fetch, false)
}
