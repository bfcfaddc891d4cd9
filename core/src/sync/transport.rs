//! How bytes reach the server: one trait, so that tests, shells and proxies bring their own, and the one over HTTP.
//!
//! Nothing here knows what the bytes mean, retries anything or waits longer than it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What kind of request it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PATCH (a piece of an upload).
    Patch,
    /// HEAD (where an upload stands).
    Head,
}

impl Method {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Head => "HEAD",
        }
    }
}

/// One request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// Path and query, from the server's root (`/v1/sync`).
    pub path: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body; empty where there is none.
    pub body: Vec<u8>,
    /// The longest time from first byte out to last byte in, in ms.
    pub timeout_ms: u64,
}

/// One answer, whatever its status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first header of this name (given in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Why no answer came. Nothing is known about whether the server took the request in.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TransportError {
    /// No way to the server.
    #[error("no connection to the server: {0}")]
    Offline(String),
    /// The time ran out.
    #[error("the server did not answer in time")]
    Timeout,
    /// The connection broke while the answer came.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The certificate is not trusted or not valid now; a badly wrong phone clock looks like this too.
    #[error("the server's certificate is not accepted: {0}")]
    Certificate(String),
    /// The address is no address.
    #[error("`{0}` is not an address of a server")]
    BadAddress(String),
}

/// Sends a request and brings the answer. Called from one thread at a time per sync; may block up to the request's timeout.
pub trait Transport: Send + Sync {
    /// Sends `request`, answers with whatever the server said.
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError>;

    /// The township's own root certificates as PEM, where this way trusts them and nothing else: enrolment keeps them with the profile.
    fn pinned_root(&self) -> Option<&str> {
        None
    }
}

/// Stops a sync between two steps: what was taken in stays, what was not sent stays in line.
#[derive(Clone, Default, Debug)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }
    /// Asks every sync that holds the token to stop at its next step. Stays so.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
    /// Whether somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
pub use http::HttpTransport;
