//! `GET /v1/directory/{kind}`: the rows of the directory, as phones hold them.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use xunge_core::directory::DirectoryRow;
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;

use crate::app::{App, require_account};
use crate::auth::Signed;
use crate::body::Params;
use crate::problem::{ErrorCode, Problem};

const KINDS: [&str; 10] = [
    "unit",
    "person",
    "post",
    "category",
    "calendar_day",
    "policy",
    "place_name",
    "key_place",
    "excluded_area",
    "routing_rule",
];

/// Which rows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct DirectoryParams {
    /// The township or county; left out, all that the caller's posts are in.
    #[param(value_type = Option<String>)]
    feed: Option<UnitId>,
    /// Only rows that hold at this instant (RFC 3339); left out, every version.
    #[param(value_type = Option<String>)]
    at: Option<Timestamp>,
}

/// Rows of one kind.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct DirectoryAnswer {
    /// The rows by key and start.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<DirectoryRow>,
}

/// The rows of one kind (`unit`, `person`, `post`, `category`, `calendar_day`, `policy`, `place_name`, `key_place`,
/// `excluded_area`).
#[utoipa::path(
    get,
    path = "/v1/directory/{kind}",
    params(("kind" = String, Path, description = "The kind of rows"), DirectoryParams),
    responses((status = 200, body = DirectoryAnswer), (status = 404, body = crate::problem::ErrorBody)),
    security(("session" = []))
)]
pub(crate) async fn get_directory(
    State(app): State<App>,
    Signed(caller): Signed,
    Path(kind): Path<String>,
    Params(params): Params<DirectoryParams>,
) -> Result<Json<DirectoryAnswer>, Problem> {
    require_account(&caller)?;
    if !KINDS.contains(&kind.as_str()) {
        return Err(Problem::new(
            ErrorCode::NotFound,
            "no such kind of directory rows",
        ));
    }
    let rows = app
        .blocking(move |service| service.directory_rows_of(&caller, params.feed.as_ref()))
        .await?;
    let holds = |row: &DirectoryRow| {
        params
            .at
            .is_none_or(|at| row.valid_from <= at && row.valid_to.is_none_or(|end| at < end))
    };
    Ok(Json(DirectoryAnswer {
        rows: rows
            .into_iter()
            .filter(|row| row.kind == kind && holds(row))
            .collect(),
    }))
}
