//! Pages of supervisors and administrators: each route for each post, in its own and in a foreign township; files, archives, imports.

use xunge_core::directory::Role;

use super::super::browser::{Browser, form, page};
use super::super::town::{Town, picture};
use super::{queued, town};

/// Adds the administrators of both townships.
pub(crate) fn administrators(town: &Town) {
    town.join("a1", Role::Administrator, "T1");
    town.join("a9", Role::Administrator, "T9");
}

#[test]
fn nobody_who_is_not_signed_in_gets_a_board_or_a_file() {
    let (town, _) = town();
    let mut browser = Browser::new(&town);
    for path in [
        "/console/figures",
        "/console/coverage",
        "/console/phones",
        "/console/keep/people",
        "/console/export?format=csv",
        "/console/map/coverage",
    ] {
        assert_eq!(browser.get(path).status, 303, "{path}");
    }
}

#[test]
fn a_figure_leads_to_the_very_reports_that_it_counts() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅");
    town.report(&device, "还没有同意", &[]);
    let mut browser = Browser::signed_in(&town, "s1");
    let figures = page(&browser.get("/console/figures?by=grid"));
    let link = figures
        .split("href=\"")
        .filter_map(|part| part.split('"').next())
        .find(|href| href.starts_with("/console/queue?") && href.contains("grid=G1"))
        .expect("the grid's line leads to its reports")
        .replace("&#38;", "&");
    let queue = page(&browser.get(&link));
    assert_eq!(queue.matches("data-id=").count(), 2, "{link}");
    assert!(queue.contains(&report.to_string()));
    let none = page(&browser.get(&format!("{link}&outcome=closed")));
    assert_eq!(none.matches("data-id=").count(), 0);
}

#[test]
fn people_leave_masked_unless_a_reason_is_given_and_each_file_is_recorded() {
    let (town, device) = town();
    let report = queued(&town, &device, "=1+1 横幅");
    let mut browser = Browser::signed_in(&town, "k1");
    let masked = browser.get("/console/export?format=csv&state=all");
    assert_eq!(masked.status, 200);
    assert!(
        masked
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    let text = page(&masked);
    assert!(
        text.starts_with('\u{feff}') && text.contains("\"'=1+1 横幅\""),
        "{text}"
    );
    assert!(browser.get("/console/export?format=xlsx").body.starts_with(b"PK"));
    let csrf = {
        let home = page(&browser.get("/console"));
        form(&home, "/console/logout").unwrap().field("csrf").to_owned()
    };
    let fields = [("csrf", csrf.as_str()), ("format", "csv"), ("state", "all")];
    assert_eq!(browser.post("/console/export", &fields).status, 422);
    let with_why = [fields[0], fields[1], fields[2], ("why", "核对回访")];
    assert_eq!(browser.post("/console/export", &with_why).status, 200);
    assert_eq!(
        browser
            .post("/console/export", &[("format", "csv"), ("why", "x")])
            .status,
        403
    );
    let archive = browser.post(&format!("/console/reports/{report}/archive"), &[("csrf", &csrf)]);
    let verified = xunge_server::archive::verify(&archive.body).unwrap();
    assert!(verified.manifest.is_masked);
    assert_eq!(verified.public_key, town.service().secrets().server_key.public());
    let feed = "T1".parse().unwrap();
    let log = town.service().audit(Some(&feed), 100).unwrap();
    let exports: Vec<_> = log.iter().filter(|line| line.kind == "export").collect();
    assert_eq!(exports.len(), 4, "three files and one archive");
    assert!(
        exports
            .iter()
            .any(|line| line.detail.contains("unmasked: 核对回访"))
    );
}

#[test]
fn an_archive_holds_its_pictures() {
    let (town, device) = town();
    let report = town.report(&device, "横幅", &[picture(1, 60)]);
    let mut browser = Browser::signed_in(&town, "k1");
    let asked = form(
        &page(&browser.get(&format!("/console/reports/{report}/archive"))),
        "/archive",
    )
    .unwrap();
    let archive = browser.send(&asked);
    let verified = xunge_server::archive::verify(&archive.body).unwrap();
    assert!(verified.manifest.files.keys().any(|name| name.ends_with(".jpg")));
}

#[test]
fn an_administrator_keeps_his_own_people_and_nobody_elses() {
    let (town, _) = town();
    administrators(&town);
    let mut browser = Browser::signed_in(&town, "a1");
    assert_eq!(browser.get("/console/keep/people/w1").status, 200);
    for stranger in ["k9", "a9", "y1", "nobody"] {
        assert_eq!(
            browser.get(&format!("/console/keep/people/{stranger}")).status,
            404,
            "{stranger}"
        );
    }
    let people = page(&browser.get("/console/keep/people"));
    // The first form of that address searches; the second one writes.
    let new = people.split("id=\"h-new\"").nth(1).unwrap();
    let new = form(new, "/console/keep/people").unwrap();
    assert_eq!(
        browser
            .send(&new.clone().with("code", "w1").with("name", "新人"))
            .status,
        422
    );
    assert_eq!(
        browser.send(&new.with("code", "n1").with("name", "新人")).status,
        303
    );
    let appoint = |browser: &mut Browser, unit: &str| {
        let person = page(&browser.get("/console/keep/people/n1"));
        let asked = form(&person, "/posts")
            .unwrap()
            .with("unit", unit)
            .with("role", "worker");
        browser.send(&asked).status
    };
    assert_eq!(appoint(&mut browser, "G9"), 403, "another township's grid");
    assert_eq!(appoint(&mut browser, "C1"), 403, "the county");
    assert_eq!(appoint(&mut browser, "G1"), 303);
    let person = page(&browser.get("/console/keep/people/n1"));
    let code = page(&browser.send(&form(&person, "/enrol").unwrap()));
    assert!(code.contains("<svg class=\"qr\"") && code.contains("xunge:1:"));
    let made = page(&browser.send(&form(&person, "/account").unwrap().with("account", "n1")));
    let password = made
        .split("class=\"secret\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let reply = Browser::new(&town).log_in("n1", password, "/console");
    assert_eq!(reply.status, 303);
}

/// A form with a file, as browsers send it.
fn upload(browser: &mut Browser, csrf: &str, kind: &str, file: &str) -> super::super::client::Reply {
    let part = |name: &str, more: &str, value: &str| {
        format!("--here\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    };
    let body = [
        part("csrf", "", csrf),
        part("kind", "", kind),
        part("file", "; filename=\"f.csv\"", file),
        "--here--\r\n".to_owned(),
    ];
    browser.post_raw(
        "/console/keep/import",
        "multipart/form-data; boundary=here",
        body.concat().as_bytes(),
    )
}

#[test]
fn an_import_names_every_mistake_with_its_line_and_writes_only_what_was_shown() {
    let (town, _) = town();
    administrators(&town);
    let mut browser = Browser::signed_in(&town, "a1");
    let asked = form(
        &page(&browser.get("/console/keep/import")),
        "/console/keep/import",
    )
    .unwrap();
    let csrf = asked.field("csrf").to_owned();
    let bad = upload(
        &mut browser,
        &csrf,
        "people",
        "编号,姓名,电话\nn1,张三,13800000000\n,李四,\nn3,,\n",
    );
    let text = page(&bad);
    assert_eq!(bad.status, 422, "{text}");
    assert!(text.contains("第 3 行") && text.contains("第 4 行"), "{text}");
    assert_eq!(
        upload(&mut browser, "wrong", "people", "编号,姓名\nn1,张三\n").status,
        403
    );
    let good = upload(
        &mut browser,
        &csrf,
        "people",
        "编号,姓名,电话\nn1,张三,13800000000\n",
    );
    assert_eq!(good.header("location"), Some("/console/keep/proposal"));
    let text = page(&browser.get("/console/keep/proposal"));
    assert!(text.contains("张三"), "{text}");
    let directory = town.service().directory().unwrap();
    assert!(
        directory
            .person(&"n1".parse().unwrap(), town.service().now())
            .is_none(),
        "only checked"
    );
    let apply = form(&text, "/console/keep/proposal").unwrap();
    assert_eq!(browser.send(&apply).status, 200);
    let directory = town.service().directory().unwrap();
    assert!(
        directory
            .person(&"n1".parse().unwrap(), town.service().now())
            .is_some()
    );
    assert_eq!(browser.send(&apply).status, 409, "it is written once");
    // What belongs to another township is not his to write.
    let foreign = upload(
        &mut browser,
        &csrf,
        "calendar",
        "日期,类型,名称\n2027-01-01,休,元旦\n",
    );
    assert!(matches!(foreign.status, 403 | 422), "{}", page(&foreign));
}
