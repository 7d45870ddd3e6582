//! Posts a form to a server function and brings back the bytes of its answer, by one piece of code for all of them.

use gloo_net::http::Request;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// What a server function answers to these URL-encoded fields.
pub async fn form(path: &str, fields: String) -> Result<Vec<u8>, ApiError> {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/x-postcard")
        .body(fields);
    let lost = |error: gloo_net::Error| ApiError::Transport(error.to_string());

    let answer = request.map_err(lost)?.send().await.map_err(lost)?;
    let bytes = answer.binary().await.map_err(lost)?;

    if answer.ok() { Ok(bytes) } else { Err(decode(&bytes).unwrap_or_else(|error| error)) }
}

/// Reads an answer.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    postcard::from_bytes(bytes).map_err(|error| ApiError::Transport(error.to_string()))
}
