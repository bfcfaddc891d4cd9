//! Fleet health: what the server knows of phones from their last word. It is about phones that need a hand, and whom to call; it says
//! nothing of how fast anybody works.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::id::UnitId;

use super::address::Address;
use super::desk::{Desk, Frame};
use super::dress::render;
use super::moment::Moments;
use super::names::{Contact, Names};
use crate::ServiceError;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};
use crate::service::{InstallInfo, QueueQuery, QueueRow};

/// Hours after which unsent work is told, where nothing else is asked for.
const HOURS: i64 = 24;

/// Days without a word after which a phone counts as silent.
const SILENT_DAYS: i64 = 3;

/// Free storage below which a phone needs a hand, in bytes.
const STORAGE_LOW_BYTES: u64 = 500_000_000;

/// Open reports looked through for those that passed by their chiefs.
const LOOKED_AT: usize = 2_000;

const HOUR_MS: i64 = 3_600_000;

struct Tile {
    name: &'static str,
    count: usize,
    class: &'static str,
}

struct PhoneLine {
    name: String,
    telephone: Option<String>,
    where_: String,
    phone: String,
    version: String,
    heard: String,
    is_silent: bool,
    unsent: String,
    is_stuck: bool,
    storage: String,
    is_full: bool,
    refused: u32,
}

struct PassedLine {
    grid: String,
    href: String,
    count: usize,
    chiefs: Vec<Contact>,
}

#[derive(Template)]
#[template(path = "phones.html")]
struct PhonesView {
    f: Frame,
    choices: Vec<(String, i64, bool)>,
    tiles: Vec<Tile>,
    versions: Vec<(String, usize)>,
    lines: Vec<PhoneLine>,
    passed: Vec<PassedLine>,
}

/// The page.
pub(crate) async fn get_phones(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    if !desk.keeps_fleet() {
        return Err(Problem::plain(ErrorCode::Forbidden));
    }
    let hours = given.get("hours").and_then(|text| text.parse().ok());
    let hours: i64 = hours.unwrap_or(HOURS).clamp(1, 24 * 90);
    let (caller, feeds) = (desk.caller.clone(), desk.feeds.clone());
    let (installs, passed) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            let mut installs = service.installs(None)?;
            installs.retain(|install| feeds.contains(&install.township) && install.revoked_at.is_none());
            let mut passed = Vec::new();
            for feed in feeds {
                passed.extend(passed_by(service, &caller, feed)?);
            }
            Ok((installs, passed))
        })
        .await?;
    let moments = desk.moments(None);
    let names = desk.names();
    let mut lines: Vec<PhoneLine> = installs
        .iter()
        .map(|install| line(install, &names, moments, hours))
        .collect();
    // Phones that need a hand first, then by name: never by how much somebody did.
    let needs = |line: &PhoneLine| line.is_stuck || line.is_silent || line.is_full || line.refused > 0;
    lines.sort_by(|a, b| (!needs(a), &a.where_, &a.name).cmp(&(!needs(b), &b.where_, &b.name)));
    let b = desk.lang.board();
    let count = |is: fn(&PhoneLine) -> bool| lines.iter().filter(|line| is(line)).count();
    // What nobody has to look at is not shown in the colour of what waits.
    let waiting = |name, count| Tile {
        name,
        count,
        class: if count > 0 { "st-wait" } else { "st-done" },
    };
    let all = Tile {
        name: b.ph_all,
        count: lines.len(),
        class: "st-done",
    };
    let tiles = vec![
        all,
        waiting(b.ph_stuck, count(|line| line.is_stuck)),
        waiting(b.ph_silent, count(|line| line.is_silent)),
        waiting(b.ph_full, count(|line| line.is_full)),
        waiting(b.ph_refused, count(|line| line.refused > 0)),
    ];
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for line in &lines {
        *versions.entry(line.version.clone()).or_default() += 1;
    }
    let page = Address::new("/console/phones");
    let choices = [6, 24, 72].map(|n| (page.with("hours", n.to_string()).href(), n, n == hours));
    let view = PhonesView {
        choices: choices.to_vec(),
        tiles,
        versions: versions.into_iter().collect(),
        passed: passed_lines(passed, &names),
        lines,
        f: desk.frame(),
    };
    Ok(render(StatusCode::OK, &view))
}

fn line(install: &InstallInfo, names: &Names, moments: Moments, hours: i64) -> PhoneLine {
    let b = moments.lang.board();
    let health = install.health.as_ref();
    let now = moments.now;
    let oldest = health
        .filter(|h| h.unsent_count > 0)
        .and_then(|h| h.unsent_oldest_at);
    let heard = install.last_sync_at;
    let free = health.and_then(|h| h.storage_free_bytes);
    let posts = names.directory.posts_of(&install.person, now);
    let units: BTreeSet<&UnitId> = posts.iter().map(|post| &post.unit).collect();
    let units: Vec<String> = units.into_iter().map(|unit| names.unit(unit)).collect();
    let unsent = health.map_or(0, |h| h.unsent_count);
    PhoneLine {
        name: names.person(&install.person),
        telephone: names.telephone(&install.person),
        where_: units.join(moments.lang.words().listing),
        phone: install.device_label.clone(),
        version: health.map_or_else(|| b.ph_unknown.to_owned(), |h| h.app_version.clone()),
        heard: heard.map_or_else(|| b.never.to_owned(), |at| moments.at(at).short),
        is_silent: heard.is_none_or(|at| now.ms_since(at) > SILENT_DAYS * 24 * HOUR_MS),
        unsent: match (unsent, oldest) {
            (0, _) => String::new(),
            (n, None) => n.to_string(),
            (n, Some(at)) => b
                .ph_unsent
                .replace("{n}", &n.to_string())
                .replace("{t}", &moments.since(at)),
        },
        is_stuck: oldest.is_some_and(|at| now.ms_since(at) > hours * HOUR_MS),
        storage: free.map_or_else(String::new, |bytes| format!("{:.1} GB", bytes as f64 / 1e9)),
        is_full: free.is_some_and(|bytes| bytes < STORAGE_LOW_BYTES),
        refused: health.map_or(0, |h| h.attention_count),
    }
}

/// Open reports of a township that passed by their chiefs.
fn passed_by(
    service: &crate::Service,
    caller: &crate::Caller,
    feed: UnitId,
) -> Result<Vec<QueueRow>, ServiceError> {
    let mut query = QueueQuery {
        feed: Some(feed),
        is_open: Some(true),
        limit: 200,
        ..QueueQuery::default()
    };
    let (mut found, mut looked_at) = (Vec::new(), 0);
    loop {
        let page = service.queue(caller, &query)?;
        looked_at += page.rows.len();
        found.extend(page.rows.into_iter().filter(|row| row.is_passed_by));
        query.after = page.next;
        if query.after.is_none() || looked_at >= LOOKED_AT {
            return Ok(found);
        }
    }
}

fn passed_lines(rows: Vec<QueueRow>, names: &Names) -> Vec<PassedLine> {
    let mut grids: BTreeMap<UnitId, usize> = BTreeMap::new();
    for grid in rows.into_iter().filter_map(|row| row.grid) {
        *grids.entry(grid).or_default() += 1;
    }
    let line = |(grid, count): (UnitId, usize)| PassedLine {
        href: Address::new("/console/queue")
            .with("grid", grid.to_string())
            .href(),
        chiefs: names.chiefs(&grid),
        grid: names.unit(&grid),
        count,
    };
    grids.into_iter().map(line).collect()
}
