//! What a form sent: bounded, from our own pages alone, by somebody who is signed in.

use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use xunge_core::signature::sha256;

use super::desk::Desk;
use super::login;
use crate::app::App;
use crate::body;
use crate::problem::{ErrorCode, Problem};

/// The fields of a form, in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl Fields {
    /// The first value of a field, trimmed; `None` where it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        values
            .next()
            .map(|(_, value)| value.trim())
            .filter(|v| !v.is_empty())
    }

    /// Every value of a field that is not empty, trimmed.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(key, _)| key == name);
        values
            .map(|(_, value)| value.trim())
            .filter(|v| !v.is_empty())
            .collect()
    }

    /// Reads a form's body.
    pub(crate) async fn read(app: &App, request: Request) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if is_from_elsewhere(&parts.headers) {
            return Err(Problem::plain(ErrorCode::CsrfMissing));
        }
        let limits = &app.config.limits;
        let bytes = body::read(body, limits.json_body_bytes_max, limits.body_read_ms_max).await?;
        let mut whole = Request::new(Body::from(bytes));
        *whole.method_mut() = Method::POST;
        *whole.headers_mut() = parts.headers;
        let Form(fields) = Form::<Vec<(String, String)>>::from_request(whole, &())
            .await
            .map_err(|error| Problem::field("body", error.body_text()))?;
        // Browsers send lines with two signs at their end.
        let tidy = |(name, value): (String, String)| (name, value.replace("\r\n", "\n"));
        Ok(Self(fields.into_iter().map(tidy).collect()))
    }
}

/// Whether the browser says that another site's page sent this.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    site.is_some_and(|site| site != "same-origin" && site != "none")
}

/// A form of somebody who is signed in, with the session's second secret in it.
pub(crate) struct Posted {
    pub(crate) desk: Desk,
    pub(crate) fields: Fields,
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let headers = request.headers().clone();
        let here = request.uri().path().to_owned();
        let fields = Fields::read(app, request).await.map_err(Problem::into_response)?;
        let desk = match Desk::of(app, &headers, &here).await {
            Ok(desk) => desk,
            // The session ended while somebody was writing: what he wrote waits behind the log-in.
            Err(problem) if problem.code == ErrorCode::Unauthorized => {
                return Err(login::ask_again(&headers, &here, fields));
            }
            Err(problem) => return Err(problem.into_response()),
        };
        // Hashes are compared, so that the time taken says nothing about the secret.
        let given = fields.get("csrf").map(|value| sha256(value.as_bytes()));
        if given != Some(sha256(desk.session.csrf.as_bytes())) {
            return Err(Problem::plain(ErrorCode::CsrfMissing).into_response());
        }
        Ok(Self { desk, fields })
    }
}
