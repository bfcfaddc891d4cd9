//! Records filled in by hand: the fields of a form are held to the very rules of a file's columns, and a standing record gives the fields
//! with which its form begins.

use xunge_core::directory::{
    Category, DirectoryRecord, ExcludedArea, FieldKind, FieldOp, FieldTest, KeyPlace, LimitKind, Limits,
    Often, Policy, RoutingRule, Unit,
};

use super::table::{Row, Table};
use super::{ImportKind, ImportProblem, ReadFile, ReadOptions, read_table};

/// A field's name, as a column of our samples, with what stands in it.
pub(crate) type Field = (&'static str, String);

/// Reads what was filled in: the first line is the record, others are what belongs to it (the fields of a category).
pub(crate) fn read_lines(
    kind: ImportKind,
    lines: &[Vec<Field>],
    options: &ReadOptions,
) -> Result<ReadFile, Vec<ImportProblem>> {
    let mut header: Vec<&'static str> = Vec::new();
    for (name, _) in lines.iter().flatten() {
        if !header.contains(name) {
            header.push(name);
        }
    }
    let cell = |line: &Vec<Field>, name: &str| {
        let found = line.iter().find(|(known, _)| *known == name);
        found.map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let rows = lines.iter().enumerate().map(|(place, line)| Row {
        line: place + 1,
        cells: header.iter().map(|name| cell(line, name)).collect(),
    });
    let table = Table {
        rows: rows.collect(),
        // Fields stand in no lettered column.
        header: Row {
            line: 0,
            cells: header.iter().map(|name| (*name).to_owned()).collect(),
        },
    };
    read_table(kind, &table, options)
}

/// Reads ground that no patrol can reach, with the outline that was drawn.
pub(crate) fn read_area(
    line: &[Field],
    outline: Option<xunge_core::grid::Coordinates>,
) -> Result<ReadFile, Vec<ImportProblem>> {
    let said = line.iter().filter(|(_, value)| !value.is_empty());
    let properties: serde_json::Map<String, serde_json::Value> = said
        .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
        .collect();
    let geometry =
        outline.map(|coordinates| serde_json::json!({"type": "MultiPolygon", "coordinates": coordinates}));
    let feature = serde_json::json!({"type": "Feature", "properties": properties, "geometry": geometry});
    super::ground::read_unreachable(feature.to_string().as_bytes())
}

/// The fields of a standing record, as its form begins.
pub(crate) fn fields_of(record: &DirectoryRecord) -> Vec<Field> {
    match record {
        DirectoryRecord::Unit(unit) => of_unit(unit),
        DirectoryRecord::CalendarDay(day) => vec![
            ("date", day.on.to_string()),
            ("kind", word(&day.kind)),
            ("name", day.name.clone()),
        ],
        DirectoryRecord::PlaceName(place) => vec![
            ("code", place.id.clone()),
            ("name", place.name.clone()),
            ("lat_deg", place.lat_deg.to_string()),
            ("lon_deg", place.lon_deg.to_string()),
        ],
        DirectoryRecord::KeyPlace(place) => of_key_place(place),
        DirectoryRecord::ExcludedArea(area) => of_area(area),
        DirectoryRecord::Policy(policy) => of_policy(policy),
        DirectoryRecord::RoutingRule(rule) => of_rule(rule),
        DirectoryRecord::Category(category) => of_category(category),
        DirectoryRecord::Person(_) | DirectoryRecord::Post(_) => Vec::new(),
    }
}

/// The name of an enum's value, as records have it.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn yes_no(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}

fn of_unit(unit: &Unit) -> Vec<Field> {
    vec![
        ("code", unit.id.to_string()),
        ("name", unit.name.clone()),
        ("kind", word(&unit.kind)),
        ("parent", text(unit.parent.as_ref())),
        ("telephone", text(unit.telephone.as_ref())),
        ("has_accounts", yes_no(unit.has_accounts)),
    ]
}

fn of_key_place(place: &KeyPlace) -> Vec<Field> {
    let rule = place.rule.as_ref();
    let often = rule.map(|rule| rule.often);
    let (days, times) = match often {
        Some(Often::EveryDays { days }) => (days.to_string(), String::new()),
        Some(Often::TimesAWeek { times }) => (String::new(), times.to_string()),
        None => (String::new(), String::new()),
    };
    let season = rule.and_then(|rule| rule.season);
    let day = |end: Option<[u32; 2]>| end.map_or(String::new(), |[m, d]| format!("{m:02}-{d:02}"));
    let excuse = place.excuses.first();
    vec![
        ("code", place.id.clone()),
        ("name", place.name.clone()),
        ("grid", place.grid.to_string()),
        ("lat_deg", place.lat_deg.to_string()),
        ("lon_deg", place.lon_deg.to_string()),
        ("category", text(place.category.as_ref())),
        ("every_days", days),
        ("times_a_week", times),
        ("season_from", day(season.map(|season| season.from))),
        ("season_to", day(season.map(|season| season.to))),
        (
            "daily_in_emergency",
            yes_no(rule.is_some_and(|rule| rule.is_daily_in_emergency)),
        ),
        ("excused_from", text(excuse.map(|excuse| excuse.from).as_ref())),
        ("excused_to", text(excuse.map(|excuse| excuse.to).as_ref())),
        ("excused_reason", text(excuse.map(|excuse| &excuse.reason))),
    ]
}

fn of_area(area: &ExcludedArea) -> Vec<Field> {
    vec![
        ("code", area.id.clone()),
        ("name", area.name.clone()),
        ("unit", area.unit.to_string()),
        ("reason", word(&area.reason)),
    ]
}

/// The stages with the names of their columns and their names within a cell.
const STAGES: [(LimitKind, &str, &str); 6] = [
    (LimitKind::Chief, "chief_within", "chief"),
    (LimitKind::Dispatch, "dispatch_within", "dispatch"),
    (LimitKind::Sign, "sign_within", "sign"),
    (LimitKind::Handle, "handle_within", "handle"),
    (LimitKind::Review, "review_within", "review"),
    (LimitKind::Close, "close_within", "close"),
];

/// `dispatch:2h close:1d`.
fn staged(limits: &Limits) -> String {
    let said = STAGES
        .iter()
        .filter_map(|(kind, _, name)| Some(format!("{name}:{}", limits.of(*kind)?)));
    said.collect::<Vec<_>>().join(" ")
}

fn span([start, end]: [u32; 2]) -> String {
    let at = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}-{}", at(start), at(end))
}

fn of_policy(policy: &Policy) -> Vec<Field> {
    let hours = policy.working_hours_min.as_ref().map_or(String::new(), |hours| {
        hours.iter().map(|pair| span(*pair)).collect::<Vec<_>>().join(" ")
    });
    let quiet = policy.quiet_hours_min.map_or(String::new(), |[start, end]| {
        if start == end {
            "none".to_owned()
        } else {
            span([start, end])
        }
    });
    let kinds = policy.category_limits.iter();
    let kinds: Vec<String> = kinds
        .map(|(category, limits)| format!("{category}={}", staged(limits)))
        .collect();
    let mut fields = vec![
        ("unit", policy.unit.to_string()),
        (
            "chief_clock_working_min",
            text(policy.chief_clock_working_min.as_ref()),
        ),
        ("working_hours", hours),
        ("picture_long_side_px", text(policy.picture_long_side_px.as_ref())),
        ("is_emergency", yes_no(policy.is_emergency)),
        ("zone", policy.zone.clone().unwrap_or_default()),
        ("sight", policy.sight.as_ref().map(word).unwrap_or_default()),
        ("track_keep_days", text(policy.track_keep_days.as_ref())),
        ("people_keep_days", text(policy.keep.people.as_ref())),
        ("file_keep_days", text(policy.keep.files.as_ref())),
        ("content_keep_days", text(policy.keep.content.as_ref())),
        ("emergency_within", staged(&policy.emergency_limits)),
        ("quiet_hours", quiet),
        ("category_within", kinds.join("; ")),
    ];
    let stages = STAGES.iter();
    fields.extend(stages.map(|(kind, column, _)| (*column, text(policy.limits.of(*kind).as_ref()))));
    fields
}

fn test(test: &FieldTest) -> String {
    let sign = match test.op {
        FieldOp::Is => "=",
        FieldOp::AtLeast => ">=",
        FieldOp::AtMost => "<=",
    };
    format!("{}{sign}{}", test.field, test.value)
}

fn of_rule(rule: &RoutingRule) -> Vec<Field> {
    fn list<T: ToString>(all: &[T]) -> String {
        all.iter().map(T::to_string).collect::<Vec<_>>().join("、")
    }
    let (when, then) = (&rule.when, &rule.then);
    let tests: Vec<String> = when.fields.iter().map(test).collect();
    vec![
        ("rule", rule.id.clone()),
        ("name", rule.name.clone()),
        ("unit", rule.unit.to_string()),
        ("rank", rule.rank.to_string()),
        ("is_on", yes_no(rule.is_on)),
        ("categories", list(&when.categories)),
        ("units", list(&when.units)),
        ("urgency", when.urgency.as_ref().map(word).unwrap_or_default()),
        ("hours", when.hours_min.map(span).unwrap_or_default()),
        ("days", when.days.as_ref().map(word).unwrap_or_default()),
        ("keywords", list(&when.keywords)),
        ("fields", list(&tests)),
        ("department", text(then.department.as_ref())),
        ("level", then.level.as_ref().map(word).unwrap_or_default()),
        ("within", text(then.within.as_ref())),
        ("risk", then.risk.as_ref().map(word).unwrap_or_default()),
    ]
}

fn of_category(category: &Category) -> Vec<Field> {
    vec![
        ("category", category.id.to_string()),
        ("name", category.name.clone()),
        ("version", category.version.to_string()),
        ("parent", text(category.parent.as_ref())),
        ("is_record_only", yes_no(category.is_record_only)),
        ("is_sensitive", yes_no(category.is_sensitive)),
        ("is_urgent", yes_no(category.is_urgent)),
        ("is_offered", yes_no(category.is_offered)),
        ("department", text(category.department.as_ref())),
        (
            "picture_long_side_px",
            text(category.picture_long_side_px.as_ref()),
        ),
    ]
}

/// The lines of a category's own fields.
pub(crate) fn field_lines(category: &Category) -> Vec<Vec<Field>> {
    let line = |field: &xunge_core::directory::FieldSpec| {
        let mut fields = vec![
            ("category", category.id.to_string()),
            ("field", field.id.to_string()),
            ("name", field.name.clone()),
            ("is_required", yes_no(field.is_required)),
        ];
        let kind = match &field.kind {
            FieldKind::Choice { options } => {
                fields.push(("options", options.join("、")));
                "choice"
            }
            FieldKind::Number { min, max } => {
                fields.extend([("min", text(min.as_ref())), ("max", text(max.as_ref()))]);
                "number"
            }
            FieldKind::Date => "date",
            FieldKind::Text { chars_max } => {
                fields.push(("chars_max", text(chars_max.as_ref())));
                "text"
            }
            FieldKind::YesNo => "yes_no",
        };
        fields.push(("type", kind.to_owned()));
        fields
    };
    category.fields.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use xunge_core::directory::DirectoryRow;
    use xunge_core::time::Timestamp;

    use super::*;

    fn options() -> ReadOptions {
        ReadOptions {
            today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
            zone: chrono_tz::Asia::Shanghai,
            is_future_allowed: true,
        }
    }

    fn record(kind: &str, json: &str) -> DirectoryRecord {
        let row = DirectoryRow {
            kind: kind.to_owned(),
            key: "x".to_owned(),
            valid_from: Timestamp(0),
            valid_to: None,
            version: 1,
            json: json.to_owned(),
        };
        row.record().unwrap()
    }

    #[test]
    fn a_form_that_nobody_touched_says_the_same_record_again() {
        let cases = [
            (
                ImportKind::Units,
                "unit",
                r#"{"id":"D1","name":"供电所","kind":"department","parent":"T1","telephone":"0570-5550100","has_accounts":false}"#,
            ),
            (
                ImportKind::Calendar,
                "calendar_day",
                r#"{"on":"2026-10-01","kind":"off","name":"国庆"}"#,
            ),
            (
                ImportKind::PlaceNames,
                "place_name",
                r#"{"id":"p1","name":"王家桥头","lat_deg":29.1,"lon_deg":119.2}"#,
            ),
            (
                ImportKind::KeyPlaces,
                "key_place",
                r#"{"id":"k1","name":"水库","grid":"G1","lat_deg":29.1,"lon_deg":119.2,"category":"水库","rule":{"often":{"often":"times_a_week","times":2},"season":{"from":[6,1],"to":[9,30]},"is_daily_in_emergency":true},"excuses":[{"from":"2026-11-01","to":"2026-11-05","reason":"修路"}]}"#,
            ),
            (
                ImportKind::Policies,
                "policy",
                r#"{"unit":"T1","zone":"Asia/Shanghai","working_hours_min":[[480,720],[840,1080]],"is_emergency":true,"sight":"dense","track_keep_days":60,"keep":{"people":180,"files":365,"content":3650},"limits":{"dispatch":{"counts":"working_days","days":1}},"emergency_limits":{"close":{"counts":"round_the_clock","minutes":720}},"quiet_hours_min":[1320,420],"category_limits":{"litter":{"close":{"counts":"calendar_days","days":1}}}}"#,
            ),
            (
                ImportKind::Rules,
                "routing_rule",
                r#"{"id":"r1","name":"违建","unit":"T1","rank":5,"is_on":false,"when":{"categories":["zz"],"units":["G1","V1"],"urgency":"urgent","hours_min":[1320,360],"days":"off","keywords":["违建","搭建"],"fields":[{"field":"people","op":"at_least","value":"10"}]},"then":{"department":"D1","level":"township","within":{"counts":"working_time","minutes":240},"risk":"high"}}"#,
            ),
        ];
        for (kind, name, json) in cases {
            let before = record(name, json);
            let read = read_lines(kind, &[fields_of(&before)], &options()).unwrap();
            assert_eq!(read.records[0].record, before, "{name}");
        }
    }

    #[test]
    fn a_category_keeps_its_fields_through_its_form() {
        let json = r#"{"id":"zz01","version":3,"parent":"zz","name":"违建","is_urgent":true,"department":"D1","fields":[
            {"id":"area","name":"面积","type":"number","min":0.5,"max":900.0,"is_required":true},
            {"id":"what","name":"种类","type":"choice","options":["棚","房"]},
            {"id":"gas","name":"用气","type":"yes_no"},{"id":"on","name":"日子","type":"date"},
            {"id":"more","name":"其他","type":"text","chars_max":80}]}"#;
        let before = record("category", json);
        let DirectoryRecord::Category(category) = &before else {
            panic!("a category")
        };
        let mut lines = vec![fields_of(&before)];
        lines.extend(field_lines(category));
        let read = read_lines(ImportKind::Categories, &lines, &options()).unwrap();
        assert_eq!(read.records[0].record, before);
    }

    #[test]
    fn what_is_wrong_names_its_field() {
        let problems = read_lines(
            ImportKind::Units,
            &[vec![
                ("code", "没有".into()),
                ("name", String::new()),
                ("kind", "grid".into()),
            ]],
            &options(),
        )
        .unwrap_err();
        let columns: Vec<_> = problems.iter().map(|p| p.column.as_deref().unwrap()).collect();
        assert_eq!(columns, ["code", "name"]);
    }
}
