//! Claims about sets of cells: the laws of union, one spelling, nothing else read.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn cells() -> impl Strategy<Value = Vec<Cell>> {
    // A few rows and columns around seams of tiles, so that sets meet.
    let cell = (4_090u32..4_100, 60u32..200).prop_map(|(row, column)| Cell { row, column });
    prop::collection::vec(cell, 0..120)
}

fn set(cells: &[Cell]) -> CellSet {
    cells.iter().copied().collect()
}

proptest! {
    #[test]
    fn joining_is_commutative_associative_and_idempotent(a in cells(), b in cells(), c in cells()) {
        let (a, b, c) = (set(&a), set(&b), set(&c));
        let join = |x: &CellSet, y: &CellSet| { let mut z = x.clone(); z.join(y); z };
        prop_assert_eq!(join(&a, &b), join(&b, &a));
        prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
        prop_assert_eq!(join(&a, &a), a.clone());
        prop_assert!(a.is_subset(&join(&a, &b)));
    }

    #[test]
    fn a_set_is_what_a_plain_set_is(a in cells(), b in cells()) {
        let (plain_a, plain_b): (BTreeSet<Cell>, BTreeSet<Cell>) =
            (a.iter().copied().collect(), b.iter().copied().collect());
        let (a, b) = (set(&a), set(&b));
        let as_plain = |set: &CellSet| set.iter().collect::<BTreeSet<_>>();
        prop_assert_eq!(as_plain(&a), plain_a.clone());
        prop_assert_eq!(a.len(), plain_a.len() as u64);
        let common: BTreeSet<Cell> = plain_a.intersection(&plain_b).copied().collect();
        prop_assert_eq!(a.common_len(&b), common.len() as u64);
        prop_assert_eq!(as_plain(&a.common(&b)), common);
        let without: BTreeSet<Cell> = plain_a.difference(&plain_b).copied().collect();
        prop_assert_eq!(as_plain(&a.without(&b)), without);
        prop_assert_eq!(a.is_subset(&b), plain_a.is_subset(&plain_b));
        prop_assert!(plain_b.iter().all(|cell| b.contains(*cell)));
    }

    #[test]
    fn bytes_bring_the_set_back_and_the_order_of_building_does_not_show(cells in cells()) {
        let forth = set(&cells);
        let back: CellSet = cells.iter().rev().copied().collect();
        prop_assert_eq!(forth.encode(), back.encode());
        prop_assert_eq!(CellSet::decode(&forth.encode()), Ok(forth));
    }

    #[test]
    fn whatever_is_read_is_written_again_the_same(
        cells in cells(), place in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = set(&cells).encode();
        let at = place.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = CellSet::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes.clone());
        }
        bytes.truncate(cut.index(bytes.len()));
        if let Ok(read) = CellSet::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
    }

    #[test]
    fn a_span_is_its_cells(row in 4_090u32..4_100, first in 60u32..200, length in 0u32..300) {
        let span = CellSpan { row, first, last: first + length };
        let mut spans = CellSet::new();
        spans.insert_span(span);
        let single: CellSet = (first..=first + length).map(|column| Cell { row, column }).collect();
        prop_assert_eq!(spans, single);
    }
}

#[test]
fn these_bytes_are_this_set_for_ever() {
    let set: CellSet = [(64, 64), (64, 65), (65, 70), (128, 0)]
        .map(|(row, column)| Cell { row, column })
        .into_iter()
        .collect();
    let text = hex::encode(set.encode());
    assert_eq!(
        text,
        "018280040300000000000000010001010600ffff030100000000000000010000"
    );
}

#[test]
fn a_set_cannot_be_read_from_a_newer_version_or_from_too_much() {
    assert_eq!(CellSet::decode(&[2]), Err(CellSetError::UnknownVersion(2)));
    assert_eq!(CellSet::decode(&[]), Err(CellSetError::Truncated));
    let large = vec![1; CELL_SET_BYTES_MAX + 1];
    assert_eq!(CellSet::decode(&large), Err(CellSetError::TooLarge));
}

#[test]
fn subtracting_everything_leaves_the_empty_set_with_no_tile() {
    let set: CellSet = [Cell { row: 5, column: 5 }].into_iter().collect();
    assert_eq!(set.without(&set), CellSet::new());
    assert_eq!(set.common(&CellSet::new()), CellSet::new());
    assert_eq!(CellSet::new().encode(), [1]);
}
