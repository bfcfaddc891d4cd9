//! The rules that a machine can check: sizes, arrows between modules, forbidden words. No exceptions list.

use std::fs;
use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_CHARS_MAX: usize = 140;

struct Source {
    path: String,
    text: String,
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the package lies in the workspace")
        .to_owned()
}

/// Every file under a folder with one of the extensions, by path from the root, sorted.
fn sources(folder: &str, extensions: &[&str]) -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.')
                || ["target", "build", "dist", "generated", "node_modules"].contains(&name.as_str())
            {
                continue;
            }
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    let fits = |p: &&PathBuf| p.extension().is_some_and(|e| extensions.iter().any(|x| *x == e));
    let read = |p: &PathBuf| {
        let path = p
            .strip_prefix(root())
            .expect("it was found there")
            .to_string_lossy()
            .into_owned();
        Some(Source {
            path,
            text: fs::read_to_string(p).ok()?,
        })
    };
    found.iter().filter(fits).filter_map(read).collect()
}

fn rust() -> Vec<Source> {
    let folders = ["core", "bindings", "sync-server", "tests"];
    folders.iter().flat_map(|f| sources(f, &["rs"])).collect()
}

/// The code of a file before its unit tests, without line comments.
fn code(source: &Source) -> String {
    let body = source.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    body.lines()
        .map(|l| l.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

/// What is written in the phones' languages, in scripts and for browsers.
fn other_sources() -> Vec<Source> {
    let folders = ["android", "ios", "sync-server", "tests"];
    let extensions = ["kt", "swift", "mjs", "ts", "js", "py", "sh"];
    folders.iter().flat_map(|f| sources(f, &extensions)).collect()
}

#[test]
fn no_source_file_has_more_than_500_lines() {
    let long = rust()
        .iter()
        .chain(&other_sources())
        .map(|s| (s.path.clone(), s.text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect::<Vec<_>>();
    assert_none("split these files", &long);
}

#[test]
fn no_function_has_more_than_70_lines() {
    let mut long = Vec::new();
    for source in rust() {
        let mut open: Vec<(usize, usize, String)> = Vec::new();
        for (number, line) in source.text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let word = line.trim_start();
            if is_function(word) && !word.ends_with(';') {
                open.push((indent, number, word.to_owned()));
            }
            if word.starts_with('}') && open.last().is_some_and(|(at, ..)| *at == indent) {
                let (_, start, name) = open.pop().expect("it was looked at");
                if number - start + 1 > FUNCTION_LINES_MAX {
                    let lines = number - start + 1;
                    long.push(format!("{}:{}: {lines} lines: {name}", source.path, start + 1));
                }
            } else if word.starts_with("fn ") && word.ends_with("}") {
                open.pop();
            }
        }
    }
    assert_none("split these functions", &long);
}

fn is_function(word: &str) -> bool {
    let mut rest = word;
    for prefix in [
        "pub(crate) ",
        "pub(super) ",
        "pub ",
        "const ",
        "async ",
        "unsafe ",
    ] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    rest.starts_with("fn ")
}

#[test]
fn no_line_is_longer_than_a_screen() {
    let mut long = Vec::new();
    for source in rust() {
        for (number, line) in source.text.lines().enumerate() {
            let chars = line.chars().count();
            // A quoted answer or a table of text cannot be broken; code can.
            if chars > LINE_CHARS_MAX && !line.contains('"') {
                long.push(format!("{}:{}: {chars} characters", source.path, number + 1));
            }
        }
    }
    assert_none("break these lines", &long);
}

#[test]
fn sqlite_is_named_in_the_stores_alone() {
    let stray = rust()
        .iter()
        .filter(|s| s.path.starts_with("core/src/") || s.path.starts_with("sync-server/src/"))
        .filter(|s| code(s).contains("rusqlite"))
        .filter(|s| !s.path.contains("/store"))
        .map(|s| s.path.clone())
        .collect::<Vec<_>>();
    assert_none("rusqlite belongs to the store", &stray);
}

#[test]
fn automerge_is_named_in_document_and_sync_alone() {
    let stray = rust()
        .iter()
        .filter(|s| {
            ["core/src/", "sync-server/src/", "bindings/src/"]
                .iter()
                .any(|f| s.path.starts_with(f))
        })
        .filter(|s| code(s).contains("automerge::"))
        .filter(|s| !s.path.starts_with("core/src/document") && !s.path.starts_with("core/src/sync"))
        .map(|s| s.path.clone())
        .collect::<Vec<_>>();
    assert_none("automerge belongs to the document", &stray);
}

#[test]
fn core_reads_the_clock_in_one_place_and_no_map_order_decides() {
    let mut stray = Vec::new();
    for source in sources("core/src", &["rs"]) {
        let code = code(&source);
        for word in [
            "SystemTime::now",
            "Instant::now",
            "Utc::now",
            "Local::now",
            "HashMap",
            "HashSet",
        ] {
            if code.contains(word) && source.path != "core/src/time.rs" {
                stray.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert_none(
        "core takes its time from callers and its order from BTreeMap",
        &stray,
    );
}

#[test]
fn the_pure_domain_knows_nothing_of_documents_sync_store_or_facade() {
    let pure = [
        "id",
        "time",
        "place",
        "grid",
        "unit",
        "category",
        "report",
        "workflow",
        "command",
        "directory",
        "code",
        "patrol",
        "coverage",
        "key_place",
    ];
    let mut stray = Vec::new();
    for source in sources("core/src", &["rs"]) {
        let module = source
            .path
            .trim_start_matches("core/src/")
            .split(['/', '.'])
            .next()
            .unwrap_or_default();
        if !pure.contains(&module) {
            continue;
        }
        for arrow in ["crate::document", "crate::sync", "crate::store", "crate::app"] {
            if code(&source).contains(arrow) {
                stray.push(format!("{} -> {arrow}", source.path));
            }
        }
    }
    assert_none("arrows point down", &stray);
}

#[test]
fn nothing_is_left_undone_ignored_or_silenced() {
    let words = [
        "todo!",
        "unimplemented!",
        "#[ignore",
        "#[allow(",
        "#![allow(",
        "dbg!(",
    ]
    .map(|w| w.to_owned());
    let mut stray = Vec::new();
    for source in rust().iter().filter(|s| !s.path.ends_with("tests/tidy.rs")) {
        for word in &words {
            if source.text.contains(word.as_str()) {
                stray.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert_none("finish these", &stray);
}

#[test]
fn no_file_names_a_machine_or_a_person_s_folder() {
    let words = ["/home/", "/Users/", "/work/", "C:\\\\Users"].map(|w| w.to_owned());
    let mut stray = Vec::new();
    let folders = ["core", "bindings", "sync-server", "tests", "docs", ".ci"];
    let mut all: Vec<Source> = folders
        .iter()
        .flat_map(|f| sources(f, &["rs", "md", "toml", "sh", "py", "sql"]))
        .collect();
    all.extend(
        [
            "README.md",
            "ARCHITECTURE.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "Makefile",
        ]
        .iter()
        .filter_map(|f| {
            let text = fs::read_to_string(root().join(f)).ok()?;
            Some(Source {
                path: (*f).to_owned(),
                text,
            })
        }),
    );
    for source in all.iter().filter(|s| !s.path.ends_with("tests/tidy.rs")) {
        for (number, line) in source.text.lines().enumerate() {
            if words.iter().any(|w| line.contains(w.as_str())) {
                stray.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    assert_none("paths of a machine do not belong here", &stray);
}

#[test]
fn modules_have_a_header_and_no_drawer_for_odds_and_ends() {
    let mut stray = Vec::new();
    for source in rust() {
        let name = source.path.rsplit('/').next().unwrap_or_default();
        if [
            "mod.rs",
            "util.rs",
            "utils.rs",
            "common.rs",
            "helpers.rs",
            "manager.rs",
        ]
        .contains(&name)
        {
            stray.push(format!("{}: name it after what it holds", source.path));
        }
        if !source.text.starts_with("//!") && !source.text.starts_with("#!") {
            stray.push(format!(
                "{}: begins without a header that says what it is for",
                source.path
            ));
        }
    }
    assert_none("modules", &stray);
}

#[test]
fn files_in_other_languages_begin_by_saying_what_they_are_for() {
    let silent: Vec<String> = other_sources()
        .into_iter()
        // In Kotlin the words stand over what they are about, behind the package.
        .filter(|source| !source.path.ends_with(".kt"))
        .filter(|source| {
            let first = source
                .text
                .lines()
                .find(|line| !line.starts_with("#!"))
                .unwrap_or_default();
            !["// ", "/**", "/* ", "# ", "\"\"\""]
                .iter()
                .any(|begin| first.starts_with(begin))
        })
        .map(|source| source.path)
        .collect();
    assert_none("begin with a comment that says what it is for", &silent);
}

#[test]
fn every_test_that_the_documents_name_is_there() {
    let page = |name: &str| fs::read_to_string(root().join("docs").join(name)).expect("the page is there");
    let text = page("testing.md") + &page("security.md");
    let all: String = rust().into_iter().map(|source| source.text).collect();
    // A test's name is a claim of several words; anything shorter in backticks is something else.
    let is_test = |name: &&str| {
        name.matches('_').count() >= 3 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let named: Vec<&str> = text.split('`').skip(1).step_by(2).filter(is_test).collect();
    assert!(named.len() > 50, "the tables name many tests: {named:?}");
    let missing = named.iter().filter(|name| !all.contains(&format!("fn {name}(")));
    assert_none(
        "these tests are not there",
        &missing.map(ToString::to_string).collect::<Vec<_>>(),
    );
}
