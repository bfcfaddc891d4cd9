//! Weighing one command.

use super::{ActionKind, Applied, Decision, DecisionContext, Matter};
use crate::command::{Action, Command, Refusal};
use crate::id::PersonId;

/// Weighs a command against the matter as it stands (`None`: the report is not known yet).
pub fn decide(matter: Option<&Matter>, command: &Command, context: &DecisionContext<'_>) -> Decision {
    let _ = (matter, command, context);
    Decision::refused(Refusal::WrongState)
}

/// Folds an answered command into the matter. Refusals and remarks change nothing; proposals are kept until confirmed.
/// Returns `None` only while no submission was accepted.
pub fn apply(matter: Option<Matter>, command: &Command, at: &Applied) -> Option<Matter> {
    let _ = (command, at);
    matter
}

/// What the person may do now, in the order of [`ActionKind::ALL`]: what buttons offer. `None`: a draft.
pub fn permitted(
    matter: Option<&Matter>,
    person: &PersonId,
    context: &DecisionContext<'_>,
) -> Vec<ActionKind> {
    let _ = (matter, person, context);
    Vec::new()
}

/// Whether the act may move a report, so that later decisions must have seen it. Flags never do.
pub fn is_state_changing(action: &Action) -> bool {
    let _ = action;
    true
}

/// Whether the act asks for a reason in this state of the report's handling.
pub fn needs_reason(action: &Action) -> bool {
    let _ = action;
    false
}
