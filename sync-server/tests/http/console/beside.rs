//! What stands beside a report: likenesses, changes since an approval, pictures, slips, who could look.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use xunge_core::command::State;
use xunge_core::directory::{Category, DirectoryRecord};
use xunge_core::document::FieldEdit;
use xunge_core::signature::sha256;
use xunge_core::sync::transport::CancelToken;
use xunge_core::time::Timestamp;
use xunge_server::service::{DirectoryChange, ReportRef};

use super::super::browser::{Browser, Form, form, page};
use super::super::town::{OPERATOR, Town, picture};
use super::desk::{all, at, entry, state, story};
use super::{queued, town};

#[test]
fn likenesses_stand_beside_a_report_and_a_merge_keeps_both_reporters() {
    let (town, device) = town();
    let one = queued(&town, &device, "横幅").to_string();
    let other = queued(&town, &device, "横幅也在这里").to_string();
    let mut clerk = Browser::signed_in(&town, "k1");
    let text = page(&clerk.get(&format!("/console/reports/{one}")));
    assert!(text.contains("可能是同一件事") && text.contains(&other), "{text}");
    let merge = form(&text, "/acts/merge").unwrap();
    let code = story(&town, &other).row.code;
    let merges: Vec<Form> = text
        .split("<form ")
        .filter_map(|part| form(&format!("<form {part}"), "/acts/merge"))
        .filter(|form| form.field("into") == code)
        .collect();
    assert_eq!(merges.len(), 1, "{merge:?}");
    assert_eq!(clerk.send(&merges[0]).status, 303);
    assert_eq!(state(&town, &one), State::Merged);
    assert_eq!(
        story(&town, &one)
            .matter
            .unwrap()
            .merged_into
            .unwrap()
            .to_string(),
        other
    );
    assert_eq!(story(&town, &one).content.unwrap().reporter.as_str(), "w1");
}

#[test]
fn changes_after_an_approval_are_shown_as_differences() {
    let (town, device) = town();
    let report = town.report(&device, "横幅一条", &[]);
    let mut chief = Browser::signed_in(&town, "c1");
    let approve = chief.act(&report.to_string(), "approve");
    assert_eq!(chief.send(&approve).status, 303);
    device
        .edit(report, &[FieldEdit::SetDescription("横幅三条<i>".into())])
        .unwrap();
    device.sync(&town.transport(), &CancelToken::default());
    let text = page(&chief.get(&format!("/console/reports/{report}")));
    assert!(text.contains("同意后的修改"), "{text}");
    assert!(
        text.contains("<del>横幅一条</del>") && text.contains("<ins>横幅三条&#60;i&#62;</ins>"),
        "{text}"
    );
}

#[test]
fn decisions_show_the_pictures_that_they_saw_and_pictures_stand_side_by_side() {
    let (town, device) = town();
    let report = town.report(&device, "横幅", &[picture(1, 60), picture(2, 60)]);
    device.sync(&town.transport(), &CancelToken::default());
    let mut chief = Browser::signed_in(&town, "c1");
    let approve = chief.act(&report.to_string(), "approve");
    assert_eq!(chief.send(&approve).status, 303);
    let path = format!("/console/reports/{report}");
    let text = page(&chief.get(&path));
    assert!(text.contains("class=\"seen\""), "{text}");
    let text = page(&chief.get(&format!("{path}/compare")));
    assert_eq!(text.matches("class=\"zoomed\"").count(), 2, "{text}");
    let ids: Vec<String> = story(&town, &report.to_string())
        .content
        .unwrap()
        .attachments
        .keys()
        .map(ToString::to_string)
        .collect();
    let text = page(&chief.get(&format!("{path}/compare?left={}&right={}", ids[1], ids[0])));
    assert!(text.contains(&format!("value=\"{}\" selected", ids[1])), "{text}");
    let blur = page(&chief.get(&format!("{path}/pictures/{}/blur", ids[0])));
    assert!(
        blur.contains("id=\"blur\"") && blur.contains("/v1/blobs/"),
        "{blur}"
    );
    let mut stranger = Browser::signed_in(&town, "k9");
    for page in ["compare", "slip", &format!("pictures/{}/blur", ids[0])] {
        assert_eq!(stranger.get(&format!("{path}/{page}")).status, 404, "{page}");
    }
}

#[test]
fn a_unit_without_an_account_gets_a_slip_on_paper() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let path = format!("/console/reports/{report}");
    let mut clerk = Browser::signed_in(&town, "k1");
    assert_eq!(
        clerk.get(&format!("{path}/slip")).status,
        404,
        "nothing was dispatched"
    );
    let accept = clerk.act(&report, "accept");
    assert_eq!(clerk.send(&accept).status, 303);
    let dispatch = clerk
        .act(&report, "dispatch")
        .with("lead", "D2")
        .with("text", "请尽快抢修");
    assert_eq!(clerk.send(&dispatch).status, 303);
    let slip = page(&clerk.get(&format!("{path}/slip")));
    assert!(
        slip.contains("事件交办单") && slip.contains("单位D2") && slip.contains("请尽快抢修"),
        "{slip}"
    );
    let sign = clerk.act(&report, "sign");
    assert_eq!(clerk.send(&sign).status, 303);
    let text = page(&clerk.get(&path));
    assert!(
        text.contains("单位D2（代办：无账号）"),
        "signed for a unit without an account, and marked so: {text}"
    );
}

#[test]
fn who_should_look_is_offered_with_the_nearest_first_and_never_the_reporter() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut clerk = Browser::signed_in(&town, "k1");
    let near = town
        .service()
        .near_workers(&OPERATOR, &ReportRef::parse(&report))
        .unwrap();
    assert_eq!(
        near.iter()
            .map(|worker| worker.person.as_str())
            .collect::<Vec<_>>(),
        ["w2"]
    );
    let check = clerk.act(&report, "check");
    assert_eq!(check.field("who"), "w2");
    assert_eq!(clerk.send(&check).status, 303);
    assert_eq!(state(&town, &report), State::Queued, "asking changes no state");
}

#[test]
fn a_random_recheck_draws_only_what_was_settled_or_closed_below_the_township() {
    let (town, device) = town();
    let open = town.report(&device, "还没办", &[]).to_string();
    let report = town.report(&device, "横幅", &[]).to_string();
    let mut chief = Browser::signed_in(&town, "c1");
    let take = chief.act(&report, "take_on");
    assert_eq!(chief.send(&take).status, 303);
    let done = chief.act(&report, "feed_back").with("text", "已拆除");
    assert_eq!(chief.send(&done).status, 303);
    let close = chief.act(&report, "close");
    assert_eq!(chief.send(&close).status, 303);
    let mut supervisor = Browser::signed_in(&town, "s1");
    let text = page(&supervisor.get("/console/recheck?count=5"));
    assert!(text.contains(&report) && !text.contains(&open), "{text}");
    let recheck = supervisor.act(&report, "recheck").with("verdict", "confirmed");
    assert_eq!(supervisor.send(&recheck).status, 303);
    let text = page(&supervisor.get("/console/recheck?count=5"));
    assert!(!text.contains(&report), "rechecked once: {text}");
}

#[test]
fn pinyin_initials_find_reports_by_their_titles_and_grids() {
    let (town, _device) = town();
    let mut clerk = Browser::signed_in(&town, "k1");
    let filled = entry(&mut clerk)
        .with("place", "王家桥头")
        .with("description", "堆放垃圾");
    assert_eq!(clerk.send(&filled).status, 303);
    assert!(page(&clerk.get("/console/queue?q=wjqt")).contains("王家桥头"));
    assert!(page(&clerk.get("/console/queue?q=xyz")).contains("class=\"empty\""));
}

/// Sends bytes by tus with the session of a browser, in two pieces with a cut between; returns their hash.
fn upload(town: &Town, browser: &Browser, csrf: &str, report: &str, bytes: &[u8]) -> String {
    let hash = hex::encode(sha256(bytes));
    let pairs = [("report", report), ("sha256", &hash), ("kind", "picture")];
    let meta = pairs
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
        .join(",");
    let (cookie, length) = (browser.cookie_line(), bytes.len().to_string());
    let plain = [
        ("tus-resumable", "1.0.0"),
        ("cookie", cookie.as_str()),
        ("x-xunge-csrf", csrf),
    ];
    let with = |more: &[(&'static str, String)]| -> Vec<(&'static str, String)> {
        plain
            .iter()
            .map(|(k, v)| (*k, (*v).to_owned()))
            .chain(more.iter().cloned())
            .collect()
    };
    let send = |method: &str, path: &str, headers: Vec<(&'static str, String)>, body: &[u8]| {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (*k, v.as_str())).collect();
        town.send(method, path, &headers, body)
    };
    let made = send(
        "POST",
        "/v1/uploads",
        with(&[("upload-length", length), ("upload-metadata", meta)]),
        b"",
    );
    assert_eq!(made.status, 201, "{made:?}");
    let path = made.header("location").unwrap().to_owned();
    let half = bytes.len() / 2;
    for (from, to) in [(0, half), (half, bytes.len())] {
        // After a cut the page asks where the upload stands and goes on from there.
        let stands = send("HEAD", &path, with(&[]), b"");
        assert_eq!(stands.header("upload-offset"), Some(from.to_string().as_str()));
        let more = [
            ("upload-offset", from.to_string()),
            ("content-type", "application/offset+octet-stream".into()),
        ];
        assert_eq!(send("PATCH", &path, with(&more), &bytes[from..to]).status, 204);
    }
    hash
}

#[test]
fn a_department_feeds_back_with_pictures_that_were_uploaded_in_pieces() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut clerk = Browser::signed_in(&town, "k1");
    let accept = clerk.act(&report, "accept");
    assert_eq!(clerk.send(&accept).status, 303);
    let dispatch = clerk.act(&report, "dispatch").with("lead", "D1");
    assert_eq!(clerk.send(&dispatch).status, 303);
    let mut department = Browser::signed_in(&town, "d1");
    let path = format!("/console/reports/{report}");
    let adding = form(&page(&department.get(&path)), "/pictures").unwrap();
    let hash = upload(&town, &department, adding.field("csrf"), &report, &picture(7, 64));
    let unknown = adding.clone().with("blob", &"0".repeat(64));
    assert_eq!(department.send(&unknown).status, 400, "bytes that are not here");
    let filled = adding
        .with("blob", &hash)
        .with(&format!("size.{hash}"), "1000")
        .with("role", "after");
    let reply = department.send(&filled);
    assert_eq!(reply.status, 303, "{}", page(&reply));
    assert_eq!(department.send(&filled).status, 303, "twice is once");
    let content = story(&town, &report).content.unwrap();
    assert_eq!(content.attachments.len(), 1);
    assert!(page(&department.get(&path)).contains(&hash));
    let sign = department.act(&report, "sign");
    assert_eq!(department.send(&sign).status, 303);
    let done = department
        .act(&report, "feed_back")
        .with("say", "")
        .with("text", "已拆除，见照片");
    assert_eq!(department.send(&done).status, 303);
    assert_eq!(state(&town, &report), State::FedBack);
    // It reaches the reporter's phone like everything else.
    device.sync(&town.transport(), &CancelToken::default());
    let view = device.report(report.parse().unwrap()).unwrap();
    assert_eq!(view.content.unwrap().attachments.len(), 1);
    let mut stranger = Browser::signed_in(&town, "k9");
    let forged = Form {
        action: format!("{path}/pictures"),
        fields: vec![("csrf".into(), csrf(&mut stranger))],
    };
    assert_eq!(stranger.send(&forged).status, 404);
}

fn csrf(browser: &mut Browser) -> String {
    form(&page(&browser.get("/console")), "/console/logout")
        .unwrap()
        .field("csrf")
        .to_owned()
}

#[test]
fn a_chosen_sentence_is_enough_where_words_are_asked_for() {
    let (town, device) = town();
    let report = queued(&town, &device, "横幅").to_string();
    let mut clerk = Browser::signed_in(&town, "k1");
    let ask = clerk.act(&report, "ask").with("say", "请补充准确地点。");
    assert_eq!(clerk.send(&ask).status, 303);
    let forged = clerk.act(&report, "ask").with("say", "<script>");
    assert_eq!(clerk.send(&forged).status, 422, "only sentences of the list");
    let text = page(&clerk.get(&format!("/console/reports/{report}")));
    assert!(text.contains("请补充准确地点。"), "{text}");
    assert_eq!(state(&town, &report), State::Queued);
}

#[test]
fn sensitive_matters_are_seen_by_their_holders_alone() {
    let (town, _device) = town();
    let category = Category {
        id: "XF01".parse().unwrap(),
        version: 1,
        parent: Some("HJ".parse().unwrap()),
        name: "家庭纠纷".into(),
        fields: Vec::new(),
        is_record_only: false,
        is_sensitive: true,
        is_urgent: false,
        is_offered: true,
        department: None,
        picture_long_side_px: None,
    };
    let change = DirectoryChange {
        record: DirectoryRecord::Category(category),
        valid_from: Timestamp(0),
        valid_to: None,
    };
    town.service().directory_apply(&OPERATOR, &[change]).unwrap();
    let mut clerk = Browser::signed_in(&town, "k1");
    let filled = at(
        "/console/enter?category=XF01",
        &mut clerk,
        "/console/enter/report",
    )
    .with("place", "桥头东屋")
    .with("description", "夫妻争吵");
    let reply = clerk.send(&filled);
    assert_eq!(reply.status, 303, "{}", page(&reply));
    let address = reply
        .header("location")
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    let sees = |who: &str| {
        let mut browser = Browser::signed_in(&town, who);
        let in_list = all(&mut browser).contains("桥头东屋");
        let status = browser.get(&address).status;
        assert_eq!(in_list, status == 200, "{who}");
        status == 200
    };
    let who: Vec<&str> = ["w1", "w2", "c1", "v1", "k1", "d1", "s1", "k9"]
        .into_iter()
        .filter(|w| sees(w))
        .collect();
    assert_eq!(who, ["c1", "v1", "k1"], "chiefs of its grid and the room");
    let report = address.rsplit('/').next().unwrap().to_owned();
    let accept = clerk.act(&report, "accept");
    assert_eq!(clerk.send(&accept).status, 303);
    let dispatch = clerk.act(&report, "dispatch").with("lead", "D1");
    assert_eq!(clerk.send(&dispatch).status, 303);
    assert!(sees("d1"), "who handles it holds it");
    assert!(!sees("s1"));
}
