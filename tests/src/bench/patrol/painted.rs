//! Painting the cells of a walk: how long it takes and how far off it is, against the exact buffered union by `geo` and against H3 cells,
//! all over the same walk in the same run.

use std::hint::black_box;

use geo::{Area, BooleanOps, Buffer, Coord, LineString, MultiPolygon, Polygon};
use h3o::{CellIndex, LatLng, Resolution};
use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::coverage::{CellSet, OutlineCells, Painter};
use xunge_core::place::MicroPosition;

use super::walk::{Plane, lanes};
use super::{growth, time_of};
use crate::bench::device::seeded;
use crate::bench::{Figure, Problem};

/// Fixes of the large walk.
const FIXES: usize = 20_000;

/// The side of its grid in metres: one square kilometre.
const SIDE_M: f64 = 1_000.0;

/// The fixed radius in metres.
const RADIUS_M: f64 = 25.0;

/// Points of percent that a share may be off.
const POINTS_MAX: f64 = 0.5;

/// Walks of each size whose error is shown.
const WALKS: usize = 16;

pub(super) fn figures() -> Result<Vec<Figure>, Problem> {
    let mut rng = seeded(21);
    let plane = Plane::new(28.3, 120.9, SIDE_M);
    let mut figures = Vec::new();
    let walks = [
        ("wandering", wandering(&mut rng, FIXES, SIDE_M)),
        ("along lanes", lanes(&mut rng, FIXES, SIDE_M)),
    ];
    for (how, walk) in walks {
        figures.extend(against(how, &plane, &walk)?);
    }
    figures.extend(errors(&mut rng)?);
    figures.extend(grown(&mut rng)?);
    Ok(figures)
}

/// One walk against `geo` and H3.
fn against(how: &str, plane: &Plane, walk: &[(f64, f64)]) -> Result<Vec<Figure>, Problem> {
    let ground = cells_of(plane, &square(SIDE_M))?;
    let fixes: Vec<MicroPosition> = walk.iter().map(|at| plane.micro(*at)).collect();
    let (ours_s, share) = time_of(40, || painted(black_box(&fixes), &ground));
    let (geo_s, exact) = time_of(3, || exact_share(walk, &square(SIDE_M)));
    let name = format!("20,000 fixes {how} in 1 km² at 25 m");
    let mut figures = vec![
        Figure::at_most(format!("{name}, coverage"), ours_s * 1e3, "ms", 2.0),
        Figure::told(format!("{name}, share seen"), share * 100.0, "%"),
        Figure::at_most(
            format!("{name}, off from geo's Buffer"),
            (share - exact).abs() * 100.0,
            "points",
            POINTS_MAX,
        ),
        Figure::told(format!("{name}, geo's Buffer"), geo_s * 1e3, "ms"),
        Figure::at_least(
            format!("{name}, times faster than geo's Buffer"),
            geo_s / ours_s,
            "",
            500.0,
        ),
    ];
    figures.extend(against_h3(&name, plane, walk, ours_s, exact)?);
    Ok(figures)
}

/// A walk that turns a little at every step, within a square: every stretch crosses many others.
fn wandering(rng: &mut StdRng, steps: usize, side_m: f64) -> Vec<(f64, f64)> {
    let middle_m = side_m / 2.0;
    let (mut x, mut y, mut heading) = (middle_m, middle_m, 0.0f64);
    (0..steps)
        .map(|_| {
            heading += rng.random_range(-0.5..0.5);
            let (next_x, next_y) = (x + 6.0 * heading.cos(), y + 6.0 * heading.sin());
            let is_inside = |at: f64| (0.0..side_m).contains(&at);
            if is_inside(next_x) && is_inside(next_y) {
                (x, y) = (next_x, next_y);
            } else {
                heading += 2.5;
            }
            (x, y)
        })
        .collect()
}

fn cells_of(plane: &Plane, outline: &[(f64, f64)]) -> Result<CellSet, Problem> {
    let mut ring: Vec<[f64; 2]> = outline
        .iter()
        .map(|at| plane.position(*at).to_geojson())
        .collect();
    ring.extend(ring.first().copied());
    Ok(OutlineCells::of(&vec![vec![ring]])?.cells)
}

/// The share of the ground that a walk saw: as phone and server reckon it.
fn painted(fixes: &[MicroPosition], ground: &CellSet) -> f64 {
    let mut painter = Painter::new();
    painter.path(fixes.iter().copied(), RADIUS_M);
    painter.finish().common_len(ground) as f64 / ground.len() as f64
}

/// The same exactly, of an outline in metres.
fn exact_share(walk: &[(f64, f64)], outline: &[(f64, f64)]) -> f64 {
    let line: LineString = walk.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect();
    let seen: MultiPolygon = line.buffer(RADIUS_M);
    let outline = Polygon::new(outline.iter().copied().collect::<LineString>(), Vec::new());
    seen.intersection(&outline).unsigned_area() / outline.unsigned_area()
}

/// The corners of a square.
fn square(side_m: f64) -> Vec<(f64, f64)> {
    vec![(0.0, 0.0), (side_m, 0.0), (side_m, side_m), (0.0, side_m)]
}

/// An outline as grids have it, of about the area of a square of that side, around its middle.
fn star(rng: &mut StdRng, side_m: f64) -> Vec<(f64, f64)> {
    let (middle_m, radius_m) = (side_m / 2.0, side_m / std::f64::consts::PI.sqrt());
    (0..40)
        .map(|n| {
            let angle = std::f64::consts::TAU * f64::from(n) / 40.0;
            let far_m = radius_m * rng.random_range(0.7..1.3);
            (middle_m + far_m * angle.cos(), middle_m + far_m * angle.sin())
        })
        .collect()
}

/// H3 at resolution 12 (307 m², the nearest to our 400 m²), two ways: each fix's cells whose middle is within the radius, which is the
/// same question; and each fix's cell with its ring, which is the quick way and sees what lies within 19 to 28 m.
fn against_h3(
    name: &str,
    plane: &Plane,
    walk: &[(f64, f64)],
    ours_s: f64,
    exact: f64,
) -> Result<Vec<Figure>, Problem> {
    let fixes: Vec<LatLng> = walk
        .iter()
        .map(|at| {
            let at = plane.position(*at);
            LatLng::new(at.lat_deg, at.lon_deg)
        })
        .collect::<Result<_, _>>()?;
    let (same_s, same) = time_of(5, || h3_within(black_box(&fixes)));
    let (quick_s, quick) = time_of(5, || h3_rings(black_box(&fixes)));
    let share = |cells: &[CellIndex]| {
        let is_inside = |cell: &&CellIndex| {
            let middle = LatLng::from(**cell);
            let position = xunge_core::place::Position {
                lat_deg: middle.lat(),
                lon_deg: middle.lng(),
            };
            let (east_m, north_m) = plane.metres(position);
            (0.0..SIDE_M).contains(&east_m) && (0.0..SIDE_M).contains(&north_m)
        };
        let area_m2: f64 = cells.iter().filter(is_inside).map(|cell| cell.area_m2()).sum();
        area_m2 / (SIDE_M * SIDE_M)
    };
    let off = |cells: &[CellIndex]| (share(cells) - exact).abs() * 100.0;
    Ok(vec![
        Figure::told(
            format!("{name}, H3 cells within 25 m of a fix"),
            same_s * 1e3,
            "ms",
        ),
        Figure::told(format!("{name}, H3's share off from exact"), off(&same), "points"),
        Figure::at_least(format!("{name}, times faster than H3"), same_s / ours_s, "", 20.0),
        Figure::told(
            format!("{name}, H3 cells, each fix's and its ring"),
            quick_s * 1e3,
            "ms",
        ),
        Figure::told(
            format!("{name}, that share off from exact"),
            off(&quick),
            "points",
        ),
        Figure::told(format!("{name}, times faster than that"), quick_s / ours_s, ""),
    ])
}

fn h3_within(fixes: &[LatLng]) -> Vec<CellIndex> {
    let mut cells = Vec::with_capacity(fixes.len() * 8);
    for fix in fixes {
        let disk: Vec<CellIndex> = fix.to_cell(Resolution::Twelve).grid_disk(2);
        cells.extend(
            disk.into_iter()
                .filter(|cell| LatLng::from(*cell).distance_m(*fix) <= RADIUS_M),
        );
    }
    cells.sort_unstable();
    cells.dedup();
    cells
}

fn h3_rings(fixes: &[LatLng]) -> Vec<CellIndex> {
    let mut cells = Vec::with_capacity(fixes.len());
    cells.extend(fixes.iter().map(|fix| fix.to_cell(Resolution::Twelve)));
    cells.sort_unstable();
    cells.dedup();
    let mut rings: Vec<CellIndex> = Vec::with_capacity(cells.len() * 7);
    for cell in cells {
        rings.extend(cell.grid_disk::<Vec<_>>(1));
    }
    rings.sort_unstable();
    rings.dedup();
    rings
}

/// How far off walks are in grids of several sizes, over all latitudes of China. Patrols of two hours.
fn errors(rng: &mut StdRng) -> Result<Vec<Figure>, Problem> {
    const SIZES: [(&str, f64, bool); 6] = [
        ("0.05", 223.6, false),
        ("0.1", 316.2, false),
        ("0.25", 500.0, false),
        ("0.5", 707.1, true),
        ("1", 1_000.0, true),
        ("3", 1_732.1, true),
    ];
    let mut figures = Vec::new();
    for (km2, side_m, is_aimed_at) in SIZES {
        let (mut sum, mut worst) = (0.0f64, 0.0f64);
        for walk in 0..WALKS {
            let step = walk as f64;
            let plane = Plane::new(18.3 + 2.1 * step, 76.0 + 3.5 * step, side_m);
            let walk = lanes(rng, 1_440, side_m);
            let fixes: Vec<MicroPosition> = walk.iter().map(|at| plane.micro(*at)).collect();
            let outline = star(rng, side_m);
            let share = painted(&fixes, &cells_of(&plane, &outline)?);
            let off = (share - exact_share(&walk, &outline)).abs() * 100.0;
            sum += off;
            worst = worst.max(off);
        }
        let name = format!("share of a two hours' walk in {km2} km², off from exact, {WALKS} walks");
        figures.push(Figure::told(
            format!("{name}, mean"),
            sum / WALKS as f64,
            "points",
        ));
        figures.push(match is_aimed_at {
            true => Figure::at_most(format!("{name}, worst"), worst, "points", POINTS_MAX),
            false => Figure::told(format!("{name}, worst"), worst, "points"),
        });
    }
    Ok(figures)
}

/// A fix's cost at 2,000, 20,000 and 200,000 fixes.
fn grown(rng: &mut StdRng) -> Result<Vec<Figure>, Problem> {
    let plane = Plane::new(28.3, 120.9, SIDE_M);
    let ground = cells_of(&plane, &square(SIDE_M))?;
    let mut costs = [(0, 0.0); 3];
    for (count, cost) in [2_000, 20_000, 200_000].into_iter().zip(&mut costs) {
        let walk = lanes(rng, count, SIDE_M);
        let fixes: Vec<MicroPosition> = walk.iter().map(|at| plane.micro(*at)).collect();
        let (spent_s, _) = time_of(20, || painted(black_box(&fixes), &ground));
        *cost = (count, spent_s * 1e9 / count as f64);
    }
    Ok(growth("painting fixes", "ns", costs))
}
