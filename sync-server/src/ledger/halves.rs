//! Work of one push on two processors: what needs no database is done in two halves at once.

/// Does `job` on each item, the second half on a thread of its own where there are at least `two_from` items; results in the items' order.
pub(crate) fn in_halves<T: Send, R: Send>(
    mut items: Vec<T>,
    two_from: usize,
    job: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    if items.len() < two_from {
        return items.into_iter().map(job).collect();
    }
    let second = items.split_off(items.len() / 2);
    let all = |items: Vec<T>| -> Vec<R> { items.into_iter().map(&job).collect() };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| all(second));
        let mut done = all(items);
        match other.join() {
            Ok(rest) => done.extend(rest),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::in_halves;

    #[test]
    fn results_stand_in_the_order_of_the_items_however_many_there_are() {
        for count in 0..9 {
            let doubled: Vec<u32> = in_halves((0..count).collect(), 4, |n| n * 2);
            assert_eq!(doubled, (0..count).map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
