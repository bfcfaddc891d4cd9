//! `POST /v1/sync`: the one request of sync.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::response::Response;
use xunge_core::sync::codec::{self, CodecError, Encoding};
use xunge_core::sync::message::{ItemResult, SyncRequest};

use crate::Caller;
use crate::app::App;
use crate::auth::Signed;
use crate::problem::{ErrorCode, Problem};

/// Takes in what a phone pushes, durably, and answers with results and news.
#[utoipa::path(
    post,
    path = "/v1/sync",
    request_body(content = Vec<u8>, content_type = "application/cbor", description = "A SyncRequest; `content-encoding: deflate` (zlib) or `br` where compressed"),
    responses(
        (status = 200, content_type = "application/cbor", description = "A SyncAnswer, one result per item"),
        (status = 401, body = crate::problem::ErrorBody), (status = 413, body = crate::problem::ErrorBody)
    ),
    security(("install" = []))
)]
pub(crate) async fn post_sync(
    State(app): State<App>,
    Signed(caller): Signed,
    request: Request,
) -> Result<Response, Problem> {
    if !matches!(caller, Caller::Install { .. }) {
        return Err(Problem::new(ErrorCode::Forbidden, "only phones sync"));
    }
    let encoding = encoding(&request)?;
    let limits = &app.config.limits;
    let body = crate::body::read(
        request.into_body(),
        limits.sync_body_bytes_max,
        limits.body_read_ms_max,
    )
    .await?;
    // A phone that deflates would have done so: this one was told not to, by an older node or by something on the way.
    let is_to_be_told = encoding == Encoding::Plain && body.len() >= codec::COMPRESS_FROM_BYTES;
    let unpacked_max = usize::try_from(limits.sync_unpacked_bytes_max).unwrap_or(usize::MAX);
    let packed = app
        .blocking(move |service| -> Result<_, Problem> {
            let request: SyncRequest = codec::unpack(&body, encoding, unpacked_max)?;
            let answer = service.sync(&caller, &request)?;
            count_items(&answer.results);
            Ok(codec::pack_answer(&answer))
        })
        .await?;
    let mut response = Response::new(Body::from(packed.bytes));
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(codec::CONTENT_TYPE));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    if let Some(name) = packed.encoding.header() {
        headers.insert("content-encoding", HeaderValue::from_static(name));
    }
    if is_to_be_told {
        headers.insert("accept-encoding", HeaderValue::from_static(codec::TAKEN));
    }
    Ok(response)
}

fn encoding(request: &Request) -> Result<Encoding, Problem> {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value.map(|value| value.to_str().unwrap_or("?"))
    };
    if header("content-type") != Some(codec::CONTENT_TYPE) {
        return Err(Problem::new(
            ErrorCode::UnsupportedMediaType,
            "send application/cbor",
        ));
    }
    Encoding::of_header(header("content-encoding")).ok_or_else(|| {
        Problem::new(
            ErrorCode::UnsupportedMediaType,
            "the content encoding may be deflate, br or none",
        )
    })
}

fn count_items(results: &[ItemResult]) {
    for result in results {
        let outcome = crate::import::rescue::outcome(result);
        metrics::counter!("xunge_sync_items_total", "outcome" => outcome).increment(1);
    }
}

impl From<CodecError> for Problem {
    fn from(error: CodecError) -> Self {
        match error {
            CodecError::TooLarge { .. } => Self::new(ErrorCode::TooLarge, error.to_string()),
            CodecError::Damaged | CodecError::Cbor(_) => Self::field("body", error.to_string()),
        }
    }
}
