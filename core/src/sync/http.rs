//! What requests and answers look like over HTTP, and what their statuses mean. No sockets here.

use super::failure::SyncFailure;
use super::transport::HttpResponse;
use crate::json;

/// The media type of sync bodies.
pub const CONTENT_TYPE: &str = "application/cbor";

/// The stable code in an error body `{"error": {"code": …}}`; `None` where the body is not ours.
pub fn error_code(response: &HttpResponse) -> Option<String> {
    let body: serde_json::Value = json::read_bytes(&response.body).ok()?;
    Some(body.get("error")?.get("code")?.as_str()?.to_owned())
}

/// `Ok` for 2xx; otherwise what the status means to a phone.
///
/// A redirect, or an error without our body on a status that our server gives only with one, is somebody else's (a captive portal, a
/// proxy).
pub fn check_status(response: &HttpResponse) -> Result<(), SyncFailure> {
    let code = error_code(response);
    let is_ours = code.is_some();
    let code = code.unwrap_or_default();
    Err(match response.status {
        200..=299 => return Ok(()),
        300..=399 => SyncFailure::NotTheServer,
        401 if is_ours => SyncFailure::SignInRequired,
        403 if is_ours => SyncFailure::Forbidden(code),
        408 => SyncFailure::Server { status: 408 },
        413 => SyncFailure::TooLarge,
        423 | 429 | 503 => SyncFailure::Busy {
            retry_after_ms: response
                .header("retry-after")
                .and_then(|seconds| seconds.trim().parse::<u64>().ok())
                .map(|seconds| seconds.saturating_mul(1_000)),
        },
        400..=499 if is_ours => SyncFailure::Rejected {
            status: response.status,
            code,
        },
        400..=499 => SyncFailure::NotTheServer,
        status => SyncFailure::Server { status },
    })
}

/// Whether the answer says that it is CBOR; a captive portal's page says `text/html`.
pub fn is_cbor(response: &HttpResponse) -> bool {
    response
        .header("content-type")
        .is_some_and(|value| value.split(';').next().is_some_and(|t| t.trim() == CONTENT_TYPE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![("Content-Type".into(), content_type.into())],
            body: body.into(),
        }
    }

    #[test]
    fn a_captive_portal_is_not_the_server() {
        let page = answer(200, "text/html", "<html>log in</html>");
        assert!(!is_cbor(&page));
        assert_eq!(
            check_status(&answer(302, "text/html", "")),
            Err(SyncFailure::NotTheServer)
        );
        assert_eq!(
            check_status(&answer(401, "text/html", "<html>")),
            Err(SyncFailure::NotTheServer)
        );
        let ours = answer(401, "application/json", r#"{"error":{"code":"unknown_token"}}"#);
        assert_eq!(check_status(&ours), Err(SyncFailure::SignInRequired));
        assert!(is_cbor(&answer(200, "application/cbor; x=1", "")));
    }
}
