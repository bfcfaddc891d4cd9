//! Does one kind of work, for callgrind to count: `xunge-counts idle_sync`; without a word it lists the kinds.

use std::process::ExitCode;

use xunge_tests::bench::counts;

fn main() -> ExitCode {
    let Some(kind) = std::env::args().nth(1) else {
        println!("{}", counts::KINDS.join("\n"));
        return ExitCode::SUCCESS;
    };
    match counts::run(&kind) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
