//! Who may do what with a report, decided once: the same code on the phone and on the server.
//!
//! One table ([`RULES`]) says for each act from which states, by whom, with what excuse and whereto. [`decide`] weighs one command
//! against it; [`apply`] folds an answered command into the [`Matter`]; [`permitted`] lists what the buttons may offer. The server has
//! the last word, and says why. Nothing here reads a clock, a store or a network, and nothing orders by a phone's time.
//!
//! Set in stone: the story folds from commands and results alone, so that every phone and every later server sees the same matter.

mod clock;
mod context;
mod deadline;
mod decide;
mod effect;
mod entry;
mod fold;
mod matter;
mod offer;
mod parts;
mod remind;
mod rule;
mod running;
mod standing;
mod table;
mod target;
#[cfg(test)]
mod tests;
mod words;

pub use crate::command::{ActionKind, Effect, Holder, HolderPart, State};
pub use clock::chief_clock_ends_at;
pub use context::{Applied, ContentFacts, Decision, DecisionContext};
pub use deadline::{Deadline, Stage, close_due_at, deadlines};
pub use decide::{decide, is_server_only, is_state_changing, needs_reason};
pub use fold::apply;
pub use matter::{
    AssignmentProgress, AssignmentState, Before, CheckState, Matter, Nudge, ProposalState, QuestionState,
    Reminded, ResumePoint, Standstill, StandstillCause, Step, Why,
};
pub use offer::{actions, levels_above, opening_level, permitted, permitted_units};
pub use remind::{CLOCK, Reminder, nearest, next_look_at, reminder_of, reminders};
pub use rule::{Excuse, Rule, Seen, To, When, Who};
pub use running::{Stop, StopCause};
pub use table::RULES;
pub use target::UNITS_MAX;
pub use words::{action_words, state_words, table_page};
