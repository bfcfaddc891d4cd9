//! 工作日志 in one tap: what this person did on a day, put together from work that is there already. Nothing is filled in twice.
//!
//! It is made on this phone, for its person, who shares it or not. No distances, no times on duty, no comparison with anybody.

use chrono::{DateTime, Datelike, NaiveDate};

use super::device::Context;
use super::{Device, list};
use crate::command::{Action, ActionKind, Command, Outcome};
use crate::error::Error;
use crate::id::{ReportId, UnitId};
use crate::in_order::InOrder;
use crate::key_place::{VisitKind, VisitRecord};
use crate::patrol::Segment;
use crate::store::{TrailKind, Tx};
use crate::time::Timestamp;
use crate::workflow::action_words;

/// What somebody did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayLogLine {
    /// When, as the phone claims.
    pub at: Timestamp,
    /// The report, where it is about one.
    pub report: Option<ReportId>,
    /// The line in Chinese: `09:12 上报：违章广告 · 王家桥头`.
    pub zh: String,
    /// … and in English.
    pub en: String,
}

/// A day's work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayLog {
    /// The day in the township's zone.
    pub day: NaiveDate,
    /// What was done, in order.
    pub lines: Vec<DayLogLine>,
    /// The whole in Chinese, to be shared.
    pub text_zh: String,
    /// The whole in English.
    pub text_en: String,
}

impl Device {
    /// What this person did on a day (`None`: today) on this phone, as the phone's clock had it.
    pub fn day_log(&self, day: Option<NaiveDate>) -> Result<DayLog, Error> {
        self.read(|tx, context| {
            let day = match day {
                Some(day) => day,
                None => super::coverage::today(tx, context)?,
            };
            let mut lines = decided(tx, context, day)?;
            lines.extend(visited(tx, context, day)?);
            lines.extend(patrolled(tx, context, day)?);
            lines.order_by(|a, b| (a.at, &a.zh).cmp(&(b.at, &b.zh)));
            Ok(whole(context, day, lines))
        })
    }
}

fn clock(context: &Context<'_>, at: Timestamp) -> DateTime<chrono_tz::Tz> {
    at.to_utc().with_timezone(&context.zone())
}

fn line(context: &Context<'_>, at: Timestamp, report: Option<ReportId>, zh: &str, en: &str) -> DayLogLine {
    let time = clock(context, at).format("%H:%M");
    DayLogLine {
        at,
        report,
        zh: format!("{time} {zh}"),
        en: format!("{time} {en}"),
    }
}

/// Own acts on reports that were not refused.
fn decided(tx: &Tx<'_>, context: &Context<'_>, day: NaiveDate) -> Result<Vec<DayLogLine>, Error> {
    let zone = context.zone();
    let mut lines = Vec::new();
    for row in tx.own_commands()? {
        let Ok(command) = row.signed.command() else {
            continue;
        };
        let at = command.at.judge().at;
        let result = row.result.as_ref().and_then(|word| word.result().ok());
        let is_refused = result.is_some_and(|result| matches!(result.outcome, Outcome::Refused(_)));
        if at.day_in(zone) != day || is_refused || command.by != *context.me() {
            continue;
        }
        let title = match tx.list_row(&row.report)? {
            Some(json) => list::named(&json, context)?.title,
            None => continue,
        };
        let (zh, en) = action_words(command.action.kind());
        let (more_zh, more_en) = said(&command);
        lines.push(line(
            context,
            at,
            Some(row.report),
            &format!("{zh}：{title}{more_zh}"),
            &format!("{en}: {title}{more_en}"),
        ));
    }
    Ok(lines)
}

/// What an act's line says besides: the reason of a return, the finding of a check.
fn said(command: &Command) -> (String, String) {
    use crate::command::Verdict;
    let words = match &command.action {
        Action::AnswerCheck { verdict, .. } => match verdict {
            Verdict::Confirmed => ("情况属实", "as reported"),
            Verdict::NotConfirmed => ("与上报不符", "not as reported"),
            Verdict::Unknown => ("无法核实", "could not be found out"),
        },
        action if action.kind() == ActionKind::Return => {
            let reason = command.reason.as_ref().map(|reason| reason.text.trim());
            let Some(text) = reason.filter(|text| !text.is_empty()) else {
                return Default::default();
            };
            (text, text)
        }
        _ => return Default::default(),
    };
    (format!("（{}）", words.0), format!(" ({})", words.1))
}

/// Check-ups of key places.
fn visited(tx: &Tx<'_>, context: &Context<'_>, day: NaiveDate) -> Result<Vec<DayLogLine>, Error> {
    let mut lines = Vec::new();
    for row in tx.trail_of(TrailKind::Visit)? {
        let Ok(record) = VisitRecord::decode(&row.bytes) else {
            continue;
        };
        let at = record.at.judge().at;
        let VisitKind::CheckUp { all_right, .. } = record.kind else {
            continue;
        };
        if at.day_in(context.zone()) != day || record.person != *context.me() {
            continue;
        }
        let mut places = context.directory.key_places(context.now());
        let name = places
            .find(|place| place.id == record.place)
            .map(|place| place.name.clone());
        let name = name.unwrap_or(record.place);
        let (zh, en) = match all_right {
            true => ("未发现异常", "all in order"),
            false => ("发现问题", "something is wrong"),
        };
        lines.push(line(
            context,
            at,
            None,
            &format!("走访重点场所：{name}，{zh}"),
            &format!("visited {name}: {en}"),
        ));
    }
    Ok(lines)
}

/// Patrols of which a part lies on the day: where, not how far or how long.
fn patrolled(tx: &Tx<'_>, context: &Context<'_>, day: NaiveDate) -> Result<Vec<DayLogLine>, Error> {
    let zone = context.zone();
    let mut segments: Vec<Segment> = tx
        .trail_of(TrailKind::Track)?
        .iter()
        .filter_map(|row| Segment::decode(&row.bytes).ok())
        .collect();
    segments.extend(super::coverage::open_segment(tx)?);
    let mut by_patrol = std::collections::BTreeMap::new();
    for segment in &segments {
        let first = segment.fixes.iter().find(|fix| fix.at.day_in(zone) == day);
        if let Some(first) = first {
            by_patrol
                .entry(segment.header.patrol)
                .or_insert((first.at, segment.header.grids.clone()));
        }
    }
    let name = |grid: &UnitId| {
        let unit = context.directory.last_known_unit(grid, context.now());
        unit.map_or_else(|| grid.to_string(), |unit| unit.name.clone())
    };
    let lines = by_patrol.into_values().map(|(at, grids)| {
        let names: Vec<String> = grids.iter().map(name).collect();
        line(
            context,
            at,
            None,
            &format!("巡查：{}", names.join("、")),
            &format!("patrol: {}", names.join(", ")),
        )
    });
    Ok(lines.collect())
}

fn whole(context: &Context<'_>, day: NaiveDate, lines: Vec<DayLogLine>) -> DayLog {
    let person = context.directory.last_known_person(context.me(), context.now());
    let name = person.map_or_else(|| context.me().to_string(), |person| person.name.clone());
    let mut zh = vec![
        format!("{}年{}月{}日 工作日志", day.year(), day.month(), day.day()),
        name.clone(),
    ];
    let mut en = vec![format!("Work log of {day}"), name];
    if lines.is_empty() {
        zh.push("当日没有记录。".to_owned());
        en.push("Nothing was recorded on that day.".to_owned());
    }
    zh.extend(lines.iter().map(|line| line.zh.clone()));
    en.extend(lines.iter().map(|line| line.en.clone()));
    DayLog {
        day,
        lines,
        text_zh: zh.join("\n"),
        text_en: en.join("\n"),
    }
}
