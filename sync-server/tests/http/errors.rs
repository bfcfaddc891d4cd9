//! The page of errors and the enums say the same.

use std::collections::BTreeSet;

use xunge_core::command::Refusal;
use xunge_core::sync::message::RefusedCode;
use xunge_server::cli::words::refusal_words;
use xunge_server::problem::ErrorCode;

const PAGE: &str = include_str!("../../../docs/errors.md");

/// The codes in the first column of the table below a heading.
fn listed(heading: &str) -> BTreeSet<String> {
    PAGE.split("\n## ")
        .find(|part| part.starts_with(heading))
        .unwrap_or_else(|| panic!("no part `{heading}`"))
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// The text forms of an enum whose CBOR is its index.
fn every<T>() -> BTreeSet<String>
where
    T: for<'b> minicbor::Decode<'b, ()> + serde::Serialize,
{
    (0..250u8)
        .filter_map(|index| minicbor::decode::<T>(&minicbor::to_vec(index).unwrap()).ok())
        .map(|value| serde_json::to_value(value).unwrap().as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_code_of_the_http_interface_is_listed_and_no_other() {
    let codes: BTreeSet<String> = ErrorCode::ALL
        .iter()
        .map(|code| code.as_str().to_owned())
        .collect();
    assert_eq!(codes.len(), ErrorCode::ALL.len());
    assert_eq!(listed("HTTP"), codes);
    for code in ErrorCode::ALL {
        let line = format!("| `{}` | {} | {} |", code.as_str(), code.status(), code.about());
        assert!(PAGE.contains(&line), "the page lacks\n{line}");
    }
}

#[test]
fn every_code_of_a_sync_item_is_listed_and_no_other() {
    assert_eq!(listed("Items of a sync"), every::<RefusedCode>());
}

#[test]
fn every_refusal_of_the_workflow_is_listed_in_both_languages_and_no_other() {
    assert_eq!(listed("Refusals"), every::<Refusal>());
    for index in 0..250u8 {
        let bytes = minicbor::to_vec(index).unwrap();
        let Ok(refusal) = minicbor::decode::<Refusal>(&bytes) else {
            continue;
        };
        let (chinese, english) = refusal_words(refusal);
        assert!(
            PAGE.contains(&format!("| {chinese} | {english} |")),
            "{refusal:?}"
        );
    }
}
