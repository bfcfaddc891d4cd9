//! Every route × every post × own and foreign township, forms included. The rows are held against the router's own list: a route without a
//! row fails, and so does a row without a route.

use std::collections::BTreeSet;

use xunge_server::router::console_routes;
use xunge_server::service::ReportRef;

use super::super::browser::{Browser, form, page};
use super::super::town::{OPERATOR, Town, picture};
use super::boards::administrators;
use super::town;

/// Everybody: workers of two grids, their chief and village head, the room, its supervisor, the county desk, a department, and the
/// administrator of T1; the room and the administrator of T9.
const PEOPLE: [&str; 11] = ["w1", "w2", "c1", "v1", "k1", "s1", "y1", "d1", "a1", "k9", "a9"];

/// Who may look at the report of w1 in G1, a grid of T1.
const SEES: &[&str] = &["w1", "c1", "v1", "k1", "s1", "y1", "a1"];
const COVERAGE: &[&str] = &["c1", "v1", "k1", "s1", "y1", "a1", "k9", "a9"];
const DESK: &[&str] = &["k1", "s1", "y1", "a1", "k9", "a9"];
const ROOM: &[&str] = &["k1", "y1", "k9"];
const KEEP: &[&str] = &["a1", "a9"];
/// Who keeps what lies in T1, and who is told that there is no such thing.
const KEEP_T1: &[&str] = &["a1"];
const ALL: &[&str] = &PEOPLE;
const NOBODY: &[&str] = &[];
/// The heartbeat of a page says nothing to who is not of the room; another room is told that there is no such report.
const BUT_K9: &[&str] = &["w1", "w2", "c1", "v1", "k1", "s1", "y1", "d1", "a1", "a9"];
/// Workers look at the coverage of their own grids.
const OF_T1: &[&str] = &["w1", "w2", "c1", "v1", "k1", "s1", "y1", "a1"];
/// Who has something in the queue of T1: everybody of it, a department too.
const QUEUE_T1: &[&str] = &["w1", "w2", "c1", "v1", "k1", "s1", "y1", "d1", "a1"];
/// Who looks at more of T1 than his own grids.
const LEADS_T1: &[&str] = &["c1", "v1", "k1", "s1", "y1", "a1"];
/// Orders come from a township's own room.
const ROOMS: &[&str] = &["k1", "k9"];

/// A route, what stands behind its address, who may, and what the others are answered.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [u16],
);

const NONE: &[u16] = &[404];
const NOT: &[u16] = &[403];
const EITHER: &[u16] = &[403, 404];

/// In addresses: `{report}` is the report of T1, `{attachment}` its picture, `{person}` w1.
const ROWS: &[Row] = &[
    ("GET", "/console", "", ALL, NOT),
    ("GET", "/console/login", "", ALL, NOT),
    ("POST", "/console/login", "", NOBODY, &[401, 429]),
    ("POST", "/console/login/second", "", NOBODY, &[401, 429]),
    ("GET", "/console/account", "", ALL, NOT),
    ("POST", "/console/account/factor", "", ALL, NOT),
    ("POST", "/console/logout", "", ALL, NOT),
    ("GET", "/console/language/{language}", "", ALL, NOT),
    ("GET", "/console/queue", "?feed=T1", QUEUE_T1, NONE),
    ("GET", "/console/queue/export", "", ALL, NOT),
    ("GET", "/console/export", "?format=csv", COVERAGE, NOT),
    ("POST", "/console/export", "", COVERAGE, NOT),
    ("GET", "/console/export/progress", "?job=x", NOBODY, NONE),
    ("GET", "/console/queue/map", "?feed=T1", QUEUE_T1, NONE),
    ("GET", "/console/map/queue", "?feed=T1", QUEUE_T1, NONE),
    ("POST", "/console/batch", "", ALL, NOT),
    ("POST", "/console/views", "", ALL, NOT),
    ("GET", "/console/reports/{report}", "", SEES, NONE),
    ("POST", "/console/reports/{report}/people", "", SEES, NONE),
    ("GET", "/console/reports/{report}/print", "", SEES, NONE),
    ("GET", "/console/reports/{report}/slip", "", NOBODY, NONE),
    ("GET", "/console/reports/{report}/compare", "", SEES, NONE),
    ("POST", "/console/reports/{report}/pictures", "", SEES, NONE),
    (
        "POST",
        "/console/reports/{report}/take",
        "",
        &["k1", "y1"],
        EITHER,
    ),
    ("POST", "/console/reports/{report}/attend", "", BUT_K9, NONE),
    (
        "GET",
        "/console/reports/{report}/pictures/{attachment}/blur",
        "",
        SEES,
        NONE,
    ),
    ("GET", "/console/reports/{report}/archive", "", SEES, NONE),
    ("POST", "/console/reports/{report}/archive", "", SEES, NONE),
    (
        "GET",
        "/console/reports/{report}/pictures/{attachment}",
        "",
        SEES,
        NONE,
    ),
    ("POST", "/console/reports/{report}/acts/{kind}", "", SEES, NONE),
    ("GET", "/console/coverage", "?feed=T1", OF_T1, EITHER),
    ("GET", "/console/coverage/phones", "?feed=T1", LEADS_T1, EITHER),
    ("GET", "/console/figures", "?feed=T1", LEADS_T1, EITHER),
    (
        "GET",
        "/console/coverage/file",
        "?feed=T1&format=csv",
        LEADS_T1,
        EITHER,
    ),
    ("GET", "/console/phones", "", DESK, NOT),
    ("GET", "/console/map/coverage", "?feed=T1", OF_T1, EITHER),
    ("GET", "/console/desk", "", DESK, NOT),
    ("GET", "/console/enter", "", ROOM, NOT),
    ("POST", "/console/enter/report", "", ROOM, NOT),
    ("GET", "/console/orders", "", ROOMS, NOT),
    ("POST", "/console/orders", "", ROOMS, NOT),
    ("GET", "/console/recheck", "", DESK, NOT),
    ("GET", "/console/handover", "", ROOM, NOT),
    ("POST", "/console/handover", "", ROOM, NOT),
    ("GET", "/console/rules", "", DESK, NOT),
    ("GET", "/console/rules/rule", "", DESK, NOT),
    ("POST", "/console/rules/rule", "", DESK, NOT),
    ("POST", "/console/rules/try", "", DESK, NOT),
    ("POST", "/console/rules/adopt", "", KEEP, NOT),
    ("GET", "/console/keep", "", KEEP, NOT),
    ("GET", "/console/keep/people", "", KEEP, NOT),
    ("POST", "/console/keep/people", "", KEEP, NOT),
    ("GET", "/console/keep/people/{person}", "", KEEP_T1, EITHER),
    ("POST", "/console/keep/people/{person}", "", KEEP_T1, EITHER),
    ("POST", "/console/keep/people/{person}/posts", "", KEEP_T1, EITHER),
    (
        "POST",
        "/console/keep/people/{person}/account",
        "",
        KEEP_T1,
        EITHER,
    ),
    ("POST", "/console/keep/people/{person}/enrol", "", KEEP_T1, EITHER),
    ("POST", "/console/keep/people/{person}/revoke", "", KEEP, NOT),
    ("GET", "/console/keep/units", "", KEEP, NOT),
    ("GET", "/console/keep/categories", "", KEEP, NOT),
    ("GET", "/console/keep/calendar", "", KEEP, NOT),
    // It belongs to the county, where a server has two townships.
    ("POST", "/console/keep/calendar", "", NOBODY, NOT),
    ("GET", "/console/keep/policies", "", KEEP, NOT),
    ("GET", "/console/keep/places", "", KEEP, NOT),
    ("GET", "/console/keep/names", "", KEEP, NOT),
    ("GET", "/console/keep/areas", "", KEEP, NOT),
    ("GET", "/console/keep/hand/{kind}", "?key=G1", KEEP_T1, EITHER),
    ("POST", "/console/keep/hand/{kind}", "", KEEP, NOT),
    ("POST", "/console/keep/hand/{kind}/end", "", NOBODY, EITHER),
    ("GET", "/console/keep/shifts", "", KEEP, NOT),
    ("POST", "/console/keep/shifts", "", KEEP, NOT),
    ("GET", "/console/keep/phrases", "", KEEP, NOT),
    ("POST", "/console/keep/phrases", "", KEEP, NOT),
    ("GET", "/console/keep/factor", "", KEEP, NOT),
    ("POST", "/console/keep/factor", "", KEEP, NOT),
    ("GET", "/console/keep/map", "", KEEP, NOT),
    ("GET", "/console/keep/proposal", "", KEEP, NOT),
    ("POST", "/console/keep/proposal", "", KEEP, NOT),
    ("GET", "/console/keep/import", "", KEEP, NOT),
    ("POST", "/console/keep/import", "", NOBODY, &[400, 403]),
    ("GET", "/console/keep/audit", "", KEEP, NOT),
    ("GET", "/console/assets/{name}", "", ALL, NOT),
];

/// Routes that answer for ever: a stream, tested in `live`.
const STREAMS: &[&str] = &["/console/events"];

#[test]
fn every_route_of_the_router_has_its_row_and_every_row_its_route() {
    let routes: BTreeSet<(&str, &str)> = console_routes().into_iter().collect();
    let rows: BTreeSet<(&str, &str)> = ROWS.iter().map(|row| (row.0, row.1)).collect();
    let is_stream = |route: &&(&str, &str)| STREAMS.contains(&route.1);
    let missing: Vec<_> = routes
        .difference(&rows)
        .filter(|route| !is_stream(route))
        .collect();
    assert!(missing.is_empty(), "routes without a row: {missing:?}");
    let stray: Vec<_> = rows.difference(&routes).collect();
    assert!(stray.is_empty(), "rows without a route: {stray:?}");
}

#[test]
fn every_route_answers_every_post_by_its_row_forged_forms_and_strangers_not_at_all() {
    let (town, device) = town();
    administrators(&town);
    let report = town.report(&device, "路边违法横幅", &[picture(1, 60)]);
    let story = town
        .service()
        .report_story(&OPERATOR, &ReportRef::Id(report), None);
    let content = story.unwrap().content.unwrap();
    let attachment = content.attachments.keys().next().unwrap().to_string();
    let address = |row: &Row| {
        let kind = if row.1.contains("/acts/") {
            "remark"
        } else {
            "unit"
        };
        row.1
            .replace("{report}", &report.to_string())
            .replace("{attachment}", &attachment)
            .replace("{person}", "w1")
            .replace("{kind}", kind)
            .replace("{language}", "zh")
            .replace("{name}", "console.css")
            + row.2
    };
    let mut wrong = Vec::new();
    let mut asked = 0;
    for who in PEOPLE {
        let mut browser = Browser::signed_in(&town, who);
        let csrf = form(&page(&browser.get("/console")), "/console/logout").unwrap();
        let csrf = csrf.field("csrf").to_owned();
        // Logging out comes last.
        let (last, rows): (Vec<&Row>, Vec<&Row>) = ROWS.iter().partition(|row| row.1 == "/console/logout");
        for row in rows.into_iter().chain(last) {
            let path = address(row);
            asked += 1;
            let status = match row.0 {
                "GET" => browser.get(&path).status,
                _ => {
                    let forged = browser.post(&path, &[("csrf", "00")]).status;
                    let is_login = row.1.starts_with("/console/login");
                    // A file's form is read before its secret is known: a body that is no file is refused as one.
                    let is_file = row.1 == "/console/keep/import" && forged == 400;
                    if forged != 403 && !is_login && !is_file {
                        wrong.push(format!("{who} forged POST {path}: {forged}"));
                    }
                    browser.post(&path, &[("csrf", &csrf)]).status
                }
            };
            let is_let_in = !matches!(status, 401 | 403 | 404 | 405 | 500..);
            let fits = if row.3.contains(&who) {
                is_let_in
            } else {
                row.4.contains(&status)
            };
            if !fits {
                wrong.push(format!("{who} {} {path}: {status}", row.0));
            }
        }
    }
    wrong.extend(let_in_without_a_session(&town, address));
    assert!(wrong.is_empty(), "of {asked}:\n{}", wrong.join("\n"));
}

/// Routes that answer somebody who is not signed in otherwise than with the log-in.
fn let_in_without_a_session(town: &Town, address: impl Fn(&Row) -> String) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut nobody = Browser::new(town);
    for row in ROWS.iter().filter(|row| !row.1.starts_with("/console/login")) {
        let path = address(row);
        let status = match row.0 {
            "GET" => nobody.get(&path).status,
            _ => nobody.post(&path, &[("csrf", "00")]).status,
        };
        let is_open = row.1.contains("/assets/") || row.1.contains("/language/");
        let expected: &[u16] = match row.0 {
            "GET" if is_open => &[200, 303],
            "GET" => &[303, 401],
            _ => &[401],
        };
        if !expected.contains(&status) {
            wrong.push(format!("nobody {} {path}: {status}", row.0));
        }
    }
    wrong
}
