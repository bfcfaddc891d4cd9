//! Rules of routing from a table (a line a rule) or from JSON (a list of rules as the directory keeps them).

use std::collections::BTreeMap;

use xunge_core::command::{Risk, Urgency};
use xunge_core::directory::{
    DayKind, DirectoryRecord, FieldOp, FieldTest, Level, RouteThen, RouteWhen, RoutingRule, USUAL_RANK,
};

use super::columns::{Cells, Column, Columns, optional, required};
use super::policies::span;
use super::problem::{ImportProblem, ImportRule};
use super::table::Table;
use super::{ReadFile, ReadRecord};

const COLUMNS: [Column; 16] = [
    required("rule", &["rule", "规则编号", "编号", "id"]),
    required("name", &["name", "名称", "规则名称"]),
    required("unit", &["unit", "单位编号", "单位"]),
    optional("rank", &["rank", "顺序", "优先级"]),
    optional("is_on", &["is_on", "on", "启用"]),
    optional("categories", &["categories", "category", "类别"]),
    optional("units", &["units", "grids", "网格", "范围"]),
    optional("urgency", &["urgency", "紧急"]),
    optional("hours", &["hours", "时段"]),
    optional("days", &["days", "日子"]),
    optional("keywords", &["keywords", "关键词"]),
    optional("fields", &["fields", "字段"]),
    optional("department", &["department", "主办部门", "部门编号"]),
    optional("level", &["level", "层级"]),
    optional("within", &["within", "时限"]),
    optional("risk", &["risk", "风险"]),
];

const URGENCIES: &[(&str, Option<Urgency>)] = &[
    ("urgent", Some(Urgency::Urgent)),
    ("紧急", Some(Urgency::Urgent)),
    ("是", Some(Urgency::Urgent)),
    ("normal", Some(Urgency::Normal)),
    ("一般", Some(Urgency::Normal)),
    ("否", Some(Urgency::Normal)),
];

const DAYS: &[(&str, Option<DayKind>)] = &[
    ("work", Some(DayKind::Work)),
    ("工作日", Some(DayKind::Work)),
    ("off", Some(DayKind::Off)),
    ("休息日", Some(DayKind::Off)),
];

const LEVELS: &[(&str, Option<Level>)] = &[
    ("grid", Some(Level::Grid)),
    ("网格", Some(Level::Grid)),
    ("village", Some(Level::Village)),
    ("村社", Some(Level::Village)),
    ("township", Some(Level::Township)),
    ("镇街", Some(Level::Township)),
    ("county", Some(Level::County)),
    ("县级", Some(Level::County)),
];

const RISKS: &[(&str, Option<Risk>)] = &[
    ("high", Some(Risk::High)),
    ("高", Some(Risk::High)),
    ("medium", Some(Risk::Medium)),
    ("中", Some(Risk::Medium)),
    ("low", Some(Risk::Low)),
    ("低", Some(Risk::Low)),
];

/// Between the entries of one cell.
const BETWEEN: [char; 5] = ['|', '、', ';', '；', '\n'];

pub(super) fn read(table: &Table) -> Result<ReadFile, Vec<ImportProblem>> {
    let columns = Columns::find(table, &COLUMNS)?;
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let mut first_lines: BTreeMap<String, usize> = BTreeMap::new();
    for row in &table.rows {
        let mut cells = columns.of(row, &mut problems);
        let Some(rule) = rule(&mut cells) else { continue };
        if let Some(first_line) = first_lines.insert(rule.id.clone(), row.line) {
            cells.problem("rule", ImportRule::DoubledCode { first_line });
            continue;
        }
        if rule.then == RouteThen::default() {
            cells.problem("department", ImportRule::SaysNothing);
            continue;
        }
        records.push(ReadRecord {
            line: row.line,
            record: DirectoryRecord::RoutingRule(rule),
        });
    }
    super::plan::finish(records, columns.passed_over, problems)
}

fn rule(cells: &mut Cells<'_>) -> Option<RoutingRule> {
    // A rule's name follows the rules of codes.
    let id: Option<xunge_core::id::CategoryId> = cells.code("rule");
    let name = cells.name("name");
    let unit = cells.code("unit");
    let rank = cells.whole("rank", 0, 1_000_000).unwrap_or(USUAL_RANK);
    let is_on = cells.yes_no("is_on", true);
    let when = RouteWhen {
        categories: codes(cells, "categories"),
        units: codes(cells, "units"),
        urgency: cells
            .word("urgency", URGENCIES, &["urgent 紧急", "normal 一般"], Some(None))
            .flatten(),
        hours_min: hours(cells),
        days: cells
            .word("days", DAYS, &["work 工作日", "off 休息日"], Some(None))
            .flatten(),
        keywords: texts(cells.text("keywords")),
        fields: fields(cells),
    };
    let then = RouteThen {
        department: cells.code_if_any("department"),
        level: cells
            .word(
                "level",
                LEVELS,
                &["grid 网格", "village 村社", "township 镇街", "county 县级"],
                Some(None),
            )
            .flatten(),
        within: within(cells),
        risk: cells
            .word("risk", RISKS, &["high 高", "medium 中", "low 低"], Some(None))
            .flatten(),
    };
    Some(RoutingRule {
        id: id?.to_string(),
        name: name?,
        unit: unit?,
        rank,
        is_on,
        when,
        then,
    })
}

fn texts(cell: &str) -> Vec<String> {
    let parts = cell.split(BETWEEN).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn codes<T: std::str::FromStr>(cells: &mut Cells<'_>, key: &str) -> Vec<T> {
    let read: Option<Vec<T>> = texts(cells.text(key))
        .iter()
        .map(|text| text.parse().ok())
        .collect();
    if read.is_none() {
        cells.problem(key, ImportRule::BadCode);
    }
    read.unwrap_or_default()
}

fn hours(cells: &mut Cells<'_>) -> Option<[u32; 2]> {
    let text = cells.text("hours").to_owned();
    if text.is_empty() {
        return None;
    }
    let read = span(&text, true);
    if read.is_none() {
        cells.problem("hours", ImportRule::BadHours);
    }
    read
}

fn within(cells: &mut Cells<'_>) -> Option<xunge_core::directory::Allowance> {
    let text = cells.text("within").to_owned();
    if text.is_empty() {
        return None;
    }
    let read = text.parse().ok();
    if read.is_none() {
        cells.problem("within", ImportRule::BadAllowance);
    }
    read
}

/// `people_count>=10; kind=液化气`.
fn fields(cells: &mut Cells<'_>) -> Vec<FieldTest> {
    let read: Option<Vec<FieldTest>> = texts(cells.text("fields"))
        .iter()
        .map(|text| test(text))
        .collect();
    if read.is_none() {
        cells.problem("fields", ImportRule::BadFieldTest);
    }
    read.unwrap_or_default()
}

fn test(text: &str) -> Option<FieldTest> {
    let signs = [
        (">=", FieldOp::AtLeast),
        ("≥", FieldOp::AtLeast),
        ("<=", FieldOp::AtMost),
        ("≤", FieldOp::AtMost),
        ("=", FieldOp::Is),
    ];
    let found = signs
        .iter()
        .find_map(|(sign, op)| Some((text.split_once(sign)?, *op)))?;
    let ((field, value), op) = found;
    let value = match value.trim() {
        "是" => "true",
        "否" => "false",
        value => value,
    };
    let is_number = op == FieldOp::Is || value.parse::<f64>().is_ok_and(f64::is_finite);
    (!value.is_empty() && is_number).then_some(())?;
    Some(FieldTest {
        field: field.trim().parse().ok()?,
        op,
        value: value.to_owned(),
    })
}

/// Rules as JSON: a list of them, or an object with the list under `rules`. A problem names the rule's place in the list as its line.
pub(super) fn read_json(bytes: &[u8]) -> Result<ReadFile, Vec<ImportProblem>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let wrong = || vec![ImportProblem::file(ImportRule::NotATable)];
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| wrong())?;
    let list = match value {
        serde_json::Value::Array(list) => list,
        serde_json::Value::Object(mut object) => match object.remove("rules") {
            Some(serde_json::Value::Array(list)) => list,
            _ => return Err(wrong()),
        },
        _ => return Err(wrong()),
    };
    if list.is_empty() {
        return Err(vec![ImportProblem::file(ImportRule::NoRows)]);
    }
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    let mut first_lines: BTreeMap<String, usize> = BTreeMap::new();
    for (place, value) in list.into_iter().enumerate() {
        let line = place + 1;
        let rule: RoutingRule = match serde_json::from_value(value) {
            Ok(rule) => rule,
            Err(error) => {
                problems.push(ImportProblem::cell(
                    line,
                    "JSON",
                    &error.to_string(),
                    ImportRule::BadJson,
                ));
                continue;
            }
        };
        let is_code = xunge_core::id::CategoryId::new(rule.id.clone()).is_ok();
        let rule_problem = if !is_code {
            Some(("id", ImportRule::BadCode))
        } else if let Some(first_line) = first_lines.insert(rule.id.clone(), line) {
            Some(("id", ImportRule::DoubledCode { first_line }))
        } else if rule.then == RouteThen::default() {
            Some(("then", ImportRule::SaysNothing))
        } else {
            None
        };
        match rule_problem {
            Some((column, problem)) => problems.push(ImportProblem::cell(line, column, &rule.id, problem)),
            None => records.push(ReadRecord {
                line,
                record: DirectoryRecord::RoutingRule(rule),
            }),
        }
    }
    super::plan::finish(records, Vec::new(), problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_of_fields_are_read_as_people_write_them() {
        let read = |text: &str| test(text).map(|t| (t.field.to_string(), t.op, t.value));
        let is = |field: &str, op, value: &str| Some((field.to_owned(), op, value.to_owned()));
        assert_eq!(read("people >= 10"), is("people", FieldOp::AtLeast, "10"));
        assert_eq!(read("people≤3"), is("people", FieldOp::AtMost, "3"));
        assert_eq!(read("gas=是"), is("gas", FieldOp::Is, "true"));
        for text in ["people", "people>=many", "=3", "people=", "人 数=3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
