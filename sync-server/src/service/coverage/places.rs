//! Key places against their rules: visited, due, overdue, excused.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde::Serialize;
use xunge_core::directory::{DirectoryRecord, Excuse, KeyPlace, Often, VisitRule};
use xunge_core::id::UnitId;
use xunge_core::key_place::{PlaceStanding, VisitTally, standing, tally};
use xunge_core::place::Position;
use xunge_core::time::Timestamp;

use super::{Area, CoverageQuery};
use crate::ServiceError;
use crate::ledger::cover::VisitHow;
use crate::service::{Caller, Service};
use crate::store::ReadTx;

/// How far back visits are looked for at most, in days.
const BACK_DAYS_MAX: u32 = 370;

/// How far back visits are looked for at least, in days: two weeks of a rule by weeks.
const BACK_DAYS_MIN: u32 = 14;

/// One visit. Nobody is named.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct PlaceVisitRow {
    /// The day that it counts for; `unknown` where nobody knows.
    pub on: String,
    /// When, as well as the clocks tell.
    pub at: Timestamp,
    /// `patrol`, `report` or `check_up`.
    pub how: &'static str,
}

/// A key place against its rule.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct KeyPlaceRow {
    /// The place's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The grid in which it lies.
    pub grid: UnitId,
    /// What sort of place it is.
    pub category: Option<String>,
    /// Where.
    pub position: Position,
    /// How often it must be visited.
    pub rule: Option<VisitRule>,
    /// How it stands on the last day of the period.
    #[serde(flatten)]
    pub standing: PlaceStanding,
    /// Visits asked for and made in the period.
    pub tally: VisitTally,
    /// The visits of the period, the earliest first.
    pub visits: Vec<PlaceVisitRow>,
    /// The last day on which it is known to have been visited.
    pub last_visited_on: Option<NaiveDate>,
}

/// The key places of a township in a period.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct KeyPlacesAnswer {
    /// The township.
    pub feed: UnitId,
    /// The first day of the period.
    pub from: NaiveDate,
    /// The day on which they stand so.
    pub to: NaiveDate,
    /// Whether the township is in emergency mode.
    pub is_emergency: bool,
    /// The places, overdue ones first, then due ones, then the others; by id.
    pub places: Vec<KeyPlaceRow>,
}

/// What is known of a place's visits.
#[derive(Default)]
struct Visits {
    rows: BTreeSet<PlaceVisitRow>,
    days: BTreeSet<NaiveDate>,
    excused: BTreeMap<NaiveDate, [u8; 16]>,
}

impl Service {
    /// How the key places in the caller's grids stand against their rules.
    ///
    /// # Errors
    /// As [`Service::coverage`].
    pub fn key_places(
        &self,
        caller: &Caller,
        query: &CoverageQuery,
    ) -> Result<KeyPlacesAnswer, ServiceError> {
        let feeds = self.feeds_of(caller)?;
        self.ledger.read(|tx| {
            let area = self.area(tx, caller, &feeds, query)?;
            let places: Vec<KeyPlace> = area
                .directory
                .key_places(area.at)
                .filter(|place| area.grids.contains(&place.grid))
                .cloned()
                .collect();
            let mut visits = self.visits(tx, &area, &places)?;
            let halves = visits.values().flat_map(|known| known.excused.values());
            let halves: Vec<[u8; 16]> = halves.copied().collect();
            let reasons = self.ledger.excuse_reasons(tx, area.feed.no, halves)?;
            let since = asked_since(tx, &area)?;
            let is_emergency = area.directory.policy(&area.feed.unit, area.at).is_emergency;
            let mut rows: Vec<KeyPlaceRow> = places
                .into_iter()
                .map(|mut place| {
                    let known = visits.remove(&place.id).unwrap_or_default();
                    place.excuses.extend(excuses(&known, &reasons));
                    let asked = since.get(&place.id).copied().unwrap_or(NaiveDate::MIN);
                    place_row(&area, place, known, asked, is_emergency)
                })
                .collect();
            rows.sort_by(|a, b| {
                rank(&a.standing)
                    .cmp(&rank(&b.standing))
                    .then_with(|| a.id.cmp(&b.id))
            });
            Ok(KeyPlacesAnswer {
                feed: area.feed.unit.clone(),
                from: area.from,
                to: area.to,
                is_emergency,
                places: rows,
            })
        })
    }

    fn visits(
        &self,
        tx: &mut dyn ReadTx,
        area: &Area,
        places: &[KeyPlace],
    ) -> Result<BTreeMap<String, Visits>, ServiceError> {
        let window = |place: &KeyPlace| match place.rule.as_ref().map(|rule| rule.often) {
            Some(Often::EveryDays { days }) => days.saturating_mul(2),
            _ => BACK_DAYS_MIN,
        };
        let back = places.iter().map(window).max().unwrap_or(BACK_DAYS_MIN);
        let back = u64::from(back.clamp(BACK_DAYS_MIN, BACK_DAYS_MAX));
        let from = area.from.min(area.to - Days::new(back)).to_string();
        let mut all: BTreeMap<String, Visits> = BTreeMap::new();
        let grids: BTreeSet<&UnitId> = places.iter().map(|place| &place.grid).collect();
        for grid in grids {
            for row in tx.coverage_between(area.feed.no, Some(grid), &from, "unknown")? {
                let day = row.day.parse::<NaiveDate>().ok();
                for (key, at) in self.ledger.open_day(&area.feed.unit, &row)?.visits {
                    let held = all.entry(key.place).or_default();
                    if key.how == VisitHow::Excused {
                        held.excused.extend(day.map(|day| (day, key.by)));
                        continue;
                    }
                    held.days.extend(day.filter(|day| *day <= area.to));
                    if day.is_none_or(|day| area.period.holds(day)) {
                        held.rows.insert(PlaceVisitRow {
                            on: row.day.clone(),
                            at,
                            how: key.how.word(),
                        });
                    }
                }
            }
        }
        Ok(all)
    }
}

fn place_row(
    area: &Area,
    place: KeyPlace,
    known: Visits,
    asked: NaiveDate,
    is_emergency: bool,
) -> KeyPlaceRow {
    KeyPlaceRow {
        standing: standing(&place, &known.days, asked, area.to, is_emergency),
        tally: tally(&place, &known.days, area.from.max(asked), area.to),
        visits: known.rows.into_iter().collect(),
        last_visited_on: known.days.last().copied(),
        position: Position {
            lat_deg: place.lat_deg,
            lon_deg: place.lon_deg,
        },
        id: place.id,
        name: place.name,
        grid: place.grid,
        category: place.category,
        rule: place.rule,
    }
}

fn rank(standing: &PlaceStanding) -> u8 {
    match standing {
        PlaceStanding::Overdue { .. } => 0,
        PlaceStanding::Due { .. } => 1,
        PlaceStanding::Excused { .. } => 2,
        PlaceStanding::Visited { .. } => 3,
        PlaceStanding::NotAsked => 4,
    }
}

/// Excused days as excuses, days of one record that follow each other together.
fn excuses(known: &Visits, reasons: &BTreeMap<[u8; 16], String>) -> Vec<Excuse> {
    let mut all: Vec<(Excuse, [u8; 16])> = Vec::new();
    for (day, by) in &known.excused {
        match all.last_mut() {
            Some((last, of)) if of == by && last.to.succ_opt() == Some(*day) => last.to = *day,
            _ => {
                let reason = reasons.get(by).cloned().unwrap_or_default();
                let (from, to) = (*day, *day);
                all.push((Excuse { from, to, reason }, *by));
            }
        }
    }
    all.into_iter().map(|(excuse, _)| excuse).collect()
}

/// Since which day each place is asked for by the rule that holds now.
fn asked_since(tx: &mut dyn ReadTx, area: &Area) -> Result<BTreeMap<String, NaiveDate>, ServiceError> {
    let mut rows: BTreeMap<(String, Timestamp), Option<VisitRule>> = BTreeMap::new();
    for (_, row) in tx.directory_after(area.feed.no, 0, u64::MAX, u32::MAX)? {
        if row.kind == "key_place"
            && row.valid_from <= area.at
            && let Ok(DirectoryRecord::KeyPlace(place)) = row.record()
        {
            rows.insert((place.id, row.valid_from), place.rule);
        }
    }
    let mut since: BTreeMap<String, (NaiveDate, Option<VisitRule>)> = BTreeMap::new();
    for ((id, from), rule) in rows {
        let is_same = since.get(&id).is_some_and(|(_, held)| *held == rule);
        if !is_same {
            since.insert(id, (from.day_in(area.zone), rule));
        }
    }
    Ok(since.into_iter().map(|(id, (day, _))| (id, day)).collect())
}
