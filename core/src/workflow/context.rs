//! What a decision is weighed with, and what comes out of it.

use serde::{Deserialize, Serialize};

use crate::command::{CommandResult, Effect, Outcome, Refusal, State, Urgency};
use crate::directory::Directory;
use crate::id::{CategoryId, CommandId, PersonId, UnitId};
use crate::time::Timestamp;

/// What the workflow must know of a report's content, as the device or server that decides holds it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContentFacts {
    /// Who reports.
    pub reporter: PersonId,
    /// The readable code.
    pub code: String,
    /// The grid chosen.
    pub grid: Option<UnitId>,
    /// The category chosen.
    pub category: Option<CategoryId>,
    /// Its version.
    pub category_version: u32,
    /// How pressing.
    pub urgency: Urgency,
    /// Whether something is written.
    pub has_words: bool,
    /// Whether there is a picture.
    pub has_picture: bool,
    /// Whether there is a voice note.
    pub has_voice: bool,
    /// Whether there is a picture of the result (处置后).
    pub has_after_picture: bool,
    /// Whether the category's own rules for the answers hold (`draft::validate` found nothing).
    pub is_complete: bool,
    /// Whether somebody told us, who is to be called back before closing.
    pub has_informant: bool,
}

/// Everything beside the matter itself that a decision depends on.
#[derive(Clone, Copy)]
pub struct DecisionContext<'a> {
    /// The directory as the decider holds it.
    pub directory: &'a Directory,
    /// The township in whose feed the report lives.
    pub township: &'a UnitId,
    /// When the server received the command; on a phone, now.
    pub received_at: Timestamp,
    /// The content as held; `None` where none has arrived.
    pub content: Option<&'a ContentFacts>,
    /// Whether every change of the reporter's words and pictures that is held lies among the ancestors of the command's heads.
    pub are_heads_covered: bool,
    /// Whether some change of the reporter's words and pictures lies outside [`Matter::approved_heads`](super::Matter).
    /// Meaningless while nothing was approved.
    pub has_uncovered_changes: bool,
    /// Whether the server itself wrote the command (its clock ran out), not a person.
    pub is_by_server: bool,
    /// Whether the author's install is revoked.
    pub is_revoked: bool,
    /// Whether the report was erased by law.
    pub is_erased: bool,
    /// What came of an earlier command; `None` where it is not known.
    pub known: &'a dyn Fn(&CommandId) -> Option<Outcome>,
    /// The state of the report that a merge names; `None` where there is no such report.
    pub other_state: Option<State>,
}

impl<'a> DecisionContext<'a> {
    /// A context in which nothing unusual holds: content covered, nobody revoked, no other report, no earlier command known.
    pub fn new(directory: &'a Directory, township: &'a UnitId, received_at: Timestamp) -> Self {
        Self {
            directory,
            township,
            received_at,
            content: None,
            are_heads_covered: true,
            has_uncovered_changes: false,
            is_by_server: false,
            is_revoked: false,
            is_erased: false,
            known: &|_| None,
            other_state: None,
        }
    }
}

/// What came of a command, and where it took the report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Accepted, refused, a remark or a proposal.
    pub outcome: Outcome,
    /// Where the report stands afterwards; `Some` exactly where the outcome is accepted.
    pub effect: Option<Effect>,
}

impl Decision {
    /// A refusal.
    pub fn refused(refusal: Refusal) -> Self {
        Self {
            outcome: Outcome::Refused(refusal),
            effect: None,
        }
    }
}

/// What folding needs besides the command: the server's word on it, or on a phone what it expects that word to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// When the server received it; on a phone, now.
    pub received_at: Timestamp,
    /// Its place in the township's order; 0 for what is still waiting to be sent.
    pub seq: u64,
    /// The township in whose feed it stands.
    pub township: UnitId,
    /// What came of it.
    pub outcome: Outcome,
    /// Where the report stands afterwards.
    pub effect: Option<Effect>,
}

impl From<&CommandResult> for Applied {
    fn from(result: &CommandResult) -> Self {
        Self {
            received_at: result.received_at,
            seq: result.seq,
            township: result.feed.clone(),
            outcome: result.outcome,
            effect: result.effect.clone(),
        }
    }
}
