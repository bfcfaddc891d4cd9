//! The command line as a township uses it: the real program on a real folder, in both languages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

#[path = "cli/key.rs"]
mod key;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use xunge_core::app::{Device, Phone, PhoneConfig};
use xunge_core::document::FieldEdit;
use xunge_core::id::ReportId;
use xunge_core::sync::transport::{CancelToken, HttpTransport};
use xunge_core::time::SystemClock;

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A folder with keys, a township, three people and their posts.
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        desk.good(&["init", "--county", "C1:山海县", "--township", "T1:长乐镇"]);
        for (kind, text) in [
            (
                "units",
                "编号,名称,类型,上级\nV1,王家村,村社,T1\nG1,一网格,网格,V1\nD1,执法队,部门,T1\n",
            ),
            (
                "people",
                "编号,姓名,电话\nw1,王芳,13800000001\nc1,李明,13800000002\nk1,赵信,13800000003\n",
            ),
            (
                "posts",
                "人员编号,岗位,单位编号,任职日期\nw1,网格员,G1,2026-01-01\nc1,网格长,G1,2026-01-01\nk1,信息员,T1,2026-01-01\n",
            ),
            ("categories", "编号,名称,上级\nHJ,环境卫生,\nHJ01,垃圾堆放,HJ\n"),
        ] {
            let file = desk.write(&format!("{kind}.csv"), text);
            desk.good(&["import", kind, file.to_str().unwrap()]);
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xunge-server"));
        command
            .arg("--data")
            .arg(self.path("data"))
            .env_remove("XUNGE_CONFIG");
        command
    }

    /// Runs it; whether it succeeded, and what it said on both outputs.
    fn run(&self, args: &[&str]) -> (bool, String) {
        let done = self.command().args(args).output().unwrap();
        let text = [done.stdout, done.stderr].concat();
        (done.status.success(), String::from_utf8(text).unwrap())
    }

    fn good(&self, args: &[&str]) -> String {
        let (is_good, text) = self.run(args);
        assert!(is_good, "{args:?}: {text}");
        text
    }

    fn bad(&self, args: &[&str]) -> String {
        let (is_good, text) = self.run(args);
        assert!(!is_good, "{args:?}: {text}");
        text
    }

    fn serve(&self) -> Serving {
        let mut child = self
            .command()
            .args(["--lang", "en", "serve", "--listen", "127.0.0.1:0"])
            .env("XUNGE_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        Serving {
            url: url.unwrap_or_else(|| panic!("{line}")).to_owned(),
            child,
        }
    }

    fn device(&self, serving: &Serving, person: &str) -> Arc<Device> {
        let code = self.good(&["enrol", person, "--text", "--url", &serving.url]);
        let config = PhoneConfig::new(Arc::new(SystemClock), "test");
        let phone = Phone::open(self.path(&format!("phone-{person}")), config).unwrap();
        let profile = phone.enrol(code.trim(), &serving.transport()).unwrap();
        let device = phone.device(&profile, None).unwrap();
        sync(&device, serving);
        device
    }
}

struct Serving {
    url: String,
    child: Child,
}

impl Serving {
    fn transport(&self) -> HttpTransport {
        HttpTransport::new(&self.url, &[]).unwrap()
    }

    /// Asks it to stop as a service manager does, and waits for the end.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.child.wait().unwrap().success(), "it stops gracefully");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn sync(device: &Device, serving: &Serving) {
    let done = device.sync(&serving.transport(), &CancelToken::default());
    assert!(done.failure.is_none(), "{done:?}");
}

fn report(device: &Device, words: &str) -> ReportId {
    let report = device.begin_draft().unwrap();
    let edits = [
        FieldEdit::SetCategory {
            category: "HJ01".parse().unwrap(),
            version: 1,
        },
        FieldEdit::SetGrid(Some("G1".parse().unwrap())),
        FieldEdit::SetDescription(words.to_owned()),
    ];
    device.edit_draft(report, &edits).unwrap();
    device.submit(report).unwrap();
    report
}

#[test]
fn a_report_goes_from_the_phone_through_the_room_to_its_end_by_commands_alone() {
    let desk = Desk::new();
    let serving = desk.serve();
    let (worker, chief) = (desk.device(&serving, "w1"), desk.device(&serving, "c1"));
    let report = report(&worker, "桥头有垃圾");
    sync(&worker, &serving);
    sync(&chief, &serving);
    chief
        .decide(report, xunge_core::command::Action::Approve, None, None)
        .unwrap();
    sync(&chief, &serving);
    let queue = desk.good(&["queue", "--state", "queued"]);
    let code = queue.split_whitespace().next().unwrap().to_owned();
    assert!(queue.contains("待受理"), "{queue}");
    let act = |words: &[&str]| {
        let args: Vec<&str> = ["act", &code, words[0], "--as", "k1"]
            .into_iter()
            .chain(words[1..].iter().copied())
            .collect();
        desk.run(&args)
    };
    assert!(act(&["accept"]).0);
    let (is_good, text) = act(&["void"]);
    assert!(!is_good && text.contains("必须说明理由"), "{text}");
    let (is_good, text) = act(&["dispatch", "--to", "D1@2027-01-31", "--text", "请清理"]);
    assert!(is_good && text.contains("已交办"), "{text}");
    let (is_good, text) = act(&["dispatchh"]);
    assert!(!is_good && text.contains("没有这样的动作"), "{text}");
    // The worker hears of every step.
    sync(&worker, &serving);
    let story = desk.good(&["report", &code]);
    for wanted in [
        "已交办",
        "执法队",
        "桥头有垃圾",
        "同意上报",
        "未生效：必须说明理由",
        "请清理",
    ] {
        assert!(story.contains(wanted), "{wanted} in\n{story}");
    }
    let english = desk.good(&["--lang", "en", "report", &code]);
    assert!(
        english.contains("held by") && english.contains("a reason is required"),
        "{english}"
    );
    assert!(desk.good(&["verify"]).contains("全部正确"));
    let figures: serde_json::Value = serde_json::from_str(&desk.good(&["verify", "--json"])).unwrap();
    assert_eq!(figures["reports"], 1, "nothing but JSON is printed");
    assert!(desk.good(&["installs"]).contains("王芳"));
    serving.stop();
}

#[test]
fn a_backup_put_back_holds_what_it_held_and_the_phone_offers_the_rest_again() {
    let desk = Desk::new();
    let serving = desk.serve();
    let worker = desk.device(&serving, "w1");
    report(&worker, "第一件");
    sync(&worker, &serving);
    let queue = desk.good(&["queue"]);
    let code = queue.split_whitespace().next().unwrap().to_owned();
    let backup = desk.path("backup");
    let backup = backup.to_str().unwrap();
    desk.good(&["backup", backup]);
    let sealed = std::fs::read(desk.path("backup/database.sealed")).unwrap();
    let name = "王芳".as_bytes();
    assert!(
        !sealed.windows(name.len()).any(|word| word == name),
        "names lie open in the backup"
    );
    report(&worker, "第二件");
    sync(&worker, &serving);
    assert_eq!(desk.good(&["queue"]).lines().count(), 2);
    // Nothing is put back under a running server.
    assert!(desk.bad(&["restore", backup]).contains("正在使用"));
    desk.good(&["act", &code, "remark", "--as", "k1", "--text", "只在电脑上说过"]);
    serving.stop();
    let said = desk.good(&["restore", backup]);
    let aside = said
        .split_whitespace()
        .find(|word| word.contains("before-restore"));
    let aside = aside.unwrap_or_else(|| panic!("{said}")).to_owned();
    assert!(said.contains("submit") && said.contains("remark"), "{said}");
    assert_eq!(desk.good(&["queue"]).lines().count(), 1);
    let serving = desk.serve();
    sync(&worker, &serving);
    assert_eq!(desk.good(&["queue"]).lines().count(), 2);
    // The phone has brought its own back; what was said at a desk and reached no phone is what is left.
    let left = desk.good(&["missing", &aside]);
    assert!(left.contains("remark") && !left.contains("submit"), "{left}");
    assert!(desk.good(&["verify"]).contains("全部正确"));
    serving.stop();
}

#[test]
fn a_restore_that_was_killed_half_way_is_refused_until_it_is_run_again() {
    let desk = Desk::new();
    let serving = desk.serve();
    let worker = desk.device(&serving, "w1");
    report(&worker, "第一件");
    sync(&worker, &serving);
    let backup = desk.path("backup");
    let backup = backup.to_str().unwrap();
    desk.good(&["backup", backup]);
    serving.stop();
    desk.good(&["restore", backup]);
    // Killed after the old file was set aside and before the new one took its place.
    let database = desk.path("data/xunge.sqlite");
    let aside = desk.path("data/xunge.sqlite.before-restore-5");
    std::fs::rename(&database, &aside).unwrap();
    std::fs::write(desk.path("data/xunge.sqlite.restoring"), "5").unwrap();
    let said = desk.bad(&["queue"]);
    assert!(said.contains("再运行一遍"), "{said}");
    assert!(!database.exists(), "no empty database took its place");
    desk.good(&["restore", backup]);
    assert_eq!(desk.good(&["queue"]).lines().count(), 1);
    assert!(desk.good(&["verify"]).contains("全部正确"));
    assert!(aside.exists(), "what was set aside is still there");
}

#[test]
fn a_rescue_file_brings_what_the_phone_could_not_send_and_twice_is_once() {
    let desk = Desk::new();
    let serving = desk.serve();
    let worker = desk.device(&serving, "w1");
    report(&worker, "没有信号时写的");
    let file = desk.path("w1.rescue");
    worker.rescue(&file).unwrap();
    let file = file.to_str().unwrap();
    assert!(
        desk.good(&["import", "--rescue", file, "--dry-run"])
            .contains("w1")
    );
    assert_eq!(desk.good(&["queue"]).lines().count(), 0);
    desk.good(&["import", "--rescue", file]);
    desk.good(&["import", "--rescue", file]);
    let queue = desk.good(&["queue"]);
    assert_eq!(queue.lines().count(), 1, "{queue}");
    let key = desk.path("other.key");
    std::fs::write(&key, "07".repeat(32)).unwrap();
    set_private(&key);
    let other = desk.bad(&[
        "import",
        "--rescue",
        file,
        "--recovery-key",
        key.to_str().unwrap(),
    ]);
    assert!(other.contains("恢复密钥不对"), "{other}");
    let not_one = desk.write("x.rescue", "hello");
    let said = desk.bad(&["--lang", "en", "import", "--rescue", not_one.to_str().unwrap()]);
    assert!(said.contains("not a rescue file"), "{said}");
    // The phone, back in range, learns that everything is there.
    sync(&worker, &serving);
    assert_eq!(desk.good(&["queue"]).lines().count(), 1);
    serving.stop();
}

#[cfg(unix)]
fn set_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn the_official_holidays_come_in_without_a_file_and_twice_is_once() {
    let desk = Desk::new();
    let count = xunge_core::directory::holidays().len();
    let first = desk.good(&["import", "calendar"]);
    assert!(first.contains(&format!("{count} ")), "{first}");
    let again = desk.good(&["import", "calendar"]);
    assert!(
        again.contains("0 ") && again.contains(&count.to_string()),
        "{again}"
    );
    let (is_good, said) = desk.run(&["import", "people"]);
    assert!(
        !is_good && said.contains("文件"),
        "only the calendar ships: {said}"
    );
}

#[test]
fn a_bad_file_is_told_whole_and_applies_nothing() {
    let desk = Desk::new();
    let file = desk.write("more.csv", "编号,姓名,电话\nw7,钱七,13800000007\nw 8,孙八,12\n");
    let said = desk.bad(&["import", "people", file.to_str().unwrap()]);
    assert!(
        said.contains("什么都没有导入") && said.contains("第 3 行，编号 (A)“w 8”"),
        "{said}"
    );
    assert!(said.contains("第 3 行，电话 (C)“12”"), "{said}");
    let said = desk.bad(&["enrol", "w7"]);
    assert!(said.contains("出错了"), "{said}");
}

#[test]
fn what_stands_in_the_way_is_said_with_what_to_do() {
    let desk = Desk::new();
    let serving = desk.serve();
    let second = desk.bad(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(second.contains("正在使用这个数据目录"), "{second}");
    serving.stop();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(
        desk.bad(&["serve", "--listen", &address])
            .contains("被别的程序占用")
    );
    let english = desk.bad(&["--lang", "en", "serve", "--listen", &address]);
    assert!(english.contains("in use by another program"), "{english}");
    assert!(desk.bad(&["init"]).contains("不会覆盖密钥"));
    let wrong = desk
        .command()
        .arg("queue")
        .env("XUNGE_LISTEN", "here")
        .env("XUNGE_LIMITS_WAIT_MS_MAX", "0")
        .output()
        .unwrap();
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("配置有 2 处问题"), "{said}");
    let nowhere = Command::new(env!("CARGO_BIN_EXE_xunge-server"))
        .args(["--data", "/nowhere/at/all", "queue"])
        .output()
        .unwrap();
    assert!(
        String::from_utf8(nowhere.stderr)
            .unwrap()
            .contains("xunge-server init")
    );
}

#[test]
fn erasing_takes_a_reason_and_leaves_no_words_behind() {
    let desk = Desk::new();
    let serving = desk.serve();
    let worker = desk.device(&serving, "w1");
    report(&worker, "要删除的内容");
    sync(&worker, &serving);
    let queue = desk.good(&["queue"]);
    let code = queue.split_whitespace().next().unwrap().to_owned();
    assert!(
        desk.bad(&["erase", "report", &code, "--reason", " "])
            .contains("必须写明理由")
    );
    desk.good(&["erase", "report", &code, "--reason", "当事人申请"]);
    let story = desk.good(&["report", &code]);
    assert!(
        story.contains("已依法删除") && !story.contains("要删除的内容"),
        "{story}"
    );
    assert!(desk.good(&["verify"]).contains("全部正确"));
    serving.stop();
}

#[test]
fn the_samples_of_the_documents_are_imported_without_a_problem() {
    let desk = Desk {
        folder: tempfile::tempdir().unwrap(),
    };
    desk.good(&["init", "--county", "XS:小山县", "--township", "QX:桥下镇"]);
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples");
    for (kind, file) in [
        ("units", "units.csv"),
        ("grids", "grids.geojson"),
        ("people", "people.csv"),
        ("posts", "posts.csv"),
        ("categories", "categories.csv"),
        ("calendar", "calendar.csv"),
        ("key-places", "key-places.geojson"),
        ("unreachable", "unreachable.geojson"),
        ("policies", "policies.csv"),
        ("rules", "rules.csv"),
    ] {
        let path = samples.join(file);
        let path = path.to_str().unwrap();
        let said = desk.good(&["import", kind, path, "--dry-run"]);
        assert!(said.contains("检查通过"), "{file}: {said}");
        let said = desk.good(&["import", kind, path]);
        assert!(
            said.contains("已导入") && !said.contains("没有用到"),
            "{file}: {said}"
        );
        let again = desk.good(&["import", kind, path]);
        assert!(again.contains("写入 0 条"), "{file}: {again}");
    }
    let text = desk.good(&["--lang", "en", "coverage", "--township", "QX"]);
    for words in [
        "QX-01-1",
        "seen 0.0%",
        "ha do not count",
        "ZD-1",
        "ZD-3",
        "excused until",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let text = desk.good(&["coverage", "--month", "2026-11", "--grid", "QX-01-2", "--phones"]);
    assert!(text.contains("已见 0.0%") && !text.contains("QX-01-1"), "{text}");
    let csv = desk.good(&["coverage", "--week", "2026-W47", "--format", "csv"]);
    assert_eq!(
        csv.lines().count(),
        5,
        "a header, the township, a village, two grids: {csv}"
    );
    let map = desk.good(&["coverage", "--day", "2026-11-22", "--format", "geojson"]);
    let map: serde_json::Value = serde_json::from_str(&map).unwrap();
    assert!(
        map["features"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["properties"]["reason"] == "water")
    );
    let picture = desk.path("coverage.png");
    desk.good(&["coverage", "--format", "png", "--out", picture.to_str().unwrap()]);
    assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    assert!(desk.bad(&["coverage", "--week", "47"]).contains("2026-W47"));
    assert!(desk.bad(&["coverage", "--day", "2026-11"]).contains("--day"));
    assert!(desk.bad(&["coverage", "--grid", "nowhere"]).contains("没有找到"));
    assert!(desk.bad(&["coverage", "--format", "png"]).contains("--out"));
}
