//! The end of a record from a day on. A unit takes its posts with it; what else names it goes to the unit that takes over, or ends.

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xunge_core::directory::{Directory, DirectoryRecord};
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;

use super::super::proposal;
use super::super::require;
use super::filled::{begins, proposed};
use super::{Typed, kind_of, may_write, standing, view};
use crate::app::App;
use crate::console::dress::render;
use crate::console::form::Posted;
use crate::import::by_hand::fields_of;
use crate::import::{ReadFile, ReadRecord};
use crate::problem::{ErrorCode, Problem};

/// Proposes the end of a record.
pub(crate) async fn post_end(
    Shared(app): Shared<App>,
    Path(kind): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let Posted { desk, fields } = posted;
    require(&desk)?;
    let (kind, _) = kind_of(&kind)?;
    let key = fields.get("key").unwrap_or_default().to_owned();
    let record = standing(&desk.directory, kind, &key, desk.now);
    let record = record.filter(|record| super::is_own(&desk, record));
    let record = record.ok_or_else(|| Problem::plain(ErrorCode::NotFound))?;
    let at = begins(&desk, &fields);
    let successor: Option<UnitId> = fields.get("successor").and_then(|text| text.parse().ok());
    let name = crate::console::keep::proposal::name_of(&record);
    let title = desk.lang.keep().end_title.replace("{x}", &name);
    let file = match &record {
        DirectoryRecord::Unit(unit) => without(&desk.directory, &unit.id, successor.as_ref(), at),
        other => ReadFile {
            ends: vec![other.clone()],
            ..ReadFile::default()
        },
    };
    let planned = proposal::planned(&app, file, at).await?;
    match planned {
        Ok(plan) => {
            may_write(&app, &desk, plan.changes.clone()).await?;
            let (back, _) = super::list_of(&desk, kind);
            proposal::keep(&app, &desk, proposed(&desk, &title, back, plan)).await?;
            Ok(Redirect::to(proposal::HERE).into_response())
        }
        Err(problems) => {
            let language = desk.lang.config();
            let typed = Typed {
                lines: vec![fields_of(&record)],
                outline: super::outline_of(&record),
                more: problems
                    .iter()
                    .map(|problem| {
                        let what = crate::import::words::say_rule(&problem.rule, language);
                        let whose = problem.value.as_deref().unwrap_or_default();
                        format!("{whose} {what}")
                    })
                    .collect(),
                ..Typed::default()
            };
            let page = view(&desk, kind, &key, typed);
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// Everything that ends or changes when a unit ends.
fn without(directory: &Directory, unit: &UnitId, successor: Option<&UnitId>, at: Timestamp) -> ReadFile {
    let mut file = ReadFile::default();
    let held = directory.unit(unit, at).cloned();
    file.ends.extend(held.map(DirectoryRecord::Unit));
    let mut change = |record| file.records.push(ReadRecord { line: 0, record });
    for post in directory.posts(at).filter(|post| post.unit == *unit) {
        let mut post = post.clone();
        if post.held_to.is_none_or(|to| to > at) {
            post.held_to = Some(at);
        }
        file.ends.push(DirectoryRecord::Post(post));
    }
    for child in directory.children_of(unit, at) {
        if let Some(successor) = successor {
            let mut child = child.clone();
            child.parent = Some(successor.clone());
            change(DirectoryRecord::Unit(child));
        }
    }
    for place in directory.key_places(at).filter(|place| place.grid == *unit) {
        let mut place = place.clone();
        match successor {
            Some(successor) => {
                place.grid = successor.clone();
                change(DirectoryRecord::KeyPlace(place));
            }
            None => file.ends.push(DirectoryRecord::KeyPlace(place)),
        }
    }
    for area in directory.excluded_areas(at).filter(|area| area.unit == *unit) {
        let mut area = area.clone();
        match successor {
            Some(successor) => {
                area.unit = successor.clone();
                change(DirectoryRecord::ExcludedArea(area));
            }
            None => file.ends.push(DirectoryRecord::ExcludedArea(area)),
        }
    }
    let policies = directory.policies(at).filter(|policy| policy.unit == *unit);
    file.ends.extend(policies.cloned().map(DirectoryRecord::Policy));
    rules_without(directory, unit, successor, at, &mut file);
    for category in directory.categories(at) {
        if category.department.as_ref() == Some(unit) {
            let mut category = category.clone();
            category.department = successor.cloned();
            category.version += 1;
            let record = DirectoryRecord::Category(category);
            file.records.push(ReadRecord { line: 0, record });
        }
    }
    file
}

/// Rules of an ended unit end; those that name it name its successor, or rest where they would say something else without it.
fn rules_without(
    directory: &Directory,
    unit: &UnitId,
    successor: Option<&UnitId>,
    at: Timestamp,
    file: &mut ReadFile,
) {
    for rule in directory.routing_rules(at) {
        let mut changed = rule.clone();
        if rule.unit == *unit {
            file.ends.push(DirectoryRecord::RoutingRule(changed));
            continue;
        }
        match successor {
            Some(successor) => {
                for named in changed.when.units.iter_mut().chain(&mut changed.then.department) {
                    if named == unit {
                        *named = successor.clone();
                    }
                }
            }
            None => {
                changed.when.units.retain(|named| named != unit);
                let was_emptied = changed.when.units.is_empty() && !rule.when.units.is_empty();
                let has_lost = changed.then.department.take_if(|named| named == unit).is_some();
                changed.is_on &= !was_emptied && !has_lost;
                // A rule without a unit would be about every grid: it keeps the township's name while it rests.
                if was_emptied {
                    changed.when.units = vec![rule.unit.clone()];
                }
            }
        }
        if changed != *rule {
            let record = DirectoryRecord::RoutingRule(changed);
            file.records.push(ReadRecord { line: 0, record });
        }
    }
}
