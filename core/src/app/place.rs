//! Key places on this phone: what is due, short check-ups, excuses, and where one might go next.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::Device;
use super::coverage::{Own, last_seen, scope, today};
use super::device::Context;
use super::ground::Grounds;
use crate::coverage::{PlaceDue, Suggestion, suggest};
use crate::directory::{Excuse, KeyPlace};
use crate::error::Error;
use crate::id::UnitId;
use crate::in_order::InOrder;
use crate::key_place::{
    EXCUSED_DAYS_MAX, PlaceStanding, VisitClaim, VisitKind, VisitRecord, VisitRecordError, is_about_there,
    patrol_visits, standing,
};
use crate::place::{PlaceClaim, Position};
use crate::signature::sha256;
use crate::store::{TrailKind, Tx};
use crate::time::Timestamp;

/// A key place and how it stands today.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyPlaceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The grid that answers for it.
    pub grid: UnitId,
    /// What sort of place.
    pub category: Option<String>,
    /// Where, or the middle of its outline.
    pub position: Position,
    /// Due, overdue, visited, excused, or not asked.
    pub standing: PlaceStanding,
    /// Its visits that this phone knows, the latest first.
    pub visits: Vec<VisitView>,
}

/// One visit. Who it was is not told.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct VisitView {
    /// When.
    pub at: Timestamp,
    /// How it is known: `patrol`, `report` or `check_up`; newer words are kept.
    pub how: String,
    /// Whether it is this phone's own and the server has not taken it in yet.
    pub is_unsent: bool,
}

/// What is known of one place.
#[derive(Default)]
struct Known {
    days: BTreeSet<NaiveDate>,
    visits: BTreeSet<VisitView>,
    excuses: Vec<Excuse>,
}

impl Device {
    /// The key places of the grids in scope: overdue ones first, then those due by their day, then the others by id.
    pub fn key_places(&self) -> Result<Vec<KeyPlaceView>, Error> {
        let grounds = self.grounds()?;
        self.read(|tx, context| {
            let own = Own::read(tx, &grounds)?;
            places(tx, context, &grounds, &own)
        })
    }

    /// Keeps a short check-up of a key place: durable when this returns, sent with the next sync. What is not in order should be reported
    /// besides. Answers the record's name.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a place that is not on this phone; [`Error::Visit`] for words that are too long.
    pub fn check_up(
        &self,
        place: &str,
        all_right: bool,
        text: &str,
        claim: Option<&PlaceClaim>,
    ) -> Result<[u8; 32], Error> {
        let kind = VisitKind::CheckUp {
            all_right,
            text: text.trim().to_owned(),
        };
        self.write(|tx, context| say(tx, context, place, kind, claim))
    }

    /// Says that a place need not be visited up to and with a day, and why.
    ///
    /// # Errors
    /// As [`check_up`](Self::check_up); also without a reason, or where the day is past or more than a month away.
    pub fn excuse(
        &self,
        place: &str,
        reason: &str,
        until: NaiveDate,
        claim: Option<&PlaceClaim>,
    ) -> Result<[u8; 32], Error> {
        let kind = VisitKind::Excused {
            reason: reason.trim().to_owned(),
            until: until.to_string(),
        };
        self.write(|tx, context| {
            let days = (until - today(tx, context)?).num_days();
            if !(0..=EXCUSED_DAYS_MAX).contains(&days) {
                return Err(VisitRecordError::NoDay.into());
            }
            say(tx, context, place, kind, claim)
        })
    }

    /// A short walk from where somebody stands over places due and ground that was longest unseen, in the grids in scope. A suggestion,
    /// never an order.
    pub fn where_next(&self, from: Position) -> Result<Suggestion, Error> {
        let grounds = self.grounds()?;
        self.read(|tx, context| {
            let own = Own::read(tx, &grounds)?;
            let scope = scope(tx, context)?;
            let in_scope: Vec<_> = scope
                .iter()
                .filter_map(|grid| grounds.by_grid.get(grid))
                .collect();
            let today = today(tx, context)?;
            let seen = last_seen(tx, &own, &in_scope, today)?;
            let due: Vec<PlaceDue> = places(tx, context, &grounds, &own)?
                .into_iter()
                .filter(|place| place.standing.is_open())
                .map(|place| {
                    let is_overdue = matches!(place.standing, PlaceStanding::Overdue { .. });
                    (place.id, place.position, is_overdue)
                })
                .collect();
            Ok(suggest(from, &seen, &due, today))
        })
    }
}

fn say(
    tx: &Tx<'_>,
    context: &Context<'_>,
    place: &str,
    kind: VisitKind,
    claim: Option<&PlaceClaim>,
) -> Result<[u8; 32], Error> {
    let known = context
        .directory
        .key_places(context.now())
        .any(|known| known.id == place);
    if !known {
        return Err(Error::NotFound("key place"));
    }
    let record = VisitRecord {
        place: place.to_owned(),
        person: context.me().clone(),
        install: context.identity.install,
        at: context.device_time(tx)?,
        claim: claim.and_then(VisitClaim::of),
        kind,
    };
    record.check()?;
    let bytes = record.encode();
    let name = sha256(&bytes);
    tx.add_trail(TrailKind::Visit, &name, None, &bytes, context.now_ms())?;
    Ok(name)
}

fn places(
    tx: &Tx<'_>,
    context: &Context<'_>,
    grounds: &Grounds,
    own: &Own,
) -> Result<Vec<KeyPlaceView>, Error> {
    let now = context.now();
    let scope = scope(tx, context)?;
    let places: Vec<KeyPlace> = context
        .directory
        .key_places(now)
        .filter(|place| scope.contains(&place.grid))
        .cloned()
        .collect();
    let mut known = own_words(tx, grounds, &places)?;
    for visit in patrol_visits(&places, &own.segments, grounds.zone) {
        let place = known.entry(visit.place).or_default();
        place.days.extend(visit.day.date());
        place.visits.insert(VisitView {
            at: visit.at,
            how: "patrol".to_owned(),
            is_unsent: true,
        });
    }
    for grid in &scope {
        server_words(tx, grid, &mut known)?;
    }
    let today = today(tx, context)?;
    let mut views = Vec::new();
    for mut place in places {
        let Known {
            days,
            visits,
            excuses,
        } = known.remove(&place.id).unwrap_or_default();
        place.excuses.extend(excuses);
        let since = context.directory.key_place_since(&place.id, now).unwrap_or(now);
        let is_emergency = context.directory.policy(&place.grid, now).is_emergency;
        views.push(KeyPlaceView {
            standing: standing(&place, &days, since.day_in(grounds.zone), today, is_emergency),
            visits: visits.into_iter().rev().collect(),
            position: Position {
                lat_deg: place.lat_deg,
                lon_deg: place.lon_deg,
            },
            id: place.id,
            name: place.name,
            grid: place.grid,
            category: place.category,
        });
    }
    views.order_by_key(urgency);
    Ok(views)
}

/// Overdue for longest, then due soonest.
fn urgency(view: &KeyPlaceView) -> (u8, Option<NaiveDate>, String) {
    let (rank, day) = match &view.standing {
        PlaceStanding::Overdue { since } => (0, Some(*since)),
        PlaceStanding::Due { until } => (1, Some(*until)),
        PlaceStanding::Visited { next_on } => (2, Some(*next_on)),
        PlaceStanding::Excused { until, .. } => (3, Some(*until)),
        PlaceStanding::NotAsked => (4, None),
    };
    (rank, day, view.id.clone())
}

/// What was said on this phone and the server does not speak for yet.
fn own_words(tx: &Tx<'_>, grounds: &Grounds, places: &[KeyPlace]) -> Result<BTreeMap<String, Known>, Error> {
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let young = tx.trail_young()?;
    for row in young.iter().filter(|row| row.kind == TrailKind::Visit) {
        let Ok(record) = VisitRecord::decode(&row.bytes) else {
            continue;
        };
        let at = record.at.judge().at;
        let day = at.day_in(grounds.zone);
        // As on the server: a form that was filled in elsewhere is kept, and says nothing of the place.
        let held = places.iter().find(|place| place.id == record.place);
        let is_there = held
            .zip(record.claim)
            .is_none_or(|(place, claim)| is_about_there(place, &claim));
        let place = known.entry(record.place).or_default();
        match record.kind {
            VisitKind::CheckUp { .. } if !is_there => {}
            VisitKind::CheckUp { .. } => {
                place.days.insert(day);
                place.visits.insert(VisitView {
                    at,
                    how: "check_up".to_owned(),
                    is_unsent: true,
                });
            }
            VisitKind::Excused { reason, until } => {
                let until = until.parse().ok();
                place.excuses.extend(until.map(|to| Excuse {
                    from: day,
                    to,
                    reason,
                }));
            }
        }
    }
    Ok(known)
}

/// What the server says of the key places of a grid.
fn server_words(tx: &Tx<'_>, grid: &UnitId, known: &mut BTreeMap<String, Known>) -> Result<(), Error> {
    for row in tx.coverage_visits(grid)? {
        let day: Option<NaiveDate> = row.on_day.parse().ok();
        let place = known.entry(row.place).or_default();
        if row.how == EXCUSED {
            if let Some(day) = day {
                excuse(&mut place.excuses, day, row.reason.unwrap_or_default());
            }
            continue;
        }
        place.days.extend(day);
        let at = Timestamp(row.visited_at_ms);
        let own = place
            .visits
            .iter()
            .find(|visit| visit.at == at && visit.how == row.how)
            .cloned();
        if let Some(own) = own {
            place.visits.remove(&own);
        }
        place.visits.insert(VisitView {
            at,
            how: row.how,
            is_unsent: false,
        });
    }
    Ok(())
}

/// Adds a day to an excuse that ends the day before for the same reason, else begins one. Days come in their order.
fn excuse(excuses: &mut Vec<Excuse>, day: NaiveDate, reason: String) {
    let goes_on = |held: &&mut Excuse| held.reason == reason && held.to.succ_opt() == Some(day);
    match excuses.iter_mut().find(goes_on) {
        Some(held) => held.to = day,
        None => excuses.push(Excuse {
            from: day,
            to: day,
            reason,
        }),
    }
}

/// The server's word for a day on which a place did not have to be visited.
const EXCUSED: &str = "excused";
