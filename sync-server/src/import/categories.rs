//! Categories with their fields from one table: a line without a field is a category, a line with one adds a field to its category.

use std::collections::BTreeMap;

use xunge_core::directory::{Category, DirectoryRecord, FieldKind, FieldSpec};
use xunge_core::id::{CategoryId, FieldId};

use super::columns::{Cells, Column, Columns, optional, required};
use super::problem::{ImportProblem, ImportRule};
use super::table::Table;
use super::{ReadFile, ReadRecord};

const COLUMNS: [Column; 17] = [
    required("category", &["category", "类别编号", "编号", "code", "id"]),
    required("name", &["name", "名称", "类别名称"]),
    optional("version", &["version", "版本"]),
    optional("parent", &["parent", "上级", "上级编号"]),
    optional("is_record_only", &["is_record_only", "record_only", "仅记录"]),
    optional("is_sensitive", &["is_sensitive", "sensitive", "敏感"]),
    optional("is_urgent", &["is_urgent", "urgent", "紧急"]),
    optional("is_offered", &["is_offered", "offered", "启用"]),
    optional("department", &["department", "主办部门", "部门编号"]),
    optional("picture_px", &["picture_long_side_px", "照片像素"]),
    optional("field", &["field", "字段", "字段编号"]),
    optional("type", &["type", "字段类型"]),
    optional("options", &["options", "选项"]),
    optional("min", &["min", "最小值"]),
    optional("max", &["max", "最大值"]),
    optional("chars_max", &["chars_max", "最多字数"]),
    optional("is_required", &["is_required", "required", "必填"]),
];

#[derive(Clone, Copy)]
enum Type {
    Choice,
    Number,
    Date,
    Text,
    YesNo,
}

const TYPES: &[(&str, Type)] = &[
    ("choice", Type::Choice),
    ("单选", Type::Choice),
    ("选择", Type::Choice),
    ("number", Type::Number),
    ("数字", Type::Number),
    ("date", Type::Date),
    ("日期", Type::Date),
    ("text", Type::Text),
    ("文字", Type::Text),
    ("文本", Type::Text),
    ("yes_no", Type::YesNo),
    ("是否", Type::YesNo),
];

const TYPES_KNOWN: &[&str] = &[
    "choice 单选",
    "number 数字",
    "date 日期",
    "text 文字",
    "yes_no 是否",
];

pub(super) fn read(table: &Table) -> Result<ReadFile, Vec<ImportProblem>> {
    let columns = Columns::find(table, &COLUMNS)?;
    let mut problems = Vec::new();
    let mut found: Vec<(usize, Category)> = Vec::new();
    let mut places: BTreeMap<CategoryId, usize> = BTreeMap::new();
    for row in &table.rows {
        let mut cells = columns.of(row, &mut problems);
        let id: Option<CategoryId> = cells.code("category");
        if cells.text("field").is_empty() {
            let Some(category) = category(&mut cells, id) else {
                continue;
            };
            if let Some(first) = places.insert(category.id.clone(), found.len()) {
                let first_line = found[first].0;
                cells.problem("category", ImportRule::DoubledCode { first_line });
                continue;
            }
            found.push((row.line, category));
        } else {
            let spec = field(&mut cells);
            let place = id.and_then(|id| places.get(&id).copied());
            match (place, spec) {
                (Some(place), Some(spec)) => found[place].1.fields.push(spec),
                (None, _) => cells.problem("category", ImportRule::FieldWithoutCategory),
                (Some(_), None) => {}
            }
        }
    }
    let records = found
        .into_iter()
        .map(|(line, category)| ReadRecord {
            line,
            record: DirectoryRecord::Category(category),
        })
        .collect();
    super::plan::finish(records, columns.passed_over, problems)
}

fn category(cells: &mut Cells<'_>, id: Option<CategoryId>) -> Option<Category> {
    let name = cells.name("name");
    let category = Category {
        version: cells.whole("version", 1, u32::MAX).unwrap_or(1),
        parent: cells.code_if_any("parent"),
        name: name.clone().unwrap_or_default(),
        fields: Vec::new(),
        is_record_only: cells.yes_no("is_record_only", false),
        is_sensitive: cells.yes_no("is_sensitive", false),
        is_urgent: cells.yes_no("is_urgent", false),
        // A class is not offered itself; only what hangs below one is.
        is_offered: cells.yes_no("is_offered", !cells_parent_is_empty(cells)),
        department: cells.code_if_any("department"),
        picture_long_side_px: cells.whole("picture_px", 320, 8_000),
        id: id?,
    };
    name.map(|_| category)
}

fn cells_parent_is_empty(cells: &Cells<'_>) -> bool {
    cells.text("parent").is_empty()
}

fn field(cells: &mut Cells<'_>) -> Option<FieldSpec> {
    let id: Option<FieldId> = cells.code("field");
    let name = cells.name("name");
    let kind = cells.word("type", TYPES, TYPES_KNOWN, None);
    let kind = match kind? {
        Type::Choice => {
            let options: Vec<String> = cells
                .text("options")
                .split(['|', '、', ';', '；'])
                .map(|option| option.trim().to_owned())
                .filter(|option| !option.is_empty())
                .collect();
            if options.is_empty() {
                cells.problem("options", ImportRule::Empty);
            }
            FieldKind::Choice { options }
        }
        Type::Number => FieldKind::Number {
            min: cells.number("min", f64::MIN, f64::MAX),
            max: cells.number("max", f64::MIN, f64::MAX),
        },
        Type::Date => FieldKind::Date,
        Type::Text => FieldKind::Text {
            chars_max: cells.whole("chars_max", 1, 2_000),
        },
        Type::YesNo => FieldKind::YesNo,
    };
    Some(FieldSpec {
        id: id?,
        name: name?,
        kind,
        is_required: cells.yes_no("is_required", false),
    })
}
