//! What may be typed about patrols, coverage and key places.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use xunge_core::coverage::CoveragePeriod;
use xunge_core::id::PersonId;
use xunge_core::patrol::PatrolKind;
use xunge_core::place::Position;
use xunge_core::time::Timestamp;

/// Patrol commands.
#[derive(Subcommand, Clone, Debug)]
pub enum PatrolCommand {
    /// 开始巡查 (start a patrol)
    Start(StartArgs),
    /// 暂停 (pause)
    Pause,
    /// 继续 (go on)
    Resume,
    /// 结束 (end)
    End,
    /// 交接给谁，写人员编号；对方在自己的手机上开始 (hand the shift over: the person's code; they start on their own phone)
    HandOver {
        /// 人员编号 (the person's code)
        person: PersonId,
    },
    /// 换成这些网格 (serve these grids from now on)
    Serve {
        /// 网格，可多个 (the grids)
        #[arg(required = true)]
        grids: Vec<String>,
    },
    /// 几点下班，如 2026-11-22 20:00；不写就不自动结束 (when the shift ends; left out: the patrol does not end with it)
    Until {
        /// 时间 (the time)
        #[arg(value_parser = super::instant)]
        at: Option<Timestamp>,
    },
    /// 会不会中断：定位、权限、省电，现在有没有位置 (what would cut tracking off here)
    SelfTest,
    /// 巡查到哪一步了；路程和时间只给自己看 (how it stands; distance and time are for yourself alone)
    Status,
    /// 按文件里的轨迹走一遍：GPX、NMEA 或表格 (walk along a file: GPX, NMEA or a table)
    Replay(ReplayArgs),
}

/// How a patrol begins.
#[derive(Args, Clone, Debug)]
pub struct StartArgs {
    /// 哪一种：routine 日常、on-order 指令、emergency 应急；不写就是日常 (what sort; left out: routine)
    #[arg(long, value_enum, default_value_t = Kind::Routine)]
    pub kind: Kind,
    /// 哪个网格，可多个；不写就是自己的 (which grids; left out: one's own)
    #[arg(long)]
    pub grid: Vec<String>,
    /// 指令编号 (the order that it answers)
    #[arg(long)]
    pub order: Option<String>,
    /// 几点下班，到时自动结束，如 2026-11-22 18:00；不写就按乡镇的上班时间 (when the shift ends: it then ends by itself; left out: with
    /// the township's working hours)
    #[arg(long, value_parser = super::instant)]
    pub until: Option<Timestamp>,
}

/// How a file is walked along.
#[derive(Args, Clone, Debug)]
pub struct ReplayArgs {
    /// 轨迹文件 (the file)
    pub file: PathBuf,
    /// 快几倍；不写就一口气走完 (how many times as fast; left out: at once)
    #[arg(long)]
    pub speed: Option<f64>,
    /// 文件没写精度时按几米算，不写就是 8 (metres of error where the file says nothing; left out: 8)
    #[arg(long, default_value_t = 8.0)]
    pub accuracy: f64,
    /// 走完就结束巡查 (end the patrol at the end of the file)
    #[arg(long)]
    pub end: bool,
    /// 每记下一点说一声 (say each fix as it is on the disk)
    #[arg(long)]
    pub each: bool,
    /// 没有巡查在进行时怎么开始 (how to begin where no patrol is under way)
    #[command(flatten)]
    pub start: StartArgs,
}

/// Sorts of patrols.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// 日常 (routine)
    Routine,
    /// 指令 (on order)
    OnOrder,
    /// 应急 (emergency)
    Emergency,
}

impl From<Kind> for PatrolKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Routine => Self::Routine,
            Kind::OnOrder => Self::OnOrder,
            Kind::Emergency => Self::Emergency,
        }
    }
}

/// Whose coverage, and of when.
#[derive(Args, Clone, Debug)]
pub struct CoverageArgs {
    /// 哪个网格；不写就是全部自己的 (which grid; left out: all one's own)
    #[arg(long)]
    pub grid: Option<String>,
    /// 哪一天、周、月，如 2026-11-22、2026-W47、2026-11；不写就是本周 (which day, week or month; left out: this week)
    #[arg(long, value_parser = period)]
    pub period: Option<CoveragePeriod>,
    /// 画成 PNG，要写明网格 (draw it as PNG; name a grid)
    #[arg(long, value_name = "FILE", requires = "grid")]
    pub png: Option<PathBuf>,
}

fn period(text: &str) -> Result<CoveragePeriod, String> {
    text.parse()
        .map_err(|_| "写成 2026-11-22、2026-W47 或 2026-11 (a day, week or month)".to_owned())
}

/// A word about a key place.
#[derive(Args, Clone, Debug)]
pub struct CheckUpArgs {
    /// 场所的编号 (the place's id)
    pub place: String,
    /// 看到什么 (what was seen)
    #[arg(long, default_value = "", hide_default_value = true)]
    pub text: String,
    /// 有问题；另外请上报 (not all is in order; please report it too)
    #[arg(long)]
    pub problem: bool,
    /// 免走访到哪天，如 2026-12-01；要写理由 (need not be visited until that day; give a reason)
    #[arg(long, value_name = "DAY", requires = "reason", conflicts_with = "problem")]
    pub excuse_until: Option<NaiveDate>,
    /// 免走访的理由 (why it need not be visited)
    #[arg(long, requires = "excuse_until")]
    pub reason: Option<String>,
    /// 在哪里：纬度,经度 (where: lat,lon)
    #[arg(long, value_parser = super::position)]
    pub at: Option<Position>,
}
