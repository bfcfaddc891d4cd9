//! A map without tiles, drawn from the phone's own data: outlines, cells, key places, the own track with its gaps, and where one is.
//!
//! Everything is in metres east and north of the middle, so that a shell draws it by scaling alone. Of tracks only the own one is here.

use super::coverage::{Own, own_segments, scope, seen};
use super::{Device, KeyPlaceView};
use crate::coverage::{CellSet, CoveragePeriod, GridGround};
use crate::error::Error;
use crate::id::UnitId;
use crate::in_order::InOrder;
use crate::patrol::{GapCause, Segment};
use crate::place::Position;

/// The farthest that is drawn from the middle, in metres.
const RADIUS_M_MAX: f64 = 5_000.0;

/// A degree of latitude in metres, near enough within a few kilometres.
const LAT_M: f64 = 111_195.0;

/// What is to be drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MapQuery {
    /// The middle.
    pub centre: Position,
    /// How far around it, in metres, 50..=5,000.
    pub radius_m: f64,
    /// Of which period cells and track are shown.
    pub period: CoveragePeriod,
}

/// A point in metres east and north of the middle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MapPoint {
    /// Metres east.
    pub x: f64,
    /// Metres north.
    pub y: f64,
}

/// A grid's outline.
#[derive(Clone, PartialEq, Debug)]
pub struct MapOutline {
    /// The grid.
    pub grid: UnitId,
    /// Its name.
    pub name: String,
    /// Its rings, each closed by going back to its first point; holes too.
    pub rings: Vec<Vec<MapPoint>>,
}

/// What is known of cells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MapCellKind {
    /// Seen in the period.
    Seen,
    /// Nobody can tell.
    Unknown,
    /// Not seen.
    Unseen,
}

/// Cells beside each other in one row, as one rectangle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MapCells {
    /// What is known of them.
    pub kind: MapCellKind,
    /// The western edge in metres east.
    pub west: f64,
    /// The southern edge in metres north.
    pub south: f64,
    /// The eastern edge.
    pub east: f64,
    /// The northern edge.
    pub north: f64,
}

/// A key place.
#[derive(Clone, PartialEq, Debug)]
pub struct MapPlace {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where.
    pub at: MapPoint,
    /// Whether somebody should go there.
    pub is_open: bool,
}

/// A stretch of the own track without a gap.
#[derive(Clone, PartialEq, Debug)]
pub struct MapTrack {
    /// Why nothing is known of the time before it; `None` for the beginning of a patrol.
    pub gap_before: Option<GapCause>,
    /// Its points in order.
    pub points: Vec<MapPoint>,
}

/// What a shell draws.
#[derive(Clone, PartialEq, Debug)]
pub struct MapScene {
    /// How far it reaches around the middle, in metres.
    pub radius_m: f64,
    /// The outlines of the grids in scope that touch it.
    pub outlines: Vec<MapOutline>,
    /// Cells, by row from the south.
    pub cells: Vec<MapCells>,
    /// Key places of the grids in scope, overdue ones first.
    pub key_places: Vec<MapPlace>,
    /// The own track of the period.
    pub track: Vec<MapTrack>,
    /// Where the last kept fix was, while a patrol is under way.
    pub me: Option<MapPoint>,
}

/// From degrees to metres around a middle.
struct Frame {
    centre: Position,
    lon_m: f64,
    radius_m: f64,
}

impl Frame {
    fn new(query: &MapQuery) -> Self {
        Self {
            centre: query.centre,
            lon_m: LAT_M * libm::cos(query.centre.lat_deg.to_radians()),
            radius_m: if query.radius_m.is_finite() {
                query.radius_m.clamp(50.0, RADIUS_M_MAX)
            } else {
                RADIUS_M_MAX
            },
        }
    }

    fn at(&self, position: Position) -> MapPoint {
        MapPoint {
            x: (position.lon_deg - self.centre.lon_deg) * self.lon_m,
            y: (position.lat_deg - self.centre.lat_deg) * LAT_M,
        }
    }

    /// Whether a rectangle touches what is drawn.
    fn meets(&self, low: MapPoint, high: MapPoint) -> bool {
        let reach = self.radius_m;
        low.x <= reach && high.x >= -reach && low.y <= reach && high.y >= -reach
    }

    fn has(&self, point: MapPoint) -> bool {
        self.meets(point, point)
    }
}

impl Device {
    /// What lies around a position: the grids in scope with what was seen of them in the period.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a middle that is no position.
    pub fn map(&self, query: &MapQuery) -> Result<MapScene, Error> {
        query.centre.check().map_err(|_| Error::NotFound("position"))?;
        let frame = Frame::new(query);
        let grounds = self.grounds()?;
        let key_places = self.key_places()?;
        let me = self.patrol()?.and_then(|patrol| patrol.last_fix);
        self.read(|tx, context| {
            let own = Own::read(tx, &grounds)?;
            let (first, last) = query.period.days();
            let (mut outlines, mut cells) = (Vec::new(), Vec::new());
            for grid in scope(tx, context)? {
                let unit = context.directory.unit(&grid, context.now());
                let Some((unit, boundary)) = unit.and_then(|unit| Some((unit, unit.boundary.as_ref()?)))
                else {
                    continue;
                };
                let Some(rings) = rings(&frame, boundary) else {
                    continue;
                };
                outlines.push(MapOutline {
                    grid: grid.clone(),
                    name: unit.name.clone(),
                    rings,
                });
                if let Some(ground) = grounds.by_grid.get(&grid) {
                    let (coverage, _) = seen(tx, &own, &grid, first, last)?;
                    let is_seen = coverage.seen.common(&ground.reachable);
                    let unknown = coverage.unknown().common(&ground.reachable);
                    add_cells(&frame, ground, &is_seen, &unknown, &mut cells);
                }
            }
            cells.order_by(|a, b| {
                (a.south, a.west)
                    .partial_cmp(&(b.south, b.west))
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
            let is_then = |segment: &Segment| {
                let mut days = segment
                    .fixes
                    .iter()
                    .filter_map(|fix| fix.day_in(grounds.zone).date());
                days.any(|day| query.period.holds(day))
            };
            let mut segments = own_segments(tx)?;
            segments.retain(is_then);
            Ok(MapScene {
                radius_m: frame.radius_m,
                outlines,
                cells,
                key_places: places(&frame, key_places),
                track: track(&frame, &segments),
                me: me.map(|fix| frame.at(fix.position.to_position())),
            })
        })
    }
}

/// The rings of an outline; `None` where none of them touches what is drawn.
fn rings(frame: &Frame, boundary: &[Vec<Vec<[f64; 2]>>]) -> Option<Vec<Vec<MapPoint>>> {
    let point = |[lon_deg, lat_deg]: &[f64; 2]| {
        frame.at(Position {
            lat_deg: *lat_deg,
            lon_deg: *lon_deg,
        })
    };
    let rings: Vec<Vec<MapPoint>> = boundary
        .iter()
        .flatten()
        .map(|ring| ring.iter().map(point).collect())
        .collect();
    let all = || rings.iter().flatten();
    let low = MapPoint {
        x: all().map(|p| p.x).fold(f64::INFINITY, f64::min),
        y: all().map(|p| p.y).fold(f64::INFINITY, f64::min),
    };
    let high = MapPoint {
        x: all().map(|p| p.x).fold(f64::NEG_INFINITY, f64::max),
        y: all().map(|p| p.y).fold(f64::NEG_INFINITY, f64::max),
    };
    frame.meets(low, high).then_some(rings)
}

fn add_cells(
    frame: &Frame,
    ground: &GridGround,
    seen: &CellSet,
    unknown: &CellSet,
    cells: &mut Vec<MapCells>,
) {
    let unseen = ground.reachable.without(seen).without(unknown);
    let kinds = [
        (MapCellKind::Seen, seen),
        (MapCellKind::Unknown, unknown),
        (MapCellKind::Unseen, &unseen),
    ];
    for (kind, set) in kinds {
        for span in set.spans() {
            let [low, high] = span.corners().map(|corner| frame.at(corner));
            if frame.meets(low, high) {
                cells.push(MapCells {
                    kind,
                    west: low.x,
                    south: low.y,
                    east: high.x,
                    north: high.y,
                });
            }
        }
    }
}

fn places(frame: &Frame, places: Vec<KeyPlaceView>) -> Vec<MapPlace> {
    let place = |place: KeyPlaceView| MapPlace {
        at: frame.at(place.position),
        is_open: place.standing.is_open(),
        id: place.id,
        name: place.name,
    };
    places
        .into_iter()
        .map(place)
        .filter(|place| frame.has(place.at))
        .collect()
}

/// The stretches of the own track that touch what is drawn, broken at every gap with its cause.
fn track(frame: &Frame, segments: &[Segment]) -> Vec<MapTrack> {
    let mut stretches: Vec<MapTrack> = Vec::new();
    for segment in segments {
        let mut is_broken = segment.lead.is_none();
        for fix in &segment.fixes {
            if is_broken || fix.gap_before.is_some() || stretches.is_empty() {
                stretches.push(MapTrack {
                    gap_before: fix.gap_before,
                    points: Vec::new(),
                });
            }
            is_broken = false;
            let stretch = stretches.last_mut().expect("a stretch was just begun");
            stretch.points.push(frame.at(fix.position.to_position()));
        }
    }
    stretches.retain(|stretch| stretch.points.iter().any(|point| frame.has(*point)));
    stretches
}
