//! Claims about `code`.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 4, 3).expect("a day")
}

fn unit(code: &str) -> UnitId {
    UnitId::new(code).expect("a code")
}

fn tagged(code: &str, counter: u32) -> String {
    let tag = "KTM".parse().expect("a tag");
    make(&unit(code), day(), Distinct::Tag(tag, counter))
}

/// Every character that may stand in a code.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-._";

#[test]
fn a_code_shows_its_unit_day_tag_and_counter() {
    let code = tagged("LQ-01", 17);
    assert!(code.starts_with("LQ-01-260403-KTM"), "{code}");
    assert!(code.contains("017"), "{code}");
    assert_eq!(check(&code), Ok(code));
}

#[test]
fn codes_are_set_in_stone() {
    assert_eq!(tagged("LQ01", 17), "LQ01-260403-KTM0178");
    assert_eq!(tagged("LQ01", 20), "LQ01-260403-KTMX0208");
    assert_eq!(tagged("sh.lq_9", 4_000_000_000), "SH.LQ_9-260403-KTM4000000000H");
}

#[test]
fn every_single_wrong_character_is_found() {
    for code in [tagged("LQ01", 17), tagged("A.b_C-9", 123_456)] {
        for place in 0..code.len() {
            for wrong in ALPHABET.iter().filter(|c| **c != code.as_bytes()[place]) {
                let mut bytes = code.clone().into_bytes();
                bytes[place] = *wrong;
                let text = String::from_utf8(bytes).expect("ASCII");
                assert_eq!(check(&text), Err(InvalidCode::Mismatch), "{text} for {code}");
            }
        }
    }
}

#[test]
fn every_swap_of_two_neighbours_is_found() {
    for counter in 0..500 {
        let code = tagged("SH-LQ-01", counter);
        for place in 1..code.len() {
            let mut bytes = code.clone().into_bytes();
            if bytes[place - 1] != bytes[place] {
                bytes.swap(place - 1, place);
                let text = String::from_utf8(bytes).expect("ASCII");
                assert_eq!(check(&text), Err(InvalidCode::Mismatch), "{text} for {code}");
            }
        }
    }
}

#[test]
fn small_letters_blanks_and_full_width_signs_are_the_same_code() {
    let code = tagged("LQ01", 17);
    let spoken = format!(" {} ", code.to_ascii_lowercase().replace('-', " － "));
    assert_eq!(check(&spoken), Ok(code));
}

#[test]
fn what_is_no_code_says_why() {
    assert_eq!(check(""), Err(InvalidCode::TooShort));
    assert_eq!(check("LQ01/7"), Err(InvalidCode::Character('/')));
    assert_eq!(check("网格"), Err(InvalidCode::Character('网')));
    assert_eq!(check(&"A".repeat(65)), Err(InvalidCode::TooLong));
}

#[test]
fn two_counters_and_two_tags_never_share_a_code() {
    let mut seen = BTreeSet::new();
    for n in 0..200 {
        for counter in 0..20 {
            assert!(seen.insert(make(&unit("LQ01"), day(), Distinct::Tag(Tag::nth(n), counter))));
        }
    }
}

#[test]
fn every_tag_comes_up_once_and_neighbours_differ_in_two_letters() {
    let tags: Vec<Tag> = (0..TAG_COUNT).map(Tag::nth).collect();
    assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), TAG_COUNT as usize);
    for pair in tags.windows(2) {
        let (a, b) = (pair[0].as_str().bytes(), pair[1].as_str().bytes());
        assert!(a.zip(b).filter(|(a, b)| a != b).count() >= 2, "{pair:?}");
    }
    assert_eq!(Tag::nth(TAG_COUNT), tags[0]);
    assert!("KIM".parse::<Tag>().is_err() && "ktm".parse::<Tag>().is_err() && "KTMM".parse::<Tag>().is_err());
}

#[test]
fn without_a_tag_eight_clear_characters_keep_codes_apart() {
    let mut rng = StdRng::seed_from_u64(7);
    let mut seen = BTreeSet::new();
    for _ in 0..2_000 {
        let code = make(&unit("LQ01"), day(), Distinct::Random(&mut rng));
        let tail = code.strip_prefix("LQ01-260403-").expect("the head stands");
        assert_eq!(tail.len(), 9);
        assert!(tail.bytes().all(|c| CLEAR.contains(&c)), "{code}");
        assert_eq!(check(&code).as_ref(), Ok(&code));
        assert!(seen.insert(code));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_unit_and_counter_make_a_code_that_checks(
        code in "[A-Za-z0-9._-]{1,40}", n in any::<u32>(), counter in any::<u32>(),
    ) {
        let made = make(&unit(&code), day(), Distinct::Tag(Tag::nth(n), counter));
        prop_assert!(made.len() <= CODE_CHARS_MAX, "{}", made);
        let checked = check(&made);
        prop_assert_eq!(checked.as_ref(), Ok(&made));
        prop_assert!(CLEAR.contains(made.as_bytes().last().expect("not empty")));
    }
}
