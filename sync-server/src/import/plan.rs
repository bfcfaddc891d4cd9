//! Holds what was read against the directory as it stands: references, doubled people, outlines that look shifted; and plans the writing.

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::directory::{Directory, DirectoryProblem, DirectoryRecord, DirectoryRow};
use xunge_core::grid::{Boundary, Reference};
use xunge_core::time::Timestamp;

use super::problem::{ImportProblem, ImportRule};
use super::{ReadFile, ReadRecord};
use crate::service::DirectoryChange;

/// How to plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanOptions {
    /// From when the records hold.
    pub valid_from: Timestamp,
}

/// What would be written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Records that are new or different, in the order of the file.
    pub changes: Vec<DirectoryChange>,
    /// Records that stand in the directory word for word.
    pub unchanged: usize,
    /// Columns or properties that were passed over.
    pub passed_over: Vec<String>,
}

/// Plans the writing of a file into the directory, or says everything that is in the way.
pub fn plan(
    file: ReadFile,
    rows: &[DirectoryRow],
    options: &PlanOptions,
) -> Result<Plan, Vec<ImportProblem>> {
    let at = options.valid_from;
    let before = Directory::from_rows(rows);
    let mut problems = doubled_people(&file.records, &before, at);
    problems.extend(shifted_outlines(&file.records, &before, at));
    let mut plan = Plan {
        passed_over: file.passed_over,
        ..Plan::default()
    };
    let mut after: Vec<DirectoryRow> = rows.to_vec();
    let next_version = rows.iter().map(|row| row.version).max().unwrap_or(0) + 1;
    let standing = newest(rows, at);
    let mut lines = BTreeMap::new();
    for ReadRecord { line, record } in file.records {
        lines.insert((record.kind(), record.key()), line);
        let row = record.clone().into_row(at, None, next_version);
        let is_standing = standing
            .get(&(row.kind.as_str(), row.key.as_str()))
            .is_some_and(|old| old.json == row.json && old.valid_to.is_none_or(|end| at < end));
        if is_standing {
            plan.unchanged += 1;
            continue;
        }
        after.push(row);
        plan.changes.push(DirectoryChange {
            record,
            valid_from: at,
            valid_to: None,
        });
    }
    // What ends is a version that ends when it begins: nothing older comes back.
    for record in file.ends {
        after.push(record.clone().into_row(at, Some(at), next_version));
        plan.changes.push(DirectoryChange {
            record,
            valid_from: at,
            valid_to: Some(at),
        });
    }
    let was_wrong: BTreeSet<String> = before.check(at).iter().map(DirectoryProblem::to_string).collect();
    for problem in Directory::from_rows(&after).check(at) {
        // What was wrong before is not this file's doing.
        if was_wrong.contains(&problem.to_string()) {
            continue;
        }
        let line = lines.get(&(problem.kind, problem.key.clone())).copied();
        problems.push(ImportProblem::cell(
            line.unwrap_or(0),
            problem.kind.as_str(),
            &problem.key,
            ImportRule::Directory(problem.rule),
        ));
    }
    if problems.is_empty() {
        Ok(plan)
    } else {
        problems.sort_by_key(|problem| problem.line);
        Err(problems)
    }
}

/// The records, unless there are problems.
pub(super) fn finish(
    records: Vec<ReadRecord>,
    passed_over: Vec<String>,
    mut problems: Vec<ImportProblem>,
) -> Result<ReadFile, Vec<ImportProblem>> {
    if problems.is_empty() {
        Ok(ReadFile {
            records,
            passed_over,
            ends: Vec::new(),
        })
    } else {
        problems.sort_by_key(|problem| problem.line);
        Err(problems)
    }
}

/// The newest row of each record that holds at the instant or before it.
fn newest(rows: &[DirectoryRow], at: Timestamp) -> BTreeMap<(&str, &str), &DirectoryRow> {
    let mut newest: BTreeMap<(&str, &str), &DirectoryRow> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.valid_from <= at) {
        let held = newest.entry((&row.kind, &row.key)).or_insert(row);
        if (held.valid_from, held.version) < (row.valid_from, row.version) {
            *held = row;
        }
    }
    newest
}

/// People who stand in the directory under another code.
fn doubled_people(records: &[ReadRecord], before: &Directory, at: Timestamp) -> Vec<ImportProblem> {
    let coming: BTreeSet<_> = records
        .iter()
        .filter_map(|read| match &read.record {
            DirectoryRecord::Person(person) => Some(&person.id),
            _ => None,
        })
        .collect();
    let known: BTreeMap<_, _> = before
        .people(at)
        .filter(|person| !coming.contains(&person.id))
        .filter_map(|person| Some(((&person.name, person.telephone.as_ref()?), &person.id)))
        .collect();
    let doubled = |read: &ReadRecord| {
        let DirectoryRecord::Person(person) = &read.record else {
            return None;
        };
        let other = known.get(&(&person.name, person.telephone.as_ref()?))?;
        let other = other.to_string();
        Some(ImportProblem::cell(
            read.line,
            "name",
            &person.name,
            ImportRule::DoubledPerson { other },
        ))
    };
    records.iter().filter_map(doubled).collect()
}

/// Outlines that fit the standing ones only after a shift back from GCJ-02.
fn shifted_outlines(records: &[ReadRecord], before: &Directory, at: Timestamp) -> Vec<ImportProblem> {
    let coming: BTreeMap<_, _> = records
        .iter()
        .filter_map(|read| match &read.record {
            DirectoryRecord::Unit(unit) => Some((&unit.id, (read.line, unit.boundary.as_ref()?))),
            _ => None,
        })
        .collect();
    let standing = before
        .units(at)
        .filter(|unit| !coming.contains_key(&unit.id))
        .filter_map(|unit| unit.boundary.as_ref());
    let Some(reference) = Reference::new(standing) else {
        return Vec::new();
    };
    let check = |(line, outline): &(usize, &xunge_core::grid::Coordinates)| {
        let boundary = Boundary::new((*outline).clone()).ok()?;
        let problem = reference.check(&boundary).err()?;
        Some(ImportProblem::cell(
            *line,
            "geometry",
            "",
            ImportRule::Outline(problem),
        ))
    };
    coming.values().filter_map(check).collect()
}
