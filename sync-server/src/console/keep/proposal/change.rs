//! One record of a proposal: what it is, and what differs from what stands.

use std::sync::Arc;

use xunge_core::directory::{Directory, DirectoryRecord, Post};
use xunge_core::grid::{Boundary, Coordinates};

use super::name_of;
use crate::console::desk::Desk;
use crate::console::keep::hand::{categories_of, shown};
use crate::console::names::Names;
use crate::console::words;
use crate::console::words::hand::{FIELD, Input, Shape, shapes};
use crate::import::ImportKind;
use crate::import::by_hand::{field_lines, fields_of};
use crate::service::DirectoryChange;

/// One line of what differs: what, before, after.
pub(super) struct Difference {
    pub(super) label: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// A record as the page lists it.
pub(super) struct ChangeView {
    pub(super) word: &'static str,
    pub(super) class: &'static str,
    pub(super) kind: &'static str,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) from: String,
    pub(super) differences: Vec<Difference>,
}

fn kind_of(record: &DirectoryRecord) -> ImportKind {
    match record {
        DirectoryRecord::Unit(_) => ImportKind::Units,
        DirectoryRecord::Person(_) => ImportKind::People,
        DirectoryRecord::Post(_) => ImportKind::Posts,
        DirectoryRecord::Category(_) => ImportKind::Categories,
        DirectoryRecord::CalendarDay(_) => ImportKind::Calendar,
        DirectoryRecord::Policy(_) => ImportKind::Policies,
        DirectoryRecord::PlaceName(_) => ImportKind::PlaceNames,
        DirectoryRecord::KeyPlace(_) => ImportKind::KeyPlaces,
        DirectoryRecord::ExcludedArea(_) => ImportKind::Unreachable,
        DirectoryRecord::RoutingRule(_) => ImportKind::Rules,
    }
}

/// What stands under the key of a record now.
fn standing(desk: &Desk, record: &DirectoryRecord) -> Option<DirectoryRecord> {
    let (directory, now) = (&desk.directory, desk.now);
    match record {
        DirectoryRecord::Person(person) => directory
            .person(&person.id, now)
            .cloned()
            .map(DirectoryRecord::Person),
        DirectoryRecord::Post(post) => directory
            .posts(now)
            .find(|held| held.id == post.id)
            .cloned()
            .map(DirectoryRecord::Post),
        DirectoryRecord::Category(category) => {
            super::super::hand::standing(directory, ImportKind::Categories, category.id.as_str(), now)
        }
        other => super::super::hand::standing(directory, kind_of(other), &other.key(), now),
    }
}

impl ChangeView {
    /// A change against what stands.
    pub(super) fn of(desk: &Desk, change: &DirectoryChange, after: &Arc<Directory>) -> Self {
        let k = desk.lang.keep();
        let moments = desk.moments(None);
        let held = standing(desk, &change.record);
        let (word, class) = match (&held, change.valid_to) {
            (_, Some(_)) => (k.change_end, "ends"),
            (None, None) => (k.change_new, "new"),
            (Some(_), None) => (k.change_edit, "edit"),
        };
        let names = Names {
            directory: Arc::clone(after),
            lang: desk.lang,
            now: change.valid_from,
        };
        let differences = match change.valid_to {
            Some(_) => Vec::new(),
            None => differences(desk, &names, held.as_ref(), &change.record),
        };
        let name = match &change.record {
            DirectoryRecord::Post(post) => post_words(desk, &names, post),
            DirectoryRecord::Policy(policy) => names.unit(&policy.unit),
            other => name_of(other),
        };
        Self {
            word,
            class,
            kind: super::super::import::kind_name(desk.lang, kind_of(&change.record)),
            key: change.record.key(),
            name,
            from: moments.at(change.valid_from).short,
            differences,
        }
    }
}

/// A post in words: where, what, who, from when to when.
fn post_words(desk: &Desk, names: &Names, post: &Post) -> String {
    let moments = desk.moments(None);
    let until = post.held_to.map(|to| moments.at(to).short).unwrap_or_default();
    format!(
        "{} · {} · {} ({} – {until})",
        names.unit(&post.unit),
        words::role(desk.lang, post.role),
        names.person(&post.person),
        moments.at(post.held_from).short
    )
}

fn differences(
    desk: &Desk,
    names: &Names,
    held: Option<&DirectoryRecord>,
    record: &DirectoryRecord,
) -> Vec<Difference> {
    let old = held.map(fields_of).unwrap_or_default();
    let mut found = Vec::new();
    for (name, after) in fields_of(record) {
        let Some(shape) = shapes(kind_of(record)).iter().find(|shape| shape.name == name) else {
            continue;
        };
        let before = old.iter().find(|(known, _)| *known == name);
        let before = before.map(|(_, value)| value.clone()).unwrap_or_default();
        if before != after {
            found.push(Difference {
                label: desk.lang.pick(shape.label).to_owned(),
                before: said(desk, names, shape, &before),
                after: said(desk, names, shape, &after),
            });
        }
    }
    match record {
        DirectoryRecord::Person(person) => {
            let old = held.and_then(|held| match held {
                DirectoryRecord::Person(old) => old.telephone.clone(),
                _ => None,
            });
            if old != person.telephone {
                found.push(Difference {
                    label: desk.lang.board().col_telephone.to_owned(),
                    before: old.unwrap_or_default(),
                    after: person.telephone.clone().unwrap_or_default(),
                });
            }
        }
        DirectoryRecord::Category(_) => found.extend(declared(desk, names, held, record)),
        _ => {}
    }
    let outline = |record: &DirectoryRecord| match record {
        DirectoryRecord::Unit(unit) => unit.boundary.clone(),
        DirectoryRecord::ExcludedArea(area) => Some(area.outline.clone()),
        _ => None,
    };
    let (before, after) = (held.and_then(outline), outline(record));
    if before != after {
        found.push(Difference {
            label: desk.lang.board().col_outline.to_owned(),
            before: area(before),
            after: area(after),
        });
    }
    found
}

/// How large an outline is.
fn area(outline: Option<Coordinates>) -> String {
    let Some(boundary) = outline.and_then(|outline| Boundary::new(outline).ok()) else {
        return String::new();
    };
    let points: usize = boundary.coordinates().iter().flatten().map(Vec::len).sum();
    format!("{:.1} ha · {points}", boundary.area_m2() / 10_000.0)
}

/// What differs in the fields that a category declares.
fn declared(
    desk: &Desk,
    names: &Names,
    held: Option<&DirectoryRecord>,
    record: &DirectoryRecord,
) -> Vec<Difference> {
    let lines = |record: Option<&DirectoryRecord>| match record {
        Some(DirectoryRecord::Category(category)) => field_lines(category),
        _ => Vec::new(),
    };
    let (old, new) = (lines(held), lines(Some(record)));
    let told = |line: Option<&Vec<crate::import::by_hand::Field>>| {
        let Some(line) = line else { return String::new() };
        let parts = FIELD.iter().filter_map(|shape| {
            let (_, value) = line
                .iter()
                .find(|(name, value)| *name == shape.name && !value.is_empty())?;
            let is_plain = matches!(shape.name, "field" | "name" | "type" | "options");
            let said = said(desk, names, shape, value);
            Some(match is_plain {
                true => said,
                false => format!("{} {said}", desk.lang.pick(shape.label)),
            })
        });
        parts.collect::<Vec<_>>().join(" · ")
    };
    let count = old.len().max(new.len());
    let differs = (0..count).filter(|place| old.get(*place) != new.get(*place));
    differs
        .map(|place| Difference {
            label: format!("{} {}", desk.lang.board().col_fields, place + 1),
            before: told(old.get(place)),
            after: told(new.get(place)),
        })
        .collect()
}

/// What stands in a field, in words.
fn said(desk: &Desk, names: &Names, shape: &Shape, value: &str) -> String {
    let listing = desk.lang.words().listing;
    let many = |one: &dyn Fn(&str) -> String| {
        let parts = value.split('、').filter(|part| !part.is_empty());
        parts.map(one).collect::<Vec<_>>().join(listing)
    };
    let unit = |code: &str| {
        code.parse()
            .map_or_else(|_| code.to_owned(), |id| names.unit(&id))
    };
    let category = |code: &str| {
        code.parse()
            .map_or_else(|_| code.to_owned(), |id| names.category(&id))
    };
    match shape.input {
        Input::YesNo => {
            let w = desk.lang.words();
            if value == "yes" { w.yes } else { w.no }.to_owned()
        }
        Input::Choice(choices) => {
            let found = choices.iter().find(|(known, _)| *known == value);
            found.map_or_else(
                || value.to_owned(),
                |(_, words)| desk.lang.pick(*words).to_owned(),
            )
        }
        Input::Unit | Input::Grid | Input::Department | Input::Units => many(&unit),
        Input::Category | Input::Categories => many(&category),
        _ => shown(desk.lang, &categories_of(desk), shape, value).replace('\n', "; "),
    }
}
