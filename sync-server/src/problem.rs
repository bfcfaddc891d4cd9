//! The one shape of errors over HTTP: `{"error": {"code", "message", "request_id", "field"?, "refusal"?}}`.
//!
//! Codes are stable, listed in `docs/errors.md` (a test keeps list and enum equal) and never reused. Messages are for developers and name
//! no people, positions or tokens. The request's id is filled in by [`crate::request_log`].

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use xunge_core::command::Refusal;

use crate::store::StoreError;

macro_rules! codes {
    ($( $(#[doc = $about:literal])+ $name:ident = $code:literal, $status:literal ; )+) => {
        /// A stable code. The text form is what clients read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode { $( $(#[doc = $about])+ $name, )+ }

        impl ErrorCode {
            /// Every code, in the order of `docs/errors.md`.
            pub const ALL: &'static [Self] = &[ $( Self::$name, )+ ];
            /// The text form.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$name => $code, )+ }
            }
            /// The status that always goes with the code.
            pub const fn status(self) -> u16 {
                match self { $( Self::$name => $status, )+ }
            }
            /// What it means and what to do.
            pub const fn about(self) -> &'static str {
                match self { $( Self::$name => concat!($($about),+).trim_ascii(), )+ }
            }
        }
    };
}

codes! {
    /// The request is not readable as what it should be. Correct it; sending it again changes nothing.
    Malformed = "malformed", 400;
    /// Nobody is signed in, or the token is not good. Sign in, or enrol again.
    Unauthorized = "unauthorized", 401;
    /// Name and password do not fit. Try again; after some wrong tries the account waits.
    SignInFailed = "sign_in_failed", 401;
    /// The caller may not do this. Ask the administrator for the right post.
    Forbidden = "forbidden", 403;
    /// Name and password fit, and a second step is on: send the authenticator's `code` too.
    SecondFactorNeeded = "second_factor_needed", 401;
    /// The caller's post requires a second step at log-in, and none is on. Turn it on in the console, under the account.
    SecondFactorMissing = "second_factor_missing", 403;
    /// The cookie came without the header `X-Xunge-Csrf`. Send the value that the sign-in gave.
    CsrfMissing = "csrf_missing", 403;
    /// The enrolment code is unknown, used, revoked or too old. Ask for a new one.
    EnrolmentInvalid = "enrolment_invalid", 403;
    /// The install is revoked. What it pushes goes to a review list; ask the administrator.
    Revoked = "revoked", 403;
    /// There is no such thing, or the caller may not know of it. Check the address.
    NotFound = "not_found", 404;
    /// The address does not take this method. See `docs/api.md`.
    MethodNotAllowed = "method_not_allowed", 405;
    /// The client was too slow. Send again.
    TooSlow = "too_slow", 408;
    /// The upload stands at another offset. Ask with `HEAD` and go on from there.
    WrongOffset = "wrong_offset", 409;
    /// The thing has changed since the caller looked, or the name is taken. Look again.
    Conflict = "conflict", 409;
    /// Erased by law. Let go of your copy too.
    Erased = "erased", 410;
    /// The upload was dropped or is too old. Begin a new one.
    UploadGone = "upload_gone", 410;
    /// `Tus-Resumable` is missing or names another version. Speak tus 1.0.0.
    TusVersion = "tus_version", 412;
    /// More bytes than allowed. Send less; the message names the limit.
    TooLarge = "too_large", 413;
    /// The content type or encoding is not taken here. The message names what is.
    UnsupportedMediaType = "unsupported_media_type", 415;
    /// The range lies outside the file. Ask for one within its size.
    RangeNotSatisfiable = "range_not_satisfiable", 416;
    /// The workflow refused the act; `refusal` says why (see the table of refusals).
    Refused = "refused", 422;
    /// The whole file does not have the SHA-256 that was declared, and was dropped. Read the file again and begin anew.
    HashMismatch = "hash_mismatch", 460;
    /// The bytes are no picture or voice note that the server takes. Prepare the attachment again.
    AttachmentUnreadable = "attachment_unreadable", 422;
    /// Another request is writing to the same upload. Wait a moment, then ask with `HEAD`.
    UploadBusy = "upload_busy", 423;
    /// Too many tries, or too many requests of one phone. Wait for as long as `Retry-After` says.
    TooManyRequests = "too_many_requests", 429;
    /// The piece does not have the checksum that came with it, and was dropped. Send it again from the same offset.
    ChecksumMismatch = "checksum_mismatch", 460;
    /// A bug or a damaged store. Tell the administrator the request's id.
    Internal = "internal", 500;
    /// The server is stopping or overloaded. Try again later.
    Unavailable = "unavailable", 503;
    /// The server's disk is full. Nothing was taken; tell the administrator, then try again.
    StorageFull = "storage_full", 507;
}

/// An error on its way to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable code.
    pub code: ErrorCode,
    /// A sentence for developers.
    pub message: String,
    /// The field, header or parameter that is wrong.
    pub field: Option<&'static str>,
    /// Why the workflow refused.
    pub refusal: Option<Refusal>,
    /// For how many seconds to wait before another try.
    pub retry_after_s: Option<u64>,
}

/// The body of an error, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorFacts,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ErrorFacts {
    /// The stable code.
    pub code: ErrorCode,
    /// A sentence for developers.
    pub message: String,
    /// Names the request in the server's log.
    pub request_id: String,
    /// The field, header or parameter that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Why the workflow refused, where the code is `refused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub refusal: Option<Refusal>,
}

impl Problem {
    /// A problem with its code and a sentence for developers.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            refusal: None,
            retry_after_s: None,
        }
    }

    /// A problem whose sentence is the code's own.
    pub fn plain(code: ErrorCode) -> Self {
        Self::new(code, code.about())
    }

    /// A malformed field, header or parameter.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(ErrorCode::Malformed, message)
        }
    }

    /// An act that the workflow refused.
    pub fn refused(refusal: Refusal) -> Self {
        Self {
            refusal: Some(refusal),
            ..Self::plain(ErrorCode::Refused)
        }
    }

    /// A bug or a damaged store: logged here, once, with what it was; the client learns the request's id alone.
    pub fn internal(what: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        if is_disk_full(error) {
            tracing::warn!(what, "the disk is full");
            return Self::plain(ErrorCode::StorageFull);
        }
        tracing::error!(what, error = %chain(error), "a request failed inside the server");
        Self::plain(ErrorCode::Internal)
    }

    /// The body with the request's id.
    pub fn body(&self, request_id: &str) -> ErrorBody {
        ErrorBody {
            error: ErrorFacts {
                code: self.code,
                message: self.message.clone(),
                request_id: request_id.to_owned(),
                field: self.field.map(str::to_owned),
                refusal: self.refusal,
            },
        }
    }

    /// The whole answer with the request's id.
    pub fn response(&self, request_id: &str) -> Response {
        let status =
            StatusCode::from_u16(self.code.status()).expect("every code's status is between 100 and 999");
        let mut response = (status, Json(self.body(request_id))).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert("retry-after", HeaderValue::from(seconds));
        }
        if self.code.status() == 401 {
            response
                .headers_mut()
                .insert("www-authenticate", HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Carries the problem to [`crate::request_log`], which knows the request's id and writes the body.
    fn into_response(self) -> Response {
        let mut response = self.response("");
        response.extensions_mut().insert(self);
        response
    }
}

/// The error with its causes, outermost first.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// Whether some cause of the error is a full disk.
pub(crate) fn is_disk_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>()
            && matches!(
                io.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
            )
        {
            return true;
        }
        if matches!(inner.downcast_ref(), Some(StoreError::DiskFull)) {
            return true;
        }
        cause = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms_of_codes_are_what_serde_writes() {
        for code in ErrorCode::ALL {
            let json = serde_json::to_value(code).unwrap();
            assert_eq!(json, code.as_str(), "{code:?}");
        }
    }

    #[test]
    fn a_full_disk_is_told_from_a_bug() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(Problem::internal("test", &full).code, ErrorCode::StorageFull);
        let other = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert_eq!(Problem::internal("test", &other).code, ErrorCode::Internal);
    }
}
