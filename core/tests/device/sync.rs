//! Syncing over a link that loses, cuts, repeats and lies.

use std::sync::Mutex;

use xunge_core::app::{ListQuery, Tab};
use xunge_core::command::{Action, ActionKind, Outcome, Reason, Refusal, State};
use xunge_core::document::FieldEdit;
use xunge_core::sync::failure::SyncFailure;
use xunge_core::sync::transport::{
    CancelToken, HttpRequest, HttpResponse, Method, Transport, TransportError,
};

use crate::server::{Fault, Server, outcomes};
use crate::world::Handset;

#[test]
fn an_idle_sync_is_one_small_request() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    for n in 0..20 {
        handset.submit(&format!("{n}"));
    }
    assert!(handset.sync(&server).is_complete());
    assert!(handset.sync(&server).is_complete());
    server.clear_requests();
    let report = handset.sync(&server);
    assert!(report.is_complete());
    assert_eq!(report.requests, 1);
    assert!(report.bytes_up + report.bytes_down < 1_000, "{report:?}");
}

#[test]
fn a_server_of_the_release_before_gets_what_it_reads_and_a_new_one_the_small_form_again() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    let submit = |count: u32| {
        for n in 0..count {
            handset.submit(&format!("路灯不亮，{n}"));
        }
        let report = handset.sync(&server);
        assert!(report.is_complete(), "{report:?}");
        report.bytes_up
    };
    let refused = || server.state.lock().unwrap().refused_encodings;
    let small = submit(10);
    assert_eq!(refused(), 0);
    server.state.lock().unwrap().is_before = true;
    submit(10);
    assert_eq!(refused(), 1);
    // Told once, it does not ask again, and everything arrived.
    let plain = submit(10);
    assert_eq!(refused(), 1);
    assert!(plain > small, "{plain} bytes as they are, {small} deflated");
    assert_eq!(server.state.lock().unwrap().kept.reports.len(), 30);
    // The server was brought up: its next answer says what it takes.
    server.state.lock().unwrap().is_before = false;
    submit(10);
    let again = submit(10);
    assert!(again * 10 < small * 11, "{again} bytes, {small} at first");
    assert_eq!(refused(), 1);
}

#[test]
fn whatever_the_link_does_at_whichever_request_nothing_is_lost_and_nothing_comes_twice() {
    let faults = [
        Fault::LoseRequest,
        Fault::LoseAnswer,
        Fault::Duplicate,
        Fault::Portal,
        Fault::Cut,
        Fault::Status(500),
        Fault::Status(413),
        Fault::Status(429),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        for at in 0..9 {
            let server = Server::new();
            let mut handset = Handset::enrolled(&server, "w1", 100 + number as u64);
            let report = handset.draft("断网");
            handset.add_picture(report, 2);
            handset.device().submit(report).unwrap();
            handset.device().add_note(report, "补充").unwrap();
            let mut plan = vec![None; at];
            plan.push(Some(fault));
            server.faults(&plan);
            handset.sync(&server);
            server.faults(&[]);
            // The app is killed in whatever state the cut left it.
            handset.kill();
            handset.open();
            let end = handset.sync(&server);
            assert!(end.is_complete(), "{fault:?} at {at}: {end:?}");
            let held = server.held(report);
            assert_eq!(outcomes(&held), [Outcome::Accepted], "{fault:?} at {at}");
            assert_eq!(held.changes.len(), 2, "{fault:?} at {at}");
            assert_eq!(held.blobs.len(), 2, "{fault:?} at {at}");
            let status = handset.device().status().unwrap();
            assert_eq!((status.unsent_count, status.unsent_attachment_count), (0, 0));
            assert_eq!(status.attention_count, 0);
            let row = &handset.device().report(report).unwrap().row;
            assert_eq!(row.attachment_received_count, 1);
            assert_eq!(row.pending, None);
        }
    }
}

/// Stops the sync just after the answer to its n-th request came: no step of that answer is taken.
struct StopsAfter<'a> {
    server: &'a Server,
    left: Mutex<u32>,
    cancel: CancelToken,
}

impl Transport for StopsAfter<'_> {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let answer = self.server.send(request);
        let mut left = self.left.lock().unwrap();
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.cancel.cancel();
        }
        answer
    }
}

#[test]
fn killed_between_answer_and_taking_it_at_every_request_the_phone_goes_on() {
    for at in 1..10 {
        let server = Server::new();
        let mut handset = Handset::enrolled(&server, "w1", 300);
        let report = handset.draft("杀进程");
        handset.add_picture(report, 2);
        handset.device().submit(report).unwrap();
        let cancel = CancelToken::new();
        let stopping = StopsAfter {
            server: &server,
            left: Mutex::new(at),
            cancel: cancel.clone(),
        };
        handset.device().sync(&stopping, &cancel);
        handset.kill();
        handset.open();
        let end = handset.sync(&server);
        assert!(end.is_complete(), "at {at}: {end:?}");
        let held = server.held(report);
        assert_eq!(
            (held.changes.len(), held.events.len(), held.blobs.len()),
            (1, 1, 2),
            "at {at}"
        );
        let status = handset.device().status().unwrap();
        assert_eq!(
            (status.unsent_count, status.unsent_attachment_count),
            (0, 0),
            "at {at}"
        );
    }
}

#[test]
fn a_captive_portal_is_not_a_sync_and_says_so() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 2);
    let synced_at = handset.device().status().unwrap().succeeded_at;
    handset.submit("x");
    handset.clock.forward_ms(60_000);
    server.faults(&[Some(Fault::Portal)]);
    let report = handset.sync(&server);
    assert_eq!(report.failure, Some(SyncFailure::NotTheServer));
    let status = handset.device().status().unwrap();
    assert_eq!(status.unsent_count, 2);
    assert_eq!(status.succeeded_at, synced_at);
    assert!(status.retry_at.unwrap() > handset.clock.0.lock().unwrap().wall_at);
}

#[test]
fn a_return_reaches_the_worker_and_a_completed_report_does_not_come_back_as_returned() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 3);
    let chief = Handset::enrolled(&server, "c1", 4);
    let report = worker.submit("看不清");
    worker.sync(&server);
    chief.sync(&server);
    let reason = Some(Reason::words("照片看不清"));
    chief
        .device()
        .decide(report, Action::Return, reason, None)
        .unwrap();
    assert!(chief.sync(&server).is_complete());
    assert!(worker.sync(&server).is_complete());
    let todo = ListQuery {
        tab: Tab::Todo,
        ..ListQuery::default()
    };
    let row = worker.device().reports(&todo).unwrap().items.remove(0);
    assert_eq!(row.state, State::Returned);
    assert_eq!(row.why.unwrap().text, "照片看不清");
    let edit = [FieldEdit::SetDescription("桥头东侧，近照".into())];
    worker.device().edit(report, &edit).unwrap();
    worker.device().submit(report).unwrap();
    worker.sync(&server);
    worker.sync(&server);
    chief.sync(&server);
    for handset in [&worker, &chief] {
        let view = handset.device().report(report).unwrap();
        assert_eq!(view.row.state, State::Submitted);
        assert_eq!(view.row.why, None, "an old reason never shows after a new step");
        assert_eq!(view.content.unwrap().description, "桥头东侧，近照");
    }
    assert_eq!(chief.device().reports(&todo).unwrap().items.len(), 1);
}

#[test]
fn of_two_chiefs_phones_one_decision_stands_and_the_other_is_told_why() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 5);
    let report = worker.submit("违建");
    worker.sync(&server);
    let first = Handset::enrolled(&server, "c1", 6);
    let second = Handset::enrolled(&server, "c1", 7);
    first
        .device()
        .decide(report, Action::Approve, None, None)
        .unwrap();
    let reason = Some(Reason::words("不对"));
    second
        .device()
        .decide(report, Action::Return, reason, None)
        .unwrap();
    first.sync(&server);
    second.sync(&server);
    first.sync(&server);
    assert_eq!(server.matter(report).state, State::Queued);
    let last = *outcomes(&server.held(report)).last().unwrap();
    assert!(!last.is_accepted(), "{last:?}");
    for handset in [&first, &second] {
        assert_eq!(handset.device().report(report).unwrap().row.state, State::Queued);
    }
    let told = second.device().report(report).unwrap().story.pop().unwrap();
    assert_eq!(told.outcome, Some(last));
    if let Outcome::Refused(refusal) = last {
        assert_eq!(refusal, Refusal::DecidedMeanwhile);
        assert_eq!(second.device().needs_attention().unwrap().len(), 1);
    }
}

#[test]
fn notes_and_pictures_added_apart_all_survive() {
    let server = Server::new();
    let one = Handset::enrolled(&server, "w1", 8);
    let two = Handset::enrolled(&server, "w2", 9);
    let report = one.submit("垃圾");
    one.sync(&server);
    two.sync(&server);
    one.device().add_note(report, "甲").unwrap();
    two.device().add_note(report, "乙").unwrap();
    one.add_picture(report, 1);
    two.add_picture(report, 2);
    for handset in [&one, &two, &one, &two] {
        assert!(handset.sync(&server).is_complete());
    }
    for handset in [&one, &two] {
        let view = handset.device().report(report).unwrap();
        let content = view.content.unwrap();
        assert_eq!((content.notes.len(), content.attachments.len()), (2, 2));
        assert!(
            view.attachments
                .iter()
                .all(|a| a.is_received && a.is_thumbnail_here)
        );
    }
}

#[test]
fn a_full_picture_comes_on_demand_and_is_verified() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 10);
    let report = worker.draft("x");
    let picture = worker.add_picture(report, 1);
    worker.device().submit(report).unwrap();
    worker.sync(&server);
    let chief = Handset::enrolled(&server, "c1", 11);
    let view = chief.device().report(report).unwrap();
    assert!(
        view.attachments[0].is_thumbnail_here,
        "thumbnails come by themselves"
    );
    assert!(!view.attachments[0].is_here);
    chief.device().want_attachment(report, picture).unwrap();
    assert_eq!(chief.sync(&server).blobs_fetched, 1);
    assert!(chief.device().report(report).unwrap().attachments[0].is_here);
    let blob = view.attachments[0].reference.blob;
    let bytes = chief.device().attachment_bytes(&blob).unwrap();
    assert_eq!(
        bytes.map(|bytes| xunge_core::attachment::BlobHash::of(&bytes)),
        Some(blob)
    );
    chief
        .device()
        .decide(report, Action::Approve, None, None)
        .unwrap();
    let story = chief.device().report(report).unwrap().story;
    assert_eq!(
        story[1].attachments_seen,
        [picture],
        "a decision records what was present"
    );
}

#[test]
fn text_goes_before_pictures_and_thumbnails_before_originals() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 26);
    let report = handset.draft("一");
    handset.add_picture(report, 1);
    handset.add_picture(report, 2);
    handset.device().submit(report).unwrap();
    server.clear_requests();
    handset.sync(&server);
    let requests = server.state.lock().unwrap().requests.clone();
    let first_upload = requests
        .iter()
        .position(|r| r.1.starts_with("/v1/uploads"))
        .unwrap();
    assert!(requests[..first_upload].iter().any(|r| r.1 == "/v1/sync"));
    let kept = server.kept();
    let kinds: Vec<&str> = kept.uploads.values().map(|u| u.meta["part"].as_str()).collect();
    assert_eq!(kinds, ["thumbnail", "thumbnail", "original", "original"]);
    let patches = requests.iter().filter(|r| r.0 == Method::Patch).count();
    assert!(patches >= 4);
}

#[test]
fn a_cancelled_sync_stops_between_two_steps_and_goes_on_later() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 27);
    handset.submit("一");
    let cancel = CancelToken::new();
    cancel.cancel();
    let report = handset.device().sync(&server, &cancel);
    assert_eq!(report.failure, Some(SyncFailure::Cancelled));
    assert_eq!(handset.device().status().unwrap().unsent_count, 2);
    assert!(handset.sync(&server).is_complete());
    let status = handset.device().status().unwrap();
    assert_eq!((status.sent_count, status.to_send_count), (2, 2));
}

#[test]
fn an_unknown_token_asks_for_a_new_enrolment_and_loses_nothing() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 28);
    handset.submit("一");
    server.state.lock().unwrap().kept.installs.clear();
    let report = handset.sync(&server);
    assert_eq!(report.failure, Some(SyncFailure::SignInRequired));
    assert_eq!(handset.device().status().unwrap().unsent_count, 2);
}

#[test]
fn an_enrolment_whose_answer_was_lost_is_given_again_to_the_same_key() {
    let server = Server::new();
    let mut handset = Handset {
        folder: tempfile::tempdir().unwrap(),
        device: None,
        clock: crate::world::FakeClock::new(),
        seed: 29,
    };
    server.faults(&[Some(Fault::LoseAnswer)]);
    assert!(handset.phone().enrol(&server.code("w1"), &server).is_err());
    assert_eq!(handset.phone().profiles().unwrap(), []);
    handset.phone().enrol(&server.code("w1"), &server).unwrap();
    assert_eq!(server.kept().installs.len(), 1);
    handset.open();
    assert!(handset.sync(&server).is_complete());
    let refused = handset
        .phone()
        .enrol(&server.code("expired"), &server)
        .unwrap_err();
    assert!(matches!(refused, xunge_core::error::Error::EnrolmentRefused(code) if code == "code_expired"));
}

#[test]
fn the_work_of_a_profile_that_is_signed_out_still_goes() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 30);
    let report = handset.submit("一");
    handset.kill();
    let phone = handset.phone();
    phone.enrol(&server.code("w2"), &server).unwrap();
    let profiles = phone.profiles().unwrap();
    assert_eq!(profiles.len(), 2);
    drop(phone);
    let server = std::sync::Arc::new(server);
    handset.sync_all(&server);
    assert_eq!(server.matter(report).state, State::Submitted);
}

#[test]
fn an_urge_in_between_refuses_no_waiting_decision() {
    let server = Server::new();
    let worker = Handset::enrolled(&server, "w1", 31);
    let chief = Handset::enrolled(&server, "c1", 32);
    let clerk = Handset::enrolled(&server, "r1", 33);
    let report = worker.submit("一");
    worker.sync(&server);
    chief.sync(&server);
    clerk.sync(&server);
    chief
        .device()
        .decide(report, Action::Approve, None, None)
        .unwrap();
    if clerk
        .device()
        .permitted(report)
        .unwrap()
        .contains(&ActionKind::Urge)
    {
        clerk.device().decide(report, Action::Urge, None, None).unwrap();
    }
    clerk.sync(&server);
    chief.sync(&server);
    assert_eq!(server.matter(report).state, State::Queued);
}
