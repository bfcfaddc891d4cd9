//! Saved views: names for the queue's addresses.

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::Posted;
use crate::app::App;
use crate::problem::Problem;

/// Keeps or drops a view, and goes back to the queue as it was.
pub(crate) async fn post_views(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    let name = fields.get("name").unwrap_or_default().to_owned();
    let query = fields
        .get("query")
        .unwrap_or_default()
        .trim_start_matches('?')
        .to_owned();
    let is_dropped = fields.get("drop").is_some();
    let (caller, kept) = (desk.caller.clone(), query.clone());
    app.blocking(move |service| service.keep_view(&caller, &name, (!is_dropped).then_some(kept.as_str())))
        .await?;
    // Only what can stand in an address goes back into one.
    let is_plain = query.bytes().all(|byte| byte.is_ascii_graphic());
    let back = match query.is_empty() || !is_plain {
        true => "/console/queue".to_owned(),
        false => format!("/console/queue?{query}"),
    };
    Ok(Redirect::to(&back).into_response())
}
