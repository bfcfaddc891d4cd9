//! `POST /v1/enrol`: one code, one profile on one phone.

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{Extensions, HeaderName, header};
use std::net::SocketAddr;
use xunge_core::enrolment::{EnrolAnswer, EnrolRequest};
use xunge_core::signature::sha256;

use crate::app::App;
use crate::body::JsonBody;
use crate::problem::{ErrorCode, Problem};

/// Spends an enrolment code and makes an install.
#[utoipa::path(
    post,
    path = "/v1/enrol",
    request_body(content = Object, content_type = "application/json", description = "code, public_key (65 bytes, hexadecimal), app_version, device_label"),
    responses(
        (status = 200, body = Object, description = "install, token, person, name, township, feeds, actor, tag, spares, server_public_key, recovery_public_key, generation"),
        (status = 403, body = crate::problem::ErrorBody), (status = 429, body = crate::problem::ErrorBody)
    )
)]
pub(crate) async fn post_enrol(
    State(app): State<App>,
    extensions: Extensions,
    JsonBody(request): JsonBody<EnrolRequest>,
) -> Result<Json<EnrolAnswer>, Problem> {
    let code = request.code.clone();
    let is_known = app
        .blocking(move |service| service.enrolment_is_known(&code))
        .await?;
    let name = counted_under(&request, is_known, &extensions);
    let now = app.service.now();
    if let Some(seconds) = app.enrolments.wait_s(&name, now) {
        return Err(Problem {
            retry_after_s: Some(seconds),
            ..Problem::plain(ErrorCode::TooManyRequests)
        });
    }
    app.enrolments.count(&name, now);
    let answer = app
        .blocking(move |service| service.enrolment_redeem(&request))
        .await?;
    Ok(Json(answer))
}

/// The township's own root certificates as PEM, for whoever asks: a phone holds them against the name in its code before it trusts them.
#[utoipa::path(
    get,
    path = "/v1/root",
    responses((status = 200, body = String, content_type = "application/x-pem-file"), (status = 404, body = crate::problem::ErrorBody))
)]
pub(crate) async fn get_root(
    State(app): State<App>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let pem = app.config.root_pem.clone();
    let pem = pem.ok_or_else(|| Problem::plain(ErrorCode::NotFound))?;
    Ok(([(header::CONTENT_TYPE, "application/x-pem-file")], pem))
}

/// Under which name a try counts. Guesses count together by where they come from; who holds a code that was given out counts for himself,
/// so that neither three hundred phones behind one proxy on the first day nor somebody who guesses stand in his way.
fn counted_under(request: &EnrolRequest, is_known: bool, extensions: &Extensions) -> String {
    if is_known {
        format!("code {}", hex::encode(sha256(request.code.as_bytes())))
    } else {
        format!("address {}", address(extensions))
    }
}

/// Whence a request comes, for counting tries; requests without a connection (in process) count together.
pub(crate) fn address(extensions: &Extensions) -> String {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "in process".to_owned(), |from| from.0.ip().to_string())
}
