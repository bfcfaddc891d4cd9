//! Weighing one command against the table.

use super::entry::{self, acted_at};
use super::matter::AssignmentProgress as Progress;
use super::rule::{Excuse, Rule, Seen, When, Who};
use super::standing::{Standing, named_unit};
use super::table::rules_for;
use super::{ActionKind, Decision, DecisionContext, Effect, Matter, State, clock, effect, target};
use crate::command::{Action, Command, Outcome, Reason, Refusal};
use crate::time::TimeQuality;

/// Weighs a command against the matter as it stands (`None`: the report is not known yet).
///
/// The same command under the same id must not be weighed twice: who calls this answers a repetition with the first result.
pub fn decide(matter: Option<&Matter>, command: &Command, context: &DecisionContext<'_>) -> Decision {
    if context.is_revoked {
        return Decision::refused(Refusal::Revoked);
    }
    if context.is_erased {
        return Decision::refused(Refusal::Erased);
    }
    if let Err(refusal) = target::check_size(command) {
        return Decision::refused(refusal);
    }
    if command.action.kind() == ActionKind::PassBy && !context.is_by_server {
        return Decision::refused(Refusal::ServerOnly);
    }
    let at = context.received_at;
    if !context.is_by_server && context.directory.last_known_person(&command.by, at).is_none() {
        return Decision::refused(Refusal::UnknownPerson);
    }
    match (matter, &command.action) {
        (None, Action::Submit { opening } | Action::Settle { opening }) => {
            match entry::check(command, opening, context) {
                Ok(()) => accepted(entry::effect(None, command, opening, context)),
                Err(refusal) => Decision::refused(refusal),
            }
        }
        (None, _) => Decision::refused(Refusal::UnknownReport),
        (Some(matter), Action::Confirm { .. }) => confirm(matter, command, context),
        (Some(matter), _) => decide_known(matter, command, context),
    }
}

fn accepted(effect: Effect) -> Decision {
    Decision {
        outcome: Outcome::Accepted,
        effect: Some(effect),
    }
}

fn decide_known(matter: &Matter, command: &Command, context: &DecisionContext<'_>) -> Decision {
    let at = context.received_at;
    let standing = |at| Standing::of(matter, &command.by, command.post.as_ref(), context, at);
    let now = standing(at);
    let outcome = match weigh(matter, command, context, &now) {
        Ok(effect) => return accepted(effect),
        Err(outcome) => outcome,
    };
    if outcome != Outcome::Refused(Refusal::NotYourPost) {
        return Decision {
            outcome,
            effect: None,
        };
    }
    // The post may have ended between the act and its receipt. A phone that never met the server cannot say when it acted; it is
    // believed to have acted while the present holder held the report.
    let judged = command.at.judge();
    let mut times = vec![acted_at(command, at)];
    if judged.quality == TimeQuality::Unverified {
        times.push(matter.held_since);
    }
    for then in times.into_iter().map(standing).filter(|then| *then != now) {
        match weigh(matter, command, context, &then) {
            // Nobody else could confirm it: a step is its author's to take back.
            Ok(_) if command.action.kind() == ActionKind::Withdraw => {
                return Decision::refused(Refusal::PostEnded);
            }
            Ok(effect) if command.action.kind() == ActionKind::Remark => return accepted(effect),
            Ok(_) => {
                return Decision {
                    outcome: Outcome::Proposal(Refusal::PostEnded),
                    effect: None,
                };
            }
            Err(Outcome::Refused(Refusal::NotYourPost)) => {}
            Err(outcome) => {
                return Decision {
                    outcome,
                    effect: None,
                };
            }
        }
    }
    Decision::refused(Refusal::NotYourPost)
}

/// The effect of the act for somebody of this standing, or why it has none.
fn weigh(
    matter: &Matter,
    command: &Command,
    context: &DecisionContext<'_>,
    standing: &Standing,
) -> Result<Effect, Outcome> {
    let kind = command.action.kind();
    if standing.is_reporter() && rules_for(kind).all(|rule| rule.bars_reporter) {
        return Err(Outcome::Refused(Refusal::ReporterMayNotDecide));
    }
    if !rules_for(kind).any(|rule| rule.who.iter().any(|who| standing.was(*who, &command.action))) {
        return Err(Outcome::Refused(not_his(matter, command, context)));
    }
    let action = Some(&command.action);
    let rule = rules_for(kind)
        .find(|rule| is_open(rule, matter, context) && is_entitled(rule, standing, action))
        .ok_or_else(|| too_late(matter, command, context, standing))?;
    let refused = Outcome::Refused;
    if is_reason_missing(rule, command) {
        return Err(refused(Refusal::ReasonMissing));
    }
    target::check_seen(rule, matter, command, context).map_err(refused)?;
    if binds_content(rule, matter) && !context.are_heads_covered {
        return Err(refused(Refusal::ContentChanged));
    }
    if let Some(opening) = entry::opening(&command.action) {
        entry::check(command, opening, context).map_err(refused)?;
    }
    target::check(matter, command, context).map_err(refused)?;
    effect::effect(rule, matter, command, context).map_err(refused)
}

/// Why an act is not somebody's at all. An answer to what nobody asked misses its target, whoever gives it.
fn not_his(matter: &Matter, command: &Command, context: &DecisionContext<'_>) -> Refusal {
    match &command.action {
        Action::Withdraw if target::is_built_on_refused(matter, command, context) => {
            Refusal::PredecessorRefused
        }
        Action::AnswerCheck { check, .. } if !matter.checks.iter().any(|c| c.command == *check) => {
            Refusal::UnknownTarget
        }
        action if named_unit(action).is_some_and(|unit| matter.assignment(unit).is_none()) => {
            Refusal::UnknownUnit
        }
        _ => Refusal::NotYourPost,
    }
}

/// Whether the row is open as the matter stands, whoever asks.
pub(super) fn is_open(rule: &Rule, matter: &Matter, context: &DecisionContext<'_>) -> bool {
    rule.from.contains(&matter.state) && holds(rule.when, matter, context)
}

/// Whether somebody of this standing may act under the row.
pub(super) fn is_entitled(rule: &Rule, standing: &Standing, action: Option<&Action>) -> bool {
    !(rule.bars_reporter && standing.is_reporter()) && rule.who.iter().any(|who| standing.is(*who, action))
}

fn holds(when: When, matter: &Matter, context: &DecisionContext<'_>) -> bool {
    use super::HolderPart::{Chief, Room};
    match when {
        When::Always => true,
        When::Untouched => matter
            .history
            .last()
            .is_some_and(|step| matches!(step.kind, ActionKind::Submit | ActionKind::Settle)),
        When::LastStepStands => matter.before.is_some(),
        When::Shared => matter.is_shared_with_chief,
        When::Urgent => matter.urgency == crate::command::Urgency::Urgent,
        When::AtChief => matter.holder.part == Chief,
        When::AtRoom => matter.holder.part == Room,
        When::Amended => matter.is_amended(context.has_uncovered_changes),
        When::TakenOn => matter.is_taken_on,
        When::Listed => matter.is_listed,
        When::Questioned => matter.questions.iter().any(|q| q.answer.is_none()),
        When::TimeAsked => matter.assignments.iter().any(|a| a.asked_until.is_some()),
        When::Proposed => !matter.proposals.is_empty(),
        When::ClockEnded => clock::chief_clock_ends_at(matter, context.directory, context.received_at)
            .is_some_and(|ends_at| ends_at <= context.received_at),
    }
}

fn is_reason_missing(rule: &Rule, command: &Command) -> bool {
    let is_needed = match rule.reason {
        Excuse::None => false,
        Excuse::Needed => true,
        Excuse::NeededToRefuse => matches!(command.action, Action::GrantTime { until: None, .. }),
    };
    is_needed && !command.reason.as_ref().is_some_and(Reason::is_given)
}

/// Whether the act agrees to the reporter's words, and so to no others than its author saw.
fn binds_content(rule: &Rule, matter: &Matter) -> bool {
    match rule.kind {
        ActionKind::Approve | ActionKind::TakeOn => true,
        ActionKind::PassUp => matter.state == State::Submitted,
        _ => false,
    }
}

/// No row is open to somebody who might have had one: what happened meanwhile.
fn too_late(
    matter: &Matter,
    command: &Command,
    context: &DecisionContext<'_>,
    standing: &Standing,
) -> Outcome {
    use ActionKind::{Approve, PassUp, Return, Settle, Submit, TakeOn};
    let kind = command.action.kind();
    let unseen = matter.unseen_since(command.saw.as_ref());
    let is_chiefs = matches!(kind, Approve | Return | TakeOn | PassUp) && standing.is_only_chief();
    if is_chiefs && matter.is_passed_by {
        return Outcome::Remark(Refusal::PassedBy);
    }
    let was_shared = matter.opening.urgency == crate::command::Urgency::Urgent
        && matter.approved_heads.is_none()
        && unseen.iter().any(|step| step.is_move)
        && matches!(kind, Approve | Return);
    if is_chiefs && was_shared && !matches!(matter.state, State::Returned | State::Withdrawn) {
        return Outcome::Remark(Refusal::DecidedMeanwhile);
    }
    if let Some(unit) = named_unit(&command.action) {
        return Outcome::Refused(match matter.assignment(unit).map(|a| a.progress) {
            Some(Progress::Replaced) => Refusal::DecidedMeanwhile,
            _ if unseen.iter().any(|step| step.is_move) => Refusal::DecidedMeanwhile,
            _ => Refusal::WrongState,
        });
    }
    let is_his_state = rules_for(kind).any(|rule| is_open(rule, matter, context));
    Outcome::Refused(match kind {
        Submit | Settle => Refusal::WrongState,
        _ if rules_for(kind).all(|rule| rule.seen == Seen::Nothing) && !is_his_state => Refusal::WrongState,
        _ if is_chiefs && unseen.iter().any(|step| step.kind == Approve) => Refusal::DecidedMeanwhile,
        _ if unseen.iter().any(|step| step.is_move) => target::unseen_refusal(matter, command),
        // His own last step asks for the post in which he made it; anybody else's is not his to take back.
        ActionKind::Withdraw if !(is_his_state && standing.made_last_step()) => Refusal::WrongState,
        _ if is_his_state => Refusal::NotYourPost,
        _ => Refusal::WrongState,
    })
}

/// The present holder's word on a proposal: it takes effect as his own act, if the table lets him do it now.
fn confirm(matter: &Matter, command: &Command, context: &DecisionContext<'_>) -> Decision {
    let Some(act) = proposed(matter, command) else {
        return Decision::refused(Refusal::UnknownTarget);
    };
    let decision = decide_known(matter, &act, context);
    match decision.outcome {
        Outcome::Proposal(refusal) => Decision::refused(refusal),
        _ => decision,
    }
}

/// The act that confirming a proposal amounts to: what was proposed, done by who confirms, over what he saw.
pub(super) fn proposed(matter: &Matter, command: &Command) -> Option<Command> {
    let Action::Confirm { proposal } = &command.action else {
        return None;
    };
    let proposed = matter.proposals.iter().find(|p| p.command.id == *proposal)?;
    Some(Command {
        action: proposed.command.action.clone(),
        reason: command.reason.clone().or_else(|| proposed.command.reason.clone()),
        text: command.text.clone().or_else(|| proposed.command.text.clone()),
        ..command.clone()
    })
}

/// Whether the act may move a report, so that later decisions must have seen it. Flags never do.
pub fn is_state_changing(action: &Action) -> bool {
    rules_for(action.kind()).any(Rule::moves)
}

/// Whether the act asks for a reason in this state.
pub fn needs_reason(action: &Action, state: State) -> bool {
    rules_for(action.kind())
        .filter(|rule| rule.from.contains(&state))
        .any(|rule| match rule.reason {
            Excuse::None => false,
            Excuse::Needed => true,
            Excuse::NeededToRefuse => matches!(action, Action::GrantTime { until: None, .. }),
        })
}

/// Whether the act is the server's alone.
pub fn is_server_only(kind: ActionKind) -> bool {
    rules_for(kind).all(|rule| rule.who.contains(&Who::Server))
}
