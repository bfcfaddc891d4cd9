//! Units and departments from tables: the tree without outlines.

use std::collections::BTreeMap;

use xunge_core::directory::{DirectoryRecord, Unit, UnitKind};
use xunge_core::id::UnitId;

use super::columns::{Column, Columns, optional, required};
use super::problem::{ImportProblem, ImportRule};
use super::table::Table;
use super::{ImportKind, ReadFile, ReadRecord};

/// How the code of a unit may be called.
pub(super) const CODE_NAMES: &[&str] = &[
    "code",
    "编号",
    "编码",
    "代码",
    "id",
    "unit",
    "网格编号",
    "单位编号",
    "部门编号",
];
/// How its name may be called.
pub(super) const NAME_NAMES: &[&str] = &["name", "名称", "单位名称", "网格名称", "部门名称", "单位", "部门"];
/// How its kind may be called.
pub(super) const KIND_NAMES: &[&str] = &["kind", "类型", "类别", "级别", "type"];
/// How the unit above may be called.
pub(super) const PARENT_NAMES: &[&str] = &["parent", "上级", "上级编号", "所属", "所属编号", "上级单位"];
/// How its telephone may be called.
pub(super) const TELEPHONE_NAMES: &[&str] = &["telephone", "电话", "联系电话", "phone", "tel"];
/// How it may be called that somebody there has an account.
pub(super) const ACCOUNTS_NAMES: &[&str] = &["has_accounts", "有账号", "账号", "accounts"];

const COLUMNS: [Column; 6] = [
    required("code", CODE_NAMES),
    required("name", NAME_NAMES),
    optional("kind", KIND_NAMES),
    optional("parent", PARENT_NAMES),
    optional("telephone", TELEPHONE_NAMES),
    optional("has_accounts", ACCOUNTS_NAMES),
];

/// The words for kinds of units.
pub(super) const KINDS: &[(&str, UnitKind)] = &[
    ("county", UnitKind::County),
    ("县", UnitKind::County),
    ("区", UnitKind::County),
    ("市", UnitKind::County),
    ("township", UnitKind::Township),
    ("镇街", UnitKind::Township),
    ("镇", UnitKind::Township),
    ("乡", UnitKind::Township),
    ("街道", UnitKind::Township),
    ("village", UnitKind::Village),
    ("村社", UnitKind::Village),
    ("村", UnitKind::Village),
    ("社区", UnitKind::Village),
    ("grid", UnitKind::Grid),
    ("网格", UnitKind::Grid),
    ("road_section", UnitKind::RoadSection),
    ("路段", UnitKind::RoadSection),
    ("special_grid", UnitKind::SpecialGrid),
    ("专属网格", UnitKind::SpecialGrid),
    ("department", UnitKind::Department),
    ("部门", UnitKind::Department),
    ("职能部门", UnitKind::Department),
    ("执法队", UnitKind::Department),
];

/// What the message about an unknown kind lists.
pub(super) const KINDS_KNOWN: &[&str] = &[
    "county 县",
    "township 镇街",
    "village 村社",
    "grid 网格",
    "road_section 路段",
    "special_grid 专属网格",
    "department 部门",
];

/// What a unit is where the file says nothing.
pub(super) fn kind_default(kind: ImportKind) -> Option<UnitKind> {
    match kind {
        ImportKind::Grids => Some(UnitKind::Grid),
        ImportKind::Departments => Some(UnitKind::Department),
        _ => None,
    }
}

pub(super) fn read(table: &Table, kind: ImportKind) -> Result<ReadFile, Vec<ImportProblem>> {
    let columns = Columns::find(table, &COLUMNS)?;
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let mut first_lines: BTreeMap<UnitId, usize> = BTreeMap::new();
    for row in &table.rows {
        let mut cells = columns.of(row, &mut problems);
        let id: Option<UnitId> = cells.code("code");
        let name = cells.name("name");
        let kind = cells.word("kind", KINDS, KINDS_KNOWN, kind_default(kind));
        let parent = cells.code_if_any("parent");
        let telephone = cells.telephone("telephone");
        let has_accounts = cells.yes_no("has_accounts", true);
        let (Some(id), Some(name), Some(kind)) = (id, name, kind) else {
            continue;
        };
        if let Some(first_line) = first_lines.insert(id.clone(), row.line) {
            cells.problem("code", ImportRule::DoubledCode { first_line });
            continue;
        }
        records.push(ReadRecord {
            line: row.line,
            record: DirectoryRecord::Unit(Unit {
                id,
                name,
                kind,
                parent,
                boundary: None,
                telephone,
                has_accounts,
            }),
        });
    }
    super::plan::finish(records, columns.passed_over, problems)
}
