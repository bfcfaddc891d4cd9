//! Claims about `directory/category`.

use super::*;
use crate::directory::sample::{category, field, field_id};

fn asks() -> Category {
    let options = ["small", "large"].map(str::to_owned).to_vec();
    let number = FieldKind::Number {
        min: Some(1.0),
        max: Some(500.0),
    };
    let fields = vec![
        field("people", number, true),
        field("scale", FieldKind::Choice { options }, false),
        field("begun_on", FieldKind::Date, false),
        field("words", FieldKind::Text { chars_max: Some(5) }, true),
        field("armed", FieldKind::YesNo, true),
    ];
    category("dispute.land", 1, Some("dispute"), fields)
}

fn text(words: &str) -> Answer {
    Answer::Text(words.to_owned())
}

fn check(answers: &[(&str, Answer)]) -> Vec<(String, AnswerProblem)> {
    let answers = answers
        .iter()
        .map(|(id, answer)| (field_id(id), answer.clone()))
        .collect();
    let found = check_answers(&asks(), &answers);
    found
        .into_iter()
        .map(|(id, problem)| (id.to_string(), problem))
        .collect()
}

#[test]
fn answers_that_fit_have_no_problem() {
    let good = [
        ("people", Answer::Number(3.0)),
        ("scale", text("small")),
        ("begun_on", text("2026-02-28")),
        ("words", text("五个字为止")),
        ("armed", Answer::YesNo(false)),
    ];
    assert_eq!(check(&good), []);
}

#[test]
fn every_problem_is_found_at_once_in_the_order_of_the_form() {
    let bad = [
        ("people", Answer::Number(501.0)),
        ("scale", text("middling")),
        ("begun_on", text("2026-02-30")),
        ("words", text("六个字太长了")),
    ];
    let expected = [
        ("people", AnswerProblem::TooLarge { max: 500.0 }),
        ("scale", AnswerProblem::NotAnOption),
        ("begun_on", AnswerProblem::NotADay),
        ("words", AnswerProblem::TooLong { chars_max: 5 }),
        ("armed", AnswerProblem::Missing),
    ];
    assert_eq!(
        check(&bad),
        expected.map(|(id, problem)| (id.to_owned(), problem))
    );
}

#[test]
fn blanks_are_no_answer_and_another_kind_is_none_either() {
    let odd = [
        ("people", text("three")),
        ("scale", text("  ")),
        ("words", text("\u{3000}")),
        ("armed", Answer::Number(1.0)),
    ];
    let expected = [
        ("people", AnswerProblem::WrongKind),
        ("words", AnswerProblem::Missing),
        ("armed", AnswerProblem::WrongKind),
    ];
    assert_eq!(
        check(&odd),
        expected.map(|(id, problem)| (id.to_owned(), problem))
    );
    let nan = [
        ("people", Answer::Number(f64::NAN)),
        ("words", text("a")),
        ("armed", Answer::YesNo(true)),
    ];
    assert_eq!(check(&nan), [("people".to_owned(), AnswerProblem::WrongKind)]);
}

#[test]
fn an_answer_to_a_field_of_a_newer_version_is_kept_and_only_its_size_is_bounded() {
    let base = [
        ("people", Answer::Number(1.0)),
        ("words", text("a")),
        ("armed", Answer::YesNo(true)),
    ];
    let mut newer = base.to_vec();
    newer.push(("drone_seen", text("yes, twice")));
    assert_eq!(check(&newer), []);
    newer.push(("essay", text(&"长".repeat(501))));
    let chars_max = ANY_ANSWER_CHARS_MAX;
    assert_eq!(
        check(&newer),
        [("essay".to_owned(), AnswerProblem::TooLong { chars_max })]
    );
}

#[test]
fn more_answers_than_a_document_takes_are_refused() {
    let many: Vec<String> = (0..40).map(|n| format!("z{n:02}")).collect();
    let mut answers: Vec<(&str, Answer)> = many.iter().map(|id| (id.as_str(), Answer::YesNo(true))).collect();
    answers.push(("people", Answer::Number(1.0)));
    answers.push(("words", text("a")));
    answers.push(("armed", Answer::YesNo(true)));
    assert_eq!(check(&answers), [("z39".to_owned(), AnswerProblem::TooMany)]);
}

#[test]
fn categories_survive_json_with_their_fields_flat() {
    let json = serde_json::to_value(asks()).expect("serialises");
    assert_eq!(json["fields"][0]["type"], "number");
    let back: Category = serde_json::from_value(json).expect("reads back");
    assert_eq!(back, asks());
}
