//! Who may do what with a report, decided once: the same code on the phone and on the server.
//!
//! One table says for each act from which states, by whom, with what excuse and whereto. [`decide`] weighs one command
//! against it; [`apply`] folds an answered command into the [`Matter`]; [`permitted`] lists what the buttons may offer. The server has
//! the last word, and says why. Nothing here reads a clock, a store or a network, and nothing orders by a phone's time.
//!
//! Set in stone: the story folds from commands and results alone, so that every phone and every later server sees the same matter.

mod context;
mod decide;
mod matter;

pub use crate::command::{ActionKind, Effect, Holder, HolderPart, State};
pub use context::{Applied, ContentFacts, Decision, DecisionContext};
pub use decide::{apply, decide, is_state_changing, needs_reason, permitted};
pub use matter::{
    AssignmentProgress, AssignmentState, CheckState, Matter, ProposalState, QuestionState, ResumePoint, Step,
    Why,
};
