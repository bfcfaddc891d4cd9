//! The review list (what came from revoked phones or ended posts), and the audit log.

use serde::Serialize;
use xunge_core::id::{InstallId, PersonId, ReportId, UnitId};
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;

/// Something that a person has to look at before it is taken in.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReviewItem {
    /// Its number.
    pub number: u64,
    /// The feed.
    pub feed: UnitId,
    /// The install that sent it.
    pub install: InstallId,
    /// Its person.
    pub person: PersonId,
    /// The report.
    pub report: Option<ReportId>,
    /// `change`, `command` or `person`.
    pub kind: String,
    /// `revoked` or `post_ended`.
    pub why: String,
    /// When it came.
    pub received_at: Timestamp,
    /// When somebody dealt with it.
    pub settled_at: Option<Timestamp>,
}

/// One line of the audit log.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AuditRow {
    /// The feed in whose chain it stands.
    pub feed: String,
    /// Its number there.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What kind of thing.
    pub kind: String,
    /// What, without personal data.
    pub detail: String,
    /// The hash of this line, hexadecimal.
    pub hash: String,
}

impl Service {
    /// What waits on the review list.
    pub fn review_list(&self, caller: &Caller, limit: u32) -> Result<Vec<ReviewItem>, ServiceError> {
        let (_, _) = (caller, limit);
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// Settles an item of the review list: takes it in as if it had come in time (`is_taken`), or leaves it aside for ever.
    /// Returns what became of it.
    pub fn review_settle(&self, by: &Caller, number: u64, is_taken: bool) -> Result<String, ServiceError> {
        let (_, _, _) = (by, number, is_taken);
        Err(ServiceError::NotFound("review item"))
    }

    /// The last lines of a feed's audit chain, newest first.
    pub fn audit(&self, feed: &UnitId, limit: u32) -> Result<Vec<AuditRow>, ServiceError> {
        let (_, _) = (feed, limit);
        Err(ServiceError::Forbidden("not served yet"))
    }

    /// Adds a line to the audit log for something that the edge did (an export, an import, a log-in).
    pub fn audit_note(&self, by: &Caller, kind: &str, detail: &str) -> Result<(), ServiceError> {
        let (_, _, _) = (by, kind, detail);
        Err(ServiceError::Forbidden("not served yet"))
    }
}
