//! 随机抽查: settled and village-closed reports, drawn at random.

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::desk::{Desk, Frame};
use super::super::dress::render;
use super::super::queue::{Row, row_of};
use super::super::words::Room;
use super::{has_desk, only};
use crate::app::App;
use crate::problem::Problem;

/// From how many days is drawn.
const DAYS: u32 = 30;

/// The most that are drawn at once.
const COUNT_MAX: usize = 50;

#[derive(Template)]
#[template(path = "recheck.html")]
struct RecheckView {
    f: Frame,
    r: &'static Room,
    advice: String,
    count: usize,
    rows: Vec<Row>,
    empty_text: &'static str,
    is_drawn: bool,
    /// Rows here are looked at one by one.
    can_bulk: bool,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    count: Option<usize>,
}

/// Draws, where a number is asked for.
pub(super) async fn get_recheck(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    only(&desk, has_desk)?;
    let r = desk.lang.room();
    let count = asked.count.unwrap_or(5).clamp(1, COUNT_MAX);
    let mut rows = Vec::new();
    if asked.count.is_some()
        && let Some(feed) = desk.feeds.first().cloned()
    {
        let caller = desk.caller.clone();
        let of = feed.clone();
        let drawn = app
            .blocking(move |service| service.draw_rechecks(&caller, &of, DAYS, count))
            .await?;
        let (names, moments) = (desk.names(), desk.moments(Some(&feed)));
        rows = drawn.iter().map(|row| row_of(row, &names, moments)).collect();
    }
    let page = RecheckView {
        advice: r.recheck_advice.replace("{n}", &DAYS.to_string()),
        count,
        rows,
        empty_text: r.recheck_none,
        is_drawn: asked.count.is_some(),
        can_bulk: false,
        r,
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}
