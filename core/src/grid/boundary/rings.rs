//! Whether rings are closed and simple, and lie as polygons need them: holes inside, nothing crossing.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Intersects, Line, LineString, Point, Polygon};
use rstar::{AABB, RTree, RTreeObject};

use super::{BoundaryProblem, Coordinates, RingPlace, apart_m};

/// Every ring with its place.
pub(super) fn places(polygons: &Coordinates) -> impl Iterator<Item = (RingPlace, &Vec<[f64; 2]>)> {
    polygons.iter().enumerate().flat_map(|(p, rings)| {
        rings.iter().enumerate().map(move |(r, ring)| {
            let place = RingPlace {
                polygon: p + 1,
                ring: r + 1,
            };
            (place, ring)
        })
    })
}

/// One edge of one ring.
struct Edge {
    place: RingPlace,
    index: usize,
    line: Line,
}

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        let Line { start, end } = self.line;
        AABB::from_corners([start.x, start.y], [end.x, end.y])
    }
}

/// Checks closure first, then crossings, then how the rings lie in each other: each step needs the one before.
pub(super) fn check(polygons: &Coordinates) -> Result<(), Vec<BoundaryProblem>> {
    for step in [unclosed, crossings, misplaced] {
        let problems = step(polygons);
        if !problems.is_empty() {
            return Err(problems);
        }
    }
    Ok(())
}

fn unclosed(polygons: &Coordinates) -> Vec<BoundaryProblem> {
    let mut problems = Vec::new();
    for (place, ring) in places(polygons) {
        let (Some(first), Some(last)) = (ring.first(), ring.last()) else {
            problems.push(BoundaryProblem::TooFewPoints { place });
            continue;
        };
        let is_closed = first == last;
        if ring.len() < 3 + usize::from(is_closed) {
            problems.push(BoundaryProblem::TooFewPoints { place });
        } else if !is_closed {
            let gap_m = apart_m(*first, *last);
            problems.push(BoundaryProblem::NotClosed { place, gap_m });
        }
    }
    problems
}

/// The first crossing of each ring with itself, and of each two rings.
fn crossings(polygons: &Coordinates) -> Vec<BoundaryProblem> {
    let edges = places(polygons).flat_map(|(place, ring)| {
        ring.windows(2).enumerate().map(move |(index, pair)| Edge {
            place,
            index,
            line: Line::new(coord(pair[0]), coord(pair[1])),
        })
    });
    let tree = RTree::bulk_load(edges.collect());
    let mut found = std::collections::BTreeMap::new();
    for (place, ring) in places(polygons) {
        let last = ring.len() - 2;
        for (index, pair) in ring.windows(2).enumerate() {
            let line = Line::new(coord(pair[0]), coord(pair[1]));
            let reach = AABB::from_corners(pair[0], pair[1]);
            for other in tree.locate_in_envelope_intersecting(&reach) {
                let is_seen = (place, index) >= (other.place, other.index);
                if is_seen || found.contains_key(&(place, other.place)) {
                    continue;
                }
                let is_same_ring = place == other.place;
                let is_next = other.index == index + 1 || (index == 0 && other.index == last);
                if let Some(at) = meeting(line, other.line, is_same_ring, is_next) {
                    found.insert((place, other.place), at);
                }
            }
        }
    }
    let problem = |((place, other), at): ((RingPlace, RingPlace), Coord)| {
        let (lat_deg, lon_deg) = (at.y, at.x);
        if place == other {
            BoundaryProblem::SelfIntersection {
                place,
                lat_deg,
                lon_deg,
            }
        } else {
            BoundaryProblem::RingsCross {
                place,
                other,
                lat_deg,
                lon_deg,
            }
        }
    };
    found.into_iter().map(problem).collect()
}

/// Where two edges meet that may not. Neighbours of one ring share their common point and nothing else; edges of different rings may
/// touch in a point, as a hole may touch the outline; all others may not meet.
fn meeting(line: Line, other: Line, is_same_ring: bool, is_next: bool) -> Option<Coord> {
    match line_intersection(line, other)? {
        LineIntersection::Collinear { intersection } => {
            let is_a_point = intersection.start == intersection.end;
            (!is_a_point || (is_same_ring && !is_next)).then_some(intersection.start)
        }
        LineIntersection::SinglePoint {
            intersection,
            is_proper,
        } => {
            let is_allowed = if is_same_ring { is_next } else { !is_proper };
            (!is_allowed).then_some(intersection)
        }
    }
}

/// Holes outside their polygon or in another hole, and polygons in each other. Rings are known not to cross.
fn misplaced(polygons: &Coordinates) -> Vec<BoundaryProblem> {
    let mut problems = Vec::new();
    let filled = |ring: &Vec<[f64; 2]>| {
        let line: LineString = ring.iter().map(|at| coord(*at)).collect();
        Polygon::new(line, Vec::new())
    };
    let rings: Vec<_> = places(polygons)
        .map(|(place, ring)| (place, ring, filled(ring)))
        .collect();
    for (place, ring, _) in &rings {
        for (other, _, area) in &rings {
            if place == other {
                continue;
            }
            let is_own_outline = place.polygon == other.polygon && other.ring == 1;
            let is_sibling_hole = place.polygon == other.polygon && place.ring > 1 && other.ring > 1;
            let is_other_outline = place.polygon != other.polygon && place.ring == 1 && other.ring == 1;
            let (place, other) = (*place, *other);
            if is_own_outline && !lies_in(ring, area) {
                problems.push(BoundaryProblem::HoleOutside { place });
            }
            let is_nested = (is_sibling_hole || is_other_outline) && lies_in(ring, area);
            if is_nested && (is_sibling_hole || !in_a_hole(ring, polygons, other.polygon)) {
                problems.push(BoundaryProblem::Nested { place, other });
            }
        }
    }
    problems
}

/// Whether an island lies in one of the holes of a polygon (counted from 1), where it may lie.
fn in_a_hole(ring: &[[f64; 2]], polygons: &Coordinates, polygon: usize) -> bool {
    polygons[polygon - 1].iter().skip(1).any(|hole| {
        let line: LineString = hole.iter().map(|at| coord(*at)).collect();
        lies_in(ring, &Polygon::new(line, Vec::new()))
    })
}

/// Whether a ring lies in an area that it does not cross. Points on the border say nothing, so the middle of edges is asked too.
fn lies_in(ring: &[[f64; 2]], area: &Polygon) -> bool {
    let middles = ring.windows(2).map(|pair| Coord {
        x: (pair[0][0] + pair[1][0]) / 2.0,
        y: (pair[0][1] + pair[1][1]) / 2.0,
    });
    ring.iter()
        .map(|at| coord(*at))
        .chain(middles)
        .find(|at| !area.exterior().intersects(&Point(*at)))
        .is_some_and(|at| area.intersects(&Point(at)))
}

fn coord([x, y]: [f64; 2]) -> Coord {
    Coord { x, y }
}
