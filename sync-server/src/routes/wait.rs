//! `GET /v1/wait`: a long poll that ends when there is news. A hint to sync, nothing more.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
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
    /// Feeds with their cursors: `T1:120,C1:7`.
    #[serde(default)]
    cursors: String,
    /// The longest wait in milliseconds; at most a minute.
    wait_ms: Option<u64>,
}

/// Whether a sync would bring something.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq, utoipa::ToSchema)]
pub(crate) struct WaitAnswer {
    /// True where a feed has rows after the cursor that was given.
    pub(crate) is_behind: bool,
}

/// Waits until some feed has rows after the given cursor, or until the time is over.
#[utoipa::path(
    get,
    path = "/v1/wait",
    params(WaitParams),
    responses((status = 200, body = WaitAnswer), (status = 401, body = crate::problem::ErrorBody)),
    security(("install" = []), ("session" = []))
)]
pub(crate) async fn get_wait(
    State(app): State<App>,
    Signed(caller): Signed,
    Params(params): Params<WaitParams>,
) -> Result<Json<WaitAnswer>, Problem> {
    let cursors = cursors(&params.cursors)?;
    let longest_ms = app.config.limits.wait_ms_max;
    let wait_ms = params.wait_ms.unwrap_or(longest_ms).min(longest_ms);
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
            return Ok(Json(WaitAnswer { is_behind: true }));
        }
        tokio::select! {
            () = &mut over => return Ok(Json(WaitAnswer { is_behind: false })),
            () = app.stopped() => return Ok(Json(WaitAnswer { is_behind: false })),
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
