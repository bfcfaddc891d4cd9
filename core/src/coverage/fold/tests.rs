//! Claims about what segments see: the same on phone and server, in any order, and never over a gap.

use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::coverage::{Cell, CoverageShare};
use crate::patrol::sample::{
    MORNING, block, patrolled, plan, position, reading_never_synced, real_walk, straight,
};
use crate::patrol::{PatrolPlan, RawFix};

const ZONE: Tz = chrono_tz::Asia::Shanghai;

fn unit(code: &str) -> UnitId {
    UnitId::new(code).expect("a code")
}

fn ground(code: &str, outline: &Vec<Vec<Vec<[f64; 2]>>>) -> GridGround {
    GridGround::new(unit(code), outline, []).expect("an outline")
}

/// Two grids side by side around the middle, and a township around them.
fn fold() -> CoverageFold {
    let grids = vec![
        (ground("WEST", &block(-700.0, -700.0, 0.0, 700.0)), Sight::Village),
        (ground("EAST", &block(0.0, -700.0, 700.0, 700.0)), Sight::Dense),
    ];
    CoverageFold::new(unit("TOWN"), Sight::Village, ZONE, grids)
}

fn cell(east_m: f64, north_m: f64) -> Cell {
    Cell::at(MicroPosition::of(position(east_m, north_m)).expect("a position")).expect("in the frame")
}

fn painted(raws: &[RawFix]) -> DayCoverage {
    let mut all = DayCoverage::new();
    for segment in patrolled(plan(), raws) {
        for coverage in paint_segment(&segment, Sight::Village, ZONE).values() {
            all.join(coverage);
        }
    }
    all
}

fn all_rows(fold: &CoverageFold, segments: &[Segment]) -> CoverageRows {
    let mut rows = CoverageRows::new();
    for segment in segments {
        join_rows(&mut rows, &fold.rows(segment));
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn phone_and_server_get_the_same_cells_in_any_order_with_any_repetition(
        seed in 0u64..1_000, fixes in 1usize..600, turns in prop::collection::vec(any::<prop::sample::Index>(), 1..12),
    ) {
        let fold = fold();
        let segments = patrolled(plan(), &real_walk(seed, fixes));
        let phone = all_rows(&fold, &segments);
        // The server has the bytes, late, shuffled and offered again.
        let mut arrived: Vec<Segment> = segments.iter().rev().cloned().collect();
        for turn in &turns {
            arrived.push(segments[turn.index(segments.len())].clone());
            arrived.swap(0, turn.index(segments.len()));
        }
        arrived.extend(segments.iter().cloned());
        prop_assert_eq!(&all_rows(&fold, &arrived), &phone);
        prop_assert_eq!(&fold.rows_of_all(&arrived), &phone);
        for coverage in phone.values() {
            prop_assert_eq!(DayCoverage::decode(&coverage.encode()), Ok(coverage.clone()));
        }
    }

    #[test]
    fn days_join_as_sets_do(seeds in prop::array::uniform3(0u64..1_000)) {
        let [a, b, c] = seeds.map(|seed| painted(&noisy(seed)));
        let join = |x: &DayCoverage, y: &DayCoverage| { let mut z = x.clone(); z.join(y); z };
        prop_assert_eq!(join(&a, &b), join(&b, &a));
        prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
        prop_assert_eq!(join(&a, &a).encode(), a.encode());
        prop_assert_eq!(a.unknown(), a.maybe().without(&a.seen));
    }
}

/// A walk among high houses: errors of 10 to 150 m, jumps, silences, some made-up fixes.
fn noisy(seed: u64) -> Vec<RawFix> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut silent_s = 0.0;
    real_walk(seed, 300)
        .into_iter()
        .map(|mut fix| {
            if rng.random_bool(0.02) {
                silent_s += rng.random_range(10.0..400.0);
            }
            let silent_ms = crate::patrol::sample::ms(silent_s);
            fix.taken.wall_at = fix.taken.wall_at.plus_ms(silent_ms);
            fix.taken.monotonic_ms += silent_ms;
            fix.satellite_at = fix.satellite_at.map(|at| at.plus_ms(silent_ms));
            if rng.random_bool(0.3) {
                fix.accuracy_m = rng.random_range(10.0..150.0);
                fix.lat_deg += rng.random_range(-4e-4..4e-4);
            }
            fix.is_mock = rng.random_bool(0.02);
            fix
        })
        .collect()
}

#[test]
fn a_gap_is_never_crossed_by_a_line_and_is_unknown_as_far_as_one_can_walk() {
    // 300 m in 250 s, then silence for 200 s and 240 m, then on.
    let mut walk = straight(0.0, 50, 0.0);
    walk.extend(straight(0.0, 150, 0.0).into_iter().skip(90));
    let coverage = painted(&walk);
    let middle = cell(420.0, 0.0);
    assert!(coverage.seen.contains(cell(290.0, 0.0)) && coverage.seen.contains(cell(545.0, 0.0)));
    assert!(!coverage.seen.contains(middle));
    assert_eq!(
        coverage.maybe.keys().copied().collect::<Vec<_>>(),
        [UnknownCause::NoSignal]
    );
    assert!(coverage.unknown().contains(middle));
    // 205 s at 1.4 m/s are 287 m: 23 m of detour over 246 m, so at most about 75 m aside, and the sight.
    assert!(coverage.unknown().contains(cell(420.0, 60.0)));
    assert!(!coverage.unknown().contains(cell(420.0, 140.0)));
}

#[test]
fn a_pause_leaves_nothing_seen_and_nothing_unknown() {
    let mut patrol = crate::patrol::Patrol::start(plan(), crate::patrol::sample::reading(0.0))
        .expect("a grid")
        .0;
    let mut effects = Vec::new();
    for raw in straight(0.0, 50, 0.0) {
        effects.extend(patrol.step(&crate::patrol::Input::Fix(raw), raw.taken));
    }
    let at = crate::patrol::sample::reading;
    effects.extend(patrol.step(&crate::patrol::Input::Pause, at(250.0)));
    effects.extend(patrol.step(&crate::patrol::Input::Resume, at(448.0)));
    for raw in straight(0.0, 150, 0.0).into_iter().skip(90) {
        effects.extend(patrol.step(&crate::patrol::Input::Fix(raw), raw.taken));
    }
    effects.extend(patrol.step(&crate::patrol::Input::End, at(900.0)));
    let mut coverage = DayCoverage::new();
    for effect in &effects {
        if let crate::patrol::Effect::Close(closed) = effect {
            let segment = Segment::decode(&closed.bytes).expect("valid");
            for day in paint_segment(&segment, Sight::Village, ZONE).values() {
                coverage.join(day);
            }
        }
    }
    assert!(coverage.maybe.is_empty());
    assert!(!coverage.seen.contains(cell(420.0, 0.0)) && coverage.seen.contains(cell(560.0, 0.0)));
}

#[test]
fn a_gap_of_an_hour_claims_nothing() {
    let mut walk = straight(0.0, 50, 0.0);
    walk.extend(straight(3_600.0, 50, 0.0));
    assert!(painted(&walk).maybe.is_empty());
}

#[test]
fn poor_and_made_up_fixes_say_what_may_have_been_seen_and_no_more() {
    let with = |change: fn(&mut RawFix)| {
        let mut walk = straight(0.0, 60, 0.0);
        walk.iter_mut().for_each(change);
        painted(&walk)
    };
    let poor = with(|fix| fix.accuracy_m = 60.0);
    assert!(poor.seen.is_empty());
    assert!(poor.maybe[&UnknownCause::PoorReception].contains(cell(100.0, 70.0)));
    let mock = with(|fix| fix.is_mock = true);
    assert!(mock.seen.is_empty());
    assert_eq!(
        mock.maybe.keys().copied().collect::<Vec<_>>(),
        [UnknownCause::Mock]
    );
    let fair = with(|fix| fix.accuracy_m = 20.0);
    let good = with(|fix| fix.accuracy_m = 8.0);
    assert!(fair.seen.is_subset(&good.seen) && fair.seen.len() < good.seen.len());
    assert!(good.maybe.is_empty());
    assert!(
        good.seen.is_subset(&fair.maybe()),
        "what was not surely seen is unknown"
    );
}

#[test]
fn what_a_fix_sees_shrinks_with_its_error_and_never_below_half() {
    assert_eq!(seen_radius_m(Sight::Village, Some(3)), Some(25.0));
    assert_eq!(seen_radius_m(Sight::Village, Some(10)), Some(25.0));
    assert_eq!(seen_radius_m(Sight::Village, Some(20)), Some(15.0));
    assert_eq!(seen_radius_m(Sight::Village, Some(30)), Some(12.5));
    assert_eq!(seen_radius_m(Sight::Open, Some(30)), Some(20.0));
    assert_eq!(seen_radius_m(Sight::Village, Some(31)), None);
    assert_eq!(seen_radius_m(Sight::Village, None), None);
}

#[test]
fn each_grid_gets_its_own_ground_at_its_own_sight_and_the_rest_goes_to_the_township() {
    let fold = fold();
    // Along the middle of a row of cells.
    let row_lat_deg = cell(0.0, 0.0).middle().lat_deg;
    let north_m = (row_lat_deg - position(0.0, 0.0).lat_deg) * 110_830.0;
    let segments = patrolled(plan(), &straight(0.0, 700, north_m));
    let rows = fold.rows_of_all(&segments);
    let units: Vec<&str> = rows.keys().map(|(unit, _)| unit.as_str()).collect();
    // The plan's own grid has no outline: what lies in no drawn grid is its visit.
    assert_eq!(units, ["EAST", "SH-LQ-A1", "WEST"]);
    let of = |code: &str| {
        let row = rows.iter().find(|((unit, _), _)| unit.as_str() == code);
        &row.expect("a row").1.seen
    };
    // 700 m at 15 m to each side in the east, which reaches no other row; then 3,494 m at 25 m, which reaches one on each side.
    let width_m = |code: &str, length_m: f64| of(code).len() as f64 * 400.0 / length_m;
    assert!((19.0..22.0).contains(&width_m("EAST", 700.0)));
    assert!((59.0..62.0).contains(&width_m("SH-LQ-A1", 3_494.0)));
    let named = PatrolPlan {
        grids: vec![unit("EAST")],
        ..plan()
    };
    let rows = fold.rows_of_all(&patrolled(named, &straight(0.0, 700, 0.0)));
    assert!(rows.keys().any(|(unit, _)| unit.as_str() == "TOWN"));
}

#[test]
fn a_grid_that_is_drawn_anew_keeps_what_was_seen_under_the_old_outlines() {
    let fold = fold();
    // Through the west, the east and beyond.
    let walk: Vec<RawFix> = straight(0.0, 400, 0.0)
        .into_iter()
        .map(|fix| RawFix {
            lon_deg: fix.lon_deg - 0.005,
            ..fix
        })
        .collect();
    let rows = fold.rows_of_all(&patrolled(plan(), &walk));
    let mut township = DayCoverage::new();
    for coverage in rows.values() {
        township.join(coverage);
    }
    // The new grid lies over parts of both.
    let new = ground("NEW", &block(-300.0, -100.0, 300.0, 100.0));
    let share = CoverageShare::of(&new, &township);
    let direct = CoverageShare::of(&new, &painted(&walk));
    assert!(
        share.seen > 0 && share.seen.abs_diff(direct.seen) < 80,
        "{share:?} {direct:?}"
    );
}

#[test]
fn a_patrol_over_midnight_counts_for_two_days_and_without_a_date_for_none() {
    // 23:55 in Shanghai.
    let evening_s = 15.0 * 3_600.0 + 55.0 * 60.0;
    let segments = patrolled(plan(), &straight(evening_s, 120, 0.0));
    let mut days = BTreeMap::new();
    for segment in &segments {
        for (day, coverage) in paint_segment(segment, Sight::Village, ZONE) {
            days.entry(day.to_string())
                .or_insert_with(DayCoverage::new)
                .join(&coverage);
        }
    }
    assert_eq!(days.keys().collect::<Vec<_>>(), ["2026-11-22", "2026-11-23"]);
    assert!(days["2026-11-22"].seen.contains(cell(100.0, 0.0)));
    assert!(days["2026-11-23"].seen.contains(cell(600.0, 0.0)));
    assert!(!days["2026-11-23"].seen.contains(cell(100.0, 0.0)));

    let undated: Vec<RawFix> = straight(0.0, 60, 0.0)
        .into_iter()
        .map(|fix| RawFix {
            satellite_at: None,
            taken: reading_never_synced(fix.taken.wall_at.ms_since(MORNING) as f64 / 1_000.0),
            ..fix
        })
        .collect();
    let segments = patrolled(plan(), &undated);
    let days = paint_segment(&segments[0], Sight::Village, ZONE);
    assert_eq!(days.keys().copied().collect::<Vec<_>>(), [FixDay::Unknown]);
    assert!(!days[&FixDay::Unknown].seen.is_empty(), "shown, under no day");
}

#[test]
fn a_change_to_winter_time_in_another_zone_parts_no_patrol() {
    // 2026-10-25, five minutes before and after clocks in Berlin go from 03:00 to 02:00; 09:00 in Shanghai.
    let before_s = 55.0 * 60.0 - 28.0 * 86_400.0;
    let segments = patrolled(plan(), &straight(before_s, 120, 0.0));
    for zone in [ZONE, chrono_tz::Europe::Berlin] {
        let mut seen = CellSet::new();
        for segment in &segments {
            let days = paint_segment(segment, Sight::Village, zone);
            assert_eq!(
                days.keys().map(ToString::to_string).collect::<Vec<_>>(),
                ["2026-10-25"]
            );
            for coverage in days.values() {
                assert!(coverage.maybe.is_empty());
                seen.join(&coverage.seen);
            }
        }
        assert!(
            (0..14).all(|n| seen.contains(cell(50.0 * f64::from(n), 0.0))),
            "one line"
        );
    }
}

#[test]
fn two_phones_of_one_worker_add_up() {
    let second = PatrolPlan {
        patrol: crate::id::PatrolId::from_bytes([5; 16]),
        install: crate::id::InstallId::from_bytes([6; 16]),
        ..plan()
    };
    let one = patrolled(plan(), &straight(0.0, 200, 0.0));
    let other = patrolled(second, &straight(0.0, 200, 100.0));
    for segment in &other {
        let headers = one.iter().map(|segment| &segment.header);
        assert_eq!(
            segment.check_beside(headers),
            Ok(()),
            "they walk at the same time"
        );
    }
    let fold = fold();
    let mut rows = fold.rows_of_all(&one);
    join_rows(&mut rows, &fold.rows_of_all(&other));
    assert_eq!(rows, fold.rows_of_all(other.iter().chain(&one)));
    let seen =
        |row: &DayCoverage| row.seen.contains(cell(300.0, 0.0)) && row.seen.contains(cell(300.0, 100.0));
    assert!(rows.values().any(seen));
}

#[test]
fn an_empty_patrol_sees_nothing() {
    let (mut patrol, _) =
        crate::patrol::Patrol::start(plan(), crate::patrol::sample::reading(0.0)).expect("a grid");
    let effects = patrol.step(&crate::patrol::Input::End, crate::patrol::sample::reading(60.0));
    let closed = effects.iter().find_map(|effect| match effect {
        crate::patrol::Effect::Close(closed) => Some(Segment::decode(&closed.bytes).expect("valid")),
        _ => None,
    });
    assert!(fold().rows(&closed.expect("one empty segment")).is_empty());
}

#[test]
fn drift_of_a_real_walk_moves_the_share_by_little() {
    // The same walk with and without the drift of satellites.
    let ground = ground("G", &block(-500.0, -500.0, 500.0, 500.0));
    let walk = real_walk(11, 2_000);
    let mut rng = StdRng::seed_from_u64(5);
    let (mut east, mut north) = (0.0f64, 0.0f64);
    let drifted: Vec<RawFix> = walk
        .iter()
        .map(|fix| {
            east = east * 0.97 + rng.random_range(-0.9..0.9);
            north = north * 0.97 + rng.random_range(-0.9..0.9);
            RawFix {
                lat_deg: fix.lat_deg + north / 110_830.0,
                lon_deg: fix.lon_deg + east / 98_020.0,
                ..*fix
            }
        })
        .collect();
    let share = |walk: &[RawFix]| {
        CoverageShare::of(&ground, &painted(walk))
            .seen_share()
            .expect("ground")
    };
    let (plain, drifted) = (share(&walk), share(&drifted));
    assert!((plain - drifted).abs() < 0.02, "{plain} {drifted}");
}
