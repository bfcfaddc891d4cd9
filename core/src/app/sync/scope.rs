//! What the install may see: grids that came and went, reports that entered and left, backfills and repairs.

use super::cover;
use super::take::{self, Incoming, Sight, Taken};
use crate::app::device::Context;
use crate::error::Error;
use crate::id::{ReportId, UnitId};
use crate::store::{GridFill, Tx};
use crate::sync::message::{BackfillPage, Repair, ReportBundle, Scope};

/// Applies a new scope: grids that went are let go, those that came are to be filled, what is granted singly is asked for again.
pub(super) fn apply(tx: &Tx<'_>, feed: &UnitId, scope: &Scope, taken: &mut Taken) -> Result<(), Error> {
    let before = tx.scope_grids(feed)?;
    for gone in before.iter().filter_map(|fill| fill.grid.as_ref()) {
        if !scope.grids.contains(gone) {
            tx.remove_scope_grid(feed, gone)?;
            tx.drop_coverage(feed, gone)?;
        }
    }
    for grid in &scope.grids {
        if !before.iter().any(|fill| fill.grid.as_ref() == Some(grid)) {
            open(tx, feed, Some(grid.clone()))?;
        }
    }
    open(tx, feed, None)?;
    for report in tx.reports_outside(feed, &scope.grids, false)? {
        leave(tx, &report, taken)?;
    }
    Ok(())
}

fn open(tx: &Tx<'_>, feed: &UnitId, grid: Option<UnitId>) -> Result<(), Error> {
    Ok(tx.put_scope_grid(
        feed,
        &GridFill {
            grid,
            is_filled: false,
            after: None,
        },
    )?)
}

/// A report left the scope: it goes, unless the person began it himself, and not before everything of it is sent.
pub(super) fn leave(tx: &Tx<'_>, report: &ReportId, taken: &mut Taken) -> Result<(), Error> {
    let Some(mut record) = tx.report(report)? else {
        return Ok(());
    };
    if record.is_own {
        return Ok(());
    }
    record.is_leaving = true;
    tx.put_report(&record)?;
    if tx.reports_ready_to_leave()?.contains(report) {
        taken.orphans.extend(tx.purge_report(report)?);
    }
    Ok(())
}

/// Takes pages of a backfill in, each with the place where the next one starts.
pub(super) fn take_backfill(
    tx: &Tx<'_>,
    context: &Context<'_>,
    pages: Vec<BackfillPage>,
) -> Result<Taken, Error> {
    let mut taken = Taken::default();
    for page in pages {
        let sight = Sight::of(tx, &page.feed)?;
        // The scope may have changed since the page was asked for: a grid that is gone is not filled.
        if !sight.has(page.grid.as_ref()) {
            continue;
        }
        taken.rows += u32::try_from(page.bundles.len()).unwrap_or(u32::MAX);
        let reports = page.bundles.into_iter().map(|bundle| {
            let report = bundle.report;
            let mut incoming = Incoming::default();
            incoming.add_bundle(bundle);
            (report, incoming)
        });
        take::take_reports(tx, context, &sight, reports.collect(), &mut taken)?;
        for coverage in page.coverage.iter().flatten() {
            cover::take(tx, context, &page.feed, coverage)?;
        }
        tx.put_scope_grid(
            &page.feed,
            &GridFill {
                grid: page.grid,
                is_filled: page.next.is_none(),
                after: page.next,
            },
        )?;
    }
    Ok(taken)
}

/// Takes the reports that differed in one window of a repair. A report in it that the server shows empty is not this install's to hold.
pub(super) fn take_repair(
    tx: &Tx<'_>,
    context: &Context<'_>,
    window: &Repair,
    bundles: Vec<ReportBundle>,
    may_be_partial: bool,
) -> Result<Taken, Error> {
    let mut taken = Taken {
        rows: u32::try_from(bundles.len()).unwrap_or(u32::MAX),
        ..Taken::default()
    };
    let mut has_helped = false;
    let sight = Sight::of(tx, &window.feed)?;
    for bundle in bundles {
        let report = bundle.report;
        let before = tx.report(&report)?.map(|record| record.digest);
        if bundle.changes.is_empty() && bundle.events.is_empty() && bundle.erased.is_empty() {
            leave(tx, &report, &mut taken)?;
            continue;
        }
        let mut incoming = Incoming {
            is_repair: true,
            ..Incoming::default()
        };
        incoming.add_bundle(bundle);
        take::take_report(tx, context, &sight, &report, incoming, &mut taken)?;
        has_helped |= tx.report(&report)?.map(|record| record.digest) != before;
    }
    if may_be_partial && has_helped {
        // The same window is asked for again: what is good now does not come back.
        return Ok(taken);
    }
    if let Some(mut feed) = tx.feed(&window.feed)? {
        feed.repair_after = window.upto;
        if window.upto.is_none() {
            feed.is_repairing = false;
            feed.repaired_at_ms = Some(context.now_ms());
        }
        tx.put_feed(&feed)?;
    }
    Ok(taken)
}
