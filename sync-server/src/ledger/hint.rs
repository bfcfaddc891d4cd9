//! What nodes on one database tell each other: that a feed has grown, that something was erased, who has what open, where somebody on
//! patrol was heard of, that a password was wrong. Hints alone: each node finds the truth in the database, and a lost hint costs a moment.
//!
//! Set in stone between two versions that run side by side: unknown hints are passed over.

use serde::{Deserialize, Serialize};
use xunge_core::id::{PersonId, ReportId, UnitId};
use xunge_core::time::Timestamp;

/// One hint.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "hint", rename_all = "snake_case")]
pub(crate) enum Hint {
    /// A feed has rows up to this number.
    Grew {
        /// The feed.
        feed: UnitId,
        /// Its end.
        head: u64,
    },
    /// A report was erased: memory lets go of it.
    Erased {
        /// Its number.
        report: i64,
    },
    /// Somebody has a report open at a desk.
    Opened {
        /// The report.
        report: ReportId,
        /// Who.
        person: PersonId,
        /// Since or still when.
        at: Timestamp,
    },
    /// He has closed it.
    Closed {
        /// The report.
        report: ReportId,
        /// Who.
        person: PersonId,
    },
    /// Where somebody on patrol was heard of, sealed under the master key.
    Heard {
        /// Hexadecimal.
        sealed: String,
    },
    /// A try that counts against a bound: the bound's name and the hash of what was tried.
    Tried {
        /// Which bound.
        bound: String,
        /// SHA-256 of the name, hexadecimal.
        name: String,
        /// When; none where the tries under the name are forgotten.
        at: Option<Timestamp>,
    },
}
