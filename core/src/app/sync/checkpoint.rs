//! Checkpoints of the feeds' audit chains: asked for once a day, kept for years, given to whoever audits the server.

use crate::app::Device;
use crate::app::device::Context;
use crate::error::Error;
use crate::id::UnitId;
use crate::store::{StoreError, Tx};
use crate::sync::checkpoint::{ChainEnd, Checkpoint, CheckpointAsk};

/// How often one is asked for, in ms.
const ASK_EVERY_MS: i64 = 20 * 3_600_000;

/// How many of a feed are kept, the newest: more than two years of days, about 170 bytes each.
const KEPT_MAX: usize = 800;

fn name(feed: &UnitId) -> String {
    format!("checkpoints:{feed}")
}

fn asked_at(feed: &UnitId) -> String {
    format!("checkpoint_at:{feed}")
}

/// What is kept of a feed, the oldest first.
fn kept(tx: &Tx<'_>, feed: &UnitId) -> Result<Vec<Checkpoint>, Error> {
    let Some(bytes) = tx.setting(&name(feed))? else {
        return Ok(Vec::new());
    };
    Ok(minicbor::decode(&bytes).map_err(|_| StoreError::Unreadable { what: "checkpoints" })?)
}

/// Asks where the last one is a day old.
pub(super) fn ask(tx: &Tx<'_>, context: &Context<'_>, feed: &UnitId) -> Result<Option<CheckpointAsk>, Error> {
    let last = tx.setting_int(&asked_at(feed))?;
    if last.is_some_and(|at| (context.now_ms() - at).abs() < ASK_EVERY_MS) {
        return Ok(None);
    }
    Ok(Some(CheckpointAsk {
        kept: kept(tx, feed)?.pop(),
    }))
}

/// Keeps what the server signed. What it did not sign, or signed for another feed, is passed over: it proves nothing.
pub(super) fn keep(
    tx: &Tx<'_>,
    context: &Context<'_>,
    feed: &UnitId,
    given: &Checkpoint,
) -> Result<(), Error> {
    let server = &context.identity.server_key;
    let Some(end) = given.open(server).ok().filter(|end| end.feed == *feed) else {
        tracing::warn!(%feed, "a checkpoint that the server did not sign");
        return Ok(());
    };
    let mut all = kept(tx, feed)?;
    let last = all.last().and_then(|held| held.open(server).ok());
    if last.is_some_and(|last| is_rewritten(&last, &end)) {
        tracing::error!(%feed, lines = end.lines, "the audit chain was written anew: show the checkpoints to the county");
    }
    all.push(given.clone());
    let surplus = all.len().saturating_sub(KEPT_MAX);
    all.drain(..surplus);
    tx.set(
        &name(feed),
        &minicbor::to_vec(&all).expect("encoding to memory cannot fail"),
    )?;
    Ok(tx.set_int(&asked_at(feed), context.now_ms())?)
}

/// Whether no chain that only grows can have ended at both.
fn is_rewritten(before: &ChainEnd, now: &ChainEnd) -> bool {
    before.generation == now.generation
        && (now.lines < before.lines || now.lines == before.lines && now.hash != before.hash)
}

impl Device {
    /// The checkpoints of the audit chains that this phone keeps, feed by feed, the oldest first: for `xunge-server verify --checkpoints`.
    pub fn checkpoints(&self) -> Result<Vec<Checkpoint>, Error> {
        self.read(|tx, _| {
            let mut all = Vec::new();
            for feed in tx.feeds()? {
                all.extend(kept(tx, &feed.feed)?);
            }
            Ok(all)
        })
    }
}
