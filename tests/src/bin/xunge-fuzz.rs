//! Throws altered bytes at everything that takes bytes from outside: `xunge-fuzz --seconds 60`, `--target gate`, `--seed 3`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sha2::{Digest, Sha256};
use xunge_tests::fuzz::{self, Heard, Span};

/// What to throw, for how long.
#[derive(Parser)]
struct Arguments {
    /// How long in all, in seconds, shared among the targets.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// So many inputs for each target instead.
    #[arg(long)]
    inputs: Option<u64>,
    /// This target alone.
    #[arg(long)]
    target: Option<String>,
    /// The seed of the damages.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// So many altered inputs of each outcome are kept beside the found cases.
    #[arg(long, default_value_t = 0)]
    corpus: usize,
    /// Lets panics say where they were.
    #[arg(long)]
    loud: bool,
    /// Where found cases are kept and put.
    #[arg(long, default_value = "tests/fixtures/fuzz")]
    cases: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Panics are caught and counted; their texts would drown the table.
    if !arguments.loud {
        std::panic::set_hook(Box::new(|_| {}));
    }
    let heard = Heard::morning();
    let mut targets = fuzz::targets(&heard);
    if let Some(wanted) = &arguments.target {
        targets.retain(|target| target.name() == wanted);
    }
    let each = Duration::from_secs(arguments.seconds) / u32::try_from(targets.len().max(1)).unwrap_or(1);
    let span = arguments.inputs.map_or(Span::Time(each), Span::Inputs);
    let mut found = 0;
    println!(
        "{:<14} {:>12} {:>12} {:>7}",
        "target", "accepted", "refused", "found"
    );
    for target in &mut targets {
        let tally = fuzz::run(target.as_mut(), span, arguments.seed, &arguments.cases);
        println!(
            "{:<14} {:>12} {:>12} {:>7}",
            tally.target,
            tally.accepted,
            tally.refused,
            tally.found.len()
        );
        for (bytes, what) in &tally.found {
            found += 1;
            println!("  {what}");
            keep(&arguments.cases, tally.target, "found", bytes);
        }
        for (taken, bytes) in fuzz::sample(target.as_mut(), arguments.corpus, arguments.seed) {
            keep(&arguments.cases, tally.target, taken.as_str(), &bytes);
        }
    }
    if let Some(bytes) = fuzz::memory_peak_bytes() {
        println!("at most {} MB of memory", bytes / 1_000_000);
    }
    ExitCode::from(u8::from(found > 0))
}

/// Keeps a case under a name of its own, so that every later run tries it.
fn keep(cases: &Path, target: &str, what: &str, bytes: &[u8]) {
    let folder = cases.join(target);
    let name = hex::encode(&Sha256::digest(bytes)[..6]);
    let kept = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join(format!("{what}-{name}.bin")), bytes));
    if let Err(error) = kept {
        eprintln!("the case cannot be kept in {}: {error}", folder.display());
    }
}
