//! The transport over HTTP: reqwest on rustls with ring, and the trust roots that the app brings along.
//!
//! The platform's verifier needs a Kotlin part on Android, so it is not used: roots are given, or taken from the system's bundle.

use std::time::Duration;

use super::{HttpRequest, HttpResponse, Method, Transport, TransportError};

/// A server's address over `http://` or `https://`. Connections are kept between requests.
#[derive(Debug)]
pub struct HttpTransport {
    base: String,
    client: reqwest::blocking::Client,
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
        let base = base.trim().trim_end_matches('/').to_owned();
        if !(base.starts_with("http://") || base.starts_with("https://")) {
            return Err(TransportError::BadAddress(base));
        }
        let mut builder = reqwest::blocking::Client::builder()
            .connect_timeout(Duration::from_millis(CONNECT_MS_MAX))
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true);
        if base.starts_with("https://") {
            // A second installation of the same provider is refused and harmless.
            let _ = rustls::crypto::ring::default_provider().install_default();
            builder = builder.tls_certs_only(roots(roots_pem)?);
        } else {
            builder = builder.tls_certs_only([]);
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let client = builder
            .build()
            .map_err(|e| TransportError::Certificate(e.to_string()))?;
        Ok(Self { base, client })
    }
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
