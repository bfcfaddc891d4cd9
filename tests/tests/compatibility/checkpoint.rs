//! Checkpoints lie for years with phones, with the county and on paper: one that was signed once has to hold for ever.

use std::sync::OnceLock;

use xunge_core::signature::SigningKey;
use xunge_core::sync::checkpoint::{ChainEnd, Checkpoint, CheckpointAsk, CheckpointError};
use xunge_core::sync::message::*;
use xunge_core::time::Timestamp;

use super::samples::{GENERATION, unit};
use super::{fixture, holds};

fn end() -> ChainEnd {
    ChainEnd {
        feed: unit("QH-YF"),
        generation: GENERATION,
        lines: 4_242,
        hash: [0x5a; 32],
        at: Timestamp(1_795_305_600_123),
    }
}

/// The server's key that signed the committed line.
fn key() -> SigningKey {
    SigningKey::from_bytes(&[0x11; 32]).expect("a key")
}

/// The line as `xunge-server checkpoint` prints it, which a county keeps.
fn committed() -> &'static str {
    static LINE: OnceLock<String> = OnceLock::new();
    LINE.get_or_init(|| {
        let path = fixture("v1/checkpoint.txt");
        if std::env::var_os("XUNGE_BLESS").is_some() {
            let line = Checkpoint::sign(&end(), &key()).to_line();
            let text = format!("{} {} {} {line}\n", end().feed, end().lines, end().at);
            std::fs::write(&path, text).expect("the fixture can be written");
        }
        std::fs::read_to_string(&path).expect("the fixture is committed")
    })
}

#[test]
fn a_checkpoint_that_somebody_kept_opens_and_says_what_it_said() {
    let line = committed();
    let last = line.split_whitespace().last().expect("it has a word");
    let kept = Checkpoint::parse_line(last).expect("it reads");
    // The signature is checked with the key alone: domain and signed bytes are what they were.
    assert_eq!(kept.open(&key().public()), Ok(end()));
    let other = SigningKey::from_bytes(&[0x12; 32]).expect("a key");
    assert_eq!(kept.open(&other.public()), Err(CheckpointError::Unsigned));
    assert_eq!(kept.to_line(), last, "it is written in another way");
    let said = format!("{} {} {} {last}\n", end().feed, end().lines, end().at);
    assert_eq!(line, said, "the line for people is another one");
    // What is signed today has the same bytes; signatures themselves may differ from one to the next.
    holds("v1/chain_end.cbor", &end());
    let today = Checkpoint::sign(&end(), &key()).to_line();
    let body = hex::encode(minicbor::to_vec(end()).expect("encoding to memory cannot fail"));
    assert!(last.contains(&body) && today.contains(&body) && today.len() == last.len());
}

#[test]
fn a_phone_that_asks_with_a_checkpoint_and_the_page_that_brings_one_keep_their_bytes() {
    let line = committed();
    let last = line.split_whitespace().last().expect("it has a word");
    let kept = Checkpoint::parse_line(last).expect("it reads");
    let position = FeedPosition {
        feed: unit("QH-YF"),
        generation: Some(GENERATION),
        cursor: 41,
        scope: None,
        digest: None,
        checkpoint: Some(CheckpointAsk {
            kept: Some(kept.clone()),
        }),
    };
    holds("v1/checkpoint_ask.cbor", &position);
    let page = FeedPage {
        feed: unit("QH-YF"),
        generation: GENERATION,
        rows: Vec::new(),
        cursor: 41,
        scope: None,
        is_diverged: false,
        checkpoint: Some(kept),
    };
    holds("v1/checkpoint_page.cbor", &page);
}
