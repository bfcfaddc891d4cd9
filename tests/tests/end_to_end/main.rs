//! From outside: the terminal phone as a program of its own, a server on a port, and a bad network between them.

mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use xunge_core::time::SystemClock;
use xunge_tests::demo::server::{DemoServer, operator};
use xunge_tests::proxy::{Fault, Proxy};
use xunge_tests::scene::{Phase, SceneKind, draw, jpeg};
use xunge_tests::township::{Township, person_id};

/// A server, a folder for phones, and the way between them.
struct Village {
    folder: tempfile::TempDir,
    server: DemoServer,
    proxy: Proxy,
}

impl Village {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let at = folder.path().join("server");
        let server = DemoServer::start(&at, "127.0.0.1:0", Arc::new(SystemClock)).expect("the server starts");
        server.seed(&Township::small()).expect("the township is written");
        let proxy = Proxy::clean(server.address).expect("the proxy starts");
        Self {
            folder,
            server,
            proxy,
        }
    }

    fn phone(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn enrol(&self, phone: &str, person: &str) {
        let ticket = self
            .server
            .service
            .enrolment_create(&operator(), &person_id(person), None)
            .expect("a code is made");
        let code = format!("xunge:1:{}:{}", self.proxy.url(), ticket.secret);
        let said = ok(&self.run(phone, &["enrol", &code]));
        assert!(said.contains("已登记") && said.contains(person), "{said}");
    }

    fn run(&self, phone: &str, words: &[&str]) -> Output {
        program(&self.phone(phone))
            .args(words)
            .output()
            .expect("the program starts")
    }

    fn picture(&self) -> String {
        let path = self.folder.path().join("picture.jpg");
        let pixels = draw(SceneKind::IllegalBanner, Phase::Before, 1, (640, 480));
        std::fs::write(&path, jpeg(&pixels, None)).expect("the picture can be written");
        path.to_string_lossy().into_owned()
    }
}

fn program(phone: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunge-phone"));
    command.arg("--phone").arg(phone);
    for name in ["XUNGE_PHONE", "XUNGE_PROFILE", "XUNGE_LANG", "XUNGE_SERVER"] {
        command.env_remove(name);
    }
    command
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// What a program said that is expected to have done its work.
fn ok(output: &Output) -> String {
    let said = text(output);
    assert!(output.status.success(), "{said}");
    said
}

/// The code at the beginning of what was said.
fn code_in(said: &str) -> String {
    said.split_whitespace()
        .next()
        .expect("something was said")
        .to_owned()
}

#[test]
fn a_worker_and_a_chief_in_two_terminals_get_a_report_to_the_township_without_a_word_of_jargon() {
    let village = Village::new();
    village.enrol("worker", "w01");
    village.enrol("chief", "c01");
    village.proxy.set_offline(true);
    let picture = village.picture();
    let capture = [
        "capture",
        "--category",
        "违章广告",
        "--grid",
        "QH-YF-A1",
        "--text",
        "桥头挂了横幅",
        "--photo",
        &picture,
        "--field",
        "count=2",
        "--person",
        "李四,19955501001,informant",
    ];
    let said = ok(&village.run("worker", &capture));
    assert!(said.contains("已保存在本机，等有信号自动发送"), "{said}");
    let code = code_in(&said);
    let offline = village.run("worker", &["sync"]);
    assert!(
        !offline.status.success() && text(&offline).contains("没有信号"),
        "{}",
        text(&offline)
    );

    village.proxy.set_offline(false);
    let said = ok(&village.run("worker", &["sync"]));
    assert!(said.contains("全部已收到"), "{said}");
    ok(&village.run("chief", &["sync"]));
    let listed = ok(&village.run("chief", &["list", "to-do"]));
    assert!(listed.contains(&code), "{listed}");
    let refused = village.run("chief", &["return", &code]);
    assert!(
        !refused.status.success() && text(&refused).contains("请说明理由"),
        "{}",
        text(&refused)
    );
    ok(&village.run("chief", &["return", &code, "--reason", "照片看不清"]));
    ok(&village.run("chief", &["sync"]));
    ok(&village.run("worker", &["sync"]));
    let shown = ok(&village.run("worker", &["show", &code]));
    assert!(
        shown.contains("已退回") && shown.contains("照片看不清"),
        "{shown}"
    );
    ok(&village.run(
        "worker",
        &["edit", &code, "--text", "桥头东侧挂了横幅", "--submit"],
    ));
    ok(&village.run("worker", &["sync"]));
    ok(&village.run("chief", &["sync"]));
    ok(&village.run("chief", &["approve", &code]));
    let said = ok(&village.run("chief", &["--lang", "en", "sync"]));
    assert!(said.contains("everything was received"), "{said}");
    let shown = ok(&village.run("chief", &["show", &code]));
    assert!(shown.contains("待受理"), "{shown}");
    for said in [listed, shown] {
        for jargon in ["conflict", "outbox", "sync error", "冲突", "同步错误"] {
            assert!(!said.contains(jargon), "`{jargon}` in {said}");
        }
    }
}

#[test]
fn a_phone_killed_at_any_moment_of_a_sync_goes_on_and_the_report_arrives_once() {
    let village = Village::new();
    village.enrol("worker", "w01");
    let picture = village.picture();
    let capture = [
        "capture",
        "--category",
        "enforcement.banner",
        "--grid",
        "QH-YF-A1",
        "--text",
        "横幅",
        "--photo",
        &picture,
    ];
    let code = code_in(&ok(&village.run("worker", &capture)));
    for kill_after in 1..=6u64 {
        // The proxy swallows the answer to the n-th request; the program hangs there and is killed.
        let (hung, hangs) = std::sync::mpsc::channel();
        let mut requests = 0;
        village.proxy.set_plan(Box::new(move |_, _, _| {
            requests += 1;
            if requests < kill_after {
                return Fault::None;
            }
            let _ = hung.send(());
            Fault::Delay { delay_ms: 4_000 }
        }));
        let mut phone = program(&village.phone("worker"))
            .arg("sync")
            .spawn()
            .expect("the program starts");
        if hangs.recv_timeout(std::time::Duration::from_secs(20)).is_ok() {
            phone.kill().expect("it can be killed");
        }
        phone.wait().expect("it ends");
    }
    village.proxy.set_plan(Box::new(|_, _, _| Fault::None));
    let said = ok(&village.run("worker", &["sync"]));
    assert!(said.contains("全部已收到"), "{said}");
    let counts = village.server.service.counts().expect("they are counted");
    assert_eq!(
        (counts.reports, counts.commands, counts.blobs),
        (1, 1, 2),
        "one report, its submission, a picture with thumbnail"
    );
    let listed = ok(&village.run("worker", &["list", "mine"]));
    assert!(listed.contains(&code) && listed.contains("照片 1/1"), "{listed}");
}

#[test]
fn over_a_link_that_cuts_every_other_request_everything_arrives_once() {
    let village = Village::new();
    village.enrol("worker", "w01");
    for n in 0..3 {
        let words = format!("横幅 {n}");
        ok(&village.run(
            "worker",
            &[
                "capture",
                "--category",
                "违章广告",
                "--grid",
                "QH-YF-A1",
                "--text",
                &words,
            ],
        ));
    }
    let mut n = 0u64;
    village.proxy.set_plan(Box::new(move |_, _, _| {
        n += 1;
        match n % 8 {
            1 => Fault::CutRequest { after_bytes: 97 * n },
            2 => Fault::LoseAnswer,
            3 => Fault::CutAnswer { after_bytes: 13 * n },
            4 => Fault::Duplicate,
            5 => Fault::CaptivePortal,
            6 => Fault::CutBefore,
            7 => Fault::HalfClose,
            _ => Fault::None,
        }
    }));
    let mut tries = 0;
    while !village.run("worker", &["sync"]).status.success() {
        tries += 1;
        assert!(tries < 40, "it never gets through");
    }
    assert!(
        village.proxy.tally().cuts >= 3,
        "the link was cut: {:?}",
        village.proxy.tally()
    );
    let counts = village.server.service.counts().expect("they are counted");
    assert_eq!((counts.reports, counts.commands), (3, 3));
}

#[test]
fn two_people_on_one_phone_say_who_they_are_and_both_are_sent() {
    let village = Village::new();
    village.enrol("shared", "w02");
    village.enrol("shared", "w26");
    let unclear = village.run("shared", &["list"]);
    assert!(
        !unclear.status.success() && text(&unclear).contains("--profile"),
        "{}",
        text(&unclear)
    );
    for person in ["w02", "w26"] {
        let capture = [
            "--profile",
            person,
            "capture",
            "--category",
            "违章广告",
            "--grid",
            "QH-YF-A2",
            "--text",
            person,
        ];
        ok(&village.run("shared", &capture));
        ok(&village.run("shared", &["--profile", person, "sync"]));
    }
    assert_eq!(
        village.server.service.counts().expect("they are counted").reports,
        2
    );
}

#[test]
fn what_is_incomplete_is_kept_as_a_draft_and_says_everything_that_is_missing() {
    let village = Village::new();
    village.enrol("worker", "w01");
    let said = village.run("worker", &["capture", "--text", "没有类别也没有网格"]);
    assert!(!said.status.success(), "{}", text(&said));
    assert!(
        text(&said).contains("类别") && text(&said).contains("网格") && text(&said).contains("已存为草稿"),
        "{}",
        text(&said)
    );
    let drafts = ok(&village.run("worker", &["draft", "list"]));
    let code = code_in(&drafts);
    ok(&village.run(
        "worker",
        &[
            "draft",
            "edit",
            &code,
            "--category",
            "违章广告",
            "--grid",
            "QH-YF-A1",
        ],
    ));
    ok(&village.run("worker", &["draft", "submit", &code]));
    assert_eq!(ok(&village.run("worker", &["draft", "list"])).trim(), "");
}
