//! What a form said: its lines, what is wrong with them, and the proposal that comes of them.

use chrono::NaiveDate;
use xunge_core::directory::{Category, DirectoryRecord};
use xunge_core::grid::{Boundary, Coordinates};
use xunge_core::time::Timestamp;

use super::super::proposal;
use super::{BLOCKS, key_column, limits, may_write, standing};
use crate::app::App;
use crate::console::act::token;
use crate::console::desk::Desk;
use crate::console::form::Fields;
use crate::console::queue::day_start;
use crate::console::words::hand::{FIELD, shapes};
use crate::import::by_hand::{Field, read_lines};
use crate::import::{ImportKind, ImportProblem, ImportRule, Plan, ReadFile, ReadOptions};
use crate::problem::Problem;
use crate::service::Proposal;

/// What came of a form.
pub(super) enum Checked {
    /// Changes that may be proposed.
    Good(Box<Proposal>),
    /// What is wrong, at its field or as a whole.
    Wrong {
        /// Problems of fields and of the directory.
        problems: Vec<ImportProblem>,
        /// What else is wrong, in words.
        more: Vec<String>,
    },
    /// Nothing differs from what stands.
    Same,
}

/// The lines of a form: its own fields, then one line for each field that a category declares.
pub(crate) fn lines_of(desk: &Desk, kind: ImportKind, fields: &Fields) -> Vec<Vec<Field>> {
    let categories = limits::categories_of(desk);
    let first = shapes(kind).iter().map(|shape| {
        let typed = fields.all(shape.name).join("、");
        (shape.name, limits::taken(&categories, shape, typed))
    });
    let mut lines = vec![first.collect::<Vec<_>>()];
    if kind == ImportKind::Categories {
        let key = fields.get("category").unwrap_or_default();
        for place in 0..BLOCKS {
            let value = |name: &str| {
                fields
                    .get(&format!("{place}.{name}"))
                    .unwrap_or_default()
                    .to_owned()
            };
            if value("field").is_empty() && value("name").is_empty() {
                continue;
            }
            let mut line: Vec<Field> = vec![("category", key.to_owned())];
            line.extend(FIELD.iter().map(|shape| (shape.name, value(shape.name))));
            lines.push(line);
        }
    }
    lines
}

/// From when a form's changes hold: the day that it names, or at once.
pub(crate) fn begins(desk: &Desk, fields: &Fields) -> Timestamp {
    let zone = desk.moments(None).zone;
    let today = desk.now.day_in(zone);
    let day = fields.get("from").and_then(|text| text.parse::<NaiveDate>().ok());
    match day {
        Some(day) if day > today => day_start(day, zone),
        _ => desk.now,
    }
}

/// Holds a form against the rules of the import and against the directory.
pub(super) async fn checked(
    app: &App,
    desk: &Desk,
    kind: ImportKind,
    key: &str,
    fields: &Fields,
) -> Result<Checked, Problem> {
    let at = begins(desk, fields);
    let zone = desk.moments(None).zone;
    let options = ReadOptions {
        today: desk.now.day_in(zone),
        zone,
        is_future_allowed: true,
    };
    let held = standing(&desk.directory, kind, key, desk.now);
    let named = fields.get(key_column(kind)).unwrap_or_default();
    let is_taken = key.is_empty() && standing(&desk.directory, kind, named, desk.now).is_some();
    let outline = outline(fields);
    let mut file = match read(desk, kind, fields, outline.clone(), &options) {
        Ok(file) => file,
        Err(problems) => {
            let more = Vec::new();
            return Ok(Checked::Wrong { problems, more });
        }
    };
    let k = desk.lang.keep();
    if is_taken || (!key.is_empty() && named != key) {
        let more = vec![k.taken.to_owned()];
        let problems = Vec::new();
        return Ok(Checked::Wrong { problems, more });
    }
    for record in &mut file.records {
        complete(&mut record.record, held.as_ref(), &outline);
    }
    let planned = proposal::planned(app, file, at).await?;
    let plan = match planned {
        Ok(plan) => plan,
        Err(problems) => {
            let more = Vec::new();
            return Ok(Checked::Wrong { problems, more });
        }
    };
    if plan.changes.is_empty() {
        return Ok(Checked::Same);
    }
    may_write(app, desk, plan.changes.clone()).await?;
    let (back, title) = super::list_of(desk, kind);
    Ok(Checked::Good(Box::new(proposed(desk, title, back, plan))))
}

/// A plan as a proposal.
pub(crate) fn proposed(desk: &Desk, title: &str, back: &str, plan: Plan) -> Proposal {
    let rows = plan
        .changes
        .into_iter()
        .map(|change| change.record.into_row(change.valid_from, change.valid_to, 0));
    Proposal {
        token: token(),
        made_at: desk.now,
        title: title.to_owned(),
        back: back.to_owned(),
        rows: rows.collect(),
        unchanged: plan.unchanged,
        passed_over: plan.passed_over,
    }
}

/// The outline that was drawn or pasted; `None` where there is none.
type Outline = Result<Option<Coordinates>, Vec<ImportProblem>>;

fn outline(fields: &Fields) -> Outline {
    let Some(text) = fields.get("outline") else {
        return Ok(None);
    };
    let told = |problem| ImportProblem::cell(1, "outline", "", ImportRule::Outline(problem));
    match Boundary::from_geojson(text) {
        Ok(boundary) => Ok(Some(boundary.into_coordinates())),
        Err(problems) => Err(problems.into_iter().map(told).collect()),
    }
}

/// Reads the fields; what is wrong with the outline is told beside what is wrong with them.
fn read(
    desk: &Desk,
    kind: ImportKind,
    fields: &Fields,
    outline: Outline,
    options: &ReadOptions,
) -> Result<ReadFile, Vec<ImportProblem>> {
    let lines = lines_of(desk, kind, fields);
    let file = match kind {
        ImportKind::Unreachable => {
            let coordinates = outline.as_ref().ok().and_then(|outline| outline.clone());
            crate::import::by_hand::read_area(&lines[0], coordinates)
        }
        kind => read_lines(kind, &lines, options),
    };
    match (file, outline) {
        (Ok(file), Ok(_)) => Ok(file),
        (Ok(_), Err(problems)) | (Err(problems), Ok(_)) => Err(problems),
        (Err(mut problems), Err(more)) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

/// Adds to a record what its form does not show.
fn complete(record: &mut DirectoryRecord, held: Option<&DirectoryRecord>, outline: &Outline) {
    match (record, held) {
        (DirectoryRecord::Unit(unit), _) => {
            unit.boundary = outline.as_ref().ok().and_then(|outline| outline.clone());
        }
        (DirectoryRecord::KeyPlace(place), Some(DirectoryRecord::KeyPlace(held))) => {
            let is_moved = (place.lat_deg, place.lon_deg) != (held.lat_deg, held.lon_deg);
            place.outline = held.outline.clone().filter(|_| !is_moved);
            place.excuses.extend(held.excuses.iter().skip(1).cloned());
        }
        (DirectoryRecord::Category(category), Some(DirectoryRecord::Category(held))) => {
            category.version = held.version;
            // Reports name the version that they were filled in with: what differs is a new one.
            if *category != *held {
                category.version = held.version + 1;
            }
        }
        (DirectoryRecord::Category(category), None) => first_version(category),
        _ => {}
    }
}

fn first_version(category: &mut Category) {
    category.version = 1;
}
