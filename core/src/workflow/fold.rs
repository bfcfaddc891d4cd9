//! Folding answered commands into a matter. Reads only the commands and the server's words on them.

use super::decide::proposed;
use super::entry::opening;
use super::matter::{
    Before, CheckState, ProposalState, QuestionState, Reminded, ResumePoint, Standstill, StandstillCause,
    Step, Why,
};
use super::rule::Seen;
use super::table::{is_revocable, rules_for};
use super::{ActionKind, Applied, Effect, HolderPart, Matter, State, parts, remind};
use crate::command::{Action, Classification, Command, Opening, Outcome};
use crate::directory::Level;

/// Folds an answered command into the matter. Refusals and remarks change nothing; proposals are kept until confirmed.
/// Returns `None` only while no submission was accepted.
pub fn apply(matter: Option<Matter>, command: &Command, at: &Applied) -> Option<Matter> {
    let Outcome::Accepted = at.outcome else {
        return matter.map(|matter| without_effect(matter, command, at));
    };
    let Some(effect) = &at.effect else {
        return matter;
    };
    match matter {
        None => opening(&command.action).map(|opening| begin(command, opening, effect, at)),
        Some(mut matter) => {
            let act = proposed(&matter, command).unwrap_or_else(|| command.clone());
            fold(&mut matter, &act, effect, at);
            if let Action::Confirm { proposal } = &command.action {
                matter.proposals.retain(|p| p.command.id != *proposal);
            }
            Some(matter)
        }
    }
}

fn without_effect(mut matter: Matter, command: &Command, at: &Applied) -> Matter {
    matter.seq = matter.seq.max(at.seq);
    if let Outcome::Proposal(refusal) = at.outcome {
        matter.proposals.push(ProposalState {
            command: command.clone(),
            refusal,
        });
    }
    matter
}

fn begin(command: &Command, opening: &Opening, effect: &Effect, at: &Applied) -> Matter {
    let mut matter = Matter {
        report: command.report,
        code: opening.code.clone(),
        township: at.township.clone(),
        state: State::Draft,
        level: effect.level,
        reporter: command.by.clone(),
        reporter_install: command.install,
        opening: opening.clone(),
        grid: opening.grid.clone(),
        category: opening.category.clone(),
        category_version: opening.category_version,
        urgency: opening.urgency,
        classification: Classification::default(),
        version: command.id,
        history: Vec::new(),
        is_settled: false,
        approved_heads: None,
        is_passed_by: false,
        is_shared_with_chief: false,
        is_taken_on: false,
        assignments: Vec::new(),
        deciders: std::collections::BTreeSet::new(),
        holder: effect.holder.clone(),
        held_since: at.received_at,
        why: None,
        resume: None,
        before: None,
        urged: 0,
        is_listed: false,
        is_whistled: false,
        checks: Vec::new(),
        questions: Vec::new(),
        called_back: None,
        rechecked: None,
        merged_into: None,
        split_into: Vec::new(),
        closed_level: None,
        closed_at: None,
        proposals: Vec::new(),
        submitted_at: at.received_at,
        chief_clock_from: None,
        clock_from: at.received_at,
        room_from: None,
        standstills: Vec::new(),
        reminded: Vec::new(),
        seq: 0,
    };
    fold(&mut matter, command, effect, at);
    matter
}

fn fold(matter: &mut Matter, act: &Command, effect: &Effect, at: &Applied) {
    let kind = act.action.kind();
    matter.seq = matter.seq.max(at.seq);
    let last = last_step(matter, kind, effect);
    if let (ActionKind::Hold, Action::Hold { until }) = (kind, &act.action) {
        matter.resume = Some(ResumePoint {
            state: matter.state,
            holder: matter.holder.clone(),
            until: *until,
        });
    }
    matter.assignments = parts::after(
        &matter.assignments,
        &act.action,
        act.id,
        &effect.holder.unit,
        effect.state,
    );
    for part in matter.assignments.iter_mut().filter(|a| a.opened_by == act.id) {
        part.opened_at = at.received_at;
    }
    words(matter, act, effect);
    flags(matter, act);
    remembered(matter, act, at);
    if is_step(kind) {
        matter.history.push(Step {
            command: act.id,
            kind,
            by: act.by.clone(),
            is_move: effect.is_move,
        });
    }
    if decides(kind) {
        matter.deciders.insert(act.by.clone());
    }
    if effect.is_move {
        clocks(matter, act, effect, at);
        moved(matter, act, effect, at);
    }
    if matter.holder != effect.holder {
        matter.held_since = at.received_at;
        matter.chief_clock_from = matter.chief_clock_from.map(|_| at.received_at);
    }
    matter.state = effect.state;
    matter.level = effect.level;
    matter.holder = effect.holder.clone();
    matter.is_shared_with_chief = effect.is_shared_with_chief;
    if is_step(kind) {
        let undone = std::mem::replace(&mut matter.before, last);
        if let Some(before) = undone.filter(|_| kind == ActionKind::Withdraw) {
            as_before(matter, *before);
        }
    }
}

/// How the matter stands before this step, where its author may take it back.
fn last_step(matter: &Matter, kind: ActionKind, effect: &Effect) -> Option<Box<Before>> {
    let is_kept = is_revocable(kind) && effect.is_move && effect.state.is_open();
    is_kept.then(|| {
        Box::new(Before {
            state: matter.state,
            level: matter.level,
            holder: matter.holder.clone(),
            held_since: matter.held_since,
            is_shared_with_chief: matter.is_shared_with_chief,
            is_taken_on: matter.is_taken_on,
            approved_heads: matter.approved_heads.clone(),
            assignments: matter.assignments.clone(),
            chief_clock_from: matter.chief_clock_from,
            room_from: matter.room_from,
        })
    })
}

/// The last step was taken back: its clocks run as if it had not been made, so that going to and fro wins nobody time.
fn as_before(matter: &mut Matter, before: Before) {
    matter.held_since = before.held_since;
    matter.is_taken_on = before.is_taken_on;
    matter.approved_heads = before.approved_heads;
    matter.chief_clock_from = before.chief_clock_from;
    matter.room_from = before.room_from;
    matter.assignments = parts::before(&matter.assignments, before.assignments);
}

/// Whom the server reminded.
fn remembered(matter: &mut Matter, act: &Command, at: &Applied) {
    let code = act.reason.as_ref().and_then(|reason| reason.code.as_deref());
    let is_urge = matches!(act.action, Action::Urge) && act.by.as_str() == remind::CLOCK;
    if let Some((stage, nudge, owner)) = code.filter(|_| is_urge).and_then(remind::parse) {
        matter.reminded.push(Reminded {
            stage,
            nudge,
            owner,
            at: at.received_at,
            command: act.id,
        });
    }
}

/// Stops and starts the clocks that a move touches. `matter` stands as it did before.
fn clocks(matter: &mut Matter, act: &Command, effect: &Effect, at: &Applied) {
    let in_room = |state: State| matches!(state, State::Queued | State::Accepted);
    if in_room(effect.state) && !in_room(matter.state) {
        let is_resumed = matter.state == State::Held && act.action.kind() == ActionKind::Resume;
        if !is_resumed || matter.room_from.is_none() {
            matter.room_from = Some(at.received_at);
        }
    }
    if act.action.kind() == ActionKind::Reopen {
        matter.clock_from = at.received_at;
    }
    if let Some(open) = matter.standstills.iter_mut().find(|s| s.to.is_none()) {
        open.to = Some(at.received_at);
    }
    let cause = match effect.state {
        State::Held => StandstillCause::Held,
        State::Returned => StandstillCause::Returned,
        State::Withdrawn => StandstillCause::Withdrawn,
        _ => return,
    };
    matter.standstills.push(Standstill {
        from: at.received_at,
        to: None,
        cause,
        command: act.id,
        reason: act.reason.clone(),
    });
}

/// Acts after which a report came back, stands still or has ended without being handled.
const SETBACKS: [ActionKind; 7] = [
    ActionKind::Return,
    ActionKind::HandBack,
    ActionKind::Rework,
    ActionKind::Hold,
    ActionKind::Void,
    ActionKind::Reopen,
    ActionKind::Withdraw,
];

/// What every move sets anew: version, reason, clocks, the end.
fn moved(matter: &mut Matter, act: &Command, effect: &Effect, at: &Applied) {
    matter.version = act.id;
    matter.held_since = at.received_at;
    matter.proposals.clear();
    // Why it came back or stands still: what somebody says while he passes it on is in the story, and answers an older reason.
    let is_setback = SETBACKS.contains(&act.action.kind());
    let reason = act
        .reason
        .clone()
        .filter(|reason| is_setback && reason.is_given());
    matter.why = reason.map(|reason| Why {
        command: act.id,
        kind: act.action.kind(),
        by: act.by.clone(),
        reason,
    });
    let is_at_chief = effect.holder.part == HolderPart::Chief;
    let waits_for_chief = is_at_chief && matches!(effect.state, State::Submitted | State::Settled);
    matter.chief_clock_from = waits_for_chief.then_some(at.received_at);
    let is_closed = effect.state == State::Closed;
    matter.closed_level = is_closed.then_some(effect.level);
    matter.closed_at = is_closed.then_some(at.received_at);
    if effect.state != State::Held {
        matter.resume = None;
    }
    if effect.state != State::Merged {
        matter.merged_into = None;
    }
    match act.action.kind() {
        ActionKind::TakeOn => matter.is_taken_on = true,
        ActionKind::PassBy => matter.is_passed_by = true,
        ActionKind::PassUp | ActionKind::SendDown | ActionKind::Dispatch | ActionKind::HandBack => {
            matter.is_taken_on = false;
        }
        ActionKind::Rework => matter.called_back = None,
        ActionKind::Reopen => {
            matter.is_taken_on = false;
            matter.called_back = None;
        }
        _ => {}
    }
}

/// What was handed in, agreed to or classified.
fn words(matter: &mut Matter, act: &Command, effect: &Effect) {
    match &act.action {
        Action::Submit { opening } | Action::Settle { opening } => {
            matter.opening = opening.clone();
            matter.is_settled = matches!(act.action, Action::Settle { .. });
            if effect.level == Level::Grid {
                matter.approved_heads = None;
                matter.is_passed_by = false;
            }
        }
        Action::Approve | Action::TakeOn => matter.approved_heads = Some(act.heads.clone()),
        Action::PassUp { .. } if matter.state == State::Submitted => {
            matter.approved_heads = Some(act.heads.clone());
        }
        Action::Classify { to } => classify(&mut matter.classification, to),
        _ => {}
    }
    let said = &matter.classification;
    let opening = &matter.opening;
    matter.grid = said.grid.clone().unwrap_or_else(|| opening.grid.clone());
    matter.urgency = said.urgency.unwrap_or(opening.urgency);
    (matter.category, matter.category_version) = match &said.category {
        Some(category) => (category.clone(), said.category_version.unwrap_or(0)),
        None => (opening.category.clone(), opening.category_version),
    };
}

fn classify(said: &mut Classification, to: &Classification) {
    if to.category.is_some() {
        said.category.clone_from(&to.category);
        said.category_version = to.category_version;
    }
    said.grid = to.grid.clone().or(said.grid.take());
    said.urgency = to.urgency.or(said.urgency);
    said.risk = to.risk.or(said.risk);
    said.level = to.level.or(said.level);
    said.department = to.department.clone().or(said.department.take());
}

fn flags(matter: &mut Matter, act: &Command) {
    match &act.action {
        Action::Urge => matter.urged = matter.urged.saturating_add(1),
        Action::ListForSupervision => matter.is_listed = true,
        Action::StrikeOff => matter.is_listed = false,
        Action::Whistle { .. } => matter.is_whistled = true,
        Action::Check { who } => matter.checks.push(CheckState {
            command: act.id,
            who: who.clone(),
            verdict: None,
        }),
        Action::AnswerCheck { check, verdict } => {
            if let Some(open) = matter.checks.iter_mut().find(|c| c.command == *check) {
                open.verdict = Some(*verdict);
            }
        }
        Action::Ask => matter.questions.push(QuestionState {
            command: act.id,
            by: act.by.clone(),
            answer: None,
        }),
        Action::Answer { question } => {
            if let Some(open) = matter.questions.iter_mut().find(|q| q.command == *question) {
                open.answer = Some(act.id);
            }
        }
        Action::CallBack { verdict } => matter.called_back = Some(*verdict),
        Action::Recheck { verdict } => matter.rechecked = Some(*verdict),
        Action::Merge { into } => matter.merged_into = Some(*into),
        Action::Split { into } => matter.split_into.push(*into),
        _ => {}
    }
}

/// Whether the act stands in the history against which later acts are measured: all but flags.
fn is_step(kind: ActionKind) -> bool {
    rules_for(kind).any(|rule| rule.seen != Seen::Nothing)
}

/// Whether the act decides or handles: what the reporter of the same matter may not do.
fn decides(kind: ActionKind) -> bool {
    kind != ActionKind::PassBy && rules_for(kind).all(|rule| rule.bars_reporter)
}
