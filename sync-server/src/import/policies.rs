//! Settings of townships and county desks from a table: one line is the whole policy of its unit. An empty cell means "as above".

use std::collections::BTreeMap;

use xunge_core::directory::{DirectoryRecord, KeepDays, LimitKind, Limits, Policy, Sight};
use xunge_core::id::{CategoryId, UnitId};

use super::columns::{Cells, Column, Columns, optional, required};
use super::problem::{ImportProblem, ImportRule};
use super::table::Table;
use super::{ReadFile, ReadRecord};

const COLUMNS: [Column; 20] = [
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
    optional("people_keep_days", &["people_keep_days", "当事人保留天数"]),
    optional("file_keep_days", &["file_keep_days", "照片录音保留天数"]),
    optional("content_keep_days", &["content_keep_days", "事件内容保留天数"]),
    optional("chief", &["chief_within", "网格长时限规则"]),
    optional("dispatch", &["dispatch_within", "交办时限"]),
    optional("sign", &["sign_within", "签收时限"]),
    optional("handle", &["handle_within", "处置时限"]),
    optional("review", &["review_within", "审核时限"]),
    optional("close", &["close_within", "办结时限"]),
    optional("war", &["emergency_within", "战时时限"]),
    optional("quiet", &["quiet_hours", "免打扰时段"]),
    optional("categories", &["category_within", "类别时限"]),
];

/// The stages as cells name them.
pub(crate) const STAGES: [(&str, &str, LimitKind); 6] = [
    ("chief", "审批", LimitKind::Chief),
    ("dispatch", "交办", LimitKind::Dispatch),
    ("sign", "签收", LimitKind::Sign),
    ("handle", "处置", LimitKind::Handle),
    ("review", "审核", LimitKind::Review),
    ("close", "办结", LimitKind::Close),
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

/// A hundred years.
const KEEP_DAYS_MAX: u32 = 36_600;

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
        keep: KeepDays {
            people: cells.whole("people_keep_days", 1, KEEP_DAYS_MAX),
            files: cells.whole("file_keep_days", 1, KEEP_DAYS_MAX),
            content: cells.whole("content_keep_days", 1, KEEP_DAYS_MAX),
        },
        limits: limits(cells),
        emergency_limits: emergency(cells),
        quiet_hours_min: quiet(cells),
        category_limits: categories(cells),
        unit: unit?,
    };
    Some(policy)
}

/// A limit a column.
fn limits(cells: &mut Cells<'_>) -> Limits {
    let mut limits = Limits::default();
    for (key, _, kind) in STAGES {
        let text = cells.text(key).to_owned();
        if text.is_empty() {
            continue;
        }
        match text.parse() {
            Ok(allowance) => limits.set(kind, Some(allowance)),
            Err(_) => cells.problem(key, ImportRule::BadAllowance),
        }
    }
    limits
}

/// `交办:1小时 办结:12小时`: stages with their limits.
fn staged(text: &str) -> Option<Limits> {
    let mut limits = Limits::default();
    for part in text.split([' ', ',', '，', '、']).filter(|part| !part.is_empty()) {
        let (stage, allowance) = part.split_once([':', '：'])?;
        let (_, _, kind) = STAGES.iter().find(|(en, zh, _)| stage == *en || stage == *zh)?;
        limits.set(*kind, Some(allowance.parse().ok()?));
    }
    Some(limits)
}

fn emergency(cells: &mut Cells<'_>) -> Limits {
    let read = staged(cells.text("war"));
    if read.is_none() {
        cells.problem("war", ImportRule::BadAllowance);
    }
    read.unwrap_or_default()
}

/// `litter=办结:1天; noise=交办:2小时 办结:5工作日`: categories with their stages.
fn categories(cells: &mut Cells<'_>) -> BTreeMap<CategoryId, Limits> {
    let read: Option<BTreeMap<CategoryId, Limits>> = cells
        .text("categories")
        .split([';', '；'])
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let (category, stages) = part.split_once('=')?;
            Some((category.trim().parse().ok()?, staged(stages)?))
        })
        .collect();
    if read.is_none() {
        cells.problem("categories", ImportRule::BadAllowance);
    }
    read.unwrap_or_default()
}

/// `22:00-07:00`, which may go over midnight; `无` and `none` for never.
fn quiet(cells: &mut Cells<'_>) -> Option<[u32; 2]> {
    let text = cells.text("quiet").to_owned();
    if text.is_empty() {
        return None;
    }
    if matches!(text.as_str(), "无" | "none") {
        return Some([0, 0]);
    }
    let read = span(&text, true);
    if read.is_none() {
        cells.problem("quiet", ImportRule::BadHours);
    }
    read
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
    let read: Option<Vec<[u32; 2]>> = spans.map(|text| span(text, false)).collect();
    if read.is_none() {
        cells.problem("hours", ImportRule::BadHours);
    }
    read
}

/// One span; `over_midnight` lets the end be smaller than the start.
pub(super) fn span(text: &str, over_midnight: bool) -> Option<[u32; 2]> {
    let mut ends = text
        .split(['-', '~', '—', '–', '至'])
        .filter(|end| !end.is_empty())
        .map(minute);
    let span = [ends.next()??, ends.next()??];
    let is_ordered = span[0] < span[1] || over_midnight && span[0] != span[1];
    (ends.next().is_none() && is_ordered).then_some(span)
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
            assert_eq!(span(text, false), Some([480, 720]), "{text}");
        }
        for text in [
            "12:00-08:00",
            "8-12",
            "08:00",
            "08:60-12:00",
            "18:00-24:30",
            "8:00-9:00-10:00",
        ] {
            assert_eq!(span(text, false), None, "{text}");
        }
        assert_eq!(span("22:00-24:00", false), Some([1_320, 1_440]));
    }
}
