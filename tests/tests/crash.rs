//! Real processes are killed at any moment: thirty rounds in every run, on SQLite, and on PostgreSQL where `tests/postgres.sh` runs this.
//! `make crash ROUNDS=1000` for more.

use std::path::PathBuf;

use xunge_tests::crash::{Plan, run};

#[test]
fn whatever_is_killed_at_whatever_moment_nothing_acknowledged_is_lost() {
    let tally =
        run(&Plan::new(PathBuf::from(env!("CARGO_BIN_EXE_xunge-crash")), 30)).expect("nothing is lost");
    let (rounds, killed) = tally
        .rounds
        .values()
        .fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    assert_eq!(rounds, 30);
    assert!(
        killed >= 10,
        "only {killed} victims died at work: {:?}",
        tally.rounds
    );
    assert!(tally.reports > 2 && tally.pictures > 2, "{tally:?}");
}
