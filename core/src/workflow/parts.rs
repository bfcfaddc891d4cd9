//! The parts of the units that handle a matter, and what they add up to.

use super::matter::{AssignmentProgress as Progress, AssignmentState};
use crate::command::{Action, Assignment, AssignmentPart, State};
use crate::id::{CommandId, UnitId};
use crate::time::Timestamp;

/// The lead unit's part, where one counts.
pub(super) fn lead(parts: &[AssignmentState]) -> Option<&AssignmentState> {
    parts
        .iter()
        .find(|a| a.part == AssignmentPart::Lead && a.progress.counts())
}

/// Whether every part that counts was fed back, and there is a lead among them.
pub(super) fn are_all_fed_back(parts: &[AssignmentState]) -> bool {
    lead(parts).is_some()
        && parts
            .iter()
            .filter(|a| a.progress.counts())
            .all(|a| a.progress == Progress::FedBack)
}

/// The state to which the units' steps have brought a matter.
pub(super) fn state_after(state: State, parts: &[AssignmentState]) -> State {
    let Some(lead) = lead(parts) else {
        return if matches!(state, State::Dispatched | State::Handling) {
            State::Accepted
        } else {
            state
        };
    };
    match state {
        State::Dispatched | State::Handling if are_all_fed_back(parts) => State::FedBack,
        State::Dispatched if lead.progress != Progress::Asked => State::Handling,
        _ => state,
    }
}

/// A fresh part. A unit has at most one: what it had before gives way.
fn open(parts: &mut Vec<AssignmentState>, opened: AssignmentState) {
    parts.retain(|a| a.unit != opened.unit);
    parts.push(opened);
}

fn fresh(unit: &UnitId, part: AssignmentPart, due_at: Option<Timestamp>, by: CommandId) -> AssignmentState {
    AssignmentState {
        unit: unit.clone(),
        part,
        progress: Progress::Asked,
        due_at,
        asked_until: None,
        is_called: false,
        opened_by: by,
        // Set by the fold, which knows the time.
        opened_at: Timestamp(0),
    }
}

/// The parts after an accepted act. `holder`: the unit that holds the matter afterwards; `state`: the state afterwards.
pub(super) fn after(
    parts: &[AssignmentState],
    action: &Action,
    command: CommandId,
    holder: &UnitId,
    state: State,
) -> Vec<AssignmentState> {
    let mut parts = parts.to_vec();
    match action {
        Action::TakeOn => {
            replace_dispatched(&mut parts);
            let mut own = fresh(holder, AssignmentPart::Lead, None, command);
            own.progress = Progress::Signed;
            open(&mut parts, own);
        }
        Action::SendDown { to } => {
            replace_dispatched(&mut parts);
            if state == State::Handling {
                open(&mut parts, fresh(to, AssignmentPart::Lead, None, command));
            }
        }
        Action::Dispatch { to } => {
            replace_dispatched(&mut parts);
            for Assignment { unit, part, due_at } in to {
                open(&mut parts, fresh(unit, *part, *due_at, command));
            }
        }
        Action::Whistle { units } => call(&mut parts, units, command),
        Action::PassUp { .. } | Action::Return | Action::Withdraw => replace_dispatched(&mut parts),
        Action::Reopen => parts.iter_mut().for_each(|a| a.progress = Progress::Replaced),
        Action::Rework => {
            for part in parts.iter_mut().filter(|a| a.progress == Progress::FedBack) {
                part.progress = Progress::Signed;
                part.opened_by = command;
            }
        }
        Action::Sign { unit } => advance(&mut parts, unit, Progress::Signed),
        Action::FeedBack { unit } => advance(&mut parts, unit, Progress::FedBack),
        Action::HandBack { unit, .. } => advance(&mut parts, unit, Progress::HandedBack),
        Action::AskTime { unit, until } => {
            if let Some(part) = parts.iter_mut().find(|a| a.unit == *unit) {
                part.asked_until = Some(*until);
            }
        }
        Action::GrantTime { unit, until } => {
            if let Some(part) = parts.iter_mut().find(|a| a.unit == *unit) {
                part.asked_until = None;
                part.due_at = until.or(part.due_at);
            }
        }
        _ => {}
    }
    parts
}

/// The parts when a step is taken back: those that stood before it, and those that have come into being since. What the step itself
/// opened has given way already, so that a unit that signs on an old page is told that somebody decided meanwhile.
pub(super) fn before(now: &[AssignmentState], then: Vec<AssignmentState>) -> Vec<AssignmentState> {
    let is_called_since = |part: &&AssignmentState| {
        let held = then.iter().find(|held| held.unit == part.unit);
        held.is_none_or(|held| part.is_called && part.progress.is_open() && part.opened_by != held.opened_by)
    };
    let mut parts: Vec<_> = now.iter().filter(is_called_since).cloned().collect();
    for held in then {
        if parts.iter().all(|part| part.unit != held.unit) {
            parts.push(held);
        }
    }
    parts
}

/// Parts that the room dispatched give way to others; departments that were called by a whistle stay called.
fn replace_dispatched(parts: &mut [AssignmentState]) {
    for part in parts.iter_mut().filter(|a| !a.is_called) {
        part.progress = Progress::Replaced;
        part.asked_until = None;
    }
}

/// Calls units together. One that is at work already has just become a called one; the others begin.
fn call(parts: &mut Vec<AssignmentState>, units: &[UnitId], command: CommandId) {
    for unit in units {
        match parts.iter_mut().find(|a| a.unit == *unit && a.progress.counts()) {
            Some(working) if working.progress.is_open() => {}
            Some(done) => {
                done.progress = Progress::Signed;
                done.is_called = true;
            }
            None => {
                let mut called = fresh(unit, AssignmentPart::Assist, None, command);
                called.is_called = true;
                open(parts, called);
            }
        }
    }
}

fn advance(parts: &mut [AssignmentState], unit: &UnitId, to: Progress) {
    if let Some(part) = parts.iter_mut().find(|a| a.unit == *unit) {
        part.progress = to;
        // Who signs goes on waiting for his answer about time; who is done asks for none.
        if to != Progress::Signed {
            part.asked_until = None;
        }
    }
}
