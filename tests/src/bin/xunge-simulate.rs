//! Lives seeds of the simulation: `xunge-simulate --seeds 1000`, or one again with its story: `xunge-simulate --seed 58`.

use std::process::ExitCode;

use clap::Parser;
use xunge_tests::simulate;

/// What to live.
#[derive(Parser)]
struct Arguments {
    /// How many seeds, from the first on.
    #[arg(long, default_value_t = 1000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// This seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// Steps a seed.
    #[arg(long, default_value_t = simulate::STEPS)]
    steps: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seeds = match arguments.seed {
        Some(seed) => seed..seed + 1,
        None => arguments.from..arguments.from + arguments.seeds,
    };
    let summary = simulate::live_all(seeds, arguments.steps, &|done| {
        if done % 100 == 0 {
            eprintln!("{done} seeds lived");
        }
    });
    for failure in &summary.failures {
        if arguments.seed.is_some() {
            println!("{failure:#}");
        } else {
            println!("{failure}");
        }
    }
    println!("what happened in {} seeds:", summary.seeds);
    for (step, count) in &summary.taken {
        println!("{count:>9}  {step}");
    }
    println!(
        "{} of {} seeds did not hold",
        summary.failures.len(),
        summary.seeds
    );
    ExitCode::from(u8::from(!summary.failures.is_empty()))
}
