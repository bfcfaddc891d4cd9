//! Hints that a matter may have been reported before: worked out on the phone, without a network, from light rows.
//!
//! A hint never stops anybody. Two reports of one matter are both kept; the room merges them.

use serde::{Deserialize, Serialize};

use crate::id::{CategoryId, ReportId, UnitId};
use crate::in_order::InOrder;
use crate::place::Position;
use crate::time::Timestamp;

/// How near another report must be to be hinted at, in metres.
pub const NEAR_M: f64 = 250.0;

/// How recent another report must be to be hinted at, in ms (72 hours).
pub const RECENT_MS: i64 = 72 * 3_600_000;

/// The most hints at once.
pub const HINTS_MAX: usize = 5;

/// What is compared of a report.
#[derive(Clone, PartialEq, Debug)]
pub struct HintRow {
    /// The report.
    pub report: ReportId,
    /// Its category.
    pub category: CategoryId,
    /// The top class of its category.
    pub class: CategoryId,
    /// Its grid.
    pub grid: UnitId,
    /// Where it was, if known.
    pub position: Option<Position>,
    /// When it happened or was begun.
    pub at: Timestamp,
}

/// A report that may be about the same matter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hint {
    /// The other report.
    pub report: ReportId,
    /// Whether the category is the same, not only the class.
    pub is_same_category: bool,
    /// How far apart in metres; `None` where a position is missing and only the grid is the same.
    pub distance_m: Option<f64>,
    /// How far apart in time, in ms.
    pub apart_ms: i64,
}

/// How near and how recent counts for one category.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct HintRule {
    /// In metres.
    pub near_m: f64,
    /// In ms.
    pub recent_ms: i64,
}

impl Default for HintRule {
    fn default() -> Self {
        Self {
            near_m: NEAR_M,
            recent_ms: RECENT_MS,
        }
    }
}

/// The reports among `others` that may be about the same matter, at most [`HINTS_MAX`]: the same category before the same class, then
/// the nearest, then the closest in time, then by report. Without a position on either side the same grid must do.
pub fn hints<'a>(
    subject: &HintRow,
    others: impl IntoIterator<Item = &'a HintRow>,
    rule: HintRule,
) -> Vec<Hint> {
    let mut found: Vec<Hint> = others
        .into_iter()
        .filter_map(|other| compare(subject, other, rule))
        .collect();
    let distance = |hint: &Hint| hint.distance_m.unwrap_or(f64::INFINITY);
    found.order_by(|a, b| {
        b.is_same_category
            .cmp(&a.is_same_category)
            .then_with(|| distance(a).total_cmp(&distance(b)))
            .then_with(|| (a.apart_ms, a.report).cmp(&(b.apart_ms, b.report)))
    });
    found.truncate(HINTS_MAX);
    found
}

fn compare(subject: &HintRow, other: &HintRow, rule: HintRule) -> Option<Hint> {
    let apart_ms = subject.at.ms_since(other.at).saturating_abs();
    if subject.report == other.report || subject.class != other.class || apart_ms > rule.recent_ms {
        return None;
    }
    let distance_m = subject
        .position
        .zip(other.position)
        .map(|(here, there)| here.distance_m(&there));
    let is_near = match distance_m {
        Some(distance_m) => distance_m <= rule.near_m,
        None => subject.grid == other.grid,
    };
    is_near.then(|| Hint {
        report: other.report,
        is_same_category: subject.category == other.category,
        distance_m,
        apart_ms,
    })
}

#[cfg(test)]
mod tests;
