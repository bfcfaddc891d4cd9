//! Forged forms, hostile words, endless texts.

use xunge_core::app::PersonEntry;
use xunge_core::document::FieldEdit;
use xunge_core::report::PersonPart;
use xunge_core::sync::transport::CancelToken;

use super::super::browser::{Browser, page};
use super::super::town::{OPERATOR, draft};
use super::{queued, town};

#[test]
fn a_form_without_the_sessions_own_secret_does_nothing() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut browser = Browser::signed_in(&town, "k1");
    let mut other = Browser::signed_in(&town, "k9");
    let text = page(&other.get("/console"));
    let foreign = super::super::browser::form(&text, "/console/logout")
        .unwrap()
        .field("csrf")
        .to_owned();
    let path = format!("/console/reports/{report}/acts/accept");
    for fields in [vec![], vec![("csrf", "")], vec![("csrf", foreign.as_str())]] {
        for at in [path.as_str(), "/console/batch", "/console/logout"] {
            let reply = browser.post(at, &fields);
            assert_eq!(reply.status, 403, "{at} {fields:?}");
            assert!(page(&reply).contains("页面已失效"));
        }
    }
    let accept = browser.act(&report, "accept");
    let fields: Vec<(&str, &str)> = accept
        .fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let elsewhere = [("sec-fetch-site", "cross-site")];
    assert_eq!(browser.post_with(&path, &fields, &elsewhere).status, 403);
    let login = [("name", "k1"), ("password", super::super::browser::PASSWORD)];
    assert_eq!(
        browser.post_with("/console/login", &login, &elsewhere).status,
        403
    );
    assert_eq!(browser.send(&accept).status, 303, "the real form works");
}

#[test]
fn words_with_tags_marks_and_emoji_stand_on_every_page_as_words() {
    let (town, device) = town();
    let words = "<script>alert(1)</script><img src=x onerror=alert(2)> \u{202E}反转\u{202C} 👍🏽 \"quoted\" 'x' &amp; {{ 7*7 }}";
    let report = draft(&device, words, &[]);
    let place = FieldEdit::SetPlaceText("<b>王家桥头</b>\"><script>".into());
    device.edit_draft(report, &[place]).unwrap();
    device.submit(report).unwrap();
    device.sync(&town.transport(), &CancelToken::default());
    town.service()
        .tick(town.service().now().plus_ms(30 * 86_400_000))
        .unwrap();
    let mut browser = Browser::signed_in(&town, "k1");
    let remark = browser.act(&report.to_string(), "remark").with("text", words);
    assert_eq!(browser.send(&remark).status, 303);
    for path in [
        "/console/queue".to_owned(),
        "/console/queue?q=%3Cscript%3E%3Cimg%20onerror%3E".to_owned(),
        "/console/queue?q=%E7%8E%8B%E5%AE%B6".to_owned(),
        format!("/console/reports/{report}"),
        format!("/console/reports/{report}?did=remark&came=%3Cscript%3E"),
        format!("/console/reports/{report}/print"),
    ] {
        let text = page(&browser.get(&path));
        for tag in ["<script>", "<img src=x", "<b>王", "onerror>"] {
            assert!(!text.contains(tag), "{path} has {tag}");
        }
    }
    let text = page(&browser.get(&format!("/console/reports/{report}")));
    assert!(text.contains("&#60;script&#62;") && text.contains("👍🏽") && text.contains("{{ 7*7 }}"));
}

#[test]
fn ten_thousand_characters_are_too_many_and_still_there() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut browser = Browser::signed_in(&town, "k1");
    let long = "长".repeat(10_000);
    let remark = browser.act(&report, "remark");
    let reply = browser.send(&remark.clone().with("text", &long));
    assert_eq!(reply.status, 422);
    let text = page(&reply);
    assert!(text.contains("10000 个字") && text.contains(&long));
    let endless = "x".repeat(300_000);
    let reply = browser.send(&remark.with("text", &endless));
    assert_eq!(reply.status, 413);
}

#[test]
fn forged_fields_end_in_words_and_never_in_a_failure() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut browser = Browser::signed_in(&town, "k1");
    let accept = browser.act(&report, "accept");
    assert_eq!(browser.send(&accept).status, 303);
    for (act, name, value) in [
        ("dispatch", "lead", "NO-SUCH-UNIT"),
        ("dispatch", "lead", "T9"),
        ("dispatch", "lead", "' OR 1=1 --"),
        ("pass_up", "to", "grid"),
        ("classify", "grid", "G9"),
        ("classify", "category", "nothing"),
        ("check", "who", "k9"),
        ("hold", "until", "2090-13-45"),
    ] {
        let form = browser.act(&report, act).with(name, value).with("reason", "理由");
        let reply = browser.send(&form);
        assert_eq!(reply.status, 422, "{act} {name}={value}: {}", page(&reply));
    }
    for path in [
        format!("/console/reports/{report}/acts/no_such_act"),
        "/console/reports/%00/acts/accept".to_owned(),
    ] {
        let status = browser.post(&path, &[("csrf", accept.field("csrf"))]).status;
        assert_eq!(status, 404, "{path}");
    }
    let reply = browser.post(
        &format!("/console/reports/{report}/acts/submit"),
        &[("csrf", accept.field("csrf"))],
    );
    assert_eq!(reply.status, 422, "what phones do is not done here");
    for path in ["/console/queue?after=%3Cx%3E", "/console/queue?grid=%00"] {
        assert_eq!(browser.get(path).status, 400, "{path}");
    }
}

#[test]
fn people_are_masked_until_somebody_says_why_and_that_is_recorded() {
    let (town, device) = town();
    let report = draft(&device, "横幅", &[]);
    device
        .add_person(
            report,
            &PersonEntry {
                part: PersonPart::Informant,
                name: "张小明".into(),
                telephone: Some("13812345678".into()),
                remark: None,
            },
        )
        .unwrap();
    device.submit(report).unwrap();
    device.sync(&town.transport(), &CancelToken::default());
    let mut browser = Browser::signed_in(&town, "k1");
    let path = format!("/console/reports/{report}");
    for at in [path.clone(), format!("{path}/print")] {
        let text = page(&browser.get(&at));
        assert!(text.contains("张*明") && !text.contains("张小明") && !text.contains("13812345678"));
    }
    let text = page(&browser.get(&path));
    let ask = super::super::browser::form(&text, "/people").unwrap();
    let reply = browser.send(&ask.clone().with("why", " "));
    assert!(!page(&reply).contains("张小明"), "not without a reason");
    let text = page(&browser.send(&ask.with("why", "回访")));
    assert!(text.contains("张小明") && text.contains("13812345678"));
    let audit = town.service().audit(Some(&"T1".parse().unwrap()), 1_000).unwrap();
    let is_read = |line: &xunge_server::service::AuditRow| {
        line.kind == "read_people" && line.detail.contains("unmasked: 回访") && line.actor == "account:k1"
    };
    assert!(audit.iter().any(is_read));
    assert_ne!(OPERATOR.audit_name(), "account:k1");
}
