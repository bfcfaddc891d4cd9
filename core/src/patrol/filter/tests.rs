//! Claims about what the filter keeps, and why it drops the rest.

use proptest::prelude::*;

use super::*;
use crate::patrol::FixDay;
use crate::patrol::Walk;
use crate::patrol::sample::{MORNING, ms, raw, reading, reading_never_synced, real_walk};

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
const WEEK_MS: i64 = 7 * 86_400_000;

fn kept(verdict: Verdict) -> Fix {
    match verdict {
        Verdict::Kept { fix, .. } => fix,
        Verdict::Dropped(reason) => panic!("dropped: {reason:?}"),
    }
}

fn dropped(verdict: Verdict) -> DropReason {
    match verdict {
        Verdict::Kept { fix, .. } => panic!("kept: {fix:?}"),
        Verdict::Dropped(reason) => reason,
    }
}

/// A filter that has kept one fix at the middle.
fn begun() -> FixFilter {
    let mut filter = FixFilter::new();
    kept(filter.offer(&raw(0.0, 0.0, 0.0)));
    filter
}

#[test]
fn a_coordinate_that_is_no_number_or_out_of_range_is_dropped_and_said() {
    let with = |lat_deg, lon_deg| RawFix {
        lat_deg,
        lon_deg,
        ..raw(5.0, 0.0, 0.0)
    };
    let mut filter = begun();
    assert_eq!(
        dropped(filter.offer(&with(f64::NAN, 121.0))),
        DropReason::NotANumber
    );
    assert_eq!(
        dropped(filter.offer(&with(28.0, f64::NAN))),
        DropReason::NotANumber
    );
    for (lat, lon) in [(0.0, 0.0), (91.0, 121.0), (f64::INFINITY, 121.0), (121.0, 28.0)] {
        assert_eq!(dropped(filter.offer(&with(lat, lon))), DropReason::OutOfRange);
    }
}

#[test]
fn ten_kilometres_of_error_say_nothing_and_no_error_at_all_is_not_believed() {
    let with = |accuracy_m, after_s| RawFix {
        accuracy_m,
        ..raw(after_s, 50.0, 0.0)
    };
    let mut filter = begun();
    for accuracy_m in [10_000.0, 100.1, f64::INFINITY] {
        assert_eq!(
            dropped(filter.offer(&with(accuracy_m, 5.0))),
            DropReason::Inaccurate
        );
    }
    for (accuracy_m, after_s) in [(0.0, 10.0), (-1.0, 30.0), (f64::NAN, 50.0)] {
        let fix = kept(filter.offer(&with(accuracy_m, after_s)));
        assert_eq!((fix.accuracy_m, fix.is_good()), (None, false));
    }
    assert_eq!(kept(filter.offer(&with(30.0, 75.0))).accuracy_m, Some(30));
}

#[test]
fn a_made_up_fix_is_kept_and_flagged_but_never_good() {
    let mock = RawFix {
        is_mock: true,
        ..raw(5.0, 20.0, 0.0)
    };
    let fix = kept(begun().offer(&mock));
    assert!(fix.is_mock && !fix.is_good());
}

#[test]
fn a_jump_that_goes_back_is_dropped_and_a_jump_that_stays_is_a_gap() {
    let mut filter = begun();
    assert_eq!(dropped(filter.offer(&raw(5.0, 3_000.0, 0.0))), DropReason::Jump);
    assert_eq!(kept(filter.offer(&raw(10.0, 14.0, 0.0))).gap_before, None);
    for after_s in [15.0, 20.0] {
        let away = raw(after_s, 3_000.0 + after_s, 0.0);
        assert_eq!(dropped(filter.offer(&away)), DropReason::Jump);
    }
    let fix = kept(filter.offer(&raw(25.0, 3_030.0, 0.0)));
    assert_eq!(fix.gap_before, Some(GapCause::PoorReception));
    assert_eq!(kept(filter.offer(&raw(30.0, 3_040.0, 0.0))).gap_before, None);
}

#[test]
fn jumps_to_ever_other_places_are_never_believed() {
    let mut filter = begun();
    for n in 1..40 {
        let away = raw(f64::from(n), 2_000.0 * f64::from(1 + n % 2 * 2), 0.0);
        assert_eq!(dropped(filter.offer(&away)), DropReason::Jump);
    }
}

#[test]
fn repeated_and_earlier_stamps_are_dropped() {
    let mut filter = begun();
    kept(filter.offer(&raw(5.0, 14.0, 0.0)));
    assert_eq!(dropped(filter.offer(&raw(5.0, 14.0, 0.0))), DropReason::Duplicate);
    assert_eq!(
        dropped(filter.offer(&raw(5.05, 20.0, 0.0))),
        DropReason::Duplicate
    );
    assert_eq!(dropped(filter.offer(&raw(3.0, 7.0, 0.0))), DropReason::OutOfOrder);
}

#[test]
fn a_resting_phone_is_heard_every_twenty_seconds_and_walks_nowhere() {
    let mut filter = FixFilter::new();
    let (mut fixes, mut still) = (Vec::new(), 0);
    for n in 0..720 {
        let angle = f64::from(n) * 2.4;
        let fix = raw(5.0 * f64::from(n), 2.5 * angle.sin(), 2.5 * angle.cos());
        match filter.offer(&RawFix {
            accuracy_m: 12.0,
            ..fix
        }) {
            Verdict::Kept { fix, .. } => fixes.push(fix),
            Verdict::Dropped(reason) => {
                assert_eq!(reason, DropReason::Still);
                still += 1;
            }
        }
    }
    assert!(still > 400, "{still}");
    assert!(fixes.iter().all(|fix| fix.gap_before.is_none()));
    assert_eq!(Walk::along(&fixes).distance_m, 0.0);
}

#[test]
fn the_distance_of_a_walk_is_right_to_a_few_percent_at_any_rate_of_fixes() {
    for every_s in [1.0, 5.0, 10.0] {
        let mut filter = FixFilter::new();
        let count = i32::try_from(ms(2.0 / 1.2 / every_s)).expect("some thousand");
        let fixes: Vec<Fix> = (0..=count)
            .filter_map(|n| {
                let after_s = every_s * f64::from(n);
                match filter.offer(&raw(after_s, 1.2 * after_s, 0.0)) {
                    Verdict::Kept { fix, .. } => Some(fix),
                    Verdict::Dropped(_) => None,
                }
            })
            .collect();
        let walk = Walk::along(&fixes);
        assert!((walk.distance_m - 2_000.0).abs() < 60.0, "{every_s} s: {walk:?}");
        let moved_s = walk.moving_ms as f64 / 1000.0;
        assert!((moved_s - 2_000.0 / 1.2).abs() < 60.0, "{every_s} s: {walk:?}");
    }
}

#[test]
fn one_fix_an_hour_is_a_gap_each_time_and_one_a_second_is_none() {
    let mut hourly = begun();
    for hour in 1..5 {
        let fix = kept(hourly.offer(&raw(3_600.0 * f64::from(hour), 0.0, 0.0)));
        assert_eq!(fix.gap_before, Some(GapCause::NoSignal));
    }
    let mut every_second = begun();
    for second in 1..300 {
        if let Verdict::Kept { fix, .. } = every_second.offer(&raw(f64::from(second), f64::from(second), 0.0))
        {
            assert_eq!(fix.gap_before, None);
        }
    }
}

#[test]
fn a_silence_says_whether_fixes_were_missing_or_poor() {
    let mut filter = begun();
    let poor = RawFix {
        accuracy_m: 400.0,
        ..raw(20.0, 0.0, 0.0)
    };
    dropped(filter.offer(&poor));
    let fix = kept(filter.offer(&raw(60.0, 30.0, 0.0)));
    assert_eq!(fix.gap_before, Some(GapCause::PoorReception));
    filter.begin_gap(GapCause::LocationOff);
    let fix = kept(filter.offer(&raw(65.0, 35.0, 0.0)));
    assert_eq!(
        fix.gap_before,
        Some(GapCause::LocationOff),
        "known, however short"
    );
}

#[test]
fn a_receiver_that_rolled_over_is_corrected_by_whole_rollovers_alone() {
    for rollovers in [-1, 0, 1] {
        let old = RawFix {
            satellite_at: Some(MORNING.plus_ms(rollovers * 1_024 * WEEK_MS)),
            ..raw(0.0, 0.0, 0.0)
        };
        let fix = kept(FixFilter::new().offer(&old));
        assert_eq!((fix.at, fix.clock), (MORNING, FixClock::Satellite));
    }
    // Without any other clock too, as long as it lies before this program.
    let old = RawFix {
        satellite_at: Some(MORNING.plus_ms(-1_024 * WEEK_MS)),
        taken: DeviceTime {
            wall_at: Timestamp(86_400_000),
            ..reading_never_synced(0.0)
        },
        ..raw(0.0, 0.0, 0.0)
    };
    let fix = kept(FixFilter::new().offer(&old));
    assert_eq!((fix.at, fix.clock), (MORNING, FixClock::Satellite));
}

#[test]
fn satellite_time_of_1970_or_2036_is_no_time_and_the_day_comes_from_the_phone_or_is_unknown() {
    let years = [0, 2_100_000_000_000, 315_964_800_000];
    for ms in years {
        let odd = RawFix {
            satellite_at: Some(Timestamp(ms)),
            ..raw(0.0, 0.0, 0.0)
        };
        let fix = kept(FixFilter::new().offer(&odd));
        assert_eq!(fix.clock, FixClock::Estimated);
        assert_eq!(fix.day_in(ZONE).to_string(), "2026-11-22");
        let alone = RawFix {
            taken: reading_never_synced(0.0),
            ..odd
        };
        let fix = kept(FixFilter::new().offer(&alone));
        assert_eq!(fix.day_in(ZONE), FixDay::Unknown);
    }
    for ms in [0, 2_100_000_000_000] {
        let broken = RawFix {
            satellite_at: None,
            taken: DeviceTime {
                wall_at: Timestamp(ms),
                ..reading(0.0)
            },
            ..raw(0.0, 0.0, 0.0)
        };
        assert_eq!(
            kept(FixFilter::new().offer(&broken)).day_in(ZONE),
            FixDay::Unknown
        );
    }
}

#[test]
fn a_wall_clock_that_leaps_changes_no_time_of_the_track() {
    for leap_ms in [-86_400_000 * 400, -3_600_000, 7_200_000] {
        let mut filter = begun();
        for n in 1..20 {
            let after_s = 5.0 * f64::from(n);
            let mut fix = raw(after_s, after_s, 0.0);
            fix.satellite_at = None;
            fix.taken.wall_at = fix.taken.wall_at.plus_ms(leap_ms);
            if let Verdict::Kept { fix, clock_moved_ms } = filter.offer(&fix) {
                assert_eq!(fix.at, MORNING.plus_ms(300 + 5_000 * i64::from(n)));
                assert_eq!((fix.clock, clock_moved_ms), (FixClock::Estimated, None));
                assert_eq!(fix.gap_before, None);
            }
        }
    }
}

#[test]
fn the_first_satellite_time_corrects_a_wrong_phone_once_and_moves_what_came_before() {
    let mut filter = FixFilter::new();
    let mut first = raw(0.0, 0.0, 0.0);
    first.satellite_at = None;
    first.taken = DeviceTime {
        wall_at: Timestamp(946_684_800_000),
        ..reading_never_synced(0.0)
    };
    assert_eq!(kept(filter.offer(&first)).clock, FixClock::Unknown);
    let mut second = raw(10.0, 12.0, 0.0);
    second.taken = DeviceTime {
        wall_at: Timestamp(946_684_810_000),
        ..reading_never_synced(10.0)
    };
    let Verdict::Kept { fix, clock_moved_ms } = filter.offer(&second) else {
        panic!("kept");
    };
    assert_eq!(fix.at, MORNING.plus_ms(10_300));
    assert_eq!(
        clock_moved_ms,
        Some(MORNING.plus_ms(300).ms_since(Timestamp(946_684_800_000)))
    );
    assert_eq!(fix.gap_before, None, "ten seconds passed, whatever the date said");
}

#[test]
fn carrying_satellite_time_on_for_hours_does_not_drift() {
    let mut filter = begun();
    for n in 1..3_000 {
        let mut fix = raw(5.013 * f64::from(n), 6.0 * f64::from(n), 0.0);
        fix.satellite_at = None;
        let fix = kept(filter.offer(&fix));
        let off_ms = fix.at.ms_since(MORNING.plus_ms(300 + 5_013 * i64::from(n)));
        assert!((-100..=0).contains(&off_ms), "{off_ms}");
    }
}

#[test]
fn every_fix_of_a_real_walk_is_kept_or_counted() {
    let walk = real_walk(1, 4_000);
    let (mut filter, mut counts, mut fixes) = (FixFilter::new(), DropCounts::default(), 0u64);
    for raw in &walk {
        match filter.offer(raw) {
            Verdict::Kept { .. } => fixes += 1,
            Verdict::Dropped(reason) => counts.add(reason),
        }
    }
    assert_eq!(fixes + counts.total(), 4_000);
    assert_eq!(
        counts.total(),
        u64::from(counts.of(DropReason::Still)),
        "{counts:?}"
    );
    assert!(fixes > 3_000);
}

fn any_raw() -> impl Strategy<Value = RawFix> {
    let odd = prop_oneof![
        4 => -2_000.0..2_000.0f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => any::<f64>(),
    ];
    let accuracy = prop_oneof![6 => 1.0..150.0f64, 1 => Just(0.0), 1 => Just(f64::NAN), 1 => Just(1e4)];
    let clock = (
        0.0..5_000.0f64,
        any::<i64>(),
        0u64..3,
        any::<bool>(),
        any::<bool>(),
    );
    let satellite = prop_oneof![Just(None), Just(Some(0)), any::<i64>().prop_map(Some)];
    (odd.clone(), odd, accuracy, clock, satellite).prop_map(|(east, north, accuracy_m, clock, satellite)| {
        let (after_s, wall, boot, is_odd_wall, is_synced) = clock;
        let mut fix = raw(after_s, east, north);
        fix.accuracy_m = accuracy_m;
        fix.taken.boot = boot;
        if is_odd_wall {
            fix.taken.wall_at = Timestamp(wall);
        }
        if !is_synced {
            fix.taken = DeviceTime {
                server_offset_ms: None,
                server_offset_age_ms: None,
                ..fix.taken
            };
        }
        fix.satellite_at = satellite.map_or(fix.satellite_at, |ms| Some(Timestamp(ms)));
        fix
    })
}

proptest! {
    #[test]
    fn whatever_comes_kept_fixes_ascend_in_one_run_of_the_phone(raws in prop::collection::vec(any_raw(), 1..60)) {
        let mut filter = FixFilter::new();
        let mut before: Option<(Fix, u64)> = None;
        for raw in &raws {
            if let Verdict::Kept { fix, clock_moved_ms } = filter.offer(raw) {
                prop_assert!(fix.at.as_millis() % 100 == 0 && fix.at.as_millis() >= 0);
                if let Some((before, boot)) = before {
                    let is_one = boot == raw.taken.boot && clock_moved_ms.is_none();
                    prop_assert!(!is_one || fix.at > before.at);
                    prop_assert!(boot == raw.taken.boot || fix.gap_before.is_some());
                }
                before = Some((fix, raw.taken.boot));
            }
        }
    }
}

#[test]
fn readings_are_told_in_the_clock_of_the_track() {
    let mut filter = begun();
    let (at, clock) = filter.instant(&reading(12.34));
    assert_eq!((at, clock), (MORNING.plus_ms(12_600), FixClock::Estimated));
    filter.begin_gap(GapCause::Paused);
    let later = DeviceTime {
        boot: 8,
        ..reading_never_synced(20.0)
    };
    assert_eq!(filter.instant(&later).1, FixClock::Unknown);
}
