//! Segments of tracks and words about key places: sent when the outbox has nothing to send, under negative places so that results find
//! them; before the pictures.

use super::collect::Tries;
use super::settle;
use super::take::Taken;
use crate::app::attention;
use crate::app::device::Context;
use crate::error::Error;
use crate::id::ReportId;
use crate::key_place::VisitRecord;
use crate::patrol::Segment;
use crate::store::{StoreError, TrailKind, TrailRow, Tx};
use crate::sync::message::{Item, ItemResult};
use crate::sync::session::Outgoing;

/// The most rows that are looked at for one page.
const ROWS_MAX: u32 = 200;
/// What an item costs beside its bytes, roughly.
const ITEM_OVERHEAD_BYTES: usize = 48;

/// Stands for "no report" where an entry must name one.
pub(in crate::app) const NO_REPORT: ReportId = ReportId::from_bytes([0; 16]);

/// What goes next: as much as fits a page.
pub(super) fn items(tx: &Tx<'_>, tries: &Tries, bytes_max: usize) -> Result<Vec<Outgoing>, Error> {
    let mut items = Vec::new();
    let mut bytes = 0;
    for row in tx.trail_waiting(ROWS_MAX)? {
        let position = -row.position;
        let item = item(row);
        if tries.is_spent(&item) {
            continue;
        }
        bytes += super::collect::size(&item) + ITEM_OVERHEAD_BYTES;
        if bytes > bytes_max && !items.is_empty() {
            break;
        }
        items.push(Outgoing { position, item });
    }
    Ok(items)
}

/// The item of a row.
pub(in crate::app) fn item(row: TrailRow) -> Item {
    let bytes = row.bytes.into();
    match row.kind {
        TrailKind::Track => Item::Track { bytes },
        TrailKind::Visit => Item::Visit { bytes },
    }
}

/// Takes the server's word on one row.
pub(super) fn settle(
    tx: &Tx<'_>,
    context: &Context<'_>,
    position: i64,
    result: &ItemResult,
    taken: &mut Taken,
) -> Result<(), Error> {
    // Another process may have settled it meanwhile, or a person may have let go of it.
    let Some(row) = tx.trail_row(-position)? else {
        return Ok(());
    };
    let word = match result {
        ItemResult::Stored | ItemResult::Duplicate => "stored",
        ItemResult::Expired => "expired",
        ItemResult::Erased => "erased",
        ItemResult::ReviewList => "review_list",
        ItemResult::Refused { code, text } if !row.is_offered => {
            return refused(tx, context, &row, &settle::word(code), text);
        }
        // A restored server that does not want it back: it was told of it once, and that was receipted.
        ItemResult::Refused { .. } => "stored",
        // No word that a segment can get: it stays and goes again with the next sync.
        ItemResult::MissingDeps { .. } | ItemResult::RotateActor { .. } | ItemResult::Decided { .. } => {
            return Ok(());
        }
    };
    tx.settle_trail(row.position, word, context.now_ms())?;
    taken.settled += 1;
    Ok(())
}

fn refused(tx: &Tx<'_>, context: &Context<'_>, row: &TrailRow, code: &str, text: &str) -> Result<(), Error> {
    tracing::warn!(
        kind = row.kind.word(),
        code,
        "the server refused what a patrol recorded"
    );
    let mut entry = attention::entry(
        row.kind.word(),
        &row.name,
        &NO_REPORT,
        code,
        content(row),
        context.now_ms(),
    );
    entry.detail = text.to_owned();
    tx.add_attention(&entry)?;
    Ok(tx.hold_trail(row.position)?)
}

/// What was recorded or said, as JSON for whoever exports it; what is not readable as hexadecimal.
fn content(row: &TrailRow) -> String {
    let json = match row.kind {
        TrailKind::Track => Segment::decode(&row.bytes)
            .ok()
            .and_then(|segment| serde_json::to_string(&segment).ok()),
        TrailKind::Visit => VisitRecord::decode(&row.bytes)
            .ok()
            .and_then(|record| serde_json::to_string(&record).ok()),
    };
    json.unwrap_or_else(|| format!("{{\"bytes\":\"{}\"}}", hex::encode(&row.bytes)))
}

/// For how long what the server has is kept here, in ms (35 days): for the worker's own eyes, and for a server that is restored.
const KEEP_MS: i64 = 35 * 24 * 3_600_000;

/// For how many days coverage is kept.
const KEEP_COVERAGE_DAYS: u64 = 42;

/// After a sync that went through to the end: the clock was looked at, so that what is old can go.
pub(super) fn trim(tx: &Tx<'_>, context: &Context<'_>) -> Result<(), StoreError> {
    let now = context.device_time(tx)?.judge().at;
    let zone = context.zone();
    tx.age_trail(now.plus_ms(-KEEP_MS).as_millis())?;
    let first = now.day_in(zone) - chrono::Days::new(KEEP_COVERAGE_DAYS - 1);
    let before_ms = now
        .plus_ms(-(KEEP_MS / 35 * KEEP_COVERAGE_DAYS.cast_signed()))
        .as_millis();
    tx.trim_coverage(&first.to_string(), before_ms)?;
    tx.trim_patrols()
}
