//! Issuing unsent edits again: under another actor after a restore, or without one that the server refused.
//!
//! What was typed lies beside each own change. A document without the unsent changes is built, and what was typed is written upon it
//! anew; waiting decisions are signed again over the new heads. Nothing that the server has is touched.

use std::collections::{BTreeMap, BTreeSet};

use rand::Rng;

use super::act::{Typed, issue};
use super::identity::{Identity, Mark, setting};
use crate::command::SignedCommand;
use crate::document::Document;
use crate::document::gate::Snapshot;
use crate::error::Error;
use crate::id::{ActorId, ChangeHash, CommandId, ReportId};
use crate::in_order::Gather;
use crate::json;
use crate::store::{OutboxKind, OwnChange, Store, StoreNoticeKind, Tx};
use crate::time::Timestamp;

/// Notices a database that came out of a backup, and goes on under a spare actor with its own code tag. Unsent edits stay as they are:
/// the server says which of them it knows, and which have to be issued again.
pub(super) fn heal_restored(
    store: &mut Store,
    identity: &Identity,
    mark: &Mark,
    now: Timestamp,
    rng: &mut dyn Rng,
) -> Result<(), Error> {
    let count = store.read(|tx| tx.setting_int(setting::BACKUP_COUNT))?;
    if !mark.is_behind(count)? {
        return Ok(());
    }
    tracing::warn!(install.id = %identity.install, "the database came out of a backup; a spare actor is taken");
    store.write(|tx| {
        take_spare(tx, rng)?;
        super::patrol::heal_restored(tx, rng)?;
        let unsent = tx.reports_with_unsent_changes()?.len();
        tx.add_notice(
            StoreNoticeKind::Restored,
            now,
            &format!("{unsent} reports with unsent edits"),
        )
    })?;
    mark.advance(store)
}

/// Makes the next spare the actor in use; without a spare a random one, which the server will replace, and codes are random.
pub(super) fn take_spare(tx: &Tx<'_>, rng: &mut dyn Rng) -> Result<(), crate::store::StoreError> {
    match tx.next_spare()? {
        Some(spare) => tx.make_current(spare.actor, spare.tag.as_deref()),
        None => tx.make_current(ActorId::random(rng), None),
    }
}

/// What to leave out and what to take in while unsent edits are issued again.
pub(super) struct Reissue<'a> {
    pub(super) identity: &'a Identity,
    /// Own changes that the server refused: they stay under "needs attention" and leave the document.
    pub(super) refused: &'a BTreeSet<ChangeHash>,
    /// Changes from the server that did not fit upon the unsent branch; they have passed the gate upon the document without it.
    pub(super) incoming: &'a [Vec<u8>],
}

/// The report's document without own changes that the server has not acknowledged; `None` where nothing is left.
pub(super) fn without_unsent(
    tx: &Tx<'_>,
    report: &ReportId,
) -> Result<(Option<Document>, Vec<OwnChange>), Error> {
    let unsent: Vec<OwnChange> = tx
        .own_changes(report)?
        .into_iter()
        .filter(|change| !change.is_acked && !change.is_known)
        .collect();
    let Some(snapshot) = tx.document(report)? else {
        return Ok((None, unsent));
    };
    let gone: BTreeSet<ChangeHash> = unsent.iter().map(|change| change.hash).gather();
    let kept: Vec<_> = Document::load(&snapshot.bytes)?
        .changes()
        .into_iter()
        .filter(|change| !gone.contains(&change.hash))
        .collect();
    if kept.is_empty() {
        return Ok((None, unsent));
    }
    let document = Document::from_changes(kept.iter().map(|change| change.bytes.as_slice()))?;
    Ok((Some(document), unsent))
}

/// Issues the report's unsent edits again under the actor in use.
pub(super) fn reissue(tx: &Tx<'_>, report: &ReportId, how: &Reissue<'_>) -> Result<(), Error> {
    let actor = tx.current_actor()?.ok_or(Error::NotEnrolled)?.actor;
    let (document, unsent) = without_unsent(tx, report)?;
    let is_opening_unsent = document.is_none();
    let mut document = match document {
        Some(document) => document,
        None => Document::from_changes(std::iter::empty())?,
    };
    document.apply(how.incoming.iter().map(Vec::as_slice))?;
    let mut renamed: BTreeMap<ChangeHash, Option<ChangeHash>> = BTreeMap::new();
    for change in &unsent {
        tx.delete_own_change(&change.hash)?;
        tx.dequeue_named(OutboxKind::Change, &change.hash.0)?;
        let typed: Option<Typed> = json::read(&change.edits).ok();
        let again = match typed {
            _ if how.refused.contains(&change.hash) => None,
            // The report has its beginning from the server already.
            Some(Typed::Opening(_)) if !is_opening_unsent => None,
            Some(typed) => issue(tx, &mut document, report, &typed, actor, change.made_at_ms)?,
            None => None,
        };
        renamed.insert(change.hash, again);
    }
    if document.heads().is_empty() {
        tx.delete_document(report)?;
    } else {
        tx.put_document(report, &Snapshot::of(&document), &document.content()?)?;
    }
    resign_commands(tx, report, how.identity, &renamed, &document)
}

/// Waiting decisions name heads: those that were issued again get their new names, and the decision goes behind them in line.
fn resign_commands(
    tx: &Tx<'_>,
    report: &ReportId,
    identity: &Identity,
    renamed: &BTreeMap<ChangeHash, Option<ChangeHash>>,
    document: &Document,
) -> Result<(), Error> {
    for row in tx.outbox_of(report)? {
        if row.kind != OutboxKind::Command {
            continue;
        }
        let Some(kept) = CommandId::from_slice(&row.name)
            .map(|id| tx.command(&id))
            .transpose()?
            .flatten()
        else {
            continue;
        };
        if let Ok(mut command) = kept.signed.command()
            && command.heads.iter().any(|head| renamed.contains_key(head))
        {
            let mut heads: BTreeSet<ChangeHash> = BTreeSet::new();
            for head in &command.heads {
                match renamed.get(head) {
                    Some(again) => heads.extend(again),
                    None => {
                        heads.insert(*head);
                    }
                }
            }
            command.heads = if heads.is_empty() {
                document.heads()
            } else {
                heads.into_iter().collect()
            };
            tx.replace_command(&command.id, &SignedCommand::sign(&command, &identity.key))?;
        }
        tx.requeue(&row, false)?;
    }
    Ok(())
}
