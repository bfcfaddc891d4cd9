//! The audit log: the newest lines of a township's chain or of the server's own, searched by who, what and when.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::id::UnitId;

use super::require;
use crate::app::App;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::render;
use crate::console::moment::Moment;
use crate::problem::Problem;

/// Lines looked through.
const LOOKED_AT: u32 = 20_000;

/// Lines shown.
const SHOWN: usize = 200;

struct Line {
    number: u64,
    at: Moment,
    actor: String,
    kind: String,
    detail: String,
}

struct Chain {
    value: String,
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "keep_audit.html")]
struct AuditView {
    f: Frame,
    chains: Vec<Chain>,
    words: String,
    lines: Vec<Line>,
    is_cut: bool,
}

/// The page.
pub(super) async fn get_audit(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    require(&desk)?;
    let text = |name: &str| given.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
    let feed: Option<UnitId> = text("feed").and_then(|text| text.parse().ok());
    let feed = feed.filter(|feed| desk.feeds.contains(feed));
    let words = text("q").unwrap_or_default().to_lowercase();
    let chain = feed.clone();
    let rows = app
        .blocking(move |service| service.audit(chain.as_ref(), LOOKED_AT))
        .await?;
    let moments = desk.moments(feed.as_ref());
    let is_sought = |row: &&crate::service::AuditRow| {
        let line = format!("{} {} {} {}", row.actor, row.kind, row.detail, row.at).to_lowercase();
        words.split_whitespace().all(|word| line.contains(word))
    };
    let found: Vec<_> = rows.iter().filter(is_sought).take(SHOWN + 1).collect();
    let line = |row: &&crate::service::AuditRow| Line {
        number: row.number,
        at: moments.at(row.at),
        actor: row.actor.clone(),
        kind: row.kind.clone(),
        detail: row.detail.clone(),
    };
    let names = desk.names();
    let mut chains = vec![Chain {
        value: String::new(),
        name: desk.lang.board().audit_server.to_owned(),
        is_chosen: feed.is_none(),
    }];
    chains.extend(desk.feeds.iter().map(|unit| Chain {
        value: unit.to_string(),
        name: names.unit(unit),
        is_chosen: feed.as_ref() == Some(unit),
    }));
    let page = AuditView {
        chains,
        words: text("q").unwrap_or_default().to_owned(),
        is_cut: found.len() > SHOWN,
        lines: found.iter().take(SHOWN).map(line).collect(),
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &page))
}
