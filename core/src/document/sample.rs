//! Made-up reports and writers for this module's tests.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::gate::SenderFacts;
use super::{Change, Document, FieldEdit};
use crate::attachment::{AttachmentKind, AttachmentRole, BlobHash};
use crate::command::Urgency;
use crate::id::{
    ActorId, AttachmentId, CategoryId, FieldId, NoteId, PersonId, PersonRecordId, ReportId, UnitId,
};
use crate::place::{PlaceClaim, Position, Provider};
use crate::report::{Answer, AttachmentRef, Note, PersonPart, ReportContent, Source};
use crate::time::Timestamp;

/// 2026-11-22, in ms.
const DAY_MS: i64 = 1_795_305_600_000;

pub(super) const TIME_S: i64 = DAY_MS / 1000;

pub(super) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub(super) fn actor(number: u8) -> ActorId {
    let mut bytes = [0; 16];
    rand::Rng::fill_bytes(&mut rng(u64::from(number) + 1000), &mut bytes);
    ActorId::from_bytes(bytes)
}

pub(super) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

pub(super) fn report() -> ReportId {
    ReportId::from_bytes([7; 16])
}

pub(super) const WORDS: &str = "王家桥头东侧农贸市场门口堆放建筑垃圾约三车，占用人行道和半条车道，早上赶集的人只能绕到马路上走，\
电动车经过时差点碰到老人。问过摊主，说是昨天夜里装修队倒的，电话打不通。已请他们先用警戒带围起来，建议综合执法队今天联系清运，\
并查一下附近监控找到倒垃圾的车辆，另外路灯坏了一盏。";

pub(super) fn attachment(seed: u64) -> AttachmentRef {
    AttachmentRef {
        kind: AttachmentKind::Picture,
        role: AttachmentRole::Scene,
        blob: BlobHash::of(&seed.to_be_bytes()),
        size_bytes: 312_345 + seed,
        thumbnail: Some(BlobHash::of(&[seed.to_be_bytes(), [1; 8]].concat())),
        width_px: 1600,
        height_px: 1200,
        duration_ms: 0,
        taken_at: Some(Timestamp(DAY_MS)),
    }
}

pub(super) fn note(by: &str, text: &str) -> Note {
    Note {
        by: person(by),
        text: text.to_owned(),
        written_at: Timestamp(DAY_MS + 5000),
    }
}

pub(super) fn place(lat_deg: f64, lon_deg: f64) -> PlaceClaim {
    PlaceClaim {
        position: Position { lat_deg, lon_deg },
        accuracy_m: 8.5,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: 1200,
    }
}

/// Ten fields, 130 characters and a picture.
pub(super) fn content() -> ReportContent {
    let township = UnitId::new("SH-LQ").unwrap();
    let code = "SH-LQ-0305-20261122-K7-0012-X".to_owned();
    let mut content = ReportContent::begin(
        report(),
        code,
        township,
        person("w-0412"),
        Timestamp(DAY_MS + 123),
    );
    let mut rng = rng(5);
    for edit in [
        FieldEdit::SetCategory {
            category: CategoryId::new("env.waste").unwrap(),
            version: 3,
        },
        FieldEdit::SetGrid(Some(UnitId::new("SH-LQ-0305").unwrap())),
        FieldEdit::SetDescription(WORDS.chars().take(130).collect()),
        FieldEdit::SetOccurredAt(Some(Timestamp(DAY_MS))),
        FieldEdit::SetPlace(Some(place(28.367_123_4, 121.364_765_4))),
        FieldEdit::SetPlaceText("王家桥头".to_owned()),
        FieldEdit::SetUrgency(Urgency::Urgent),
        FieldEdit::SetSource(Source::ToldBy),
        answer("volume_m3", Some(Answer::Number(6.0))),
        answer("is_hazardous", Some(Answer::YesNo(false))),
        FieldEdit::AddAttachment {
            id: AttachmentId::random(&mut rng),
            attachment: attachment(1),
        },
    ] {
        edit.apply_to(&mut content);
    }
    content
}

pub(super) fn answer(field: &str, answer: Option<Answer>) -> FieldEdit {
    FieldEdit::SetAnswer {
        field: FieldId::new(field).unwrap(),
        answer,
    }
}

pub(super) fn opened() -> (Document, Change) {
    Document::create(&content(), actor(1), TIME_S).unwrap()
}

pub(super) fn copy(document: &Document) -> Document {
    let changes = document.changes();
    Document::from_changes(changes.iter().map(|change| change.bytes.as_slice())).unwrap()
}

pub(super) fn take(into: &mut Document, from: &Document) {
    let changes = from.changes();
    into.apply(changes.iter().map(|change| change.bytes.as_slice()))
        .unwrap();
}

/// The reporter's own install.
pub(super) fn reporter_sends() -> SenderFacts {
    SenderFacts {
        person: person("w-0412"),
        actors: BTreeSet::from([actor(1), actor(2)]),
        person_actors: BTreeSet::new(),
        may_write_words: true,
        may_add: true,
    }
}

/// Another worker of the same grid.
pub(super) fn colleague_sends() -> SenderFacts {
    SenderFacts {
        person: person("w-0999"),
        actors: BTreeSet::from([actor(9)]),
        person_actors: BTreeSet::new(),
        may_write_words: true,
        may_add: true,
    }
}

/// Some edit; the same seed gives the same.
pub(super) fn some_edit(rng: &mut StdRng) -> FieldEdit {
    let words = ["路灯坏了", "已经清理", "请尽快处理", "还差一车", ""];
    let text = words[rng.random_range(0..words.len())].to_owned();
    let fields = ["volume_m3", "is_hazardous", "scale"];
    match rng.random_range(0..14) {
        0 => FieldEdit::SetDescription(text),
        1 => FieldEdit::SetPlaceText(text),
        2 => FieldEdit::SetResult(text),
        3 => FieldEdit::SetUrgency(if rng.random() {
            Urgency::Normal
        } else {
            Urgency::Urgent
        }),
        4 => FieldEdit::SetSource(if rng.random() { Source::Seen } else { Source::Phone }),
        5 => FieldEdit::SetPlace(Some(place(28.3, 121.0 + f64::from(rng.random_range(0..4u8))))),
        6 => FieldEdit::SetPlace(None),
        7 => FieldEdit::SetOccurredAt(Some(Timestamp(DAY_MS + rng.random_range(0..3)))),
        8 => FieldEdit::SetCategory {
            category: CategoryId::new(format!("c{}", rng.random_range(0..3))).unwrap(),
            version: rng.random_range(1..3),
        },
        9 => answer(
            fields[rng.random_range(0..3)],
            Some(Answer::Number(rng.random_range(0..3u8).into())),
        ),
        10 => answer(fields[rng.random_range(0..3)], None),
        11 => FieldEdit::AddAttachment {
            id: AttachmentId::random(rng),
            attachment: attachment(rng.random_range(0..9)),
        },
        12 => FieldEdit::AddNote {
            id: NoteId::random(rng),
            note: note("w-0412", &text),
        },
        _ => FieldEdit::AddPerson {
            id: PersonRecordId::random(rng),
            part: PersonPart::Party,
        },
    }
}
