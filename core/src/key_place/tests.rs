//! Claims about rules, standings and visits.

use super::*;
use crate::directory::Season;
use crate::id::UnitId;
use crate::patrol::RawFix;
use crate::patrol::sample::{block, patrolled, plan, position, raw, straight};
use crate::place::MicroPosition;

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

fn day(month: u32, n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, n).expect("a day")
}

fn place(often: Often) -> KeyPlace {
    let at = position(0.0, 0.0);
    KeyPlace {
        id: "school".to_owned(),
        name: "小学".to_owned(),
        grid: UnitId::new("SH-LQ-A1").expect("a code"),
        lat_deg: at.lat_deg,
        lon_deg: at.lon_deg,
        category: Some("学校".to_owned()),
        outline: None,
        rule: Some(VisitRule {
            often,
            season: None,
            is_daily_in_emergency: true,
        }),
        excuses: Vec::new(),
    }
}

fn weekly() -> KeyPlace {
    place(Often::EveryDays { days: 7 })
}

fn stands(place: &KeyPlace, visited: &[NaiveDate], today: NaiveDate) -> PlaceStanding {
    standing(
        place,
        &visited.iter().copied().collect(),
        day(11, 1),
        today,
        false,
    )
}

#[test]
fn a_place_is_due_within_its_days_and_overdue_after_them() {
    use PlaceStanding as S;
    let place = weekly();
    assert_eq!(stands(&place, &[], day(11, 1)), S::Due { until: day(11, 7) });
    assert_eq!(stands(&place, &[], day(11, 7)), S::Due { until: day(11, 7) });
    assert_eq!(stands(&place, &[], day(11, 8)), S::Overdue { since: day(11, 8) });
    let visited = [day(11, 3), day(11, 9)];
    let next_on = day(11, 16);
    assert_eq!(stands(&place, &visited, day(11, 9)), S::Visited { next_on });
    assert_eq!(stands(&place, &visited, day(11, 15)), S::Visited { next_on });
    assert_eq!(stands(&place, &visited, day(11, 16)), S::Due { until: next_on });
    assert_eq!(
        stands(&place, &visited, day(11, 17)),
        S::Overdue { since: day(11, 17) }
    );
    assert_eq!(
        stands(&place, &[day(11, 20)], day(11, 10)),
        S::Overdue { since: day(11, 8) },
        "what comes later is not known yet"
    );
}

#[test]
fn times_a_week_are_counted_from_monday_to_sunday() {
    use PlaceStanding as S;
    let place = place(Often::TimesAWeek { times: 2 });
    // 2026-11-16 is a Monday.
    let sunday = day(11, 22);
    assert_eq!(
        stands(&place, &[day(11, 9), day(11, 11)], day(11, 16)),
        S::Due { until: sunday }
    );
    let visited = [day(11, 9), day(11, 11), day(11, 16)];
    assert_eq!(stands(&place, &visited, day(11, 18)), S::Due { until: sunday });
    let visited = [day(11, 16), day(11, 18)];
    assert_eq!(
        stands(&place, &visited, day(11, 18)),
        S::Visited { next_on: day(11, 23) }
    );
    assert_eq!(
        stands(&place, &[day(11, 9)], day(11, 17)),
        S::Overdue { since: day(11, 16) },
        "last week lacked one"
    );
}

#[test]
fn out_of_season_nothing_is_asked_except_in_an_emergency() {
    let mut place = weekly();
    let season = Season {
        from: [6, 1],
        to: [9, 30],
    };
    place.rule.as_mut().expect("a rule").season = Some(season);
    assert_eq!(stands(&place, &[], day(11, 20)), PlaceStanding::NotAsked);
    let none = BTreeSet::new();
    let emergency = |today| standing(&place, &none, day(1, 1), today, true);
    assert!(emergency(day(11, 20)).is_open());
    // The clock of a season begins with it.
    let summer = |today| standing(&place, &none, day(1, 1), today, false);
    assert_eq!(summer(day(6, 3)), PlaceStanding::Due { until: day(6, 7) });
    assert_eq!(summer(day(6, 8)), PlaceStanding::Overdue { since: day(6, 8) });
    let winter = Season {
        from: [12, 1],
        to: [2, 15],
    };
    assert!(winter.holds(day(1, 5)) && winter.holds(day(12, 31)) && !winter.holds(day(3, 1)));
}

#[test]
fn in_an_emergency_every_day_is_due() {
    let visited = BTreeSet::from([day(11, 9)]);
    let stands = |today| standing(&weekly(), &visited, day(11, 1), today, true);
    assert!(matches!(stands(day(11, 9)), PlaceStanding::Visited { .. }));
    assert_eq!(stands(day(11, 10)), PlaceStanding::Due { until: day(11, 10) });
    assert_eq!(stands(day(11, 11)), PlaceStanding::Overdue { since: day(11, 11) });
}

#[test]
fn an_excuse_says_why_and_the_clock_begins_anew_after_it() {
    let mut place = weekly();
    place.excuses.push(Excuse {
        from: day(11, 5),
        to: day(11, 14),
        reason: "路断".to_owned(),
    });
    let excused = PlaceStanding::Excused {
        until: day(11, 14),
        reason: "路断".to_owned(),
    };
    assert_eq!(stands(&place, &[], day(11, 10)), excused);
    assert_eq!(
        stands(&place, &[], day(11, 15)),
        PlaceStanding::Due { until: day(11, 21) }
    );
    assert_eq!(
        stands(&place, &[], day(11, 22)),
        PlaceStanding::Overdue { since: day(11, 22) }
    );
}

#[test]
fn a_place_without_a_rule_is_not_asked() {
    let mut place = weekly();
    place.rule = None;
    assert_eq!(stands(&place, &[], day(11, 30)), PlaceStanding::NotAsked);
    assert_eq!(
        tally(&place, &BTreeSet::new(), day(11, 1), day(11, 30)),
        VisitTally::default()
    );
}

#[test]
fn a_period_tells_how_many_visits_were_asked_and_made() {
    let mut place = weekly();
    let visited = BTreeSet::from([day(11, 2), day(11, 3), day(11, 16)]);
    let of = |place: &KeyPlace| tally(place, &visited, day(11, 1), day(11, 28));
    let expected = |asked, made, excused| VisitTally { asked, made, excused };
    assert_eq!(of(&place), expected(4, 2, 0));
    place.excuses.push(Excuse {
        from: day(11, 8),
        to: day(11, 14),
        reason: "维修".to_owned(),
    });
    assert_eq!(of(&place), expected(3, 2, 1));
}

fn resting(from_s: f64, seconds: f64, east_m: f64) -> Vec<RawFix> {
    let mut fixes = Vec::new();
    let mut after_s = from_s;
    while after_s <= from_s + seconds {
        fixes.push(raw(after_s, east_m, 0.0));
        after_s += 5.0;
    }
    fixes
}

#[test]
fn a_minute_near_a_place_is_a_visit_and_walking_past_is_none() {
    let stay = patrolled(plan(), &resting(0.0, 90.0, 20.0));
    let visits = patrol_visits(&[weekly()], &stay, ZONE);
    assert_eq!(visits.len(), 1);
    let visit = visits.first().expect("one");
    assert_eq!(
        (visit.place.as_str(), visit.day.to_string().as_str()),
        ("school", "2026-11-22")
    );
    let short = patrolled(plan(), &resting(0.0, 40.0, 20.0));
    assert!(patrol_visits(&[weekly()], &short, ZONE).is_empty());
    let past = patrolled(plan(), &straight(0.0, 60, 30.0));
    assert!(patrol_visits(&[weekly()], &past, ZONE).is_empty());
    let far = patrolled(plan(), &resting(0.0, 600.0, 60.0));
    assert!(patrol_visits(&[weekly()], &far, ZONE).is_empty());
}

#[test]
fn a_stay_runs_over_the_seam_of_segments_but_not_over_a_gap() {
    let long = patrolled(plan(), &resting(0.0, 3_000.0, 10.0));
    assert!(long.len() > 2);
    assert_eq!(
        patrol_visits(&[weekly()], &long, ZONE).len(),
        1,
        "one stay is one visit"
    );
    // The stay begins 40 s before the seam at ten minutes.
    let mut seam = resting(0.0, 555.0, 400.0);
    seam.extend(resting(560.0, 80.0, 10.0));
    let seam = patrolled(plan(), &seam);
    assert!(seam.len() > 1);
    let visits = patrol_visits(&[weekly()], seam.iter().rev(), ZONE);
    assert_eq!(visits.len(), 1, "in whatever order they come");
    let mut gap = resting(0.0, 40.0, 10.0);
    gap.extend(resting(200.0, 40.0, 10.0));
    assert!(patrol_visits(&[weekly()], &patrolled(plan(), &gap), ZONE).is_empty());
}

#[test]
fn poor_and_made_up_fixes_visit_nothing() {
    for change in [
        (|fix: &mut RawFix| fix.accuracy_m = 60.0) as fn(&mut RawFix),
        |fix| fix.is_mock = true,
    ] {
        let mut fixes = resting(0.0, 300.0, 10.0);
        fixes.iter_mut().for_each(change);
        assert!(patrol_visits(&[weekly()], &patrolled(plan(), &fixes), ZONE).is_empty());
    }
}

#[test]
fn a_place_with_an_outline_is_visited_within_it_or_along_it() {
    let mut place = weekly();
    place.outline = Some(block(100.0, 100.0, 300.0, 300.0));
    let near = |east_m, north_m| {
        let at = MicroPosition::of(position(east_m, north_m)).expect("a position");
        is_near(&place, at)
    };
    assert!(near(200.0, 200.0) && near(65.0, 200.0) && near(200.0, 335.0));
    assert!(!near(50.0, 200.0) && !near(0.0, 0.0) && !near(65.0, 65.0));
}
