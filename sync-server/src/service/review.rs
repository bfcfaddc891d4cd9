//! The review list (what came from revoked phones or ended posts), and the audit log.

use serde::Serialize;
use xunge_core::id::{InstallId, PersonId, ReportId, UnitId};
use xunge_core::sync::message::ItemResult;
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;
use crate::ledger::turn::Turn;
use crate::store::{AuditLine, SERVER_FEED};

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
        let feeds = self.feeds_of(caller)?;
        self.ledger.read(|tx| {
            let mut items = Vec::new();
            for row in tx.review_open(limit)? {
                let feed = tx.feed_by_no(row.feed)?.filter(|f| feeds.contains(&f.unit));
                items.extend(feed.map(|feed| ReviewItem {
                    number: row.number,
                    feed: feed.unit,
                    install: row.install,
                    person: row.person,
                    report: row.report,
                    kind: row.kind,
                    why: row.why,
                    received_at: row.received_at,
                    settled_at: row.settled_at,
                }));
            }
            Ok(items)
        })
    }

    /// Settles an item of the review list: takes it in as if it had come in time (`is_taken`), or leaves it aside for ever.
    /// Returns what became of it; an item that rests on another one of the list stays there until that one was taken.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown number, [`ServiceError::Conflict`] where it was settled already or rests on others.
    pub fn review_settle(
        &self,
        by: &Caller,
        number: u64,
        is_taken: bool,
    ) -> Result<ItemResult, ServiceError> {
        if matches!(by, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("installs do not review"));
        }
        let now = self.now();
        let missing = || ServiceError::NotFound("review item");
        let row = self.ledger.read(|tx| tx.review(number)?.ok_or_else(missing))?;
        let (result, done) = self.ledger.write(Some(row.feed), |tx| {
            let row = tx.review(number)?.ok_or_else(missing)?;
            if row.settled_at.is_some() {
                return Err(ServiceError::Conflict("settled already"));
            }
            let mut turn = Turn::begin(&self.ledger, tx, row.feed, now)?;
            let result = if is_taken {
                self.ledger.take_reviewed(&mut turn, &row)?
            } else {
                ItemResult::ReviewList
            };
            if matches!(result, ItemResult::MissingDeps { .. }) {
                return Err(ServiceError::Conflict("it rests on other items of the list"));
            }
            turn.tx.review_settle(number, now)?;
            let what = if is_taken { "taken in" } else { "left aside" };
            turn.note("review", format!("item {number} {what}"));
            Ok((result, turn.finish(&by.audit_name())?))
        })?;
        done.settle(&self.ledger);
        Ok(result)
    }

    /// The last lines of a feed's audit chain, newest first; of the server's own chain where no feed is named.
    pub fn audit(&self, feed: Option<&UnitId>, limit: u32) -> Result<Vec<AuditRow>, ServiceError> {
        self.ledger.read(|tx| {
            let state = match feed {
                Some(unit) => tx.feed(unit)?,
                None => tx.feed_by_no(SERVER_FEED)?,
            };
            let state = state.ok_or(ServiceError::NotFound("feed"))?;
            let from = (state.audit_count + 1).saturating_sub(u64::from(limit)).max(1);
            let lines = tx.audit_lines(state.no, from, limit)?;
            let row = |line: AuditLine| AuditRow {
                feed: state.unit.to_string(),
                number: line.number,
                at: line.at,
                actor: line.actor,
                kind: line.kind,
                detail: line.detail,
                hash: hex::encode(line.hash),
            };
            Ok(lines.into_iter().rev().map(row).collect())
        })
    }

    /// Adds a line to the server's audit chain for something that the edge did (an export, an import).
    pub fn audit_note(&self, by: &Caller, kind: &str, detail: &str) -> Result<(), ServiceError> {
        let now = self.now();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            Ok(self.ledger.note(tx, now, &by.audit_name(), kind, detail)?)
        })
    }
}
