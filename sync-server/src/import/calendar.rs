//! Holidays and make-up days, and place names, from tables.

use std::collections::BTreeMap;

use xunge_core::directory::{CalendarDay, DayKind, DirectoryRecord, PlaceName};
use xunge_core::id::UnitId;
use xunge_core::place::{Position, is_in_china};

use super::columns::{Cells, Column, Columns, optional, required};
use super::problem::{ImportProblem, ImportRule};
use super::table::Table;
use super::{ReadFile, ReadRecord};

const DAYS: [Column; 3] = [
    required("date", &["date", "日期", "on"]),
    required("kind", &["kind", "类型", "休班"]),
    optional("name", &["name", "名称", "节日"]),
];

const KINDS: &[(&str, DayKind)] = &[
    ("off", DayKind::Off),
    ("休", DayKind::Off),
    ("放假", DayKind::Off),
    ("休息", DayKind::Off),
    ("work", DayKind::Work),
    ("班", DayKind::Work),
    ("上班", DayKind::Work),
    ("调休上班", DayKind::Work),
];

const PLACE_NAMES: [Column; 4] = [
    required("code", &["code", "编号", "id"]),
    required("name", &["name", "名称", "地名"]),
    required("lat", &["lat_deg", "lat", "latitude", "纬度"]),
    required("lon", &["lon_deg", "lon", "lng", "longitude", "经度"]),
];

/// The holidays that ship, as if a file held them.
pub(super) fn known_days() -> ReadFile {
    let records = xunge_core::directory::holidays()
        .into_iter()
        .enumerate()
        .map(|(index, day)| ReadRecord {
            line: index + 1,
            record: DirectoryRecord::CalendarDay(day),
        });
    ReadFile {
        records: records.collect(),
        ..ReadFile::default()
    }
}

pub(super) fn read_days(table: &Table) -> Result<ReadFile, Vec<ImportProblem>> {
    read_keyed(table, &DAYS, "date", |cells| {
        let on = cells.day("date");
        if on.is_none() && cells.text("date").is_empty() {
            cells.problem("date", ImportRule::Empty);
        }
        let kind = cells.word("kind", KINDS, &["off 休", "work 班"], None);
        let name = cells.text("name").to_owned();
        Some(DirectoryRecord::CalendarDay(CalendarDay {
            on: on?,
            kind: kind?,
            name,
        }))
    })
}

pub(super) fn read_place_names(table: &Table) -> Result<ReadFile, Vec<ImportProblem>> {
    read_keyed(table, &PLACE_NAMES, "code", |cells| {
        let id: Option<UnitId> = cells.code("code");
        let name = cells.name("name");
        let position = position(cells)?;
        Some(DirectoryRecord::PlaceName(PlaceName {
            id: id?.to_string(),
            name: name?,
            lat_deg: position.lat_deg,
            lon_deg: position.lon_deg,
        }))
    })
}

/// Reads a table of which each line is one record; the same key twice is a problem.
pub(super) fn read_keyed(
    table: &Table,
    known: &[Column],
    key_column: &str,
    mut record: impl FnMut(&mut Cells<'_>) -> Option<DirectoryRecord>,
) -> Result<ReadFile, Vec<ImportProblem>> {
    let columns = Columns::find(table, known)?;
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let mut first_lines: BTreeMap<String, usize> = BTreeMap::new();
    for row in &table.rows {
        let mut cells = columns.of(row, &mut problems);
        let Some(record) = record(&mut cells) else {
            continue;
        };
        if let Some(first_line) = first_lines.insert(record.key(), cells.line()) {
            cells.problem(key_column, ImportRule::DoubledCode { first_line });
            continue;
        }
        records.push(ReadRecord {
            line: row.line,
            record,
        });
    }
    super::plan::finish(records, columns.passed_over, problems)
}

/// A position in China, in degrees WGS 84. Swapped axes are told from other nonsense.
pub(super) fn position(cells: &mut Cells<'_>) -> Option<Position> {
    for key in ["lat", "lon"] {
        if cells.text(key).is_empty() {
            cells.problem(key, ImportRule::Empty);
        }
    }
    let lat_deg = cells.number("lat", -180.0, 180.0);
    let lon_deg = cells.number("lon", -180.0, 180.0);
    let (lat_deg, lon_deg) = (lat_deg?, lon_deg?);
    let inside = |lat, lon| Position::new(lat, lon).is_ok_and(is_in_china);
    if inside(lat_deg, lon_deg) {
        return Position::new(lat_deg, lon_deg).ok();
    }
    let rule = if inside(lon_deg, lat_deg) {
        ImportRule::SwappedAxes
    } else {
        ImportRule::OutsideChina
    };
    cells.problem("lat", rule);
    None
}
