//! The directory kept by hand: forms with the import's own rules, what a change means for whom before it is written, ends with successors.

use xunge_core::directory::{DirectoryRecord, FieldKind, KeyPlace, UnitKind};
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;
use xunge_server::service::DirectoryChange;
use xunge_server::{Caller, Service, ServiceConfig};

use super::super::browser::{Browser, Form, form, page};
use super::super::town::{OPERATOR, Town};
use super::boards::administrators;
use super::desk::at;
use super::{queued, town};

const PROPOSAL: &str = "/console/keep/proposal";

fn kept() -> (Town, std::sync::Arc<xunge_core::app::Device>, Browser) {
    let (town, device) = town();
    administrators(&town);
    let browser = Browser::signed_in(&town, "a1");
    (town, device, browser)
}

/// The form of a record.
fn hand(browser: &mut Browser, kind: &str, query: &str) -> Form {
    let path = format!("/console/keep/hand/{kind}{query}");
    at(&path, browser, &format!("/console/keep/hand/{kind}"))
}

/// Sends a form that is good, and gives the page that says what it means.
fn proposed(browser: &mut Browser, filled: &Form) -> String {
    let reply = browser.send(filled);
    assert_eq!(reply.header("location"), Some(PROPOSAL), "{}", page(&reply));
    page(&browser.get(PROPOSAL))
}

/// Sends a form that is wrong, and gives the page that says so.
fn wrong(browser: &mut Browser, filled: &Form) -> String {
    let reply = browser.send(filled);
    let text = page(&reply);
    assert_eq!(reply.status, 422, "{text}");
    text
}

/// Writes what is shown.
fn apply(browser: &mut Browser, text: &str) {
    let reply = browser.send(&form(text, PROPOSAL).expect("something waits"));
    assert_eq!(reply.status, 200, "{}", page(&reply));
}

fn id(code: &str) -> UnitId {
    code.parse().expect("a code")
}

/// A square outline of some thousandths of a degree, in GeoJSON.
fn square(east: f64, north: f64, side: f64) -> String {
    let at = |x: f64, y: f64| {
        format!(
            "[{:.4},{:.4}]",
            119.0 + (east + x) / 1e3,
            29.0 + (north + y) / 1e3
        )
    };
    let ring = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)];
    let ring: Vec<String> = ring.iter().map(|(x, y)| at(*x, *y)).collect();
    format!("{{\"type\":\"Polygon\",\"coordinates\":[[{}]]}}", ring.join(","))
}

#[test]
fn a_unit_is_renamed_and_moved_only_after_it_was_shown_what_that_means() {
    let (town, _, mut browser) = kept();
    let before = hand(&mut browser, "unit", "?key=G1");
    assert_eq!(before.field("name"), "G1");
    let same = browser.send(&before);
    assert!(same.status == 200 && page(&same).contains("和现在一样"));
    let text = proposed(
        &mut browser,
        &before.clone().with("name", "桥头网格").with("parent", "T1"),
    );
    assert!(
        text.contains("桥头网格") && text.contains("V1") && text.contains("人员v1"),
        "{text}"
    );
    assert!(
        text.contains("不再看到"),
        "the village head sees it no longer: {text}"
    );
    let name = |town: &Town| {
        let directory = town.service().directory().unwrap();
        directory
            .unit(&id("G1"), town.service().now())
            .unwrap()
            .name
            .clone()
    };
    assert_eq!(name(&town), "G1", "nothing is written yet");
    apply(&mut browser, &text);
    assert_eq!(name(&town), "桥头网格");
    let again = form(&text, PROPOSAL).unwrap();
    assert_eq!(browser.send(&again).status, 409, "written once");
    assert!(page(&browser.get(PROPOSAL)).contains("没有等着写入"));
}

#[test]
fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    let (_town, _, mut browser) = kept();
    let new = hand(&mut browser, "unit", "?kind=grid");
    let text = wrong(
        &mut browser,
        &new.clone()
            .with("code", "没有")
            .with("name", "")
            .with("parent", "V1"),
    );
    assert!(text.contains("不是编号") && text.contains("不能为空"), "{text}");
    assert!(text.contains("value=\"没有\""), "{text}");
    let taken = new
        .clone()
        .with("code", "G1")
        .with("name", "新网格")
        .with("parent", "V1");
    assert!(wrong(&mut browser, &taken).contains("已经有了"));
    // A grid hangs below a village or a township, not below a department.
    let stray = new.with("code", "N1").with("name", "新网格").with("parent", "D1");
    wrong(&mut browser, &stray);
}

#[test]
fn outlines_are_checked_and_overlaps_are_told_before_they_are_written() {
    let (town, _, mut browser) = kept();
    let one = hand(&mut browser, "unit", "?key=G1");
    let swapped = square(0.0, 0.0, 10.0)
        .replace("[119.", "[x29.")
        .replace(",29.", ",119.")
        .replace("[x29.", "[29.");
    assert!(wrong(&mut browser, &one.clone().with("outline", &swapped)).contains("经度"));
    let crossed =
        r#"{"type":"Polygon","coordinates":[[[119,29],[119.01,29.01],[119.01,29],[119,29.01],[119,29]]]}"#;
    let text = wrong(&mut browser, &one.clone().with("outline", crossed));
    assert!(text.contains("119.01,29.01"), "what was pasted stays: {text}");
    assert!(wrong(&mut browser, &one.clone().with("outline", "{}")).contains("GeoJSON"));
    let text = proposed(&mut browser, &one.with("outline", &square(0.0, 0.0, 10.0)));
    assert!(!text.contains("重叠"), "nothing lies beside it: {text}");
    apply(&mut browser, &text);
    let two = hand(&mut browser, "unit", "?key=G2");
    let touching = proposed(
        &mut browser,
        &two.clone().with("outline", &square(10.0, 0.0, 10.0)),
    );
    assert!(!touching.contains("重叠"), "a common border is none: {touching}");
    let text = proposed(&mut browser, &two.with("outline", &square(5.0, 0.0, 10.0)));
    assert!(text.contains("边界重叠：1") && text.contains("平方米"), "{text}");
    apply(&mut browser, &text);
    let directory = town.service().directory().unwrap();
    assert!(
        directory
            .unit(&id("G2"), town.service().now())
            .unwrap()
            .boundary
            .is_some()
    );
    let again = hand(&mut browser, "unit", "?key=G2");
    assert!(again.field("outline").contains("MultiPolygon"));
    let map = page(&browser.get("/console/keep/map?but=G2"));
    assert!(map.contains("\"G1\"") && !map.contains("\"G2\""), "{map}");
}

#[test]
fn a_unit_ends_with_its_posts_and_its_successor_takes_over() {
    let (town, device, mut browser) = kept();
    let place = DirectoryChange {
        record: DirectoryRecord::KeyPlace(KeyPlace {
            id: "p1".into(),
            name: "水库".into(),
            grid: id("G1"),
            lat_deg: 29.0,
            lon_deg: 119.0,
            category: None,
            outline: None,
            rule: None,
            excuses: Vec::new(),
        }),
        valid_from: Timestamp(0),
        valid_to: None,
    };
    town.service().directory_apply(&OPERATOR, &[place]).unwrap();
    let report = queued(&town, &device, "横幅").to_string();
    let ending = at("/console/keep/hand/unit?key=G1", &mut browser, "/unit/end");
    let text = proposed(&mut browser, &ending.with("successor", "G2"));
    assert!(
        text.contains("水库") && text.contains("人员w1") && text.contains(&report),
        "{text}"
    );
    apply(&mut browser, &text);
    let (directory, now) = (town.service().directory().unwrap(), town.service().now());
    assert!(directory.unit(&id("G1"), now).is_none());
    assert!(
        directory.posts_of(&"w1".parse().unwrap(), now).is_empty(),
        "his post went with it"
    );
    assert_eq!(directory.key_places(now).next().unwrap().grid, id("G2"));
    assert_eq!(
        directory.last_known_unit(&id("G1"), now).unwrap().kind,
        UnitKind::Grid
    );
    // What is below must go somewhere first.
    let ending = at("/console/keep/hand/unit?key=V1", &mut browser, "/unit/end");
    let text = wrong(&mut browser, &ending);
    assert!(text.contains("G2"), "{text}");
}

#[test]
fn a_change_may_wait_for_its_day() {
    let (town, _, mut browser) = kept();
    let now = town.service().now();
    let day = now
        .plus_ms(10 * 86_400_000)
        .to_utc()
        .format("%Y-%m-%d")
        .to_string();
    let later = hand(&mut browser, "unit", "?key=G2")
        .with("name", "明天的网格")
        .with("from", &day);
    let text = proposed(&mut browser, &later);
    apply(&mut browser, &text);
    let directory = town.service().directory().unwrap();
    assert_eq!(
        directory.unit(&id("G2"), town.service().now()).unwrap().name,
        "G2"
    );
    let then = now.plus_ms(11 * 86_400_000);
    assert_eq!(directory.unit(&id("G2"), then).unwrap().name, "明天的网格");
}

#[test]
fn policies_are_kept_by_form_and_other_townships_are_not_his() {
    let (town, _, mut browser) = kept();
    let policy = hand(&mut browser, "policy", "?key=T1");
    assert!(wrong(&mut browser, &policy.clone().with("dispatch_within", "soon")).contains("4工作小时"));
    let filled = policy
        .with("dispatch_within", "2小时")
        .with("working_hours", "08:30-12:00 14:00-17:30")
        .with("track_keep_days", "60")
        .with("emergency_within", "交办 30 分钟，办结 1天")
        .with("category_within", "HJ01：办结 2天")
        .with("is_emergency", "yes");
    let unknown = filled.clone().with("category_within", "没有这类：办结 2天");
    assert!(
        wrong(&mut browser, &unknown).contains("没有这类：办结 2天"),
        "what was typed stays"
    );
    let text = proposed(&mut browser, &filled);
    assert!(
        text.contains("HJ01：办结 2天") && text.contains("交办 30分钟，办结 1天"),
        "{text}"
    );
    apply(&mut browser, &text);
    let directory = town.service().directory().unwrap();
    let policy = directory.policy(&id("T1"), town.service().now());
    assert!(policy.is_emergency && policy.track_keep_days == 60);
    let again = hand(&mut browser, "policy", "?key=T1");
    assert_eq!(again.field("dispatch_within"), "2小时");
    assert_eq!(again.field("emergency_within"), "交办 30分钟，办结 1天");
    assert_eq!(again.field("category_within"), "HJ01：办结 2天");
    // The other township, its grids, and what belongs to the county are not his to see in a form or to write.
    for (kind, query) in [("policy", "?key=T9"), ("unit", "?key=G9")] {
        let reply = browser.get(&format!("/console/keep/hand/{kind}{query}"));
        assert_eq!(reply.status, 404, "{kind}");
    }
    let forged = hand(&mut browser, "unit", "?key=G1")
        .with("key", "G9")
        .with("code", "G9")
        .with("name", "抢来的");
    assert_eq!(browser.send(&forged).status, 403);
    let holiday = hand(&mut browser, "day", "")
        .with("date", "2027-01-01")
        .with("kind", "off")
        .with("name", "元旦");
    assert_eq!(browser.send(&holiday).status, 403);
}

#[test]
fn a_county_keeps_categories_with_their_fields_and_the_calendar() {
    let (town, _, _) = kept();
    town.join("b1", xunge_core::directory::Role::Administrator, "C1");
    let mut browser = Browser::signed_in(&town, "b1");
    let category = hand(&mut browser, "category", "?key=HJ01")
        .with("0.field", "area")
        .with("0.name", "面积")
        .with("0.type", "number")
        .with("0.min", "1")
        .with("0.is_required", "yes")
        .with("1.field", "what")
        .with("1.name", "种类")
        .with("1.type", "choice")
        .with("1.options", "纸、布");
    let bad = category.clone().with("1.options", "纸、纸");
    wrong(&mut browser, &bad);
    let text = proposed(&mut browser, &category);
    assert!(text.contains("面积") && text.contains("纸"), "{text}");
    apply(&mut browser, &text);
    let (directory, now) = (town.service().directory().unwrap(), town.service().now());
    let held = directory.category_current(&"HJ01".parse().unwrap(), now).unwrap();
    assert_eq!((held.version, held.fields.len()), (2, 2));
    assert!(matches!(&held.fields[1].kind, FieldKind::Choice { options } if options.len() == 2));
    assert!(
        directory.category(&held.id, 1).unwrap().fields.is_empty(),
        "old reports keep theirs"
    );
    let holiday = hand(&mut browser, "day", "")
        .with("date", "2027-01-01")
        .with("kind", "off")
        .with("name", "元旦");
    let text = proposed(&mut browser, &holiday);
    apply(&mut browser, &text);
    let list = page(&browser.get("/console/keep/calendar"));
    assert!(list.contains("2027-01-01") && list.contains("元旦"));
    let ending = at("/console/keep/hand/day?key=2027-01-01", &mut browser, "/day/end");
    let text = proposed(&mut browser, &ending);
    apply(&mut browser, &text);
    assert!(!page(&browser.get("/console/keep/calendar")).contains("2027-01-01"));
}

#[test]
fn the_calendar_says_which_years_lack_holidays_and_takes_the_official_ones_by_one_press() {
    let (town, _, _) = kept();
    town.join("b1", xunge_core::directory::Role::Administrator, "C1");
    let mut browser = Browser::signed_in(&town, "b1");
    let empty = page(&browser.get("/console/keep/calendar"));
    let today = town.service().now().day_in(chrono_tz::Asia::Shanghai);
    let year = today.format("%Y");
    assert!(empty.contains(&format!("还没有 {year}")), "{empty}");
    let take = form(&empty, "/console/keep/calendar").unwrap();
    let answer = browser.send(&take);
    assert_eq!(answer.header("location"), Some(PROPOSAL));
    let text = page(&browser.get(PROPOSAL));
    assert!(text.contains("2024-02-18") && text.contains("春节"), "{text}");
    let days = |at: &Town| {
        at.service()
            .directory()
            .unwrap()
            .calendar_days(at.service().now())
            .count()
    };
    assert_eq!(days(&town), 0, "nothing is written before it was looked at");
    apply(&mut browser, &text);
    assert_eq!(days(&town), xunge_core::directory::holidays().len());
    let full = page(&browser.get("/console/keep/calendar"));
    assert!(!full.contains(&format!("还没有 {year}")));
    let again = form(&full, "/console/keep/calendar").unwrap();
    assert!(page(&browser.send(&again)).contains("没有什么要写"));
}

#[test]
fn a_county_keeps_key_places_place_names_and_unreachable_ground() {
    let (town, _, _) = kept();
    town.join("b1", xunge_core::directory::Role::Administrator, "C1");
    let mut browser = Browser::signed_in(&town, "b1");
    for (kind, fields) in [
        (
            "place",
            [
                ("code", "p9"),
                ("name", "学校"),
                ("grid", "G1"),
                ("lat_deg", "29.1"),
                ("lon_deg", "119.1"),
            ],
        ),
        (
            "name",
            [
                ("code", "n9"),
                ("name", "桥头"),
                ("lat_deg", "29.1"),
                ("lon_deg", "119.1"),
                ("from", ""),
            ],
        ),
        (
            "area",
            [
                ("code", "u9"),
                ("name", "水库"),
                ("unit", "T1"),
                ("reason", "water"),
                ("outline", ""),
            ],
        ),
    ] {
        let mut filled = hand(&mut browser, kind, "");
        for (name, value) in fields {
            filled = filled.with(name, value);
        }
        if kind == "area" {
            wrong(&mut browser, &filled);
            filled = filled.with("outline", &square(0.0, 0.0, 5.0));
        }
        let text = proposed(&mut browser, &filled);
        apply(&mut browser, &text);
    }
    let (directory, now) = (town.service().directory().unwrap(), town.service().now());
    assert_eq!(directory.key_places(now).count(), 1);
    assert_eq!(directory.place_names(now).count(), 1);
    assert_eq!(directory.excluded_areas(now).count(), 1);
}

#[test]
fn what_was_checked_waits_through_a_restart_and_may_be_discarded() {
    let (town, _, mut browser) = kept();
    let renamed = hand(&mut browser, "unit", "?key=G1").with("name", "新名字");
    let text = proposed(&mut browser, &renamed);
    let caller = Caller::Account {
        name: "a1".into(),
        person: "a1".parse().unwrap(),
    };
    let secrets = town.service().secrets().clone();
    let again = Service::open(ServiceConfig::new(&town.app.config, secrets)).unwrap();
    let held = again
        .proposal(&caller)
        .unwrap()
        .expect("it waits in the database");
    assert!(text.contains(&held.token));
    let other = Caller::Account {
        name: "a9".into(),
        person: "a9".parse().unwrap(),
    };
    assert!(
        again.proposal(&other).unwrap().is_none(),
        "each account has its own"
    );
    let discard = form(&text, PROPOSAL).unwrap().with("do", "discard");
    assert_eq!(browser.send(&discard).status, 303);
    assert!(again.proposal(&caller).unwrap().is_none());
}
