//! Every route for every post, in its own and in a foreign township.

use xunge_core::command::State;

use super::super::browser::{Browser, page};
use super::super::town::picture;
use super::{queued, town};

/// Who may look at the report of worker `w1` in grid G1 before anything is dispatched.
const PEOPLE: [(&str, bool); 9] = [
    ("w1", true),
    ("w2", false),
    ("c1", true),
    ("v1", true),
    ("k1", true),
    ("s1", true),
    ("y1", true),
    ("d1", false),
    ("k9", false),
];

#[test]
fn every_page_answers_each_post_by_its_scope_and_strangers_not_at_all() {
    let (town, device) = town();
    let report = town.report(&device, "路边违法横幅", &[picture(1, 60)]);
    town.report(&device, "另一件", &[]);
    let story = town
        .service()
        .report_story(
            &super::super::town::OPERATOR,
            &xunge_server::service::ReportRef::Id(report),
            None,
        )
        .unwrap();
    let content = story.content.unwrap();
    let (attachment, blob) = content
        .attachments
        .iter()
        .next()
        .map(|(id, a)| (*id, a.blob))
        .unwrap();
    for (who, is_seen) in PEOPLE {
        let mut browser = Browser::signed_in(&town, who);
        let status = |reply: super::super::client::Reply| reply.status;
        for path in ["/console", "/console/queue", "/console/queue?state=all&q=横幅"] {
            let path = path.replace("横幅", "%E6%A8%AA%E5%B9%85");
            let reply = browser.get(&path);
            assert_eq!(reply.status, 200, "{who} {path}");
            let shows = page(&reply).contains(&report.to_string());
            assert!(is_seen || !shows, "{who} must not see it at {path}");
        }
        let queue = page(&browser.get("/console/queue?state=all"));
        assert_eq!(queue.contains(&report.to_string()), is_seen, "{who}");
        let expected = if is_seen { 200 } else { 404 };
        for path in [
            format!("/console/reports/{report}"),
            format!("/console/reports/{}", content.code),
            format!("/console/reports/{report}/print"),
            format!("/console/reports/{report}/pictures/{attachment}"),
        ] {
            assert_eq!(status(browser.get(&path)), expected, "{who} {path}");
        }
        let is_stored = story.blobs.iter().any(|stored| stored.blob == blob);
        if is_stored {
            assert_eq!(
                status(browser.get(&format!("/v1/blobs/{blob}"))),
                expected,
                "{who}"
            );
        }
        let csrf = csrf(&mut browser);
        for path in [
            format!("/console/reports/{report}/acts/void"),
            format!("/console/reports/{report}/people"),
        ] {
            let given = status(browser.post(&path, &[("csrf", &csrf)]));
            // Seen: the page again, with what is missing (a reason). Unseen: there is no such report.
            let expected = if is_seen { [200, 422] } else { [404, 404] };
            assert!(expected.contains(&given), "{who} {path}: {given}");
        }
        assert_eq!(
            status(browser.get("/console/queue?feed=T9")),
            township_nine(who),
            "{who}"
        );
    }
}

/// What the neighbouring township's queue answers.
fn township_nine(who: &str) -> u16 {
    match who {
        "k9" | "y1" => 200,
        _ => 404,
    }
}

fn csrf(browser: &mut Browser) -> String {
    let text = page(&browser.get("/console"));
    super::super::browser::form(&text, "/console/logout")
        .expect("every page can be left")
        .field("csrf")
        .to_owned()
}

#[test]
fn whoever_is_not_signed_in_is_led_to_the_log_in_and_back() {
    let (town, device) = town();
    let report = town.report(&device, "横幅", &[]);
    let mut browser = Browser::new(&town);
    for path in [
        "/console".to_owned(),
        "/console/queue?state=queued".to_owned(),
        format!("/console/reports/{report}"),
        format!("/console/reports/{report}/print"),
    ] {
        let reply = browser.get(&path);
        assert_eq!(reply.status, 303, "{path}");
        let to = reply.header("location").unwrap().to_owned();
        assert!(to.starts_with("/console/login?next="), "{to}");
        assert_eq!(browser.get(&to).status, 200);
    }
    assert_eq!(browser.get("/console/events").status, 401);
    assert_eq!(browser.get("/").header("location"), Some("/console"));
    let reply = browser.log_in(
        "k1",
        super::super::browser::PASSWORD,
        "/console/queue?state=queued",
    );
    assert_eq!(reply.header("location"), Some("/console/queue?state=queued"));
}

#[test]
fn an_act_needs_its_post_even_where_the_form_is_forged() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅");
    // None of these is the room: the workflow refuses what no form of theirs offers.
    for who in ["w1", "c1", "s1"] {
        let mut browser = Browser::signed_in(&town, who);
        let csrf = csrf(&mut browser);
        let path = format!("/console/reports/{report}/acts/accept");
        let reply = browser.post(&path, &[("csrf", &csrf)]);
        assert_eq!(reply.status, 422, "{who}");
        let text = page(&browser.get(&format!("/console/reports/{report}")));
        assert!(!text.contains("/acts/accept\""), "{who} is not offered it");
    }
    let rows = town
        .service()
        .queue(
            &super::super::town::OPERATOR,
            &xunge_server::service::QueueQuery {
                feed: Some("T1".parse().unwrap()),
                ..Default::default()
            },
        )
        .unwrap()
        .rows;
    assert_eq!(rows[0].state, State::Queued);
}

#[test]
fn each_post_finds_on_the_first_page_what_waits_for_it() {
    let (town, device) = town();
    let report = town.report(&device, "横幅", &[]).to_string();
    let shows = |who: &str| {
        let mut browser = Browser::signed_in(&town, who);
        page(&browser.get("/console")).contains(&report)
    };
    assert!(shows("c1"), "the chief has to decide");
    assert!(!shows("k1"), "the room sees figures, and its queue behind them");
    assert!(!shows("d1"));
    let mut chief = Browser::signed_in(&town, "c1");
    let approve = chief.act(&report, "approve");
    assert_eq!(chief.send(&approve).status, 303);
    assert!(!shows("c1"), "decided");
    let mut clerk = Browser::signed_in(&town, "k1");
    let accept = clerk.act(&report, "accept");
    assert_eq!(clerk.send(&accept).status, 303);
    let dispatch = clerk.act(&report, "dispatch").with("lead", "D1");
    assert_eq!(clerk.send(&dispatch).status, 303);
    assert!(shows("d1"), "the department has to sign");
}
