//! Claims about `directory/check`.

use super::*;
use crate::directory::sample::{
    NOW, category, county, field, person_id, policy, post, post_id, unit, unit_id,
};
use crate::directory::{DirectoryRecord as R, KeyPlace};

fn problems_with(records: impl IntoIterator<Item = R>) -> Vec<(String, DirectoryRule)> {
    let mut directory = county();
    records.into_iter().for_each(|record| directory.put(record));
    let problems = directory.check(NOW);
    problems.into_iter().map(|p| (p.key, p.rule)).collect()
}

#[test]
fn a_plain_county_has_no_problem() {
    assert_eq!(problems_with([]), []);
}

#[test]
fn a_parent_that_is_not_there_is_named() {
    let found = problems_with([R::Unit(unit("G9", UnitKind::Grid, Some("V9")))]);
    let rule = DirectoryRule::UnknownParent {
        parent: "V9".to_owned(),
    };
    assert_eq!(found, [("G9".to_owned(), rule)]);
}

#[test]
fn villages_in_a_ring_are_both_named_and_lookups_still_end() {
    let ring = [
        R::Unit(unit("V8", UnitKind::Village, Some("V9"))),
        R::Unit(unit("V9", UnitKind::Village, Some("V8"))),
    ];
    let rings = problems_with(ring.clone())
        .into_iter()
        .filter(|(_, rule)| *rule == DirectoryRule::Ring);
    assert_eq!(rings.map(|(key, _)| key).collect::<Vec<_>>(), ["V8", "V9"]);
    let mut directory = county();
    ring.into_iter().for_each(|record| directory.put(record));
    assert_eq!(directory.township_of(&unit_id("V8"), NOW), None);
    assert!(directory.grids_under(&unit_id("V8"), NOW).is_empty());
}

#[test]
fn a_village_below_a_village_is_refused() {
    let found = problems_with([R::Unit(unit("V9", UnitKind::Village, Some("V1")))]);
    let rule = DirectoryRule::WrongParent {
        kind: UnitKind::Village,
        parent: Some(UnitKind::Village),
    };
    assert_eq!(found, [("V9".to_owned(), rule)]);
}

#[test]
fn categories_in_a_ring_and_without_a_class_are_named() {
    let found = problems_with([
        R::Category(category("a", 1, Some("b"), Vec::new())),
        R::Category(category("b", 1, Some("a"), Vec::new())),
        R::Category(category("c", 1, Some("nowhere"), Vec::new())),
    ]);
    let unknown = DirectoryRule::UnknownParent {
        parent: "nowhere".to_owned(),
    };
    let expected = [
        ("a@1".to_owned(), DirectoryRule::Ring),
        ("b@1".to_owned(), DirectoryRule::Ring),
        ("c@1".to_owned(), unknown),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_seventh_field_a_doubled_one_and_a_choice_of_nothing_are_named_at_once() {
    let options = Vec::new();
    let mut fields: Vec<_> = (0..6)
        .map(|n| field(&format!("f{n}"), FieldKind::YesNo, false))
        .collect();
    fields.push(field("f0", FieldKind::Choice { options }, false));
    let found = problems_with([R::Category(category("order.x", 1, Some("order"), fields))]);
    let rules: Vec<_> = found.into_iter().map(|(_, rule)| rule).collect();
    assert!(
        rules.contains(&DirectoryRule::TooManyFields { count: 7 }),
        "{rules:?}"
    );
    assert!(
        rules
            .iter()
            .any(|r| matches!(r, DirectoryRule::DuplicateField { .. })),
        "{rules:?}"
    );
    assert!(
        rules
            .iter()
            .any(|r| matches!(r, DirectoryRule::BadOptions { .. })),
        "{rules:?}"
    );
}

#[test]
fn a_delegation_may_not_reach_wider_than_its_post() {
    let of = post("G1", Role::Chief, "li").id;
    let mut deputy = post("V1", Role::Chief, "qian");
    deputy.kind = PostKind::Delegation { of: of.clone() };
    let found = problems_with([R::Post(deputy.clone())]);
    assert_eq!(
        found,
        [(
            deputy.id.to_string(),
            DirectoryRule::WiderThanPost { post: of.clone() }
        )]
    );
    deputy.unit = unit_id("G1");
    assert_eq!(problems_with([R::Post(deputy)]), []);
}

#[test]
fn a_post_of_nobody_nowhere_with_its_dates_swapped_has_three_problems() {
    let mut odd = post("G7", Role::Worker, "nobody");
    odd.id = post_id("odd");
    odd.held_to = Some(odd.held_from);
    let rules: Vec<_> = problems_with([R::Post(odd)])
        .into_iter()
        .map(|(_, rule)| rule)
        .collect();
    let expected = [
        DirectoryRule::UnknownUnit { unit: unit_id("G7") },
        DirectoryRule::UnknownPerson {
            person: person_id("nobody"),
        },
        DirectoryRule::DatesSwapped,
    ];
    assert_eq!(rules, expected);
}

#[test]
fn a_policy_with_a_made_up_zone_and_swapped_hours_is_named() {
    let mut odd = policy("T1");
    odd.zone = Some("Beijing".to_owned());
    odd.working_hours_min = Some(vec![[840, 1080], [480, 720]]);
    let rules: Vec<_> = problems_with([R::Policy(odd)])
        .into_iter()
        .map(|(_, rule)| rule)
        .collect();
    let zone = "Beijing".to_owned();
    assert_eq!(
        rules,
        [DirectoryRule::UnknownZone { zone }, DirectoryRule::BadHours]
    );
}

#[test]
fn a_policy_with_a_zone_that_phones_do_not_carry_is_named_and_one_of_china_is_not() {
    let found = |zone: &str| {
        let mut policy = policy("T1");
        policy.zone = Some(zone.to_owned());
        problems_with([R::Policy(policy)])
    };
    assert!(found("Asia/Urumqi").is_empty());
    let problems = found("Asia/Tashkent");
    let zone = "Asia/Tashkent".to_owned();
    assert_eq!(problems[0].1, DirectoryRule::ZoneNotCarried { zone });
    assert!(problems[0].1.to_string().contains("Asia/Shanghai"));
}

#[test]
fn a_key_place_in_a_village_or_beyond_the_pole_is_named() {
    let place = KeyPlace {
        id: "k".to_owned(),
        name: "school".to_owned(),
        grid: unit_id("V1"),
        lat_deg: 120.0,
        lon_deg: 28.0,
        category: None,
        outline: None,
        rule: None,
        excuses: Vec::new(),
    };
    let rules: Vec<_> = problems_with([R::KeyPlace(place)])
        .into_iter()
        .map(|(_, rule)| rule)
        .collect();
    let kind = DirectoryRule::OtherKind {
        unit: unit_id("V1"),
        expected: UnitKind::Grid,
    };
    assert_eq!(rules, [DirectoryRule::BadPosition, kind]);
}
