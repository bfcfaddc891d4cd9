//! The phone in the terminal.

use std::process::ExitCode;

use clap::Parser;
use xunge_tests::phone_cli::{Words, args::Cli, failure, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let words = Words(cli.lang);
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", failure(&error, words));
            ExitCode::FAILURE
        }
    }
}
