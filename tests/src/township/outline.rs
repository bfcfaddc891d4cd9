//! Outlines drawn from one lattice of displaced points, so that neighbours share their borders to the last digit.

use xunge_core::place::Position;

/// A place beyond every polygon of the township, some 300 m east of its border.
pub(super) const OUTSIDE: Position = Position {
    lat_deg: 28.289,
    lon_deg: 120.9312,
};

/// The lattice's south-west corner (degrees) and its steps: about 0.75 km by 0.8 km.
const WEST_DEG: f64 = 120.8800;
const SOUTH_DEG: f64 = 28.2850;
const STEP_LON_DEG: f64 = 0.007_65;
const STEP_LAT_DEG: f64 = 0.007_22;
/// How many points bend the border between two corners.
const BENDS: usize = 3;

type MultiPolygon = Vec<Vec<Vec<[f64; 2]>>>;

/// The outline of a block of cells: `columns` × `rows` from the cell at (`column`, `row`), counter-clockwise and closed.
pub(super) fn block(column: usize, row: usize, columns: usize, rows: usize) -> MultiPolygon {
    let (east, north) = (column + columns, row + rows);
    let mut corners: Vec<(usize, usize)> = (column..east).map(|i| (i, row)).collect();
    corners.extend((row..north).map(|j| (east, j)));
    corners.extend((column + 1..=east).rev().map(|i| (i, north)));
    corners.extend((row + 1..=north).rev().map(|j| (column, j)));
    let mut ring = Vec::new();
    for (n, from) in corners.iter().enumerate() {
        let to = corners[(n + 1) % corners.len()];
        ring.push(corner(*from));
        // The bends belong to the edge, whichever way it is walked.
        let (low, high) = if *from <= to { (*from, to) } else { (to, *from) };
        let mut bends = edge(low, high);
        if *from > to {
            bends.reverse();
        }
        ring.extend(bends);
    }
    ring.push(ring[0]);
    vec![vec![ring]]
}

/// The mean of the outer ring's points: inside, because the cells are nearly convex.
pub(super) fn middle(outline: &MultiPolygon) -> Position {
    let ring = &outline[0][0][1..];
    let n = ring.len() as f64;
    let sum = ring
        .iter()
        .fold([0.0, 0.0], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
    Position {
        lat_deg: sum[1] / n,
        lon_deg: sum[0] / n,
    }
}

/// The area within the outer ring on a plane that touches the earth at the township, in km².
#[cfg(test)]
pub(super) fn area_km2(outline: &MultiPolygon) -> f64 {
    let km_per_lon_deg = 111.32 * SOUTH_DEG.to_radians().cos();
    let doubled: f64 = outline[0][0]
        .windows(2)
        .map(|w| w[0][0] * w[1][1] - w[1][0] * w[0][1])
        .sum();
    (doubled / 2.0).abs() * km_per_lon_deg * 110.8
}

fn corner((i, j): (usize, usize)) -> [f64; 2] {
    let seed = (i as u64) << 8 | j as u64;
    let lon = i as f64 + 0.14 * wobble(seed);
    let lat = j as f64 + 0.14 * wobble(seed ^ 0x5151);
    place(lon, lat)
}

fn edge(from: (usize, usize), to: (usize, usize)) -> Vec<[f64; 2]> {
    let (a, b) = (corner(from), corner(to));
    let seed = ((from.0 << 24) | (from.1 << 16) | (to.0 << 8) | to.1) as u64;
    (1..=BENDS)
        .map(|n| {
            let share = n as f64 / (BENDS + 1) as f64;
            let aside = 0.05 * wobble(seed ^ ((n as u64) << 40));
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            round([a[0] + dx * share - dy * aside, a[1] + dy * share + dx * aside])
        })
        .collect()
}

fn place(columns: f64, rows: f64) -> [f64; 2] {
    round([WEST_DEG + columns * STEP_LON_DEG, SOUTH_DEG + rows * STEP_LAT_DEG])
}

/// Seven decimals are a centimetre.
fn round([lon, lat]: [f64; 2]) -> [f64; 2] {
    [(lon * 1e7).round() / 1e7, (lat * 1e7).round() / 1e7]
}

/// A number in -1..=1 that depends on the seed alone (splitmix64).
fn wobble(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64 * 2.0 - 1.0
}
