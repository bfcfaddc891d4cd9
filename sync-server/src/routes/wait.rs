//! `GET /v1/wait`: a long poll that ends when there is news. A hint to sync, nothing more.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use xunge_core::id::UnitId;

use crate::app::App;
use crate::auth::Signed;
use crate::body::Params;
use crate::problem::Problem;

/// How often rows are looked at while waiting, for what another process wrote (the command line, another node).
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// What to wait for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct WaitParams {
    /// The feed to wait for.
    #[param(value_type = Option<String>)]
    feed: Option<UnitId>,
    /// Where the caller stands in it.
    #[serde(default)]
    cursor: u64,
    /// More feeds with their cursors: `T1:120,C1:7`.
    #[serde(default)]
    cursors: String,
    /// The longest wait in seconds; at most a minute.
    timeout_s: Option<u64>,
}

/// That a sync would bring something.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq, utoipa::ToSchema)]
pub(crate) struct WaitAnswer {
    /// True: a feed has rows other than coverage after the cursor that was given. Where none has when the time is over, the answer is 204.
    pub(crate) is_behind: bool,
}

/// Waits until some feed has rows after the given cursor, or until the time is over.
#[utoipa::path(
    get,
    path = "/v1/wait",
    params(WaitParams),
    responses((status = 200, body = WaitAnswer), (status = 204), (status = 401, body = crate::problem::ErrorBody)),
    security(("install" = []), ("session" = []))
)]
pub(crate) async fn get_wait(
    State(app): State<App>,
    Signed(caller): Signed,
    Params(params): Params<WaitParams>,
) -> Result<Response, Problem> {
    let mut cursors = cursors(&params.cursors)?;
    cursors.extend(params.feed.map(|feed| (feed, params.cursor)));
    let longest_ms = app.config.limits.wait_ms_max;
    let wait_ms = params.timeout_s.map_or(longest_ms, |seconds| {
        seconds.saturating_mul(1_000).min(longest_ms)
    });
    let over = tokio::time::sleep(Duration::from_millis(wait_ms));
    tokio::pin!(over);
    // The waiter comes before the first look, so that nothing slips in between.
    let asking = caller.clone();
    let mut waiter = app.blocking(move |service| service.waiter(&asking)).await?;
    let _waiting = Waiting::begin();
    loop {
        let (asking, looked_at) = (caller.clone(), cursors.clone());
        let is_behind = app
            .blocking(move |service| service.is_behind(&asking, &looked_at))
            .await?;
        if is_behind {
            return Ok(Json(WaitAnswer { is_behind: true }).into_response());
        }
        tokio::select! {
            () = &mut over => return Ok(StatusCode::NO_CONTENT.into_response()),
            () = app.stopped() => return Ok(StatusCode::NO_CONTENT.into_response()),
            () = waiter.changed() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// Counts a request that waits for as long as it lives.
struct Waiting;

impl Waiting {
    fn begin() -> Self {
        metrics::gauge!("xunge_waiting_requests").increment(1.0);
        Self
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        metrics::gauge!("xunge_waiting_requests").decrement(1.0);
    }
}

fn cursors(text: &str) -> Result<Vec<(UnitId, u64)>, Problem> {
    text.split(',')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (feed, cursor) = part.rsplit_once(':')?;
            Some((feed.parse().ok()?, cursor.parse().ok()?))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Problem::field("cursors", "write feeds with their cursors as T1:120,C1:7"))
}
