//! Work of one push on two processors: what needs no database is done in two halves at once, as long as no other push is at work.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many pushes are at work.
#[derive(Default)]
pub(crate) struct AtWork(AtomicUsize);

/// One push at work; ends when it is dropped.
pub(crate) struct Working<'a>(&'a AtWork);

impl AtWork {
    /// Begins a push.
    pub(crate) fn begin(&self) -> Working<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Working(self)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Working<'_> {
    /// Does `job` on each item, the second half on a thread of its own where there are at least `two_from` items and no other push
    /// needs the processors; results in the items' order.
    pub(crate) fn in_halves<T: Send, R: Send>(
        &self,
        mut items: Vec<T>,
        two_from: usize,
        job: impl Fn(T) -> R + Sync,
    ) -> Vec<R> {
        if items.len() < two_from || self.0.0.load(Ordering::Relaxed) > 1 {
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
}

#[cfg(test)]
mod tests {
    use super::AtWork;

    #[test]
    fn results_stand_in_the_order_of_the_items_alone_and_beside_another_push() {
        let at_work = AtWork::default();
        let one = at_work.begin();
        let doubled = |count: u32| one.in_halves((0..count).collect(), 4, |n| n * 2);
        let expected = |count: u32| (0..count).map(|n| n * 2).collect::<Vec<_>>();
        for count in 0..9 {
            assert_eq!(doubled(count), expected(count));
        }
        let _other = at_work.begin();
        assert_eq!(doubled(8), expected(8));
    }
}
