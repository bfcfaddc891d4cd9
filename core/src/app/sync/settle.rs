//! The server's word on each item. A row leaves the outbox here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use super::take::{self, Counted, Taken};
use super::trail;
use crate::app::device::Context;
use crate::app::reissue::{self, Reissue};
use crate::app::{act::Typed, attention, project};
use crate::command::Outcome;
use crate::document::Document;
use crate::error::Error;
use crate::id::{ActorId, ChangeHash, CommandId, PersonRecordId, ReportId};
use crate::json;
use crate::signature::sha256;
use crate::store::{OutboxKind, OutboxRow, Tx};
use crate::sync::message::{Erasure, ItemResult, RefusedCode};

/// After so many times "something else first" an item is treated as not sendable like this.
const MISSING_TRIES_MAX: u32 = 3;

/// What has to be done once all results are read.
#[derive(Default)]
struct Aftermath {
    touched: BTreeSet<ReportId>,
    /// Refused changes by report.
    refused: BTreeMap<ReportId, BTreeSet<ChangeHash>>,
    /// Reports whose unsent edits have to be issued again.
    reissue: BTreeSet<ReportId>,
    /// The actor to take, where the one in use is spent.
    actor: Option<(ActorId, Option<String>)>,
    counted: Counted,
    taken: Taken,
}

/// Takes all results of one answer in one transaction.
pub(super) fn settle(
    tx: &Tx<'_>,
    context: &Context<'_>,
    results: &[(i64, ItemResult)],
) -> Result<Taken, Error> {
    let mut after = Aftermath::default();
    for (position, result) in results {
        if *position < 0 {
            trail::settle(tx, context, *position, result, &mut after.taken)?;
            continue;
        }
        // Another process may have settled it meanwhile.
        let Some(row) = tx.outbox_row(*position)? else {
            continue;
        };
        after.touched.insert(row.report);
        let is_settled = match row.kind {
            OutboxKind::Change => change(tx, context, &row, result, &mut after)?,
            OutboxKind::Command => command(tx, context, &row, result, &mut after)?,
            OutboxKind::Person => person(tx, context, &row, result, &mut after)?,
            OutboxKind::Replay | OutboxKind::Return => offered(tx, context, &row, result, &mut after)?,
        };
        if is_settled {
            tx.dequeue(row.position)?;
            after.taken.settled += 1;
        }
    }
    after.counted.write(tx)?;
    if let Some((actor, tag)) = &after.actor {
        tx.make_current(*actor, tag.as_deref())?;
    }
    let refused_nothing = BTreeSet::new();
    for report in after.reissue.union(&after.refused.keys().copied().collect()) {
        let how = Reissue {
            identity: context.identity,
            refused: after.refused.get(report).unwrap_or(&refused_nothing),
            incoming: &[],
        };
        reissue::reissue(tx, report, &how)?;
    }
    for report in &after.touched {
        project::project(tx, context, report)?;
    }
    let ready = tx.reports_ready_to_leave()?;
    for report in ready {
        after.taken.orphans.extend(tx.purge_report(&report)?);
    }
    Ok(after.taken)
}

fn change(
    tx: &Tx<'_>,
    context: &Context<'_>,
    row: &OutboxRow,
    result: &ItemResult,
    after: &mut Aftermath,
) -> Result<bool, Error> {
    let Some(hash) = ChangeHash::from_slice(&row.name) else {
        return Ok(true);
    };
    match result {
        ItemResult::Stored | ItemResult::Duplicate => {
            tx.set_change_acked(&hash, context.now_ms())?;
            take::know_own_change(tx, &hash, &mut after.counted)?;
        }
        ItemResult::ReviewList | ItemResult::Expired | ItemResult::Decided { .. } => {
            tx.set_change_acked(&hash, context.now_ms())?;
        }
        ItemResult::Erased => erased(tx, context, &row.report, after)?,
        ItemResult::MissingDeps { hashes } => {
            if missing(tx, context, row, hashes)? > MISSING_TRIES_MAX {
                after.reissue.insert(row.report);
            }
            return Ok(false);
        }
        ItemResult::RotateActor { actor, tag } => {
            rotate(tx, &hash, *actor, tag.as_deref(), after)?;
            after.reissue.insert(row.report);
            return Ok(false);
        }
        ItemResult::Refused { code, text } => {
            return refused_change(tx, context, row, &hash, (*code, text), after);
        }
    }
    Ok(true)
}

/// Takes the actor that the server named, unless the change was written by an actor that is given up already.
fn rotate(
    tx: &Tx<'_>,
    hash: &ChangeHash,
    actor: ActorId,
    tag: Option<&str>,
    after: &mut Aftermath,
) -> Result<(), Error> {
    let current = tx.current_actor()?.map(|current| current.actor);
    let writer = match tx.own_change(hash)? {
        Some(change) => Some(Document::change_facts(&change.bytes)?.actor),
        None => None,
    };
    let is_current_spent = writer == current && current != Some(actor) && !tx.is_retired(&actor)?;
    if is_current_spent {
        after.actor = Some((actor, tag.map(str::to_owned)));
    }
    Ok(())
}

fn refused_change(
    tx: &Tx<'_>,
    context: &Context<'_>,
    row: &OutboxRow,
    hash: &ChangeHash,
    (code, text): (RefusedCode, &str),
    after: &mut Aftermath,
) -> Result<bool, Error> {
    let Some(change) = tx.own_change(hash)? else {
        return Ok(true);
    };
    let mut entry = attention::entry(
        "change",
        &row.name,
        &row.report,
        word(&code),
        change.edits.clone(),
        context.now_ms(),
    );
    entry.detail = text.to_owned();
    tx.add_attention(&entry)?;
    if matches!(json::read(&change.edits), Ok(Typed::Opening(_))) {
        // Nothing of the report can go without its beginning: it waits for a person, whole.
        tx.set_held(&row.report, true)?;
    } else {
        after.refused.entry(row.report).or_default().insert(*hash);
    }
    Ok(false)
}

fn command(
    tx: &Tx<'_>,
    context: &Context<'_>,
    row: &OutboxRow,
    result: &ItemResult,
    after: &mut Aftermath,
) -> Result<bool, Error> {
    let Some(id) = CommandId::from_slice(&row.name) else {
        return Ok(true);
    };
    match result {
        ItemResult::Decided { result } => {
            return take::own_result(tx, context, &row.report, &id, result, &mut after.counted);
        }
        ItemResult::MissingDeps { hashes } => {
            if missing(tx, context, row, hashes)? <= MISSING_TRIES_MAX {
                return Ok(false);
            }
            refused_command(tx, context, row, "missing_deps", "")?;
        }
        ItemResult::Refused { code, text } => refused_command(tx, context, row, &word(code), text)?,
        ItemResult::Erased => erased(tx, context, &row.report, after)?,
        // Its result is on its way in the feed, or a person at the server looks at it.
        ItemResult::Stored | ItemResult::Duplicate | ItemResult::ReviewList | ItemResult::Expired => {}
        ItemResult::RotateActor { .. } => return Ok(false),
    }
    Ok(true)
}

fn refused_command(
    tx: &Tx<'_>,
    context: &Context<'_>,
    row: &OutboxRow,
    code: &str,
    text: &str,
) -> Result<(), Error> {
    let Some(kept) = CommandId::from_slice(&row.name)
        .map(|id| tx.command(&id))
        .transpose()?
        .flatten()
    else {
        return Ok(());
    };
    let mut entry = attention::entry(
        "command",
        &row.name,
        &row.report,
        code,
        take::command_json(&kept.signed),
        context.now_ms(),
    );
    entry.detail = text.to_owned();
    tx.add_attention(&entry)?;
    // It is no part of the story: the server never took it. What was typed stands in the entry.
    Ok(tx.delete_command(&kept.id)?)
}

fn person(
    tx: &Tx<'_>,
    context: &Context<'_>,
    row: &OutboxRow,
    result: &ItemResult,
    after: &mut Aftermath,
) -> Result<bool, Error> {
    let Some(id) = PersonRecordId::from_slice(&row.name) else {
        return Ok(true);
    };
    let Some(kept) = tx.person(&id)? else {
        return Ok(true);
    };
    match result {
        ItemResult::Stored | ItemResult::Duplicate if !kept.is_known => {
            tx.set_person_known(&id)?;
            after.counted.add(&row.report, &sha256(&kept.bytes));
        }
        ItemResult::Erased => {
            let what = Erasure::Person {
                report: row.report,
                id,
            };
            after.counted.write(tx)?;
            after.taken.orphans.extend(take::erase(tx, &what)?);
        }
        ItemResult::MissingDeps { hashes } => {
            return Ok(missing(tx, context, row, hashes)? > MISSING_TRIES_MAX);
        }
        ItemResult::Refused { code, text } => {
            let record: Option<crate::report::PersonRecord> = minicbor::decode(&kept.bytes).ok();
            let content = serde_json::to_string(&record).expect("a record is plain JSON");
            let mut entry = attention::entry(
                "person",
                &row.name,
                &row.report,
                word(code),
                content,
                context.now_ms(),
            );
            entry.detail.clone_from(text);
            tx.add_attention(&entry)?;
        }
        _ => {}
    }
    Ok(true)
}

/// What was offered again after a restore.
fn offered(
    tx: &Tx<'_>,
    context: &Context<'_>,
    row: &OutboxRow,
    result: &ItemResult,
    after: &mut Aftermath,
) -> Result<bool, Error> {
    match result {
        ItemResult::Decided { result } => {
            if let Some(id) = CommandId::from_slice(&row.name) {
                return take::own_result(tx, context, &row.report, &id, result, &mut after.counted);
            }
        }
        ItemResult::MissingDeps { hashes } => {
            return Ok(missing(tx, context, row, hashes)? > MISSING_TRIES_MAX);
        }
        ItemResult::Erased => erased(tx, context, &row.report, after)?,
        _ => {}
    }
    Ok(true)
}

fn erased(tx: &Tx<'_>, _: &Context<'_>, report: &ReportId, after: &mut Aftermath) -> Result<(), Error> {
    let what = Erasure::Report { report: *report };
    after.counted.write(tx)?;
    after.taken.orphans.extend(take::erase(tx, &what)?);
    Ok(())
}

/// The server asks for other changes first: they go in line again, and the item behind them. Answers how often that happened to it.
fn missing(tx: &Tx<'_>, context: &Context<'_>, row: &OutboxRow, hashes: &[ChangeHash]) -> Result<u32, Error> {
    let mut others = Vec::new();
    for hash in hashes {
        match tx.own_change(hash)? {
            Some(change) => {
                tx.enqueue(
                    OutboxKind::Change,
                    &hash.0,
                    &change.report,
                    None,
                    change.made_at_ms,
                )?;
            }
            None => others.push(*hash),
        }
    }
    if !others.is_empty()
        && let Some(snapshot) = tx.document(&row.report)?
    {
        for change in Document::load(&snapshot.bytes)?.changes() {
            if others.contains(&change.hash) {
                tx.enqueue(
                    OutboxKind::Return,
                    &change.hash.0,
                    &row.report,
                    Some(&change.bytes),
                    context.now_ms(),
                )?;
            }
        }
    }
    // Without a name it only has to wait: for the report itself, or for what a restored server is to get back first.
    Ok(tx.requeue(row, !hashes.is_empty())?)
}

/// The stable code of a refusal.
pub(super) fn word(code: &RefusedCode) -> String {
    json::word(code).unwrap_or_default()
}

/// Whether an outcome has to be brought to its author's attention.
pub(super) fn needs_attention(outcome: Outcome) -> Option<String> {
    let Outcome::Refused(refusal) = outcome else {
        return None;
    };
    json::word(&refusal)
}
