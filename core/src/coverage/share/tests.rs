//! Claims about shares and periods.

use super::*;
use crate::coverage::{Cell, CellSet};
use crate::directory::ExcludedArea;
use crate::id::UnitId;
use crate::patrol::sample::block;

fn unit(code: &str) -> UnitId {
    UnitId::new(code).expect("a code")
}

fn pond() -> ExcludedArea {
    ExcludedArea {
        id: "pond".to_owned(),
        name: "塘".to_owned(),
        unit: unit("G"),
        reason: ExclusionReason::Water,
        outline: block(-100.0, -100.0, 100.0, 100.0),
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn seen_unknown_and_unseen_are_all_that_can_be_reached_and_water_does_not_count() {
    let outline = block(-400.0, -400.0, 400.0, 400.0);
    let ground = GridGround::new(unit("G"), &outline, [&pond()]).expect("an outline");
    let all: Vec<Cell> = ground.cells.iter().collect();
    assert!((1_590..=1_610).contains(&all.len()), "{}", all.len());
    let mut coverage = DayCoverage::new();
    coverage.seen = all[..500].iter().copied().collect();
    coverage.join_maybe(
        UnknownCause::NoSignal,
        &all[400..700].iter().copied().collect::<CellSet>(),
    );
    coverage.join_maybe(
        UnknownCause::Killed,
        &all[690..710].iter().copied().collect::<CellSet>(),
    );
    let share = CoverageShare::of(&ground, &coverage);
    assert_eq!(share.seen + share.unknown + share.unseen, share.reachable);
    assert_eq!(share.reachable + share.excluded, all.len() as u64);
    assert!((95..=105).contains(&share.excluded), "{share:?}");
    assert_eq!(share.excluded_by[&ExclusionReason::Water], share.excluded);
    assert_eq!(share.unknown_by[0].cause, UnknownCause::NoSignal);
    let by_cause: u64 = share.unknown_by.iter().map(|by| by.cells).sum();
    assert!(by_cause >= share.unknown);

    let mut village = share.clone();
    village.add(&share);
    assert_eq!((village.grids, village.seen), (2, 2 * share.seen));
    assert_eq!(village.seen_share(), share.seen_share());
}

#[test]
fn ground_that_cannot_be_reached_at_all_has_no_share() {
    let outline = block(-90.0, -90.0, 90.0, 90.0);
    let ground = GridGround::new(unit("G"), &outline, [&pond()]).expect("an outline");
    let share = CoverageShare::of(&ground, &DayCoverage::new());
    assert_eq!((share.reachable, share.seen_share()), (0, None));
}

#[test]
fn a_broken_excluded_area_is_passed_over() {
    let broken = ExcludedArea {
        outline: vec![],
        ..pond()
    };
    let outline = block(-400.0, -400.0, 400.0, 400.0);
    let ground = GridGround::new(unit("G"), &outline, [&broken]).expect("an outline");
    assert_eq!(ground.cells, ground.reachable);
}

#[test]
fn periods_are_read_written_and_hold_their_days() {
    for text in ["2026-11-22", "2026-W47", "2026-11", "2026-W53", "2024-02"] {
        let period: CoveragePeriod = text.parse().expect("a period");
        assert_eq!(period.to_string(), text);
    }
    for text in [
        "",
        "2026",
        "2026-W54",
        "2026-13",
        "2026-W",
        "26-11",
        "2026-11-31",
        "2027-W53",
    ] {
        assert!(text.parse::<CoveragePeriod>().is_err(), "{text}");
    }
    let week: CoveragePeriod = "2026-W47".parse().expect("a week");
    assert_eq!(week.days(), (day("2026-11-16"), day("2026-11-22")));
    assert_eq!(CoveragePeriod::week_of(day("2027-01-02")).to_string(), "2026-W53");
    let month: CoveragePeriod = "2024-02".parse().expect("a month");
    assert_eq!(month.days(), (day("2024-02-01"), day("2024-02-29")));
    assert!(month.holds(day("2024-02-29")) && !month.holds(day("2024-03-01")));
    assert_eq!(CoveragePeriod::month_of(day("2026-12-31")).to_string(), "2026-12");
}
