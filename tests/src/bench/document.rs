//! What a report's document costs: bytes on the wire, and the gate against automerge alone in the same run.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use automerge::Automerge;
use minicbor::bytes::ByteVec;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use xunge_core::attachment::{AttachmentKind, AttachmentRole, BlobHash};
use xunge_core::command::Urgency;
use xunge_core::document::gate::{self, SenderFacts, Snapshot};
use xunge_core::document::{Document, FieldEdit};
use xunge_core::id::{ActorId, AttachmentId, CategoryId, FieldId, PersonId, ReportId, UnitId};
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::report::{Answer, AttachmentRef, ReportContent, Source};
use xunge_core::sync::codec;
use xunge_core::time::Timestamp;

use super::Figure;
use super::words::words;

/// How many reports are made.
const REPORTS: usize = 200;

/// How many changes each has: the first, and later ones of one field each.
const CHANGES: usize = 5;

/// How often the whole is timed; the best run counts.
const RUNS: usize = 5;

/// 2026-11-22, in ms.
const DAY_MS: i64 = 1_795_305_600_000;

/// One report with its changes, in the order of writing.
struct Story {
    report: ReportId,
    changes: Vec<Vec<u8>>,
}

/// Measures everything: about 3 s.
pub fn figures() -> Vec<Figure> {
    let mut rng = StdRng::seed_from_u64(20_261_122);
    let actor = ActorId::random(&mut rng);
    let stories: Vec<Story> = (0..REPORTS)
        .map(|number| story(number, actor, &mut rng))
        .collect();
    let mean = |bytes: usize, count: usize| bytes as f64 / count as f64;
    let first: usize = stories.iter().map(|story| story.changes[0].len()).sum();
    let later: usize = stories
        .iter()
        .flat_map(|story| &story.changes[1..])
        .map(Vec::len)
        .sum();
    let firsts = stories
        .iter()
        .map(|story| ByteVec::from(story.changes[0].clone()));
    let packed: usize = firsts
        .collect::<Vec<_>>()
        .chunks(20)
        .map(|batch| codec::pack_request(&batch.to_vec()).bytes.len())
        .sum();
    let (bare, gate) = times(&stories, actor);
    let share = 100.0 * bare.as_secs_f64() / gate.as_secs_f64();
    let each_us = gate.as_secs_f64() * 1e6 / mean(REPORTS * CHANGES, 1);
    vec![
        Figure::at_most(
            "first change of a report (11 fields, 130 characters, a picture)",
            mean(first, REPORTS),
            "bytes",
            850.0,
        ),
        Figure::at_most(
            "later change of one field",
            mean(later, REPORTS * (CHANGES - 1)),
            "bytes",
            140.0,
        ),
        Figure::at_most(
            "first changes on the wire, 20 in a push, each",
            mean(packed, REPORTS),
            "bytes",
            500.0,
        ),
        Figure::at_least(
            "gate alone against bare load, apply, save, reload",
            share,
            "%",
            100.0,
        ),
        Figure::at_most("gate, one change", each_us, "us", 2_000.0),
    ]
}

/// The best times of the bare loop and of the gate over the same changes, each change upon the snapshot before it.
fn times(stories: &[Story], actor: ActorId) -> (Duration, Duration) {
    let sender = SenderFacts {
        person: reporter(),
        actors: BTreeSet::from([actor]),
        person_actors: BTreeSet::new(),
        may_write_words: true,
        may_add: true,
    };
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        let start = Instant::now();
        for story in stories {
            bare(&story.changes);
        }
        best.0 = best.0.min(start.elapsed());
        let start = Instant::now();
        for story in stories {
            gated(story, &sender);
        }
        best.1 = best.1.min(start.elapsed());
    }
    best
}

/// Automerge alone: load, apply, save, load again.
fn bare(changes: &[Vec<u8>]) {
    let mut saved: Option<Vec<u8>> = None;
    for bytes in changes {
        let mut document = match &saved {
            Some(bytes) => Automerge::load(bytes).expect("our own snapshot loads"),
            None => Automerge::new(),
        };
        let change = automerge::Change::from_bytes(bytes.clone()).expect("our own change reads");
        document.apply_changes([change]).expect("our own change applies");
        let bytes = document.save();
        Automerge::load(&bytes).expect("what was saved loads");
        saved = Some(bytes);
    }
}

fn gated(story: &Story, sender: &SenderFacts) {
    let mut base: Option<Snapshot> = None;
    for bytes in &story.changes {
        let prepared = gate::prepare(story.report, base.as_ref(), &[bytes], sender).expect("the base loads");
        assert!(prepared.verdicts[0].is_accepted(), "{:?}", prepared.verdicts);
        base = prepared.snapshot;
    }
}

fn story(number: usize, actor: ActorId, rng: &mut StdRng) -> Story {
    let content = content(number, rng);
    let time_s = DAY_MS / 1000;
    let (mut document, first) = Document::create(&content, actor, time_s).expect("fields are within bounds");
    let mut changes = vec![first.bytes];
    for later in 1..CHANGES {
        let words = words(rng, 12);
        let edit = match later % 2 {
            0 => FieldEdit::SetPlaceText(words),
            _ => FieldEdit::SetResult(words),
        };
        let change = document
            .edit(&[edit], actor, time_s)
            .expect("fields are within bounds");
        changes.extend(change.map(|change| change.bytes));
    }
    Story {
        report: content.id,
        changes,
    }
}

fn content(number: usize, rng: &mut StdRng) -> ReportContent {
    let at = Timestamp(DAY_MS + rng.random_range(0..36_000_000));
    let grid = format!("SH-LQ-03{:02}", number % 6);
    let code = format!("{grid}-20261122-K7-{number:04}-X");
    let township = UnitId::new("SH-LQ").expect("a code");
    let mut content = ReportContent::begin(ReportId::random(rng), code, township, reporter(), at);
    let kinds = [
        "env.waste",
        "safety.fire",
        "city.banner",
        "civil.road",
        "dispute.neighbour",
        "market.shop",
    ];
    let category = kinds[rng.random_range(0..kinds.len())];
    let answer = |field: &str, answer| FieldEdit::SetAnswer {
        field: FieldId::new(field).expect("a code"),
        answer: Some(answer),
    };
    let edits = [
        FieldEdit::SetCategory {
            category: CategoryId::new(category).expect("a code"),
            version: 3,
        },
        FieldEdit::SetGrid(Some(UnitId::new(grid).expect("a code"))),
        FieldEdit::SetDescription(words(rng, 130)),
        FieldEdit::SetOccurredAt(Some(at.plus_ms(-60_000))),
        FieldEdit::SetPlace(Some(place(rng))),
        FieldEdit::SetPlaceText(words(rng, 6)),
        FieldEdit::SetUrgency(Urgency::Urgent),
        FieldEdit::SetSource(Source::ToldBy),
        answer("volume_m3", Answer::Number(f64::from(rng.random_range(1..20u8)))),
        answer("is_hazardous", Answer::YesNo(false)),
        FieldEdit::AddAttachment {
            id: AttachmentId::random(rng),
            attachment: picture(at, rng),
        },
    ];
    for edit in edits {
        edit.apply_to(&mut content);
    }
    content
}

fn reporter() -> PersonId {
    PersonId::new("w-0412").expect("a code")
}

fn place(rng: &mut StdRng) -> PlaceClaim {
    PlaceClaim {
        position: Position {
            lat_deg: 28.36 + rng.random::<f64>() / 100.0,
            lon_deg: 121.36 + rng.random::<f64>() / 100.0,
        },
        accuracy_m: 4.0 + rng.random::<f64>() * 20.0,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: rng.random_range(0..4_000),
    }
}

fn picture(at: Timestamp, rng: &mut StdRng) -> AttachmentRef {
    AttachmentRef {
        kind: AttachmentKind::Picture,
        role: AttachmentRole::Scene,
        blob: BlobHash::of(&rng.random::<[u8; 16]>()),
        size_bytes: rng.random_range(200_000..400_000),
        thumbnail: Some(BlobHash::of(&rng.random::<[u8; 16]>())),
        width_px: 1600,
        height_px: 1200,
        duration_ms: 0,
        taken_at: Some(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_takes_every_change_of_the_benchmark() {
        let mut rng = StdRng::seed_from_u64(1);
        let actor = ActorId::random(&mut rng);
        let story = story(1, actor, &mut rng);
        assert_eq!(story.changes.len(), CHANGES);
        let stories = [story];
        let (bare, gate) = times(&stories, actor);
        assert!(bare > Duration::ZERO && gate > Duration::ZERO);
    }
}
