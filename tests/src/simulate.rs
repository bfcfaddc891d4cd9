//! The simulation: whole fleets with their server, drives, clocks and links live in one process and in virtual time, seed by seed.
//!
//! Each seed draws its own [`Troubles`](crate::world::Troubles), lets a township's days pass step by step, then heals everything, lets all
//! phones sync until nothing moves, and asks the oracles (`world/oracle.rs`, `world/trail.rs`). A failing seed gives the line that
//! repeats it and the story of its last steps.

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::world::Walk;

/// How many steps a seed takes where nothing else is said.
pub const STEPS: usize = 70;

/// How many of its last steps a failing seed tells; all of them where it is printed with `{:#}`.
const STORY_LINES: usize = 40;

/// A seed that did not hold.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What did not hold.
    pub what: String,
    /// The steps before, one a line.
    pub story: Vec<String>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "make simulate SEED={}", self.seed)?;
        writeln!(f, "  {}", self.what)?;
        let told = if f.alternate() {
            self.story.len()
        } else {
            STORY_LINES
        };
        for line in &self.story[self.story.len().saturating_sub(told)..] {
            writeln!(f, "    {line}")?;
        }
        Ok(())
    }
}

/// What many seeds came to.
#[derive(Default, Debug)]
pub struct Summary {
    /// How many were lived.
    pub seeds: u64,
    /// How often each step was taken, and how often the power went.
    pub taken: BTreeMap<&'static str, u64>,
    /// Those that did not hold, by seed.
    pub failures: Vec<Failure>,
}

/// Lives one seed: its counts, and what did not hold.
pub fn live(seed: u64, steps: usize) -> (BTreeMap<&'static str, u64>, Option<Failure>) {
    let mut walk = Walk::begin(seed);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        walk.go(steps);
        walk.world.remember_outcomes()?;
        walk.world.settle_down();
        walk.world.remember_outcomes()?;
        walk.world.check()
    }));
    let outcome = outcome.unwrap_or_else(|panic| Err(text_of(panic.as_ref())));
    let mut taken = std::mem::take(&mut walk.taken);
    taken.insert("power went", walk.world.power_cuts());
    let failure = outcome.err().map(|what| Failure {
        seed,
        what,
        story: std::mem::take(&mut walk.trace),
    });
    (taken, failure)
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|t| (*t).to_owned()))
        .unwrap_or_else(|| "a panic".into())
}

/// Lives many seeds, two on each processor, since a seed waits half of its time for the server's threads; `each` hears of every seed that
/// ends, in no order.
pub fn live_all(seeds: Range<u64>, steps: usize, each: &(dyn Fn(u64) + Sync)) -> Summary {
    let next = AtomicU64::new(seeds.start);
    let summary = Mutex::new(Summary::default());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::AcqRel);
            if seed >= seeds.end {
                return;
            }
            let (taken, failure) = live(seed, steps);
            let mut summary = summary.lock().expect("no thread panics with it");
            summary.seeds += 1;
            for (step, count) in taken {
                *summary.taken.entry(step).or_default() += count;
            }
            summary.failures.extend(failure);
            each(summary.seeds);
        }
    };
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..2 * processors {
            scope.spawn(work);
        }
    });
    let mut summary = summary.into_inner().expect("no thread panics with it");
    summary.failures.sort_by_key(|failure| failure.seed);
    summary
}
