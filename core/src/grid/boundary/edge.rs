//! Walking around outlines: their edges, and whether they hold a point.

/// The edges of a ring of `[lon, lat]` in their order, the one that closes it last. A ring that repeats its first point ends with an edge
/// of no length.
pub fn edges(ring: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
    let ends = ring.iter().skip(1).chain(ring.first());
    ring.iter().copied().zip(ends.copied())
}

/// Whether a polygon of rings holds `[lon, lat]`: an odd number of edges lies east of it, so that holes need no care. Points on the border
/// are in one of the two polygons that share it.
pub fn holds(polygon: &[Vec<[f64; 2]>], [lon, lat]: [f64; 2]) -> bool {
    let all = polygon.iter().flat_map(|ring| edges(ring));
    let crossings = all.filter(|([from_lon, from_lat], [to_lon, to_lat])| {
        (*from_lat > lat) != (*to_lat > lat)
            && lon < from_lon + (lat - from_lat) / (to_lat - from_lat) * (to_lon - from_lon)
    });
    crossings.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_four_edges_and_holds_its_middle_but_not_its_hole() {
        let square = |half: f64| vec![[-half, -half], [half, -half], [half, half], [-half, half]];
        assert_eq!(edges(&square(1.0)).count(), 4);
        assert_eq!(edges(&square(1.0)).last(), Some(([-1.0, 1.0], [-1.0, -1.0])));
        assert!(holds(&[square(1.0)], [0.0, 0.0]));
        assert!(!holds(&[square(1.0)], [2.0, 0.0]));
        let with_hole = [square(1.0), square(0.5)];
        assert!(!holds(&with_hole, [0.0, 0.0]));
        assert!(holds(&with_hole, [0.75, 0.0]));
    }
}
