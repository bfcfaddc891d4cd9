//! The room's own pages: entering, orders, rechecks, rules, saved views, many acts at once, who has what open, likenesses, pictures.

use xunge_core::command::{ActionKind, Risk, State};
use xunge_core::directory::Role;
use xunge_core::sync::transport::CancelToken;
use xunge_server::service::{ReportRef, ReportStory};

use super::super::browser::{Browser, Form, form, page};
use super::super::town::{OPERATOR, Town};
use super::{queued, town};

pub(crate) fn story(town: &Town, report: &str) -> ReportStory {
    town.service()
        .report_story(&OPERATOR, &ReportRef::parse(report), None)
        .unwrap()
}

pub(crate) fn state(town: &Town, report: &str) -> State {
    story(town, report).row.state
}

pub(crate) fn at(path: &str, browser: &mut Browser, action_end: &str) -> Form {
    let reply = browser.get(path);
    let text = page(&reply);
    form(&text, action_end).unwrap_or_else(|| panic!("no {action_end} on {text}"))
}

/// Everything in the queue, whatever its state.
pub(crate) fn all(browser: &mut Browser) -> String {
    page(&browser.get("/console/queue?state=all"))
}

pub(crate) fn entry(clerk: &mut Browser) -> Form {
    at("/console/enter?category=HJ01", clerk, "/console/enter/report")
}

#[test]
fn a_report_from_the_telephone_is_entered_once_and_stands_in_the_queue() {
    let (town, _device) = town();
    let mut clerk = Browser::signed_in(&town, "k1");
    let filled = entry(&mut clerk)
        .with("source", "hotline")
        .with("grid", "G1")
        .with("place", "王家桥头")
        .with("description", "来电反映垃圾没有清运")
        .with("informant", "张三丰")
        .with("telephone", "13800000000");
    let forged = filled.clone().with("csrf", "00");
    assert_eq!(clerk.send(&forged).status, 403);
    let reply = clerk.send(&filled);
    assert_eq!(reply.status, 303, "{}", page(&reply));
    let address = reply.header("location").unwrap().to_owned();
    let again = clerk.send(&filled);
    assert_eq!(
        again.header("location"),
        Some(address.as_str()),
        "sent twice, entered once"
    );
    let text = page(&clerk.get(&address));
    assert!(
        text.contains("待受理") && text.contains("王家桥头") && text.contains("热线"),
        "{text}"
    );
    assert!(
        text.contains("张") && !text.contains("张三丰") && !text.contains("13800000000"),
        "masked"
    );
    assert_eq!(
        all(&mut clerk).matches("来电反映").count(),
        0,
        "titles name category and place"
    );
    // Who told us must be called back before it closes.
    let report = address
        .split('/')
        .nth(3)
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    // Who entered it does not close it: somebody else of the room does.
    assert!(form(&text, "/acts/close").is_none());
    town.join("k2", Role::Clerk, "T1");
    let mut other = Browser::signed_in(&town, "k2");
    let take = form(&page(&other.get(&format!("/console/reports/{report}"))), "/take").unwrap();
    assert_eq!(other.send(&take).status, 303);
    let close = other.act(&report, "close").with("phrase", "advice");
    let refused = other.send(&close);
    assert_eq!(refused.status, 422);
    assert_eq!(state(&town, &report), State::Queued);
    let called = other.act(&report, "call_back").with("verdict", "confirmed");
    assert_eq!(other.send(&called).status, 303);
    let close = other.act(&report, "close").with("phrase", "advice");
    assert_eq!(other.send(&close).status, 303);
    assert_eq!(state(&town, &report), State::Closed);
}

#[test]
fn what_an_entry_lacks_is_said_at_once_and_the_rest_stays_typed() {
    let (town, _device) = town();
    let mut clerk = Browser::signed_in(&town, "k1");
    let filled = entry(&mut clerk)
        .with("place", "桥头\u{202E}😀")
        .with("description", " ");
    let reply = clerk.send(&filled);
    assert_eq!(reply.status, 422);
    let text = page(&reply);
    assert!(text.contains("还缺"), "{text}");
    assert_eq!(
        form(&text, "/console/enter/report").unwrap().field("place"),
        "桥头\u{202E}😀"
    );
    let long = entry(&mut clerk).with("description", &"字".repeat(10_000));
    let reply = clerk.send(&long);
    assert_eq!(reply.status, 422);
    assert!(page(&reply).contains("2000"), "the limit is named");
    for who in ["w1", "c1", "d1", "s1"] {
        let mut other = Browser::signed_in(&town, who);
        assert_eq!(other.get("/console/enter").status, 403, "{who}");
    }
}

#[test]
fn an_order_reaches_its_grids_and_says_who_has_not_received_it() {
    let (town, _device) = town();
    let chief = town.device("c1");
    let mut clerk = Browser::signed_in(&town, "k1");
    let filled = at("/console/orders", &mut clerk, "/console/orders")
        .with("text", "今晚十点前巡查河堤")
        .with("category", "HJ01")
        .with("due", "2090-01-01")
        .with("grid", "G1");
    let nothing = filled.clone().with("due", "2001-01-01");
    let reply = clerk.send(&nothing);
    assert_eq!(reply.status, 422);
    assert!(
        page(&reply).contains("今晚十点前巡查河堤"),
        "what was typed stays"
    );
    assert_eq!(clerk.send(&filled).status, 303);
    assert_eq!(clerk.send(&filled).status, 303, "twice is once");
    let text = page(&clerk.get("/console/orders"));
    assert_eq!(text.matches("class=\"card order\"").count(), 1, "{text}");
    assert!(text.contains("未收到") && text.contains("请打电话"), "{text}");
    // The chief's phone fetches it, signs and answers without the room's doing.
    let done = chief.sync(&town.transport(), &CancelToken::default());
    assert!(done.failure.is_none(), "{done:?}");
    let text = page(&clerk.get("/console/orders"));
    assert!(text.contains(">已收到<"), "{text}");
    let report = text.split("/console/reports/").nth(1).unwrap()[..32].to_owned();
    assert_eq!(state(&town, &report), State::Dispatched);
    let mut chief_desk = Browser::signed_in(&town, "c1");
    let sign = chief_desk.act(&report, "sign");
    assert_eq!(chief_desk.send(&sign).status, 303);
    assert!(page(&clerk.get("/console/orders")).contains(">已签收<"));
    let answer = chief_desk
        .act(&report, "feed_back")
        .with("text", "已巡查，无险情");
    assert_eq!(chief_desk.send(&answer).status, 303);
    assert!(page(&clerk.get("/console/orders")).contains(">已答复<"));
    let mut worker = Browser::signed_in(&town, "w1");
    assert_eq!(worker.get("/console/orders").status, 403);
}

const RULES: &str = "rule,name,unit,categories,department,within,risk\nr1,环境卫生,T1,HJ,D1,2wd,high\n";

#[test]
fn rules_are_tried_on_the_past_and_adopted() {
    let (town, device) = town();
    town.join("k2", Role::Coordinator, "T1");
    queued(&town, &device, "横幅");
    let mut clerk = Browser::signed_in(&town, "k1");
    let mut head = Browser::signed_in(&town, "k2");
    let wrong = at("/console/rules", &mut clerk, "/console/rules/try").with("text", "rule,name\nr1,x\n");
    let reply = clerk.send(&wrong);
    assert_eq!(reply.status, 422);
    assert!(page(&reply).contains("规则有问题"), "{}", page(&reply));
    let clash = format!("{RULES}r2,另一条,T1,HJ01,D2,,\n");
    let told = at("/console/rules", &mut clerk, "/console/rules/try").with("text", &clash);
    let text = page(&clerk.send(&told));
    assert!(text.contains("第 3 行") && text.contains("矛盾"), "{text}");
    let dry = at("/console/rules", &mut clerk, "/console/rules/try").with("text", RULES);
    let reply = clerk.send(&dry);
    let text = page(&reply);
    assert!(
        text.contains("1 件的走向会不同") && text.contains("环境卫生"),
        "{text}"
    );
    assert!(
        form(&text, "/console/rules/adopt").is_none(),
        "a clerk changes no rules"
    );
    let dry = at("/console/rules", &mut head, "/console/rules/try").with("text", RULES);
    let adopt = form(&page(&head.send(&dry)), "/console/rules/adopt").unwrap();
    assert!(page(&head.send(&adopt)).contains("已采用"));
    let mut stranger = Browser::signed_in(&town, "d1");
    assert_eq!(stranger.get("/console/rules").status, 403);
    let mut elsewhere = Browser::signed_in(&town, "k9");
    let foreign = at("/console/rules", &mut elsewhere, "/console/rules/try").with("text", RULES);
    assert_eq!(
        elsewhere.send(&foreign).status,
        422,
        "nobody writes another township's rules"
    );
}

#[test]
fn a_rule_that_is_followed_stands_in_the_story_and_its_hand_backs_are_counted() {
    let (town, device) = town();
    town.join("k2", Role::Coordinator, "T1");
    let report = queued(&town, &device, "横幅").to_string();
    let mut clerk = Browser::signed_in(&town, "k1");
    let mut head = Browser::signed_in(&town, "k2");
    let dry = at("/console/rules", &mut head, "/console/rules/try").with("text", RULES);
    let adopt = form(&page(&head.send(&dry)), "/console/rules/adopt").unwrap();
    assert!(page(&head.send(&adopt)).contains("已采用"));
    let accept = clerk.act(&report, "accept");
    assert_eq!(clerk.send(&accept).status, 303);
    let text = page(&clerk.get(&format!("/console/reports/{report}")));
    assert!(
        text.contains("规则建议") && text.contains("规则“环境卫生”"),
        "{text}"
    );
    let classify = clerk.act(&report, "classify");
    assert_eq!(
        classify.field("risk"),
        "high",
        "the rule's risk is chosen already"
    );
    assert_eq!(clerk.send(&classify).status, 303);
    let classified = story(&town, &report);
    assert_eq!(classified.matter.unwrap().risk(), Some(Risk::High));
    let code = |story: &ReportStory| story.events.last().unwrap().command.reason.clone().unwrap().code;
    assert_eq!(code(&story(&town, &report)).as_deref(), Some("rule:r1"));
    let dispatch = clerk.act(&report, "dispatch");
    assert_eq!(dispatch.field("lead"), "D1", "the rule's department stands first");
    assert_eq!(clerk.send(&dispatch).status, 303);
    let dispatched = story(&town, &report);
    let last = dispatched.events.last().unwrap();
    assert_eq!(
        last.command.reason.as_ref().unwrap().code.as_deref(),
        Some("rule:r1")
    );
    assert!(dispatched.matter.unwrap().assignments[0].due_at.is_some());
    let mut department = Browser::signed_in(&town, "d1");
    let back = department
        .act(&report, "hand_back")
        .with("proposal", "D2")
        .with("reason", "不归我们管");
    assert_eq!(department.send(&back).status, 303);
    let feed = "T1".parse().unwrap();
    let counts = town.service().routing_counts(&OPERATOR, &feed, 31).unwrap();
    assert_eq!((counts["r1"].dispatched, counts["r1"].handed_back), (1, 1));
    assert!(
        page(&clerk.get("/console/rules")).contains(&report),
        "the report behind the figure is linked"
    );
}

#[test]
fn views_are_names_for_addresses_and_each_persons_own() {
    let (town, _device) = town();
    town.join("k2", Role::Clerk, "T1");
    let mut clerk = Browser::signed_in(&town, "k1");
    let save = at(
        "/console/queue?state=queued&urgent=1",
        &mut clerk,
        "/console/views",
    )
    .with("name", "急件<b>");
    let reply = clerk.send(&save);
    assert_eq!(reply.status, 303);
    assert_eq!(
        reply.header("location"),
        Some("/console/queue?state=queued&urgent=1")
    );
    let text = page(&clerk.get("/console/queue"));
    assert!(
        text.contains("急件&#60;b&#62;") && text.contains("state=queued&#38;urgent=1"),
        "{text}"
    );
    let mut other = Browser::signed_in(&town, "k2");
    assert!(!page(&other.get("/console/queue")).contains("急件"));
    let drop_it = at("/console/queue", &mut clerk, "/console/views").with("drop", "1");
    assert_eq!(clerk.send(&drop_it).status, 303);
    assert!(!page(&clerk.get("/console/queue")).contains("急件"));
    let nameless = at("/console/queue", &mut clerk, "/console/views").with("name", "");
    assert_eq!(clerk.send(&nameless).status, 400);
    let evil = at("/console/queue", &mut clerk, "/console/views")
        .with("name", "x")
        .with("query", "a\r\nSet-Cookie: b=c");
    let reply = clerk.send(&evil);
    assert_eq!(
        reply.header("location"),
        Some("/console/queue"),
        "nothing gets into a header"
    );
}

#[test]
fn many_are_held_at_once_and_taken_up_again_by_a_command() {
    let (town, device) = town();
    let reports: Vec<String> = (0..3)
        .map(|n| queued(&town, &device, &format!("横幅{n}")).to_string())
        .collect();
    let mut clerk = Browser::signed_in(&town, "k1");
    let mut bulk = at("/console/queue", &mut clerk, "/console/batch");
    // One moves while the page stands.
    let mut elsewhere = Browser::signed_in(&town, "k1");
    let accept = elsewhere.act(&reports[2], "accept");
    assert_eq!(elsewhere.send(&accept).status, 303);
    for report in &reports {
        bulk.fields.push(("pick".into(), report.clone()));
    }
    let reply = clerk.send(&bulk.with("act", "hold"));
    let text = page(&reply);
    assert_eq!(text.matches("class=\"accepted\"").count(), 2, "{text}");
    assert_eq!(text.matches("class=\"refused\"").count(), 1, "{text}");
    assert_eq!(state(&town, &reports[0]), State::Held);
    assert_eq!(state(&town, &reports[2]), State::Accepted);
    let undo = form(&text, "/console/batch").unwrap().with("act", "resume");
    assert_eq!(clerk.send(&undo).status, 200);
    assert_eq!(state(&town, &reports[0]), State::Queued);
    let kinds: Vec<ActionKind> = story(&town, &reports[0])
        .events
        .iter()
        .map(|event| event.command.action.kind())
        .collect();
    assert!(
        kinds.ends_with(&[ActionKind::Hold, ActionKind::Resume]),
        "{kinds:?}"
    );
}

#[test]
fn many_are_accepted_and_dispatched_at_once_and_each_is_taken_back_unless_somebody_went_on() {
    let (town, device) = town();
    let reports: Vec<String> = (0..3)
        .map(|n| queued(&town, &device, &format!("横幅{n}")).to_string())
        .collect();
    let mut clerk = Browser::signed_in(&town, "k1");
    let pick = |bulk: &mut Form| {
        let picks = reports.iter().map(|report| ("pick".into(), report.clone()));
        bulk.fields.extend(picks);
    };
    let mut bulk = at("/console/queue", &mut clerk, "/console/batch");
    pick(&mut bulk);
    let text = page(&clerk.send(&bulk.with("act", "accept")));
    assert_eq!(text.matches("class=\"accepted\"").count(), 3, "{text}");
    let undo = form(&text, "/console/batch").unwrap().with("act", "withdraw");
    // One goes on while the answer stands; a second press of the button finds it done.
    let further = clerk.act(&reports[2], "dispatch").with("lead", "D1");
    assert_eq!(clerk.send(&further).status, 303);
    for _ in 0..2 {
        let text = page(&clerk.send(&undo));
        assert_eq!(text.matches("class=\"accepted\"").count(), 2, "{text}");
        assert!(text.contains("别人已先作出决定"), "{text}");
    }
    assert_eq!(state(&town, &reports[0]), State::Queued);
    assert_eq!(state(&town, &reports[2]), State::Dispatched);
    let mut bulk = at("/console/queue", &mut clerk, "/console/batch");
    pick(&mut bulk);
    clerk.send(&bulk.with("act", "accept"));
    let mut bulk = at("/console/queue", &mut clerk, "/console/batch");
    bulk.fields.push(("pick".into(), reports[0].clone()));
    let text = page(&clerk.send(&bulk.with("act", "dispatch").with("lead", "D1")));
    assert_eq!(state(&town, &reports[0]), State::Dispatched);
    let undo = form(&text, "/console/batch").unwrap().with("act", "withdraw");
    assert_eq!(clerk.send(&undo).status, 200);
    assert_eq!(state(&town, &reports[0]), State::Accepted);
    // On its own page the step is taken back as well, by who made it and by nobody else.
    town.join("k2", Role::Clerk, "T1");
    let single = clerk.act(&reports[1], "withdraw");
    let mut other = Browser::signed_in(&town, "k2");
    let there = format!("/console/reports/{}", reports[1]);
    assert!(form(&page(&other.get(&there)), "/acts/withdraw").is_none());
    let take = form(&page(&other.get(&there)), "/take");
    assert!(take.is_some(), "the first clerk is at it");
    assert_eq!(clerk.send(&single).status, 303);
    assert_eq!(state(&town, &reports[1]), State::Queued);
}

#[test]
fn two_clerks_never_take_one_item() {
    let (town, device) = town();
    town.join("k2", Role::Clerk, "T1");
    let report = queued(&town, &device, "横幅").to_string();
    let mut second = Browser::signed_in(&town, "k2");
    let early = second.act(&report, "accept");
    let path = format!("/console/reports/{report}");
    // The second went away; the first opens it now.
    let leave = early.clone();
    let left = second.post(
        &format!("{path}/attend"),
        &[("csrf", leave.field("csrf")), ("leave", "1")],
    );
    assert_eq!(left.status, 200);
    let mut first = Browser::signed_in(&town, "k1");
    assert!(!page(&first.get(&path)).contains("正在处理"));
    let reply = second.send(&early);
    assert_eq!(reply.status, 409, "{}", page(&reply));
    assert!(page(&reply).contains("人员k1 正在处理这一件"));
    assert_eq!(state(&town, &report), State::Queued);
    assert!(page(&second.get("/console/queue")).contains("人员k1 正在处理"));
    // Knowing it, the second takes it over; then the first is told.
    let take = form(&page(&second.get(&path)), "/take").unwrap();
    assert_eq!(second.send(&take).status, 303);
    let csrf = first_csrf(&mut first, &path);
    let answer = first.post(&format!("{path}/attend"), &[("csrf", &csrf)]);
    assert!(page(&answer).contains("人员k2"), "{}", page(&answer));
    let accept = second.act(&report, "accept");
    assert_eq!(second.send(&accept).status, 303);
    // A chief is not a clerk: his act is weighed by the table alone.
    assert_eq!(state(&town, &report), State::Accepted);
}

fn first_csrf(browser: &mut Browser, path: &str) -> String {
    let text = page(&browser.get(path));
    form(&text, "/console/logout").unwrap().field("csrf").to_owned()
}
