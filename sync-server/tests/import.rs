//! Imports: good files become records, bad ones a list that names every line, column, value and remedy at once.

#![expect(clippy::unwrap_used, reason = "a panic in a test is a failed claim")]

#[path = "import/ground.rs"]
mod ground;
#[path = "import/rules.rs"]
mod rules;

use chrono::NaiveDate;
use xunge_core::directory::{DirectoryRecord, DirectoryRow, FieldKind, Person, Sight, Unit, UnitKind};
use xunge_core::time::Timestamp;
use xunge_server::config::Language;
use xunge_server::import::words::say;
use xunge_server::import::{ImportKind, Plan, PlanOptions, ReadFile, ReadOptions, plan, read};

const NOW: Timestamp = Timestamp(1_795_305_600_000);

fn options() -> ReadOptions {
    ReadOptions {
        today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        zone: chrono_tz::Asia::Shanghai,
        is_future_allowed: false,
    }
}

fn good(kind: ImportKind, text: &str) -> ReadFile {
    read(kind, text.as_bytes(), &options()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn said(kind: ImportKind, bytes: &[u8]) -> Vec<String> {
    let problems = read(kind, bytes, &options()).expect_err("the file is bad");
    for problem in &problems {
        let chinese = say(problem, Language::Chinese);
        assert!(chinese.contains('：'), "{chinese}");
    }
    problems.iter().map(|p| say(p, Language::English)).collect()
}

fn rows(records: impl IntoIterator<Item = DirectoryRecord>) -> Vec<DirectoryRow> {
    let at = Timestamp(0);
    records
        .into_iter()
        .map(|record| record.into_row(at, None, 1))
        .collect()
}

fn unit(id: &str, kind: UnitKind, parent: Option<&str>) -> DirectoryRecord {
    DirectoryRecord::Unit(Unit {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        kind,
        parent: parent.map(|parent| parent.parse().unwrap()),
        boundary: None,
        telephone: None,
        has_accounts: true,
    })
}

fn township() -> Vec<DirectoryRow> {
    rows([
        unit("C1", UnitKind::County, None),
        unit("T1", UnitKind::Township, Some("C1")),
        unit("V1", UnitKind::Village, Some("T1")),
        unit("G1", UnitKind::Grid, Some("V1")),
        DirectoryRecord::Person(Person {
            id: "p1".parse().unwrap(),
            name: "王芳".into(),
            telephone: Some("13800000001".into()),
        }),
    ])
}

fn planned(file: ReadFile, rows: &[DirectoryRow]) -> Result<Plan, Vec<String>> {
    plan(file, rows, &PlanOptions { valid_from: NOW })
        .map_err(|problems| problems.iter().map(|p| say(p, Language::English)).collect())
}

fn assert_told(said: &[String], wanted: &[(usize, &str)]) {
    for (line, words) in wanted {
        assert!(
            said.iter()
                .any(|text| text.starts_with(&format!("line {line},")) && text.contains(words)),
            "line {line}: {words} in {said:#?}"
        );
    }
}

#[test]
fn people_are_read_from_chinese_and_english_headers_in_utf_8_and_gbk() {
    let chinese = "工号,姓名,手机号,备注\np1,王芳,13800000001,x\np2,李明,,\n";
    let gbk = encoding_rs::GBK.encode(chinese).0;
    let from_gbk = read(ImportKind::People, &gbk, &options()).unwrap();
    let from_utf8 = good(ImportKind::People, chinese);
    let english = good(
        ImportKind::People,
        "\u{feff}person\tname\tphone\np1\t王芳\t13800000001\np2\t李明\t\n",
    );
    assert_eq!(from_gbk, from_utf8);
    assert_eq!(from_utf8.records, english.records);
    assert_eq!(from_utf8.records.len(), 2);
    assert_eq!(from_utf8.passed_over, ["备注"]);
}

#[test]
fn every_problem_of_a_table_of_people_is_told_at_once_with_its_line() {
    let text = "编号,姓名,电话\n\
        p1,王芳,13800000001\n\
        p 2,李明,\n\
        p3,,12\n\
        p1,张三,\n\
        p5,王芳,13800000001\n\
        330682199001011234,赵六,\n";
    assert_eq!(
        said(ImportKind::People, text.as_bytes()),
        [
            "line 3, 编号 (A) `p 2`: is no code; use 1 to 40 letters, digits, dots, hyphens or underscores",
            "line 4, 姓名 (B): must not be empty; fill it in",
            "line 4, 电话 (C) `12`: is no telephone number; write 11 digits or an area code and a number",
            "line 5, 编号 (A) `p1`: the code stands on line 2 already; correct or remove one",
            "line 6, 姓名 (B) `王芳`: somebody of this name and telephone has the code p1; \
             use that code, or correct the name or telephone",
            "line 7, 编号 (A) `330682199001011234`: looks like an identity-card number, which is never kept; \
             use a staff number or leave it out",
        ]
    );
}

#[test]
fn missing_and_doubled_columns_empty_and_foreign_files_are_told() {
    let first = |kind, bytes: &[u8]| said(kind, bytes).remove(0);
    let missing = said(ImportKind::Posts, "人员编号,岗位\np1,网格员\n".as_bytes());
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(missing[0].starts_with("line 1: a column is missing; add one called unit or"));
    let doubled = first(ImportKind::People, "编号,姓名,工号\np1,a,p1\n".as_bytes());
    assert!(doubled.contains("two columns hold the same"));
    assert!(first(ImportKind::People, b"").contains("holds no data"));
    assert!(first(ImportKind::People, b"\x89PNG\r\n\x1a\n\0\0").contains("no readable table"));
    assert!(first(ImportKind::People, b"PK\x03\x04 not a workbook").contains("no readable table"));
    assert!(first(ImportKind::Units, b"{\"type\": \"Feature").contains("not readable as GeoJSON"));
}

#[test]
fn posts_hold_from_midnight_in_the_township_to_the_end_of_their_last_day() {
    let file = good(
        ImportKind::Posts,
        "人员编号,岗位,单位编号,任职日期,离任日期\np1,网格员,G1,2026-01-01,2026/12/31\n",
    );
    let DirectoryRecord::Post(post) = &file.records[0].record else {
        panic!("a post");
    };
    assert_eq!(post.id.as_str(), "p1.worker.G1");
    assert_eq!(post.held_from.to_string(), "2025-12-31T16:00:00.000Z");
    assert_eq!(post.held_to.unwrap().to_string(), "2026-12-31T16:00:00.000Z");
}

#[test]
fn wrong_days_words_and_delegations_of_posts_are_told() {
    let text = "person,role,unit,held_from,held_to,kind,of\n\
        p1,网格员,G1,2027-01-01,,,\n\
        p1,chief,G1,2026-02-30,,,\n\
        p1,队长,G1,2026-01-01,2025-01-01,,\n\
        p1,worker,G2,,,,\n\
        p1,advisor,G1,2026-01-01,,代理,\n";
    let said = said(ImportKind::Posts, text.as_bytes());
    assert_told(
        &said,
        &[
            (2, "lies in the future"),
            (3, "`2026-02-30`: is no day"),
            (4, "`队长`: is not known; use one of: worker 网格员"),
            (4, "lies before the start"),
            (5, "held_from (D): must not be empty"),
            (6, "of (G): must not be empty"),
        ],
    );
    assert_eq!(said.len(), 6);
}

#[test]
fn categories_take_their_fields_from_the_lines_below() {
    let text = "类别编号,名称,上级编号,敏感,字段,字段类型,选项,最小值,最大值,必填\n\
        JF,矛盾纠纷,,,,,,,,\n\
        JF01,邻里纠纷,JF,是,,,,,,\n\
        JF01,涉及人数,,,people_count,数字,,1,500,是\n\
        JF01,规模,,,scale,单选,个人|群体,,,\n";
    let file = good(ImportKind::Categories, text);
    let DirectoryRecord::Category(class) = &file.records[0].record else {
        panic!("a category");
    };
    let DirectoryRecord::Category(kind) = &file.records[1].record else {
        panic!("a category");
    };
    assert!(!class.is_offered && kind.is_offered && kind.is_sensitive);
    assert_eq!(kind.fields.len(), 2);
    assert!(kind.fields[0].is_required);
    assert_eq!(
        kind.fields[1].kind,
        FieldKind::Choice {
            options: vec!["个人".into(), "群体".into()]
        }
    );
    assert!(planned(file, &township()).is_ok());
    let orphan = said(
        ImportKind::Categories,
        "category,name,field,type\nX,人数,n,number\n".as_bytes(),
    );
    assert_told(&orphan, &[(2, "the field's category does not stand above it")]);
}

#[test]
fn days_and_places_are_read_and_their_mistakes_told() {
    let days = good(
        ImportKind::Calendar,
        "日期,类型,名称\n2026-10-01,休,国庆节\n2026年10月10日,班,国庆节\n",
    );
    assert_eq!(days.records.len(), 2);
    let text = "date,kind\n2026-10-01,off\n2026/10/1,work\n2026-10-02,maybe\n";
    assert_told(
        &said(ImportKind::Calendar, text.as_bytes()),
        &[
            (3, "stands on line 2 already"),
            (4, "`maybe`: is not known; use one of: off 休, work 班"),
        ],
    );
    let text = "code,name,grid,lat,lon\n\
        k1,粮站,G1,29.6,120.8\nk2,学校,G1,120.8,29.6\nk3,桥,G1,48.8,2.3\nk4,坝,G1,x,\n";
    let places = said(ImportKind::KeyPlaces, text.as_bytes());
    assert_told(
        &places,
        &[
            (3, "swapped"),
            (4, "outside China"),
            (5, "is no number"),
            (5, "must not be empty"),
        ],
    );
}

#[test]
fn policies_are_read_and_their_mistakes_told() {
    let text = "单位编号,网格长时限(分钟),工作时间,战时,视野,轨迹保留天数\nT1,120,8:30-11:30、14:00-17:30,是,密集,30\nV1,,,,,\n";
    let file = good(ImportKind::Policies, text);
    let DirectoryRecord::Policy(policy) = &file.records[0].record else {
        panic!("a policy")
    };
    assert_eq!(policy.chief_clock_working_min, Some(120));
    assert_eq!(policy.working_hours_min, Some(vec![[510, 690], [840, 1_050]]));
    assert!(policy.is_emergency && policy.sight == Some(Sight::Dense) && policy.track_keep_days == Some(30));
    assert_eq!(policy.zone, None, "what is left empty is as above");
    let plan = planned(file, &township()).unwrap();
    assert_eq!(plan.changes.len(), 2);
    let wrong = "unit,chief_clock_working_min,working_hours,zone,is_emergency\n\
        T1,4 hours,8-12,Asia/Shanghai,x\nT1,240,,,\nT1,60,,,\n,1,,,\n";
    assert_told(
        &said(ImportKind::Policies, wrong.as_bytes()),
        &[
            (2, "`4 hours`: is no number"),
            (2, "`8-12`: are no working hours"),
            (2, "`x`: write yes or no"),
            (3, "stands on line 2 already"),
            (4, "stands on line"),
            (5, "must not be empty"),
        ],
    );
    let elsewhere = good(ImportKind::Policies, "unit,zone\nX9,Mars/Olympus\n");
    let problems = planned(elsewhere, &township()).unwrap_err();
    assert_eq!(problems.len(), 2, "neither unit nor zone: {problems:?}");
}

fn feature(properties: &str, rings: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"Polygon","coordinates":[{rings}]}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

const SQUARE: &str = "[[120.80,29.60],[120.81,29.60],[120.81,29.61],[120.80,29.61],[120.80,29.60]]";

#[test]
fn outlines_are_read_and_a_grid_without_one_is_taken() {
    let text = collection(&[
        feature(r#"{"编号":"G2","名称":"二网格","上级":"V1","面积":3}"#, SQUARE),
        r#"{"type":"Feature","properties":{"code":"G3","name":"三网格","parent":"V1"},"geometry":null}"#
            .into(),
    ]);
    let file = good(ImportKind::Grids, &text);
    assert_eq!(file.passed_over, ["面积"]);
    let plan = planned(file.clone(), &township()).unwrap();
    assert_eq!((plan.changes.len(), plan.unchanged), (2, 0));
    // The same file again changes nothing.
    let mut standing = township();
    let written = plan.changes.iter().map(|change| change.record.clone());
    standing.extend(written.map(|record| record.into_row(Timestamp(0), None, 2)));
    let again = planned(file, &standing).unwrap();
    assert_eq!((again.changes.len(), again.unchanged), (0, 2));
}

#[test]
fn every_kind_of_bad_outline_is_told_with_its_feature() {
    let bowtie = "[[120.80,29.60],[120.81,29.61],[120.81,29.60],[120.80,29.61],[120.80,29.60]]";
    let text = collection(&[
        feature(
            r#"{"code":"A","name":"a"}"#,
            "[[29.60,120.80],[29.60,120.81],[29.61,120.81],[29.60,120.80]]",
        ),
        feature(r#"{"code":"B","name":"b"}"#, bowtie),
        feature(
            r#"{"code":"C","name":"c"}"#,
            "[[2.30,48.80],[2.31,48.80],[2.31,48.81],[2.30,48.80]]",
        ),
        feature(
            r#"{"code":"D","name":"d"}"#,
            "[[40500000.0,3270000.0],[40501000.0,3270000.0],[40501000.0,3271000.0],[40500000.0,3270000.0]]",
        ),
        feature(
            r#"{"code":"E","name":"e"}"#,
            &format!("{SQUARE},[[120.82,29.60],[120.83,29.60],[120.83,29.61],[120.82,29.60]]"),
        ),
        feature(r#"{"code":"F","name":"f","kind":"省"}"#, SQUARE),
        feature(r#"{"name":"g"}"#, SQUARE),
        feature(r#"{"code":"F","name":"f"}"#, SQUARE),
        feature(r#"{"code":"F","name":"f"}"#, SQUARE),
    ]);
    assert_told(
        &said(ImportKind::Grids, text.as_bytes()),
        &[
            (1, "latitude stands before longitude"),
            (2, "meets itself"),
            (3, "outside China"),
            (4, "are not degrees"),
            (5, "the hole lies outside"),
            (6, "`省`: is not known"),
            (7, "code: must not be empty"),
            (9, "stands on line 8 already"),
        ],
    );
}

#[test]
fn an_outline_that_fits_only_after_a_shift_back_is_suspected_of_gcj_02() {
    let mut standing = township();
    let outline = [
        [120.80, 29.60],
        [120.81, 29.60],
        [120.81, 29.61],
        [120.80, 29.61],
        [120.80, 29.60],
    ];
    let DirectoryRecord::Unit(mut grid) = unit("G1", UnitKind::Grid, Some("V1")) else {
        panic!("a unit");
    };
    grid.boundary = Some(vec![vec![outline.to_vec()]]);
    standing.extend(rows([DirectoryRecord::Unit(grid)]));
    let corners = [
        (29.60, 120.81),
        (29.60, 120.82),
        (29.61, 120.82),
        (29.61, 120.81),
        (29.60, 120.81),
    ];
    let shifted = corners.map(|(lat_deg, lon_deg)| {
        let at = xunge_core::place::wgs84_to_gcj02(xunge_core::place::Position { lat_deg, lon_deg });
        format!("[{},{}]", at.lon_deg, at.lat_deg)
    });
    let text = feature(
        r#"{"code":"G9","name":"九网格","parent":"V1"}"#,
        &format!("[{}]", shifted.join(",")),
    );
    let problems = planned(good(ImportKind::Grids, &text), &standing).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("GCJ-02"), "{problems:?}");
}

#[test]
fn references_are_held_against_the_directory_and_name_the_line() {
    let posts = good(
        ImportKind::Posts,
        "person,role,unit,held_from\np1,worker,G1,2026-01-01\np9,worker,G1,2026-01-01\np1,worker,G9,2026-01-01\n",
    );
    let problems = planned(posts, &township()).unwrap_err();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_told(
        &problems,
        &[
            (3, "the person p9 is not in the directory"),
            (4, "the unit G9 is not in the directory"),
        ],
    );
    let doubled = good(ImportKind::People, "code,name,telephone\np7,王芳,13800000001\n");
    assert_told(
        &planned(doubled, &township()).unwrap_err(),
        &[(2, "has the code p1")],
    );
    let units = good(
        ImportKind::Units,
        "code,name,kind,parent\nV9,九村,村,C1\nT9,九镇,镇,C8\n",
    );
    let problems = planned(units, &township()).unwrap_err();
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[test]
fn a_workbook_made_by_a_spreadsheet_is_read_like_a_table() {
    let book = include_bytes!("data/people.xlsx");
    let file = read(ImportKind::People, book, &options()).unwrap();
    let DirectoryRecord::Person(person) = &file.records[0].record else {
        panic!("a person");
    };
    assert_eq!(person.name, "王芳");
    // A telephone that the spreadsheet kept as a number has lost nothing.
    assert_eq!(person.telephone.as_deref(), Some("13800000001"));
    assert_eq!(file.records[1].line, 4);
}
