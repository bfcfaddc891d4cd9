//! A server with a month of made-up history, for the browser tests and for pictures of the pages; with `--journey` the ground of the
//! bindings' journeys; with `--seed-phone` a phone's folder with many reports.
//!
//! The first two print one line of JSON with their address and what there is to be found, then serve until their input ends.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use xunge_tests::demo::server::Problem;
use xunge_tests::stage::Stage;
use xunge_tests::stage::journey::Journey;
use xunge_tests::stage::seed::seed_phone;

const USAGE: &str = "xunge-stage [--journey] FOLDER | --seed-phone COUNT FOLDER: the folder is emptied first";

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let done = match given[..] {
        ["--journey", folder] => Journey::set(Path::new(folder)).map(|journey| {
            serve(&journey.programme());
            journey.strike();
        }),
        ["--seed-phone", count, folder] => seed(count, folder),
        [folder] if !folder.starts_with("--") => Stage::set(Path::new(folder)).map(|stage| {
            serve(&stage.programme());
            stage.strike();
        }),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("the stage does not stand: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn seed(count: &str, folder: &str) -> Result<(), Problem> {
    println!("{}", seed_phone(Path::new(folder), count.parse()?)?);
    Ok(())
}

/// Says what there is; whoever started this process ends it by closing its input.
fn serve(programme: &str) {
    println!("{programme}");
    let mut rest = Vec::new();
    drop(std::io::stdin().read_to_end(&mut rest));
}
