//! Taking in what the server sends about one report: changes through the gate, events, people, erasures, blobs.
//!
//! A thing that fails its checks is kept aside and the feed is marked for repair; it never holds up what comes behind it.

use super::{fresh, settle};
use std::collections::{BTreeMap, BTreeSet};

use crate::app::device::Context;
use crate::app::reissue::{self, Reissue};
use crate::app::{attention, project};
use crate::attachment::BlobHash;
use crate::command::{Command, Event, SignedCommand, Word};
use crate::document::Document;
use crate::document::gate::{self, Snapshot, Verdict};
use crate::error::Error;
use crate::id::{ChangeHash, CommandId, PersonRecordId, ReportId, UnitId};
use crate::in_order::Gather;
use crate::signature::sha256;
use crate::store::{CommandRow, PersonRow, ReportRecord, StoreError, Tx};
use crate::sync::message::{Digest, Erasure, ReportBundle};

/// What a step did.
#[derive(Default)]
pub(super) struct Taken {
    /// Items that left the outbox.
    pub(super) settled: u32,
    /// Rows and reports taken in.
    pub(super) rows: u32,
    /// Blobs that nothing refers to any more: their files go after the commit.
    pub(super) orphans: Vec<BlobHash>,
    /// Whether the directory has to be read again.
    pub(super) is_directory_new: bool,
}

/// What the install may see of a feed, as one step finds it.
pub(super) struct Sight {
    pub(super) feed: UnitId,
    /// The grids; `None` stands for reports that are granted singly.
    grids: BTreeSet<Option<UnitId>>,
}

impl Sight {
    pub(super) fn of(tx: &Tx<'_>, feed: &UnitId) -> Result<Self, StoreError> {
        Ok(Self {
            feed: feed.clone(),
            grids: tx.scope_grids(feed)?.into_iter().map(|fill| fill.grid).gather(),
        })
    }

    pub(super) fn has(&self, grid: Option<&UnitId>) -> bool {
        self.grids.contains(&grid.cloned())
    }
}

/// Names that the server has too, to be counted into the digests of their reports: each report's row is written once.
#[derive(Default)]
pub(super) struct Counted(BTreeMap<ReportId, Digest>);

impl Counted {
    pub(super) fn add(&mut self, report: &ReportId, name: &[u8]) {
        self.0.entry(*report).or_default().add(name);
    }

    /// Counts them. Must come before anything else reads or writes the digests.
    pub(super) fn write(&mut self, tx: &Tx<'_>) -> Result<(), StoreError> {
        for (report, names) in std::mem::take(&mut self.0) {
            if let Some(mut record) = tx.report(&report)? {
                record.digest = record.digest.plus(names);
                tx.put_report(&record)?;
            }
        }
        Ok(())
    }
}

/// Everything about one report in one step.
#[derive(Default)]
pub(super) struct Incoming {
    pub(super) changes: Vec<Vec<u8>>,
    pub(super) events: Vec<Event>,
    pub(super) results: Vec<(CommandId, Word)>,
    pub(super) people: Vec<(PersonRecordId, Vec<u8>)>,
    pub(super) erased: Vec<Erasure>,
    pub(super) blobs: Vec<(BlobHash, u64)>,
    /// Whether the digest is to be counted anew.
    pub(super) is_repair: bool,
}

impl Incoming {
    pub(super) fn add_bundle(&mut self, bundle: ReportBundle) {
        self.changes.extend(bundle.changes.into_iter().map(Vec::from));
        self.events.extend(bundle.events);
        self.people
            .extend(bundle.people.into_iter().map(|item| (item.id, item.bytes.into())));
        self.erased.extend(bundle.erased);
        self.blobs
            .extend(bundle.blobs.into_iter().map(|item| (item.blob, item.size_bytes)));
    }

    /// Notes which attachments the server has verified.
    pub(super) fn note_blobs(&self, tx: &Tx<'_>, report: &ReportId) -> Result<(), StoreError> {
        for (blob, size_bytes) in &self.blobs {
            tx.know_blob(blob, *size_bytes)?;
            tx.set_received(report, blob, true)?;
        }
        Ok(())
    }
}

/// Takes everything of these reports in. Answers whether all of it passed its checks.
pub(super) fn take_reports(
    tx: &Tx<'_>,
    context: &Context<'_>,
    sight: &Sight,
    reports: Vec<(ReportId, Incoming)>,
    taken: &mut Taken,
) -> Result<bool, Error> {
    let mut is_good = true;
    for (report, incoming) in fresh::take(tx, context, sight, reports)? {
        is_good &= take_report(tx, context, sight, &report, incoming, taken)?;
    }
    Ok(is_good)
}

/// Takes everything of one report in. Answers whether all of it passed its checks.
pub(super) fn take_report(
    tx: &Tx<'_>,
    context: &Context<'_>,
    sight: &Sight,
    report: &ReportId,
    mut incoming: Incoming,
    taken: &mut Taken,
) -> Result<bool, Error> {
    let record = entered(tx, report, &sight.feed)?;
    let mut counted = Counted::default();
    let mut is_good = true;
    if !record.is_erased && !incoming.changes.is_empty() {
        is_good &= changes(tx, context, &record, &incoming.changes, &mut counted)?;
    }
    for event in &incoming.events {
        is_good &= take_event(tx, context, report, event, &mut counted)?;
    }
    for (id, result) in &incoming.results {
        is_good &= own_result(tx, context, report, id, result, &mut counted)?;
    }
    for (id, bytes) in std::mem::take(&mut incoming.people) {
        take_person(tx, context, report, id, bytes, &mut counted)?;
    }
    counted.write(tx)?;
    for what in &incoming.erased {
        taken.orphans.extend(erase(tx, what)?);
    }
    incoming.note_blobs(tx, report)?;
    if incoming.is_repair {
        recount(tx, report)?;
    }
    let grid = project::project(tx, context, report)?;
    let is_in_grid = grid.is_some_and(|grid| sight.has(Some(&grid)));
    tx.set_granted(report, !is_in_grid)?;
    Ok(is_good)
}

/// The report's record; one that was about to leave stays.
fn entered(tx: &Tx<'_>, report: &ReportId, feed: &UnitId) -> Result<ReportRecord, StoreError> {
    let held = tx.report(report)?;
    let is_settled = held.as_ref().is_some_and(|record| !record.is_leaving);
    let mut record = held.unwrap_or_else(|| ReportRecord::new(*report, feed.clone()));
    if !is_settled {
        record.is_leaving = false;
        tx.put_report(&record)?;
    }
    Ok(record)
}

/// Takes changes in. Answers whether all of them passed.
fn changes(
    tx: &Tx<'_>,
    context: &Context<'_>,
    record: &ReportRecord,
    incoming: &[Vec<u8>],
    counted: &mut Counted,
) -> Result<bool, Error> {
    let report = &record.report;
    let slices: Vec<&[u8]> = incoming.iter().map(Vec::as_slice).collect();
    let base = tx.document(report)?;
    let Ok(prepared) = gate::check_incoming(*report, base.as_ref(), &slices) else {
        // The saved document itself does not load. What came is kept; the repair brings the whole report again.
        for bytes in incoming {
            quarantine(tx, context, record, bytes, "the saved document does not load")?;
        }
        return Ok(false);
    };
    if prepared.verdicts.contains(&Verdict::RotateActor) {
        return branch_again(tx, context, record, &slices, counted);
    }
    if !prepared.accepted.is_empty()
        && let (Some(snapshot), Some(content)) = (&prepared.snapshot, &prepared.content)
    {
        tx.put_document(report, snapshot, content)?;
    }
    judge(tx, context, record, incoming, &prepared.verdicts, counted)
}

/// Numbers of the unsent branch are taken on the server by something else: the branch is issued again upon what came.
fn branch_again(
    tx: &Tx<'_>,
    context: &Context<'_>,
    record: &ReportRecord,
    incoming: &[&[u8]],
    counted: &mut Counted,
) -> Result<bool, Error> {
    let report = &record.report;
    context.fresh(|rng| reissue::take_spare(tx, rng))?;
    let (document, _) = reissue::without_unsent(tx, report)?;
    let base = document.as_ref().map(Snapshot::of);
    let owned: Vec<Vec<u8>> = incoming.iter().map(|bytes| bytes.to_vec()).collect();
    let Ok(prepared) = gate::check_incoming(*report, base.as_ref(), incoming) else {
        return Ok(false);
    };
    let accepted: Vec<Vec<u8>> = prepared.accepted.iter().map(|a| owned[a.index].clone()).collect();
    reissue::reissue(
        tx,
        report,
        &Reissue {
            identity: context.identity,
            refused: &std::collections::BTreeSet::new(),
            incoming: &accepted,
        },
    )?;
    judge(tx, context, record, &owned, &prepared.verdicts, counted)
}

/// Counts what was accepted and keeps aside what was not.
fn judge(
    tx: &Tx<'_>,
    context: &Context<'_>,
    record: &ReportRecord,
    incoming: &[Vec<u8>],
    verdicts: &[Verdict],
    counted: &mut Counted,
) -> Result<bool, Error> {
    let mut is_good = true;
    for (bytes, verdict) in incoming.iter().zip(verdicts) {
        match verdict {
            Verdict::Accepted { hash } => {
                counted.add(&record.report, &hash.0);
                tx.release_quarantine(&sha256(bytes))?;
            }
            Verdict::Duplicate { hash } => know_own_change(tx, hash, counted)?,
            Verdict::MissingDeps { .. } => {
                quarantine(
                    tx,
                    context,
                    record,
                    bytes,
                    "it rests on changes that did not come",
                )?;
                is_good = false;
            }
            Verdict::RotateActor => {
                quarantine(tx, context, record, bytes, "its number is taken")?;
                is_good = false;
            }
            Verdict::Refused(refusal) => {
                quarantine(tx, context, record, bytes, &refusal.to_string())?;
                is_good = false;
            }
        }
    }
    Ok(is_good)
}

fn quarantine(
    tx: &Tx<'_>,
    context: &Context<'_>,
    record: &ReportRecord,
    bytes: &[u8],
    why: &str,
) -> Result<(), StoreError> {
    tracing::warn!(report.id = %record.report, why, "an incoming change is kept aside");
    tx.quarantine(
        &sha256(bytes),
        &record.feed,
        &record.report,
        bytes,
        why,
        context.now_ms(),
    )
}

fn take_event(
    tx: &Tx<'_>,
    context: &Context<'_>,
    report: &ReportId,
    event: &Event,
    counted: &mut Counted,
) -> Result<bool, Error> {
    let Ok(result) = event.result.result() else {
        return Ok(false);
    };
    if result.body_hash != event.command.hash() {
        return Ok(false);
    }
    let kept = tx.command(&result.command)?;
    match &kept {
        None => {
            tx.insert_command(&CommandRow {
                id: result.command,
                report: *report,
                signed: event.command.clone(),
                is_own: false,
                result: Some(event.result.clone()),
            })?;
            context.arrived.borrow_mut().insert(result.command);
            counted.add(report, &result.body_hash);
            return Ok(true);
        }
        // Signed again meanwhile over other heads: the body that the server decided on is the one that counts.
        Some(kept) if kept.signed.hash() != result.body_hash => {
            tx.replace_command(&kept.id, &event.command)?;
        }
        Some(_) => {}
    }
    own_result(tx, context, report, &result.command, &event.result, counted)
}

/// Keeps the server's word on a command. A refusal of an own one comes to attention once.
pub(super) fn own_result(
    tx: &Tx<'_>,
    context: &Context<'_>,
    report: &ReportId,
    id: &CommandId,
    signed: &Word,
    counted: &mut Counted,
) -> Result<bool, Error> {
    let (Ok(result), Some(kept)) = (signed.result(), tx.command(id)?) else {
        return Ok(false);
    };
    if result.command != *id {
        return Ok(false);
    }
    tx.set_command_result(id, signed, &result)?;
    if kept.result.is_none() {
        counted.add(report, &result.body_hash);
        if kept.is_own
            && let Some(code) = settle::needs_attention(result.outcome)
        {
            let content = command_json(&kept.signed);
            tx.add_attention(&attention::entry(
                "command",
                id.as_bytes(),
                report,
                code,
                content,
                context.now_ms(),
            ))?;
        }
    }
    Ok(true)
}

fn take_person(
    tx: &Tx<'_>,
    context: &Context<'_>,
    report: &ReportId,
    id: PersonRecordId,
    bytes: Vec<u8>,
    counted: &mut Counted,
) -> Result<(), Error> {
    let tombstone = Erasure::Person { report: *report, id }.name();
    if tx.is_erased_name(&tombstone)? {
        return Ok(());
    }
    let hash = sha256(&bytes);
    match tx.person(&id)? {
        None => {
            tx.insert_person(&PersonRow {
                id,
                report: *report,
                bytes,
                is_own: false,
                is_known: true,
            })?;
            counted.add(report, &hash);
            Ok(())
        }
        Some(kept) if !kept.is_known && kept.bytes == bytes => {
            tx.set_person_known(&id)?;
            counted.add(report, &hash);
            Ok(())
        }
        Some(kept) if kept.bytes != bytes => {
            let record = tx.report(report)?.ok_or(Error::NotFound("report"))?;
            Ok(quarantine(
                tx,
                context,
                &record,
                &bytes,
                "another record of the same name",
            )?)
        }
        Some(_) => Ok(()),
    }
}

/// Lets go of what the law had erased and keeps the tombstone. Answers files to remove.
pub(super) fn erase(tx: &Tx<'_>, what: &Erasure) -> Result<Vec<BlobHash>, Error> {
    let report = what.report();
    let Some(mut record) = tx.report(&report)? else {
        return Ok(Vec::new());
    };
    let mut orphans = Vec::new();
    match what {
        Erasure::Person { id, .. } => {
            if let Some(kept) = tx.person(id)? {
                if kept.is_known {
                    record.digest.remove(&sha256(&kept.bytes));
                }
                tx.delete_person(id)?;
            }
        }
        Erasure::Blob { blob, .. } => orphans.extend(tx.erase_blob(&report, blob)?),
        Erasure::Report { .. } => {
            orphans.extend(tx.erase_report(&report)?);
            record.digest = Digest::default();
            record.is_erased = true;
        }
    }
    if tx.insert_erasure(&report, &what.name())? {
        record.digest.add(&what.name());
    }
    tx.put_report(&record)?;
    Ok(orphans)
}

/// The server has this change: it is counted once.
pub(super) fn know_own_change(tx: &Tx<'_>, hash: &ChangeHash, counted: &mut Counted) -> Result<(), Error> {
    if let Some(change) = tx.own_change(hash)?
        && !change.is_known
    {
        tx.set_change_known(hash)?;
        counted.add(&change.report, &hash.0);
    }
    Ok(())
}

/// Counts everything of a report anew.
pub(super) fn recount(tx: &Tx<'_>, report: &ReportId) -> Result<(), Error> {
    let Some(mut record) = tx.report(report)? else {
        return Ok(());
    };
    let mut digest = Digest::default();
    for name in tx.erasures(report)? {
        digest.add(&name);
    }
    if !record.is_erased {
        let unknown: Vec<ChangeHash> = tx
            .own_changes(report)?
            .into_iter()
            .filter(|change| !change.is_known)
            .map(|change| change.hash)
            .collect();
        if let Some(snapshot) = tx.document(report)? {
            for hash in Document::load(&snapshot.bytes)?.hashes() {
                if !unknown.contains(&hash) {
                    digest.add(&hash.0);
                }
            }
        }
        for command in tx.commands(report)? {
            if let Some(result) = command.result.and_then(|signed| signed.result().ok()) {
                digest.add(&result.body_hash);
            }
        }
        for person in tx.people(report)? {
            if person.is_known {
                digest.add(&sha256(&person.bytes));
            }
        }
    }
    record.digest = digest;
    Ok(tx.put_report(&record)?)
}

/// A command as JSON, for whoever exports it; one that is newer than this program as hexadecimal.
pub(super) fn command_json(signed: &SignedCommand) -> String {
    signed
        .command()
        .ok()
        .and_then(|command: Command| serde_json::to_string(&command).ok())
        .unwrap_or_else(|| format!("{{\"cbor\":\"{}\"}}", hex::encode(signed.body.as_slice())))
}
