//! Claims about `person`.

use super::*;
use crate::id::{PersonRecordId, ReportId};
use crate::report::PersonPart;

fn record(name: &str, telephone: Option<&str>, remark: Option<&str>) -> PersonRecord {
    PersonRecord {
        id: PersonRecordId::from_bytes([1; 16]),
        report: ReportId::from_bytes([2; 16]),
        part: PersonPart::Informant,
        name: name.to_owned(),
        telephone: telephone.map(str::to_owned),
        remark: remark.map(str::to_owned),
        corrects: None,
    }
}

#[test]
fn names_show_their_first_and_last_character_at_most() {
    let masked = [
        "王小明",
        "李明",
        "欧阳娜娜",
        "王",
        "",
        " 张三丰 ",
        "Abdurrahman Khan",
    ]
    .map(mask_name);
    assert_eq!(masked, ["王*明", "李*", "欧**娜", "*", "", "张*丰", "A****n"]);
}

#[test]
fn telephones_show_seven_of_eleven_digits_and_less_of_shorter_ones() {
    let masked = [
        "13800001234",
        "+86 138 0000 1234",
        "0577-62011234",
        "110",
        "62011234",
        "",
    ]
    .map(mask_telephone);
    assert_eq!(
        masked,
        [
            "138****1234",
            "138****1234",
            "057*****1234",
            "**0",
            "6*****34",
            ""
        ]
    );
}

#[test]
fn a_mask_hides_at_least_half_of_a_short_number() {
    for length in 1..11 {
        let number = "1".repeat(length);
        let hidden = mask_telephone(&number).matches('*').count();
        assert!(hidden * 2 >= length, "{length}: {hidden}");
    }
}

#[test]
fn a_record_needs_a_name_or_a_telephone() {
    assert_eq!(
        record(" ", None, Some("neighbour")).check(),
        Err(vec![PersonProblem::Empty])
    );
    assert_eq!(record("王", None, None).check(), Ok(()));
    assert_eq!(record("", Some("110"), None).check(), Ok(()));
}

#[test]
fn identity_card_numbers_are_refused_wherever_they_stand() {
    let number = "33038219900101123X";
    for odd in [
        record(&format!("王 {number}"), None, None),
        record("王", None, Some(&format!("card {number}"))),
        record("王", None, Some("330382 19900101 1234")),
        record("王", None, Some("３３０３８２１９９００１０１１２３４")),
        record("王", Some("330382-19900101-1234"), None),
    ] {
        assert_eq!(odd.check(), Err(vec![PersonProblem::IdentityNumber]), "{odd:?}");
    }
    assert!(!has_identity_number("13800001234、13900005678"));
    assert!(!has_identity_number("3303821990010112345"));
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let odd = record(&"长".repeat(61), Some("call me"), Some(&"长".repeat(201)));
    let expected = [
        PersonProblem::NameTooLong,
        PersonProblem::BadTelephone,
        PersonProblem::RemarkTooLong,
    ];
    assert_eq!(odd.check(), Err(expected.to_vec()));
}

#[test]
fn telephones_may_be_written_as_people_write_them() {
    for good in ["13800001234", "+86 138-0000-1234", "(0577) 62011234", "110"] {
        assert!(is_telephone(good), "{good}");
    }
    for bad in ["12", "138000012341380000123", "13800001234a", "++1380000"] {
        assert!(!is_telephone(bad), "{bad}");
    }
}
