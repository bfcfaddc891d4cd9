//! Delegations and shifts: who stands in for a post from day to day, who is on duty from hour to hour. What that means is shown first.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{NaiveDateTime, TimeZone};
use xunge_core::directory::{DirectoryRecord, Post, PostKind};
use xunge_core::id::{PersonId, PostId, UnitId};
use xunge_core::time::Timestamp;

use super::hand::{kept_units, may_write, proposed};
use super::person::{ROLES, role_name};
use super::{proposal, require};
use crate::app::App;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::render;
use crate::console::form::{Fields, Posted};
use crate::console::words;
use crate::import::{ReadFile, ReadRecord, words::say_rule};
use crate::problem::Problem;

/// The address of the page.
const HERE: &str = "/console/keep/shifts";

struct Line {
    id: String,
    who: String,
    what: String,
    way: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "keep_shifts.html")]
struct ShiftsView {
    f: Frame,
    lines: Vec<Line>,
    posts: Vec<(String, String)>,
    people: Vec<(String, String)>,
    units: Vec<(String, String)>,
    roles: Vec<(String, &'static str)>,
    now: String,
    problems: Vec<String>,
}

fn view(desk: &Desk, problems: Vec<String>) -> ShiftsView {
    let (names, moments, k) = (desk.names(), desk.moments(None), desk.lang.keep());
    let units = kept_units(desk);
    let is_kept = |unit: &UnitId| units.iter().any(|kept| kept.id == *unit);
    let what = |post: &Post| {
        let role = words::role(desk.lang, post.role);
        format!("{} · {role}", names.unit(&post.unit))
    };
    let mut held: Vec<&Post> = desk
        .directory
        .posts(desk.now)
        .filter(|post| is_kept(&post.unit) && post.held_to.is_none_or(|to| to > desk.now))
        .collect();
    held.sort_by(|a, b| (&a.unit, a.role, a.held_from).cmp(&(&b.unit, b.role, b.held_from)));
    let line = |post: &&Post| {
        let way = match &post.kind {
            PostKind::Appointment => return None,
            PostKind::Shift => k.on_duty.to_owned(),
            PostKind::Delegation { of } => {
                let of = desk.directory.last_known_post(of, desk.now);
                let whom = of.map_or_else(String::new, |of| names.person(&of.person));
                k.stands_in.replace("{x}", &whom)
            }
        };
        Some(Line {
            id: post.id.to_string(),
            who: names.person(&post.person),
            what: what(post),
            way,
            from: moments.at(post.held_from).short,
            to: post.held_to.map(|to| moments.at(to).short).unwrap_or_default(),
        })
    };
    let post_entry = |post: &&Post| {
        let text = format!("{} · {}", what(post), names.person(&post.person));
        (post.id.to_string(), text)
    };
    let local = desk.now.to_utc().with_timezone(&moments.zone);
    ShiftsView {
        lines: held.iter().filter_map(line).collect(),
        posts: held
            .iter()
            .filter(|post| post.kind == PostKind::Appointment)
            .map(post_entry)
            .collect(),
        people: desk
            .directory
            .people(desk.now)
            .map(|person| (person.id.to_string(), format!("{} {}", person.name, person.id)))
            .collect(),
        units: units
            .iter()
            .map(|unit| (unit.id.to_string(), unit.name.clone()))
            .collect(),
        roles: ROLES
            .iter()
            .map(|role| (role_name(*role), words::role(desk.lang, *role)))
            .collect(),
        now: local.format("%Y-%m-%dT%H:%M").to_string(),
        problems,
        f: desk.frame(),
    }
}

/// The page.
pub(super) async fn get_shifts(desk: Desk) -> Result<Response, Problem> {
    require(&desk)?;
    Ok(render(StatusCode::OK, &view(&desk, Vec::new())))
}

/// An instant that was typed as the township's own time.
fn instant(desk: &Desk, fields: &Fields, name: &str) -> Option<Timestamp> {
    let text = fields.get(name)?;
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
    let at = desk.moments(None).zone.from_local_datetime(&local).earliest()?;
    Some(Timestamp(at.timestamp_millis()))
}

/// The post that a form describes; `None` where it lacks something.
fn post_of(desk: &Desk, fields: &Fields) -> Option<Post> {
    let from = instant(desk, fields, "from").unwrap_or(desk.now);
    // What began in this minute began now.
    let from = if desk.now.ms_since(from).abs() < 60_000 {
        desk.now
    } else {
        from
    };
    let to = instant(desk, fields, "to")?;
    let person: PersonId = fields.get("person")?.parse().ok()?;
    let code = format!("{person}-{}", desk.now.as_millis());
    let (unit, role, kind) = match fields.get("do") {
        Some("delegate") => {
            let of: PostId = fields.get("post")?.parse().ok()?;
            let held = desk.directory.last_known_post(&of, desk.now)?;
            (held.unit.clone(), held.role, PostKind::Delegation { of })
        }
        _ => {
            let unit: UnitId = fields.get("unit")?.parse().ok()?;
            let role = fields.get("role")?;
            let role = ROLES.into_iter().find(|known| role_name(*known) == role)?;
            (unit, role, PostKind::Shift)
        }
    };
    (to > from).then_some(Post {
        id: PostId::new(code).ok()?,
        unit,
        role,
        person,
        kind,
        held_from: from,
        held_to: Some(to),
    })
}

/// Proposes a delegation or a shift, or the end of one.
pub(super) async fn post_shifts(Shared(app): Shared<App>, posted: Posted) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    require(&desk)?;
    let k = desk.lang.keep();
    let ended: Option<PostId> = fields.get("end").and_then(|text| text.parse().ok());
    let post = match &ended {
        Some(ended) => desk
            .directory
            .last_known_post(ended, desk.now)
            .cloned()
            .map(|post| Post {
                // What has not begun is over before it begins.
                held_from: post.held_from.min(desk.now.plus_ms(-1)),
                held_to: Some(desk.now),
                ..post
            }),
        None => post_of(&desk, &fields),
    };
    let Some(post) = post else {
        let page = view(&desk, vec![k.shift_wrong.to_owned()]);
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let (at, title) = (desk.now, if ended.is_some() { k.end_now } else { k.shifts });
    let record = DirectoryRecord::Post(post);
    let file = ReadFile {
        records: vec![ReadRecord { line: 0, record }],
        ..ReadFile::default()
    };
    let planned = proposal::planned(&app, file, at).await?;
    match planned {
        Ok(plan) => {
            may_write(&app, &desk, plan.changes.clone()).await?;
            proposal::keep(&app, &desk, proposed(&desk, title, HERE, plan)).await?;
            Ok(Redirect::to(proposal::HERE).into_response())
        }
        Err(problems) => {
            let said = problems.iter().map(|p| say_rule(&p.rule, desk.lang.config()));
            let page = view(&desk, said.collect());
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}
