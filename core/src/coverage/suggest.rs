//! Where next: a short walk over places that are due and ground that was longest unseen. A suggestion, never an order.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::age::{LastSeen, middle_of};
use super::cell::Cell;
use super::set::CellSet;
use crate::place::{MicroPosition, Position};

/// The longest walk that is suggested, in metres.
const WALK_M_MAX: f64 = 3_000.0;

/// The most stops.
const STOPS_MAX: usize = 6;

/// Ground is offered in blocks of so many cells a side: 100 m.
const BLOCK_SIDE: u32 = 5;

/// A block with fewer unseen cells is not worth a stop.
const BLOCK_CELLS_MIN: u64 = 5;

/// Ground that was seen within so many days is not offered.
const FRESH_DAYS: i64 = 3;

/// Ground that was never seen counts as this old, in days.
const NEVER_DAYS: i64 = 60;

/// Why a stop is offered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum StopReason {
    /// Ground that was not seen for so many days; `None` where it was never seen.
    Unseen {
        /// How many days, of the cell that was seen last.
        days: Option<i64>,
    },
    /// A key place that is due.
    PlaceDue {
        /// The place's id.
        place: String,
        /// Whether it is late.
        is_overdue: bool,
    },
}

/// One stop of a suggested walk.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SuggestionStop {
    /// Where.
    pub position: Position,
    /// How far from the stop before, or from where the worker stands, as the crow flies, in metres.
    pub distance_m: f64,
    /// Why.
    pub reason: StopReason,
}

/// A short ordered walk.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Suggestion {
    /// The stops, in order; at most six.
    pub stops: Vec<SuggestionStop>,
    /// The whole way as the crow flies, in metres.
    pub distance_m: f64,
}

/// A key place that is due, as [`suggest`] takes it.
pub type PlaceDue = (String, Position, bool);

struct Candidate {
    position: MicroPosition,
    worth: f64,
    reason: StopReason,
}

/// A walk from where somebody stands over at most 3 km: places due first count most, then ground by days unseen and size, each against its
/// distance. `places` are id, position and whether it is overdue. The same question has the same answer.
pub fn suggest(from: Position, last_seen: &LastSeen, places: &[PlaceDue], on: NaiveDate) -> Suggestion {
    let Ok(mut here) = MicroPosition::of(from) else {
        return Suggestion::default();
    };
    let mut candidates = ground_candidates(last_seen, on);
    candidates.extend(places.iter().filter_map(|(place, position, is_overdue)| {
        Some(Candidate {
            position: MicroPosition::of(*position).ok()?,
            worth: if *is_overdue { 4_000.0 } else { 2_000.0 },
            reason: StopReason::PlaceDue {
                place: place.clone(),
                is_overdue: *is_overdue,
            },
        })
    }));
    let mut suggestion = Suggestion::default();
    while suggestion.stops.len() < STOPS_MAX {
        let left_m = WALK_M_MAX - suggestion.distance_m;
        let worth = |candidate: &Candidate| candidate.worth / (50.0 + here.distance_m(candidate.position));
        let best = candidates
            .iter()
            .enumerate()
            .filter(|(_, candidate)| here.distance_m(candidate.position) <= left_m)
            .max_by(|(a_place, a), (b_place, b)| {
                worth(a).total_cmp(&worth(b)).then_with(|| b_place.cmp(a_place))
            })
            .map(|(place, _)| place);
        let Some(best) = best else { break };
        let stop = candidates.swap_remove(best);
        let distance_m = here.distance_m(stop.position);
        here = stop.position;
        suggestion.distance_m += distance_m;
        suggestion.stops.push(SuggestionStop {
            position: stop.position.to_position(),
            distance_m,
            reason: stop.reason,
        });
    }
    suggestion
}

/// Blocks of unseen ground, by age and size.
fn ground_candidates(last_seen: &LastSeen, on: NaiveDate) -> Vec<Candidate> {
    let mut blocks: std::collections::BTreeMap<(u32, u32), (CellSet, i64, bool)> = Default::default();
    let mut add = |cells: &CellSet, days: i64, was_seen: bool| {
        for cell in cells.iter() {
            let key = (cell.row / BLOCK_SIDE, cell.column / BLOCK_SIDE);
            let (block, youngest, was_any_seen) = blocks.entry(key).or_insert((CellSet::new(), days, false));
            block.insert(cell);
            *youngest = (*youngest).min(days);
            *was_any_seen |= was_seen;
        }
    };
    add(&last_seen.never, NEVER_DAYS, false);
    for (day, cells) in &last_seen.by_day {
        let days = (on - *day).num_days();
        if days > FRESH_DAYS {
            add(cells, days, true);
        }
    }
    let worthwhile = blocks
        .into_values()
        .filter(|(block, ..)| block.len() >= BLOCK_CELLS_MIN);
    worthwhile
        .filter_map(|(block, days, was_seen)| {
            let cell: Cell = middle_of(&block);
            #[expect(clippy::cast_precision_loss, reason = "days and cells of a block are small")]
            let worth = days.min(NEVER_DAYS) as f64 * block.len() as f64;
            Some(Candidate {
                position: MicroPosition::of(cell.middle()).ok()?,
                worth,
                reason: StopReason::Unseen {
                    days: was_seen.then_some(days),
                },
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
