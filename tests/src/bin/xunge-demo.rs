//! `make demo`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use xunge_tests::demo::{DemoOptions, run};

fn main() -> ExitCode {
    let set = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let target = set("CARGO_TARGET_DIR").unwrap_or_else(|| "target".to_owned());
    let seconds = set("DEMO_SECONDS")
        .and_then(|text| text.parse().ok())
        .unwrap_or(70);
    let options = DemoOptions {
        folder: PathBuf::from(target).join("demo"),
        photos: set("PHOTOS").map(PathBuf::from),
        day: Duration::from_secs(seconds),
        is_cluster: set("DEMO_CLUSTER").is_some_and(|text| text != "0"),
        is_once: set("DEMO_ONCE").is_some_and(|text| text != "0"),
        address: set("DEMO_ADDRESS").unwrap_or_else(|| "127.0.0.1:8420".to_owned()),
    };
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("the demo did not run: {problem}");
            ExitCode::FAILURE
        }
    }
}
