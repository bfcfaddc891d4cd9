//! Taking in what the server knows of a grid's day: set union, in the transaction of the page that brought it.

use super::trail::NO_REPORT;
use crate::app::device::Context;
use crate::coverage::CellSet;
use crate::error::Error;
use crate::id::UnitId;
use crate::patrol::FixDay;
use crate::signature::sha256;
use crate::store::{CoverageKey, Tx};
use crate::sync::message::GridCoverage;

/// The word under which seen cells are kept beside those that may have been.
pub(in crate::app) const SEEN: &str = "seen";

/// Joins a day with what is held of it. Grids out of scope are passed over: their rows come again when they come into scope.
pub(super) fn take(
    tx: &Tx<'_>,
    context: &Context<'_>,
    feed: &UnitId,
    coverage: &GridCoverage,
) -> Result<(), Error> {
    let is_in_scope = tx
        .scope_grids(feed)?
        .iter()
        .any(|fill| fill.grid.as_ref() == Some(&coverage.grid));
    if !is_in_scope {
        return Ok(());
    }
    if coverage.on.parse::<FixDay>().is_err() {
        return aside(tx, context, feed, coverage, "the day of the coverage is none");
    }
    let now_ms = context.now_ms();
    let key = CoverageKey {
        feed,
        grid: &coverage.grid,
        on_day: &coverage.on,
    };
    let mut sets = vec![(SEEN, &coverage.seen)];
    sets.extend(
        coverage
            .maybe
            .iter()
            .map(|maybe| (maybe.why.as_str(), &maybe.cells)),
    );
    for (why, bytes) in sets {
        let Ok(theirs) = CellSet::decode(bytes) else {
            aside(tx, context, feed, coverage, "the cells are not readable")?;
            continue;
        };
        let ours = tx.cells(&key, why)?.and_then(|ours| CellSet::decode(&ours).ok());
        let joined = match &ours {
            Some(ours) if theirs.is_subset(ours) => continue,
            Some(ours) => {
                let mut joined = ours.clone();
                joined.join(&theirs);
                joined
            }
            None if theirs.is_empty() => continue,
            None => theirs,
        };
        tx.put_cells(&key, why, &joined.encode(), now_ms)?;
    }
    for patrol in &coverage.patrols {
        tx.add_coverage_patrol(&key, patrol, now_ms)?;
    }
    for visit in &coverage.visits {
        tx.add_coverage_visit(&key, &visit.place, visit.at.as_millis(), &visit.how, now_ms)?;
    }
    Ok(())
}

/// Keeps what is not readable for a look; it never holds up what comes behind it.
fn aside(
    tx: &Tx<'_>,
    context: &Context<'_>,
    feed: &UnitId,
    coverage: &GridCoverage,
    why: &str,
) -> Result<(), Error> {
    tracing::warn!(unit.id = %coverage.grid, why, "incoming coverage is kept aside");
    let bytes = minicbor::to_vec(coverage).expect("encoding to memory cannot fail");
    Ok(tx.quarantine(&sha256(&bytes), feed, &NO_REPORT, &bytes, why, context.now_ms())?)
}
