//! Claims about `draft`.

use super::*;
use crate::attachment::{AttachmentKind, AttachmentRole, BlobHash};
use crate::directory::sample::{BEGIN, NOW, category_id, county, field_id, person_id, unit, unit_id};
use crate::directory::{AnswerProblem, Directory, DirectoryRecord, UnitKind};
use crate::id::{AttachmentId, NoteId};
use crate::place::{PlaceClaim, Position, Provider};
use crate::report::{
    Answer, AttachmentRef, DESCRIPTION_CHARS_MAX, NOTE_CHARS_MAX, Note, PLACE_TEXT_CHARS_MAX,
};

fn empty() -> ReportContent {
    let id = ReportId::from_bytes([1; 16]);
    ReportContent::begin(
        id,
        "G1-700101-KTM001A".to_owned(),
        unit_id("T1"),
        person_id("wang"),
        NOW,
    )
}

fn complete() -> ReportContent {
    let mut content = empty();
    content.category = Some(category_id("dispute.land"));
    content.category_version = 1;
    content.answers.insert(field_id("people"), Answer::Number(3.0));
    content.grid = Some(unit_id("G1"));
    content.description = "两家为地界争吵，已劝开。".to_owned();
    content
}

fn picture(role: AttachmentRole) -> AttachmentRef {
    AttachmentRef {
        kind: AttachmentKind::Picture,
        role,
        blob: BlobHash::of(b"picture"),
        size_bytes: 7,
        thumbnail: None,
        width_px: 1,
        height_px: 1,
        duration_ms: 0,
        taken_at: None,
    }
}

fn problems_in(directory: &Directory, content: &ReportContent, kind: SubmitKind) -> Vec<(String, Rule)> {
    let found = validate(content, directory, NOW, kind).err().unwrap_or_default();
    found
        .into_iter()
        .map(|problem| (problem.field, problem.rule))
        .collect()
}

fn problems(content: &ReportContent) -> Vec<(String, Rule)> {
    problems_in(&county(), content, SubmitKind::Submit)
}

fn named(field: &str, rule: Rule) -> (String, Rule) {
    (field.to_owned(), rule)
}

#[test]
fn a_complete_draft_can_be_handed_in() {
    assert_eq!(problems(&complete()), []);
}

#[test]
fn an_empty_draft_says_everything_that_is_missing_at_once() {
    let expected = [
        named("category", Rule::Missing),
        named("grid", Rule::Missing),
        named("attachments", Rule::NothingShown),
    ];
    assert_eq!(problems(&empty()), expected);
}

#[test]
fn a_picture_alone_is_enough_and_blank_words_are_none() {
    let mut content = complete();
    content.description = " \n\u{3000}".to_owned();
    assert_eq!(problems(&content), [named("attachments", Rule::NothingShown)]);
    let id = AttachmentId::from_bytes([1; 16]);
    content.attachments.insert(id, picture(AttachmentRole::Scene));
    assert_eq!(problems(&content), []);
}

#[test]
fn answers_are_checked_against_the_version_that_was_filled_in() {
    let mut content = complete();
    content.answers.insert(field_id("people"), Answer::Number(0.0));
    let problem = AnswerProblem::TooSmall { min: 1.0 };
    assert_eq!(
        problems(&content),
        [named("answers/people", Rule::Answer { problem })]
    );
    content.answers.clear();
    let problem = AnswerProblem::Missing;
    assert_eq!(
        problems(&content),
        [named("answers/people", Rule::Answer { problem })]
    );
}

#[test]
fn a_version_that_this_phone_does_not_hold_is_no_obstacle() {
    let mut content = complete();
    content.category_version = 9;
    content.answers.clear();
    content
        .answers
        .insert(field_id("drone_seen"), Answer::YesNo(true));
    assert_eq!(problems(&content), []);
}

#[test]
fn a_class_and_an_unknown_category_cannot_be_chosen() {
    let mut content = complete();
    content.answers.clear();
    content.category = Some(category_id("dispute"));
    assert_eq!(problems(&content), [named("category", Rule::NotOffered)]);
    content.category = Some(category_id("nothing"));
    assert_eq!(problems(&content), [named("category", Rule::Unknown)]);
}

#[test]
fn a_grid_must_be_a_grid_of_the_township() {
    let mut content = complete();
    for (grid, rule) in [
        ("V1", Rule::NotAGrid),
        ("G4", Rule::OutsideTownship),
        ("nowhere", Rule::Unknown),
    ] {
        content.grid = Some(unit_id(grid));
        assert_eq!(problems(&content), [named("grid", rule)], "{grid}");
    }
    content.grid = Some(unit_id("M1"));
    assert_eq!(problems(&content), []);
}

#[test]
fn a_grid_that_was_removed_or_moved_away_since_orphans_no_draft() {
    let mut content = complete();
    content.created_at = Timestamp(NOW.0 - 100);
    let ended = unit("G1", UnitKind::Grid, Some("V1"));
    let mut directory = county();
    directory.insert(&DirectoryRecord::Unit(ended).into_row(BEGIN, Some(Timestamp(NOW.0 - 1)), 2));
    assert_eq!(problems_in(&directory, &content, SubmitKind::Submit), []);
    let mut directory = county();
    let moved = unit("G1", UnitKind::Grid, Some("V3"));
    directory.insert(&DirectoryRecord::Unit(moved).into_row(NOW, None, 2));
    assert_eq!(problems_in(&directory, &content, SubmitKind::Submit), []);
}

#[test]
fn settling_asks_for_an_after_picture_or_for_what_was_done() {
    let settle = |content: &ReportContent| problems_in(&county(), content, SubmitKind::Settle);
    let mut content = complete();
    content
        .attachments
        .insert(AttachmentId::from_bytes([1; 16]), picture(AttachmentRole::Before));
    assert_eq!(settle(&content), [named("result", Rule::ResultMissing)]);
    assert_eq!(problems(&content), []);
    let mut told = content.clone();
    told.result = "已调解".to_owned();
    assert_eq!(settle(&told), []);
    content
        .attachments
        .insert(AttachmentId::from_bytes([2; 16]), picture(AttachmentRole::After));
    assert_eq!(settle(&content), []);
}

#[test]
fn lengths_are_bounded_in_characters_not_bytes() {
    let mut content = complete();
    content.description = "长".repeat(DESCRIPTION_CHARS_MAX);
    content.place_text = "长".repeat(PLACE_TEXT_CHARS_MAX);
    assert_eq!(problems(&content), []);
    content.description.push('长');
    content.place_text.push('长');
    let id = NoteId::from_bytes([3; 16]);
    let note = Note {
        by: person_id("wang"),
        text: "长".repeat(NOTE_CHARS_MAX + 1),
        written_at: NOW,
    };
    content.notes.insert(id, note);
    let expected = [
        named(
            "description",
            Rule::TooLong {
                chars_max: DESCRIPTION_CHARS_MAX,
            },
        ),
        named(
            "place_text",
            Rule::TooLong {
                chars_max: PLACE_TEXT_CHARS_MAX,
            },
        ),
        named(
            &format!("notes/{id}"),
            Rule::TooLong {
                chars_max: NOTE_CHARS_MAX,
            },
        ),
    ];
    assert_eq!(problems(&content), expected);
}

#[test]
fn what_may_be_typed_always_fits_the_document() {
    use crate::document::limit;
    const {
        assert!(DESCRIPTION_CHARS_MAX <= limit::DESCRIPTION_CHARS_MAX);
        assert!(PLACE_TEXT_CHARS_MAX <= limit::PLACE_TEXT_CHARS_MAX);
        assert!(crate::report::RESULT_CHARS_MAX <= limit::RESULT_CHARS_MAX);
        assert!(NOTE_CHARS_MAX <= limit::NOTE_CHARS_MAX);
        assert!(crate::directory::ANY_ANSWER_CHARS_MAX as usize <= limit::ANSWER_CHARS_MAX);
        assert!(crate::report::ATTACHMENTS_MAX <= limit::MANY_MAX);
        assert!(crate::report::NOTES_MAX <= limit::MANY_MAX);
        assert!(crate::report::PEOPLE_MAX <= limit::MANY_MAX);
    }
}

#[test]
fn a_place_that_is_no_position_is_named() {
    let mut content = complete();
    content.place = Some(PlaceClaim {
        position: Position {
            lat_deg: f64::NAN,
            lon_deg: 121.0,
        },
        accuracy_m: 5.0,
        provider: Provider::Satellite,
        is_mock: true,
        age_ms: 0,
    });
    assert_eq!(problems(&content), [named("place", Rule::NotAPosition)]);
}

#[test]
fn a_title_writes_itself_from_category_and_place() {
    let directory = county();
    let mut content = complete();
    assert_eq!(title(&content, &directory), "name of dispute.land · name of G1");
    content.place_text = "王家桥头".to_owned();
    assert_eq!(title(&content, &directory), "name of dispute.land · 王家桥头");
    content.category_version = 7;
    assert_eq!(title(&content, &directory), "name of dispute.land · 王家桥头");
    content.category = None;
    assert_eq!(title(&content, &directory), "两家为地界争吵 · 王家桥头");
    assert_eq!(title(&empty(), &directory), empty().code);
}

#[test]
fn a_title_is_never_longer_than_a_line() {
    let mut content = empty();
    content.description = "长".repeat(300);
    let title = title(&content, &county());
    assert_eq!(title.chars().count(), TITLE_CHARS_MAX);
    assert!(title.ends_with('…'));
}

#[test]
fn a_draft_survives_json_with_all_that_is_in_it() {
    let mut draft = Draft::begin(
        ReportId::from_bytes([1; 16]),
        "code".to_owned(),
        unit_id("T1"),
        person_id("wang"),
        NOW,
    );
    draft.content = complete();
    let json = serde_json::to_string(&draft).expect("serialises");
    assert_eq!(serde_json::from_str::<Draft>(&json).expect("reads back"), draft);
}

#[test]
fn problems_have_stable_names_in_json() {
    let found = validate(&empty(), &county(), NOW, SubmitKind::Submit).expect_err("it is empty");
    let json = serde_json::to_value(&found).expect("serialises");
    assert_eq!(json[0]["field"], "category");
    assert_eq!(json[0]["rule"]["rule"], "missing");
    assert_eq!(found[0].to_string(), "category: must be filled in");
}
