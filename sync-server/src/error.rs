//! What can go wrong in the service, grouped by what the caller can do about it.
//!
//! Codes are stable and listed in `docs/errors.md`. Texts never hold names, telephone numbers, positions or tokens.

use crate::store::StoreError;

/// Why the service did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The token is not known, or does not fit the install.
    #[error("the token is not valid")]
    BadToken,
    /// The caller may not do this.
    #[error("the caller may not do this: {0}")]
    Forbidden(&'static str),
    /// The thing named is not there, or not for this caller to see.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The request contradicts itself or a bound.
    #[error("the request is not usable: {0}")]
    BadRequest(String),
    /// The thing changed since the caller looked (an upload's offset, an account's name already taken).
    #[error("the state has changed: {0}")]
    Conflict(&'static str),
    /// The enrolment code is unknown, used or past its time.
    #[error("the enrolment code is not valid any more")]
    BadEnrolment,
    /// The install is revoked.
    #[error("the install is revoked")]
    Revoked,
    /// The thing was erased by law.
    #[error("erased by law")]
    Erased,
    /// The disk or database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// Stored bytes do not open or read: run `verify`.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The path as configured.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl ServiceError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadToken => "bad_token",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::BadRequest(_) => "bad_request",
            Self::Conflict(_) => "conflict",
            Self::BadEnrolment => "bad_enrolment",
            Self::Revoked => "revoked",
            Self::Erased => "erased",
            Self::Store(e) if e.is_busy() => "store_busy",
            Self::Store(_) => "store_failed",
            Self::Damaged(_) => "damaged",
            Self::File { .. } => "file",
        }
    }
}
