//! Deadlines that explain themselves: what by when, counted from when by which rule, and every stretch in which the clock stood still.

use xunge_core::directory::{Allowance, LimitSource, PauseCause};
use xunge_core::id::UnitId;
use xunge_core::workflow::{Deadline, Stage, StandstillCause, Stop, StopCause, deadlines};

use super::super::moment::{Moment, Moments};
use super::super::names::Names;
use super::story::reason_text;
use crate::service::ReportStory;

/// One deadline in words.
pub(crate) struct DueLine {
    pub(crate) what: String,
    pub(crate) ends: Moment,
    pub(crate) left: String,
    pub(crate) tone: &'static str,
    /// By which rule and from when.
    pub(crate) because: String,
    pub(crate) pauses: Vec<String>,
}

/// The deadlines that run now.
pub(crate) fn lines(story: &ReportStory, names: &Names, moments: Moments) -> Vec<DueLine> {
    let Some(matter) = &story.matter else {
        return Vec::new();
    };
    let found = deadlines(matter, &names.directory, names.now);
    let township = &story.feed;
    found
        .iter()
        .map(|deadline| line(deadline, township, names, moments))
        .collect()
}

fn line(deadline: &Deadline, township: &UnitId, names: &Names, moments: Moments) -> DueLine {
    let w = names.lang.words();
    let (left, tone) = moments.left(deadline.ends_at);
    let from = moments.at(deadline.from).short;
    let unit = match (&deadline.source, &deadline.stage) {
        (LimitSource::Policy { unit }, _) | (_, Stage::Unit { unit } | Stage::Sign { unit }) => unit,
        _ => township,
    };
    let counts = match deadline.allowance {
        Some(Allowance::WorkingTime { minutes }) => w
            .counts_working
            .replace("{n}", &hours(minutes))
            .replace("{u}", &names.unit(unit)),
        Some(Allowance::RoundTheClock { minutes }) => w.counts_clock.replace("{n}", &hours(minutes)),
        Some(Allowance::WorkingDays { days }) => w.counts_working_days.replace("{n}", &days.to_string()),
        Some(Allowance::CalendarDays { days }) => w.counts_days.replace("{n}", &days.to_string()),
        None => w.counts_named.to_owned(),
    };
    let what = match &deadline.stage {
        Stage::Unit { unit } | Stage::Sign { unit } => {
            format!("{} {}", names.unit(unit), moments.stage(&deadline.stage))
        }
        stage => moments.stage(stage).to_owned(),
    };
    let word = whose(&deadline.source, names, moments);
    let because = counts.replace("{t}", &from);
    DueLine {
        what,
        ends: moments.at(deadline.ends_at),
        left,
        tone: tone.class(),
        because: match word {
            Some(word) => format!("{because}{}{word}{}", w.paren_open, w.paren_close),
            None => because,
        },
        pauses: deadline
            .stops
            .iter()
            .map(|stop| pause(stop, names, moments))
            .collect(),
    }
}

/// Whose word a limit is.
fn whose(source: &LimitSource, names: &Names, moments: Moments) -> Option<String> {
    let w = names.lang.words();
    Some(match source {
        LimitSource::Default => w.word_default.to_owned(),
        LimitSource::Policy { unit } => w.word_policy.replace("{u}", &names.unit(unit)),
        LimitSource::Category { category } => w.word_category.replace("{c}", &names.category(category)),
        LimitSource::Emergency { unit, since } => w
            .word_emergency
            .replace("{u}", &names.unit(unit))
            .replace("{t}", &moments.at(*since).short),
        LimitSource::Room => return None,
    })
}

/// A time in which the clock stood still, with its reason.
fn pause(stop: &Stop, names: &Names, moments: Moments) -> String {
    let w = names.lang.words();
    let (cause, said) = match &stop.cause {
        StopCause::Calendar {
            cause: PauseCause::OutsideHours,
        } => (w.pause_hours, None),
        StopCause::Calendar {
            cause: PauseCause::FreeDays,
        } => (w.pause_days, None),
        StopCause::Act { cause, reason, .. } => {
            let cause = match cause {
                StandstillCause::Held => w.pause_held,
                StandstillCause::Returned => w.pause_returned,
                StandstillCause::Withdrawn => w.pause_withdrawn,
            };
            let said = reason.as_ref();
            (cause, said.and_then(|reason| reason_text(names.lang, reason)))
        }
    };
    let said = said.map_or(String::new(), |said| format!("{}{said}", w.colon));
    format!(
        "{} – {} {cause}{said}",
        moments.at(stop.from).short,
        moments.at(stop.to).short
    )
}

/// Minutes as hours, with half an hour where there is one.
fn hours(minutes: u32) -> String {
    match minutes % 60 {
        0 => (minutes / 60).to_string(),
        _ => format!("{:.1}", f64::from(minutes) / 60.0),
    }
}
