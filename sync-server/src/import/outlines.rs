//! Units with outlines from GeoJSON. A feature without geometry is a unit whose outline is not drawn yet.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use xunge_core::directory::{DirectoryRecord, Unit, UnitKind};
use xunge_core::grid::{OutlinedFeature, read_features};
use xunge_core::id::UnitId;

use super::problem::{ImportProblem, ImportRule};
use super::units::{
    ACCOUNTS_NAMES, CODE_NAMES, KIND_NAMES, KINDS, KINDS_KNOWN, NAME_NAMES, PARENT_NAMES, TELEPHONE_NAMES,
    kind_default,
};
use super::{ImportKind, ReadFile, ReadRecord, text};

pub(super) fn read(bytes: &[u8], kind: ImportKind) -> Result<ReadFile, Vec<ImportProblem>> {
    let (text, _) = text::decode(bytes).ok_or_else(|| vec![ImportProblem::file(ImportRule::NotATable)])?;
    let features = read_features(&text).map_err(|found| {
        found
            .into_iter()
            .map(|problem| ImportProblem::file(ImportRule::Outline(problem)))
            .collect::<Vec<_>>()
    })?;
    if features.is_empty() {
        return Err(vec![ImportProblem::file(ImportRule::NoRows)]);
    }
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let mut first_lines: BTreeMap<UnitId, usize> = BTreeMap::new();
    let mut passed_over = BTreeSet::new();
    for feature in features {
        note_unknown(&feature.properties, &mut passed_over);
        let line = feature.number;
        let Some(unit) = unit(feature, kind, &mut problems) else {
            continue;
        };
        if let Some(first_line) = first_lines.insert(unit.id.clone(), line) {
            let rule = ImportRule::DoubledCode { first_line };
            problems.push(ImportProblem::cell(line, "code", unit.id.as_str(), rule));
            continue;
        }
        records.push(ReadRecord {
            line,
            record: DirectoryRecord::Unit(unit),
        });
    }
    super::plan::finish(records, passed_over.into_iter().collect(), problems)
}

fn unit(feature: OutlinedFeature, kind: ImportKind, problems: &mut Vec<ImportProblem>) -> Option<Unit> {
    let line = feature.number;
    let properties = &feature.properties;
    let mut note = |column: &str, value: &str, rule| {
        problems.push(ImportProblem::cell(line, column, value, rule));
    };
    let boundary = match feature.boundary {
        Ok(boundary) => boundary.map(xunge_core::grid::Boundary::into_coordinates),
        Err(found) => {
            for problem in found {
                note("geometry", "", ImportRule::Outline(problem));
            }
            None
        }
    };
    let id: Option<UnitId> = match property(properties, CODE_NAMES) {
        None => {
            note("code", "", ImportRule::Empty);
            None
        }
        Some(text) => text.parse().ok().or_else(|| {
            note("code", &text, ImportRule::BadCode);
            None
        }),
    };
    let name = property(properties, NAME_NAMES);
    if name.is_none() {
        note("name", "", ImportRule::Empty);
    }
    let parent = property(properties, PARENT_NAMES).and_then(|text| {
        text.parse()
            .map_err(|_| note("parent", &text, ImportRule::BadCode))
            .ok()
    });
    let kind = match property(properties, KIND_NAMES) {
        None => kind_default(kind).or(Some(UnitKind::Grid)),
        Some(word) => {
            let found = KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&word));
            if found.is_none() {
                note("kind", &word, ImportRule::UnknownWord { known: KINDS_KNOWN });
            }
            found.map(|(_, kind)| *kind)
        }
    };
    Some(Unit {
        id: id?,
        name: name?,
        kind: kind?,
        parent,
        boundary,
        telephone: property(properties, TELEPHONE_NAMES),
        has_accounts: property(properties, ACCOUNTS_NAMES)
            .is_none_or(|word| !matches!(word.as_str(), "false" | "0" | "否" | "no")),
    })
}

/// The text of the first of these properties that is there and not empty.
fn property(properties: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let (_, value) = properties
        .iter()
        .find(|(key, value)| is_named(key, names) && !value.is_null())?;
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    (!text.is_empty()).then_some(text)
}

fn is_named(key: &str, names: &[&str]) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(key.trim()))
}

fn note_unknown(properties: &Map<String, Value>, passed_over: &mut BTreeSet<String>) {
    let known = [
        CODE_NAMES,
        NAME_NAMES,
        KIND_NAMES,
        PARENT_NAMES,
        TELEPHONE_NAMES,
        ACCOUNTS_NAMES,
    ];
    for key in properties.keys() {
        if !known.iter().any(|names| is_named(key, names)) {
            passed_over.insert(key.clone());
        }
    }
}
