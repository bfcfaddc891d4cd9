//! When a patrol visited a key place: near for long enough.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::record::VisitClaim;
use super::{PlaceVisit, VisitEvidence};
use crate::directory::KeyPlace;
use crate::grid::{edges, holds};
use crate::in_order::InOrder;
use crate::patrol::{ACCURACY_M_MAX, Fix, GAP_AFTER_MS, Segment};
use crate::place::{MicroPosition, Position};

/// How near a patrol must come to a place, in metres: to its point, or to its outline from outside.
pub const NEAR_M: f64 = 40.0;

/// How long it must stay, in ms.
pub const STAY_MS: i64 = 60_000;

/// The visits of patrols at these places. Segments of any patrols in any order, each at most once; a stay may run over the seam of two
/// segments of one patrol. Only good fixes count, and nothing is joined over a gap.
pub fn patrol_visits<'a>(
    places: &[KeyPlace],
    segments: impl IntoIterator<Item = &'a Segment>,
    zone: Tz,
) -> BTreeSet<PlaceVisit> {
    let mut sorted: Vec<&Segment> = segments.into_iter().collect();
    sorted.order_by_key(|segment| {
        let header = &segment.header;
        (header.patrol, header.install, header.index)
    });
    let mut visits = BTreeSet::new();
    for place in places {
        let mut stay: Option<Stay> = None;
        let mut before: Option<&Segment> = None;
        for segment in &sorted {
            let is_next = before.is_some_and(|before| {
                let (a, b) = (&before.header, &segment.header);
                (a.patrol, a.install, a.index + 1) == (b.patrol, b.install, b.index)
            });
            if !is_next {
                stay = None;
            }
            for fix in &segment.fixes {
                if let Some(begun) = go_on(&mut stay, place, fix) {
                    visits.insert(PlaceVisit {
                        place: place.id.clone(),
                        day: begun.day_in(zone),
                        at: begun.at,
                        evidence: VisitEvidence::Patrol {
                            patrol: segment.header.patrol,
                        },
                    });
                }
            }
            before = Some(segment);
        }
    }
    visits
}

/// A stay near a place.
#[derive(Clone, Copy)]
struct Stay {
    begun: Fix,
    last_near: Fix,
    is_told: bool,
}

/// Takes the next fix; returns where the stay began when it has become long enough.
fn go_on(stay: &mut Option<Stay>, place: &KeyPlace, fix: &Fix) -> Option<Fix> {
    if fix.gap_before.is_some() {
        *stay = None;
    }
    if !fix.is_good() || !is_near(place, fix.position) {
        // A look around the corner does not end a stay; a walk away does.
        if stay.is_some_and(|stay| fix.at.ms_since(stay.last_near.at) > GAP_AFTER_MS) {
            *stay = None;
        }
        return None;
    }
    let held = stay.get_or_insert(Stay {
        begun: *fix,
        last_near: *fix,
        is_told: false,
    });
    held.last_near = *fix;
    let is_long = fix.at.ms_since(held.begun.at) >= STAY_MS;
    (is_long && !std::mem::replace(&mut held.is_told, is_long)).then_some(held.begun)
}

/// Whether somebody who claims that may have been at the place. What a test provider made up is no claim at all.
pub fn is_about_there(place: &KeyPlace, claim: &VisitClaim) -> bool {
    let point = MicroPosition::of(Position {
        lat_deg: place.lat_deg,
        lon_deg: place.lon_deg,
    });
    let reach_m = NEAR_M + f64::from(claim.accuracy_m.unwrap_or(ACCURACY_M_MAX));
    let is_close = point.is_ok_and(|point| point.distance_m(claim.position()) <= reach_m);
    !claim.is_mock && (is_close || is_near(place, claim.position()))
}

/// Whether a position is at the place: within [`NEAR_M`] of its point, within its outline, or within [`NEAR_M`] of its border.
pub fn is_near(place: &KeyPlace, at: MicroPosition) -> bool {
    let micro = |[lon_deg, lat_deg]: [f64; 2]| MicroPosition::of(Position { lat_deg, lon_deg }).ok();
    match &place.outline {
        None => {
            let point = micro([place.lon_deg, place.lat_deg]);
            point.is_some_and(|point| point.distance_m(at) <= NEAR_M)
        }
        Some(outline) => outline
            .iter()
            .any(|polygon| holds(polygon, at.to_position().to_geojson()) || border_m(polygon, at) <= NEAR_M),
    }
}

/// The distance to the nearest border in metres, as on a plane.
fn border_m(polygon: &[Vec<[f64; 2]>], at: MicroPosition) -> f64 {
    let here = at.to_position();
    let lat_m = 111_195.0;
    let lon_m = lat_m * libm::cos(here.lat_deg.to_radians());
    let flat = |[lon, lat]: [f64; 2]| ((lon - here.lon_deg) * lon_m, (lat - here.lat_deg) * lat_m);
    let all = polygon.iter().flat_map(|ring| edges(ring));
    all.map(|(from, to)| {
        let ((ax, ay), (bx, by)) = (flat(from), flat(to));
        let (dx, dy) = (bx - ax, by - ay);
        let length_2 = dx * dx + dy * dy;
        let along = if length_2 > 0.0 {
            (-(ax * dx + ay * dy) / length_2).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let (x, y) = (ax + along * dx, ay + along * dy);
        (x * x + y * y).sqrt()
    })
    .fold(f64::INFINITY, f64::min)
}
