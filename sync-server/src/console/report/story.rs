//! The story as a line of time: every act, refused ones too, with what it carried.

use xunge_core::command::{Action, ActionKind, Assignment, AssignmentPart, Outcome, Reason, Urgency};
use xunge_core::workflow::{Nudge, Stage, action_words, reminder_of};

use super::super::lang::Lang;
use super::super::moment::{Moment, Moments};
use super::super::names::Names;
use super::super::words;
use crate::cli::words::{level_words, outcome_words};
use crate::service::{ReportStory, StoryEvent};

/// One act.
#[derive(Clone)]
pub(crate) struct StoryLine {
    pub(crate) at: Moment,
    pub(crate) who: String,
    pub(crate) act: &'static str,
    /// `accepted`, `refused`, `remark` or `proposal`: the class of its colour.
    pub(crate) class: &'static str,
    /// What came of it, unless it simply took effect.
    pub(crate) outcome: Option<String>,
    /// To whom, until when, as what.
    pub(crate) detail: String,
    pub(crate) reason: Option<String>,
    pub(crate) text: Option<String>,
    /// How many pictures and voice notes were there at a decision.
    pub(crate) saw: Option<String>,
    /// These pictures, as far as they are still here: address and what they show.
    pub(crate) pictures: Vec<(String, &'static str)>,
}

/// The story in its order.
pub(crate) fn lines(story: &ReportStory, names: &Names, moments: Moments) -> Vec<StoryLine> {
    story
        .events
        .iter()
        .map(|event| line(event, names, moments))
        .collect()
}

fn line(event: &StoryEvent, names: &Names, moments: Moments) -> StoryLine {
    let w = names.lang.words();
    let command = &event.command;
    let kind = command.action.kind();
    let class = match event.outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused(_) => "refused",
        Outcome::Remark(_) => "remark",
        Outcome::Proposal(_) => "proposal",
    };
    let outcome = (!event.outcome.is_accepted()).then(|| names.lang.pick(outcome_words(event.outcome)));
    let is_decision = matches!(kind, ActionKind::Approve | ActionKind::Return | ActionKind::Close);
    let reminder = nudge(command, names, moments);
    let reason = command
        .reason
        .as_ref()
        .and_then(|reason| reason_text(names.lang, reason))
        .filter(|_| reminder.is_none());
    let saw = is_decision && !command.attachments.is_empty();
    StoryLine {
        at: moments.at(event.received_at),
        who: match kind {
            ActionKind::PassBy => w.the_system.to_owned(),
            _ if reminder.is_some() => w.the_system.to_owned(),
            _ => names.person(&command.by),
        },
        act: names.lang.pick(action_words(kind)),
        class,
        outcome,
        detail: reminder.unwrap_or_else(|| detail(&command.action, names, moments)),
        reason: reason.clone(),
        // What was said twice is shown once.
        text: command
            .text
            .clone()
            .filter(|text| !text.trim().is_empty() && Some(text.trim()) != reason.as_deref()),
        pictures: Vec::new(),
        saw: saw.then(|| {
            w.saw_attachments
                .replace("{n}", &command.attachments.len().to_string())
        }),
    }
}

/// Whom the server reminded of what.
fn nudge(command: &xunge_core::command::Command, names: &Names, moments: Moments) -> Option<String> {
    let code = command.reason.as_ref()?.code.as_deref()?;
    let (stage, nudge, owner) = reminder_of(code).filter(|_| command.action.kind() == ActionKind::Urge)?;
    let w = names.lang.words();
    let text = match nudge {
        Nudge::Urge => w.nudge_urge,
        Nudge::Escalate => w.nudge_escalate,
    };
    let stage = match &stage {
        Stage::Unit { unit } | Stage::Sign { unit } => {
            format!("{} {}", names.unit(unit), moments.stage(&stage))
        }
        stage => moments.stage(stage).to_owned(),
    };
    Some(text.replace("{s}", &stage).replace("{p}", &names.person(&owner)))
}

/// A reason in words: those that were written, else those of its code.
pub(crate) fn reason_text(lang: Lang, reason: &Reason) -> Option<String> {
    let text = reason.text.trim();
    match (text.is_empty(), &reason.code) {
        (false, _) => Some(text.to_owned()),
        (true, Some(code)) => Some(words::of_code(lang, code)),
        (true, None) => None,
    }
}

/// The unit that acts, marked where nobody in it has an account: then the room did it for it.
fn acting(unit: &xunge_core::id::UnitId, names: &Names) -> String {
    let known = names.directory.last_known_unit(unit, names.now);
    match known.is_some_and(|unit| !unit.has_accounts) {
        true => format!("{}{}", names.unit(unit), names.lang.words().on_behalf),
        false => names.unit(unit),
    }
}

/// What an act carries, in words.
fn detail(action: &Action, names: &Names, moments: Moments) -> String {
    let (w, lang) = (names.lang.words(), names.lang);
    match action {
        Action::PassUp { to } => lang.pick(level_words(*to)).to_owned(),
        Action::SendDown { to } => names.unit(to),
        Action::Classify { to } => classification(to, names),
        Action::Dispatch { to } => dispatch(to, names, moments),
        Action::Sign { unit } | Action::FeedBack { unit } => acting(unit, names),
        Action::AskTime { unit, until } => {
            format!(
                "{} {}",
                names.unit(unit),
                w.until.replace("{t}", &moments.at(*until).short)
            )
        }
        Action::GrantTime { unit, until } => {
            let text = until.map_or(w.not_granted.to_owned(), |at| {
                w.until.replace("{t}", &moments.at(at).short)
            });
            format!("{} {text}", names.unit(unit))
        }
        Action::HandBack { unit, proposal } => {
            let to = proposal.as_ref().map(|p| w.whose.replace("{u}", &names.unit(p)));
            format!("{} {}", names.unit(unit), to.unwrap_or_default())
        }
        Action::Hold { until } => w.until.replace("{t}", &moments.at(*until).short),
        Action::Whistle { units } => units
            .iter()
            .map(|unit| names.unit(unit))
            .collect::<Vec<_>>()
            .join(w.listing),
        Action::Check { who } => names.person(who),
        Action::AnswerCheck { verdict, .. } | Action::CallBack { verdict } | Action::Recheck { verdict } => {
            words::verdict(lang, *verdict).to_owned()
        }
        Action::Confirm { .. }
        | Action::Answer { .. }
        | Action::Merge { .. }
        | Action::Split { .. }
        | Action::Submit { .. }
        | Action::Settle { .. }
        | Action::Withdraw
        | Action::Approve
        | Action::Return
        | Action::TakeOn
        | Action::Accept
        | Action::Rework
        | Action::Close
        | Action::Resume
        | Action::Void
        | Action::Reopen
        | Action::Urge
        | Action::ListForSupervision
        | Action::StrikeOff
        | Action::Ask
        | Action::Remark
        | Action::PassBy => String::new(),
    }
}

fn dispatch(to: &[Assignment], names: &Names, moments: Moments) -> String {
    let w = names.lang.words();
    let unit = |a: &Assignment| {
        let part = match a.part {
            AssignmentPart::Lead => w.part_lead,
            AssignmentPart::Assist => w.part_assist,
        };
        let until = |at| w.until.replace("{t}", &moments.at(at).short);
        let due = a
            .due_at
            .map_or(String::new(), |at| format!("{}{}", w.comma, until(at)));
        let unit = names.unit(&a.unit);
        format!("{unit}{}{part}{due}{}", w.paren_open, w.paren_close)
    };
    to.iter().map(unit).collect::<Vec<_>>().join(w.listing)
}

fn classification(to: &xunge_core::command::Classification, names: &Names) -> String {
    let (w, lang) = (names.lang.words(), names.lang);
    let parts = [
        to.category.as_ref().map(|c| names.category(c)),
        to.grid.as_ref().map(|g| names.unit(g)),
        to.urgency.map(|u| match u {
            Urgency::Urgent => w.urgent.to_owned(),
            Urgency::Normal => w.normal.to_owned(),
        }),
        to.risk.map(|risk| words::risk(lang, risk).to_owned()),
        to.level.map(|level| lang.pick(level_words(level)).to_owned()),
        to.department.as_ref().map(|d| names.unit(d)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(w.comma)
}
