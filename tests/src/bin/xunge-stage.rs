//! A server with a month of made-up history, for the browser tests and for pictures of the pages.
//!
//! Prints one line of JSON with its address and what there is to be found, then serves until its input ends.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use xunge_tests::stage::Stage;

fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let Some(folder) = folder else {
        eprintln!("xunge-stage FOLDER: the folder is emptied first");
        return ExitCode::FAILURE;
    };
    match Stage::set(&folder) {
        Ok(stage) => {
            println!("{}", stage.programme());
            let mut rest = Vec::new();
            // Whoever started this process ends it by closing its input.
            drop(std::io::stdin().read_to_end(&mut rest));
            stage.strike();
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("the stage does not stand: {problem}");
            ExitCode::FAILURE
        }
    }
}
