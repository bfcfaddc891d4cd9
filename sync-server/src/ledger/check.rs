//! Verification: everything that can be rebuilt is rebuilt from the received bytes and compared; chains and signatures are checked.
//!
//! Reads alone, in pages, beside a serving server. The first problem named is the first wrong record in the order of the feeds.

use std::collections::BTreeMap;

use xunge_core::attachment::BlobHash;
use xunge_core::command::Event;
use xunge_core::document::Document;
use xunge_core::id::{ChangeHash, InstallId};
use xunge_core::signature::{Algorithm, PublicKey, Signature, sha256};
use xunge_core::sync::checkpoint::ChainEnd;
use xunge_core::sync::message::{Digest, Erasure, Manifest};
use xunge_core::workflow::Matter;

use super::audit::{link, parse_rows_detail, rows_detail};
use super::checkpoint::{Signed, TOLD, told_wrongly};
use super::open_report::OpenReport;
use super::scope::grid_of;
use super::story::Story;
use super::{Ledger, project, restore};
use crate::ServiceError;
use crate::service::{BlobCheck, VerifyReport};
use crate::store::{FeedState, LedgerRow, ReadTx, ReportNo, ReportRow, RowKind, SERVER_FEED, flag};

/// Records read at a time.
pub(super) const AT_ONCE: u32 = 500;

/// Problems after which nothing more is listed.
const PROBLEMS_MAX: usize = 200;

/// Every kind of row that a report has.
const KINDS: &[RowKind] = &[RowKind::Change, RowKind::Event, RowKind::Person, RowKind::Erased];

pub(super) struct Check<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) report: VerifyReport,
    keys: BTreeMap<InstallId, Option<PublicKey>>,
    /// Where chains stood, as somebody else keeps it.
    kept: &'a [ChainEnd],
}

impl Ledger {
    /// Verifies the whole database; see [`crate::Service::verify`].
    pub(crate) fn verify(
        &self,
        blobs: Option<&dyn BlobCheck>,
        kept: &[ChainEnd],
    ) -> Result<VerifyReport, ServiceError> {
        let mut check = Check {
            ledger: self,
            report: VerifyReport::default(),
            keys: BTreeMap::new(),
            kept,
        };
        for problem in self.store.self_check()? {
            check.problem(format!("database: {problem}"));
        }
        let feeds = self.read(|tx| {
            let mut feeds = tx.feeds()?;
            feeds.extend(tx.feed_by_no(SERVER_FEED)?);
            Ok(feeds)
        })?;
        for feed in feeds {
            // One view per feed, so that what is pushed meanwhile does not show as a difference.
            let done = self.read(|tx| {
                let mut part = Check {
                    ledger: self,
                    report: check.report.clone(),
                    keys: check.keys.clone(),
                    kept,
                };
                if let Some(feed) = tx.feed_by_no(feed.no)? {
                    part.feed(tx, &feed)?;
                }
                Ok((part.report, part.keys))
            })?;
            (check.report, check.keys) = done;
        }
        if let Some(blobs) = blobs {
            check.blobs(blobs)?;
        }
        Ok(check.report)
    }
}

impl Check<'_> {
    pub(super) fn problem(&mut self, text: String) {
        if self.report.problems.len() < PROBLEMS_MAX {
            self.report.problems.push(text);
        }
    }

    fn feed(&mut self, tx: &mut dyn ReadTx, feed: &FeedState) -> Result<(), ServiceError> {
        self.chain(tx, feed)?;
        self.manifests(tx, feed)?;
        let mut sums: BTreeMap<String, Digest> = BTreeMap::new();
        let mut after = ReportNo(0);
        loop {
            let rows = tx.reports_all(feed.no, after, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            after = last.no;
            for row in rows {
                if let Some(scope) = &row.scope {
                    let sum = sums.entry(scope.clone()).or_default();
                    *sum = sum.plus(row.digest);
                }
                self.one_report(tx, row)?;
            }
        }
        for (scope, held) in tx.digests(feed.no)? {
            if sums.remove(&scope).unwrap_or_default() != held {
                self.problem(format!("feed {}: the digest of {scope} differs", feed.unit));
            }
        }
        if let Some((scope, _)) = sums.first_key_value() {
            self.problem(format!("feed {}: the digest of {scope} is missing", feed.unit));
        }
        self.patrols(tx, feed)
    }

    /// The audit chain, and the rows that its lines sum up.
    fn chain(&mut self, tx: &mut dyn ReadTx, feed: &FeedState) -> Result<(), ServiceError> {
        let (mut number, mut hash, mut seq) = (0, [0; 32], 0);
        let ended = restore::restores(tx, feed.no)?
            .into_iter()
            .map(|restore| restore.from);
        let mut signed = Signed::of(&feed.unit, self.kept, ended.collect());
        loop {
            let lines = tx.audit_lines(feed.no, number + 1, AT_ONCE)?;
            if lines.is_empty() {
                break;
            }
            for line in lines {
                self.report.audit_rows += 1;
                let expected = link(&hash, number + 1, line.at, &line.actor, &line.kind, &line.detail);
                if line.number != number + 1 || line.hash != expected {
                    self.problem(format!(
                        "feed {}: audit line {} does not fit its chain",
                        feed.unit,
                        number + 1
                    ));
                    return Ok(());
                }
                (number, hash) = (line.number, line.hash);
                signed.see(number, &line.kind, hash);
                if line.kind == TOLD
                    && let Some(problem) = told_wrongly(tx, &line.detail)?
                {
                    self.problem(problem);
                }
                if line.kind == "rows" {
                    seq = self.summed_rows(tx, feed, &line.detail, seq)?;
                }
            }
        }
        if let Some(problem) = signed.problem(self.ledger.generation, number) {
            self.problem(format!("feed {}: audit {problem}", feed.unit));
        }
        if (number, hash) != (feed.audit_count, feed.audit_hash) {
            self.problem(format!(
                "feed {}: the audit chain ends at line {number}, not where it should",
                feed.unit
            ));
        }
        if seq != feed.head {
            self.problem(format!(
                "feed {}: rows after {seq} are in no audit line",
                feed.unit
            ));
        }
        Ok(())
    }

    fn summed_rows(
        &mut self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        detail: &str,
        before: u64,
    ) -> Result<u64, ServiceError> {
        let Some((first, last, _)) = parse_rows_detail(detail) else {
            self.problem(format!(
                "feed {}: an audit line after row {before} is not readable",
                feed.unit
            ));
            return Ok(before);
        };
        let count = u32::try_from(last.saturating_sub(before)).unwrap_or(u32::MAX);
        let rows = tx.rows_after(feed.no, before, last, count)?;
        let numbers = rows.iter().map(|row| row.seq);
        let is_whole = first == before + 1 && numbers.eq(first..=last);
        if !is_whole || rows_detail(&rows) != detail {
            self.problem(format!(
                "feed {}: rows {first} to {last} differ from their audit line",
                feed.unit
            ));
        }
        Ok(last)
    }

    fn manifests(&mut self, tx: &mut dyn ReadTx, feed: &FeedState) -> Result<(), ServiceError> {
        let mut after = 0;
        loop {
            let rows = tx.manifests(feed.no, after, AT_ONCE)?;
            if rows.is_empty() {
                return Ok(());
            }
            for (number, row) in rows {
                after = number;
                self.report.manifests += 1;
                let Some(install) = tx.install_by_no(row.install)? else {
                    self.problem(format!("manifest {number}: its install is unknown"));
                    continue;
                };
                let names = row
                    .names
                    .chunks_exact(32)
                    .filter_map(ChangeHash::from_slice)
                    .collect();
                let fits = (|| {
                    let manifest = Manifest {
                        install: install.install,
                        names,
                        at: minicbor::decode(&row.at).ok()?,
                    };
                    let bytes = minicbor::to_vec(&manifest).ok()?;
                    let signature = Signature {
                        alg: Algorithm::P256,
                        bytes: row.signature.as_slice().try_into().ok()?,
                    };
                    let key = PublicKey::from_slice(&install.public_key).ok()?;
                    key.verify("manifest", &bytes, &signature).ok()
                })();
                if fits.is_none() {
                    self.problem(format!("manifest {number}: the signature does not fit"));
                }
            }
        }
    }

    fn one_report(&mut self, tx: &mut dyn ReadTx, row: ReportRow) -> Result<(), ServiceError> {
        self.report.reports += 1;
        let name = row.report;
        let open = match OpenReport::open(self.ledger, row) {
            Ok(open) => open,
            Err(error) => {
                self.problem(format!("report {name}: {error}"));
                return Ok(());
            }
        };
        let rows = tx.rows_of_report(open.row.feed, open.row.no, KINDS)?;
        if open.is_erased() {
            let tombstone = Erasure::Report { report: name }.name();
            let is_there = rows.iter().any(|r| r.name.as_deref() == Some(&tombstone[..]));
            if !is_there || open.row.flags & flag::ERASED == 0 {
                self.problem(format!("report {name}: it is erased without a tombstone"));
            }
            return Ok(());
        }
        match self.rebuild(tx, &open, &rows) {
            Ok(()) => Ok(()),
            Err(ServiceError::Damaged(what)) => {
                self.problem(format!("report {name}: {what}"));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn rebuild(
        &mut self,
        tx: &mut dyn ReadTx,
        open: &OpenReport,
        rows: &[LedgerRow],
    ) -> Result<(), ServiceError> {
        let mut rebuilt = Rebuilt::default();
        for row in rows {
            let plain = open.plain(row)?;
            match (row.kind, plain) {
                (RowKind::Change, Some(plain)) => self.change(row, plain, &mut rebuilt),
                (RowKind::Event, Some(_)) => self.event(tx, open, row, &mut rebuilt)?,
                (RowKind::Person, Some(plain)) => {
                    rebuilt.people += 1;
                    rebuilt.digest.add(&sha256(&plain));
                }
                (RowKind::Erased, _) => rebuilt.digest.add(row.name.as_deref().unwrap_or_default()),
                _ => {}
            }
        }
        let report = open.row.report;
        let document = Document::from_changes(rebuilt.changes.iter().map(Vec::as_slice));
        match document {
            Ok(document) if document.heads() == open.row.heads => {}
            _ => self.problem(format!("report {report}: the document differs from its changes")),
        }
        if rebuilt.digest != open.row.digest {
            self.problem(format!("report {report}: its digest differs from its rows"));
        }
        let counts = (
            u32::try_from(rebuilt.changes.len()).unwrap_or(u32::MAX),
            rebuilt.story.rows,
            rebuilt.people,
        );
        if counts != (open.row.changes, open.row.events, open.row.people) {
            self.problem(format!("report {report}: its counts differ from its rows"));
        }
        if !is_projected(&open.row, rebuilt.story.matter.as_ref()) {
            self.problem(format!("report {report}: its standing differs from its story"));
        }
        let matter = rebuilt.story.matter.as_ref();
        if matter.is_some_and(|matter| !has_its_outcome(&open.row, matter)) {
            self.problem(format!("report {report}: its outcome differs from its story"));
        }
        Ok(())
    }

    fn change(&mut self, row: &LedgerRow, plain: Vec<u8>, rebuilt: &mut Rebuilt) {
        self.report.changes += 1;
        let hash = Document::change_facts(&plain).map(|facts| facts.hash.0);
        if hash.ok().as_ref().map(|h| &h[..]) != row.name.as_deref() {
            self.problem(format!("row {}: the change has another hash", row.seq));
        }
        rebuilt.digest.add(row.name.as_deref().unwrap_or_default());
        rebuilt.changes.push(plain);
    }

    fn event(
        &mut self,
        tx: &mut dyn ReadTx,
        open: &OpenReport,
        row: &LedgerRow,
        rebuilt: &mut Rebuilt,
    ) -> Result<(), ServiceError> {
        self.report.commands += 1;
        let (Some(event), Some(told)) = (open.whole_event(row)?, open.told(row)?) else {
            return Ok(());
        };
        let hash = event.command.hash();
        let is_its = told.result.body_hash == hash && told.result.command == told.command.id;
        let is_placed = told.result.generation != self.ledger.generation || told.result.seq == row.seq;
        if !is_its || !is_placed {
            self.problem(format!("row {}: the result does not fit its command", row.seq));
        }
        if !self.is_signed(tx, &event, told.command.install)? {
            self.problem(format!("row {}: the command's signature does not fit", row.seq));
        }
        let is_new = !rebuilt.story.known.contains_key(&told.command.id);
        if is_new {
            rebuilt.digest.add(&hash);
        }
        rebuilt.story.add(told);
        Ok(())
    }

    /// Whether the author's signature fits. A command that came back after a restore has none: the server's word vouches for it.
    fn is_signed(
        &mut self,
        tx: &mut dyn ReadTx,
        event: &Event,
        install: InstallId,
    ) -> Result<bool, ServiceError> {
        let Some(signature) = &event.command.signature else {
            return Ok(true);
        };
        if !self.keys.contains_key(&install) {
            let key = if install == self.ledger.keys.install {
                Some(self.ledger.keys.public)
            } else {
                let row = tx.install(&install)?;
                row.and_then(|row| PublicKey::from_slice(&row.public_key).ok())
            };
            self.keys.insert(install, key);
        }
        // An install that enrolled after the backup was made is gone with the restore; its commands stand on the server's word.
        let Some(key) = self.keys[&install] else {
            return Ok(true);
        };
        Ok(key.verify("command", &event.command.body, signature).is_ok())
    }

    fn blobs(&mut self, blobs: &dyn BlobCheck) -> Result<(), ServiceError> {
        let mut after: Option<BlobHash> = None;
        loop {
            let rows = self.ledger.read(|tx| Ok(tx.blobs_all(after, AT_ONCE)?))?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.blob);
            for row in &rows {
                self.report.blobs += 1;
                match blobs.hash(&row.blob) {
                    None => self.problem(format!("blob {}: its bytes are missing", row.blob)),
                    Some((hash, size)) if hash != row.blob || size != row.size_bytes => {
                        self.problem(format!("blob {}: its bytes differ", row.blob));
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

/// What was rebuilt of a report.
#[derive(Default)]
struct Rebuilt {
    changes: Vec<Vec<u8>>,
    story: Story,
    people: u32,
    digest: Digest,
}

/// Whether a row says what its matter says. What also depends on the day's directory (a clock's end, a mark for sensitive categories) is
/// not compared.
fn is_projected(row: &ReportRow, matter: Option<&Matter>) -> bool {
    let Some(matter) = matter else {
        return row.scope.is_none();
    };
    let holder = (matter.holder.unit.clone(), matter.holder.part as u8);
    row.state == project::state_number(matter.state)
        && row.rank == project::rank(matter.urgency)
        && row.level == matter.level as u8
        && row.category.as_deref() == Some(matter.category.as_str())
        && row.holder.as_ref() == Some(&holder)
        && row.held_since == matter.held_since
        && row.submitted_at == Some(matter.submitted_at)
        && (row.flags & flag::PASSED_BY != 0) == matter.is_passed_by
        && row.scope.as_deref().and_then(grid_of).as_ref() == Some(&matter.grid)
}

/// Whether a row says what became of its matter. By when it should have been closed depends on the day's directory and is not compared.
fn has_its_outcome(row: &ReportRow, matter: &Matter) -> bool {
    let directory = xunge_core::directory::Directory::default();
    let expected = project::outcome(matter, &directory, matter.submitted_at);
    let held = &row.outcome;
    (held.closed_at, held.closed_level, held.reworks, held.called_back)
        == (
            expected.closed_at,
            expected.closed_level,
            expected.reworks,
            expected.called_back,
        )
        && held.lead == expected.lead
}
