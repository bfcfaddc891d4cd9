//! Bytes and databases of every released version stay readable, and today's program still writes the bytes that it promised.
//!
//! Method: one message of each kind with every variant in it, built from fixed ids, is compared with a committed file. `XUNGE_BLESS=1`
//! writes the files anew, which is right only while a version has not been released.

mod checkpoint;
mod layouts;
mod samples;

use std::fs;
use std::path::{Path, PathBuf};

use minicbor::bytes::ByteVec;
use xunge_core::attachment::BlobHash;
use xunge_core::command::{Outcome, Refusal};
use xunge_core::directory::DirectoryRow;
use xunge_core::id::{ActorId, PatrolId, PersonRecordId, UnitId};
use xunge_core::report::{PersonPart, PersonRecord};
use xunge_core::sync::message::*;
use xunge_core::sync::vouch::Vouch;
use xunge_core::time::Timestamp;

use samples::*;

/// `name` begins with the protocol: `v1/answer.cbor`.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/wire")
        .join(name)
}

/// Compares with the committed bytes, and reads these back to the same value.
fn holds<T>(name: &str, value: &T)
where
    T: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()> + PartialEq + std::fmt::Debug,
{
    let bytes = minicbor::to_vec(value).expect("encoding to memory cannot fail");
    let path = fixture(name);
    if std::env::var_os("XUNGE_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
        fs::write(&path, &bytes).expect("the fixture can be written");
    }
    let committed = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let read: T =
        minicbor::decode(&committed).unwrap_or_else(|e| panic!("{name} does not read any more: {e}"));
    assert_eq!(&read, value, "{name} reads as something else");
    assert_eq!(
        hex::encode(&bytes),
        hex::encode(&committed),
        "{name} is written in another way"
    );
}

#[test]
fn commands_of_every_kind_keep_their_bytes() {
    let all = actions();
    assert_eq!(all.len(), xunge_core::command::ActionKind::ALL.len());
    holds(
        "v1/commands.cbor",
        &all.into_iter().map(command).collect::<Vec<_>>(),
    );
}

#[test]
fn every_outcome_keeps_its_bytes() {
    let signed = event().command;
    let outcomes = [
        Outcome::Accepted,
        Outcome::Refused(Refusal::NotReceivedYet),
        Outcome::Remark(Refusal::PassedBy),
        Outcome::Proposal(Refusal::PostEnded),
    ];
    let results: Vec<_> = outcomes
        .map(|o| result(&signed, o).result().expect("it reads"))
        .to_vec();
    holds("v1/results.cbor", &results);
    assert_eq!(
        minicbor::to_vec(Refusal::PredecessorRefused).expect("it encodes"),
        [0x18, 25]
    );
}

fn position(feed: &UnitId, digest: Digest) -> FeedPosition {
    FeedPosition {
        feed: feed.clone(),
        generation: Some(GENERATION),
        cursor: 41,
        scope: Some(ScopeTag([5; 8])),
        digest: Some(digest),
        checkpoint: None,
    }
}

#[test]
fn a_request_with_every_item_keeps_its_bytes() {
    let bytes = || ByteVec::from(vec![1, 2, 3]);
    let digest = Digest {
        count: 3,
        xor: [9; 16],
    };
    let feed = unit("QH-YF");
    let request = SyncRequest {
        protocol: 1,
        install: INSTALL,
        feeds: vec![position(&feed, digest)],
        items: vec![
            Item::Change {
                report: REPORT,
                bytes: bytes(),
            },
            Item::Command {
                command: event().command,
            },
            Item::Person {
                id: PERSON_RECORD,
                report: REPORT,
                bytes: bytes(),
            },
            Item::Track { bytes: bytes() },
            Item::Replay { event: event() },
            Item::Return {
                report: REPORT,
                bytes: bytes(),
            },
        ],
        manifest: Some(ManifestSeal {
            at: AT,
            signature: signature(),
        }),
        answer_bytes_max: PAGE_BYTES_DEFAULT,
        at: AT,
        health: Some(Health {
            app_version: "0.1.0".into(),
            unsent_count: 2,
            unsent_oldest_at: Some(Timestamp(5)),
            unsent_attachment_bytes: 9_000,
            storage_free_bytes: Some(1 << 40),
            attention_count: 1,
        }),
        backfill: vec![BackfillPosition {
            feed: feed.clone(),
            grid: Some(unit("QH-YF-A1")),
            after: Some(REPORT),
        }],
        repair: Some(Repair {
            feed,
            reports: vec![ReportDigest {
                report: REPORT,
                digest,
            }],
            after: None,
            upto: Some(REPORT),
        }),
        vouches: Vec::new(),
        coverage: None,
    };
    holds("v1/request.cbor", &request);
}

#[test]
fn an_answer_with_every_row_keeps_its_bytes() {
    let answer = SyncAnswer {
        protocol: 1,
        server_at: Timestamp(1_795_305_600_500),
        generation: GENERATION,
        results: results(),
        pages: vec![FeedPage {
            feed: unit("QH-YF"),
            generation: GENERATION,
            rows: rows(),
            cursor: 51,
            scope: Some(Scope {
                tag: ScopeTag([6; 8]),
                grids: vec![unit("QH-YF-A1")],
            }),
            is_diverged: true,
            checkpoint: None,
        }],
        backfill: vec![BackfillPage {
            feed: unit("QH-YF"),
            grid: None,
            bundles: vec![bundle()],
            next: Some(REPORT),
            coverage: None,
        }],
        more: true,
        notices: vec![
            Notice::UpdateRequired { protocol_min: 2 },
            Notice::Revoked,
            Notice::Feeds {
                feeds: vec![unit("QH"), unit("QH-YF")],
            },
            Notice::OfferAgain { feed: unit("QH-YF") },
        ],
        repaired: vec![bundle()],
        vouches: Vec::new(),
        coverage: None,
    };
    holds("v1/answer.cbor", &answer);
}

/// What protocol 2 adds: words without what their commands say, and the server's signature over all of them.
#[test]
fn words_that_are_vouched_for_together_keep_their_bytes() {
    let mut cut = event();
    cut.result.signature = None;
    cut.result.cut(&cut.command);
    assert!(cut.result.gaps.as_ref().is_some_and(|gaps| gaps.len() >= 2));
    let vouch = Vouch {
        hashes: vec![3; 64].into(),
        signature: signature(),
    };
    holds("v2/word.cbor", &cut.result);
    holds("v2/vouch.cbor", &vouch);
    let answer = SyncAnswer {
        protocol: 2,
        server_at: Timestamp(1_795_305_600_500),
        generation: GENERATION,
        results: vec![ItemResult::Decided {
            result: cut.result.clone(),
        }],
        pages: Vec::new(),
        backfill: Vec::new(),
        more: false,
        notices: Vec::new(),
        repaired: Vec::new(),
        vouches: vec![signature()],
        coverage: None,
    };
    holds("v2/answer.cbor", &answer);
}

fn results() -> Vec<ItemResult> {
    vec![
        ItemResult::Stored,
        ItemResult::Duplicate,
        ItemResult::MissingDeps {
            hashes: vec![change(4)],
        },
        ItemResult::ReviewList,
        ItemResult::Erased,
        ItemResult::Expired,
        ItemResult::RotateActor {
            actor: ActorId::from_bytes([10; 16]),
            tag: Some("K8".into()),
        },
        ItemResult::Refused {
            code: RefusedCode::OutOfScope,
            text: "not in scope".into(),
        },
        ItemResult::Decided {
            result: event().result,
        },
    ]
}

fn rows() -> Vec<FeedRow> {
    let bytes = || ByteVec::from(vec![1, 2, 3]);
    let blob = BlobHash::from_bytes([12; 32]);
    let payloads = vec![
        Payload::Change {
            report: REPORT,
            bytes: bytes(),
        },
        Payload::Event {
            report: REPORT,
            event: event(),
        },
        Payload::Result {
            report: REPORT,
            command: COMMAND,
            result: event().result,
        },
        Payload::Person {
            id: PERSON_RECORD,
            report: REPORT,
            bytes: bytes(),
        },
        Payload::Erased {
            what: Erasure::Person {
                report: REPORT,
                id: PERSON_RECORD,
            },
        },
        Payload::Erased {
            what: Erasure::Blob { report: REPORT, blob },
        },
        Payload::Erased {
            what: Erasure::Report { report: REPORT },
        },
        Payload::Directory {
            row: DirectoryRow {
                kind: "person".into(),
                key: "w01".into(),
                valid_from: Timestamp(1),
                valid_to: Some(Timestamp(2)),
                version: 3,
                json: r#"{"id":"w01","name":"王建国"}"#.into(),
            },
        },
        Payload::Leave { report: REPORT },
        Payload::Enter { bundle: bundle() },
        Payload::Blob {
            report: REPORT,
            blob,
            size_bytes: 250_000,
        },
    ];
    (42..)
        .zip(payloads)
        .map(|(seq, payload)| FeedRow { seq, payload })
        .collect()
}

fn bundle() -> ReportBundle {
    let blob = BlobHash::from_bytes([12; 32]);
    ReportBundle {
        report: REPORT,
        changes: vec![ByteVec::from(vec![4, 5])],
        events: vec![event()],
        people: vec![PersonItem {
            id: PERSON_RECORD,
            bytes: ByteVec::from(vec![6]),
        }],
        erased: vec![Erasure::Blob { report: REPORT, blob }],
        blobs: vec![BlobItem {
            blob,
            size_bytes: 250_000,
        }],
    }
}

#[test]
fn a_person_record_keeps_its_bytes() {
    holds(
        "v1/person.cbor",
        &PersonRecord {
            id: PERSON_RECORD,
            report: REPORT,
            part: PersonPart::Informant,
            name: "李四".into(),
            telephone: Some("19955501001".into()),
            remark: Some("房东".into()),
            corrects: Some(PersonRecordId::from_bytes([13; 16])),
        },
    );
}

#[test]
fn a_reader_passes_over_what_a_newer_version_added() {
    // A health map with a key that this version does not know: {0: "9.9", 1: 0, 3: 0, 5: 0, 30: "new"}.
    let newer = b"\xa5\x00\x639.9\x01\x00\x03\x00\x05\x00\x18\x1e\x63new";
    let health: Health = minicbor::decode(newer).expect("unknown keys are passed over");
    assert_eq!(health.app_version, "9.9");
}

#[test]
fn the_coverage_of_a_grid_and_what_goes_up_for_it_keep_their_bytes() {
    let bytes = || ByteVec::from(vec![1, 2, 3]);
    let coverage = GridCoverage {
        grid: unit("QH-YF-A1"),
        on: "2026-11-22".into(),
        seen: bytes(),
        maybe: vec![MaybeCells {
            why: "poor_reception".into(),
            cells: bytes(),
        }],
        patrols: vec![PatrolId::from_bytes([13; 16])],
        visits: vec![PlaceVisit {
            place: "well-3".into(),
            at: Timestamp(1_795_305_600_000),
            how: "patrol".into(),
            reason: None,
        }],
    };
    let page = BackfillPage {
        feed: unit("QH-YF"),
        grid: Some(unit("QH-YF-A1")),
        bundles: Vec::new(),
        next: None,
        coverage: Some(vec![coverage.clone()]),
    };
    holds("v1/coverage_row.cbor", &Payload::Coverage { coverage });
    holds("v1/coverage_backfill.cbor", &page);
    holds("v1/visit_item.cbor", &Item::Visit { bytes: bytes() });
    let excused = PlaceVisit {
        place: "well-3".into(),
        at: Timestamp(1_795_305_600_000),
        how: "excused".into(),
        reason: Some("停业整修".into()),
    };
    holds("v2/coverage_excuse.cbor", &excused);
    let check = CoverageCheck {
        feed: unit("QH-YF"),
        from: "2026-10-13".into(),
        grids: vec![GridDigest {
            grid: unit("QH-YF-A1"),
            digest: Digest {
                count: 3,
                xor: [9; 16],
            },
        }],
    };
    holds("v2/coverage_check.cbor", &check);
}
