//! Kills real processes at any moment: `xunge-crash --rounds 1000`, `--seed 3`; around it `tests/postgres.sh` for PostgreSQL.

use std::process::ExitCode;

use clap::Parser;
use xunge_tests::crash::{self, Plan, Problem};

/// How often, and by which seed.
#[derive(Parser)]
struct Arguments {
    /// Rounds in all.
    #[arg(long, default_value_t = 100)]
    rounds: usize,
    /// What draws the moments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Says nothing of single rounds.
    #[arg(long)]
    quiet: bool,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(code) = crash::run_child(&words) {
        return code;
    }
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Problem> {
    let plan = Plan {
        seed: arguments.seed,
        is_loud: !arguments.quiet,
        ..Plan::new(std::env::current_exe()?, arguments.rounds)
    };
    let tally = crash::run(&plan)?;
    println!("{:<32} {:>7} {:>7}", "", "rounds", "killed");
    for (name, (rounds, killed)) in &tally.rounds {
        println!("{name:<32} {rounds:>7} {killed:>7}");
    }
    println!(
        "{} reports and {} pictures were received, none is lost; a killed server served again within {:.0} ms",
        tally.reports, tally.pictures, tally.recovery_ms_max
    );
    Ok(())
}
