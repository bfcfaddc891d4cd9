//! Taking in what the server knows of a grid's day: set union, in the transaction of the page that brought it.

use chrono::Days;

use super::take::Taken;
use super::trail::NO_REPORT;
use crate::app::coverage::DAYS_KEPT;
use crate::app::device::Context;
use crate::coverage::CellSet;
use crate::error::Error;
use crate::id::UnitId;
use crate::patrol::FixDay;
use crate::signature::sha256;
use crate::store::{CoverageKey, SEEN, Tx};
use crate::sync::message::{CoverageCheck, GridCoverage, GridDigest};

/// How often what is held is compared with what the server has, in ms.
const CHECK_EVERY_MS: i64 = 6 * 3_600_000;

/// Days that are compared: one less than phones keep, so that both sides have them whatever the hour.
const DAYS_CHECKED: u64 = DAYS_KEPT - 1;

/// When it was last compared, by the phone's clock.
const CHECKED_AT: &str = "coverage_checked_at";

/// What is held of the township's grids, where it is time to compare it with the server.
pub(super) fn check(tx: &Tx<'_>, context: &Context<'_>) -> Result<Option<CoverageCheck>, Error> {
    let last = tx.setting_int(CHECKED_AT)?;
    if last.is_some_and(|at| (context.now_ms() - at).abs() < CHECK_EVERY_MS) {
        return Ok(None);
    }
    let feed = &context.identity.township;
    let today = context.device_time(tx)?.judge().at.day_in(context.zone());
    let from = (today - Days::new(DAYS_CHECKED - 1)).to_string();
    let mut grids = Vec::new();
    for grid in tx.scope_grids(feed)?.into_iter().filter_map(|fill| fill.grid) {
        let days = tx.coverage_days(feed, &grid, &from)?;
        grids.push(GridDigest {
            digest: GridCoverage::digest(&days),
            grid,
        });
    }
    let feed = feed.clone();
    Ok((!grids.is_empty()).then_some(CoverageCheck { feed, from, grids }))
}

/// Joins the days that differed. Compared again at once where the answer had no room for all of them and these were news.
pub(super) fn take_checked(
    tx: &Tx<'_>,
    context: &Context<'_>,
    check: &CoverageCheck,
    days: &[GridCoverage],
    may_be_partial: bool,
) -> Result<Taken, Error> {
    let mut is_news = false;
    for day in days {
        is_news |= take(tx, context, &check.feed, day)?;
    }
    if is_news {
        tracing::warn!(days = days.len(), "coverage that was missing here came again");
    }
    if !(may_be_partial && is_news) {
        tx.set_int(CHECKED_AT, context.now_ms())?;
    }
    Ok(Taken {
        rows: u32::try_from(days.len()).unwrap_or(u32::MAX),
        ..Taken::default()
    })
}

/// Joins a day with what is held of it; says whether anything was new. Grids out of scope are passed over: their rows come again when they
/// come into scope.
pub(super) fn take(
    tx: &Tx<'_>,
    context: &Context<'_>,
    feed: &UnitId,
    coverage: &GridCoverage,
) -> Result<bool, Error> {
    let is_in_scope = tx
        .scope_grids(feed)?
        .iter()
        .any(|fill| fill.grid.as_ref() == Some(&coverage.grid));
    if !is_in_scope {
        return Ok(false);
    }
    if coverage.on.parse::<FixDay>().is_err() {
        aside(tx, context, feed, coverage, "the day of the coverage is none")?;
        return Ok(false);
    }
    let mut is_news = false;
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
        is_news = true;
    }
    for patrol in &coverage.patrols {
        is_news |= tx.add_coverage_patrol(&key, patrol, now_ms)?;
    }
    for visit in &coverage.visits {
        is_news |= tx.add_coverage_visit(&key, visit, now_ms)?;
    }
    Ok(is_news)
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
