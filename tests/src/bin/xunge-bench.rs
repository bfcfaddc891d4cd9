//! `make bench`: measures, prints a table, and writes `bench/figures.json` into the target folder.
//!
//! With names it runs these parts only: `xunge-bench document day`; the file then holds these parts.

use std::path::PathBuf;
use std::process::ExitCode;

use xunge_tests::bench::{
    Figure, Problem, capture, console, day, document, patrol, peer, photo, postgres, process, scale, server,
    soak,
};

/// One part of the bench: its name, and what measures it.
type Part = (&'static str, fn() -> Result<Vec<Figure>, Problem>);

const PARTS: [Part; 11] = [
    ("photo", || Ok(photo::figures()?)),
    ("document", || Ok(document::figures())),
    ("capture", capture::figures),
    ("server", server::figures),
    ("patrol", patrol::figures),
    ("scale", scale::figures),
    ("console", console::figures),
    ("day", day::figures),
    ("peer", peer::figures),
    ("postgres", postgres::figures),
    ("soak", soak::figures),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Parts measure in processes of this very program.
    let is_child = photo::run_child(&args)
        || process::run_child(&args).is_some()
        || scale::run_child(&args)
        || patrol::run_child(&args);
    if is_child {
        return ExitCode::SUCCESS;
    }
    let unknown = |name: &&String| !PARTS.iter().any(|(part, _)| part == *name);
    if let Some(name) = args.iter().find(unknown) {
        let known: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        eprintln!("there is no part `{name}`; the parts are {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("the bench did not run to its end: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Measures the parts that were named, or all.
fn run(names: &[String]) -> Result<(), Problem> {
    let mut figures = Vec::new();
    for (part, measure) in PARTS {
        // What needs a cluster, another program, or minutes runs where it is named.
        let is_asked = names.iter().any(|name| name == part);
        let is_apart = matches!(part, "peer" | "postgres" | "soak");
        if is_asked || names.is_empty() && !is_apart {
            eprintln!("measuring: {part}");
            figures.extend(measure()?);
        }
    }
    print!("{}", table(&figures));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("figures.json");
    std::fs::write(&path, serde_json::to_string_pretty(&figures)? + "\n")?;
    let missed = figures.iter().filter(|figure| !figure.holds).count();
    println!(
        "\n{} figures, {missed} miss their goal; written to {}",
        figures.len(),
        path.display()
    );
    Ok(())
}

fn table(figures: &[Figure]) -> String {
    let name_width = figures.iter().map(|f| f.name.chars().count()).max().unwrap_or(0);
    let mut lines = String::new();
    for figure in figures {
        let value = format!("{:.*} {}", decimals(figure.value), figure.value, figure.unit);
        let verdict = match (figure.goal.as_str(), figure.holds) {
            ("none", _) => "",
            (_, true) => "holds",
            (_, false) => "MISSES",
        };
        let goal = if figure.goal == "none" { "" } else { &figure.goal };
        let line = format!("{:name_width$}  {value:>14}  {goal:<14}  {verdict}", figure.name);
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    lines
}

/// As many decimals as keep three digits.
fn decimals(value: f64) -> usize {
    match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    }
}
