//! What stands around every page: log-in and its throttle, cookies, headers, languages, files.

use super::super::browser::{Browser, PASSWORD, form, page};
use super::town;

#[test]
fn a_wrong_password_says_so_and_after_some_the_account_waits() {
    let (town, _) = town();
    let mut browser = Browser::new(&town);
    for name in ["k1", "nobody"] {
        let reply = browser.log_in(name, "wrong", "/console");
        assert_eq!(reply.status, 401);
        assert!(page(&reply).contains("账号或密码不对"), "{name}");
        assert!(reply.header("set-cookie").is_none());
    }
    for _ in 0..4 {
        browser.log_in("k1", "wrong", "/console");
    }
    let reply = browser.log_in("k1", PASSWORD, "/console");
    assert_eq!(reply.status, 429, "the right one has to wait too");
    assert!(page(&reply).contains("分钟后再试"));
    assert_eq!(
        Browser::signed_in(&town, "c1").get("/console").status,
        200,
        "others need not"
    );
}

#[test]
fn the_cookie_is_for_this_site_and_no_script_and_ends_with_the_session() {
    let (town, _) = town();
    let mut browser = Browser::new(&town);
    let reply = browser.log_in("k1", PASSWORD, "https://example.com/");
    assert_eq!(reply.header("location"), Some("/console"), "no way out");
    let cookie = reply.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let before = browser.cookie_line();
    let text = page(&browser.get("/console"));
    let leave = form(&text, "/console/logout").unwrap();
    assert_eq!(browser.send(&leave).status, 303);
    // The cookie as it was opens nothing any more.
    let (name, value) = before.split_once('=').unwrap();
    browser.set_cookie(name, value);
    assert_eq!(browser.get("/console").status, 303);
}

#[test]
fn pages_carry_no_script_or_style_of_their_own_and_headers_say_so() {
    let (town, device) = town();
    let report = town.report(&device, "横幅", &[]);
    let mut browser = Browser::signed_in(&town, "k1");
    for path in [
        "/console".to_owned(),
        "/console/queue".to_owned(),
        format!("/console/reports/{report}"),
        format!("/console/reports/{report}/print"),
        "/console/login".to_owned(),
        "/console/nowhere".to_owned(),
    ] {
        let reply = browser.get(&path);
        let policy = reply.header("content-security-policy").unwrap().to_owned();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        let text = page(&reply);
        for forbidden in [
            " style=\"",
            " onclick=",
            "javascript:",
            "<style",
            "<script>",
            "http://",
            "https://",
        ] {
            assert!(!text.contains(forbidden), "{path} has {forbidden}");
        }
    }
}

#[test]
fn errors_are_pages_in_the_readers_language_with_the_requests_number() {
    let (town, _) = town();
    let mut browser = Browser::signed_in(&town, "k1");
    let reply = browser.get("/console/reports/00000000000000000000000000000000");
    assert_eq!(reply.status, 404);
    let text = page(&reply);
    assert!(
        text.contains("没有找到") && text.contains(reply.header("x-request-id").unwrap()),
        "{text}"
    );
    assert_eq!(browser.get("/console/queue?state=nonsense").status, 400);
    assert_eq!(browser.post("/console/queue", &[]).status, 405);
    browser.get("/console/language/en?back=/console/queue");
    let text = page(&browser.get("/console/nowhere"));
    assert!(
        text.contains("<html lang=\"en\">") && text.contains("Not found"),
        "{text}"
    );
}

#[test]
fn the_language_is_kept_and_english_pages_speak_english() {
    let (town, device) = town();
    let report = town.report(&device, "a banner", &[]);
    let mut browser = Browser::signed_in(&town, "k1");
    assert!(page(&browser.get("/console")).contains("<html lang=\"zh-Hans\">"));
    let reply = browser.get("/console/language/en?back=%2Fconsole%2Fqueue%3Fstate%3Dall");
    assert_eq!(reply.header("location"), Some("/console/queue?state=all"));
    for path in [
        "/console/queue".to_owned(),
        format!("/console/reports/{report}"),
        format!("/console/reports/{report}/print"),
        "/console".to_owned(),
    ] {
        let text = page(&browser.get(&path));
        // Names of the directory are Chinese in any language, and so is the way back.
        let text = text.replace("人员", "").replace("单位", "").replace("中文", "");
        let stray: String = text
            .chars()
            .filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
            .collect();
        assert_eq!(stray, "", "{path}");
    }
    let reply = browser.get("/console/language/en?back=https://example.com");
    assert_eq!(reply.header("location"), Some("/console"));
}

#[test]
fn the_programs_own_files_may_be_kept_for_good() {
    let (town, _) = town();
    let mut browser = Browser::new(&town);
    for (name, kind) in [
        ("console.css", "text/css; charset=utf-8"),
        ("console.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ] {
        let reply = browser.get(&format!("/console/assets/{name}?v=1"));
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)));
        assert!(reply.header("cache-control").unwrap().contains("immutable"));
    }
    assert_eq!(browser.get("/console/assets/..%2Fsecret").status, 404);
}
