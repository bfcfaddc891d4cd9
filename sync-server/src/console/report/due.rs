//! Deadlines that explain themselves: what by when, counted from when by which rule, and every stretch in which the clock stood still.

use xunge_core::directory::PauseCause;
use xunge_core::workflow::{Counting, Deadline, deadlines};

use super::super::moment::{Moment, Moments};
use super::super::names::Names;
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
    let found = deadlines(matter, &names.directory);
    found
        .iter()
        .map(|deadline| line(deadline, names, moments))
        .collect()
}

fn line(deadline: &Deadline, names: &Names, moments: Moments) -> DueLine {
    let w = names.lang.words();
    let (left, tone) = moments.left(deadline.ends_at);
    let from = deadline.from.map_or(String::new(), |at| moments.at(at).short);
    let because = match &deadline.counting {
        Counting::WorkingTime { minutes, unit, .. } => w
            .counts_working
            .replace("{n}", &hours(*minutes))
            .replace("{u}", &names.unit(unit)),
        Counting::RoundTheClock { minutes } => w.counts_clock.replace("{n}", &hours(*minutes)),
        Counting::Named => w.counts_named.to_owned(),
    };
    let pauses = match &deadline.counting {
        Counting::WorkingTime { pauses, .. } => pauses.as_slice(),
        _ => &[],
    };
    let pause = |pause: &xunge_core::directory::Pause| {
        let cause = match pause.cause {
            PauseCause::OutsideHours => w.pause_hours,
            PauseCause::FreeDays => w.pause_days,
        };
        format!(
            "{} – {} {cause}",
            moments.at(pause.from).short,
            moments.at(pause.to).short
        )
    };
    let what = match &deadline.stage {
        xunge_core::workflow::Stage::Unit { unit } => {
            format!("{} {}", names.unit(unit), moments.stage(&deadline.stage))
        }
        stage => moments.stage(stage).to_owned(),
    };
    DueLine {
        what,
        ends: moments.at(deadline.ends_at),
        left,
        tone: tone.class(),
        because: because.replace("{t}", &from),
        pauses: pauses.iter().map(pause).collect(),
    }
}

/// Minutes as hours, with half an hour where there is one.
fn hours(minutes: u32) -> String {
    match minutes % 60 {
        0 => (minutes / 60).to_string(),
        _ => format!("{:.1}", f64::from(minutes) / 60.0),
    }
}
