//! Settings of townships and county desks from a table: one line is the whole policy of its unit. An empty cell means "as above".

use std::collections::BTreeMap;

use xunge_core::directory::{DirectoryRecord, Policy, Sight};
use xunge_core::id::UnitId;

use super::columns::{Cells, Column, Columns, optional, required};
use super::problem::{ImportProblem, ImportRule};
use super::table::Table;
use super::{ReadFile, ReadRecord};

const COLUMNS: [Column; 8] = [
    required("unit", &["unit", "单位编号", "单位"]),
    optional(
        "chief_clock",
        &["chief_clock_working_min", "网格长时限", "网格长时限分钟"],
    ),
    optional("hours", &["working_hours", "工作时间"]),
    optional("picture_px", &["picture_long_side_px", "照片像素"]),
    optional("is_emergency", &["is_emergency", "emergency", "战时"]),
    optional("zone", &["zone", "时区"]),
    optional("sight", &["sight", "视野"]),
    optional("track_keep_days", &["track_keep_days", "轨迹保留天数"]),
];

const SIGHTS: &[(&str, Option<Sight>)] = &[
    ("dense", Some(Sight::Dense)),
    ("密集", Some(Sight::Dense)),
    ("village", Some(Sight::Village)),
    ("村庄", Some(Sight::Village)),
    ("open", Some(Sight::Open)),
    ("开阔", Some(Sight::Open)),
];

const SIGHTS_KNOWN: &[&str] = &["dense 密集", "village 村庄", "open 开阔"];

/// A fortnight of working days: no chief's clock is longer.
const CHIEF_CLOCK_MIN_MAX: u32 = 14 * 24 * 60;

/// Ten years.
const TRACK_KEEP_DAYS_MAX: u32 = 3_660;

pub(super) fn read(table: &Table) -> Result<ReadFile, Vec<ImportProblem>> {
    let columns = Columns::find(table, &COLUMNS)?;
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let mut first_lines: BTreeMap<UnitId, usize> = BTreeMap::new();
    for row in &table.rows {
        let mut cells = columns.of(row, &mut problems);
        let Some(policy) = policy(&mut cells) else {
            continue;
        };
        if let Some(first_line) = first_lines.insert(policy.unit.clone(), row.line) {
            cells.problem("unit", ImportRule::DoubledCode { first_line });
            continue;
        }
        records.push(ReadRecord {
            line: row.line,
            record: DirectoryRecord::Policy(policy),
        });
    }
    super::plan::finish(records, columns.passed_over, problems)
}

fn policy(cells: &mut Cells<'_>) -> Option<Policy> {
    let unit: Option<UnitId> = cells.code("unit");
    let zone = cells.text("zone").to_owned();
    let policy = Policy {
        zone: (!zone.is_empty()).then_some(zone),
        chief_clock_working_min: cells.whole("chief_clock", 1, CHIEF_CLOCK_MIN_MAX),
        working_hours_min: hours(cells),
        picture_long_side_px: cells.whole("picture_px", 320, 8_000),
        is_emergency: cells.yes_no("is_emergency", false),
        sight: cells.word("sight", SIGHTS, SIGHTS_KNOWN, Some(None)).flatten(),
        track_keep_days: cells.whole("track_keep_days", 1, TRACK_KEEP_DAYS_MAX),
        unit: unit?,
    };
    Some(policy)
}

/// `08:00-12:00 14:00-18:00`, as minutes since midnight; also with `~`, `—` or 至 and with commas between.
fn hours(cells: &mut Cells<'_>) -> Option<Vec<[u32; 2]>> {
    let text = cells.text("hours").to_owned();
    if text.is_empty() {
        return None;
    }
    let spans = text
        .split([' ', ',', '，', '、', ';', '；'])
        .filter(|span| !span.is_empty());
    let read: Option<Vec<[u32; 2]>> = spans.map(span).collect();
    if read.is_none() {
        cells.problem("hours", ImportRule::BadHours);
    }
    read
}

fn span(text: &str) -> Option<[u32; 2]> {
    let mut ends = text
        .split(['-', '~', '—', '–', '至'])
        .filter(|end| !end.is_empty())
        .map(minute);
    let span = [ends.next()??, ends.next()??];
    (ends.next().is_none() && span[0] < span[1]).then_some(span)
}

/// `8:30` as minutes since midnight; `24:00` is the day's end.
fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once([':', '：'])?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let whole = hour * 60 + minute;
    (minute < 60 && whole <= 1_440).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        for text in ["08:00-12:00", "8:00~12:00", "8：00至12：00"] {
            assert_eq!(span(text), Some([480, 720]), "{text}");
        }
        for text in [
            "12:00-08:00",
            "8-12",
            "08:00",
            "08:60-12:00",
            "18:00-24:30",
            "8:00-9:00-10:00",
        ] {
            assert_eq!(span(text), None, "{text}");
        }
        assert_eq!(span("22:00-24:00"), Some([1_320, 1_440]));
    }
}
