//! Forms: the whole way of a report, stale pages, double clicks, ended sessions, many at once.

use xunge_core::command::{Action, Reason, State};
use xunge_core::document::FieldEdit;
use xunge_core::sync::transport::CancelToken;
use xunge_server::service::ReportRef;

use super::super::browser::{Browser, PASSWORD, form, page};
use super::super::town::{OPERATOR, Town};
use super::{queued, town};

fn state(town: &Town, report: &str) -> State {
    town.service()
        .report_story(&OPERATOR, &ReportRef::parse(report), None)
        .unwrap()
        .row
        .state
}

fn events(town: &Town, report: &str) -> usize {
    let story = town
        .service()
        .report_story(&OPERATOR, &ReportRef::parse(report), None);
    story.unwrap().events.len()
}

/// Fills in and sends the form of one act, which must take effect.
fn step(town: &Town, report: &str, (who, act): (&str, &str), fields: &[(&str, &str)], to: State) {
    let mut browser = Browser::signed_in(town, who);
    let mut filled = browser.act(report, act);
    for (name, value) in fields {
        filled = filled.with(name, value);
    }
    let reply = browser.send(&filled);
    assert_eq!(reply.status, 303, "{act}: {}", page(&reply));
    assert_eq!(state(town, report), to, "{act}");
    let done = browser.get(reply.header("location").unwrap());
    assert!(page(&done).contains("notice good"), "{act} says that it was done");
}

#[test]
fn a_report_goes_its_whole_way_by_forms_alone() {
    let (town, device) = town();
    let report = town.report(&device, "横幅", &[]).to_string();
    let step = |who: &str, act: &str, fields: &[(&str, &str)], to: State| {
        step(&town, &report, (who, act), fields, to);
    };
    step(
        "c1",
        "return",
        &[("phrase", "blurred"), ("reason", "请重拍")],
        State::Returned,
    );
    device.sync(&town.transport(), &CancelToken::default());
    device.submit(report.parse().unwrap()).unwrap();
    device.sync(&town.transport(), &CancelToken::default());
    step("c1", "approve", &[], State::Queued);
    step("k1", "accept", &[], State::Accepted);
    step(
        "k1",
        "classify",
        &[("risk", "high"), ("urgency", "urgent")],
        State::Accepted,
    );
    step(
        "k1",
        "dispatch",
        &[("lead", "D1"), ("assist", "D2"), ("due", "2090-01-01")],
        State::Dispatched,
    );
    step("d1", "sign", &[], State::Handling);
    step(
        "d1",
        "ask_time",
        &[("until", "2090-02-01"), ("reason", "等施工队")],
        State::Handling,
    );
    step("k1", "grant_time", &[("grant", "yes")], State::Handling);
    step("k1", "sign", &[("unit", "D2")], State::Handling);
    step(
        "k1",
        "feed_back",
        &[("unit", "D2"), ("text", "代为反馈")],
        State::Handling,
    );
    step("d1", "feed_back", &[("text", "已拆除")], State::FedBack);
    step("k1", "rework", &[("phrase", "not_done")], State::Handling);
    step("d1", "feed_back", &[("text", "已重新拆除")], State::Handling);
    step(
        "k1",
        "feed_back",
        &[("unit", "D2"), ("text", "代为再次反馈")],
        State::FedBack,
    );
    step("s1", "urge", &[], State::FedBack);
    step("k1", "ask", &[("text", "横幅有几条？")], State::FedBack);
    step("k1", "check", &[("who", "w2")], State::FedBack);
    step("w2", "answer_check", &[("verdict", "confirmed")], State::FedBack);
    step("k1", "close", &[], State::Closed);
    step("s1", "recheck", &[("verdict", "confirmed")], State::Closed);
    let text = page(&Browser::signed_in(&town, "k1").get(&format!("/console/reports/{report}")));
    for words in [
        "照片看不清：请重拍",
        "已重新拆除",
        "等施工队",
        "横幅有几条？",
        "高风险",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn a_stale_page_changes_nothing_says_what_happened_and_keeps_what_was_typed() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let (mut one, mut other) = (Browser::signed_in(&town, "k1"), Browser::signed_in(&town, "y1"));
    drop(other.get("/console"));
    let old = one.act(&report, "return").with("reason", "写了很久的理由");
    let mut second = Browser::signed_in(&town, "k1");
    let accept = second.act(&report, "accept");
    assert_eq!(second.send(&accept).status, 303);
    let before = events(&town, &report);
    let reply = one.send(&old);
    assert_eq!(reply.status, 409);
    let text = page(&reply);
    assert!(text.contains("受理") && text.contains("写了很久的理由"), "{text}");
    assert_eq!(
        (state(&town, &report), events(&town, &report)),
        (State::Accepted, before)
    );
    // The page that came back is up to date: sending it again is a decision.
    let again = form(&text, "/acts/return").unwrap();
    assert_eq!(again.field("reason"), "写了很久的理由");
    assert_eq!(one.send(&again).status, 303);
    assert_eq!(state(&town, &report), State::Returned);
}

#[test]
fn a_chief_does_not_approve_words_that_changed_behind_his_page() {
    let (town, device) = town();
    let report = town.report(&device, "横幅", &[]);
    let mut chief = Browser::signed_in(&town, "c1");
    let approve = chief.act(&report.to_string(), "approve");
    device
        .edit(report, &[FieldEdit::SetDescription("横幅有三条".into())])
        .unwrap();
    device.sync(&town.transport(), &CancelToken::default());
    let reply = chief.send(&approve);
    assert_eq!(reply.status, 409);
    assert!(page(&reply).contains("横幅有三条"));
    assert_eq!(state(&town, &report.to_string()), State::Submitted);
}

#[test]
fn a_double_click_does_one_act() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut browser = Browser::signed_in(&town, "k1");
    let accept = browser.act(&report, "accept");
    let remark = browser.act(&report, "remark").with("text", "只说一次");
    assert_eq!(browser.send(&remark).status, 303);
    assert_eq!(browser.send(&remark).status, 303);
    assert_eq!(browser.send(&accept).status, 303);
    let before = events(&town, &report);
    let reply = browser.send(&accept);
    assert_eq!(reply.status, 303, "the same click again leads to the same page");
    assert_eq!(events(&town, &report), before);
    let text = page(&browser.get(&format!("/console/reports/{report}")));
    assert_eq!(text.matches("只说一次").count(), 1);
}

#[test]
fn what_was_written_when_the_session_ended_waits_behind_the_log_in() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut browser = Browser::signed_in(&town, "k1");
    let refusal = browser.act(&report, "return").with("reason", "写到一半<b>");
    browser.set_cookie("xunge_session", &"00".repeat(32));
    let reply = browser.send(&refusal);
    assert_eq!(reply.status, 401);
    let again = form(&page(&reply), "/console/login").unwrap();
    let again = again.with("name", "k1").with("password", PASSWORD);
    let reply = browser.send(&again);
    assert_eq!(reply.status, 200);
    let text = page(&reply);
    assert!(text.contains("写到一半&#60;b&#62;"), "{text}");
    assert_eq!(state(&town, &report), State::Queued, "nothing is sent by itself");
    let resumed = form(&text, "/acts/return").unwrap();
    assert_eq!(browser.send(&resumed).status, 303);
    assert_eq!(state(&town, &report), State::Returned);
}

/// An act, what is filled in, and what the page then says.
type Try<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn what_is_missing_is_said_and_the_rest_stays_typed() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut browser = Browser::signed_in(&town, "k1");
    let tries: [Try<'_>; 6] = [
        ("return", &[("reason", "  ")], "必须写明理由"),
        ("ask", &[("text", "")], "请写明内容"),
        ("merge", &[("into", "NO-SUCH-CODE")], "没有这个编号"),
        ("merge", &[("into", &report)], "自己的编号"),
        (
            "hold",
            &[("until", "2001-01-01"), ("reason", "等等看")],
            "日期必须晚于现在",
        ),
        ("classify", &[], "没有任何改动"),
    ];
    for (act, fields, says) in tries {
        let mut filled = browser.act(&report, act);
        for (name, value) in fields {
            filled = filled.with(name, value);
        }
        let reply = browser.send(&filled);
        let text = page(&reply);
        assert_eq!(reply.status, 422, "{act}");
        assert!(text.contains(says), "{act}: {says}");
        let again = form(&text, &format!("/acts/{act}")).unwrap();
        for (name, value) in fields {
            assert_eq!(again.field(name), value.trim(), "{act}");
        }
    }
    assert_eq!(state(&town, &report), State::Queued);
}

#[test]
fn a_report_merges_into_another_by_its_code() {
    let (town, device) = town();
    let one = queued(&town, &device, "横幅").to_string();
    let other = town.report(&device, "横幅也在这里", &[]);
    town.service()
        .tick(town.service().now().plus_ms(30 * 86_400_000))
        .unwrap();
    let story = town
        .service()
        .report_story(&OPERATOR, &ReportRef::Id(other), None)
        .unwrap();
    let mut browser = Browser::signed_in(&town, "k1");
    let merge = browser
        .act(&one, "merge")
        .with("into", &story.row.code.to_lowercase());
    let reply = browser.send(&merge);
    assert_eq!(reply.status, 303, "{}", page(&reply));
    assert_eq!(state(&town, &one), State::Merged);
    let text = page(&browser.get(&format!("/console/reports/{one}")));
    assert!(
        text.contains(&format!("/console/reports/{other}")),
        "the one that goes on is linked"
    );
}

#[test]
fn a_reason_that_came_as_a_code_alone_is_told_in_words() {
    let (town, device) = town();
    let report = town.report(&device, "横幅", &[]);
    let chief = town.device("c1");
    chief.sync(&town.transport(), &CancelToken::default());
    let blurred = Reason {
        code: Some("blurred".to_owned()),
        text: String::new(),
        voice: None,
    };
    chief.decide(report, Action::Return, Some(blurred), None).unwrap();
    chief.sync(&town.transport(), &CancelToken::default());
    let mut clerk = Browser::signed_in(&town, "k1");
    let text = page(&clerk.get(&format!("/console/reports/{report}")));
    assert!(text.contains("照片看不清") && !text.contains("blurred"), "{text}");
}

#[test]
fn a_chief_approves_many_at_once_and_hears_of_each() {
    let (town, device) = town();
    let reports: Vec<String> = (0..3)
        .map(|n| town.report(&device, &format!("横幅{n}"), &[]).to_string())
        .collect();
    let mut chief = Browser::signed_in(&town, "c1");
    let text = page(&chief.get("/console"));
    let mut batch = form(&text, "/console/batch").unwrap();
    // One is decided elsewhere meanwhile.
    let mut phone = Browser::signed_in(&town, "c1");
    let elsewhere = phone.act(&reports[2], "return").with("phrase", "blurred");
    assert_eq!(phone.send(&elsewhere).status, 303);
    batch.fields.retain(|(name, _)| name != "act" && name != "phrase");
    let nothing = batch.clone().with("act", "approve");
    assert_eq!(chief.send(&nothing).status, 422, "nothing was picked");
    for report in &reports {
        batch.fields.push(("pick".into(), report.clone()));
    }
    let reply = chief.send(&batch.clone().with("act", "approve"));
    let text = page(&reply);
    assert_eq!(reply.status, 200);
    assert_eq!(text.matches("class=\"accepted\"").count(), 2, "{text}");
    assert_eq!(text.matches("class=\"refused\"").count(), 1, "{text}");
    for report in &reports[..2] {
        assert_eq!(state(&town, report), State::Queued);
    }
    assert_eq!(state(&town, &reports[2]), State::Returned);
    // The same form again changes nothing.
    let before: usize = reports.iter().map(|report| events(&town, report)).sum();
    assert_eq!(chief.send(&batch.with("act", "approve")).status, 200);
    assert_eq!(
        reports.iter().map(|report| events(&town, report)).sum::<usize>(),
        before
    );
}
