//! Real processes killed at any moment, again and again: phones, servers, backups, upgrades, and PostgreSQL itself.
//!
//! A round lets one process do something durable and sends SIGKILL to a victim at a moment that a seed draws: after so many bytes that the
//! victim has handed to the system, and so many looks at it more. What a phone's process said on its output before it died, and what a
//! phone shows as received, must be there afterwards: on the phone, on the server, once. [`run`] is the whole thing.

mod cluster;
mod cue;
mod keep;
mod phone;
mod promise;
mod round;
mod town;
mod upgrade;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::bench::process;
use round::Round;
use town::Town;

pub use crate::demo::server::Problem;

/// Rounds of one township; then a new one begins, so that the thousandth round is as quick as the first.
const ROUNDS_A_TOWN: usize = 60;

/// After so many rounds everything syncs to its end and the whole is compared.
const ROUNDS_A_CHECK: usize = 10;

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// A program that calls [`run_child`] before anything else.
    pub program: PathBuf,
    /// Rounds in all.
    pub rounds: usize,
    /// What draws the moments.
    pub seed: u64,
    /// A PostgreSQL database that `tests/postgres.sh` started; `None` for SQLite.
    pub database: Option<String>,
    /// Whether each round says what it did.
    pub is_loud: bool,
}

impl Plan {
    /// So many rounds by a program, on what `tests/postgres.sh` says if it runs around this.
    pub fn new(program: PathBuf, rounds: usize) -> Self {
        Self {
            program,
            rounds,
            seed: 1,
            database: std::env::var("XUNGE_TEST_DATABASE").ok(),
            is_loud: false,
        }
    }
}

/// What came of it.
#[derive(Clone, Default, Debug)]
pub struct Tally {
    /// Rounds of each kind, and in how many of them the victim died at work.
    pub rounds: BTreeMap<&'static str, (usize, usize)>,
    /// Reports that phones were told are received.
    pub reports: usize,
    /// Pictures that phones were told are received.
    pub pictures: usize,
    /// The longest that a server which was killed took to serve again, in ms.
    pub recovery_ms_max: f64,
}

/// Runs the rounds.
///
/// # Errors
/// The first thing that is missing, with the round and the seed that show it again.
pub fn run(plan: &Plan) -> Result<Tally, Problem> {
    let mut tally = Tally::default();
    let mut rng = StdRng::seed_from_u64(plan.seed);
    let mut number = 0;
    while number < plan.rounds {
        let mut town = Town::found(plan, number)?;
        let last = plan.rounds.min(number + ROUNDS_A_TOWN);
        while number < last {
            let round = Round::of(number, plan.database.is_some());
            let (seed, name) = (plan.seed, round.name());
            let at = move |error: Problem| format!("seed {seed}, round {number} ({name}): {error}");
            let has_died = town.play(round, &mut rng).map_err(at)?;
            if plan.is_loud {
                println!(
                    "round {number:>5}: {:<28} {}",
                    round.name(),
                    if has_died { "killed" } else { "survived" }
                );
            }
            let counted = tally.rounds.entry(round.name()).or_default();
            counted.0 += 1;
            counted.1 += usize::from(has_died);
            number += 1;
            if number.is_multiple_of(ROUNDS_A_CHECK) || number == last {
                town.heal().map_err(at)?;
            }
        }
        let (reports, pictures) = town.received();
        tally.reports += reports;
        tally.pictures += pictures;
        tally.recovery_ms_max = tally.recovery_ms_max.max(town.recovery_ms_max);
    }
    Ok(tally)
}

/// Runs as one of the processes that are killed, if the arguments (without the program's name) say so; then the caller must return.
pub fn run_child(args: &[String]) -> Option<ExitCode> {
    process::run_child(args)
        .or_else(|| phone::run_child(args))
        .or_else(|| upgrade::run_child(args))
}
