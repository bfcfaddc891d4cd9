//! A report's whole story: who held it, since when, why it came back; refused acts too.

use serde::Serialize;
use xunge_core::command::{Command, Effect, Outcome};
use xunge_core::id::{ReportId, UnitId};
use xunge_core::person::{mask_name, mask_telephone};
use xunge_core::report::{PersonRecord, ReportContent};
use xunge_core::time::Timestamp;
use xunge_core::workflow::Matter;

use super::{BlobInfo, Caller, QueueRow, ReportRef, Service};
use crate::ServiceError;
use crate::ledger::audit;
use crate::ledger::open_report::OpenReport;
use crate::ledger::story::Told;
use crate::store::{FeedNo, ReadTx, RowKind};

/// One line of the story.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StoryEvent {
    /// Its place in the feed.
    pub seq: u64,
    /// When the server received it.
    pub received_at: Timestamp,
    /// The act.
    pub command: Command,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether the server's key signed it for an account, a clock or the operator.
    pub is_console: bool,
    /// Where the report stood afterwards; `None` unless accepted.
    pub effect: Option<Effect>,
}

/// Everything about one report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReportStory {
    /// The feed in which it lives.
    pub feed: UnitId,
    /// The line that lists show.
    pub row: QueueRow,
    /// The content; `None` where it was erased.
    pub content: Option<ReportContent>,
    /// Where the report stands; `None` before its submission was accepted.
    pub matter: Option<Matter>,
    /// Every act in order.
    pub events: Vec<StoryEvent>,
    /// The people concerned; names and telephones are masked unless unmasking was asked for (and audited).
    pub people: Vec<PersonRecord>,
    /// Blobs whose bytes are here: hash and size.
    pub blobs: Vec<BlobInfo>,
    /// Whether the content was erased by law.
    pub is_erased: bool,
}

impl Service {
    /// The story of a report. Reading it is recorded where it has people; `unmask` gives a reason for reading them in full.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a report that is not there or not the caller's to see.
    pub fn report_story(
        &self,
        caller: &Caller,
        report: &ReportRef,
        unmask: Option<&str>,
    ) -> Result<ReportStory, ServiceError> {
        let (feed, id) = self.find(caller, report)?;
        let story = self.ledger.read(|tx| self.read_story(tx, feed, id))?;
        let mut story = story;
        let reason = unmask.map(str::trim).filter(|reason| !reason.is_empty());
        if reason.is_none() {
            story.people.iter_mut().for_each(mask);
        }
        if !story.people.is_empty() {
            let (now, count) = (self.now(), story.people.len());
            let how = if reason.is_some() { "unmasked" } else { "masked" };
            let detail = format!("{count} people of report {id}, {how}: {}", reason.unwrap_or("-"));
            self.ledger.write(Some(feed), |tx| {
                Ok(audit::note(
                    tx,
                    feed,
                    now,
                    &caller.audit_name(),
                    "read_people",
                    &detail,
                )?)
            })?;
        }
        Ok(story)
    }

    /// Records that the archive of a report left the server.
    pub fn note_archive(
        &self,
        caller: &Caller,
        story: &ReportStory,
        reason: Option<&str>,
    ) -> Result<(), ServiceError> {
        let (feed, id) = self.find(caller, &ReportRef::Id(story.row.report))?;
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        let how = if reason.is_some() { "unmasked" } else { "masked" };
        let detail = format!("archive of report {id}, {how}: {}", reason.unwrap_or("-"));
        let now = self.now();
        self.ledger.write(Some(feed), |tx| {
            let by = caller.audit_name();
            Ok(audit::note(tx, feed, now, &by, "export", &detail)?)
        })
    }

    fn read_story(
        &self,
        tx: &mut dyn ReadTx,
        feed: FeedNo,
        id: ReportId,
    ) -> Result<ReportStory, ServiceError> {
        let state = tx.feed_by_no(feed)?.ok_or(ServiceError::NotFound("feed"))?;
        let row = tx
            .reports(feed, &[id])?
            .pop()
            .ok_or(ServiceError::NotFound("report"))?;
        let mut open = OpenReport::open(&self.ledger, row.clone())?;
        let content = if open.is_erased() || open.row.changes == 0 {
            None
        } else {
            Some(open.content(tx)?.clone())
        };
        let mut people = Vec::new();
        for line in tx.rows_of_report(feed, row.no, &[RowKind::Person])? {
            if let Some(plain) = open.plain(&line)? {
                let bad = |_| ServiceError::Damaged(format!("row {}", line.seq));
                people.push(minicbor::decode(&plain).map_err(bad)?);
            }
        }
        let server = self.ledger.keys.install;
        let told = if open.is_erased() {
            None
        } else {
            Some(open.story(&self.ledger, tx)?)
        };
        let events = told.map_or(Vec::new(), |story| {
            let event = |told: &Told| StoryEvent {
                seq: told.seq,
                received_at: told.result.received_at,
                command: told.command.clone(),
                outcome: told.result.outcome,
                is_console: told.command.install == server,
                effect: told.result.effect.clone(),
            };
            story.told.iter().map(event).collect()
        });
        let blobs = tx.blobs_of_reports(feed, &[row.no])?;
        let blobs = blobs.into_iter().filter(|b| !b.is_erased).map(BlobInfo::from);
        Ok(ReportStory {
            feed: state.unit,
            content,
            matter: open.matter().cloned(),
            events,
            people,
            blobs: blobs.collect(),
            is_erased: open.is_erased(),
            row: self.queue_row(row)?,
        })
    }

    /// The name of a report by its code or name, if there is one that the caller may see.
    pub fn report_id(&self, caller: &Caller, report: &ReportRef) -> Result<ReportId, ServiceError> {
        Ok(self.find(caller, report)?.1)
    }

    /// The feed and name of a report that the caller may see.
    pub(super) fn find(
        &self,
        caller: &Caller,
        report: &ReportRef,
    ) -> Result<(FeedNo, ReportId), ServiceError> {
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        let code = match report {
            ReportRef::Code(text) => xunge_core::code::check(text).ok(),
            ReportRef::Id(_) => None,
        };
        self.ledger.read(|tx| {
            for unit in &feeds {
                let Some(feed) = tx.feed(unit)? else { continue };
                let row = match (report, &code) {
                    (ReportRef::Id(id), _) => tx.reports(feed.no, &[*id])?.pop(),
                    (ReportRef::Code(_), Some(code)) => tx.report_by_code(feed.no, code)?,
                    // A code with a wrong character may still be one of a program that made others.
                    (ReportRef::Code(text), None) => tx.report_by_code(feed.no, text)?,
                };
                let Some(row) = row else { continue };
                let is_operator = matches!(caller, Caller::Operator { .. });
                let grants = tx.grants(feed.no, &[row.no])?;
                let scope = self.reader(tx, caller, &feed, now)?;
                if is_operator || scope.sees_since(&row, &grants).is_some() {
                    return Ok((feed.no, row.report));
                }
            }
            Err(ServiceError::NotFound("report"))
        })
    }
}

fn mask(record: &mut PersonRecord) {
    record.name = mask_name(&record.name);
    record.telephone = record.telephone.as_deref().map(mask_telephone);
    record.remark = None;
}
