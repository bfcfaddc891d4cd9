//! The gate: nothing that another device wrote is stored before it has passed here.
//!
//! Automerge trusts its input: measured on 0.12.0, several per cent of changes that were altered on purpose panicked, and a few gave a
//! saved document that would not load again. So each change is held to what reports can look like, first on its bytes and without
//! automerge, then as operations; what is left is tried out in quarantine (apply, hydrate, save, reload) under `catch_unwind`, and only
//! then called accepted. Never build with `panic = "abort"`.
//!
//! Pure: no clock, no randomness, no database. A batch for one report is prepared at once; only where it fails is the bad change looked
//! for one by one. What the gate must not do: repair, reorder or re-encode anything. The received bytes are the truth.
//!
//! Caught panics write nothing to standard error: see [`quiet`].

use std::collections::BTreeSet;

use crate::document::limit::ValueError;
use crate::document::{ChangeFacts, Document};
use crate::id::{ActorId, ChangeHash, PersonId, ReportId};
use crate::report::ReportContent;

mod batch;
mod known;
#[cfg(test)]
mod mutation;
mod policy;
mod quarantine;
pub mod quiet;
mod scan;
#[cfg(test)]
mod tests;

/// A saved document with its heads: a cache, rebuilt from the changes at any time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// What [`Document::save`] gave.
    pub bytes: Vec<u8>,
    /// The heads, sorted.
    pub heads: Vec<ChangeHash>,
}

impl Snapshot {
    /// The snapshot of a document.
    pub fn of(document: &Document) -> Self {
        Self {
            bytes: document.save(),
            heads: document.heads(),
        }
    }
}

/// What the server knows of who sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SenderFacts {
    /// The person behind the install. Words are written, and a report is begun, only in his own name.
    pub person: PersonId,
    /// The actors of the sending install: every change must bear one of them.
    pub actors: BTreeSet<ActorId>,
    /// The actors of all installs that the person ever had: what they added, he may take away. Need not repeat `actors`.
    pub person_actors: BTreeSet<ActorId>,
    /// Whether words may be written at all (by the reporter); false for a revoked install, say.
    pub may_write_words: bool,
    /// Whether notes, attachments and people may be added: the report is in the sender's scope, or his own.
    pub may_add: bool,
}

/// What the gate says of one change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It may be stored.
    Accepted {
        /// Its name.
        hash: ChangeHash,
    },
    /// It is there already (or twice in the batch).
    Duplicate {
        /// Its name.
        hash: ChangeHash,
    },
    /// It rests on changes that are neither there nor in the batch.
    MissingDeps {
        /// These, sorted.
        hashes: Vec<ChangeHash>,
    },
    /// The actor's number is taken by another change: the phone was restored from a backup and must take a new actor.
    RotateActor,
    /// It may not be stored.
    Refused(Refusal),
}

impl Verdict {
    /// Whether the change may be stored.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }
}

/// Why a change may not be stored.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// More bytes than a change may have.
    #[error("the change has {bytes} bytes, {bytes_max} are allowed")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        bytes_max: usize,
    },
    /// The bytes are not one plain change of a flat map.
    #[error("the bytes are not a change of a report: {0}")]
    Malformed(&'static str),
    /// The checksum is not the beginning of the hash of the content: the bytes were damaged.
    #[error("the checksum does not fit the content")]
    ChecksumWrong,
    /// Writing the change out again gives other bytes.
    #[error("the change is not in its one canonical form")]
    NotCanonical,
    /// The actor is none of the sender's install.
    #[error("the actor is not the sender's")]
    NotYours,
    /// The actor's number leaves a hole.
    #[error("the actor's number is {found}, {expected} was next")]
    SequenceGap {
        /// The number that comes next.
        expected: u64,
        /// The number that the change bears.
        found: u64,
    },
    /// A first change where the report has one already, or none where it has none.
    #[error("the report has another beginning already")]
    SecondOrigin,
    /// The first change names another report or another reporter, or does not say.
    #[error("the first change is not this sender's beginning of this report")]
    WrongOrigin,
    /// A write on what is written once.
    #[error("`{field}` may not be written again")]
    Immutable {
        /// The field's path.
        field: String,
    },
    /// Words are the reporter's.
    #[error("`{field}` is written by the reporter alone")]
    NotReporter {
        /// The field's path.
        field: String,
    },
    /// The sender may not add to this report.
    #[error("the sender may not add `{field}` to this report")]
    OutOfScope {
        /// The field's path.
        field: String,
    },
    /// A removal of what somebody else added, or of what cannot be removed.
    #[error("`{field}` is not the sender's to take away")]
    NotRemovable {
        /// The field's path.
        field: String,
    },
    /// A note in somebody else's name.
    #[error("`{field}` is signed by somebody else")]
    WrongAuthor {
        /// The field's path.
        field: String,
    },
    /// A value of the wrong kind or size.
    #[error("`{field}` is {reason}")]
    BadValue {
        /// The field's path.
        field: String,
        /// What is wrong.
        reason: ValueError,
    },
    /// More of something than a report may have.
    #[error("`{field}` is one more than a report may have")]
    TooMany {
        /// The field's path.
        field: String,
    },
    /// It rests on a change of this batch that is refused.
    #[error("it rests on a refused change")]
    RestsOnRefused,
    /// With it the document could not be built, saved and read again. If automerge panicked, that is an alarm.
    #[error("the document cannot be rebuilt with it (panicked: {is_panic})")]
    Unloadable {
        /// Whether automerge panicked.
        is_panic: bool,
    },
}

/// The base cannot be used: rebuild it from the changes, and prepare again.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("load the snapshot that the changes come upon")]
pub struct BaseError;

/// What came of a batch.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// One verdict per incoming change, in their order.
    pub verdicts: Vec<Verdict>,
    /// What is new, each after what it rests on.
    pub accepted: Vec<AcceptedChange>,
    /// The document with all that was accepted; `None` where there is none.
    pub snapshot: Option<Snapshot>,
    /// Its content; `None` where there is none.
    pub content: Option<ReportContent>,
}

/// A change that may be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AcceptedChange {
    /// Its place among the incoming.
    pub index: usize,
    /// What it is about.
    pub facts: ChangeFacts,
}

/// Judges changes of one report that a device sends: the server's gate.
///
/// The result rests on `base`: where another writer was faster, prepare again on the newer base. Nothing is stored here.
///
/// # Errors
/// [`BaseError`] where `base` does not load or its heads are not those that it names.
pub fn prepare(
    report: ReportId,
    base: Option<&Snapshot>,
    incoming: &[&[u8]],
    sender: &SenderFacts,
) -> Result<Prepared, BaseError> {
    batch::run(report, base, incoming, Some(sender))
}

/// Judges changes that come from the server (or, after a restore, from a third party who holds them): all of [`prepare`] but who may
/// write what, which was decided when the server first took them.
///
/// [`Verdict::RotateActor`] means here that the phone's own unsent branch has numbers which the server knows otherwise: the phone gives
/// its unsent edits out again under a new actor, upon a document without them.
///
/// # Errors
/// As [`prepare`].
pub fn check_incoming(
    report: ReportId,
    base: Option<&Snapshot>,
    incoming: &[&[u8]],
) -> Result<Prepared, BaseError> {
    batch::run(report, base, incoming, None)
}
