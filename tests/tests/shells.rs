//! Both shells say the same: one table of words, two languages, two platforms.
//!
//! The master is Android's `strings.xml`; iOS's catalogue is written from it. What the core can say (states, acts, refusals) has words
//! in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use xunge_core::command::{ActionKind, Refusal, State};

type Texts = BTreeMap<String, String>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace")
        .to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The master's texts of one language, Android's escapes undone.
fn android(folder: &str) -> Texts {
    let xml = read(&format!("android/src/main/res/{folder}/strings.xml"));
    let entries = xml.split("<string name=\"").skip(1);
    entries
        .map(|entry| {
            let (key, rest) = entry.split_once('"').expect("a key ends");
            let (_, rest) = rest.split_once('>').expect("a tag ends");
            let (text, _) = rest.split_once("</string>").expect("a text ends");
            let text = text
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
            (key.to_owned(), text.replace("\\n", "\n").replace('\\', ""))
        })
        .collect()
}

/// The catalogue's texts of one language.
fn ios(language: &str) -> Texts {
    let whole: Value =
        serde_json::from_str(&read("ios/Xunge/Localizable.xcstrings")).expect("the catalogue is JSON");
    let strings = whole["strings"].as_object().expect("the catalogue has strings");
    let text = |entry: &Value| {
        entry["localizations"][language]["stringUnit"]["value"]
            .as_str()
            .map(str::to_owned)
    };
    strings
        .iter()
        .filter_map(|(key, entry)| Some((key.clone(), text(entry)?)))
        .collect()
}

/// The placeholders of a text, in the order of their numbers: `1s 2d`.
fn placeholders(text: &str) -> BTreeSet<String> {
    let parts = text.replace("%%", "").replace("$lld", "$d").replace("$@", "$s");
    let found = parts.split('%').skip(1).map(|part| {
        let (number, rest) = part
            .split_once('$')
            .unwrap_or_else(|| panic!("a bare % in {text}"));
        format!("{number}{}", &rest[..1])
    });
    found.collect()
}

#[test]
fn both_languages_have_every_key_and_the_same_placeholders() {
    let (zh, en) = (android("values"), android("values-en"));
    assert!(zh.len() > 400, "the master was read: {}", zh.len());
    assert!(zh.keys().eq(en.keys()), "keys of one language alone");
    for (key, text) in &zh {
        assert!(
            !text.trim().is_empty() && !en[key].trim().is_empty(),
            "{key} says nothing"
        );
        assert_eq!(placeholders(text), placeholders(&en[key]), "{key}");
    }
}

#[test]
fn both_shells_have_the_same_words_for_the_same_keys() {
    for (folder, language) in [("values", "zh-Hans"), ("values-en", "en")] {
        let (master, catalogue) = (android(folder), ios(language));
        assert!(master.keys().eq(catalogue.keys()), "run ios/scripts/strings.py");
        for (key, text) in &master {
            assert_eq!(placeholders(text), placeholders(&catalogue[key]), "{key}");
            let plain = |text: &str| text.replace("$lld", "$d").replace("$@", "$s");
            assert_eq!(plain(&catalogue[key]), *text, "{key}: run ios/scripts/strings.py");
        }
    }
}

#[test]
fn everything_that_the_core_says_has_words() {
    let words = android("values");
    let states = State::ALL.iter().map(|state| format!("state_{}", state.as_str()));
    let acts = ActionKind::ALL
        .iter()
        .map(|act| format!("action_{}", act.as_str()));
    // Refusals are numbered without gaps, as they travel.
    let refusals = (0_u8..).map_while(|number| {
        let bytes = minicbor::to_vec(number).expect("a number can be written");
        let refusal: Refusal = minicbor::decode(&bytes).ok()?;
        let name = serde_json::to_value(refusal).expect("a refusal has a name");
        Some(format!("refusal_{}", name.as_str().expect("its name is a text")))
    });
    let refusals: Vec<String> = refusals.collect();
    assert!(refusals.len() >= 26, "{refusals:?}");
    for key in states.chain(acts).chain(refusals) {
        assert!(words.contains_key(&key), "no words for {key}");
    }
}

#[test]
fn nobody_is_told_of_conflicts_and_chinese_is_chinese() {
    // Names that stand in Chinese texts too.
    let names = ["HEIC", "JPEG", "English", "KB", "MB", "ABC"];
    for (key, text) in android("values") {
        for word in ["冲突", "同步错误", "同步失败"] {
            assert!(!text.contains(word), "{key}: {text}");
        }
        let mut rest = text.replace("%1$d", "").replace("%2$d", "").replace("%3$d", "");
        for placeholder in ["%1$s", "%2$s", "%3$s"].iter().chain(&names) {
            rest = rest.replace(placeholder, "");
        }
        let latin = rest.chars().filter(char::is_ascii_alphabetic).count();
        assert!(latin < 2, "English in Chinese, {key}: {text}");
    }
    for (key, text) in android("values-en") {
        let is_chinese = |sign: char| ('\u{4e00}'..='\u{9fff}').contains(&sign);
        assert!(
            !text.chars().any(is_chinese) || key == "settings_language_zh",
            "{key}: {text}"
        );
        for word in ["conflict", "sync error", "outbox"] {
            assert!(!text.to_lowercase().contains(word), "{key}: {text}");
        }
    }
}

/// The texts of all files under `folder` whose names end in `ending`.
fn sources(folder: &str, ending: &str) -> String {
    let mut all = String::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                all.push_str(&fs::read_to_string(&path).expect("it was listed"));
            }
        }
    }
    all
}

#[test]
fn every_test_of_bad_input_that_the_page_names_is_there() {
    let page = read("docs/testing.md");
    let (_, table) = page.split_once("## Bad input on the phones").expect("a table");
    let (table, _) = table.split_once("\n## ").expect("another heading");
    let columns = [
        (2, sources("android/src/test", ".kt"), "fun "),
        (3, sources("ios/Tests", ".swift"), "func "),
    ];
    let mut missing = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| ")) {
        for (column, all, keyword) in &columns {
            let cell = line.split('|').nth(*column).expect("three columns");
            // A name with underscores is one of Rust's, which tidy looks for.
            let names = cell
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|name| !name.contains('_'));
            missing.extend(names.filter(|name| !all.contains(&format!("{keyword}{name}("))));
        }
    }
    assert!(missing.is_empty(), "these tests are not there: {missing:?}");
    assert!(table.contains("| iOS |"), "the table has its columns");
}

#[test]
fn the_phone_s_library_carries_the_zones_that_a_policy_may_name() {
    let script = read("bindings/mobile.sh");
    let lines = script.lines().filter_map(|line| line.strip_prefix("zones="));
    let carried: Vec<&str> = lines
        .flat_map(|line| line.split(['\'', '"', ' ']))
        .filter(|word| !word.is_empty() && *word != "$zones")
        .collect();
    assert_eq!(carried, xunge_core::directory::ZONES);
}
