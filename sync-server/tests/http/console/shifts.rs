//! Delegations and shifts, handing the desk over, rules as forms, and a township's own sentences.

use xunge_core::directory::{PostKind, Role};

use super::super::browser::{Browser, form, page};
use super::boards::administrators;
use super::desk::at;
use super::{queued, town};

const PROPOSAL: &str = "/console/keep/proposal";

fn local(town: &super::super::town::Town, hours: i64) -> String {
    let at = town.service().now().plus_ms(hours * 3_600_000);
    let zone = chrono_tz::Asia::Shanghai;
    at.to_utc()
        .with_timezone(&zone)
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

/// The form of that kind on the page of shifts.
fn shift_form(browser: &mut Browser, what: &str) -> super::super::browser::Form {
    let text = page(&browser.get("/console/keep/shifts"));
    let part = text
        .split(&format!("name=\"do\" value=\"{what}\""))
        .nth(1)
        .expect("its form");
    let csrf = form(&text, "/console/logout").unwrap();
    let whole = format!("<form action=\"/console/keep/shifts\" {part}");
    let mut found = form(&whole, "/console/keep/shifts").unwrap().with("do", what);
    found.fields.push(("csrf".into(), csrf.field("csrf").into()));
    found
}

#[test]
fn a_delegation_gives_the_posts_grids_for_its_days_and_ends_by_itself() {
    let (town, device) = town();
    administrators(&town);
    let report = town.report(&device, "横幅", &[]).to_string();
    let mut browser = Browser::signed_in(&town, "a1");
    let given = shift_form(&mut browser, "delegate")
        .with("post", "c1-post")
        .with("person", "w2")
        .with("to", &local(&town, 48));
    let backwards = given.clone().with("to", &local(&town, -5));
    assert_eq!(browser.send(&backwards).status, 422);
    let reply = browser.send(&given);
    assert_eq!(reply.header("location"), Some(PROPOSAL), "{}", page(&reply));
    let text = page(&browser.get(PROPOSAL));
    assert!(
        text.contains("人员w2") && text.contains("多看到") && text.contains(&report),
        "{text}"
    );
    assert_eq!(browser.send(&form(&text, PROPOSAL).unwrap()).status, 200);
    let mut stand_in = Browser::signed_in(&town, "w2");
    let approve = stand_in.act(&report, "approve");
    assert_eq!(stand_in.send(&approve).status, 303);
    let (directory, now) = (town.service().directory().unwrap(), town.service().now());
    let held = directory.posts_of(&"w2".parse().unwrap(), now);
    assert!(
        held.iter()
            .any(|post| matches!(post.kind, PostKind::Delegation { .. }))
    );
    let later = now.plus_ms(49 * 3_600_000);
    assert_eq!(
        directory.posts_of(&"w2".parse().unwrap(), later).len(),
        1,
        "it ended by itself"
    );
    let list = page(&browser.get("/console/keep/shifts"));
    assert!(list.contains("代 人员c1"), "{list}");
    let end = form(&list, "/console/keep/shifts").unwrap();
    assert!(!end.field("end").is_empty());
    assert_eq!(browser.send(&end).status, 303);
    let text = page(&browser.get(PROPOSAL));
    assert_eq!(browser.send(&form(&text, PROPOSAL).unwrap()).status, 200);
    let (directory, now) = (town.service().directory().unwrap(), town.service().now());
    assert_eq!(directory.posts_of(&"w2".parse().unwrap(), now).len(), 1);
}

#[test]
fn a_shift_puts_somebody_on_duty_and_nobody_gives_what_is_not_his() {
    let (town, _) = town();
    administrators(&town);
    let mut browser = Browser::signed_in(&town, "a1");
    let shift = shift_form(&mut browser, "shift")
        .with("person", "w2")
        .with("unit", "T1")
        .with("role", "clerk")
        .with("to", &local(&town, 8));
    assert_eq!(browser.send(&shift).status, 303);
    let text = page(&browser.get(PROPOSAL));
    assert_eq!(browser.send(&form(&text, PROPOSAL).unwrap()).status, 200);
    assert_eq!(
        Browser::signed_in(&town, "w2").get("/console/enter").status,
        200,
        "on duty in the room"
    );
    let foreign = shift_form(&mut browser, "shift")
        .with("person", "w2")
        .with("unit", "T9")
        .with("role", "clerk")
        .with("to", &local(&town, 8));
    assert_eq!(browser.send(&foreign).status, 403);
}

#[test]
fn the_desk_is_handed_over_with_what_is_open_and_taken_over_once() {
    let (town, device) = town();
    town.join("k2", Role::Clerk, "T1");
    let report = queued(&town, &device, "横幅").to_string();
    let mut leaving = Browser::signed_in(&town, "k1");
    let text = page(&leaving.get("/console/handover"));
    assert!(text.contains(&report), "what is open is listed: {text}");
    let give = form(&text, "/console/handover").unwrap();
    let given = give.with("to", "k2").with("note", "桥头那件等施工队");
    assert_eq!(leaving.send(&given).status, 303);
    assert_eq!(leaving.send(&given).status, 303, "sent twice, told once");
    let mut coming = Browser::signed_in(&town, "k2");
    let text = page(&coming.get("/console/handover"));
    assert_eq!(
        text.matches("桥头那件等施工队").count(),
        2,
        "above and among the latest: {text}"
    );
    let id = text
        .split("name=\"take\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let csrf = form(&text, "/console/logout").unwrap().field("csrf").to_owned();
    let take = [("csrf", csrf.as_str()), ("take", id.as_str())];
    let own = form(&page(&leaving.get("/console")), "/console/logout")
        .unwrap()
        .field("csrf")
        .to_owned();
    let forged = [("csrf", own.as_str()), ("take", id.as_str())];
    assert_eq!(
        leaving.post("/console/handover", &forged).status,
        404,
        "it was not handed to him"
    );
    assert_eq!(coming.post("/console/handover", &take).status, 303);
    assert!(page(&leaving.get("/console/handover")).contains("已接班"));
    for (who, status) in [("c1", 403), ("d1", 403), ("s1", 403), ("k9", 200)] {
        let mut browser = Browser::signed_in(&town, who);
        let reply = browser.get("/console/handover");
        assert_eq!(reply.status, status, "{who}");
        assert!(!page(&reply).contains("桥头那件"), "{who}");
    }
    let log = town.service().audit(Some(&"T1".parse().unwrap()), 100).unwrap();
    let told: Vec<_> = log.iter().filter(|line| line.kind == "handover").collect();
    assert_eq!(told.len(), 2);
    assert!(
        told.iter().all(|line| !line.detail.contains("施工队")),
        "notes stay out of the log"
    );
}

#[test]
fn a_rule_is_filled_in_tried_on_the_past_and_adopted() {
    let (town, device) = town();
    administrators(&town);
    queued(&town, &device, "横幅");
    let mut browser = Browser::signed_in(&town, "a1");
    let new = at("/console/rules/rule", &mut browser, "/console/rules/rule");
    let filled = new
        .with("rule", "r1")
        .with("name", "广告归执法")
        .with("unit", "T1")
        .with("categories", "HJ")
        .with("department", "D1")
        .with("level", "township")
        .with("within", "2小时");
    let text = page(&browser.send(&filled.clone().with("within", "soon")));
    assert!(text.contains("4工作小时"), "{text}");
    let reply = browser.send(&filled);
    let text = page(&reply);
    assert_eq!(reply.status, 200, "{text}");
    assert!(
        text.contains("横幅") || text.contains("HJ01"),
        "the report of this month would go another way"
    );
    let adopt = form(&text, "/console/rules/adopt").expect("an administrator may adopt");
    assert_eq!(browser.send(&adopt).status, 200);
    let list = page(&browser.get("/console/rules"));
    assert!(list.contains("广告归执法"));
    let again = at("/console/rules/rule?key=r1", &mut browser, "/console/rules/rule");
    assert_eq!(
        (again.field("within"), again.field("categories")),
        ("2小时", "HJ")
    );
    let taken = at("/console/rules/rule", &mut browser, "/console/rules/rule");
    let taken = taken
        .with("rule", "r1")
        .with("name", "另一条")
        .with("unit", "T1")
        .with("risk", "low");
    assert_eq!(browser.send(&taken).status, 422);
    // The level that the rule proposes is chosen already when the clerk classifies.
    let mut clerk = Browser::signed_in(&town, "k1");
    let report = queued(&town, &device, "又一条横幅").to_string();
    let classify = clerk.act(&report, "classify");
    assert_eq!(classify.field("level"), "township");
    let ending = at("/console/rules/rule?key=r1", &mut browser, "/rule/end");
    assert_eq!(browser.send(&ending).status, 303);
    let text = page(&browser.get(PROPOSAL));
    assert_eq!(browser.send(&form(&text, PROPOSAL).unwrap()).status, 200);
    assert!(!page(&browser.get("/console/rules")).contains("广告归执法"));
}

#[test]
fn a_townships_own_sentences_are_offered_with_their_act() {
    let (town, device) = town();
    administrators(&town);
    let report = queued(&town, &device, "横幅").to_string();
    let mut browser = Browser::signed_in(&town, "a1");
    let text = page(&browser.get("/console/keep/phrases"));
    let part = text.split("name=\"act\" value=\"ask\"").nth(1).unwrap();
    let csrf = form(&text, "/console/logout").unwrap().field("csrf").to_owned();
    assert!(part.contains("name=\"sentences\""));
    let save = |browser: &mut Browser, unit: &str, sentences: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("unit", unit),
            ("act", "ask"),
            ("sentences", sentences),
        ];
        browser.post("/console/keep/phrases", &fields).status
    };
    assert_eq!(save(&mut browser, "T1", &"字".repeat(101)), 422);
    assert_eq!(save(&mut browser, "T9", "别人的"), 404);
    assert_eq!(save(&mut browser, "T1", "是哪一栋楼？\n\n  几点钟看到的？"), 200);
    let mut clerk = Browser::signed_in(&town, "k1");
    let ask = clerk.act(&report, "ask").with("say", "是哪一栋楼？");
    assert_eq!(
        clerk.send(&ask).status,
        303,
        "the township's own sentence is enough"
    );
    assert!(!page(&Browser::signed_in(&town, "k9").get("/console")).contains("哪一栋"));
}
