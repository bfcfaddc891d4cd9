//! Serving feeds: what is new for one reader after his cursor, decided by what he may see now.
//!
//! A row that changed who sees a report becomes, per reader, an `Enter` with the whole report, a `Leave`, or nothing. Cursors move past
//! what the reader may not see. What an install pushed itself is not sent back to it: its results were the receipt.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use xunge_core::attachment::BlobHash;
use xunge_core::id::{PersonRecordId, ReportId, UnitId};
use xunge_core::sync::message::{
    Digest, FeedPage, FeedPosition, FeedRow, ItemResult, Notice, PROTOCOL, Payload, Scope, SyncAnswer,
    SyncRequest,
};
use xunge_core::sync::vouch;
use xunge_core::time::Timestamp;

use super::bundle::for_reader;
use super::open_report::OpenReport;
use super::recent::Standing;
use super::scope::{ReaderScope, feeds_of};
use super::{Ledger, install, restore};
use crate::ServiceError;
use crate::store::{FeedState, InstallRow, LedgerRow, ReadTx, ReportNo, RowHead, RowKind};

/// Rows read at a time while a page is filled.
const ROWS_AT_ONCE: u32 = 256;

/// The oldest protocol that may pull: this one and the one before.
const PROTOCOL_PULL_MIN: u16 = if PROTOCOL > 1 { PROTOCOL - 1 } else { 1 };

/// From this protocol on, words are signed list by list.
const PROTOCOL_VOUCHES: u16 = 2;

/// What a row costs beside its contents, in bytes.
const ROW_BYTES: usize = 24;

/// What is left of the bytes that an answer may have.
pub(crate) struct Budget {
    left: usize,
    is_untouched: bool,
}

impl Budget {
    fn new(bytes: u32) -> Self {
        Self {
            left: usize::try_from(bytes).unwrap_or(usize::MAX),
            is_untouched: true,
        }
    }

    /// Takes bytes if they are there. The first thing always fits, however large, so that every answer moves on.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        if bytes > self.left && !self.is_untouched {
            self.left = 0;
            return false;
        }
        self.is_untouched = false;
        self.left = self.left.saturating_sub(bytes);
        true
    }
}

impl Ledger {
    /// Answers a request whose items have their results, and vouches for every word in the answer.
    pub(crate) fn answer(
        &self,
        reader: &InstallRow,
        request: &SyncRequest,
        results: Vec<ItemResult>,
        now: Timestamp,
    ) -> Result<SyncAnswer, ServiceError> {
        let mut answer = self.unsigned_answer(reader, request, results, now)?;
        let seal = match request.protocol {
            ..PROTOCOL_VOUCHES => vouch::seal_singly,
            _ => vouch::seal,
        };
        seal(&mut answer, &request.items, &self.keys.signing)
            .map_err(|error| ServiceError::Damaged(error.to_string()))?;
        Ok(answer)
    }

    fn unsigned_answer(
        &self,
        reader: &InstallRow,
        request: &SyncRequest,
        results: Vec<ItemResult>,
        now: Timestamp,
    ) -> Result<SyncAnswer, ServiceError> {
        let mut answer = SyncAnswer {
            protocol: PROTOCOL.min(request.protocol),
            server_at: now,
            generation: self.generation,
            results,
            pages: Vec::new(),
            backfill: Vec::new(),
            more: false,
            notices: Vec::new(),
            repaired: Vec::new(),
            vouches: Vec::new(),
            coverage: None,
        };
        if reader.revoked_at.is_some() {
            answer.notices.push(Notice::Revoked);
            return Ok(answer);
        }
        if request.protocol < PROTOCOL_PULL_MIN {
            answer.notices.push(Notice::UpdateRequired {
                protocol_min: PROTOCOL_PULL_MIN,
            });
            return Ok(answer);
        }
        let limits = &self.limits;
        let bytes = request
            .answer_bytes_max
            .clamp(limits.answer_bytes_min, limits.answer_bytes_max);
        self.read(|tx| {
            let mut answer = answer.clone();
            let mut budget = Budget::new(bytes);
            self.fill(tx, reader, request, &mut answer, &mut budget, now)?;
            Ok(answer)
        })
    }

    fn fill(
        &self,
        tx: &mut dyn ReadTx,
        reader: &InstallRow,
        request: &SyncRequest,
        answer: &mut SyncAnswer,
        budget: &mut Budget,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let feeds = self.feeds_followed(tx, reader, now)?;
        let asked: BTreeSet<&UnitId> = request.feeds.iter().map(|p| &p.feed).collect();
        if feeds.iter().ne(asked.iter().copied()) {
            answer.notices.push(Notice::Feeds {
                feeds: feeds.iter().cloned().collect(),
            });
        }
        for position in request.feeds.iter().take(self.limits.feeds) {
            let state = tx.feed(&position.feed)?.filter(|f| feeds.contains(&f.unit));
            let Some(feed) = state else { continue };
            let scope = self.scope(tx, &reader.person, &feed, now)?;
            let view = View {
                ledger: self,
                reader,
                feed: &feed,
                scope: &scope,
                request,
                now,
            };
            view.page(tx, position, answer, budget)?;
            view.check_coverage(tx, position, answer, budget)?;
            view.backfill(tx, answer, budget)?;
            view.repair(tx, answer, budget)?;
        }
        Ok(())
    }

    /// The feeds that an install follows: those of its person's posts, and those that it followed before.
    pub(crate) fn feeds_followed(
        &self,
        tx: &mut dyn ReadTx,
        reader: &InstallRow,
        now: Timestamp,
    ) -> Result<BTreeSet<UnitId>, ServiceError> {
        let all: Vec<UnitId> = tx.feeds()?.into_iter().map(|f| f.unit).collect();
        let (_, directory) = self.directory(tx)?;
        let mut feeds = feeds_of(&directory, &reader.person, &all, now);
        feeds.extend(install::feeds(reader)?.into_iter().filter(|f| all.contains(f)));
        Ok(feeds)
    }

    /// The digest of everything that a reader should hold of a feed.
    pub(crate) fn digest_of(
        &self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        scope: &ReaderScope,
    ) -> Result<Digest, ServiceError> {
        if let Some(sum) = self.cached_sum(feed.no, scope.tag, feed.head) {
            return Ok(sum);
        }
        let mut sum = Digest::default();
        for (key, digest) in tx.digests(feed.no)? {
            if scope.has_key(&key) {
                sum = sum.plus(digest);
            }
        }
        let person = &scope.person;
        for row in tx.digests_of_reports(feed.no, &[], person, &scope.holders, None, None, u32::MAX)? {
            if !row.scope.as_deref().is_some_and(|key| scope.has_key(key)) {
                sum = sum.plus(row.digest);
            }
        }
        self.cache_sum(feed.no, scope.tag, feed.head, sum);
        Ok(sum)
    }
}

/// One reader's view of one feed.
pub(crate) struct View<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) reader: &'a InstallRow,
    pub(crate) feed: &'a FeedState,
    pub(crate) scope: &'a Arc<ReaderScope>,
    pub(crate) request: &'a SyncRequest,
    pub(crate) now: Timestamp,
}

/// Since when the reader sees the report that was looked at last: rows of one report often stand together.
#[derive(Default)]
struct Sight(Option<(ReportNo, Option<u64>)>);

impl Sight {
    fn since(&mut self, report: ReportNo, find: impl FnOnce() -> Option<u64>) -> Option<u64> {
        match self.0 {
            Some((held, since)) if held == report => since,
            _ => {
                let since = find();
                self.0 = Some((report, since));
                since
            }
        }
    }
}

/// What a row is to a reader.
pub(super) enum Shown {
    Nothing,
    Row,
    /// The report has just come into sight.
    Enter,
    /// It has just gone out of sight.
    Leave(ReportId),
}

impl View<'_> {
    fn page(
        &self,
        tx: &mut dyn ReadTx,
        position: &FeedPosition,
        answer: &mut SyncAnswer,
        budget: &mut Budget,
    ) -> Result<(), ServiceError> {
        let restores = restore::restores(tx, self.feed.no)?;
        let generation = self.ledger.generation;
        let (cursor, is_behind) = restore::place(position, self.feed.head, generation, &restores);
        if is_behind {
            answer.notices.push(Notice::OfferAgain {
                feed: self.feed.unit.clone(),
            });
        }
        let mut page = FeedPage {
            feed: self.feed.unit.clone(),
            generation,
            rows: Vec::new(),
            cursor,
            scope: None,
            is_diverged: false,
            checkpoint: self.checkpoint(tx, position)?,
        };
        let is_first = position.scope.is_none();
        if is_first {
            self.directory_rows(tx, &mut page, budget)?;
        } else {
            self.rows(tx, &mut page, budget)?;
        }
        let is_at_end = page.cursor == self.feed.head;
        answer.more |= !is_at_end;
        if position.scope != Some(self.scope.tag) && (is_at_end || !is_first) {
            page.scope = Some(Scope {
                tag: self.scope.tag,
                grids: self.scope.grids.iter().cloned().collect(),
            });
        }
        let is_quiet = self.request.items.is_empty()
            && self.request.backfill.is_empty()
            && self.request.repair.is_none()
            && page.rows.is_empty();
        if let (Some(held), true, true, None) = (position.digest, is_quiet, is_at_end, &page.scope) {
            page.is_diverged = held != self.ledger.digest_of(tx, self.feed, self.scope)?;
        }
        answer.pages.push(page);
        Ok(())
    }

    /// The first pages of a reader: the directory alone. Reports come by backfill.
    fn directory_rows(
        &self,
        tx: &mut dyn ReadTx,
        page: &mut FeedPage,
        budget: &mut Budget,
    ) -> Result<(), ServiceError> {
        loop {
            let rows = tx.directory_after(self.feed.no, page.cursor, self.feed.head, ROWS_AT_ONCE)?;
            if rows.is_empty() {
                page.cursor = self.feed.head;
                return Ok(());
            }
            for (seq, row) in rows {
                if !budget.take(row.json.len() + row.key.len() + ROW_BYTES) {
                    return Ok(());
                }
                page.cursor = seq;
                page.rows.push(FeedRow {
                    seq,
                    payload: Payload::Directory { row },
                });
            }
        }
    }

    fn rows(
        &self,
        tx: &mut dyn ReadTx,
        page: &mut FeedPage,
        budget: &mut Budget,
    ) -> Result<(), ServiceError> {
        let mut opened = BTreeMap::new();
        let mut entered = BTreeSet::new();
        while page.cursor < self.feed.head {
            let mut sight = Sight::default();
            let stretch = self
                .ledger
                .recent
                .stretch(tx, self.feed, page.cursor, &mut |head, standing| {
                    !matches!(self.shown(head, standing, &mut sight), Shown::Nothing)
                })?;
            let Some(last) = stretch.last else {
                page.cursor = self.feed.head;
                return Ok(());
            };
            for (head, standing) in stretch.shown {
                let shown = match head.report {
                    Some(no) if entered.contains(&no) => Shown::Nothing,
                    _ => self.shown(&head, standing.as_deref(), &mut sight),
                };
                if let Some((payload, bytes)) = self.payload(tx, &head, shown, &mut opened, &mut entered)? {
                    if !budget.take(bytes + ROW_BYTES) {
                        return Ok(());
                    }
                    page.rows.push(FeedRow {
                        seq: head.seq,
                        payload,
                    });
                }
                page.cursor = head.seq;
            }
            page.cursor = last;
        }
        Ok(())
    }

    /// What a row is to this reader.
    fn shown(&self, head: &RowHead, standing: Option<&Standing>, sight: &mut Sight) -> Shown {
        let (no, standing) = match (head.report, standing) {
            (None, _) if head.kind == RowKind::Coverage => return self.shown_coverage(head),
            (None, _) => return Shown::Row,
            (Some(_), None) => return Shown::Nothing,
            (Some(no), Some(standing)) => (no, standing),
        };
        match sight.since(no, || standing.since(self.scope)) {
            None => match &head.moved_from {
                Some(holder) if head.kind == RowKind::Grant && self.scope.has_holder(holder) => {
                    Shown::Leave(standing.report)
                }
                Some(key) if self.scope.has_key(key) => Shown::Leave(standing.report),
                _ => Shown::Nothing,
            },
            Some(since) if head.seq < since => Shown::Nothing,
            Some(since) if head.seq == since => Shown::Enter,
            // What the install pushed itself it has; its results were the receipt.
            Some(_) if head.install == Some(self.reader.no) => Shown::Nothing,
            Some(_) => Shown::Row,
        }
    }

    fn payload(
        &self,
        tx: &mut dyn ReadTx,
        head: &RowHead,
        shown: Shown,
        opened: &mut BTreeMap<ReportNo, OpenReport>,
        entered: &mut BTreeSet<ReportNo>,
    ) -> Result<Option<(Payload, usize)>, ServiceError> {
        match (shown, head.report) {
            (Shown::Nothing, _) => Ok(None),
            (Shown::Leave(report), _) => Ok(Some((Payload::Leave { report }, 16))),
            (_, None) if head.kind == RowKind::Coverage => self.coverage_payload(tx, head.seq),
            (_, None) => self.directory_payload(tx, head.seq),
            (Shown::Enter, Some(no)) => {
                let Some(row) = tx.reports_by_no(self.feed.no, &[no])?.pop() else {
                    return Ok(None);
                };
                entered.insert(no);
                let (bundle, bytes) = self.ledger.bundle(tx, &row)?;
                Ok(Some((Payload::Enter { bundle }, bytes)))
            }
            (Shown::Row, Some(no)) => {
                if let std::collections::btree_map::Entry::Vacant(place) = opened.entry(no) {
                    let Some(row) = tx.reports_by_no(self.feed.no, &[no])?.pop() else {
                        return Ok(None);
                    };
                    place.insert(OpenReport::keyed(self.ledger, row)?);
                }
                let row = tx.rows_by_seq(self.feed.no, &[head.seq])?.pop();
                match (row, opened.get(&no)) {
                    (Some(row), Some(open)) => self.row_payload(&row, open),
                    _ => Ok(None),
                }
            }
        }
    }

    fn directory_payload(
        &self,
        tx: &mut dyn ReadTx,
        seq: u64,
    ) -> Result<Option<(Payload, usize)>, ServiceError> {
        // A record that was written again since has moved to a later row.
        let found = tx.directory_after(self.feed.no, seq - 1, seq, 1)?.pop();
        Ok(found.map(|(_, row)| {
            let bytes = row.json.len() + row.key.len();
            (Payload::Directory { row }, bytes)
        }))
    }

    fn row_payload(
        &self,
        row: &LedgerRow,
        open: &OpenReport,
    ) -> Result<Option<(Payload, usize)>, ServiceError> {
        let report = open.row.report;
        Ok(match row.kind {
            RowKind::Change => open.plain(row)?.map(|plain| change(report, plain)),
            RowKind::Event => open.event(row)?.map(|event| {
                let event = for_reader(event);
                let bytes = event.command.body.len() + event.result.body.len() + 32;
                (Payload::Event { report, event }, bytes)
            }),
            RowKind::Person => {
                let id = row.name.as_deref().and_then(PersonRecordId::from_slice);
                id.zip(open.plain(row)?).map(|(id, plain)| {
                    let bytes = plain.len() + 32;
                    let payload = Payload::Person {
                        id,
                        report,
                        bytes: plain.into(),
                    };
                    (payload, bytes)
                })
            }
            RowKind::Erased => {
                let what = row.body.as_deref().and_then(|body| minicbor::decode(body).ok());
                what.map(|what| (Payload::Erased { what }, 64))
            }
            RowKind::Blob => blob(report, row).filter(|_| !open.is_erased()).map(|p| (p, 64)),
            RowKind::Directory | RowKind::Grant | RowKind::Coverage => None,
        })
    }
}

fn change(report: ReportId, plain: Vec<u8>) -> (Payload, usize) {
    let bytes = plain.len() + 20;
    let payload = Payload::Change {
        report,
        bytes: plain.into(),
    };
    (payload, bytes)
}

fn blob(report: ReportId, row: &LedgerRow) -> Option<Payload> {
    let blob = BlobHash::from_bytes(row.name.as_deref()?.try_into().ok()?);
    let size_bytes = u64::from_be_bytes(row.body.as_deref()?.try_into().ok()?);
    Some(Payload::Blob {
        report,
        blob,
        size_bytes,
    })
}
