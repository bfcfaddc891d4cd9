//! `GET /v1/queue`: reports that the caller may see, urgent first, then longest held.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use xunge_core::id::{CategoryId, UnitId};

use crate::app::App;
use crate::auth::Signed;
use crate::body::Params;
use crate::problem::Problem;
use crate::service::{QueuePage, QueueQuery};

/// What to list; what is left out filters nothing.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct QueueParams {
    /// The township.
    #[param(value_type = Option<String>)]
    feed: Option<UnitId>,
    /// The state (`queued`, `dispatched` …).
    #[param(value_type = Option<String>)]
    state: Option<xunge_core::command::State>,
    /// The grid.
    #[param(value_type = Option<String>)]
    grid: Option<UnitId>,
    /// The category.
    #[param(value_type = Option<String>)]
    category: Option<CategoryId>,
    /// The unit that holds it.
    #[param(value_type = Option<String>)]
    holder: Option<UnitId>,
    /// Only what is (or is not) urgent.
    is_urgent: Option<bool>,
    /// The page after this one: `next` of the page before.
    after: Option<String>,
    /// Rows on a page.
    limit: Option<u32>,
}

/// A page of the queue.
#[utoipa::path(
    get,
    path = "/v1/queue",
    params(QueueParams),
    responses((status = 200, body = Object, description = "rows and next"), (status = 401, body = crate::problem::ErrorBody)),
    security(("install" = []), ("session" = []))
)]
pub(crate) async fn get_queue(
    State(app): State<App>,
    Signed(caller): Signed,
    Params(params): Params<QueueParams>,
) -> Result<Json<QueuePage>, Problem> {
    let query = QueueQuery {
        feed: params.feed,
        state: params.state,
        is_open: None,
        grid: params.grid,
        category: params.category,
        holder: params.holder,
        is_urgent: params.is_urgent,
        cohort: Default::default(),
        after: params.after,
        limit: params.limit.unwrap_or(0),
    };
    let page = app
        .blocking(move |service| service.queue(&caller, &query))
        .await?;
    Ok(Json(page))
}
