//! The queue on a map: the same filter, each report a point; beside it a table that says the same.

use std::collections::BTreeMap;

use askama::Template;
use axum::Json;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use xunge_core::command::Urgency;

use super::super::assets;
use super::super::desk::{Desk, Frame};
use super::super::dress::render;
use super::super::map::{Sheet, outlines, point, with_tiles};
use super::row::{Row, row_of};
use super::{Filter, ROWS};
use crate::ServiceError;
use crate::app::App;
use crate::problem::Problem;
use crate::service::{QueueQuery, QueueRow};

/// Reports that one map draws at most.
const POINTS: usize = 500;

#[derive(Template)]
#[template(path = "queue_map.html")]
struct MapView {
    f: Frame,
    back: String,
    picked: String,
    count_text: String,
    cut: Option<String>,
    rows: Vec<Row>,
    map_url: String,
    map_script: Option<String>,
}

/// Up to [`POINTS`] rows of a filter, and whether there are more.
async fn rows(app: &App, desk: &Desk, filter: &Filter) -> Result<(Vec<QueueRow>, bool), Problem> {
    let zone = desk.moments(filter.feed.as_ref()).zone;
    let caller = desk.caller.clone();
    let mut query = QueueQuery {
        feed: filter.feed.clone().or_else(|| desk.feeds.first().cloned()),
        after: None,
        limit: 200,
        ..filter.query(zone)
    };
    app.blocking(move |service| -> Result<_, ServiceError> {
        let mut rows = Vec::new();
        loop {
            let page = service.queue(&caller, &query)?;
            rows.extend(page.rows);
            query.after = page.next;
            if query.after.is_none() || rows.len() >= POINTS {
                let is_cut = query.after.is_some() || rows.len() > POINTS;
                rows.truncate(POINTS);
                return Ok((rows, is_cut));
            }
        }
    })
    .await
}

/// The page.
pub(crate) async fn get_map(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let filter = Filter {
        after: None,
        ..Filter::parse(&given)?
    };
    let (found, is_cut) = rows(&app, &desk, &filter).await?;
    let (names, moments) = (desk.names(), desk.moments(filter.feed.as_ref()));
    let b = desk.lang.board();
    let placed = found.iter().filter(|row| row.position.is_some()).count();
    let page = MapView {
        back: filter.href(),
        picked: filter.cohort.words(&names, moments),
        count_text: b
            .queue_map_count
            .replace("{n}", &placed.to_string())
            .replace("{m}", &(found.len() - placed).to_string()),
        cut: is_cut.then(|| b.queue_map_cut.replace("{n}", &POINTS.to_string())),
        rows: found
            .iter()
            .take(usize::try_from(ROWS).unwrap_or(POINTS))
            .map(|row| row_of(row, &names, moments))
            .collect(),
        map_url: filter.href_at("/console/map/queue"),
        map_script: assets::map(),
        f: desk.frame(),
    };
    Ok(with_tiles(&app, render(StatusCode::OK, &page)))
}

/// What the map draws.
pub(crate) async fn get_points(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let filter = Filter {
        after: None,
        ..Filter::parse(&given)?
    };
    let (found, _) = rows(&app, &desk, &filter).await?;
    let (names, moments) = (desk.names(), desk.moments(filter.feed.as_ref()));
    let mut sheet = Sheet::new(&app);
    if let Some(feed) = filter.feed.as_ref().or_else(|| desk.feeds.first()) {
        let grids = desk.directory.scope_grids(&desk.session.person, feed, desk.now);
        sheet.put("grids", outlines(&names, grids.iter()));
    }
    let points = found.iter().filter_map(|row| {
        let at = row.position.as_ref()?;
        let line = row_of(row, &names, moments);
        let tone = match (&line.due, row.state.is_open()) {
            (Some(due), true) => due.tone,
            (None, true) => "calm",
            (_, false) => "done",
        };
        let properties = json!({
            "label": line.title,
            "detail": format!("{} {}", line.code, line.state),
            "href": line.href,
            "tone": tone,
            "urgent": row.urgency == Urgency::Urgent,
        });
        Some(point(at, properties))
    });
    sheet.put("reports", points.collect());
    Ok(Json(sheet.finish()))
}
