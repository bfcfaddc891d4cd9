//! `coverage`: what was seen of grids, villages and the township, as text, GeoJSON, CSV or a picture; key places; silent phones.

use std::path::PathBuf;

use xunge_core::coverage::{CoveragePeriod, Swatch};
use xunge_core::id::UnitId;
use xunge_core::key_place::PlaceStanding;

use super::{CliProblem, Desk, Say};
use crate::service::{CoverageLayer, CoverageQuery, Service, UnitCoverage, coverage_csv};

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// 文字.
    Text,
    /// 地图数据 · cells for a map.
    Geojson,
    /// 表格 · a table.
    Csv,
    /// 图片 · a picture.
    Png,
    /// 全部数字 · all figures.
    Json,
}

/// What `coverage` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct CoverageArgs {
    /// 镇街编号 · the township (default: the first)
    #[arg(long)]
    township: Option<UnitId>,
    /// 某一天，如 2026-11-22 · a day
    #[arg(long, value_name = "DAY", conflicts_with_all = ["week", "month"])]
    day: Option<String>,
    /// 某一周，如 2026-W47 · a week
    #[arg(long, value_name = "WEEK", conflicts_with = "month")]
    week: Option<String>,
    /// 某一月，如 2026-11 · a month
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// 网格或村社编号 · a grid or village
    #[arg(long, alias = "unit")]
    grid: Option<UnitId>,
    /// 输出形式 · the form
    #[arg(long, default_value = "text")]
    format: Format,
    /// 地图数据的内容 · what of the cells (geojson)
    #[arg(long, default_value = "period")]
    layer: CoverageLayer,
    /// 写入文件 · write to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// 列出没有联系上的手机（会记录） · phones not heard from (recorded)
    #[arg(long)]
    phones: bool,
}

pub(crate) fn run(desk: &Desk, args: &CoverageArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let query = CoverageQuery {
        feed: args.township.clone(),
        unit: args.grid.clone(),
        period: period(args)?,
        blind_weeks: None,
    };
    let by = Desk::operator(None);
    let bytes = match args.format {
        Format::Text => text(desk, &service, &query, args.phones)?.into_bytes(),
        Format::Csv => coverage_csv(&service.coverage(&by, &query)?).into_bytes(),
        Format::Json => json(&service.coverage(&by, &query)?),
        Format::Geojson => json(&service.coverage_cells(&by, &query, args.layer)?),
        Format::Png => service.coverage_picture(&by, &query)?,
    };
    match &args.out {
        Some(path) => {
            let problem = |source| CliProblem::File {
                path: path.clone(),
                source,
            };
            std::fs::write(path, &bytes).map_err(problem)?;
            let name = path.display();
            desk.say
                .line(&format!("已写入 {name}。"), &format!("Written to {name}."));
            if args.format == Format::Png {
                let (zh, en) = Swatch::legend(false);
                desk.say.line(&zh, &en);
            }
        }
        None if args.format == Format::Png => {
            return Err(CliProblem::usage(
                "图片请用 --out 指定文件",
                "name a file for the picture with --out",
            ));
        }
        None => desk.say.raw(String::from_utf8_lossy(&bytes).trim_end()),
    }
    Ok(())
}

fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("figures are plain data")
}

/// The period that is named; this week where none is.
fn period(args: &CoverageArgs) -> Result<Option<CoveragePeriod>, CliProblem> {
    let named = [&args.day, &args.week, &args.month].into_iter().flatten().next();
    let Some(text) = named else { return Ok(None) };
    let wrong = || {
        CliProblem::usage(
            format!("{text} 不是日期、周或月。请写成 --day 2026-11-22、--week 2026-W47 或 --month 2026-11"),
            format!("{text} is no such period; write --day 2026-11-22, --week 2026-W47 or --month 2026-11"),
        )
    };
    let period: CoveragePeriod = text.parse().map_err(|_| wrong())?;
    let fits = match period {
        CoveragePeriod::Day(_) => args.day.is_some(),
        CoveragePeriod::Week { .. } => args.week.is_some(),
        CoveragePeriod::Month { .. } => args.month.is_some(),
    };
    if fits { Ok(Some(period)) } else { Err(wrong()) }
}

fn text(
    desk: &Desk,
    service: &Service,
    query: &CoverageQuery,
    with_phones: bool,
) -> Result<String, CliProblem> {
    let by = Desk::operator(None);
    let say = desk.say;
    let answer = service.coverage(&by, query)?;
    let mut lines = vec![format!(
        "{} {}  {} {} … {}",
        say.pick("巡查覆盖", "Coverage"),
        answer.total.name,
        answer.period,
        answer.from,
        answer.to
    )];
    lines.push(unit_line(say, &answer.total, 0));
    for village in &answer.villages {
        lines.push(unit_line(say, village, 1));
        let own = answer
            .grids
            .iter()
            .filter(|grid| grid.parent.as_ref() == Some(&village.unit));
        lines.extend(own.map(|grid| unit_line(say, grid, 2)));
    }
    let is_alone = |grid: &&UnitCoverage| {
        !answer
            .villages
            .iter()
            .any(|v| grid.parent.as_ref() == Some(&v.unit))
    };
    lines.extend(
        answer
            .grids
            .iter()
            .filter(is_alone)
            .map(|grid| unit_line(say, grid, 1)),
    );
    let places = service.key_places(&by, query)?;
    if !places.places.is_empty() {
        lines.push(say.pick("重点场所", "Key places").to_owned());
    }
    for place in &places.places {
        let standing = say.word(place.standing.words());
        lines.push(format!(
            "  {}  {}  {}  {standing}{}",
            place.id,
            place.name,
            place.grid,
            until(say, &place.standing)
        ));
    }
    if with_phones {
        lines.extend(phones(desk, service, query)?);
    }
    Ok(lines.join("\n"))
}

fn until(say: Say, standing: &PlaceStanding) -> String {
    match (standing, say.pick("zh", "en")) {
        (PlaceStanding::Due { until }, "zh") => format!("，{until} 前"),
        (PlaceStanding::Due { until }, _) => format!(" until {until}"),
        (PlaceStanding::Overdue { since }, "zh") => format!("，自 {since}"),
        (PlaceStanding::Overdue { since }, _) => format!(" since {since}"),
        (PlaceStanding::Excused { until, reason }, "zh") => format!("至 {until}：{reason}"),
        (PlaceStanding::Excused { until, reason }, _) => format!(" until {until}: {reason}"),
        (PlaceStanding::Visited { next_on }, "zh") => format!("，下次 {next_on}"),
        (PlaceStanding::Visited { next_on }, _) => format!(", next on {next_on}"),
        (PlaceStanding::NotAsked, _) => String::new(),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// One line of a unit: what was seen, what cannot be known and why, what does not count, blind spots.
fn unit_line(say: Say, unit: &UnitCoverage, depth: usize) -> String {
    let mut parts = vec![format!("{}{} {}", "  ".repeat(depth), unit.unit, unit.name)];
    match unit.seen_share {
        Some(seen) => parts.push(format!("{} {}", say.pick("已见", "seen"), percent(seen))),
        None => parts.push(
            say.pick("没有边界，只计巡查次数", "no outline: visits and no share")
                .to_owned(),
        ),
    }
    if let Some(share) = unit.share.as_ref().filter(|share| share.unknown > 0) {
        let causes: Vec<&str> = share
            .unknown_by
            .iter()
            .map(|by| say.word(by.cause.words()))
            .collect();
        parts.push(format!(
            "{} {} ({})",
            say.pick("无法确定", "unknown"),
            percent(unit.unknown_share.unwrap_or_default()),
            causes.join(say.pick("、", ", "))
        ));
    }
    if let Some(share) = unit.share.as_ref().filter(|share| share.excluded > 0) {
        let reasons: Vec<&str> = share
            .excluded_by
            .keys()
            .map(|reason| say.word(reason.words()))
            .collect();
        let hectares = f64::from(u32::try_from(share.excluded).unwrap_or(u32::MAX)) * 0.04;
        parts.push(match say.pick("zh", "en") {
            "zh" => format!("不计入 {hectares:.1} 公顷（{}）", reasons.join("、")),
            _ => format!("{hectares:.1} ha do not count ({})", reasons.join(", ")),
        });
    }
    parts.push(match say.pick("zh", "en") {
        "zh" => format!("巡查 {} 次", unit.patrols),
        _ => format!("patrols: {}", unit.patrols),
    });
    if !unit.blind_spots.is_empty() {
        let count = unit.blind_spots.len();
        parts.push(match say.pick("zh", "en") {
            "zh" => format!("长期未见 {count} 处"),
            _ => format!("places unseen for weeks: {count}"),
        });
    }
    if unit.grids_undrawn > 0 && unit.share.is_some() {
        parts.push(match say.pick("zh", "en") {
            "zh" => format!("{} 个网格没有边界", unit.grids_undrawn),
            _ => format!("{} grids without outline", unit.grids_undrawn),
        });
    }
    parts.join("  ")
}

fn phones(desk: &Desk, service: &Service, query: &CoverageQuery) -> Result<Vec<String>, CliProblem> {
    let say = desk.say;
    let zone = super::import::zone(service)?;
    let answer = service.coverage_silence(&Desk::operator(None), query)?;
    let mut lines = vec![say.pick("没有联系上的手机", "Phones not heard from").to_owned()];
    if answer.phones.is_empty() {
        lines.push(say.pick("  没有", "  none").to_owned());
    }
    for phone in &answer.phones {
        let heard = phone
            .last_heard_at
            .map_or_else(|| say.pick("从未", "never").to_owned(), |at| say.time(at, zone));
        let days: Vec<String> = phone.silent_days.iter().map(ToString::to_string).collect();
        lines.push(format!(
            "  {}  {} {}  {}  {}: {heard}  {}",
            phone.grid,
            phone.person,
            phone.name,
            phone.device_label,
            say.pick("最后联系", "last heard"),
            days.join(" ")
        ));
    }
    Ok(lines)
}
