//! What the phone holds and wants, read just before a request.

use std::collections::BTreeMap;

use super::{Memory, checkpoint, cover, trail};
use crate::app::device::Context;
use crate::app::identity::setting;
use crate::command::{Event, VouchId};
use crate::error::Error;
use crate::id::{ChangeHash, CommandId, PersonRecordId};
use crate::store::{FeedRowState, OutboxKind, OutboxRow, StoreError, Tx};
use crate::sync::message::{BackfillPosition, Health, Item, Repair, ReportDigest};
use crate::sync::session::{FeedStanding, Outgoing, Standing};
use crate::sync::vouch::Vouch;
use crate::time::Timestamp;

/// How often one item goes out in one sync before it waits for the next.
const TRIES_MAX: u32 = 3;
/// The most outbox rows that are looked at for one page.
const ROWS_MAX: u32 = 1_000;
/// The most bytes of one push: the township's lock is held for one push at a time, and others wait meanwhile.
const PUSH_BYTES_MAX: usize = 128 * 1024;
/// What an item costs beside its bytes, roughly.
const ITEM_OVERHEAD_BYTES: usize = 48;
/// How many pages one report's offer may have.
const OFFER_PAGES_MAX: usize = 8;
/// Reports in one page of a repair: 36 bytes each.
const REPAIR_REPORTS_MAX: u32 = 1_500;
/// Grids that are filled at once: a fresh phone asks once for a page, not once for a grid.
const BACKFILLS_MAX: usize = 32;
/// How long after a repair that did not help the digests are compared again, in ms.
const COMPARE_AGAIN_MS: i64 = 3_600_000;
/// How often an idle phone says how it fares, in ms.
const HEALTH_EVERY_MS: i64 = 6 * 3_600_000;

/// How often each item went out in this sync.
#[derive(Default)]
pub(super) struct Tries(BTreeMap<[u8; 32], u32>);

impl Tries {
    pub(super) fn count(&mut self, items: &[Outgoing]) {
        for outgoing in items {
            *self.0.entry(outgoing.item.name()).or_default() += 1;
        }
    }

    pub(super) fn is_spent(&self, item: &Item) -> bool {
        self.0.get(&item.name()).is_some_and(|count| *count >= TRIES_MAX)
    }
}

/// Where everything stands: a round that does not move it is the last.
#[derive(PartialEq)]
pub(super) struct Mark {
    feeds: Vec<FeedStanding>,
}

impl Mark {
    pub(super) fn of(standing: &Standing) -> Self {
        Self {
            feeds: standing.feeds.clone(),
        }
    }
}

pub(super) fn standing(
    tx: &Tx<'_>,
    context: &Context<'_>,
    memory: &Memory,
    tries: &Tries,
) -> Result<Standing, Error> {
    let bytes_max = (memory.page.bytes() as usize).min(PUSH_BYTES_MAX);
    let Waiting { mut items, vouches } = items(tx, tries, bytes_max)?;
    if items.is_empty() {
        // Text first, in small packets of its own.
        items = trail::items(tx, tries, bytes_max)?;
    }
    let mut feeds = Vec::new();
    for feed in tx.feeds()? {
        feeds.push(feed_standing(tx, context, &feed)?);
    }
    let is_quiet = items.is_empty() && feeds.iter().all(|feed| feed.digest.is_some());
    if is_quiet {
        for feed in &mut feeds {
            feed.checkpoint = checkpoint::ask(tx, context, &feed.feed)?;
        }
    }
    Ok(Standing {
        install: context.identity.install,
        health: health(tx, context, items.len())?,
        coverage: if is_quiet {
            cover::check(tx, context)?
        } else {
            None
        },
        feeds,
        items,
        vouches,
    })
}

/// The items of one push, and what proves the words among them.
struct Waiting {
    items: Vec<Outgoing>,
    vouches: Vec<Vouch>,
}

fn items(tx: &Tx<'_>, tries: &Tries, bytes_max: usize) -> Result<Waiting, Error> {
    let mut items = Vec::new();
    let mut vouches = BTreeMap::new();
    let mut bytes = 0;
    let mut offered = None;
    for row in tx.outbox(0, ROWS_MAX)? {
        let Some(item) = item(tx, &row)? else { continue };
        if tries.is_spent(&item) {
            continue;
        }
        bytes += size(&item) + ITEM_OVERHEAD_BYTES;
        let proof = proof(tx, &item)?.filter(|(id, _)| !vouches.contains_key(id));
        bytes += proof.as_ref().map_or(0, |(_, vouch)| vouch.hashes.len());
        // What is offered again of one report goes together: the server's words vouch for the changes beside them.
        let is_together = offered == Some(row.report) && bytes < bytes_max * OFFER_PAGES_MAX;
        if bytes > bytes_max && !items.is_empty() && !is_together {
            break;
        }
        offered = (row.kind == OutboxKind::Replay || is_together).then_some(row.report);
        vouches.extend(proof);
        items.push(Outgoing {
            position: row.position,
            item,
        });
    }
    Ok(Waiting {
        items,
        vouches: vouches.into_values().collect(),
    })
}

/// The signed list that holds the word of an item, where it is in one.
fn proof(tx: &Tx<'_>, item: &Item) -> Result<Option<(VouchId, Vouch)>, StoreError> {
    let Item::Replay { event } = item else {
        return Ok(None);
    };
    let Some(id) = event.result.vouch else {
        return Ok(None);
    };
    Ok(tx.vouch(id)?.map(|vouch| (id, vouch)))
}

/// The item behind an outbox row; `None` where what it named is gone, which a later result or repair settles.
pub(in crate::app) fn item(tx: &Tx<'_>, row: &OutboxRow) -> Result<Option<Item>, StoreError> {
    let report = row.report;
    Ok(match row.kind {
        OutboxKind::Change => ChangeHash::from_slice(&row.name)
            .map(|hash| tx.own_change(&hash))
            .transpose()?
            .flatten()
            .map(|change| Item::Change {
                report,
                bytes: change.bytes.into(),
            }),
        OutboxKind::Command | OutboxKind::Replay => {
            let Some(id) = CommandId::from_slice(&row.name) else {
                return Ok(None);
            };
            let Some(kept) = tx.command(&id)? else {
                return Ok(None);
            };
            match (row.kind, kept.result) {
                (OutboxKind::Replay, Some(result)) => Some(Item::Replay {
                    event: Event {
                        command: kept.signed,
                        result,
                    },
                }),
                (OutboxKind::Replay, None) => None,
                _ => Some(Item::Command { command: kept.signed }),
            }
        }
        OutboxKind::Person => PersonRecordId::from_slice(&row.name)
            .map(|id| tx.person(&id))
            .transpose()?
            .flatten()
            .map(|person| Item::Person {
                id: person.id,
                report,
                bytes: person.bytes.into(),
            }),
        OutboxKind::Return => row.bytes.clone().map(|bytes| Item::Return {
            report,
            bytes: bytes.into(),
        }),
    })
}

pub(super) fn size(item: &Item) -> usize {
    match item {
        Item::Change { bytes, .. }
        | Item::Return { bytes, .. }
        | Item::Person { bytes, .. }
        | Item::Track { bytes }
        | Item::Visit { bytes } => bytes.len(),
        Item::Command { command } => command.body.len() + 70,
        Item::Replay { event } => event.command.body.len() + event.result.body.len() + 140,
    }
}

fn feed_standing(tx: &Tx<'_>, context: &Context<'_>, feed: &FeedRowState) -> Result<FeedStanding, Error> {
    let backfill: Vec<BackfillPosition> = tx
        .scope_grids(&feed.feed)?
        .into_iter()
        .filter(|fill| !fill.is_filled)
        .take(BACKFILLS_MAX)
        .map(|fill| BackfillPosition {
            feed: feed.feed.clone(),
            grid: fill.grid,
            after: fill.after,
        })
        .collect();
    let repair = match feed.is_repairing && backfill.is_empty() {
        true => Some(repair(tx, feed)?),
        false => None,
    };
    let is_resting = feed
        .diverged_at_ms
        .is_some_and(|at| (context.now_ms() - at).abs() < COMPARE_AGAIN_MS);
    let is_comparable = backfill.is_empty() && repair.is_none() && feed.scope.is_some() && !is_resting;
    Ok(FeedStanding {
        feed: feed.feed.clone(),
        generation: feed.generation,
        cursor: feed.cursor,
        scope: feed.scope,
        digest: is_comparable.then_some(feed.digest),
        backfill,
        repair,
        checkpoint: None,
    })
}

fn repair(tx: &Tx<'_>, feed: &FeedRowState) -> Result<Repair, Error> {
    let held = tx.report_digests(&feed.feed, feed.repair_after.as_ref(), REPAIR_REPORTS_MAX)?;
    let is_last = held.len() < REPAIR_REPORTS_MAX as usize;
    let last = held.last().map(|(report, _)| *report);
    Ok(Repair {
        feed: feed.feed.clone(),
        reports: held
            .into_iter()
            .map(|(report, digest)| ReportDigest { report, digest })
            .collect(),
        after: feed.repair_after,
        upto: if is_last { None } else { last },
    })
}

/// How the phone fares: with every push, else a few times a day.
fn health(tx: &Tx<'_>, context: &Context<'_>, sending: usize) -> Result<Option<Health>, Error> {
    let last = tx.setting_int(setting::HEALTH_AT)?;
    let is_due = last.is_none_or(|at| (context.now_ms() - at).abs() > HEALTH_EVERY_MS);
    if sending == 0 && !is_due {
        return Ok(None);
    }
    let (outbox, uploads, trail) = (tx.outbox_sum()?, tx.upload_sum()?, tx.trail_sum()?);
    let unsent_count = outbox.count + trail.track_count + trail.visit_count;
    let oldest_at_ms = [outbox.oldest_at_ms, trail.oldest_at_ms]
        .into_iter()
        .flatten()
        .min();
    Ok(Some(Health {
        app_version: context.app_version.to_owned(),
        unsent_count: unsent_count.saturating_sub(u32::try_from(sending).unwrap_or(u32::MAX)),
        unsent_oldest_at: oldest_at_ms.map(Timestamp),
        unsent_attachment_bytes: uploads.bytes,
        storage_free_bytes: None,
        attention_count: tx.attention_count()?,
    }))
}
