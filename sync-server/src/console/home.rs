//! The first page: what waits for this person, by the posts that are held. Chiefs decide many at once, departments sign and feed back,
//! the room and supervisors see how much there is, what is late and where it lies. Never who is how fast.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use xunge_core::command::{ActionKind as A, State};
use xunge_core::directory::Role;
use xunge_core::id::UnitId;
use xunge_core::workflow::state_words;

use super::act::{Opt, token};
use super::desk::{Desk, Frame};
use super::dress::{percent, render};
use super::queue::{Row, row_of, state_class};
use super::words::{self, Room};
use crate::ServiceError;
use crate::app::App;
use crate::problem::Problem;
use crate::service::{Offer, QueueQuery, QueueRow};

/// Open reports looked through for what waits for one person.
const LOOKED_AT: usize = 1_000;

/// How near a deadline is for its reminder to be looked for, in ms: three quarters of the longest usual time are gone by then.
const NEAR_MS: i64 = 3 * 86_400_000;

/// Late reports that are shown; the count says how many there are.
const LATE_SHOWN: usize = 20;

/// The acts that wait for somebody, each with the group in which it shows; a report stands in the first group that fits.
const GROUPS: [(Group, &[A]); 4] = [
    (Group::Answer, &[A::AnswerCheck, A::Answer, A::Confirm]),
    (Group::Decide, &[A::Approve]),
    (Group::Sign, &[A::Sign]),
    (Group::Work, &[A::FeedBack, A::Close]),
];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Group {
    Answer,
    Decide,
    Sign,
    Work,
}

struct Waiting {
    title: &'static str,
    lines: Vec<WaitingLine>,
    /// Whether many may be decided at once.
    is_batch: bool,
}

struct WaitingLine {
    row: Row,
    token: String,
    saw: String,
    heads: String,
}

struct Tile {
    href: String,
    name: &'static str,
    class: &'static str,
    count: u64,
}

struct Place {
    href: String,
    name: String,
    open: usize,
    late: usize,
}

struct Overview {
    township: String,
    /// Of what the server reminded this person: what for, and the report.
    reminded: Vec<(String, Row)>,
    tiles: Vec<Tile>,
    late_count: String,
    late: Vec<Row>,
    places: Vec<Place>,
    /// Set where there is more than was looked through.
    is_cut: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomeView {
    f: Frame,
    r: &'static Room,
    waiting: Vec<Waiting>,
    is_waiting_shown: bool,
    overviews: Vec<Overview>,
    phrases: Vec<Opt>,
}

/// The first page.
pub(crate) async fn get_home(Shared(app): Shared<App>, desk: Desk) -> Result<Response, Problem> {
    let has_part = desk.holds(|role| {
        matches!(
            role,
            Role::Worker | Role::Chief | Role::Advisor | Role::DepartmentMember
        )
    });
    let sees_all =
        desk.holds(|role| role.is_room() || matches!(role, Role::Supervisor | Role::Administrator));
    let mut waiting: BTreeMap<Group, Vec<WaitingLine>> = BTreeMap::new();
    let mut overviews = Vec::new();
    for feed in &desk.feeds {
        if has_part {
            for (row, offer) in offers(&app, &desk, feed).await? {
                wait(&desk, &mut waiting, feed, &row, &offer);
            }
        }
        if sees_all {
            overviews.push(overview(&app, &desk, feed).await?);
        }
    }
    let w = desk.lang.words();
    let title = |group: Group| match group {
        Group::Answer => w.waits_answer,
        Group::Decide => w.waits_decide,
        Group::Sign => w.waits_sign,
        Group::Work => w.waits_work,
    };
    let groups = waiting.into_iter().map(|(group, lines)| Waiting {
        title: title(group),
        is_batch: group == Group::Decide && lines.len() > 1,
        lines,
    });
    let phrases = words::phrases(desk.lang, A::Return).into_iter();
    let page = HomeView {
        r: desk.lang.room(),
        f: desk.frame(),
        waiting: groups.collect(),
        is_waiting_shown: has_part,
        overviews,
        phrases: phrases
            .map(|(value, text)| Opt {
                value,
                text,
                is_chosen: false,
            })
            .collect(),
    };
    Ok(render(StatusCode::OK, &page))
}

fn open_of(feed: &UnitId) -> QueueQuery {
    QueueQuery {
        feed: Some(feed.clone()),
        is_open: Some(true),
        limit: 200,
        ..QueueQuery::default()
    }
}

async fn offers(app: &App, desk: &Desk, feed: &UnitId) -> Result<Vec<(QueueRow, Offer)>, Problem> {
    let (caller, query) = (desk.caller.clone(), open_of(feed));
    let waits = |offer: &Offer| group_of(offer).is_some();
    app.blocking(move |service| service.offers(&caller, &query, LOOKED_AT, waits))
        .await
}

fn group_of(offer: &Offer) -> Option<Group> {
    let fits = |(_, acts): &&(Group, &[A])| acts.iter().any(|act| offer.acts.contains(act));
    GROUPS.iter().find(fits).map(|(group, _)| *group)
}

fn wait(
    desk: &Desk,
    waiting: &mut BTreeMap<Group, Vec<WaitingLine>>,
    feed: &UnitId,
    row: &QueueRow,
    offer: &Offer,
) {
    let Some(group) = group_of(offer) else { return };
    let heads: Vec<String> = offer.heads.iter().map(ToString::to_string).collect();
    waiting.entry(group).or_default().push(WaitingLine {
        row: row_of(row, &desk.names(), desk.moments(Some(feed))),
        token: token(),
        saw: offer.version.map_or(String::new(), |version| version.to_string()),
        heads: heads.join(","),
    });
}

async fn overview(app: &App, desk: &Desk, feed: &UnitId) -> Result<Overview, Problem> {
    let (caller, query) = (desk.caller.clone(), open_of(feed));
    let (rows, counts, is_cut) = app
        .blocking(move |service| -> Result<_, ServiceError> {
            let counts = service.queue_counts(&caller, &query)?;
            let mut query = query;
            let mut rows = Vec::new();
            loop {
                let page = service.queue(&caller, &query)?;
                rows.extend(page.rows);
                query.after = page.next;
                if query.after.is_none() || rows.len() >= LOOKED_AT {
                    return Ok((rows, counts, query.after.is_some()));
                }
            }
        })
        .await?;
    let is_late = |row: &&QueueRow| row.due_at.is_some_and(|ends_at| ends_at <= desk.now);
    let (names, moments) = (desk.names(), desk.moments(Some(feed)));
    let late: Vec<&QueueRow> = rows.iter().filter(is_late).collect();
    let mut lies: BTreeMap<UnitId, (usize, usize)> = BTreeMap::new();
    for row in &rows {
        let Some(holder) = &row.holder else { continue };
        let (open, overdue) = lies.entry(holder.unit.clone()).or_default();
        *open += 1;
        *overdue += usize::from(is_late(&row));
    }
    let mut places: Vec<Place> = lies
        .into_iter()
        .map(|(unit, (open, late))| Place {
            href: format!(
                "/console/queue?feed={}&holder={}",
                percent(feed.as_str()),
                percent(unit.as_str())
            ),
            name: names.unit(&unit),
            open,
            late,
        })
        .collect();
    places.sort_by_key(|place| std::cmp::Reverse((place.late, place.open)));
    let reminded = reminded(app, desk, feed, &rows).await?;
    let w = desk.lang.words();
    Ok(Overview {
        reminded,
        township: names.unit(feed),
        tiles: tiles(desk, feed, &counts),
        late_count: w.late_count.replace("{n}", &late.len().to_string()),
        late: late
            .iter()
            .take(LATE_SHOWN)
            .map(|row| row_of(row, &names, moments))
            .collect(),
        places,
        is_cut,
    })
}

/// What this person was reminded of and what still waits.
async fn reminded(
    app: &App,
    desk: &Desk,
    feed: &UnitId,
    rows: &[QueueRow],
) -> Result<Vec<(String, Row)>, Problem> {
    let is_near = |row: &&QueueRow| row.due_at.is_some_and(|at| at.ms_since(desk.now) < NEAR_MS);
    let ids: Vec<_> = rows.iter().filter(is_near).map(|row| row.report).collect();
    let (caller, unit) = (desk.caller.clone(), feed.clone());
    let found = app
        .blocking(move |service| service.reminded(&caller, &unit, &ids))
        .await?;
    let (names, moments, r) = (desk.names(), desk.moments(Some(feed)), desk.lang.room());
    let line = |told: &crate::service::RemindedOf| {
        let row = rows.iter().find(|row| row.report == told.report)?;
        let what = match told.nudge {
            xunge_core::workflow::Nudge::Urge => r.told_near,
            xunge_core::workflow::Nudge::Escalate => r.told_late,
        };
        let what = what.replace("{s}", moments.stage(&told.stage));
        Some((what, row_of(row, &names, moments)))
    };
    Ok(found.iter().filter_map(line).collect())
}

fn tiles(desk: &Desk, feed: &UnitId, counts: &BTreeMap<State, u64>) -> Vec<Tile> {
    let tile = |(state, count): (&State, &u64)| Tile {
        href: format!(
            "/console/queue?feed={}&state={}",
            percent(feed.as_str()),
            state.as_str()
        ),
        name: desk.lang.pick(state_words(*state)),
        class: state_class(*state),
        count: *count,
    };
    counts.iter().map(tile).collect()
}
