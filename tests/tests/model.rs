//! The seeded model test: several phones and profiles and a server live through everything that can go wrong, and nothing is lost.
//!
//! Method: `xunge_tests::simulate`, a thousand seeds. `make simulate SEEDS=10000` takes more, `make simulate SEED=58` one again.

use xunge_tests::simulate;

/// How many seeds a plain run takes.
const SEEDS: u64 = 1000;

#[test]
fn whatever_happens_to_phones_and_server_nothing_is_lost_repeated_or_decided_twice() {
    let summary = simulate::live_all(0..SEEDS, simulate::STEPS, &|_| ());
    let failures: Vec<String> = summary.failures.iter().map(ToString::to_string).collect();
    assert!(
        failures.is_empty(),
        "{} of {SEEDS} seeds fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
    let never: Vec<_> = summary.taken.iter().filter(|(_, count)| **count < 100).collect();
    assert!(
        never.is_empty(),
        "these hardly happened, so they prove nothing: {never:?}"
    );
}
