//! Where a report stands: its state, who holds it with a number to call, since when, why it came back, and what each unit has done.

use xunge_core::command::{AssignmentPart, HolderPart};
use xunge_core::workflow::{AssignmentProgress, Matter, action_words};

use super::super::moment::{Moment, Moments};
use super::super::names::{Contact, Names};
use super::super::queue::row_of;
use super::super::words;
use super::story::reason_text;
use crate::cli::words::level_words;
use crate::service::ReportStory;

/// The standing in words.
pub(crate) struct Standing {
    pub(crate) state: &'static str,
    pub(crate) state_class: &'static str,
    pub(crate) level: &'static str,
    pub(crate) holder: String,
    pub(crate) telephone: Option<String>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) since: Option<Moment>,
    pub(crate) held_for: String,
    pub(crate) why: Option<WhyView>,
    /// Urged twice, listed, passed by its chief …
    pub(crate) marks: Vec<String>,
    pub(crate) units: Vec<UnitLine>,
    pub(crate) checks: Vec<String>,
}

/// Why it came back or stands still.
pub(crate) struct WhyView {
    pub(crate) who: String,
    pub(crate) act: &'static str,
    pub(crate) text: String,
}

/// How far one unit has come.
pub(crate) struct UnitLine {
    pub(crate) unit: String,
    pub(crate) part: &'static str,
    pub(crate) progress: &'static str,
    pub(crate) due: Option<String>,
    pub(crate) telephone: Option<String>,
}

/// The standing of a report.
pub(crate) fn standing(story: &ReportStory, names: &Names, moments: Moments) -> Standing {
    let lang = names.lang;
    let row = row_of(&story.row, names, moments);
    let holder = story.row.holder.as_ref();
    let is_held = holder.is_some_and(|h| h.part != HolderPart::Nobody);
    let since = story.row.held_since;
    let matter = story.matter.as_ref();
    Standing {
        state: row.state,
        state_class: row.state_class,
        level: lang.pick(level_words(story.row.level)),
        holder: row.holder,
        telephone: holder
            .filter(|_| is_held)
            .and_then(|h| names.unit_telephone(&h.unit)),
        contacts: holder.map_or(Vec::new(), |h| names.contacts(h, &story.row.reporter)),
        since: since.map(|at| moments.at(at)),
        held_for: row.since,
        why: matter.and_then(|m| why(m, names)),
        marks: marks(story, names),
        units: matter.map_or(Vec::new(), |m| units(m, names, moments)),
        checks: matter.map_or(Vec::new(), |m| checks(m, names)),
    }
}

fn why(matter: &Matter, names: &Names) -> Option<WhyView> {
    let why = matter.why.as_ref()?;
    Some(WhyView {
        who: names.person(&why.by),
        act: names.lang.pick(action_words(why.kind)),
        text: reason_text(names.lang, &why.reason)?,
    })
}

fn marks(story: &ReportStory, names: &Names) -> Vec<String> {
    let w = names.lang.words();
    let mut marks = Vec::new();
    if story.row.is_passed_by {
        marks.push(w.passed_by_long.to_owned());
    }
    if story.row.is_amended {
        marks.push(w.amended_long.to_owned());
    }
    let Some(matter) = &story.matter else { return marks };
    if matter.urged > 0 {
        marks.push(w.urged_times.replace("{n}", &matter.urged.to_string()));
    }
    if matter.is_listed {
        marks.push(w.is_listed.to_owned());
    }
    if matter.is_whistled {
        marks.push(w.is_whistled.to_owned());
    }
    if let Some(risk) = matter.risk() {
        marks.push(words::risk(names.lang, risk).to_owned());
    }
    if let Some(level) = matter.closed_level {
        marks.push(
            w.closed_at_level
                .replace("{l}", names.lang.pick(level_words(level))),
        );
    }
    if let Some(verdict) = matter.called_back {
        marks.push(format!(
            "{}{}",
            w.called_back,
            words::verdict(names.lang, verdict)
        ));
    }
    if let Some(verdict) = matter.rechecked {
        marks.push(format!("{}{}", w.rechecked, words::verdict(names.lang, verdict)));
    }
    if matter.questions.iter().any(|q| q.answer.is_none()) {
        marks.push(w.question_open.to_owned());
    }
    marks
}

fn units(matter: &Matter, names: &Names, moments: Moments) -> Vec<UnitLine> {
    let w = names.lang.words();
    let line = |a: &xunge_core::workflow::AssignmentState| UnitLine {
        unit: names.unit(&a.unit),
        part: match a.part {
            _ if a.is_called => w.part_called,
            AssignmentPart::Lead => w.part_lead,
            AssignmentPart::Assist => w.part_assist,
        },
        progress: match a.progress {
            AssignmentProgress::Asked => w.progress_asked,
            AssignmentProgress::Signed => w.progress_signed,
            AssignmentProgress::FedBack => w.progress_fed_back,
            AssignmentProgress::HandedBack => w.progress_handed_back,
            AssignmentProgress::Replaced => w.progress_replaced,
        },
        due: match (a.due_at, a.asked_until) {
            (_, Some(at)) => Some(w.asks_until.replace("{t}", &moments.at(at).short)),
            (Some(at), None) => Some(w.until.replace("{t}", &moments.at(at).short)),
            (None, None) => None,
        },
        telephone: names.unit_telephone(&a.unit),
    };
    matter.assignments.iter().map(line).collect()
}

fn checks(matter: &Matter, names: &Names) -> Vec<String> {
    let w = names.lang.words();
    let line = |check: &xunge_core::workflow::CheckState| {
        let found = check
            .verdict
            .map_or(w.check_open, |v| words::verdict(names.lang, v));
        format!("{}{}{found}", names.person(&check.who), w.colon)
    };
    matter.checks.iter().map(line).collect()
}
