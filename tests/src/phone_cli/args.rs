//! What may be typed.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use clap::{Args, Parser, Subcommand, ValueEnum};

use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::report::Source;
use xunge_core::time::Timestamp;

use super::Lang;

mod walk;

pub use walk::{CheckUpArgs, CoverageArgs, PatrolCommand, ReplayArgs, StartArgs};

/// 终端里的手机：一部手机一个文件夹，断网、被杀都不丢 (a phone in the terminal).
#[derive(Parser, Clone, Debug)]
#[command(
    name = "xunge-phone",
    version,
    disable_help_flag = true,
    disable_version_flag = true
)]
pub struct Cli {
    /// 手机的数据文件夹，不写就是 xunge-phone-data (the phone's data folder)
    #[arg(
        long,
        env = "XUNGE_PHONE",
        default_value = "xunge-phone-data",
        global = true,
        value_name = "FOLDER"
    )]
    pub phone: PathBuf,
    /// 用哪个人的账户：姓名或工号；只有一个时不用写 (whose profile)
    #[arg(long, env = "XUNGE_PROFILE", global = true, value_name = "WHO")]
    pub profile: Option<String>,
    /// 界面语言：zh 或 en (language)
    #[arg(long, env = "XUNGE_LANG", value_enum, default_value_t = Lang::Zh, global = true)]
    pub lang: Lang,
    /// 不经编码里的地址，改走这个地址 (another address of the server, for a proxy)
    #[arg(long, env = "XUNGE_SERVER", global = true, value_name = "URL")]
    pub server: Option<String>,
    /// 做什么 (what to do)
    #[command(subcommand)]
    pub command: Command,
}

/// What the phone can do.
#[derive(Subcommand, Clone, Debug)]
pub enum Command {
    /// 登记：扫码得到的一行文字 (enrol with the text of the QR code)
    Enrol {
        /// 登记码，整行：xunge:1:地址:口令 (the whole line)
        code: String,
        /// 手机叫什么，不写就是 terminal (the phone's label)
        #[arg(long, default_value = "terminal")]
        label: String,
    },
    /// 这部手机上的人 (profiles on this phone)
    Profiles,
    /// 一次采集并上报 (capture and submit in one)
    Capture(Capture),
    /// 草稿 (drafts)
    #[command(subcommand)]
    Draft(DraftCommand),
    /// 当场处置：采集并说明结果 (settled on the spot)
    Settle {
        /// 结果 (what was done)
        #[arg(long)]
        result: String,
        /// 内容 (the content)
        #[command(flatten)]
        capture: Capture,
    },
    /// 列表 (a list)
    List {
        /// 哪一栏：all 全部、mine 我报的、to-do 等我办的 (which tab; left out: all)
        #[arg(value_enum, default_value_t = Tab::All)]
        tab: Tab,
        /// 最多几条，不写就是 20 条 (how many at most; left out: 20)
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// 看一件：编码、编码末尾几位或内部编号 (show one report)
    Show {
        /// 编码，或它末尾几位 (the code, or its last signs)
        report: String,
    },
    /// 修改已上报或被退回的 (edit what was submitted or returned)
    Edit {
        /// 编码，或它末尾几位 (the code, or its last signs)
        report: String,
        /// 改什么 (what changes)
        #[command(flatten)]
        content: Content,
        /// 改完再报 (hand it in again)
        #[arg(long)]
        submit: bool,
        /// 改完按当场处置再报，写明结果 (hand it in again as settled on the spot, with what was done)
        #[arg(long, conflicts_with = "submit", value_name = "RESULT")]
        settle: Option<String>,
    },
    /// 加一句备注 (add a note)
    Note {
        /// 编码，或它末尾几位 (the code, or its last signs)
        report: String,
        /// 备注的文字 (the words)
        text: String,
    },
    /// 同意上报 (approve)
    Approve(Decision),
    /// 退回，要说理由 (return, with a reason)
    Return(Decision),
    /// 网格内处置 (take it on)
    TakeOn(Decision),
    /// 提级 (pass up a level)
    PassUp {
        /// 到哪一级：village 村、township 镇、county 县；不写就是镇 (to which level; left out: township)
        #[arg(long, value_enum)]
        to: Option<UpTo>,
        /// 哪一件 (which)
        #[command(flatten)]
        decision: Decision,
    },
    /// 签收 (sign)
    Sign(UnitDecision),
    /// 反馈 (feed back)
    FeedBack(UnitDecision),
    /// 办结 (close)
    Close(Decision),
    /// 撤回 (withdraw)
    Withdraw(Decision),
    /// 驳回重办 (not passed: handle again)
    Rework(Decision),
    /// 催办 (urge)
    Urge(Decision),
    /// 问报告人一句，不改变状态 (ask the reporter; the state stays)
    Ask(Decision),
    /// 答复询问 (answer the open question)
    Answer(Decision),
    /// 答复核查 (answer the check that was asked of you)
    AnswerCheck(Finding),
    /// 回访结果 (what the informant said when called back)
    CallBack(Finding),
    /// 申请延期 (ask for more time)
    AskTime {
        /// 到哪天，如 2026-11-30 (until which day)
        #[arg(long, value_parser = instant)]
        until: Timestamp,
        /// 哪一件 (which)
        #[command(flatten)]
        decision: UnitDecision,
    },
    /// 退办：不归本单位 (hand back: not ours)
    HandBack {
        /// 建议交给哪个单位 (whose it should be)
        #[arg(long, value_name = "UNIT")]
        to: Option<String>,
        /// 哪一件 (which)
        #[command(flatten)]
        decision: UnitDecision,
    },
    /// 确认一条待确认的决定 (confirm a decision that waits for the present holder)
    Confirm(Decision),
    /// 需要留意的：镇里没有收下的 (needs attention: what the township did not take)
    NeedsAttention {
        /// 看过了，清掉这一条 (clear this one)
        #[arg(long, value_name = "NUMBER")]
        clear: Option<i64>,
        /// 再试一次 (try it again)
        #[arg(long, value_name = "NUMBER", conflicts_with = "clear")]
        retry: Option<i64>,
    },
    /// 发送到哪一步了 (how far sending has come)
    Status,
    /// 现在收发一次 (send and receive now)
    Sync {
        /// 只收发文字 (text only)
        #[arg(long)]
        no_pictures: bool,
    },
    /// 等新消息，到了就收 (wait for news, then receive)
    Wait {
        /// 最多等几秒，不写就是 60 秒 (how long at most, in seconds; left out: 60)
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// 巡查 (patrols)
    #[command(subcommand)]
    Patrol(PatrolCommand),
    /// 哪些地方看过、没看过、说不清 (which places were seen, were not, or cannot be known)
    Coverage(CoverageArgs),
    /// 重点场所：到期、逾期、已走访 (key places: due, overdue, visited)
    KeyPlaces,
    /// 走访一处重点场所，或说明免走访 (check a key place, or excuse it)
    CheckUp(CheckUpArgs),
    /// 接下来可以去哪里，只是建议 (where one might go next: a suggestion)
    WhereNext {
        /// 现在在哪里：纬度,经度 (where you are: lat,lon)
        #[arg(long, value_parser = position)]
        at: Position,
    },
    /// 把还没发出的写进一个密封文件 (everything unsent into a sealed file)
    Rescue {
        /// 文件 (the file)
        file: PathBuf,
    },
    /// 服务器签名的审计检查点，交给审计的人 (signed checkpoints of the audit chains, for who audits the server)
    Checkpoints,
    /// 下载一件的图片到文件夹 (fetch a report's pictures)
    Pictures {
        /// 编码，或它末尾几位 (the code, or its last signs)
        report: String,
        /// 放在哪个文件夹，不写就是 pictures (into which folder; left out: pictures)
        #[arg(long, default_value = "pictures")]
        into: PathBuf,
    },
}

/// Draft commands.
#[derive(Subcommand, Clone, Debug)]
pub enum DraftCommand {
    /// 开一份，打印编码 (begin one, print its code)
    Begin(Content),
    /// 接着填 (go on filling in)
    Edit {
        /// 编码，或它末尾几位 (the code, or its last signs)
        report: String,
        /// 填什么 (what)
        #[command(flatten)]
        content: Content,
    },
    /// 全部草稿 (all drafts)
    List,
    /// 上报 (submit)
    Submit {
        /// 编码，或它末尾几位 (the code, or its last signs)
        report: String,
    },
    /// 按当场处置上报 (hand in as settled on the spot)
    Settle {
        /// 编码，或它末尾几位 (the code, or its last signs)
        report: String,
        /// 结果 (what was done)
        #[arg(long)]
        result: String,
    },
    /// 丢弃 (discard)
    Discard {
        /// 编码，或它末尾几位 (the code, or its last signs)
        report: String,
    },
}

/// What can be filled in.
#[derive(Args, Clone, Debug, Default)]
pub struct Content {
    /// 类别：编码或名称 (category: code or name)
    #[arg(long)]
    pub category: Option<String>,
    /// 描述 (words)
    #[arg(long)]
    pub text: Option<String>,
    /// 网格：编码或名称；不写就按位置认 (grid; left out: by position)
    #[arg(long)]
    pub grid: Option<String>,
    /// 纬度,经度 (lat,lon in degrees, WGS 84)
    #[arg(long, value_parser = position)]
    pub at: Option<Position>,
    /// 精度，米；不写就是 15 (accuracy in metres; left out: 15)
    #[arg(long, default_value_t = 15.0)]
    pub accuracy: f64,
    /// 地名 (place in words)
    #[arg(long)]
    pub place: Option<String>,
    /// 照片，可多张 (pictures)
    #[arg(long)]
    pub photo: Vec<PathBuf>,
    /// 处置后照片 (pictures of afterwards)
    #[arg(long)]
    pub after_photo: Vec<PathBuf>,
    /// 语音 .m4a (voice notes)
    #[arg(long)]
    pub voice: Vec<PathBuf>,
    /// 类别的字段，如 大小=中 (a field of the category by its label or id: size=中)
    #[arg(long, value_parser = field)]
    pub field: Vec<(String, String)>,
    /// 有关的人：姓名,电话,告知人 或 当事人 (NAME,TELEPHONE,informant or party)
    #[arg(long)]
    pub person: Vec<String>,
    /// 什么时候的事，如 2026-11-22 08:30 (when it happened or was seen)
    #[arg(long, value_parser = instant)]
    pub when: Option<Timestamp>,
    /// 来源：seen、told-by、phone、visitor、paper、hotline、drone、sensor、other-system、police (how it came to be known)
    #[arg(long, value_parser = source)]
    pub source: Option<Source>,
    /// 紧急：同时到网格长和指挥室 (urgent: reaches chief and room together)
    #[arg(long)]
    pub urgent: bool,
    /// 不紧急了 (not urgent after all)
    #[arg(long, conflicts_with = "urgent")]
    pub not_urgent: bool,
}

/// A capture in one command.
#[derive(Args, Clone, Debug)]
pub struct Capture {
    /// 内容 (the content)
    #[command(flatten)]
    pub content: Content,
}

/// A decision on one report.
#[derive(Args, Clone, Debug)]
pub struct Decision {
    /// 编码，或它末尾几位 (the code, or its last signs)
    pub report: String,
    /// 理由；退回、退办、驳回必须写 (reason; a must for a return)
    #[arg(long)]
    pub reason: Option<String>,
    /// 说明 (text that goes with it)
    #[arg(long)]
    pub text: Option<String>,
}

/// A decision for a unit.
#[derive(Args, Clone, Debug)]
pub struct UnitDecision {
    /// 哪一件 (which)
    #[command(flatten)]
    pub decision: Decision,
    /// 哪个单位；不写就是自己的 (the unit; left out: one's own)
    #[arg(long)]
    pub unit: Option<String>,
}

/// What was found out.
#[derive(Args, Clone, Debug)]
pub struct Finding {
    /// 哪一件 (which)
    #[command(flatten)]
    pub decision: Decision,
    /// 结论：confirmed 属实、not-confirmed 不属实、unknown 查不清 (what was found)
    #[arg(long, value_enum)]
    pub verdict: Found,
}

/// Findings.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// 属实 (confirmed)
    Confirmed,
    /// 不属实 (not confirmed)
    NotConfirmed,
    /// 查不清 (could not be found out)
    Unknown,
}

/// Tabs of the list.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tab {
    /// 全部 (everything)
    All,
    /// 我报的 (mine)
    Mine,
    /// 等我办的 (waiting for me)
    ToDo,
}

/// Levels above.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum UpTo {
    /// 村 (village)
    Village,
    /// 镇 (township)
    Township,
    /// 县 (county)
    County,
}

fn position(text: &str) -> Result<Position, String> {
    let parts: Vec<&str> = text.split([',', '，']).map(str::trim).collect();
    let [lat, lon] = parts[..] else {
        return Err("写成 纬度,经度，如 28.291,120.884 (lat,lon)".to_owned());
    };
    let number = |t: &str| {
        t.parse::<f64>()
            .map_err(|_| format!("`{t}` 不是数字 (not a number)"))
    };
    let at = Position {
        lat_deg: number(lat)?,
        lon_deg: number(lon)?,
    };
    if at.lat_deg.abs() > 90.0 || at.lon_deg.abs() > 180.0 {
        return Err("纬度在前，经度在后：是不是写反了？ (latitude first)".to_owned());
    }
    Ok(at)
}

/// A day or a minute by the clock of Shanghai; a day stands for 18:00.
fn instant(text: &str) -> Result<Timestamp, String> {
    let text = text.trim().replace('T', " ");
    let at = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M").or_else(|_| {
        NaiveDate::parse_from_str(&text, "%Y-%m-%d")
            .map(|day| day.and_time(NaiveTime::MIN) + TimeDelta::hours(18))
    });
    let at = at.map_err(|_| "写成 2026-11-22 或 2026-11-22 08:30 (a day or a minute)")?;
    Ok(Timestamp((at - TimeDelta::hours(8)).and_utc().timestamp_millis()))
}

fn source(text: &str) -> Result<Source, String> {
    let word = serde_json::Value::String(text.replace('-', "_"));
    serde_json::from_value(word)
        .map_err(|_| "没有这种来源，请看帮助 (no such source: see the help)".to_owned())
}

fn field(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("写成 字段=内容 (key=value)")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

impl Content {
    /// The position claim, if one was given.
    pub fn claim(&self) -> Option<PlaceClaim> {
        self.at.map(|position| PlaceClaim {
            position,
            accuracy_m: self.accuracy,
            provider: Provider::Satellite,
            is_mock: false,
            age_ms: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn swapped_coordinates_are_pointed_out() {
        let swapped = ["xunge-phone", "capture", "--at", "120.88,28.29"];
        let error = Cli::try_parse_from(swapped).expect_err("a latitude of 120 is none");
        assert!(error.to_string().contains("纬度在前"), "{error}");
    }

    #[test]
    fn a_capture_takes_several_pictures_fields_and_people() {
        let cli = Cli::try_parse_from([
            "xunge-phone",
            "--phone",
            "p",
            "capture",
            "--category",
            "enforcement.banner",
            "--photo",
            "a.jpg",
            "--photo",
            "b.jpg",
            "--at",
            "28.29,120.884",
            "--accuracy",
            "8",
            "--field",
            "count=2",
            "--person",
            "李四,19955501001,informant",
            "--urgent",
        ])
        .expect("it is complete");
        let Command::Capture(capture) = cli.command else {
            panic!("a capture")
        };
        assert_eq!(capture.content.photo.len(), 2);
        assert_eq!(capture.content.field, [("count".to_owned(), "2".to_owned())]);
        assert_eq!(capture.content.claim().expect("a position").accuracy_m, 8.0);
        assert_eq!(capture.content.person.len(), 1);
    }
}
