//! A turn: one writing transaction of one feed.
//!
//! Rows get the next numbers of the feed while the feed's row is locked, so that commit order is number order and no cursor ever skips a
//! row. Everything that a row moves (reports, grants, digests, the audit chain) is written in the same transaction.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use xunge_core::directory::Directory;
use xunge_core::document::gate::Snapshot;
use xunge_core::id::{InstallId, PatrolId, PersonId, ReportId, UnitId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;

use super::cover::TurnDay;
use super::open_report::OpenReport;
use super::{Ledger, audit};
use crate::ServiceError;
use crate::store::{
    FeedNo, FeedState, GrantRow, InstallNo, LedgerRow, ReportNo, ReportRow, RowKind, TrackRow, WriteTx,
};

/// One writing transaction.
pub(crate) struct Turn<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) tx: &'a mut dyn WriteTx,
    pub(crate) feed: FeedState,
    pub(crate) now: Timestamp,
    pub(crate) directory: Arc<Directory>,
    pub(crate) directory_version: u64,
    /// Coverage that was looked at, by unit and day.
    pub(super) days: BTreeMap<(UnitId, String), TurnDay>,
    /// Segments and check-ups that were taken in.
    pub(super) tracks: Vec<TrackRow>,
    /// The segments of patrols that were looked at, with those that were taken in.
    pub(super) patrols: BTreeMap<(PatrolId, InstallId), Vec<TrackRow>>,
    reports: BTreeMap<ReportId, OpenReport>,
    rows: Vec<(Option<ReportId>, LedgerRow)>,
    grants: Vec<(ReportId, GrantRow)>,
    /// Grants from before the turn that end in it.
    ended: BTreeSet<(ReportNo, String)>,
    notes: Vec<(String, String)>,
    /// Names of commands and person records appended in this turn.
    names: BTreeSet<Vec<u8>>,
    held: Held,
}

/// What was read of the tables beforehand, for a whole push at once; it holds as long as the feed is locked.
#[derive(Default)]
struct Held {
    /// Reports that were looked for: their rows, or that they are not there.
    reports: BTreeMap<ReportId, Option<ReportRow>>,
    /// Names that were looked for, with the rows that bear them.
    names: BTreeMap<Vec<u8>, Vec<LedgerRow>>,
    /// The holders of reports that were looked for.
    holders: BTreeMap<ReportNo, BTreeSet<String>>,
}

/// A row to be appended.
pub(crate) struct NewRow {
    pub(crate) kind: RowKind,
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) install: Option<InstallNo>,
    pub(crate) moved_from: Option<String>,
    pub(crate) body: Option<Vec<u8>>,
}

/// What a turn leaves behind once it is committed.
pub(crate) struct Done {
    stories: Vec<(ReportNo, Arc<super::story::Story>)>,
    documents: Vec<(ReportNo, u32, Snapshot)>,
    feed: FeedState,
    has_rows: bool,
}

impl Done {
    /// Fills the memory and wakes those who wait. Only after the commit.
    pub(crate) fn settle(self, ledger: &Ledger) {
        for (report, story) in self.stories {
            ledger.cache_story(report, story);
        }
        for (report, changes, document) in self.documents {
            ledger.cache_document(report, changes, document);
        }
        if self.has_rows {
            ledger.wakers.wake(&self.feed.unit, self.feed.head);
            ledger.tell(&super::hint::Hint::Grew {
                feed: self.feed.unit,
                head: self.feed.head,
            });
        }
    }
}

impl<'a> Turn<'a> {
    /// Begins a turn on a feed whose row is locked.
    pub(crate) fn begin(
        ledger: &'a Ledger,
        tx: &'a mut dyn WriteTx,
        feed: FeedNo,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        let feed = tx.feed_by_no(feed)?.ok_or(ServiceError::NotFound("feed"))?;
        let (directory_version, directory) = ledger.directory(tx)?;
        Ok(Self {
            ledger,
            tx,
            feed,
            now,
            directory,
            directory_version,
            days: BTreeMap::new(),
            tracks: Vec::new(),
            patrols: BTreeMap::new(),
            reports: BTreeMap::new(),
            rows: Vec::new(),
            grants: Vec::new(),
            ended: BTreeSet::new(),
            notes: Vec::new(),
            names: BTreeSet::new(),
            held: Held::default(),
        })
    }

    /// Reads in a few questions what the turn is going to ask for: these reports with their grants, and the rows of these names.
    pub(crate) fn look_up(&mut self, reports: &[ReportId], names: &[&[u8]]) -> Result<(), ServiceError> {
        let feed = self.feed.no;
        let rows = match reports {
            [] => Vec::new(),
            _ => self.tx.reports(feed, reports)?,
        };
        let numbers: Vec<ReportNo> = rows.iter().map(|row| row.no).collect();
        if !numbers.is_empty() {
            let holders = &mut self.held.holders;
            holders.extend(numbers.iter().map(|no| (*no, BTreeSet::new())));
            for grant in self.tx.grants(feed, &numbers)? {
                holders.entry(grant.report).or_default().insert(grant.holder);
            }
        }
        let held = &mut self.held;
        held.reports.extend(reports.iter().map(|report| (*report, None)));
        held.reports
            .extend(rows.into_iter().map(|row| (row.report, Some(row))));
        if names.is_empty() {
            return Ok(());
        }
        held.names
            .extend(names.iter().map(|name| (name.to_vec(), Vec::new())));
        for row in self.tx.rows_by_name(feed, names)? {
            let name = row.name.clone().unwrap_or_default();
            held.names.entry(name).or_default().push(row);
        }
        Ok(())
    }

    /// The rows of this name that were there before the turn.
    pub(crate) fn rows_named(&mut self, name: &[u8]) -> Result<Vec<LedgerRow>, ServiceError> {
        match self.held.names.get(name) {
            Some(rows) => Ok(rows.clone()),
            None => Ok(self.tx.rows_by_name(self.feed.no, &[name])?),
        }
    }

    /// The number that the next row gets.
    pub(crate) fn next_seq(&self) -> u64 {
        self.feed.head + 1
    }

    /// Takes a report out to work on it; [`Self::put`] gives it back.
    pub(crate) fn take(&mut self, report: ReportId) -> Result<Option<OpenReport>, ServiceError> {
        if let Some(open) = self.reports.remove(&report) {
            return Ok(Some(open));
        }
        let row = match self.held.reports.get(&report) {
            Some(held) => held.clone(),
            None => self.tx.reports(self.feed.no, &[report])?.pop(),
        };
        row.map(|row| OpenReport::open(self.ledger, row)).transpose()
    }

    /// Gives a report back; it is written at the end of the turn.
    pub(crate) fn put(&mut self, open: OpenReport) {
        self.reports.insert(open.row.report, open);
    }

    /// Whether a command or person record of this name was appended in this turn.
    pub(crate) fn has_name(&self, name: &[u8]) -> bool {
        self.names.contains(name)
    }

    /// Whether anything was appended or taken in in this turn.
    pub(crate) fn has_rows(&self) -> bool {
        !self.rows.is_empty() || !self.tracks.is_empty()
    }

    /// Appends a row that concerns a report. The report's last row moves with it.
    pub(crate) fn append(&mut self, open: &mut OpenReport, row: NewRow) -> u64 {
        let seq = self.push(Some(open.row.report), row);
        open.row.last_seq = seq;
        seq
    }

    /// Appends a row of the directory.
    pub(crate) fn append_directory(&mut self) -> u64 {
        let row = NewRow {
            kind: RowKind::Directory,
            name: None,
            install: None,
            moved_from: None,
            body: None,
        };
        self.push(None, row)
    }

    /// Appends a row that concerns no report.
    pub(crate) fn append_loose(&mut self, row: NewRow) -> u64 {
        self.push(None, row)
    }

    fn push(&mut self, report: Option<ReportId>, row: NewRow) -> u64 {
        self.feed.head += 1;
        if matches!(row.kind, RowKind::Event | RowKind::Person) {
            self.names.extend(row.name.clone());
        }
        let row = LedgerRow {
            seq: self.feed.head,
            kind: row.kind,
            report: None,
            name: row.name,
            install: row.install,
            moved_from: row.moved_from,
            body: row.body,
        };
        self.rows.push((report, row));
        self.feed.head
    }

    /// Notes on the row just appended that it moved the report.
    pub(crate) fn mark_moved(&mut self, moved_from: String) {
        if let Some((_, row)) = self.rows.last_mut() {
            row.moved_from = Some(moved_from);
        }
    }

    /// Grants a report as of a row, unless it is granted already.
    pub(crate) fn grant(&mut self, open: &OpenReport, holder: String, seq: u64) -> Result<(), ServiceError> {
        let report = open.row.report;
        let is_same = |(r, g): &(ReportId, GrantRow)| *r == report && g.holder == holder;
        if !self.grants.iter().any(is_same) && !self.is_held(open, &holder)? {
            let grant = GrantRow {
                report: open.row.no,
                holder,
                seq,
            };
            self.grants.push((report, grant));
        }
        Ok(())
    }

    /// Whether a report was granted to this holder before the turn, and still is.
    fn is_held(&mut self, open: &OpenReport, holder: &str) -> Result<bool, ServiceError> {
        let is_ended = self.ended.contains(&(open.row.no, holder.to_owned()));
        Ok(!is_ended && self.granted_before(open)?.contains(holder))
    }

    /// To whom a report was granted before the turn: asked of the store once.
    fn granted_before(&mut self, open: &OpenReport) -> Result<&BTreeSet<String>, ServiceError> {
        let holders = match self.held.holders.entry(open.row.no) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(missing) if open.is_new => missing.insert(BTreeSet::new()),
            Entry::Vacant(missing) => {
                let grants = self.tx.grants(self.feed.no, &[open.row.no])?;
                missing.insert(grants.into_iter().map(|grant| grant.holder).collect())
            }
        };
        Ok(holders)
    }

    /// To whom a report is granted now.
    pub(crate) fn granted(&mut self, open: &OpenReport) -> Result<BTreeSet<String>, ServiceError> {
        let mut holders = self.granted_before(open)?.clone();
        holders.retain(|holder| !self.ended.contains(&(open.row.no, holder.clone())));
        let fresh = self
            .grants
            .iter()
            .filter(|(report, _)| *report == open.row.report);
        holders.extend(fresh.map(|(_, grant)| grant.holder.clone()));
        Ok(holders)
    }

    /// Ends what is granted to a holder.
    pub(crate) fn end_grant(&mut self, open: &OpenReport, holder: String) {
        let report = open.row.report;
        self.grants
            .retain(|(r, grant)| *r != report || grant.holder != holder);
        if !open.is_new {
            self.ended.insert((open.row.no, holder));
        }
    }

    /// Adds a line to the audit chain at the end of the turn.
    pub(crate) fn note(&mut self, kind: &str, detail: String) {
        self.notes.push((kind.to_owned(), detail));
    }

    /// The actors of everybody's installs who is this person.
    pub(crate) fn actors_of(
        &mut self,
        person: &PersonId,
    ) -> Result<BTreeSet<xunge_core::id::ActorId>, ServiceError> {
        super::install::actors_of(self.tx, person)
    }

    /// Writes everything.
    pub(crate) fn finish(mut self, actor: &str) -> Result<Done, ServiceError> {
        self.write_digests()?;
        self.write_patrols()?;
        let mut numbers = BTreeMap::new();
        let mut stories = Vec::new();
        let mut documents = Vec::new();
        let mut updated = Vec::new();
        let mut reports = std::mem::take(&mut self.reports);
        let fresh: Vec<&mut OpenReport> = reports.values_mut().filter(|open| open.is_new).collect();
        let rows: Vec<&ReportRow> = fresh.iter().map(|open| &open.row).collect();
        let given = self.tx.reports_insert(&rows)?;
        for (open, no) in fresh.into_iter().zip(given) {
            open.row.no = no;
        }
        for (id, open) in reports {
            if !open.is_new {
                updated.push(open.row.clone());
            }
            numbers.insert(id, open.row.no);
            let (no, changes) = (open.row.no, open.row.changes);
            let (story, document) = open.into_memory();
            stories.extend(story.map(|story| (no, story)));
            documents.extend(document.map(|document| (no, changes, document)));
        }
        self.tx.reports_update(&updated)?;
        let number = |id: &ReportId| numbers.get(id).copied();
        let rows: Vec<LedgerRow> = std::mem::take(&mut self.rows)
            .into_iter()
            .map(|(report, row)| LedgerRow {
                report: report.as_ref().and_then(number),
                ..row
            })
            .collect();
        let grants: Vec<GrantRow> = std::mem::take(&mut self.grants)
            .into_iter()
            .filter_map(|(id, grant)| {
                let report = number(&id)?;
                Some(GrantRow { report, ..grant })
            })
            .collect();
        self.tx.rows_insert(self.feed.no, &rows)?;
        let ended: Vec<(ReportNo, String)> = std::mem::take(&mut self.ended).into_iter().collect();
        self.tx.grants_end(self.feed.no, &ended)?;
        self.tx.grants_insert(self.feed.no, &grants)?;
        let mut lines = Vec::new();
        if !rows.is_empty() {
            let detail = audit::rows_detail(&rows);
            lines.push(audit::line(&mut self.feed, self.now, actor, "rows", detail));
        }
        for (kind, detail) in std::mem::take(&mut self.notes) {
            lines.push(audit::line(&mut self.feed, self.now, actor, &kind, detail));
        }
        self.tx.audit_insert(self.feed.no, &lines)?;
        self.tx.feed_update(&self.feed)?;
        Ok(Done {
            stories,
            documents,
            // Coverage grows all day long and can wait for the next sync: it wakes nobody.
            has_rows: rows.iter().any(|row| row.kind != RowKind::Coverage),
            feed: self.feed,
        })
    }

    /// Moves the sums of the scope keys by what the touched reports count now.
    fn write_digests(&mut self) -> Result<(), ServiceError> {
        let mut moves: Vec<(String, Digest, bool)> = Vec::new();
        for open in self.reports.values() {
            let now = open.row.scope.clone().map(|scope| (scope, open.row.digest));
            if now != open.counted {
                moves.extend(open.counted.clone().map(|(scope, digest)| (scope, digest, false)));
                moves.extend(now.map(|(scope, digest)| (scope, digest, true)));
            }
        }
        if moves.is_empty() {
            return Ok(());
        }
        let mut sums: BTreeMap<String, Digest> = self.tx.digests(self.feed.no)?.into_iter().collect();
        let mut touched = BTreeMap::new();
        for (scope, digest, is_added) in moves {
            let sum = sums.entry(scope.clone()).or_default();
            // The XOR takes in and out alike; only the count knows the direction.
            let count = sum.count;
            *sum = sum.plus(digest);
            if !is_added {
                sum.count = count.saturating_sub(digest.count);
            }
            touched.insert(scope, *sum);
        }
        let touched: Vec<(String, Digest)> = touched.into_iter().collect();
        self.tx.digests_put(self.feed.no, &touched)?;
        Ok(())
    }
}
