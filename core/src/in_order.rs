//! Sorting for lists that people read and trees that are small: few rows, many types.
//!
//! The standard sort is compiled for every type of row, 5 to 8 KB each, which was the thirtieth part of a phone's library; collecting into
//! a tree sorts, too. Here one sort of places serves all types, and trees are filled one by one. Where thousands of small things are
//! sorted, the standard one stays.

use std::cmp::Ordering;

pub(crate) trait InOrder<T> {
    /// As `sort_by`: stable.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// As `sort_by_key`: stable.
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

impl<T> InOrder<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut from = places(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        for start in 0..self.len() {
            // Follows the round that begins here; places that were filled name themselves.
            let mut at = start;
            loop {
                let next = std::mem::replace(&mut from[at], at);
                if next == start {
                    break;
                }
                self.swap(at, next);
                at = next;
            }
        }
    }

    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }
}

/// Filling a tree, a map or a set, without a sort of its own.
pub(crate) trait Gather: Iterator + Sized {
    /// As `collect`: of equal keys the last one stays.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}

/// Which element comes to which place.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_standard_sort(rows in prop::collection::vec((0_u8..6, any::<u16>()), 0..70)) {
            let (mut ours, mut standard) = (rows.clone(), rows);
            ours.order_by_key(|row| row.0);
            standard.sort_by_key(|row| row.0);
            prop_assert_eq!(&ours, &standard);
            ours.order_by(|a, b| b.1.cmp(&a.1));
            standard.sort_by_key(|row| std::cmp::Reverse(row.1));
            prop_assert_eq!(ours, standard);
        }

        #[test]
        fn a_tree_is_the_one_that_is_collected(rows in prop::collection::vec((0_u8..6, any::<u16>()), 0..70)) {
            let ours: std::collections::BTreeMap<u8, u16> = rows.iter().copied().gather();
            prop_assert_eq!(ours, rows.into_iter().collect());
        }
    }
}
