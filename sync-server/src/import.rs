//! Imports of the directory: files of people, posts, units … become records, or a list of everything that is wrong with them.
//!
//! Nothing here writes: [`read`] parses one file, [`plan`] holds it against the directory as it stands, and only a plan without any
//! problem is applied, whole, by the caller. A file is good as a whole or not at all.

pub(crate) mod by_hand;
mod calendar;
mod categories;
mod columns;
mod ground;
mod outlines;
mod people;
mod plan;
mod policies;
pub mod problem;
pub mod rescue;
mod rules;
mod table;
mod text;
mod units;
pub mod words;
mod workbook;

use chrono::NaiveDate;
use xunge_core::directory::DirectoryRecord;

pub(crate) use columns::parse_day;
pub use plan::{Plan, PlanOptions, plan};
pub(crate) use policies::STAGES as LIMIT_STAGES;
pub use problem::{ImportProblem, ImportRule};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum ImportKind {
    /// Any units: GeoJSON with outlines, or a table without.
    Units,
    /// Grids: as units, where nothing else is said.
    Grids,
    /// Departments: a table.
    Departments,
    /// People: a table.
    People,
    /// Posts: who does what where, from when to when.
    Posts,
    /// Categories with their fields.
    Categories,
    /// Holidays and make-up days.
    Calendar,
    /// Places that must be visited: a table, or GeoJSON with points and outlines.
    KeyPlaces,
    /// Ground that no patrol can reach: GeoJSON.
    Unreachable,
    /// Local place names.
    PlaceNames,
    /// Settings of townships: the chief's clock, working hours, emergency mode.
    #[value(alias = "policy")]
    Policies,
    /// Rules of routing: a table, or JSON.
    #[value(alias = "routing")]
    Rules,
}

/// A record with where it stood in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRecord {
    /// The line, or the number of the feature.
    pub line: usize,
    /// The record.
    pub record: DirectoryRecord,
}

/// What a file holds, without having looked at the directory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadFile {
    /// The records in the order of the file.
    pub records: Vec<ReadRecord>,
    /// Columns or properties that were passed over.
    pub passed_over: Vec<String>,
    /// Records that end; files never say so, people do.
    pub ends: Vec<DirectoryRecord>,
}

/// How to read.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions {
    /// The township's day today.
    pub today: NaiveDate,
    /// The township's zone: days begin at its midnight.
    pub zone: chrono_tz::Tz,
    /// Whether days in the future are taken where a table speaks of what is.
    pub is_future_allowed: bool,
}

/// Reads one file. Every problem of the file is told at once.
pub fn read(kind: ImportKind, bytes: &[u8], options: &ReadOptions) -> Result<ReadFile, Vec<ImportProblem>> {
    let looks_like_json = || {
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    };
    match kind {
        ImportKind::Units | ImportKind::Grids if looks_like_json() => outlines::read(bytes, kind),
        ImportKind::KeyPlaces if looks_like_json() => ground::read_key_places_geojson(bytes),
        ImportKind::Unreachable => ground::read_unreachable(bytes),
        ImportKind::Rules if looks_like_json() || starts_a_list(bytes) => rules::read_json(bytes),
        kind => read_table(kind, &table::read(bytes)?, options),
    }
}

/// The holidays and make-up days that ship with the server, of [`xunge_core::directory::HOLIDAY_YEARS`]; days that the calendar names
/// otherwise would be changed to what the notices say.
pub fn known_holidays() -> ReadFile {
    calendar::known_days()
}

/// Reads a table, whatever it came from.
fn read_table(
    kind: ImportKind,
    table: &table::Table,
    options: &ReadOptions,
) -> Result<ReadFile, Vec<ImportProblem>> {
    match kind {
        ImportKind::Units | ImportKind::Grids | ImportKind::Departments => units::read(table, kind),
        ImportKind::People => people::read_people(table),
        ImportKind::Posts => people::read_posts(table, options),
        ImportKind::Categories => categories::read(table),
        ImportKind::Calendar => calendar::read_days(table),
        ImportKind::KeyPlaces => ground::read_key_places(table),
        ImportKind::PlaceNames => calendar::read_place_names(table),
        ImportKind::Policies => policies::read(table),
        ImportKind::Rules => rules::read(table),
        // An outline is no cell of a table.
        ImportKind::Unreachable => Err(vec![ImportProblem::file(ImportRule::NotATable)]),
    }
}

/// Whether the first sign is that of a JSON list.
fn starts_a_list(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}
