//! The transport over HTTP: reqwest on rustls with ring, and the trust roots that the app brings along.
//!
//! The platform's verifier needs a Kotlin part on Android, so it is not used: roots are given, or taken from the system's bundle.

use std::time::Duration;

use super::{HttpRequest, HttpResponse, Method, Transport, TransportError};
use crate::enrolment::{EnrolmentCode, ROOT_PATH, RootPin};

/// A server's address over `http://` or `https://`. Connections are kept between requests.
#[derive(Debug)]
pub struct HttpTransport {
    base: String,
    client: reqwest::blocking::Client,
    pinned_root: Option<String>,
}

/// Where a system keeps its trusted roots as PEM; the first that is there is taken.
const ROOT_BUNDLES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// The longest wait for a connection, in ms.
const CONNECT_MS_MAX: u64 = 15_000;

impl HttpTransport {
    /// A transport to `base` (`https://host[:port]`, no path). `roots_pem` are the certificates to trust; empty takes the system's
    /// bundle where there is one.
    pub fn new(base: &str, roots_pem: &[u8]) -> Result<Self, TransportError> {
        let roots = if base.trim().starts_with("https://") {
            roots(roots_pem)?
        } else {
            Vec::new()
        };
        Self::of(base, builder().tls_certs_only(roots))
    }

    /// The way on which a code enrols. Where the code names the township's root, that root is fetched, held against the name, and then
    /// the only one that is trusted; else as [`new`](Self::new) with `roots_pem`.
    pub fn for_code(code: &EnrolmentCode, roots_pem: &[u8]) -> Result<Self, TransportError> {
        let Some(pin) = code.root else {
            return Self::new(&code.base_url, roots_pem);
        };
        // Nothing secret goes this way, and what comes is believed for its hash alone, so it may be anybody who answers.
        let anybody = builder().tls_certs_only([]).tls_danger_accept_invalid_certs(true);
        let answer = Self::of(&code.base_url, anybody)?.send(&HttpRequest {
            method: Method::Get,
            path: ROOT_PATH.into(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout_ms: CONNECT_MS_MAX,
        })?;
        let is_meant = answer.status == 200 && RootPin::of(&answer.body) == pin;
        let root = String::from_utf8(answer.body).ok().filter(|_| is_meant);
        let root = root.ok_or_else(|| {
            TransportError::Certificate("the server does not have the root that the code names".into())
        })?;
        Self::pinned(&code.base_url, root)
    }

    /// The way of an enrolled profile: under the root that it was enrolled with, else as [`new`](Self::new) with `roots_pem`.
    pub fn for_profile(
        base: &str,
        pinned_root: Option<&str>,
        roots_pem: &[u8],
    ) -> Result<Self, TransportError> {
        match pinned_root {
            Some(root) => Self::pinned(base, root.to_owned()),
            None => Self::new(base, roots_pem),
        }
    }

    fn pinned(base: &str, root: String) -> Result<Self, TransportError> {
        let mut way = Self::of(base, builder().tls_certs_only(roots(root.as_bytes())?))?;
        way.pinned_root = Some(root);
        Ok(way)
    }

    fn of(base: &str, builder: reqwest::blocking::ClientBuilder) -> Result<Self, TransportError> {
        let base = base.trim().trim_end_matches('/').to_owned();
        if !(base.starts_with("http://") || base.starts_with("https://")) {
            return Err(TransportError::BadAddress(base));
        }
        // A second installation of the same provider is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder
            .build()
            .map_err(|e| TransportError::Certificate(e.to_string()))?;
        Ok(Self {
            base,
            client,
            pinned_root: None,
        })
    }
}

fn builder() -> reqwest::blocking::ClientBuilder {
    reqwest::blocking::Client::builder()
        .connect_timeout(Duration::from_millis(CONNECT_MS_MAX))
        .redirect(reqwest::redirect::Policy::none())
        .tcp_nodelay(true)
}

fn roots(given: &[u8]) -> Result<Vec<reqwest::Certificate>, TransportError> {
    let pem = if given.is_empty() {
        ROOT_BUNDLES
            .iter()
            .find_map(|path| std::fs::read(path).ok())
            .unwrap_or_default()
    } else {
        given.to_vec()
    };
    reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| TransportError::Certificate(e.to_string()))
}

impl Transport for HttpTransport {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Head => reqwest::Method::HEAD,
        };
        let mut builder = self
            .client
            .request(method, format!("{}{}", self.base, request.path))
            .timeout(Duration::from_millis(request.timeout_ms));
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() || matches!(request.method, Method::Post | Method::Patch) {
            builder = builder.body(request.body.clone());
        }
        let response = builder.send().map_err(|e| typed(&e))?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let body = response.bytes().map_err(|e| typed(&e))?.to_vec();
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }

    fn pinned_root(&self) -> Option<&str> {
        self.pinned_root.as_deref()
    }
}

fn typed(error: &reqwest::Error) -> TransportError {
    let text = chain(error);
    if error.is_timeout() {
        TransportError::Timeout
    } else if text.contains("certificate") {
        TransportError::Certificate(text)
    } else if error.is_connect() {
        TransportError::Offline(text)
    } else if error.is_builder() {
        TransportError::BadAddress(text)
    } else {
        TransportError::Broken(text)
    }
}

/// The error with its causes, without the address (which may hold a secret).
fn chain(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    if text.is_empty() {
        "the request failed".to_owned()
    } else {
        text
    }
}
