//! Every target of `make fuzz` upon its examples, every case that was ever found, and some altered inputs of a fixed seed.

use std::path::Path;

use xunge_tests::fuzz::{self, Heard, Span};

/// Altered inputs for each target in a plain run; `make fuzz SECONDS=n` takes as many as there is time.
const INPUTS: u64 = 1_000;

/// The most memory that all targets together may take, in bytes.
const MEMORY_BYTES_MAX: u64 = 400_000_000;

#[test]
fn altered_bytes_panic_nothing_store_nothing_unsound_and_take_no_memory() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fuzz");
    let heard = Heard::morning();
    for target in &mut fuzz::targets(&heard) {
        let tally = fuzz::run(target.as_mut(), Span::Inputs(INPUTS), 20_261_122, &cases);
        let what: Vec<_> = tally.found.iter().map(|(_, what)| what).collect();
        assert!(what.is_empty(), "{}: {what:?}", tally.target);
        assert!(
            tally.accepted > 0,
            "{} took nothing, so it proves nothing",
            tally.target
        );
        assert!(
            tally.refused > 0,
            "{} refused nothing, so it proves nothing",
            tally.target
        );
    }
    let peak = fuzz::memory_peak_bytes();
    assert!(
        peak.is_none_or(|bytes| bytes < MEMORY_BYTES_MAX),
        "{peak:?} bytes"
    );
}
