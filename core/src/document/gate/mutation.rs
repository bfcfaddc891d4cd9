//! Changes altered on purpose, with the checksum repaired: nothing escapes, nothing is stored that does not load again.

use rand::RngExt;
use rand::rngs::StdRng;

use super::*;
use crate::document::FieldEdit;
use crate::document::sample::{TIME_S, actor, copy, opened, report, reporter_sends, rng, some_edit};

/// How many altered changes one run of the tests tries.
const ROUNDS: usize = 20_000;

/// A document and honest changes upon it.
fn seeds() -> (Snapshot, Vec<Vec<u8>>) {
    let (document, first) = opened();
    let mut changes = vec![first.bytes];
    for seed in 0..12 {
        let mut rng = rng(seed);
        let edits: Vec<FieldEdit> = (0..rng.random_range(1..6)).map(|_| some_edit(&mut rng)).collect();
        let change = copy(&document).edit(&edits, actor(1), TIME_S).unwrap();
        changes.extend(change.map(|change| change.bytes));
    }
    (Snapshot::of(&document), changes)
}

/// One to three small damages behind the header, then an honest length and checksum.
fn alter(bytes: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let head = if bytes[9] < 0x80 { 10 } else { 11 };
    let mut body = bytes[head..].to_vec();
    for _ in 0..rng.random_range(1..4) {
        if body.is_empty() {
            break;
        }
        let at = rng.random_range(0..body.len());
        match rng.random_range(0..6) {
            0 => body[at] ^= 1 << rng.random_range(0..8),
            1 => body[at] = rng.random(),
            2 => body[at] = [0, 1, 0x7e, 0x7f, 0x80, 0xff][rng.random_range(0..6usize)],
            3 => drop(body.remove(at)),
            4 => body.insert(at, rng.random()),
            _ => {
                let to = rng.random_range(at..body.len().min(at + 8) + 1).min(body.len());
                let piece = body[at..to].to_vec();
                body.splice(at..at, piece);
            }
        }
    }
    let mut content = vec![1];
    let mut length = body.len();
    while length >= 0x80 {
        content.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    content.push(u8::try_from(length).unwrap());
    content.extend(body);
    let hash = crate::signature::sha256(&content);
    [&bytes[..4], &hash[..4], &content].concat()
}

#[test]
fn altered_changes_never_panic_out_of_the_gate_nor_leave_what_does_not_load() {
    let (base, seeds) = seeds();
    let mut rng = rng(20_261_122);
    let (mut accepted, mut refused, mut other) = (0, 0, 0);
    for round in 0..ROUNDS {
        let pick = rng.random_range(0..seeds.len());
        let bytes = alter(&seeds[pick], &mut rng);
        let upon = if pick == 0 { None } else { Some(&base) };
        let trusted = round % 2 == 0;
        let prepared = match trusted {
            true => check_incoming(report(), upon, &[&bytes]),
            false => prepare(report(), upon, &[&bytes], &reporter_sends()),
        };
        let prepared = prepared.expect("the base is sound");
        match &prepared.verdicts[0] {
            Verdict::Accepted { hash } => {
                accepted += 1;
                let snapshot = prepared.snapshot.expect("accepted");
                let again = Document::load(&snapshot.bytes).expect("what is accepted loads");
                assert_eq!(again.heads(), snapshot.heads, "round {round}");
                assert!(again.content().is_ok(), "round {round}");
                let kept = again.changes().into_iter().find(|change| change.hash == *hash);
                assert_eq!(kept.expect("it is there").bytes, bytes, "round {round}");
            }
            Verdict::Refused(_) => refused += 1,
            _ => other += 1,
        }
    }
    // The test would be worth nothing if all were refused at the door.
    assert!(
        accepted > ROUNDS / 200,
        "accepted {accepted}, refused {refused}, other {other}"
    );
    assert!(
        refused > ROUNDS / 2,
        "accepted {accepted}, refused {refused}, other {other}"
    );
}

#[test]
fn noise_in_place_of_a_base_is_an_error() {
    let (base, _) = seeds();
    let mut rng = rng(7);
    for _ in 0..500 {
        let mut damaged = base.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..damaged.bytes.len());
            damaged.bytes[at] ^= 1 << rng.random_range(0..8);
        }
        if damaged.bytes != base.bytes {
            assert_eq!(
                check_incoming(report(), Some(&damaged), &[]).unwrap_err(),
                BaseError
            );
        }
    }
}
