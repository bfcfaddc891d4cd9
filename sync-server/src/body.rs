//! Bodies within bounds of bytes and time, and extractors whose errors have the server's one shape.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use bytes::{Bytes, BytesMut};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::problem::{ErrorCode, Problem};

/// The next piece of a body; `None` at its end. An error where the connection broke.
pub(crate) async fn next_piece(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    loop {
        match std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await? {
            Ok(frame) => {
                // Trailers say nothing that is used here.
                if let Ok(data) = frame.into_data() {
                    return Some(Ok(data));
                }
            }
            Err(error) => return Some(Err(error)),
        }
    }
}

/// Reads a whole body of at most `bytes_max` bytes within `timeout_ms`.
pub(crate) async fn read(mut body: Body, bytes_max: u64, timeout_ms: u64) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(
            ErrorCode::TooLarge,
            format!("the body may have at most {bytes_max} bytes"),
        )
    };
    if body.size_hint().lower() > bytes_max {
        return Err(too_large());
    }
    let reading = async {
        let mut all = BytesMut::new();
        while let Some(piece) = next_piece(&mut body).await {
            let piece = piece.map_err(|_| Problem::new(ErrorCode::Malformed, "the body was cut off"))?;
            if (all.len() + piece.len()) as u64 > bytes_max {
                return Err(too_large());
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    };
    tokio::time::timeout(Duration::from_millis(timeout_ms), reading)
        .await
        .unwrap_or_else(|_| Err(Problem::plain(ErrorCode::TooSlow)))
}

/// A JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let content_type = request
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(|value| value.starts_with("application/json")) {
            return Err(Problem::new(
                ErrorCode::UnsupportedMediaType,
                "send application/json",
            ));
        }
        let limits = &app.config.limits;
        let bytes = read(
            request.into_body(),
            limits.json_body_bytes_max,
            limits.body_read_ms_max,
        )
        .await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Problem::field("body", format!("not the JSON that is expected: {error}")))
    }
}

/// The parameters behind the question mark.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(params)| Self(params))
            .map_err(|error| Problem::field("query", error.body_text()))
    }
}
