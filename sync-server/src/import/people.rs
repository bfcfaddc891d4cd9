//! People, and the posts that they hold, from tables.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeZone};
use xunge_core::directory::{DirectoryRecord, Person, Post, PostKind, Role};
use xunge_core::id::{PersonId, PostId, UnitId};
use xunge_core::time::Timestamp;

use super::columns::{Cells, Column, Columns, optional, required};
use super::problem::{ImportProblem, ImportRule};
use super::table::Table;
use super::{ReadFile, ReadOptions, ReadRecord};

const PEOPLE: [Column; 3] = [
    required("code", &["code", "编号", "工号", "人员编号", "person", "id"]),
    required("name", &["name", "姓名", "名字"]),
    optional(
        "telephone",
        &[
            "telephone",
            "电话",
            "手机",
            "手机号",
            "联系电话",
            "phone",
            "mobile",
        ],
    ),
];

const POSTS: [Column; 8] = [
    optional("code", &["code", "编号", "岗位编号", "post", "id"]),
    required("person", &["person", "人员编号", "工号", "人员"]),
    required("role", &["role", "岗位", "角色", "职务"]),
    required("unit", &["unit", "单位编号", "单位", "网格编号", "部门编号"]),
    required(
        "held_from",
        &["held_from", "开始日期", "任职日期", "起", "from", "start"],
    ),
    optional("held_to", &["held_to", "结束日期", "离任日期", "止", "to", "end"]),
    optional("kind", &["kind", "任职方式", "类型"]),
    optional("of", &["of", "代理岗位", "代", "stands_in_for"]),
];

const ROLES: &[(&str, Role)] = &[
    ("worker", Role::Worker),
    ("网格员", Role::Worker),
    ("专职网格员", Role::Worker),
    ("兼职网格员", Role::Worker),
    ("chief", Role::Chief),
    ("网格长", Role::Chief),
    ("advisor", Role::Advisor),
    ("网格指导员", Role::Advisor),
    ("包联干部", Role::Advisor),
    ("clerk", Role::Clerk),
    ("信息员", Role::Clerk),
    ("coordinator", Role::Coordinator),
    ("综合协调岗", Role::Coordinator),
    ("triager", Role::Triager),
    ("信息研判岗", Role::Triager),
    ("dispatcher", Role::Dispatcher),
    ("流转督办岗", Role::Dispatcher),
    ("inspector", Role::Inspector),
    ("督查考评岗", Role::Inspector),
    ("responder", Role::Responder),
    ("应急机动岗", Role::Responder),
    ("department_member", Role::DepartmentMember),
    ("部门人员", Role::DepartmentMember),
    ("部门经办人", Role::DepartmentMember),
    ("supervisor", Role::Supervisor),
    ("督查", Role::Supervisor),
    ("administrator", Role::Administrator),
    ("管理员", Role::Administrator),
];

const ROLES_KNOWN: &[&str] = &[
    "worker 网格员",
    "chief 网格长",
    "advisor 网格指导员",
    "clerk 信息员",
    "coordinator 综合协调岗",
    "triager 信息研判岗",
    "dispatcher 流转督办岗",
    "inspector 督查考评岗",
    "responder 应急机动岗",
    "department_member 部门人员",
    "supervisor 督查",
    "administrator 管理员",
];

#[derive(Clone, Copy)]
enum Way {
    Appointment,
    Delegation,
    Shift,
}

const WAYS: &[(&str, Way)] = &[
    ("appointment", Way::Appointment),
    ("任命", Way::Appointment),
    ("delegation", Way::Delegation),
    ("代理", Way::Delegation),
    ("shift", Way::Shift),
    ("轮值", Way::Shift),
];

const WAYS_KNOWN: &[&str] = &["appointment 任命", "delegation 代理", "shift 轮值"];

pub(super) fn read_people(table: &Table) -> Result<ReadFile, Vec<ImportProblem>> {
    let columns = Columns::find(table, &PEOPLE)?;
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let mut first_lines: BTreeMap<PersonId, usize> = BTreeMap::new();
    let mut known: BTreeMap<(String, String), PersonId> = BTreeMap::new();
    for row in &table.rows {
        let mut cells = columns.of(row, &mut problems);
        // Staff numbers are wanted; identity-card numbers are never kept, not even as codes.
        if xunge_core::person::has_identity_number(cells.text("code")) {
            cells.problem("code", ImportRule::IdentityCard);
            continue;
        }
        let id: Option<PersonId> = cells.code("code");
        let name = cells.name("name");
        let telephone = cells.telephone("telephone");
        let (Some(id), Some(name)) = (id, name) else {
            continue;
        };
        if let Some(first_line) = first_lines.insert(id.clone(), row.line) {
            cells.problem("code", ImportRule::DoubledCode { first_line });
            continue;
        }
        if let Some(telephone) = &telephone
            && let Some(other) = known.insert((name.clone(), telephone.clone()), id.clone())
        {
            let other = other.to_string();
            cells.problem("name", ImportRule::DoubledPerson { other });
            continue;
        }
        records.push(ReadRecord {
            line: row.line,
            record: DirectoryRecord::Person(Person { id, name, telephone }),
        });
    }
    super::plan::finish(records, columns.passed_over, problems)
}

pub(super) fn read_posts(table: &Table, options: &ReadOptions) -> Result<ReadFile, Vec<ImportProblem>> {
    let columns = Columns::find(table, &POSTS)?;
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let mut first_lines: BTreeMap<PostId, usize> = BTreeMap::new();
    for row in &table.rows {
        let mut cells = columns.of(row, &mut problems);
        let Some(post) = post(&mut cells, options) else {
            continue;
        };
        if let Some(first_line) = first_lines.insert(post.id.clone(), row.line) {
            cells.problem("code", ImportRule::DoubledCode { first_line });
            continue;
        }
        records.push(ReadRecord {
            line: row.line,
            record: DirectoryRecord::Post(post),
        });
    }
    super::plan::finish(records, columns.passed_over, problems)
}

fn post(cells: &mut Cells<'_>, options: &ReadOptions) -> Option<Post> {
    let person: Option<PersonId> = cells.code("person");
    let role = cells.word("role", ROLES, ROLES_KNOWN, None);
    let unit: Option<UnitId> = cells.code("unit");
    let way = cells.word("kind", WAYS, WAYS_KNOWN, Some(Way::Appointment));
    let held_from = cells.day("held_from");
    if held_from.is_none() && cells.text("held_from").is_empty() {
        cells.problem("held_from", ImportRule::Empty);
    }
    let held_to = cells.day("held_to");
    if held_from.is_some_and(|day| day > options.today) && !options.is_future_allowed {
        cells.problem("held_from", ImportRule::FutureDay);
    }
    if held_to.zip(held_from).is_some_and(|(end, start)| end < start) {
        cells.problem("held_to", ImportRule::EndBeforeStart);
    }
    let of: Option<PostId> = cells.code_if_any("of");
    let code: Option<PostId> = cells.code_if_any("code");
    let (person, role, unit, way) = (person?, role?, unit?, way?);
    let kind = match way {
        Way::Appointment => PostKind::Appointment,
        Way::Shift => PostKind::Shift,
        Way::Delegation => PostKind::Delegation {
            of: of.or_else(|| {
                cells.problem("of", ImportRule::Empty);
                None
            })?,
        },
    };
    // Without a code of its own a post is named by who does what where: stable, so that importing again changes nothing.
    let id = match code {
        Some(id) => id,
        None => named(&person, role, &unit).or_else(|| {
            cells.problem("code", ImportRule::Empty);
            None
        })?,
    };
    Some(Post {
        id,
        unit,
        role,
        person,
        kind,
        held_from: midnight(held_from?, options),
        held_to: held_to
            .and_then(|last| last.succ_opt())
            .map(|day| midnight(day, options)),
    })
}

fn named(person: &PersonId, role: Role, unit: &UnitId) -> Option<PostId> {
    let role = serde_json::to_value(role).ok()?;
    PostId::new(format!("{person}.{}.{unit}", role.as_str()?)).ok()
}

/// When a day begins in the township.
fn midnight(day: NaiveDate, options: &ReadOptions) -> Timestamp {
    let start = day.and_hms_opt(0, 0, 0).expect("midnight is a time of day");
    let instant = options.zone.from_local_datetime(&start).earliest();
    Timestamp(instant.map_or_else(|| start.and_utc().timestamp_millis(), |at| at.timestamp_millis()))
}
