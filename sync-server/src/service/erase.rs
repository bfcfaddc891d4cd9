//! Erasure by law: keys and rows go, tombstones stay and are counted.

use std::collections::BTreeSet;

use xunge_core::attachment::BlobHash;
use xunge_core::id::{PersonId, PersonRecordId, ReportId};
use xunge_core::report::{AttachmentRef, ReportContent};
use xunge_core::signature::sha256;
use xunge_core::sync::message::{Digest, Erasure};

use super::{Caller, ReportRef, Service};
use crate::ServiceError;
use crate::ledger::audit::{ERASED_MARK, body_hash};
use crate::ledger::hint::Hint;
use crate::ledger::open_report::OpenReport;
use crate::ledger::project;
use crate::ledger::turn::{NewRow, Turn};
use crate::store::{BlobRow, FeedNo, RowKind, flag};

impl Service {
    /// Destroys the key of a report: words, story texts, people and search rows can never be read again. The code, the states and
    /// a tombstone stay. The caller deletes the bytes of the blobs that are returned.
    ///
    /// # Errors
    /// [`ServiceError::BadRequest`] without a reason, [`ServiceError::Forbidden`] for installs.
    pub fn erase_report(
        &self,
        by: &Caller,
        report: &ReportRef,
        reason: &str,
    ) -> Result<Vec<BlobHash>, ServiceError> {
        self.erase(by, report, reason, |turn, open| turn.erase_report(open))
    }

    /// Erases one person record.
    ///
    /// # Errors
    /// As [`Self::erase_report`].
    pub fn erase_person(
        &self,
        by: &Caller,
        report: &ReportRef,
        id: PersonRecordId,
        reason: &str,
    ) -> Result<(), ServiceError> {
        self.erase(by, report, reason, |turn, open| turn.erase_person(open, id))
    }

    /// Erases one picture or voice note of a report. The caller deletes the bytes that are returned: no other report uses them.
    ///
    /// # Errors
    /// As [`Self::erase_report`].
    pub fn erase_blob(
        &self,
        by: &Caller,
        report: &ReportRef,
        blob: BlobHash,
        reason: &str,
    ) -> Result<Vec<BlobHash>, ServiceError> {
        self.erase(by, report, reason, |turn, open| turn.erase_blob(open, blob))
    }

    /// Erases the tracks and check-ups of a person, in every township. Coverage stays: it is of places. Returns how many went.
    ///
    /// # Errors
    /// [`ServiceError::BadRequest`] without a reason, [`ServiceError::Forbidden`] for installs.
    pub fn erase_tracks(&self, by: &Caller, person: &PersonId, reason: &str) -> Result<usize, ServiceError> {
        if matches!(by, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("installs do not erase"));
        }
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(ServiceError::BadRequest("an erasure needs a reason".into()));
        }
        let (now, feeds) = (self.now(), self.feeds_of(by)?);
        self.ledger.write(None, |tx| {
            let mut count = 0;
            for feed in tx.feeds()?.into_iter().filter(|feed| feeds.contains(&feed.unit)) {
                let names = tx.tracks_of_person(feed.no, person)?;
                if !names.is_empty() {
                    let why = (by.audit_name(), format!("of {person}: {reason}"));
                    self.ledger
                        .delete_tracks(tx, feed.no, &names, now, (&why.0, &why.1))?;
                }
                count += names.len();
            }
            Ok(count)
        })
    }

    fn erase<T>(
        &self,
        by: &Caller,
        report: &ReportRef,
        reason: &str,
        mut job: impl FnMut(&mut Turn<'_>, &mut OpenReport) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        if matches!(by, Caller::Install { .. }) {
            return Err(ServiceError::Forbidden("installs do not erase"));
        }
        if reason.trim().is_empty() {
            return Err(ServiceError::BadRequest("an erasure needs a reason".into()));
        }
        let (feed, id): (FeedNo, ReportId) = self.find(by, report)?;
        let now = self.now();
        let (no, out, done) = self.ledger.write(Some(feed), |tx| {
            let mut turn = Turn::begin(&self.ledger, tx, feed, now)?;
            let mut open = turn.take(id)?.ok_or(ServiceError::NotFound("report"))?;
            let no = open.row.no;
            let out = job(&mut turn, &mut open)?;
            turn.put(open);
            turn.note("erased", format!("of report {id}: {}", reason.trim()));
            Ok((no, out, turn.finish(&by.audit_name())?))
        })?;
        done.settle(&self.ledger);
        // Once more after the commit: somebody may have read it into memory meanwhile. So it goes on the other nodes.
        self.ledger.forget(no);
        self.ledger.tell(&Hint::Erased { report: no.0 });
        Ok(out)
    }
}

impl Turn<'_> {
    fn tombstone(&mut self, open: &mut OpenReport, what: Erasure) {
        open.row.digest.add(&what.name());
        let row = NewRow {
            kind: RowKind::Erased,
            name: Some(what.name()),
            install: None,
            moved_from: None,
            body: Some(minicbor::to_vec(what).expect("encoding to memory cannot fail")),
        };
        self.append(open, row);
    }

    pub(super) fn erase_report(&mut self, open: &mut OpenReport) -> Result<Vec<BlobHash>, ServiceError> {
        if open.is_erased() {
            return Ok(Vec::new());
        }
        let mut freed = Vec::new();
        for blob in self.tx.blobs_of_reports(self.feed.no, &[open.row.no])? {
            if !blob.is_erased && self.free(&blob)? {
                freed.push(blob.blob);
            }
        }
        self.tx.snapshot_drop(self.feed.no, open.row.no)?;
        open.forget();
        self.ledger.forget(open.row.no);
        open.row.digest = Digest::default();
        open.row.due_at = None;
        open.row.look_at = None;
        project::set(&mut open.row.flags, flag::ERASED, true);
        let report = open.row.report;
        self.tombstone(open, Erasure::Report { report });
        Ok(freed)
    }

    pub(super) fn erase_person(
        &mut self,
        open: &mut OpenReport,
        id: PersonRecordId,
    ) -> Result<(), ServiceError> {
        let rows = self.tx.rows_by_name(self.feed.no, &[id.as_bytes()])?;
        let row = rows
            .into_iter()
            .find(|r| r.kind == RowKind::Person && r.report == Some(open.row.no))
            .ok_or(ServiceError::NotFound("person record"))?;
        let Some(plain) = open.plain(&row)? else {
            return Ok(());
        };
        let held = body_hash(row.body.as_deref().unwrap_or_default());
        self.tx
            .row_body_replace(self.feed.no, row.seq, &[ERASED_MARK, &held].concat())?;
        open.row.digest.remove(&sha256(&plain));
        open.row.people = open.row.people.saturating_sub(1);
        let report = open.row.report;
        self.tombstone(open, Erasure::Person { report, id });
        Ok(())
    }

    /// A picture and its thumbnail go together, whichever is named. What has not arrived yet is refused when it does.
    pub(super) fn erase_blob(
        &mut self,
        open: &mut OpenReport,
        blob: BlobHash,
    ) -> Result<Vec<BlobHash>, ServiceError> {
        let held = self.tx.blobs_of_reports(self.feed.no, &[open.row.no])?;
        let mut together = BTreeSet::new();
        if !open.is_erased() && open.row.changes > 0 {
            together = files_beside(open.content(self.tx)?, blob);
        }
        if held.iter().any(|row| row.blob == blob) {
            together.insert(blob);
        }
        if together.is_empty() {
            return Err(ServiceError::NotFound("blob"));
        }
        let (report, mut freed) = (open.row.report, Vec::new());
        for blob in together {
            let row = held.iter().find(|row| row.blob == blob);
            if row.is_some_and(|row| row.is_erased) {
                continue;
            }
            let absent = BlobRow {
                feed: self.feed.no,
                report: open.row.no,
                blob,
                size_bytes: 0,
                media_type: String::new(),
                stored_at: self.now,
                is_erased: true,
            };
            if self.free(row.unwrap_or(&absent))? && row.is_some() {
                freed.push(blob);
            }
            self.tombstone(open, Erasure::Blob { report, blob });
        }
        self.count_attachments(open)?;
        Ok(freed)
    }

    /// Marks a blob of one report as erased; says whether no other report has it.
    fn free(&mut self, blob: &BlobRow) -> Result<bool, ServiceError> {
        self.tx.blob_put(&BlobRow {
            is_erased: true,
            ..blob.clone()
        })?;
        let others: BTreeSet<_> = self
            .tx
            .blobs_by_hash(&blob.blob)?
            .into_iter()
            .filter(|b| !b.is_erased)
            .map(|b| b.report)
            .collect();
        Ok(others.is_empty())
    }
}

/// A file of a report with what shows the same: a picture and its thumbnail.
fn files_beside(content: &ReportContent, blob: BlobHash) -> BTreeSet<BlobHash> {
    let shows = |one: &&AttachmentRef| one.blob == blob || one.thumbnail == Some(blob);
    let found = content.attachments.values().filter(shows);
    found
        .flat_map(|one| [Some(one.blob), one.thumbnail])
        .flatten()
        .collect()
}
