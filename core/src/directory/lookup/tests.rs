//! Claims about `directory/lookup`.

use super::*;
use crate::directory::sample::{
    BEGIN, NOW, category, category_id, county, person_id, policy, post, unit, unit_id,
};
use crate::directory::{DayKind, DirectoryRecord as R, PostKind};
use crate::time::Timestamp;

const LATER: Timestamp = Timestamp(NOW.0 + 1_000_000);

fn codes(ids: impl IntoIterator<Item = UnitId>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

fn scope(directory: &Directory, person: &str, feed: &str, at: Timestamp) -> Vec<String> {
    codes(directory.scope_grids(&person_id(person), &unit_id(feed), at))
}

#[test]
fn each_role_sees_the_grids_of_its_unit_and_departments_see_none() {
    let directory = county();
    assert_eq!(scope(&directory, "wang", "T1", NOW), ["G1"]);
    assert_eq!(scope(&directory, "li", "T1", NOW), ["G1"]);
    assert_eq!(scope(&directory, "zhao", "T1", NOW), ["G1", "G2", "M1"]);
    assert_eq!(scope(&directory, "qian", "T1", NOW), ["G3"]);
    assert_eq!(scope(&directory, "sun", "T1", NOW), ["G1", "G2", "G3", "M1"]);
    assert_eq!(scope(&directory, "zhou", "T1", NOW), ["G1", "G2", "G3", "M1"]);
    assert_eq!(
        scope(&directory, "zhou", "C", NOW),
        ["G1", "G2", "G3", "G4", "M1"]
    );
    assert!(scope(&directory, "wu", "T1", NOW).is_empty());
    assert!(scope(&directory, "zheng", "T1", NOW).is_empty());
    assert_eq!(scope(&directory, "zheng", "T2", NOW), ["G4"]);
}

#[test]
fn units_lie_in_their_village_township_and_county() {
    let directory = county();
    let grid = unit_id("M1");
    let above: Vec<_> = directory
        .ancestors(&grid, NOW)
        .iter()
        .map(|u| u.id.to_string())
        .collect();
    assert_eq!(above, ["V1", "T1", "C"]);
    assert_eq!(
        directory.village_of(&grid, NOW).map(|u| u.id.as_str()),
        Some("V1")
    );
    assert_eq!(
        directory.township_of(&grid, NOW).map(|u| u.id.as_str()),
        Some("T1")
    );
    assert_eq!(directory.county_of(&grid, NOW).map(|u| u.id.as_str()), Some("C"));
    assert_eq!(
        directory.feed_of(&unit_id("C"), NOW).map(|u| u.id.as_str()),
        Some("C")
    );
    assert!(directory.ancestors(&unit_id("nowhere"), NOW).is_empty());
}

#[test]
fn a_redrawn_grid_answers_with_the_outline_of_the_day() {
    let mut directory = county();
    let square = |lon: f64| {
        vec![vec![vec![
            [lon, 28.0],
            [lon + 0.01, 28.0],
            [lon, 28.01],
            [lon, 28.0],
        ]]]
    };
    let mut grid = unit("G1", UnitKind::Grid, Some("V1"));
    grid.boundary = Some(square(121.0));
    directory.insert(&R::Unit(grid.clone()).into_row(BEGIN, None, 2));
    grid.boundary = Some(square(122.0));
    directory.insert(&R::Unit(grid).into_row(LATER, None, 3));
    let outline = |at| {
        directory
            .unit(&unit_id("G1"), at)
            .and_then(|u| u.boundary.clone())
    };
    assert_eq!(outline(NOW), Some(square(121.0)));
    assert_eq!(outline(Timestamp(LATER.0 - 1)), Some(square(121.0)));
    assert_eq!(outline(LATER), Some(square(122.0)));
    assert_eq!(outline(Timestamp(0)), None);
}

#[test]
fn a_removed_grid_still_lies_in_its_township_and_in_the_scope_of_those_who_answered_for_it() {
    let mut directory = county();
    let row = R::Unit(unit("G1", UnitKind::Grid, Some("V1"))).into_row(BEGIN, Some(LATER), 2);
    directory.insert(&row);
    let after = LATER.plus_ms(5);
    let grid = unit_id("G1");
    assert_eq!(directory.unit(&grid, after), None);
    assert!(directory.unit(&grid, NOW).is_some());
    assert_eq!(
        directory.township_of(&grid, after).map(|u| u.id.as_str()),
        Some("T1")
    );
    assert_eq!(codes(directory.grids_under(&unit_id("V1"), after)), ["G2", "M1"]);
    assert_eq!(scope(&directory, "sun", "T1", after), ["G1", "G2", "G3", "M1"]);
    assert_eq!(scope(&directory, "zhao", "T1", after), ["G1", "G2", "M1"]);
}

#[test]
fn a_grid_that_moves_to_another_village_belongs_to_one_village_at_a_time() {
    let mut directory = county();
    let moved = R::Unit(unit("G1", UnitKind::Grid, Some("V2"))).into_row(LATER, None, 2);
    directory.insert(&moved);
    assert_eq!(
        codes(directory.grids_under(&unit_id("V1"), NOW)),
        ["G1", "G2", "M1"]
    );
    assert_eq!(codes(directory.grids_under(&unit_id("V2"), NOW)), ["G3"]);
    assert_eq!(codes(directory.grids_under(&unit_id("V1"), LATER)), ["G2", "M1"]);
    assert_eq!(codes(directory.grids_under(&unit_id("V2"), LATER)), ["G1", "G3"]);
    assert_eq!(
        codes(directory.grids_ever_under(&unit_id("V1"), LATER)),
        ["G2", "M1"]
    );
    assert_eq!(
        directory.village_of(&unit_id("G1"), LATER).map(|u| u.id.as_str()),
        Some("V2")
    );
}

#[test]
fn a_grid_that_is_drawn_tomorrow_is_nobodys_today() {
    let mut directory = county();
    let new = R::Unit(unit("G7", UnitKind::Grid, Some("V1"))).into_row(LATER, None, 2);
    directory.insert(&new);
    assert_eq!(
        codes(directory.grids_under(&unit_id("V1"), NOW)),
        ["G1", "G2", "M1"]
    );
    assert_eq!(scope(&directory, "sun", "T1", NOW), ["G1", "G2", "G3", "M1"]);
    assert_eq!(
        scope(&directory, "sun", "T1", LATER),
        ["G1", "G2", "G3", "G7", "M1"]
    );
    // What a phone with a clock behind captured there already finds its township.
    assert_eq!(
        directory.township_of(&unit_id("G7"), NOW).map(|u| u.id.as_str()),
        Some("T1")
    );
}

#[test]
fn a_worker_who_moves_is_in_one_place_at_a_time() {
    let mut directory = county();
    let mut old = post("G1", Role::Worker, "wang");
    old.held_to = Some(LATER);
    directory.insert(&R::Post(old.clone()).into_row(BEGIN, None, 2));
    let mut new = post("G3", Role::Worker, "wang");
    new.held_from = LATER;
    directory.insert(&R::Post(new.clone()).into_row(NOW, None, 3));
    let wang = person_id("wang");
    assert_eq!(directory.posts_of(&wang, NOW), [&old]);
    assert_eq!(directory.posts_of(&wang, LATER), [&new]);
    assert_eq!(scope(&directory, "wang", "T1", NOW), ["G1"]);
    assert_eq!(scope(&directory, "wang", "T1", LATER), ["G3"]);
    // An act done within the old post and received after its end still finds the post by its code.
    assert_eq!(directory.post(&old.id, LATER), None);
    assert_eq!(directory.post(&old.id, NOW), Some(&old));
    assert_eq!(directory.last_known_post(&old.id, LATER), Some(&old));
}

#[test]
fn a_post_that_passes_to_somebody_else_leaves_the_first_holder() {
    let mut directory = county();
    let mut chief = post("G1", Role::Chief, "li");
    chief.person = person_id("feng");
    directory.insert(&R::Post(chief.clone()).into_row(LATER, None, 2));
    assert!(directory.posts_of(&person_id("li"), LATER).is_empty());
    assert_eq!(directory.posts_of(&person_id("li"), NOW).len(), 1);
    assert_eq!(directory.holders(&unit_id("G1"), Role::Chief, LATER), [&chief]);
}

#[test]
fn a_deputy_and_a_shift_hold_their_post_for_their_time_only() {
    let mut directory = county();
    let mut deputy = post("G1", Role::Chief, "feng");
    deputy.kind = PostKind::Delegation {
        of: post("G1", Role::Chief, "li").id,
    };
    (deputy.held_from, deputy.held_to) = (NOW, Some(LATER));
    let mut shift = post("T1", Role::Responder, "chen");
    shift.kind = PostKind::Shift;
    (shift.held_from, shift.held_to) = (NOW, Some(LATER));
    directory.put(R::Post(deputy.clone()));
    directory.put(R::Post(shift.clone()));
    let grid = unit_id("G1");
    let before = Timestamp(NOW.0 - 1);
    assert_eq!(directory.chiefs_of(&grid, before).len(), 1);
    assert_eq!(directory.chiefs_of(&grid, NOW).len(), 2);
    assert_eq!(directory.chiefs_of(&grid, LATER).len(), 1);
    assert_eq!(directory.room_of(&unit_id("T1"), NOW).len(), 2);
    assert_eq!(directory.room_of(&unit_id("T1"), LATER).len(), 1);
}

#[test]
fn a_grid_without_a_chief_turns_to_the_villages_and_never_to_the_township() {
    let mut directory = county();
    let chief = |code: &str| {
        let chiefs = directory.chiefs_of(&unit_id(code), NOW);
        chiefs.first().map(|post| post.person.to_string())
    };
    assert_eq!(chief("G1").as_deref(), Some("li"));
    assert_eq!(chief("G2").as_deref(), Some("zhao"));
    assert_eq!(chief("G3"), None);
    directory.put(R::Post(post("T1", Role::Chief, "chen")));
    assert!(directory.chiefs_of(&unit_id("G3"), NOW).is_empty());
}

#[test]
fn a_later_version_of_a_row_wins_whatever_the_order_of_arrival() {
    let mut first = unit("G1", UnitKind::Grid, Some("V1"));
    first.name = "first".to_owned();
    let mut second = first.clone();
    second.name = "second".to_owned();
    let rows = [
        R::Unit(first).into_row(BEGIN, None, 7),
        R::Unit(second).into_row(BEGIN, None, 8),
    ];
    let name = |rows: [&DirectoryRow; 2]| {
        let directory = Directory::from_rows(rows);
        directory.unit(&unit_id("G1"), NOW).map(|u| u.name.clone())
    };
    assert_eq!(name([&rows[0], &rows[1]]).as_deref(), Some("second"));
    assert_eq!(name([&rows[1], &rows[0]]).as_deref(), Some("second"));
}

#[test]
fn an_ended_version_never_lets_an_older_one_come_back() {
    let mut directory = county();
    let ended = R::Unit(unit("G1", UnitKind::Grid, Some("V2"))).into_row(NOW, Some(LATER), 2);
    directory.insert(&ended);
    assert_eq!(directory.unit(&unit_id("G1"), LATER), None);
}

#[test]
fn policies_are_inherited_field_by_field() {
    let mut directory = county();
    let mut desk = policy("C");
    desk.chief_clock_working_min = Some(120);
    desk.picture_long_side_px = Some(1280);
    let mut township = policy("T1");
    township.chief_clock_working_min = Some(60);
    township.zone = Some("nowhere".to_owned());
    township.working_hours_min = Some(vec![[600, 600]]);
    directory.put(R::Policy(desk));
    directory.put(R::Policy(township));
    let resolved = directory.policy(&unit_id("G1"), NOW);
    assert_eq!(
        (resolved.chief_clock_working_min, resolved.picture_long_side_px),
        (60, 1280)
    );
    assert_eq!(resolved.zone, chrono_tz::Asia::Shanghai);
    assert_eq!(resolved.working_hours_min, super::super::WORKING_HOURS_MIN);
    assert_eq!(directory.policy(&unit_id("G4"), NOW).chief_clock_working_min, 120);
    assert_eq!(
        directory.policy(&unit_id("nowhere"), NOW),
        ResolvedPolicy::default()
    );
}

#[test]
fn categories_answer_by_version_and_by_day() {
    let mut directory = county();
    let second = R::Category(category("order.banner", 2, Some("order"), Vec::new()));
    directory.insert(&second.into_row(LATER, None, 2));
    let id = category_id("order.banner");
    assert_eq!(directory.category_current(&id, NOW).map(|c| c.version), Some(1));
    assert_eq!(directory.category_current(&id, LATER).map(|c| c.version), Some(2));
    assert_eq!(directory.category(&id, 1).map(|c| c.fields.len()), Some(1));
    assert_eq!(directory.category(&id, 3), None);
    assert_eq!(directory.category_newest(&id).map(|c| c.version), Some(2));
    assert_eq!(
        directory.category_class(&id, NOW).map(|c| c.id.as_str()),
        Some("order")
    );
    let offered: Vec<_> = directory
        .categories_offered(NOW)
        .iter()
        .map(|c| c.id.as_str())
        .collect();
    assert_eq!(offered, ["dispute.land", "order.banner"]);
}

#[test]
fn a_unit_can_turn_to_the_departments_of_its_township_and_county() {
    let directory = county();
    let of = |code: &str| {
        let found = directory.departments_for(&unit_id(code), NOW);
        found.iter().map(|u| u.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of("G1"), ["D-police", "D-squad"]);
    assert_eq!(of("G4"), ["D-police"]);
}

#[test]
fn unknown_kinds_and_broken_json_are_passed_over() {
    let mut directory = county();
    let mut row = R::Unit(unit("G1", UnitKind::Grid, Some("V2"))).into_row(NOW, None, 9);
    row.json.truncate(10);
    directory.insert(&row);
    row.kind = "drone".to_owned();
    directory.insert(&row);
    assert_eq!(
        directory.village_of(&unit_id("G1"), NOW).map(|u| u.id.as_str()),
        Some("V1")
    );
}

#[test]
fn the_calendar_of_the_directory_is_the_one_known_at_the_instant() {
    let mut directory = county();
    for day in super::super::holidays() {
        directory.insert(&R::CalendarDay(day).into_row(NOW, None, 1));
    }
    let new_year = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    assert!(!directory.calendar(NOW).is_working_day(new_year));
    assert!(directory.calendar(BEGIN).is_working_day(new_year));
    let mut days = super::super::holidays();
    days.retain(|day| day.on == new_year);
    let mut changed = days.remove(0);
    changed.kind = DayKind::Work;
    directory.insert(&R::CalendarDay(changed).into_row(LATER, None, 2));
    assert!(directory.calendar(LATER).is_working_day(new_year));
}
