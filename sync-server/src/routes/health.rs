//! `/health`, `/metrics`, `/openapi.json`: for machines that look after the server.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::problem::{ErrorCode, Problem};

/// That the server lives.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Health {
    /// Always `ok`; a server that is not well answers 503.
    status: String,
    /// The program's version.
    version: String,
}

/// Whether the server and its database answer.
#[utoipa::path(
    get,
    path = "/health",
    responses((status = 200, body = Health), (status = 503, body = crate::problem::ErrorBody))
)]
pub(crate) async fn get_health(State(app): State<App>) -> Result<Json<Health>, Problem> {
    app.blocking(|service| service.ping())
        .await
        .map_err(|_| Problem::new(ErrorCode::Unavailable, "the database does not answer"))?;
    Ok(Json(Health {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}

/// Figures in Prometheus' text form.
#[utoipa::path(get, path = "/metrics", responses((status = 200, content_type = "text/plain")))]
pub(crate) async fn get_metrics(State(app): State<App>) -> Result<(HeaderMap, String), Problem> {
    let counts = app.blocking(|service| service.counts()).await?;
    let mut text = app.metrics.render();
    for (name, about, value) in [
        ("xunge_reports", "Reports held.", counts.reports),
        ("xunge_changes", "Changes stored.", counts.changes),
        (
            "xunge_commands",
            "Commands stored, whatever their outcome.",
            counts.commands,
        ),
        (
            "xunge_blobs",
            "Attachments whose bytes are here and verified.",
            counts.blobs,
        ),
        (
            "xunge_installs",
            "Installs that are not revoked.",
            counts.installs,
        ),
        (
            "xunge_review_items",
            "Things on the review list.",
            counts.review_items,
        ),
        (
            "xunge_tracks",
            "Segments of tracks and check-ups of key places that are held.",
            counts.tracks,
        ),
        (
            "xunge_coverage_days",
            "Units and days of which coverage is held.",
            counts.coverage,
        ),
        (
            "xunge_database_bytes",
            "Bytes of the database on disk.",
            counts.database_bytes,
        ),
    ] {
        text.push_str(&format!(
            "# HELP {name} {about}\n# TYPE {name} gauge\n{name} {value}\n"
        ));
    }
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    Ok((headers, text))
}

/// The description of this interface.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, content_type = "application/json")))]
pub(crate) async fn get_openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(crate::openapi::description())
}
