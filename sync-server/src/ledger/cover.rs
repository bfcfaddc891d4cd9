//! Coverage in a turn: what was seen of a unit on a day, opened, joined, and written back with one row of the feed.
//!
//! Joining is set union in every part, so that the order of arrival and repetition leave no trace. Cells that lie in no drawn grid are
//! kept under the township itself, which no phone gets, so that a grid that is drawn later finds them.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use xunge_core::coverage::{DayCoverage, UnknownCause};
use xunge_core::id::{PatrolId, UnitId};
use xunge_core::key_place::{VisitKind, VisitRecord};
use xunge_core::patrol::FixDay;
use xunge_core::sync::message::{GridCoverage, MaybeCells, PlaceVisit};
use xunge_core::time::Timestamp;

use super::Ledger;
use super::turn::{NewRow, Turn};
use crate::ServiceError;
use crate::store::{CoverageRow, FeedNo, ReadTx, RowKind, TrackKind};

/// What sealed coverage is bound to beside its name.
const CONTEXT: &str = "coverage";

/// How a visit of a key place is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum VisitHow {
    /// A patrol stayed near.
    #[n(0)]
    Patrol,
    /// A report was handed in there.
    #[n(1)]
    Report,
    /// A check-up form was filled in there.
    #[n(2)]
    CheckUp,
    /// It did not have to be visited.
    #[n(3)]
    Excused,
}

impl VisitHow {
    /// The word on the wire.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Patrol => "patrol",
            Self::Report => "report",
            Self::CheckUp => "check_up",
            Self::Excused => "excused",
        }
    }
}

/// One visit; of one patrol, report or record there is one visit of a place on a day, the earliest.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct VisitKey {
    pub(crate) place: String,
    pub(crate) how: VisitHow,
    /// The patrol, the report, or the first half of the record's hash. Never sent.
    pub(crate) by: [u8; 16],
}

/// What was seen of a unit on a day.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct OpenDay {
    pub(crate) cells: DayCoverage,
    pub(crate) patrols: BTreeSet<PatrolId>,
    pub(crate) visits: BTreeMap<VisitKey, Timestamp>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Stored {
    #[n(0)]
    cells: ByteVec,
    #[n(1)]
    patrols: Vec<PatrolId>,
    #[n(2)]
    visits: Vec<StoredVisit>,
}

#[derive(Encode, Decode)]
struct StoredVisit {
    #[n(0)]
    place: String,
    #[n(1)]
    how: VisitHow,
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    by: [u8; 16],
    #[n(3)]
    at: Timestamp,
}

/// The name under which coverage is sealed, and of its rows in the feed.
pub(crate) fn name(unit: &UnitId, day: &str) -> Vec<u8> {
    format!("{unit}\n{day}").into_bytes()
}

fn seal_name(township: &UnitId, unit: &UnitId, day: &str) -> Vec<u8> {
    format!("{township}\n{unit}\n{day}").into_bytes()
}

impl Ledger {
    /// Opens stored coverage.
    pub(crate) fn open_day(&self, township: &UnitId, row: &CoverageRow) -> Result<OpenDay, ServiceError> {
        let bad = || ServiceError::Damaged(format!("the coverage of {} on {}", row.unit, row.day));
        let name = seal_name(township, &row.unit, &row.day);
        let plain = self.keys.master.open(CONTEXT, &name, &row.body);
        let stored: Stored = minicbor::decode(&plain.map_err(|_| bad())?).map_err(|_| bad())?;
        let visit = |v: StoredVisit| {
            let StoredVisit { place, how, by, at } = v;
            (VisitKey { place, how, by }, at)
        };
        Ok(OpenDay {
            cells: DayCoverage::decode(&stored.cells).map_err(|_| bad())?,
            patrols: stored.patrols.into_iter().collect(),
            visits: stored.visits.into_iter().map(visit).collect(),
        })
    }

    /// Why places were excused on a day, by the first half of the record's name, as long as the records are kept.
    pub(crate) fn excuse_reasons(
        &self,
        tx: &mut dyn ReadTx,
        feed: FeedNo,
        halves: impl IntoIterator<Item = [u8; 16]>,
    ) -> Result<BTreeMap<[u8; 16], String>, ServiceError> {
        let mut reasons = BTreeMap::new();
        for half in halves {
            if reasons.contains_key(&half) {
                continue;
            }
            let mut before = [0; 32];
            before[..16].copy_from_slice(&half);
            let row = tx.tracks_held(feed, TrackKind::Visit, Some(before), 1)?.pop();
            let Some(row) = row.filter(|row| row.name[..16] == half) else {
                continue;
            };
            if let Ok(VisitRecord {
                kind: VisitKind::Excused { reason, .. },
                ..
            }) = VisitRecord::decode(&self.track_bytes(&row)?)
            {
                reasons.insert(half, reason);
            }
        }
        Ok(reasons)
    }

    fn seal_day(&self, township: &UnitId, unit: &UnitId, day: &str, open: &OpenDay) -> Vec<u8> {
        let visit = |(key, at): (&VisitKey, &Timestamp)| StoredVisit {
            place: key.place.clone(),
            how: key.how,
            by: key.by,
            at: *at,
        };
        let stored = Stored {
            cells: open.cells.encode().into(),
            patrols: open.patrols.iter().copied().collect(),
            visits: open.visits.iter().map(visit).collect(),
        };
        let plain = minicbor::to_vec(&stored).expect("encoding to memory cannot fail");
        let name = seal_name(township, unit, day);
        self.keys.master.seal(CONTEXT, &name, &plain)
    }
}

impl OpenDay {
    /// Adds cells; says whether any was new.
    pub(crate) fn join_cells(&mut self, cells: &DayCoverage) -> bool {
        if contains(&self.cells, cells) {
            return false;
        }
        self.cells.join(cells);
        true
    }

    /// Adds a visit, or moves it to its earlier beginning; says whether anything changed.
    pub(crate) fn add_visit(&mut self, key: VisitKey, at: Timestamp) -> bool {
        match self.visits.get_mut(&key) {
            Some(held) if *held <= at => false,
            Some(held) => {
                *held = at;
                true
            }
            None => {
                self.visits.insert(key, at);
                true
            }
        }
    }

    /// What phones get. Whose patrols and records they were is not told. `reasons` are those of excuses, by what they are known by.
    pub(crate) fn for_phones(
        &self,
        grid: &UnitId,
        day: &str,
        reasons: &BTreeMap<[u8; 16], String>,
    ) -> GridCoverage {
        let maybe = self.cells.maybe.iter();
        let mut maybe: Vec<MaybeCells> = maybe
            .map(|(cause, cells)| MaybeCells {
                why: cause_word(*cause),
                cells: cells.encode().into(),
            })
            .collect();
        maybe.sort_by(|a, b| a.why.cmp(&b.why));
        let visits: BTreeSet<PlaceVisit> = self
            .visits
            .iter()
            .map(|(key, at)| PlaceVisit {
                place: key.place.clone(),
                at: *at,
                how: key.how.word().to_owned(),
                reason: reasons
                    .get(&key.by)
                    .filter(|_| key.how == VisitHow::Excused)
                    .cloned(),
            })
            .collect();
        GridCoverage {
            grid: grid.clone(),
            on: day.to_owned(),
            seen: self.cells.seen.encode().into(),
            maybe,
            patrols: self.patrols.iter().copied().collect(),
            visits: visits.into_iter().collect(),
        }
    }
}

/// The bytes that coverage will about take in an answer.
pub(crate) fn wire_bytes(coverage: &GridCoverage) -> usize {
    let maybe: usize = coverage
        .maybe
        .iter()
        .map(|m| m.cells.len() + m.why.len() + 8)
        .sum();
    let said = |visit: &PlaceVisit| visit.place.len() + visit.reason.as_ref().map_or(0, String::len) + 32;
    let visits: usize = coverage.visits.iter().map(said).sum();
    coverage.seen.len() + maybe + visits + coverage.patrols.len() * 18 + 48
}

/// A cause in snake_case.
pub(crate) fn cause_word(cause: UnknownCause) -> String {
    match serde_json::to_value(cause) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "unknown".to_owned(),
    }
}

/// Whether everything of `part` is in `whole`.
pub(crate) fn contains(whole: &DayCoverage, part: &DayCoverage) -> bool {
    part.seen.is_subset(&whole.seen)
        && part
            .maybe
            .iter()
            .all(|(cause, cells)| whole.maybe.get(cause).is_some_and(|held| cells.is_subset(held)))
}

/// Coverage that a turn works on.
pub(crate) struct TurnDay {
    open: OpenDay,
    seq: u64,
    is_moved: bool,
}

impl Turn<'_> {
    fn with_day(
        &mut self,
        unit: &UnitId,
        day: FixDay,
        change: impl FnOnce(&mut OpenDay) -> bool,
    ) -> Result<(), ServiceError> {
        let key = (unit.clone(), day.to_string());
        if !self.days.contains_key(&key) {
            let row = self.tx.coverage(self.feed.no, unit, &key.1)?;
            let open = row
                .as_ref()
                .map(|row| self.ledger.open_day(&self.feed.unit, row))
                .transpose()?;
            let held = TurnDay {
                open: open.unwrap_or_default(),
                seq: row.map_or(0, |row| row.seq),
                is_moved: false,
            };
            self.days.insert(key.clone(), held);
        }
        let held = self.days.get_mut(&key).expect("put in above");
        held.is_moved |= change(&mut held.open);
        Ok(())
    }

    /// Adds cells to a unit's day.
    pub(crate) fn join_cells(
        &mut self,
        unit: &UnitId,
        day: FixDay,
        cells: &DayCoverage,
    ) -> Result<(), ServiceError> {
        self.with_day(unit, day, |open| open.join_cells(cells))
    }

    /// Notes that a patrol served a grid on a day.
    pub(crate) fn add_patrol(
        &mut self,
        grid: &UnitId,
        day: FixDay,
        patrol: PatrolId,
    ) -> Result<(), ServiceError> {
        self.with_day(grid, day, |open| open.patrols.insert(patrol))
    }

    /// Notes a visit of a key place.
    pub(crate) fn add_visit(
        &mut self,
        grid: &UnitId,
        day: FixDay,
        key: VisitKey,
        at: Timestamp,
    ) -> Result<(), ServiceError> {
        self.with_day(grid, day, |open| open.add_visit(key, at))
    }

    /// Writes the coverage that grew, with one row of the feed for each grid and day; then segments and check-ups.
    pub(crate) fn write_patrols(&mut self) -> Result<(), ServiceError> {
        let mut rows = Vec::new();
        for ((unit, day), held) in std::mem::take(&mut self.days) {
            if !held.is_moved {
                continue;
            }
            let seq = if unit == self.feed.unit {
                held.seq
            } else {
                self.append_loose(NewRow {
                    kind: RowKind::Coverage,
                    name: Some(name(&unit, &day)),
                    install: None,
                    moved_from: Some(unit.to_string()),
                    body: None,
                })
            };
            rows.push(CoverageRow {
                body: self.ledger.seal_day(&self.feed.unit, &unit, &day, &held.open),
                unit,
                day,
                seq,
                updated_at: self.now,
            });
        }
        self.tx.coverage_put(self.feed.no, &rows)?;
        let mut tracks = std::mem::take(&mut self.tracks);
        for track in &mut tracks {
            track.seq = self.feed.head;
        }
        self.tx.tracks_insert(self.feed.no, &tracks)?;
        Ok(())
    }
}
