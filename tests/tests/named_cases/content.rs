//! Words, notes and pictures that were written apart.

use xunge_core::directory::{Category, DirectoryRecord, FieldKind, FieldSpec};
use xunge_core::document::FieldEdit;
use xunge_core::id::{CategoryId, FieldId};
use xunge_core::report::Answer;
use xunge_tests::world::acts::{add_picture, draft, rewrite};

use super::{GRID, world};

#[test]
fn one_field_edited_apart_on_two_installs_keeps_both_values_until_somebody_settles_it() {
    let mut world = world(21, &["w01", "w01", "c01"]);
    let report = world.hand_in(0, GRID, "a banner");
    world.sync_all_of(&[0, 1, 2]);
    rewrite(&world.device(0), report, "a banner at the bridge");
    rewrite(&world.device(1), report, "a banner at the school");
    world.sync_all_of(&[0, 1, 0, 2]);
    for phone in [0, 1, 2] {
        let content = world
            .device(phone)
            .report(report)
            .expect("all hold it")
            .content
            .expect("all of it");
        let field = content.disputed.iter().find(|d| d.field == "description");
        let mut values: Vec<String> = field
            .expect("both values stand")
            .values
            .iter()
            .map(ToString::to_string)
            .collect();
        values.sort();
        assert_eq!(
            values,
            ["\"a banner at the bridge\"", "\"a banner at the school\""],
            "phone {phone}"
        );
    }
    rewrite(&world.device(0), report, "a banner between bridge and school");
    world.sync_all_of(&[0, 1]);
    let content = world
        .device(1)
        .report(report)
        .expect("it is held")
        .content
        .expect("all of it");
    assert_eq!(
        (content.description.as_str(), content.disputed.len()),
        ("a banner between bridge and school", 0)
    );
}

#[test]
fn notes_and_pictures_added_by_two_workers_all_survive() {
    let mut world = world(22, &["w01", "w25", "c01"]);
    let report = world.hand_in(0, GRID, "a banner");
    world.sync_all_of(&[0, 1]);
    for phone in [0, 1] {
        let device = world.device(phone);
        device
            .add_note(report, &format!("note of {phone}"))
            .expect("anyone in scope adds notes");
        add_picture(&device, report, phone as u64);
    }
    world.sync_all_of(&[0, 1, 0, 2]);
    for phone in [0, 1, 2] {
        let content = world
            .device(phone)
            .report(report)
            .expect("all hold it")
            .content
            .expect("all of it");
        assert_eq!(
            (content.notes.len(), content.attachments.len()),
            (2, 2),
            "phone {phone}"
        );
    }
    assert_eq!(
        world
            .story(report)
            .blobs
            .iter()
            .filter(|b| b.size_bytes > 0)
            .count(),
        4,
        "two pictures, two thumbnails"
    );
}

/// The kind of the test, in a version with these fields.
fn kind(version: u32, fields: &[&str]) -> DirectoryRecord {
    DirectoryRecord::Category(Category {
        id: CategoryId::new("enforcement.banner").expect("a code"),
        version,
        parent: Some(CategoryId::new("enforcement").expect("a code")),
        name: format!("违章广告 {version}"),
        fields: fields
            .iter()
            .map(|id| FieldSpec {
                id: FieldId::new(*id).expect("a code"),
                name: (*id).to_owned(),
                kind: FieldKind::Text { chars_max: None },
                is_required: false,
            })
            .collect(),
        is_record_only: false,
        is_sensitive: false,
        is_urgent: false,
        is_offered: true,
        department: None,
        picture_long_side_px: None,
    })
}

fn answered(field: &str, answer: &Answer) -> FieldEdit {
    FieldEdit::SetAnswer {
        field: FieldId::new(field).expect("a code"),
        answer: Some(answer.clone()),
    }
}

/// A phone that holds version 1 meets a report of version 2, and a phone that holds version 2 a report of version 1: both show what was
/// entered, and nobody's answers are dropped.
#[test]
fn a_category_newer_than_the_phone_s_and_one_older_both_show_what_was_entered() {
    let mut world = world(23, &["w01", "c01"]);
    let (three, cloth) = (Answer::Number(3.0), Answer::Text("cloth".to_owned()));
    let old = draft(&world.device(0), GRID, "by version 1");
    world
        .device(0)
        .edit_draft(old, &[answered("count", &three)])
        .expect("a draft takes answers");
    world.device(0).submit(old).expect("it is complete");

    let now = world.time.now();
    world.direct(&[(kind(2, &["material"]), now, None)]);
    let newer = world.add_phone(&["w25"]);
    world.phones[newer].sync();
    let new = draft(&world.device(newer), GRID, "by version 2");
    let category = CategoryId::new("enforcement.banner").expect("a code");
    let edits = [
        FieldEdit::SetCategory { category, version: 2 },
        answered("material", &cloth),
    ];
    world
        .device(newer)
        .edit_draft(new, &edits)
        .expect("a draft takes answers");
    world.device(newer).submit(new).expect("it is complete");
    world.sync_all_of(&[newer, 0, 1, newer]);

    for (report, field, entered) in [(old, "count", &three), (new, "material", &cloth)] {
        for phone in [0, 1, newer] {
            let content = world
                .device(phone)
                .report(report)
                .expect("all hold it")
                .content
                .expect("all of it");
            let answer = content.answers.get(&FieldId::new(field).expect("a code"));
            assert_eq!(answer, Some(entered), "phone {phone}, {field}");
        }
    }
    assert_eq!(world.story(old).content.expect("it is there").category_version, 1);
}
