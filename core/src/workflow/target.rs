//! What an act carries: sizes, the units, people and reports that it names, and what its author had seen.

use std::collections::BTreeSet;

use super::matter::AssignmentProgress as Progress;
use super::rule::{Rule, Seen};
use super::standing::named_unit;
use super::{ActionKind, DecisionContext, Matter, State};
use crate::command::{
    Action, Assignment, AssignmentPart, Classification, Command, Outcome, Refusal, TEXT_CHARS_MAX,
};
use crate::directory::UnitKind;
use crate::id::{PersonId, UnitId};
use crate::in_order::Gather;

/// The most units to which one act may turn.
pub const UNITS_MAX: usize = 16;

/// Whether texts and lists keep to their limits.
pub(super) fn check_size(command: &Command) -> Result<(), Refusal> {
    let is_long = |text: &str| text.chars().count() > TEXT_CHARS_MAX;
    let reason_is_long = command
        .reason
        .as_ref()
        .is_some_and(|r| is_long(&r.text) || r.code.as_deref().is_some_and(is_long));
    let list_is_long = match &command.action {
        Action::Dispatch { to } => to.len() > UNITS_MAX,
        Action::Whistle { units } => units.len() > UNITS_MAX,
        _ => false,
    };
    if reason_is_long || list_is_long || command.text.as_deref().is_some_and(is_long) {
        return Err(Refusal::TooLong);
    }
    Ok(())
}

/// Whether the author had seen what the row asks for.
pub(super) fn check_seen(
    rule: &Rule,
    matter: &Matter,
    command: &Command,
    context: &DecisionContext<'_>,
) -> Result<(), Refusal> {
    let unseen = matter.unseen_since(command.saw.as_ref());
    let is_stale = match rule.seen {
        Seen::Nothing => false,
        Seen::EveryMove => unseen.iter().any(|step| step.is_move) && !context.is_by_server,
        Seen::OwnPart => named_unit(&command.action)
            .and_then(|unit| matter.assignment(unit))
            .is_some_and(|part| unseen.iter().any(|step| step.command == part.opened_by)),
    };
    if !is_stale {
        return Ok(());
    }
    Err(match is_built_on_refused(matter, command, context) {
        true => Refusal::PredecessorRefused,
        false => unseen_refusal(matter, command),
    })
}

/// Whether the last act that the author saw, his own perhaps, was itself refused.
pub(super) fn is_built_on_refused(matter: &Matter, command: &Command, context: &DecisionContext<'_>) -> bool {
    let unknown = command
        .saw
        .filter(|saw| matter.history.iter().all(|step| step.command != *saw));
    matches!(
        unknown.and_then(|saw| (context.known)(&saw)),
        Some(Outcome::Refused(_))
    )
}

/// Whether the author missed something that was sent back to him, or a decision of somebody else.
pub(super) fn unseen_refusal(matter: &Matter, command: &Command) -> Refusal {
    let sent_back =
        matter
            .unseen_since(command.saw.as_ref())
            .iter()
            .any(|step| match command.action.kind() {
                ActionKind::Submit | ActionKind::Settle | ActionKind::Withdraw => {
                    step.kind == ActionKind::Return
                }
                ActionKind::Sign | ActionKind::FeedBack | ActionKind::HandBack | ActionKind::AskTime => {
                    step.kind == ActionKind::Rework
                }
                _ => false,
            });
    if sent_back {
        Refusal::NotReceivedYet
    } else {
        Refusal::DecidedMeanwhile
    }
}

/// Whether what the act names exists and can take it.
pub(super) fn check(
    matter: &Matter,
    command: &Command,
    context: &DecisionContext<'_>,
) -> Result<(), Refusal> {
    match &command.action {
        Action::Classify { to } => check_classification(to, context),
        Action::Dispatch { to } => check_assignments(to, context),
        Action::Whistle { units } => check_called(units, context),
        Action::Sign { unit } => part_in(matter, unit, &[Progress::Asked]),
        Action::AskTime { unit, .. } => part_in(matter, unit, &[Progress::Asked, Progress::Signed]),
        Action::FeedBack { unit } => part_in(matter, unit, &[Progress::Asked, Progress::Signed]),
        Action::HandBack { unit, proposal } => {
            part_in(matter, unit, &[Progress::Asked, Progress::Signed])?;
            if matter.assignment(unit).is_some_and(|part| part.is_called) {
                return Err(Refusal::WrongState);
            }
            proposal.as_ref().map_or(Ok(()), |unit| known_unit(unit, context))
        }
        Action::GrantTime { unit, .. } => match matter.assignment(unit) {
            Some(part) if part.asked_until.is_some() => Ok(()),
            _ => Err(Refusal::UnknownTarget),
        },
        Action::Close => check_close(matter, context),
        Action::Merge { into } if *into == matter.report => Err(Refusal::UnknownTarget),
        Action::Merge { .. } => match context.other_state {
            None | Some(State::Draft | State::Merged | State::Void | State::Withdrawn) => {
                Err(Refusal::UnknownTarget)
            }
            Some(_) => Ok(()),
        },
        Action::Split { into } if *into == matter.report => Err(Refusal::UnknownTarget),
        Action::Check { who } if *who == matter.reporter => Err(Refusal::ReporterMayNotDecide),
        Action::Check { who } => check_asked(who, context),
        Action::AnswerCheck { check, .. } => matter
            .checks
            .iter()
            .any(|c| c.command == *check && c.who == command.by && c.verdict.is_none())
            .then_some(())
            .ok_or(Refusal::UnknownTarget),
        Action::Answer { question } => matter
            .questions
            .iter()
            .any(|q| q.command == *question && q.answer.is_none())
            .then_some(())
            .ok_or(Refusal::UnknownTarget),
        _ => Ok(()),
    }
}

/// Every called department has reported in, and who told us was called back.
fn check_close(matter: &Matter, context: &DecisionContext<'_>) -> Result<(), Refusal> {
    if matter
        .assignments
        .iter()
        .any(|a| a.is_called && a.progress.is_open())
    {
        return Err(Refusal::NotAllReportedIn);
    }
    if context.content.is_some_and(|c| c.has_informant) && matter.called_back.is_none() {
        return Err(Refusal::CallBackMissing);
    }
    Ok(())
}

fn part_in(matter: &Matter, unit: &UnitId, progress: &[Progress]) -> Result<(), Refusal> {
    match matter.assignment(unit) {
        None => Err(Refusal::UnknownUnit),
        Some(part) if progress.contains(&part.progress) => Ok(()),
        Some(part) if part.progress == Progress::Replaced => Err(Refusal::DecidedMeanwhile),
        Some(_) => Err(Refusal::WrongState),
    }
}

fn known_unit(unit: &UnitId, context: &DecisionContext<'_>) -> Result<(), Refusal> {
    let known = context.directory.unit(unit, context.received_at);
    known.map(|_| ()).ok_or(Refusal::UnknownUnit)
}

/// Whether somebody can be asked to look: known, and with a post in the township or above it, so that the question reaches him.
fn check_asked(who: &PersonId, context: &DecisionContext<'_>) -> Result<(), Refusal> {
    let (directory, at) = (context.directory, context.received_at);
    let is_near = |unit: &UnitId| {
        directory.is_within(unit, context.township, at) || directory.is_within(context.township, unit, at)
    };
    let posts = directory.posts_of(who, at);
    directory
        .person(who, at)
        .filter(|_| posts.iter().any(|post| is_near(&post.unit)))
        .map(|_| ())
        .ok_or(Refusal::UnknownPerson)
}

fn check_classification(to: &Classification, context: &DecisionContext<'_>) -> Result<(), Refusal> {
    if let Some(category) = &to.category {
        let known = match to.category_version {
            Some(version) => context.directory.category(category, version),
            None => context.directory.category_current(category, context.received_at),
        };
        known.ok_or(Refusal::UnknownCategory)?;
    } else if to.category_version.is_some() {
        return Err(Refusal::UnknownCategory);
    }
    if let Some(grid) = &to.grid {
        let at = context.received_at;
        let unit = context.directory.unit(grid, at);
        // Under another township's grid nobody of this feed would find it again.
        unit.filter(|u| u.kind.is_grid() && context.directory.is_within(grid, context.township, at))
            .ok_or(Refusal::UnknownUnit)?;
    }
    to.department
        .as_ref()
        .map_or(Ok(()), |unit| known_unit(unit, context))
}

/// Whether the unit can be given a part: a department, a grid or a village.
fn can_handle(unit: &UnitId, context: &DecisionContext<'_>) -> bool {
    context
        .directory
        .unit(unit, context.received_at)
        .is_some_and(|u| u.kind.is_grid() || matches!(u.kind, UnitKind::Department | UnitKind::Village))
}

fn check_assignments(to: &[Assignment], context: &DecisionContext<'_>) -> Result<(), Refusal> {
    let leads = to.iter().filter(|a| a.part == AssignmentPart::Lead).count();
    let units: BTreeSet<&UnitId> = to.iter().map(|a| &a.unit).gather();
    if leads != 1 || units.len() != to.len() {
        return Err(Refusal::BadAssignment);
    }
    if units.into_iter().all(|unit| can_handle(unit, context)) {
        Ok(())
    } else {
        Err(Refusal::UnknownUnit)
    }
}

fn check_called(units: &[UnitId], context: &DecisionContext<'_>) -> Result<(), Refusal> {
    let distinct: BTreeSet<&UnitId> = units.iter().gather();
    if units.is_empty() || distinct.len() != units.len() {
        return Err(Refusal::BadAssignment);
    }
    if distinct.into_iter().all(|unit| can_handle(unit, context)) {
        Ok(())
    } else {
        Err(Refusal::UnknownUnit)
    }
}
