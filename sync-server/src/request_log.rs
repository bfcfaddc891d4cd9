//! One line and one id for each request, without personal data: method, route, status, time and sizes; never paths with ids, addresses,
//! tokens or bodies. Also where problems get their request id and their body.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use rand::Rng;

use crate::problem::Problem;

/// The id of the request at hand, 16 hexadecimal digits; it stands in the log and in the header `x-request-id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Wraps every route.
pub(crate) async fn log_request(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let mut bytes = [0; 8];
    rand::rng().fill_bytes(&mut bytes);
    let id = hex::encode(bytes);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let headers = response.headers().clone();
        response = problem.response(&id);
        keep_protocol_headers(&headers, &mut response);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let status = response.status().as_u16();
    let took = started.elapsed();
    crate::metrics::count_request(&route, status, took.as_secs_f64());
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(request.id = id, request.method = %method, request.route = route, status, took_ms, "answered a request with a failure");
    } else {
        tracing::info!(request.id = id, request.method = %method, request.route = route, status, took_ms, "answered a request");
    }
    response
}

/// Headers that a protocol asks for even on errors (tus) outlive the rewriting of the body.
fn keep_protocol_headers(from: &axum::http::HeaderMap, to: &mut Response) {
    for (name, value) in from {
        let is_protocol = name.as_str().starts_with("tus-") || name.as_str().starts_with("upload-");
        if is_protocol || name.as_str() == "allow" || name.as_str() == "content-range" {
            to.headers_mut().insert(name.clone(), value.clone());
        }
    }
}
