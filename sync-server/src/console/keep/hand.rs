//! Records by hand: one form a kind, with the columns of that kind's import and its rules. What was filled in is checked, what it means is
//! shown on the page of the proposal, and nothing is written before that.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::directory::{Directory, DirectoryRecord, Unit};
use xunge_core::id::{CategoryId, UnitId};
use xunge_core::time::Timestamp;

use super::proposal;
use super::require;
use crate::ServiceError;
use crate::app::App;
use crate::console::assets;
use crate::console::desk::{Desk, Frame};
use crate::console::dress::{percent, render};
use crate::console::form::{Fields, Posted};
use crate::console::map;
use crate::console::words::hand::{FIELD, KINDS, Shape, shapes};
use crate::import::by_hand::{Field, field_lines, fields_of};
use crate::import::words::say_rule;
use crate::import::{ImportKind, ImportProblem};
use crate::problem::{ErrorCode, Problem};

mod end;
mod field;
mod filled;
mod limits;

pub(super) use end::post_end;
pub(crate) use field::{FieldView, Options, field_view};
pub(crate) use filled::{lines_of, proposed};
pub(crate) use limits::{categories_of, shown};

/// The fields that a category may declare.
const BLOCKS: usize = xunge_core::directory::FIELDS_MAX;

#[derive(Template)]
#[template(path = "keep_hand.html")]
struct HandView {
    f: Frame,
    kind: &'static str,
    title: String,
    back: &'static str,
    back_name: &'static str,
    /// The code of a standing record; empty for a new one.
    key: String,
    fields: Vec<FieldView>,
    /// The fields that a category declares, and whether each stands open: those that are used, and the next.
    blocks: Vec<(bool, Vec<FieldView>)>,
    /// The outline as GeoJSON, where the kind has one.
    outline: Option<String>,
    /// Whether a click on the map says where it is.
    is_place: bool,
    map_script: Option<String>,
    map_url: String,
    from: String,
    today: String,
    problems: Vec<String>,
    problems_text: String,
    notice: Option<&'static str>,
    /// Units that may take over, where it can end.
    successors: Option<Vec<(String, String)>>,
}

/// A form as it stands: what was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    lines: Vec<Vec<Field>>,
    outline: String,
    from: String,
    problems: Vec<ImportProblem>,
    more: Vec<String>,
    notice: Option<&'static str>,
}

/// The kind of an address.
fn kind_of(name: &str) -> Result<(ImportKind, &'static str), Problem> {
    let found = KINDS.iter().find(|(_, known)| *known == name);
    found.copied().ok_or_else(|| Problem::plain(ErrorCode::NotFound))
}

/// The list to which a kind belongs, with its name.
fn list_of(desk: &Desk, kind: ImportKind) -> (&'static str, &'static str) {
    let (b, k) = (desk.lang.board(), desk.lang.keep());
    match kind {
        ImportKind::Categories => ("/console/keep/categories", b.keep_categories),
        ImportKind::Calendar => ("/console/keep/calendar", b.keep_calendar),
        ImportKind::Policies => ("/console/keep/policies", b.keep_policies),
        ImportKind::KeyPlaces => ("/console/keep/places", k.places),
        ImportKind::PlaceNames => ("/console/keep/names", k.names),
        ImportKind::Unreachable => ("/console/keep/areas", k.areas),
        ImportKind::Rules => ("/console/rules", desk.lang.room().rules_title),
        _ => ("/console/keep/units", b.keep_units),
    }
}

/// The standing record of a kind.
pub(super) fn standing(
    directory: &Directory,
    kind: ImportKind,
    key: &str,
    now: Timestamp,
) -> Option<DirectoryRecord> {
    let unit: Option<UnitId> = key.parse().ok();
    match kind {
        ImportKind::Units => directory.unit(&unit?, now).cloned().map(DirectoryRecord::Unit),
        ImportKind::Categories => {
            let id: CategoryId = key.parse().ok()?;
            let known = directory.category_current(&id, now);
            known.cloned().map(DirectoryRecord::Category)
        }
        ImportKind::Calendar => {
            let mut days = directory.calendar_days(now);
            days.find(|day| day.on.to_string() == key)
                .cloned()
                .map(DirectoryRecord::CalendarDay)
        }
        ImportKind::Policies => {
            let mut all = directory.policies(now);
            all.find(|policy| policy.unit.as_str() == key)
                .cloned()
                .map(DirectoryRecord::Policy)
        }
        ImportKind::KeyPlaces => {
            let mut all = directory.key_places(now);
            all.find(|place| place.id == key)
                .cloned()
                .map(DirectoryRecord::KeyPlace)
        }
        ImportKind::PlaceNames => {
            let mut all = directory.place_names(now);
            all.find(|place| place.id == key)
                .cloned()
                .map(DirectoryRecord::PlaceName)
        }
        ImportKind::Unreachable => {
            let mut all = directory.excluded_areas(now);
            all.find(|area| area.id == key)
                .cloned()
                .map(DirectoryRecord::ExcludedArea)
        }
        ImportKind::Rules => {
            let mut all = directory.routing_rules(now);
            all.find(|rule| rule.id == key)
                .cloned()
                .map(DirectoryRecord::RoutingRule)
        }
        _ => None,
    }
}

/// The outline of a record as GeoJSON.
fn outline_of(record: &DirectoryRecord) -> String {
    let outline = match record {
        DirectoryRecord::Unit(unit) => unit.boundary.as_ref(),
        DirectoryRecord::ExcludedArea(area) => Some(&area.outline),
        _ => None,
    };
    outline.map_or(String::new(), |coordinates| {
        serde_json::json!({"type": "MultiPolygon", "coordinates": coordinates}).to_string()
    })
}

/// The form of a new record, or of the one that `key` names; other parameters fill fields in.
pub(super) async fn get_form(
    desk: Desk,
    Path(kind): Path<String>,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    require(&desk)?;
    let (kind, _) = kind_of(&kind)?;
    let key = given.get("key").map(String::as_str).unwrap_or_default();
    if kind == ImportKind::Rules {
        // Rules are tried on the past before anybody writes them.
        let to = format!("/console/rules/rule?key={}", percent(key));
        return Ok(Redirect::to(&to).into_response());
    }
    let record = match key.is_empty() {
        true => None,
        false => Some(
            standing(&desk.directory, kind, key, desk.now)
                .or_else(|| blank_policy(&desk, kind, key))
                .filter(|record| is_own(&desk, record))
                .ok_or_else(|| Problem::plain(ErrorCode::NotFound))?,
        ),
    };
    let typed = match &record {
        Some(record) => {
            let mut lines = vec![fields_of(record)];
            if let DirectoryRecord::Category(category) = record {
                lines.extend(field_lines(category));
            }
            Typed {
                lines,
                outline: outline_of(record),
                ..Typed::default()
            }
        }
        None => {
            let preset = shapes(kind).iter().filter_map(|shape| {
                let value = given.get(shape.name)?;
                Some((shape.name, value.clone()))
            });
            Typed {
                lines: vec![preset.collect()],
                ..Typed::default()
            }
        }
    };
    Ok(render(StatusCode::OK, &view(&desk, kind, key, typed)))
}

/// Whether a record lies where the administrator keeps things, or belongs to everybody.
fn is_own(desk: &Desk, record: &DirectoryRecord) -> bool {
    let unit = match record {
        DirectoryRecord::Unit(unit) => &unit.id,
        DirectoryRecord::Policy(policy) => &policy.unit,
        DirectoryRecord::KeyPlace(place) => &place.grid,
        DirectoryRecord::ExcludedArea(area) => &area.unit,
        DirectoryRecord::RoutingRule(rule) => &rule.unit,
        _ => return true,
    };
    kept_units(desk).iter().any(|kept| kept.id == *unit)
}

/// A unit that has no policy yet begins with one that says nothing.
fn blank_policy(desk: &Desk, kind: ImportKind, key: &str) -> Option<DirectoryRecord> {
    let unit: UnitId = key.parse().ok()?;
    desk.directory
        .unit(&unit, desk.now)
        .filter(|_| kind == ImportKind::Policies)?;
    let json = serde_json::json!({ "unit": unit });
    serde_json::from_value(json).ok().map(DirectoryRecord::Policy)
}

/// The units that the administrator's posts reach.
pub(crate) fn kept_units(desk: &Desk) -> Vec<&Unit> {
    let posts = desk.directory.posts_of(&desk.session.person, desk.now);
    let is_kept = |unit: &&Unit| {
        posts
            .iter()
            .any(|post| post.unit == unit.id || desk.directory.is_within(&unit.id, &post.unit, desk.now))
    };
    desk.directory.units(desk.now).filter(is_kept).collect()
}

impl Typed {
    /// What is wrong with a field, in words.
    fn problem_of(&self, desk: &Desk, line: usize, name: &str) -> String {
        let found = self
            .problems
            .iter()
            .filter(|problem| problem.line == line && problem.column.as_deref() == Some(name));
        let said: Vec<String> = found
            .map(|problem| say_rule(&problem.rule, desk.lang.config()))
            .collect();
        said.join(" ")
    }

    /// What is wrong with the whole, in words: everything that stands at no field.
    fn rest(&self, desk: &Desk, kind: ImportKind) -> Vec<String> {
        let known: Vec<&str> = shapes(kind).iter().map(|shape| shape.name).collect();
        let is_shown = |problem: &&ImportProblem| {
            let name = problem.column.as_deref().unwrap_or_default();
            problem.line == 1 && known.contains(&name) || problem.line > 1
        };
        let mut all = self.more.clone();
        let rest = self.problems.iter().filter(|problem| !is_shown(problem));
        all.extend(rest.map(|problem| say_rule(&problem.rule, desk.lang.config())));
        all
    }
}

/// The fields of a form, and those of each field that a category declares.
fn all_fields(
    desk: &Desk,
    options: &Options,
    kind: ImportKind,
    key: &str,
    typed: &Typed,
) -> (Vec<FieldView>, Vec<Vec<FieldView>>) {
    let first = typed.lines.first().cloned().unwrap_or_default();
    // A limit of the chief's that was written before there were others is shown where there is one, and else not.
    let is_asked = |shape: &&Shape| {
        let is_there = first
            .iter()
            .any(|(name, value)| *name == shape.name && !value.is_empty());
        shape.name != "chief_clock_working_min" || is_there
    };
    let fields = shapes(kind).iter().filter(is_asked).map(|shape| {
        let problem = typed.problem_of(desk, 1, shape.name);
        let mut field = field_view(shape, "", &first, options, problem);
        field.is_fixed = shape.name == key_column(kind) && !key.is_empty();
        field
    });
    let blocks = if kind == ImportKind::Categories { BLOCKS } else { 0 };
    let block = |place: usize| {
        let line = typed.lines.get(place + 1).cloned().unwrap_or_default();
        let prefix = format!("{place}.");
        let fields = FIELD.iter().map(|shape| {
            let problem = typed.problem_of(desk, place + 2, shape.name);
            field_view(shape, &prefix, &line, options, problem)
        });
        fields.collect::<Vec<_>>()
    };
    (fields.collect(), (0..blocks).map(block).collect())
}

/// Fields that nobody has filled in are folded away, but for the first.
fn opened(blocks: Vec<Vec<FieldView>>) -> Vec<(bool, Vec<FieldView>)> {
    let is_used = |block: &Vec<FieldView>| {
        let is_filled = |field: &FieldView| field.kind == "text" && !field.value.is_empty();
        block
            .iter()
            .any(|field| is_filled(field) || !field.problem.is_empty())
    };
    let next = blocks.iter().position(|block| !is_used(block));
    let numbered = blocks.into_iter().enumerate();
    numbered
        .map(|(place, block)| (is_used(&block) || next == Some(place), block))
        .collect()
}

fn title_of(desk: &Desk, kind: ImportKind, key: &str, typed: &Typed) -> String {
    let k = desk.lang.keep();
    let mut first = typed.lines.iter().flatten();
    let name = first.find(|(name, value)| *name == "name" && !value.is_empty());
    let unit: Option<UnitId> = key.parse().ok().filter(|_| kind == ImportKind::Policies);
    let name = match (name, unit) {
        (Some((_, name)), _) => name.clone(),
        (None, Some(unit)) => desk.names().unit(&unit),
        (None, None) => key.to_owned(),
    };
    match key.is_empty() {
        true => k.new_of.replace("{x}", list_of(desk, kind).1),
        false => k.edit_of.replace("{x}", &name),
    }
}

fn view(desk: &Desk, kind: ImportKind, key: &str, typed: Typed) -> HandView {
    let options = Options::of(desk);
    let (fields, blocks) = all_fields(desk, &options, kind, key, &typed);
    let count = typed.problems.len() + typed.more.len();
    let (back, back_name) = list_of(desk, kind);
    let has_outline = matches!(kind, ImportKind::Units | ImportKind::Unreachable);
    let is_place = matches!(kind, ImportKind::KeyPlaces | ImportKind::PlaceNames);
    let can_end = !key.is_empty() && kind != ImportKind::Categories;
    let today = desk.now.day_in(desk.moments(None).zone).to_string();
    HandView {
        kind: KINDS.iter().find(|(known, _)| *known == kind).map_or("", |k| k.1),
        title: title_of(desk, kind, key, &typed),
        back,
        back_name,
        key: key.to_owned(),
        fields,
        blocks: opened(blocks),
        is_place,
        map_script: assets::draw().filter(|_| has_outline || is_place),
        map_url: format!("/console/keep/map?but={}", percent(key)),
        problems: typed.rest(desk, kind),
        problems_text: match count {
            0 => String::new(),
            n => desk.lang.keep().wrong_fields.replace("{n}", &n.to_string()),
        },
        notice: typed.notice,
        from: match typed.from.is_empty() {
            true => today.clone(),
            false => typed.from,
        },
        today,
        outline: has_outline.then_some(typed.outline),
        successors: can_end.then(|| options.successors(kind, key)),
        f: desk.frame(),
    }
}

/// The column that names a record of a kind.
pub(crate) fn key_column(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Categories => "category",
        ImportKind::Calendar => "date",
        ImportKind::Policies => "unit",
        ImportKind::Rules => "rule",
        _ => "code",
    }
}

/// Checks what was filled in; what it means is shown next.
pub(super) async fn post_form(
    Shared(app): Shared<App>,
    Path(kind): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    require(&desk)?;
    let (kind, _) = kind_of(&kind)?;
    let key = fields.get("key").unwrap_or_default().to_owned();
    match filled::checked(&app, &desk, kind, &key, &fields).await? {
        filled::Checked::Good(held) => {
            proposal::keep(&app, &desk, *held).await?;
            Ok(Redirect::to(proposal::HERE).into_response())
        }
        filled::Checked::Wrong { problems, more } => {
            let typed = Typed {
                problems,
                more,
                ..typed_of(&desk, kind, &fields)
            };
            let page = view(&desk, kind, &key, typed);
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        filled::Checked::Same => {
            let typed = Typed {
                notice: Some(desk.lang.keep().nothing_changed),
                ..typed_of(&desk, kind, &fields)
            };
            Ok(render(StatusCode::OK, &view(&desk, kind, &key, typed)))
        }
    }
}

fn typed_of(desk: &Desk, kind: ImportKind, fields: &Fields) -> Typed {
    Typed {
        lines: lines_of(desk, kind, fields),
        outline: fields.get("outline").unwrap_or_default().to_owned(),
        from: fields.get("from").unwrap_or_default().to_owned(),
        ..Typed::default()
    }
}

/// The map that is drawn on: outlines of the other grids, to snap to.
pub(super) async fn get_map(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<axum::Json<serde_json::Value>, Problem> {
    require(&desk)?;
    let but = given.get("but").map(String::as_str).unwrap_or_default();
    let units = kept_units(&desk);
    let others = units
        .iter()
        .filter(|unit| unit.id.as_str() != but && unit.kind.is_grid())
        .map(|unit| &unit.id);
    let features = map::outlines(&desk.names(), others);
    Ok(axum::Json(map::drawing(&app, features)))
}

/// Whether these are the person's own records: nobody writes for another township. Told by the service, as a page.
pub(in crate::console::keep) async fn may_write(
    app: &App,
    desk: &Desk,
    changes: Vec<crate::service::DirectoryChange>,
) -> Result<(), Problem> {
    let caller = desk.caller.clone();
    app.blocking(move |service| -> Result<(), ServiceError> { service.keep_may_write(&caller, &changes) })
        .await
}
