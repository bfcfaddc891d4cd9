//! What a person reads in the terminal phone: words of one language, names instead of codes, and what to do next.

use xunge_core::command::Action;
use xunge_core::id::ReportId;
use xunge_server::service::{ActRequest, ReportRef};
use xunge_tests::township::person_id;
use xunge_tests::world::account;

use super::{Village, code_in, ok, text};

impl Village {
    /// A village with its worker and his chief enrolled.
    fn peopled() -> Self {
        let village = Self::new();
        village.enrol("worker", "w01");
        village.enrol("chief", "c01");
        village
    }

    /// What a program says, whether it did its work or not.
    fn say(&self, phone: &str, words: &[&str]) -> String {
        text(&self.run(phone, words))
    }

    /// A banner with words, handed in and received; gives its code.
    fn received(&self, words: &[&str]) -> String {
        let mut all = vec![
            "capture",
            "--category",
            "违章广告",
            "--grid",
            "QH-YF-A1",
            "--text",
            "横幅",
        ];
        all.extend(words);
        let code = code_in(&ok(&self.run("worker", &all)));
        self.sync_both();
        code
    }

    fn sync_both(&self) {
        for phone in ["worker", "chief", "worker"] {
            ok(&self.run(phone, &["sync"]));
        }
    }

    /// An act at the room's desk.
    fn at_desk(&self, person: &str, code: &str, action: Action, words: &str) {
        let request = ActRequest {
            report: ReportRef::Code(code.to_owned()),
            action,
            post: None,
            reason: None,
            text: Some(words.to_owned()),
            saw: None,
            heads: None,
            id: None,
        };
        let outcome = self
            .server
            .service
            .act(&account(person), &request)
            .expect("it is decided");
        assert!(outcome.outcome.is_accepted(), "{:?}", outcome.outcome);
    }
}

/// Words of Latin letters that are neither codes nor units nor what is to be typed.
fn foreign_words(said: &str) -> Vec<String> {
    let typed = said.lines().filter(|line| !line.starts_with("可以："));
    let words =
        typed.flat_map(|line| line.split(|c: char| !(c.is_ascii_alphanumeric() || "-_./:".contains(c))));
    let is_word = |word: &&str| {
        word.len() > 2
            && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            && !["xunge-phone"].contains(word)
    };
    words.filter(is_word).map(str::to_owned).collect()
}

#[test]
fn nothing_that_a_worker_reads_in_chinese_is_written_in_english() {
    let village = Village::peopled();
    let picture = village.picture();
    let folder = village.phone("worker").display().to_string();
    let code = village.received(&[
        "--photo",
        &picture,
        "--after-photo",
        &picture,
        "--field",
        "count=2",
        "--person",
        "李四,19955501001,informant",
        "--person",
        "王五,19955501002",
        "--urgent",
        "--place",
        "王家桥头",
    ]);
    ok(&village.run("worker", &["note", &code, "又多了一条"]));
    let shown = ok(&village.run("worker", &["show", &code]));
    for wanted in ["告知人", "当事人", "现场", "处置后", "数量 2", "违章广告", "紧急"] {
        assert!(shown.contains(wanted), "{wanted} in\n{shown}");
    }
    assert!(
        !shown.contains("w01"),
        "people are called by their names:\n{shown}"
    );
    village.proxy.set_offline(true);
    let not_a_picture = format!("{folder}/lock");
    std::fs::write(&not_a_picture, "text").expect("it can be written");
    let draft = ["draft", "begin", "--category", "违章广告", "--grid", "QH-YF-A1"];
    let begun = code_in(&ok(&village.run("worker", &draft)));
    let said = [
        vec!["list"],
        vec!["status"],
        vec!["sync"],
        vec!["wait", "--seconds", "1"],
        vec!["needs-attention"],
        vec!["show", &begun],
        vec!["draft", "list"],
        vec!["enrol", "没有这样的登记码"],
        vec!["draft", "edit", &begun, "--photo", &not_a_picture],
        vec!["draft", "edit", &begun, "--photo", "/没有.jpg"],
        vec!["draft", "edit", &begun, "--voice", &picture],
        vec!["draft", "edit", &begun, "--person", "李四,不是电话"],
        vec!["draft", "submit", &begun],
        vec!["capture"],
        vec!["approve", &code],
    ];
    for words in said {
        let said = village.say("worker", &words).replace(&folder, "");
        assert_eq!(
            foreign_words(&said),
            Vec::<String>::new(),
            "{words:?} said\n{said}"
        );
        assert!(!said.trim().is_empty(), "{words:?} says something");
    }
}

#[test]
fn the_same_is_read_in_english_with_english_words() {
    let village = Village::peopled();
    let picture = village.picture();
    let code = village.received(&[
        "--photo",
        &picture,
        "--person",
        "Li,19955501001,informant",
        "--urgent",
    ]);
    let shown = ok(&village.run("worker", &["--lang", "en", "show", &code]));
    for wanted in ["informant", "scene", "urgent", "category"] {
        assert!(shown.contains(wanted), "{wanted} in\n{shown}");
    }
    for chinese in ["告知人", "现场", "紧急", "照片", "，", "。", "（", "："] {
        assert!(!shown.contains(chinese), "{chinese} in\n{shown}");
    }
}

#[test]
fn what_does_not_fit_a_field_is_said_with_its_label_and_its_choices() {
    let village = Village::peopled();
    let capture = [
        "capture",
        "--category",
        "邻里纠纷",
        "--grid",
        "QH-YF-A1",
        "--text",
        "为了院墙",
        "--field",
        "people_count=很多",
    ];
    let said = village.say("worker", &capture);
    assert!(said.contains("人数") && !said.contains("people_count"), "{said}");
    let unknown = village.say("worker", &["capture", "--category", "没有的", "--text", "x"]);
    assert!(
        unknown.contains("没有这个类别") && unknown.contains("违章广告"),
        "what can be chosen is named: {unknown}"
    );
}

#[test]
fn a_capture_that_fails_half_way_says_under_which_code_it_is_kept() {
    let village = Village::peopled();
    let said = village.say(
        "worker",
        &[
            "capture",
            "--category",
            "违章广告",
            "--grid",
            "QH-YF-A1",
            "--text",
            "横幅",
            "--photo",
            "/没有.jpg",
        ],
    );
    assert!(said.contains("已存为草稿"), "{said}");
    let code = code_in(&ok(&village.run("worker", &["draft", "list"])));
    assert!(said.contains(&code), "{said}");
    ok(&village.run("worker", &["draft", "settle", &code, "--result", "已摘下"]));
    let listed = ok(&village.run("worker", &["list"]));
    assert!(listed.contains(&code) && listed.contains("当场处置"), "{listed}");
}

#[test]
fn an_act_that_came_too_late_is_explained_and_cleared_by_hand() {
    let village = Village::peopled();
    let code = village.received(&[]);
    ok(&village.run("worker", &["withdraw", &code]));
    ok(&village.run("chief", &["return", &code, "--reason", "看不清"]));
    ok(&village.run("chief", &["sync"]));
    ok(&village.run("worker", &["sync"]));
    let said = ok(&village.run("worker", &["needs-attention"]));
    assert!(said.contains("撤回") && said.contains("请先收发"), "{said}");
    let number = said.split_whitespace().next().expect("its number").to_owned();
    ok(&village.run("worker", &["needs-attention", "--clear", &number]));
    let left = ok(&village.run("worker", &["needs-attention"]));
    assert!(left.contains("没有需要留意的"), "{left}");
}

#[test]
fn what_the_room_asks_is_answered_from_the_phone() {
    let village = Village::peopled();
    let code = village.received(&["--urgent"]);
    village.at_desk("clerk", &code, Action::Ask, "横幅有几条？");
    ok(&village.run("worker", &["sync"]));
    let shown = ok(&village.run("worker", &["show", &code]));
    assert!(
        shown.contains("横幅有几条") && shown.contains("answer"),
        "{shown}"
    );
    ok(&village.run("worker", &["answer", &code, "--text", "两条"]));
    village.sync_both();
    let view = village
        .server
        .service
        .report_story(&super::operator(), &ReportRef::Code(code), None)
        .expect("it is there");
    assert!(view.matter.expect("a matter").questions[0].answer.is_some());
}

#[test]
fn a_list_says_when_there_is_more() {
    let village = Village::peopled();
    for _ in 0..3 {
        village.received(&[]);
    }
    let cut = ok(&village.run("worker", &["list", "--limit", "2"]));
    assert!(cut.lines().count() == 3 && cut.contains("--limit"), "{cut}");
    let whole = ok(&village.run("worker", &["list", "--limit", "3"]));
    assert_eq!(whole.lines().count(), 3, "{whole}");
}

#[test]
fn every_command_explains_itself_in_both_languages() {
    let village = Village::new();
    let all = ok(&village.run("nobody", &["help"]));
    let commands: Vec<&str> = all
        .lines()
        .skip_while(|line| !line.starts_with("命令"))
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-'))
        .collect();
    assert!(commands.len() > 25 && commands.contains(&"take-on"), "{all}");
    for command in commands {
        let help = ok(&village.run("nobody", &["help", command]));
        for boilerplate in [
            "Usage:",
            "Options:",
            "Arguments:",
            "Commands:",
            "Print help",
            "[env",
            "[default",
        ] {
            assert!(!help.contains(boilerplate), "{boilerplate} in {command}:\n{help}");
        }
        let is_both = help.lines().next().is_some_and(|line| {
            line.chars().any(|c| c > '\u{2e80}') && line.chars().any(|c| c.is_ascii_lowercase())
        });
        assert!(is_both, "{command}:\n{help}");
    }
}

#[test]
fn what_is_not_understood_is_said_in_both_languages_with_what_was_perhaps_meant() {
    let village = Village::new();
    for (words, zh, en) in [
        (vec!["retrun", "x"], "没有这个命令", "return"),
        (vec!["approve"], "还要写明", "<REPORT>"),
        (vec!["show", "x", "--colour"], "没有这个选项", "--colour"),
        (vec!["list", "yours"], "写得不对", "yours"),
        (
            vec!["capture", "--at", "120.9,28.3"],
            "纬度在前",
            "latitude first",
        ),
        (vec![], "请写明做什么", "say what to do"),
    ] {
        let said = village.run("nobody", &words);
        assert_eq!(said.status.code(), Some(2), "{words:?}");
        let said = text(&said);
        assert!(said.contains(zh) && said.contains(en), "{words:?}: {said}");
        for boilerplate in ["error:", "Usage:", "tip:", "For more"] {
            assert!(!said.contains(boilerplate), "{boilerplate} in {said}");
        }
    }
}

#[test]
fn an_urgent_report_names_both_who_may_decide_it() {
    let village = Village::peopled();
    let code = village.received(&["--urgent"]);
    let names = |code: &str| {
        let shown = ok(&village.run("worker", &["show", code]));
        shown.lines().filter(|line| line.starts_with("现在在")).count()
    };
    let both = names(&code);
    ok(&village.run("chief", &["approve", &code]));
    village.sync_both();
    assert_eq!(
        names(&code),
        both - 1,
        "the chief has spoken, the room has it alone"
    );
}

#[test]
fn a_phone_that_was_revoked_says_that_its_work_waits_for_a_person_and_not_for_a_network() {
    let village = Village::peopled();
    let code = village.received(&[]);
    let service = &village.server.service;
    let installs = service
        .installs(Some(&person_id("w01")))
        .expect("they are listed");
    service
        .install_revoke(&super::operator(), installs[0].install)
        .expect("it is revoked");
    let late = code_in(&ok(&village.run(
        "worker",
        &[
            "capture",
            "--category",
            "违章广告",
            "--grid",
            "QH-YF-A1",
            "--text",
            "停用前",
        ],
    )));
    let waiting = ok(&village.run("worker", &["show", &late]));
    assert!(waiting.contains("待发送"), "{waiting}");
    let said = village.say("worker", &["sync"]);
    assert!(said.contains("这部手机已停用"), "{said}");
    let shown = ok(&village.run("worker", &["show", &late]));
    assert!(
        shown.contains("等人工审看") && !shown.contains("待发送"),
        "{shown}"
    );
    let nowhere = village.say("worker", &["rescue", "/proc/nowhere"]);
    assert!(nowhere.contains("/proc/nowhere"), "{nowhere}");
    assert_ne!(code, late);
}

#[test]
fn a_report_is_found_by_its_inner_name_too() {
    let village = Village::peopled();
    let code = village.received(&[]);
    let story = village
        .server
        .service
        .report_story(&super::operator(), &ReportRef::Code(code.clone()), None)
        .expect("it is there");
    let id: ReportId = story.row.report;
    let shown = ok(&village.run("chief", &["show", &id.to_string()]));
    assert!(shown.contains(&code), "{shown}");
}
