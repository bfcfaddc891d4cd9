//! The seeded model test: several phones and profiles and a server live through everything that can go wrong, and nothing is lost.
//!
//! Method: each seed draws a township's days step by step (capture, edit, decide, go offline, lose answers, double and reorder requests,
//! crash, reinstall, put back old copies of phones and of the server, move people, set clocks wrong, revoke), then heals every link, lets
//! all phones sync until nothing moves, and asks the oracles. A failing seed prints the line that repeats it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use xunge_tests::world::Walk;

/// How many seeds a plain run takes, and how many steps each.
const SEEDS: u64 = 300;
const STEPS: usize = 70;

/// Lives one seed; the error says what did not hold.
fn live(seed: u64, steps: usize) -> Result<(), String> {
    let mut walk = Walk::begin(seed);
    let mut outcome = catch_unwind(AssertUnwindSafe(|| {
        walk.go(steps);
        walk.world.remember_outcomes()?;
        walk.world.settle_down();
        walk.world.check()
    }))
    .unwrap_or_else(|panic| Err(text_of(panic.as_ref())));
    if let Err(what) = &mut outcome
        && std::env::var_os("XUNGE_TRACE").is_some()
    {
        what.push_str(&format!("\n  {}", walk.trace.join("\n  ")));
    }
    outcome
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|t| (*t).to_owned()))
        .unwrap_or_else(|| "a panic".into())
}

/// Lives many seeds on both cores; returns what failed.
fn live_all(seeds: std::ops::Range<u64>, steps: usize) -> Vec<String> {
    let next = std::sync::atomic::AtomicU64::new(seeds.start);
    let failures = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::AcqRel);
                    if seed >= seeds.end {
                        return;
                    }
                    if let Err(what) = live(seed, steps) {
                        let line =
                            format!("XUNGE_SEED={seed} cargo test -p xunge-tests --test model\n  {what}");
                        failures.lock().expect("no thread panics").push(line);
                    }
                }
            });
        }
    });
    failures.into_inner().expect("no thread panics")
}

#[test]
fn whatever_happens_to_phones_and_server_nothing_is_lost_repeated_or_decided_twice() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match (number("XUNGE_SEED"), number("XUNGE_SEEDS")) {
        (Some(seed), _) => seed..seed + 1,
        (None, Some(count)) => 0..count,
        (None, None) => 0..SEEDS,
    };
    let steps = number("XUNGE_STEPS").map_or(STEPS, |n| usize::try_from(n).unwrap_or(STEPS));
    let failures = live_all(seeds.clone(), steps);
    assert!(
        failures.is_empty(),
        "{} of {} seeds fail:\n{}",
        failures.len(),
        seeds.count(),
        failures.join("\n")
    );
}
