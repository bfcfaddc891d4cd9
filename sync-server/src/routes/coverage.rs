//! `GET /v1/coverage` and what stands below it: what was seen of grids, villages and the township, key places, silent phones.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use xunge_core::coverage::CoveragePeriod;
use xunge_core::id::UnitId;

use crate::app::{App, require_account};
use crate::auth::Signed;
use crate::body::Params;
use crate::problem::Problem;
use crate::service::{CoverageAnswer, CoverageLayer, CoverageQuery, KeyPlacesAnswer, SilenceAnswer};

/// What to look at.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct CoverageParams {
    /// The township; left out, the caller's own.
    #[param(value_type = Option<String>)]
    feed: Option<UnitId>,
    /// A grid or village of it; left out, all that the caller may see.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// A day `2026-11-22`, a week `2026-W47` or a month `2026-11` in the township's zone; left out, this week.
    #[param(value_type = Option<String>)]
    period: Option<CoveragePeriod>,
    /// After how many weeks unseen ground is a blind spot, 1..=8; left out, 4.
    blind_weeks: Option<u32>,
}

/// What of the cells is drawn.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct CellsParams {
    /// The township; left out, the caller's own.
    #[param(value_type = Option<String>)]
    feed: Option<UnitId>,
    /// A grid or village of it; left out, all that the caller may see.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// The day, week or month; left out, this week.
    #[param(value_type = Option<String>)]
    period: Option<CoveragePeriod>,
    /// `period`: seen, unknown and why, unseen, excluded; `age`: by days since last seen.
    #[param(value_type = Option<String>)]
    layer: Option<CoverageLayer>,
}

impl CoverageParams {
    fn query(self) -> CoverageQuery {
        CoverageQuery {
            feed: self.feed,
            unit: self.unit,
            period: self.period,
            blind_weeks: self.blind_weeks,
        }
    }
}

/// Shares of grids, villages and the township.
#[utoipa::path(
    get,
    path = "/v1/coverage",
    params(CoverageParams),
    responses((status = 200, body = Object, description = "total, villages and grids"), (status = 404, body = crate::problem::ErrorBody)),
    security(("install" = []), ("session" = []))
)]
pub(crate) async fn get_coverage(
    State(app): State<App>,
    Signed(caller): Signed,
    Params(params): Params<CoverageParams>,
) -> Result<Json<CoverageAnswer>, Problem> {
    let query = params.query();
    let answer = app
        .blocking(move |service| service.coverage(&caller, &query))
        .await?;
    Ok(Json(answer))
}

/// The cells as GeoJSON.
#[utoipa::path(
    get,
    path = "/v1/coverage/cells",
    params(CellsParams),
    responses((status = 200, body = Object, description = "a GeoJSON FeatureCollection"), (status = 404, body = crate::problem::ErrorBody)),
    security(("install" = []), ("session" = []))
)]
pub(crate) async fn get_cells(
    State(app): State<App>,
    Signed(caller): Signed,
    Params(params): Params<CellsParams>,
) -> Result<Json<serde_json::Value>, Problem> {
    let query = CoverageQuery {
        feed: params.feed,
        unit: params.unit,
        period: params.period,
        blind_weeks: None,
    };
    let layer = params.layer.unwrap_or_default();
    let cells = app
        .blocking(move |service| service.coverage_cells(&caller, &query, layer))
        .await?;
    Ok(Json(cells))
}

/// Key places against their rules.
#[utoipa::path(
    get,
    path = "/v1/coverage/key-places",
    params(CoverageParams),
    responses((status = 200, body = Object, description = "places, overdue ones first"), (status = 404, body = crate::problem::ErrorBody)),
    security(("install" = []), ("session" = []))
)]
pub(crate) async fn get_key_places(
    State(app): State<App>,
    Signed(caller): Signed,
    Params(params): Params<CoverageParams>,
) -> Result<Json<KeyPlacesAnswer>, Problem> {
    let query = params.query();
    let answer = app
        .blocking(move |service| service.key_places(&caller, &query))
        .await?;
    Ok(Json(answer))
}

/// Phones that were not heard from, per grid and day. Each look is recorded.
#[utoipa::path(
    get,
    path = "/v1/coverage/phones",
    params(CoverageParams),
    responses((status = 200, body = Object, description = "phones"), (status = 403, body = crate::problem::ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn get_phones(
    State(app): State<App>,
    Signed(caller): Signed,
    Params(params): Params<CoverageParams>,
) -> Result<Json<SilenceAnswer>, Problem> {
    require_account(&caller)?;
    let query = params.query();
    let answer = app
        .blocking(move |service| service.coverage_silence(&caller, &query))
        .await?;
    Ok(Json(answer))
}
