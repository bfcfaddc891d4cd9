//! What an administrator's forms ask for, kind by kind: each field is a column of the same kind's import, with its label, what may be
//! typed, and a hint, in both languages on one line.

use crate::import::ImportKind;

mod policy;

use policy::POLICIES;

/// Chinese and English.
pub(crate) type Pair = (&'static str, &'static str);

/// Values of a choice with their words.
pub(crate) type Choices = &'static [(&'static str, Pair)];

/// How a field is filled in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Input {
    /// A code of the township's own.
    Code,
    /// A line of text.
    Text,
    /// A telephone number.
    Telephone,
    /// A number.
    Number,
    /// A day.
    Day,
    /// One time limit.
    Within,
    /// Time limits of stages.
    Stages,
    /// Time limits of stages for categories.
    CategoryStages,
    /// Yes or no.
    YesNo,
    /// One of these.
    Choice(Choices),
    /// Any unit that the administrator keeps.
    Unit,
    /// A grid.
    Grid,
    /// A department, or none.
    Department,
    /// A category, or none.
    Category,
    /// Any number of units.
    Units,
    /// Any number of categories.
    Categories,
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The column of the import.
    pub(crate) name: &'static str,
    /// What it is called.
    pub(crate) label: Pair,
    /// What helps to fill it in; empty for nothing.
    pub(crate) hint: Pair,
    /// How it is filled in.
    pub(crate) input: Input,
    /// Whether it must be filled in.
    pub(crate) is_needed: bool,
}

const fn need(name: &'static str, label: Pair, input: Input) -> Shape {
    Shape {
        name,
        label,
        hint: ("", ""),
        input,
        is_needed: true,
    }
}

const fn may(name: &'static str, label: Pair, input: Input) -> Shape {
    Shape {
        is_needed: false,
        ..need(name, label, input)
    }
}

const fn hint(shape: Shape, hint: Pair) -> Shape {
    Shape { hint, ..shape }
}

const CODE: Pair = ("编号", "Code");
const NAME: Pair = ("名称", "Name");
const CODE_HINT: Pair = (
    "字母、数字和 - _ .，定了不再改",
    "Letters, digits and - _ . ; it stays for ever",
);
/// A stage's limit, with what holds where nobody says anything.
const fn within(name: &'static str, label: Pair, hinted: Pair) -> Shape {
    hint(may(name, label, Input::Within), hinted)
}

const UNIT_KINDS: Choices = &[
    ("grid", ("网格", "grid")),
    ("village", ("村社", "village")),
    ("road_section", ("路段", "road section")),
    ("special_grid", ("专属网格", "special grid")),
    ("department", ("部门", "department")),
    ("township", ("镇街", "township")),
    ("county", ("县", "county")),
];

const UNITS: &[Shape] = &[
    hint(need("code", CODE, Input::Code), CODE_HINT),
    need("name", NAME, Input::Text),
    need("kind", ("种类", "Kind"), Input::Choice(UNIT_KINDS)),
    need("parent", ("上级", "Above"), Input::Unit),
    may("telephone", ("电话", "Telephone"), Input::Telephone),
    hint(
        may("has_accounts", ("有账号", "Has accounts"), Input::YesNo),
        (
            "没有账号的单位由指挥室代签代反馈",
            "The room signs and feeds back for a unit without accounts",
        ),
    ),
];

const DAY_KINDS: Choices = &[("off", ("放假", "free")), ("work", ("上班", "worked"))];

const CALENDAR: &[Shape] = &[
    need("date", ("日期", "Day"), Input::Day),
    need(
        "kind",
        ("放假还是上班", "Free or worked"),
        Input::Choice(DAY_KINDS),
    ),
    may("name", NAME, Input::Text),
];

const PLACE_NAMES: &[Shape] = &[
    hint(need("code", CODE, Input::Code), CODE_HINT),
    need("name", ("地名", "Name"), Input::Text),
    need("lat_deg", ("纬度（WGS-84）", "Latitude (WGS 84)"), Input::Number),
    need("lon_deg", ("经度（WGS-84）", "Longitude (WGS 84)"), Input::Number),
];

const KEY_PLACES: &[Shape] = &[
    hint(need("code", CODE, Input::Code), CODE_HINT),
    need("name", NAME, Input::Text),
    need("grid", ("网格", "Grid"), Input::Grid),
    need("lat_deg", ("纬度（WGS-84）", "Latitude (WGS 84)"), Input::Number),
    need("lon_deg", ("经度（WGS-84）", "Longitude (WGS 84)"), Input::Number),
    hint(
        may("category", ("种类", "Kind"), Input::Text),
        ("学校、水库……", "School, reservoir …"),
    ),
    hint(
        may(
            "every_days",
            ("每几天一次", "Once in so many days"),
            Input::Number,
        ),
        ("和下一项只填一个", "This or the next one"),
    ),
    may("times_a_week", ("每周几次", "Times a week"), Input::Number),
    hint(
        may("season_from", ("只在（起）", "Only from"), Input::Text),
        (
            "月-日，如 06-01；全年就空着",
            "Month and day, 06-01; empty for all year",
        ),
    ),
    may("season_to", ("只在（止）", "Only until"), Input::Text),
    may(
        "daily_in_emergency",
        ("应急时每天", "Daily in an emergency"),
        Input::YesNo,
    ),
    may("excused_from", ("免走访（起）", "Excused from"), Input::Day),
    may("excused_to", ("免走访（止）", "Excused until"), Input::Day),
    may("excused_reason", ("免走访理由", "Why excused"), Input::Text),
];

const REASONS: Choices = &[
    ("water", ("水域", "water")),
    ("cliff", ("悬崖陡坡", "cliffs")),
    ("closed_compound", ("封闭区域", "closed compound")),
    ("other", ("其他", "other")),
];

const AREAS: &[Shape] = &[
    hint(need("code", CODE, Input::Code), CODE_HINT),
    need("name", NAME, Input::Text),
    need("unit", ("在哪个单位", "In which unit"), Input::Unit),
    need("reason", ("为什么到不了", "Why"), Input::Choice(REASONS)),
];

const URGENCIES: Choices = &[("urgent", ("紧急", "urgent")), ("normal", ("一般", "normal"))];
const DAYS: Choices = &[
    ("work", ("工作日", "working days")),
    ("off", ("休息日", "free days")),
];
const LEVELS: Choices = &[
    ("grid", ("网格", "grid")),
    ("village", ("村社", "village")),
    ("township", ("镇街", "township")),
    ("county", ("县级", "county")),
];
const RISKS: Choices = &[
    ("high", ("高风险", "high")),
    ("medium", ("中风险", "medium")),
    ("low", ("低风险", "low")),
];

const RULES: &[Shape] = &[
    hint(need("rule", CODE, Input::Code), CODE_HINT),
    need("name", NAME, Input::Text),
    need("unit", ("管哪里的事件", "Whose reports"), Input::Unit),
    hint(
        may("rank", ("顺序", "Rank"), Input::Number),
        ("小的先看；默认 100", "The smaller goes first; 100 by default"),
    ),
    may("is_on", ("启用", "In use"), Input::YesNo),
    may("categories", ("类别", "Categories"), Input::Categories),
    may("units", ("网格或单位", "Grids or units"), Input::Units),
    may("urgency", ("紧急程度", "Urgency"), Input::Choice(URGENCIES)),
    hint(
        may("hours", ("时段", "Hours"), Input::Text),
        ("如 22:00-06:00，可以过半夜", "As 22:00-06:00, over midnight too"),
    ),
    may("days", ("哪种日子", "Days"), Input::Choice(DAYS)),
    hint(
        may(
            "keywords",
            ("关键词（有一个就算）", "Keywords, any of them"),
            Input::Text,
        ),
        ("用、隔开", "Separated by ;"),
    ),
    hint(
        may("fields", ("填报内容", "Fields"), Input::Text),
        (
            "字段编号>=数 或 字段编号=值，用 ; 隔开",
            "field>=number or field=value, separated by ;",
        ),
    ),
    may("department", ("主办部门", "Department"), Input::Department),
    may("level", ("层级", "Level"), Input::Choice(LEVELS)),
    within(
        "within",
        ("时限", "Time"),
        (
            "如 30分钟、24小时、4工作小时、3工作日、5天；空着就按类别和规定",
            "As 30min, 24h, 4wh, 3wd, 5d; empty as the kind and the policy say",
        ),
    ),
    may("risk", ("风险", "Risk"), Input::Choice(RISKS)),
];

const CATEGORIES: &[Shape] = &[
    hint(need("category", CODE, Input::Code), CODE_HINT),
    need("name", NAME, Input::Text),
    may("parent", ("上级类别", "Class above"), Input::Category),
    may("department", ("通常承办", "Usual department"), Input::Department),
    may("is_offered", ("可以选用", "Offered"), Input::YesNo),
    may("is_urgent", ("默认紧急", "Urgent by default"), Input::YesNo),
    hint(
        may("is_sensitive", ("敏感", "Sensitive"), Input::YesNo),
        ("只有经手的人看得到", "Seen by its holders alone"),
    ),
    hint(
        may("is_record_only", ("只记录", "Record only"), Input::YesNo),
        ("收到就办结，如走访", "Closes on receipt, as visits do"),
    ),
    hint(
        may(
            "picture_long_side_px",
            ("照片缩到多大（长边像素）", "Long side of pictures, px"),
            Input::Number,
        ),
        ("空着按时限和工作时间里的设置", "Empty as the policy says"),
    ),
];

const FIELD_TYPES: Choices = &[
    ("choice", ("单选", "choice")),
    ("number", ("数字", "number")),
    ("date", ("日期", "date")),
    ("text", ("文字", "text")),
    ("yes_no", ("是否", "yes or no")),
];

/// A field that a category declares: the columns of its line.
pub(crate) const FIELD: &[Shape] = &[
    may("field", ("字段编号", "Field's code"), Input::Code),
    may("name", ("叫什么", "Label"), Input::Text),
    may("type", ("填什么", "Type"), Input::Choice(FIELD_TYPES)),
    hint(
        may("options", ("选项", "Choices"), Input::Text),
        ("用、隔开", "Separated by ;"),
    ),
    may("min", ("最小", "Least"), Input::Number),
    may("max", ("最大", "Most"), Input::Number),
    may("chars_max", ("最多字数", "Most characters"), Input::Number),
    may("is_required", ("必填", "Required"), Input::YesNo),
];

/// The kinds that are filled in by hand, each with its name in addresses.
pub(crate) const KINDS: [(ImportKind, &str); 8] = [
    (ImportKind::Units, "unit"),
    (ImportKind::Categories, "category"),
    (ImportKind::Calendar, "day"),
    (ImportKind::Policies, "policy"),
    (ImportKind::KeyPlaces, "place"),
    (ImportKind::PlaceNames, "name"),
    (ImportKind::Unreachable, "area"),
    (ImportKind::Rules, "rule"),
];

/// The fields of a kind; none where it has a page of its own.
pub(crate) fn shapes(kind: ImportKind) -> &'static [Shape] {
    match kind {
        ImportKind::Units | ImportKind::Grids | ImportKind::Departments => UNITS,
        ImportKind::Categories => CATEGORIES,
        ImportKind::Calendar => CALENDAR,
        ImportKind::Policies => POLICIES,
        ImportKind::KeyPlaces => KEY_PLACES,
        ImportKind::PlaceNames => PLACE_NAMES,
        ImportKind::Unreachable => AREAS,
        ImportKind::Rules => RULES,
        ImportKind::People | ImportKind::Posts => &[],
    }
}

/// Every label, hint and choice, for the tests.
#[cfg(test)]
pub(super) fn all_words() -> Vec<Pair> {
    let kinds = KINDS.iter().flat_map(|(kind, _)| shapes(*kind));
    let mut all = Vec::new();
    for shape in kinds.chain(FIELD) {
        all.push(shape.label);
        if shape.hint != ("", "") && shape.hint.0.chars().any(|c| c > '\u{2e80}') {
            all.push(shape.hint);
        }
        if let Input::Choice(choices) = shape.input {
            all.extend(choices.iter().map(|(_, words)| *words));
        }
    }
    all
}
