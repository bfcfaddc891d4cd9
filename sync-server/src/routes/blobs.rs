//! `GET` and `HEAD /v1/blobs/{sha256}`: finished attachments, for whoever may see one of their reports; for everybody else there is no
//! such file. Never served as something that a browser would run.

use std::ops::Range;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use xunge_core::attachment::BlobHash;

use crate::Caller;
use crate::app::App;
use crate::auth::Signed;
use crate::problem::{ErrorCode, Problem};

/// A finished attachment, whole or in part (`Range: bytes=…`).
#[utoipa::path(
    get,
    path = "/v1/blobs/{sha256}",
    params(("sha256" = String, Path, description = "SHA-256 of the file, 64 hexadecimal digits")),
    responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 307, description = "The bytes are in a bucket; the address holds for five minutes"), (status = 404, body = crate::problem::ErrorBody)),
    security(("install" = []), ("session" = []))
)]
pub(crate) async fn get_blob(
    State(app): State<App>,
    Signed(caller): Signed,
    method: Method,
    headers: HeaderMap,
    Path(hash): Path<String>,
) -> Result<Response, Problem> {
    let absent = || Problem::new(ErrorCode::NotFound, "no such blob");
    let hash: BlobHash = hash.parse().map_err(|_| absent())?;
    let is_phone = matches!(caller, Caller::Install { .. });
    let info = app.blocking(move |service| service.blob(&caller, hash)).await?;
    if is_phone
        && method == Method::GET
        && let Some(address) = app.blobs.presigned(hash).await?
    {
        return Ok(elsewhere(&address));
    }
    let range = match headers.get("range") {
        Some(value) => parse_range(value, info.size_bytes)
            .map_err(|()| Problem::plain(ErrorCode::RangeNotSatisfiable))?,
        None => None,
    };
    let (status, range) = match range {
        Some(range) => (StatusCode::PARTIAL_CONTENT, range),
        None => (StatusCode::OK, 0..info.size_bytes),
    };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        let asked = (status == StatusCode::PARTIAL_CONTENT).then(|| range.clone());
        let part = app.blobs.get(hash, asked).await?.ok_or_else(absent)?;
        Body::from(part.bytes)
    };
    let mut response = (status, body).into_response();
    describe(
        response.headers_mut(),
        &info.media_type,
        hash,
        &range,
        info.size_bytes,
    );
    if status == StatusCode::OK {
        response.headers_mut().remove("content-range");
    }
    Ok(response)
}

/// Sends a phone to the bucket. The address holds for some minutes, and for whoever has it, so that nobody may keep the answer.
fn elsewhere(address: &str) -> Response {
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    if let Ok(value) = HeaderValue::from_str(address) {
        response.headers_mut().insert("location", value);
    }
    let headers = response.headers_mut();
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    response
}

fn describe(headers: &mut HeaderMap, media_type: &str, hash: BlobHash, range: &Range<u64>, size_bytes: u64) {
    let end = if media_type.starts_with("audio/") {
        "m4a"
    } else {
        "jpg"
    };
    let texts = [
        ("content-type", media_type.to_owned()),
        ("content-length", (range.end - range.start).to_string()),
        (
            "content-range",
            format!(
                "bytes {}-{}/{size_bytes}",
                range.start,
                range.end.saturating_sub(1)
            ),
        ),
        (
            "content-disposition",
            format!("attachment; filename=\"{hash}.{end}\""),
        ),
        ("etag", format!("\"{hash}\"")),
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
    for (name, text) in [
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        // Bytes under a hash never change, but who may see them does.
        ("cache-control", "private, max-age=3600"),
    ] {
        headers.insert(name, HeaderValue::from_static(text));
    }
}

/// One range within the file; `None` for several or another unit, which may be answered with the whole. An error where none lies within.
fn parse_range(value: &HeaderValue, size_bytes: u64) -> Result<Option<Range<u64>>, ()> {
    let Some(text) = value.to_str().ok().and_then(|text| text.strip_prefix("bytes=")) else {
        return Ok(None);
    };
    let Some((first, last)) = text.split_once('-').filter(|_| !text.contains(',')) else {
        return Ok(None);
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match (first.trim().is_empty(), number(first), number(last)) {
        (true, _, Some(count)) => size_bytes.saturating_sub(count)..size_bytes,
        (false, Some(first), Some(last)) if last >= first => first..size_bytes.min(last.saturating_add(1)),
        (false, Some(first), None) if last.trim().is_empty() => first..size_bytes,
        _ => return Ok(None),
    };
    if range.start < range.end {
        Ok(Some(range))
    } else {
        Err(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_the_file_and_refused_beyond_it() {
        let parse = |text: &'static str| parse_range(&HeaderValue::from_static(text), 10);
        assert_eq!(parse("bytes=0-3"), Ok(Some(0..4)));
        assert_eq!(parse("bytes=4-"), Ok(Some(4..10)));
        assert_eq!(parse("bytes=-3"), Ok(Some(7..10)));
        assert_eq!(parse("bytes=8-99"), Ok(Some(8..10)));
        assert_eq!(parse("bytes=10-12"), Err(()));
        assert_eq!(parse("bytes=0-1,4-5"), Ok(None));
        assert_eq!(parse("lines=0-1"), Ok(None));
        assert_eq!(parse("bytes=5-2"), Ok(None));
    }
}
