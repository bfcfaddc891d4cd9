//! One page of a feed together with its cursor: one transaction.

use std::collections::BTreeMap;

use super::take::{self, Incoming, Sight, Taken};
use super::{checkpoint, cover, offer, scope};
use crate::app::device::Context;
use crate::app::identity::setting;
use crate::app::project;
use crate::error::Error;
use crate::id::ReportId;
use crate::store::{FeedRowState, StoreError, Tx};
use crate::sync::message::{FeedPage, Payload};
use crate::time::Timestamp;

/// The difference in ms from which a clock's offset is written anew.
const OFFSET_NEWS_MS: i64 = 2_000;
/// The age in ms from which the same offset is written anew, so that its age stays known.
const OFFSET_AGE_MS: i64 = 600_000;

/// Whether the page changes nothing at all.
pub(super) fn is_idle(tx: &Tx<'_>, page: &FeedPage) -> Result<bool, Error> {
    Ok(tx.feed(&page.feed)?.is_some_and(|feed| {
        page.rows.is_empty()
            && page.scope.is_none()
            && !page.is_diverged
            && page.checkpoint.is_none()
            && feed.cursor == page.cursor
            && feed.generation == Some(page.generation)
    }))
}

/// Takes a page in.
pub(super) fn take(
    tx: &Tx<'_>,
    context: &Context<'_>,
    page: FeedPage,
    went_back: bool,
) -> Result<Taken, Error> {
    let mut taken = Taken::default();
    let Some(mut feed) = tx.feed(&page.feed)? else {
        return Ok(taken);
    };
    if feed.generation != Some(page.generation) {
        feed.generation = Some(page.generation);
        feed.diverged_at_ms = None;
        tx.put_feed(&feed)?;
    }
    if went_back {
        tracing::warn!(feed = %page.feed, "the feed ends before the place where it was read: offered again");
        offer::offer_again(tx, context, &page.feed)?;
    }
    if let Some(given) = &page.checkpoint {
        checkpoint::keep(tx, context, &page.feed, given)?;
    }
    if let Some(scope) = &page.scope {
        scope::apply(tx, &feed.feed, scope, &mut taken)?;
        feed.scope = Some(scope.tag);
    }
    taken.rows = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
    let mut by_report: BTreeMap<ReportId, Incoming> = BTreeMap::new();
    for row in page.rows {
        sort_in(tx, context, &feed, row.payload, &mut by_report, &mut taken)?;
    }
    let sight = Sight::of(tx, &feed.feed)?;
    let reports = by_report.into_iter().collect();
    let is_good = take::take_reports(tx, context, &sight, reports, &mut taken)?;
    feed.cursor = page.cursor;
    if page.is_diverged || !is_good {
        if feed.repaired_at_ms.take().is_some() {
            // A repair did not help: looked at again in an hour, so that a defect does not eat the link.
            feed.diverged_at_ms = Some(context.now_ms());
        } else {
            feed.is_repairing = true;
            feed.repair_after = None;
        }
    }
    tx.put_feed(&feed)?;
    if taken.is_directory_new {
        tx.set_int(PROJECT_AGAIN, 1)?;
    }
    Ok(taken)
}

/// Set while lists are to be written anew for a new directory.
const PROJECT_AGAIN: &str = "project_again";

fn sort_in(
    tx: &Tx<'_>,
    context: &Context<'_>,
    feed: &FeedRowState,
    payload: Payload,
    by_report: &mut BTreeMap<ReportId, Incoming>,
    taken: &mut Taken,
) -> Result<(), Error> {
    match payload {
        Payload::Change { report, bytes } => by_report.entry(report).or_default().changes.push(bytes.into()),
        Payload::Event { report, event } => by_report.entry(report).or_default().events.push(event),
        Payload::Result {
            report,
            command,
            result,
        } => by_report
            .entry(report)
            .or_default()
            .results
            .push((command, result)),
        Payload::Person { id, report, bytes } => {
            by_report
                .entry(report)
                .or_default()
                .people
                .push((id, bytes.into()));
        }
        Payload::Erased { what } => by_report.entry(what.report()).or_default().erased.push(what),
        Payload::Blob {
            report,
            blob,
            size_bytes,
        } => by_report
            .entry(report)
            .or_default()
            .blobs
            .push((blob, size_bytes)),
        Payload::Enter { bundle } => by_report.entry(bundle.report).or_default().add_bundle(bundle),
        Payload::Leave { report } => {
            // What came for it earlier in this page goes with it.
            by_report.remove(&report);
            scope::leave(tx, &report, taken)?;
        }
        Payload::Directory { row } => {
            tx.put_directory_row(&feed.feed, &row)?;
            taken.is_directory_new = true;
        }
        Payload::Coverage { coverage } => {
            cover::take(tx, context, &feed.feed, &coverage)?;
        }
    }
    Ok(())
}

/// Writes the lines of unfinished reports anew, since a new directory may show and allow something else.
/// Whether a new version or directory left lists to be written anew.
pub(super) fn is_to_project_again(tx: &Tx<'_>) -> Result<bool, Error> {
    Ok(tx.setting_int(PROJECT_AGAIN)?.is_some())
}

pub(super) fn project_again(tx: &Tx<'_>, context: &Context<'_>) -> Result<(), Error> {
    if !is_to_project_again(tx)? {
        return Ok(());
    }
    for report in tx.unfinished_reports()? {
        project::project(tx, context, &report)?;
    }
    Ok(tx.unset(PROJECT_AGAIN)?)
}

/// Whether the server's clock says something new about the phone's.
pub(super) fn is_offset_news(
    tx: &Tx<'_>,
    context: &Context<'_>,
    server_at: Timestamp,
) -> Result<bool, Error> {
    let at = context.device_time(tx)?;
    let offset_ms = server_at.ms_since(context.now());
    Ok(at
        .server_offset_ms
        .is_none_or(|old| (old - offset_ms).abs() > OFFSET_NEWS_MS)
        || at.server_offset_age_ms.is_none_or(|age| age > OFFSET_AGE_MS))
}

pub(super) fn note_offset(tx: &Tx<'_>, context: &Context<'_>, server_at: Timestamp) -> Result<(), Error> {
    let write = || -> Result<(), StoreError> {
        tx.set_int(setting::OFFSET_MS, server_at.ms_since(context.now()))?;
        tx.set_int(setting::OFFSET_MONOTONIC_MS, context.clock.monotonic_ms)?;
        tx.set(setting::OFFSET_BOOT, &context.clock.boot.to_be_bytes())?;
        tx.set_int(setting::HEALTH_AT, context.now_ms())
    };
    Ok(write()?)
}
