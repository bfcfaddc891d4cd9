//! Claims about ages and blind spots.

use proptest::prelude::*;

use super::*;

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).expect("a day")
}

/// A block of cells within one tile.
fn block(rows: std::ops::Range<u32>, columns: std::ops::Range<u32>) -> CellSet {
    rows.flat_map(|row| {
        columns.clone().map(move |column| Cell {
            row: 4_096 + row,
            column: 6_400 + column,
        })
    })
    .collect()
}

#[test]
fn each_cell_has_the_last_day_on_which_it_was_seen() {
    let ground = block(0..10, 0..10);
    let days = [
        (day(3), block(0..5, 0..10)),
        (day(9), block(0..2, 0..10)),
        (day(9), block(2..3, 0..1)),
        (day(20), block(0..10, 0..10)),
        (day(1), block(0..8, 0..20)),
    ];
    let days = days.iter().map(|(day, cells)| (*day, cells));
    let last = LastSeen::new(&ground, days, day(19));
    let at = |row: u32, column: u32| {
        last.of(Cell {
            row: 4_096 + row,
            column: 6_400 + column,
        })
    };
    assert_eq!(at(0, 0), Some(day(9)));
    assert_eq!(at(2, 0), Some(day(9)));
    assert_eq!(at(2, 1), Some(day(3)));
    assert_eq!(at(7, 7), Some(day(1)));
    assert_eq!(
        at(9, 9),
        None,
        "what is seen after the day that is asked about does not count"
    );
    assert_eq!(last.counts(day(19)), [(10, 21), (16, 29), (18, 30)]);
    assert_eq!(last.never.len(), 20);
    assert_eq!(last.not_since(day(9)).len(), 79);
}

#[test]
fn what_hangs_together_and_was_not_seen_for_weeks_is_a_blind_spot() {
    let ground = block(0..20, 0..20);
    // Two corners that nobody saw for four weeks, one of them ever; a single cell; the rest was seen.
    let corner = block(0..4, 0..4);
    let other = block(15..18, 15..18);
    let single = block(10..11, 10..11);
    let blind = |n: usize| {
        let mut unseen = corner.clone();
        unseen.join(&single);
        if n < 4 {
            unseen.join(&other);
        }
        ground.without(&unseen)
    };
    let weeks: Vec<CellSet> = (0..6).map(blind).collect();
    let spots = blind_spots(&ground, &weeks, 3, 4);
    let found: Vec<(u64, u32)> = spots.iter().map(|spot| (spot.cells, spot.weeks)).collect();
    assert_eq!(found, [(16, 6), (9, 4)]);
    assert_eq!(spots[0].area_m2, 6_400.0);
    assert!(
        blind_spots(&ground, &weeks[..2], 3, 4).is_empty(),
        "two weeks cannot tell"
    );
    assert!(blind_spots(&ground, &weeks, 5, 10).len() == 1);
}

#[test]
fn ground_hangs_together_over_the_seam_of_bands_where_columns_differ() {
    let below = Cell {
        row: 157_631,
        column: 251_205,
    };
    assert_eq!(below.row % TILE_SIDE, TILE_SIDE - 1);
    let near = neighbours(below);
    let above: Vec<Cell> = near.into_iter().filter(|cell| cell.row > below.row).collect();
    assert!((1..=2).contains(&above.len()));
    for cell in above {
        let apart_m = cell.middle().distance_m(&below.middle());
        assert!(apart_m < 30.0, "{apart_m}");
        let set: CellSet = [below, cell].into_iter().collect();
        assert_eq!(patches(&set).len(), 1);
    }
}

proptest! {
    #[test]
    fn the_days_and_never_are_the_ground_each_cell_once(
        seen in prop::collection::vec((1u32..28, 0u32..12, 0u32..12, 1u32..6), 0..12), until in 1u32..28,
    ) {
        let ground = block(0..12, 0..12);
        let days: Vec<(NaiveDate, CellSet)> = seen
            .iter()
            .map(|(n, row, column, side)| (day(*n), block(*row..row + side, *column..column + side)))
            .collect();
        let last = LastSeen::new(&ground, days.iter().map(|(day, cells)| (*day, cells)), day(until));
        let mut all = last.never.clone();
        let mut count = last.never.len();
        for cells in last.by_day.values() {
            count += cells.len();
            all.join(cells);
        }
        prop_assert_eq!(count, ground.len());
        prop_assert_eq!(all, ground.clone());
        for cell in ground.iter() {
            let days = days.iter().filter(|(seen, cells)| *seen <= day(until) && cells.contains(cell));
            prop_assert_eq!(last.of(cell), days.map(|(day, _)| *day).max());
        }
    }

    #[test]
    fn patches_part_a_set(cells in prop::collection::vec((0u32..70, 0u32..70), 0..80)) {
        let set: CellSet = cells.iter().map(|(row, column)| Cell { row: 4_096 + row, column: 6_400 + column }).collect();
        let patches = patches(&set);
        let mut all = CellSet::new();
        for patch in &patches {
            prop_assert!(all.common(patch).is_empty());
            all.join(patch);
        }
        prop_assert_eq!(all, set);
    }
}
