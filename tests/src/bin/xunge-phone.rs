//! The phone in the terminal.

use std::process::ExitCode;

use xunge_tests::phone_cli::{Words, args::Cli, failure, run};

fn main() -> ExitCode {
    let cli = Cli::read();
    let words = Words(cli.lang);
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", failure(&error, words));
            ExitCode::FAILURE
        }
    }
}
