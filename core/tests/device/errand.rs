//! Tasks, news, the day's log, the card, the map, hand-over of photos and the log, over whole journeys.

use xunge_core::app::{NewsKind, TaskKind};
use xunge_core::attachment::AttachmentRole;
use xunge_core::command::{Action, Reason, Verdict};
use xunge_core::document::FieldEdit;
use xunge_core::sync::transport::{HttpRequest, Method, Transport};

use crate::server::Server;
use crate::world::{Handset, person};

fn kinds(handset: &Handset) -> Vec<NewsKind> {
    handset
        .device()
        .news()
        .unwrap()
        .into_iter()
        .map(|item| item.kind)
        .collect()
}

#[test]
fn a_return_is_a_task_and_news_told_once_and_neither_once_it_is_answered() {
    let server = Server::new();
    let mut worker = Handset::enrolled(&server, "w1", 1);
    let chief = Handset::enrolled(&server, "c1", 2);
    let report = worker.submit("横幅");
    worker.sync(&server);
    chief.sync(&server);
    assert_eq!(
        kinds(&chief),
        [NewsKind::Task],
        "a report to decide is news for the chief"
    );
    assert_eq!(kinds(&worker), [], "own acts are no news");
    let reason = Reason::words("照片看不清");
    chief
        .device()
        .decide(report, Action::Return, Some(reason), None)
        .unwrap();
    chief.sync(&server);
    worker.sync(&server);
    let news = worker.device().news().unwrap();
    assert_eq!(
        (news.len(), news[0].kind, news[0].words.as_str()),
        (1, NewsKind::Returned, "照片看不清")
    );
    let task = worker.device().tasks().unwrap().remove(0);
    assert_eq!(
        (task.kind, task.report, task.words.as_str()),
        (TaskKind::Returned, Some(report), "照片看不清")
    );
    assert_eq!(task.by_name, "person c1");
    worker.kill();
    worker.open();
    assert_eq!(kinds(&worker), [NewsKind::Returned], "it stays until it is told");
    worker.device().told(&[news[0].id]).unwrap();
    assert_eq!(kinds(&worker), []);
    worker.sync(&server);
    assert_eq!(kinds(&worker), [], "told once");
    worker
        .device()
        .edit(report, &[FieldEdit::SetDescription("两条横幅".into())])
        .unwrap();
    worker.device().submit(report).unwrap();
    let returned = |handset: &Handset| {
        let tasks = handset.device().tasks().unwrap();
        tasks.iter().any(|task| task.kind == TaskKind::Returned)
    };
    assert!(!returned(&worker), "handed in again, it is nobody's task here");
    worker.sync(&server);
    assert!(!returned(&worker));
}

#[test]
fn what_a_first_sync_brings_is_no_news() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 3);
    worker.submit("横幅");
    worker.sync(&server);
    let chief = Handset::enrolled(&server, "c1", 4);
    assert_eq!(
        chief.device().report_count(xunge_core::app::Tab::Todo).unwrap(),
        1
    );
    assert_eq!(kinds(&chief), []);
    worker.submit("又一条");
    worker.sync(&server);
    chief.sync(&server);
    assert_eq!(kinds(&chief), [NewsKind::Task]);
}

#[test]
fn the_days_log_says_what_was_done_that_day_and_nothing_else() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 5);
    let empty = worker.device().day_log(None).unwrap();
    assert!(empty.lines.is_empty() && empty.text_zh.contains("没有记录"));
    worker.submit("横幅");
    let place = worker.device().key_places().unwrap().remove(0);
    worker.device().check_up(&place.id, true, "", None).unwrap();
    worker.start();
    worker.walk(0.0, 0.0, 30);
    let log = worker.device().day_log(None).unwrap();
    let has = |word: &str| log.lines.iter().filter(|line| line.zh.contains(word)).count();
    assert_eq!(
        (has("上报"), has("走访重点场所"), has("巡查")),
        (1, 1, 1),
        "{log:?}"
    );
    assert!(log.text_en.contains("submit") && log.text_zh.lines().count() == log.lines.len() + 2);
    worker.clock.forward_ms(24 * 3_600_000);
    assert!(
        worker.device().day_log(None).unwrap().lines.is_empty(),
        "the next day is another"
    );
    assert_eq!(worker.device().day_log(Some(log.day)).unwrap().lines.len(), 3);
}

#[test]
fn the_card_names_nobody_and_keeps_before_from_after() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 6);
    let report = worker.draft("李四家门口的垃圾");
    let place = [FieldEdit::SetPlaceText("李四家门口".into())];
    worker.device().edit_draft(report, &place).unwrap();
    worker.add_picture(report, 1);
    let after = xunge_core::app::MediaSource::Bytes(crate::world::jpeg(2));
    worker
        .device()
        .add_picture(report, &after, AttachmentRole::After)
        .unwrap();
    worker.device().submit(report).unwrap();
    worker.sync(&server);
    let card = worker.device().receipt_card(report).unwrap();
    assert_eq!((card.before.len(), card.after.len()), (1, 1));
    assert_eq!(
        (card.title.as_str(), card.place.as_str()),
        ("category env.garbage", "unit G1")
    );
    assert_eq!(
        card.steps.iter().map(|step| step.zh.as_str()).collect::<Vec<_>>(),
        ["上报"]
    );
    let all = format!("{card:?}");
    assert!(!all.contains("李四") && !all.contains("person w1"), "{all}");
}

#[test]
fn the_card_lists_no_step_that_was_taken_back() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 8);
    let chief = Handset::enrolled(&server, "c1", 9);
    let report = worker.submit("垃圾");
    worker.sync(&server);
    let steps = |act: Action| {
        chief.sync(&server);
        chief.device().decide(report, act, None, None).unwrap();
        chief.sync(&server);
        worker.sync(&server);
        let card = worker.device().receipt_card(report).unwrap();
        card.steps.into_iter().map(|step| step.zh).collect::<Vec<_>>()
    };
    assert_eq!(steps(Action::Approve), ["上报", "同意上报"]);
    assert_eq!(steps(Action::Withdraw), ["上报"]);
    assert_eq!(steps(Action::TakeOn), ["上报", "网格内处置"]);
    assert_eq!(steps(Action::Withdraw), ["上报"]);
    assert_eq!(steps(Action::Approve), ["上报", "同意上报"]);
    let report = worker.submit("横幅");
    worker.sync(&server);
    worker
        .device()
        .decide(report, Action::Withdraw, None, None)
        .unwrap();
    worker.sync(&server);
    let card = worker.device().receipt_card(report).unwrap();
    assert_eq!(card.steps, [], "the reporter took all of it back");
}

#[test]
fn the_map_is_in_metres_around_the_middle_and_holds_the_own_walk() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 7);
    worker.start();
    worker.walk(0.0, 0.0, 30);
    let me = worker.device().patrol().unwrap().unwrap().last_fix.unwrap();
    let query = xunge_core::app::MapQuery {
        centre: me.position.to_position(),
        radius_m: 300.0,
        period: worker.device().this_week().unwrap(),
    };
    let scene = worker.device().map(&query).unwrap();
    assert_eq!(scene.outlines.len(), 1, "the worker's grid alone");
    let at = scene.me.unwrap();
    assert!(at.x.abs() < 1.0 && at.y.abs() < 1.0);
    assert_eq!(scene.track.len(), 1);
    let seen: f64 = scene
        .cells
        .iter()
        .filter(|cells| cells.kind == xunge_core::app::MapCellKind::Seen)
        .map(|cells| (cells.east - cells.west) * (cells.north - cells.south))
        .sum();
    assert!(seen > 400.0, "at least the cell where one stands: {seen} m²");
    let far = xunge_core::app::MapQuery {
        centre: xunge_core::place::Position {
            lat_deg: 45.0,
            lon_deg: 100.0,
        },
        ..query
    };
    let nothing = worker.device().map(&far).unwrap();
    assert!(nothing.outlines.is_empty() && nothing.cells.is_empty() && nothing.track.is_empty());
    let rows = worker.device().coverage_rows(query.period).unwrap();
    assert!(rows[0].unseen_days.is_none(), "where nobody was comes first");
    let rows: Vec<_> = rows.into_iter().filter(|row| row.unit.as_str() == "G1").collect();
    let coverage = worker.device().coverage(&rows[0].unit, query.period).unwrap();
    let share = coverage.share.unwrap();
    assert_eq!(
        (rows[0].seen, rows[0].reachable, rows[0].unseen_days),
        (share.seen, share.reachable, Some(0))
    );
    assert!(
        rows[0].seen + rows[0].unknown + rows[0].unseen == rows[0].reachable && rows[0].key_places_due == 1
    );
}

/// What a phone's system does with a hand-over: sends it, or loses it on the way.
fn carried(server: &Server, handset: &Handset, is_lost: bool) -> Option<bool> {
    let next = handset.device().next_upload(false).unwrap()?;
    let request = HttpRequest {
        method: match next.method.as_str() {
            "POST" => Method::Post,
            "HEAD" => Method::Head,
            _ => Method::Patch,
        },
        path: next.url.replace(&handset.device().info().base_url, ""),
        headers: next.headers,
        body: next
            .file
            .map_or_else(Vec::new, |file| std::fs::read(file).unwrap()),
        timeout_ms: 1_000,
    };
    let answer = server.send(&request).ok().filter(|_| !is_lost);
    let (status, headers, body) = match answer {
        Some(answer) => (Some(answer.status), answer.headers, answer.body),
        None => (None, Vec::new(), Vec::new()),
    };
    Some(
        handset
            .device()
            .upload_answered(&next.blob, status, headers, body)
            .unwrap_or(false),
    )
}

#[test]
fn photos_handed_over_to_the_system_arrive_whole_whatever_is_lost_and_whenever_the_app_is_killed() {
    let server = Server::new();
    let mut worker = Handset::enrolled(&server, "w1", 8);
    let report = worker.draft("有图");
    worker.add_picture(report, 3);
    worker.device().submit(report).unwrap();
    assert!(
        worker.device().next_upload(false).unwrap().is_none(),
        "text goes first"
    );
    let options = xunge_core::app::SyncOptions {
        with_attachments: false,
        ..Default::default()
    };
    let way: &dyn Transport = &server;
    worker.device().sync_with(way, &Default::default(), options);
    let mut done = 0;
    for step in 0..60 {
        if step % 5 == 4 {
            worker.kill();
            worker.open();
        }
        match carried(&server, &worker, step % 3 == 1) {
            Some(is_done) => done += u32::from(is_done),
            None => break,
        }
    }
    assert!(worker.device().next_upload(false).unwrap().is_none());
    assert!(done <= 2, "a thumbnail and a picture, each done once");
    assert_eq!(
        worker
            .device()
            .report(report)
            .unwrap()
            .row
            .attachment_received_count,
        1
    );
    assert_eq!(worker.device().status().unwrap().unsent_attachment_count, 0);
    assert_eq!(worker.device().needs_attention().unwrap(), []);
}

#[test]
fn an_answer_to_a_check_takes_the_task_away_before_it_is_sent() {
    let server = Server::new();
    let reporter = Handset::enrolled(&server, "w1", 9);
    let worker = Handset::enrolled(&server, "w2", 12);
    let other = Handset::enrolled(&server, "r1", 10);
    let report = reporter.submit("横幅");
    reporter.sync(&server);
    other.sync(&server);
    let ask = Action::Check { who: person("w2") };
    other
        .device()
        .decide(report, ask, None, Some("请到现场看看".into()))
        .unwrap();
    other.sync(&server);
    worker.sync(&server);
    assert_eq!(kinds(&worker), [NewsKind::Task]);
    let tasks = worker.device().tasks().unwrap();
    let task = tasks.iter().find(|task| task.report == Some(report)).unwrap();
    assert_eq!(
        (task.kind, task.words.as_str()),
        (TaskKind::Check, "请到现场看看")
    );
    let answer = Action::AnswerCheck {
        check: task.command.unwrap(),
        verdict: Verdict::Confirmed,
    };
    worker.device().decide(report, answer, None, None).unwrap();
    let left = worker.device().tasks().unwrap();
    assert!(
        left.iter().all(|task| task.kind == TaskKind::KeyPlace),
        "{left:?}"
    );
}

#[test]
fn the_log_of_a_whole_journey_names_nobody_and_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let clock = std::sync::Arc::new(xunge_core::time::SystemClock);
    assert!(xunge_core::app::start_log(folder.path(), clock));
    let server = Server::new();
    let mut worker = Handset::enrolled(&server, "w1", 11);
    let report = worker.draft("李四 13800001234 在 28.304,120.905 乱倒垃圾");
    worker.add_picture(report, 5);
    worker.device().submit(report).unwrap();
    worker.start();
    worker.walk(0.0, 0.0, 20);
    worker.sync(&server);
    let profile = worker.device().info().clone();
    worker.kill();
    worker.phone().set_aside(&profile.id, "key_lost").unwrap();
    // The log is one for the process: other tests may write into it too, and none of them may name anything either.
    let log = std::fs::read_to_string(folder.path().join("log.txt")).unwrap();
    for line in [
        "a profile was enrolled",
        "a sync ended requests=",
        "a profile was set aside",
    ] {
        assert!(log.contains(line), "{line}");
    }
    let secrets = [
        "李四",
        "1380000",
        "28.3",
        "120.9",
        "person",
        "w1",
        "G1",
        "unit",
        &report.to_string(),
        profile.id.to_string().as_str(),
    ]
    .map(str::to_owned);
    for secret in secrets {
        assert!(!log.contains(&secret), "`{secret}` is in the log:\n{log}");
    }
    let is_long_number = |word: &str| word.bytes().filter(u8::is_ascii_digit).count() > 7;
    for line in log.lines() {
        assert!(
            line.is_ascii() && !line[21..].split(' ').any(is_long_number),
            "{line}"
        );
    }
}
