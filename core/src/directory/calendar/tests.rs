//! Claims about `directory/calendar`.

use chrono_tz::{America, Asia};
use proptest::prelude::*;

use super::*;
use crate::directory::{WORKING_HOURS_MIN, holidays};

fn calendar() -> Calendar {
    holidays().iter().collect()
}

fn local(zone: Tz, text: &str) -> Timestamp {
    let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a local time");
    let at = zone
        .from_local_datetime(&naive)
        .earliest()
        .expect("the time exists");
    Timestamp(at.timestamp_millis())
}

fn shanghai(text: &str) -> Timestamp {
    local(Asia::Shanghai, text)
}

fn after(start: &str, minutes: u32) -> Timestamp {
    calendar().working_time_after(shanghai(start), minutes, Asia::Shanghai, &WORKING_HOURS_MIN)
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn four_working_hours_from_a_morning_end_in_the_afternoon() {
    assert_eq!(after("2026-11-23 09:00", 240), shanghai("2026-11-23 15:00"));
}

#[test]
fn what_arrives_at_night_counts_from_the_next_morning() {
    assert_eq!(after("2026-11-23 22:30", 240), shanghai("2026-11-24 12:00"));
}

#[test]
fn a_weekend_and_the_national_holiday_do_not_count() {
    assert_eq!(after("2026-11-20 17:00", 120), shanghai("2026-11-23 09:00"));
    assert_eq!(after("2026-09-30 17:00", 120), shanghai("2026-10-08 09:00"));
}

#[test]
fn a_made_up_saturday_counts_as_a_working_day() {
    assert_eq!(after("2026-05-08 17:00", 120), shanghai("2026-05-09 09:00"));
}

#[test]
fn zero_minutes_end_where_they_start_even_at_night() {
    assert_eq!(after("2026-11-21 03:00", 0), shanghai("2026-11-21 03:00"));
}

#[test]
fn a_moment_ends_with_the_minute_it_is_given() {
    assert_eq!(after("2026-11-23 11:59", 1), shanghai("2026-11-23 12:00"));
    assert_eq!(after("2026-11-23 12:00", 1), shanghai("2026-11-23 14:01"));
}

#[test]
fn the_spring_festival_holds_back_a_clock_of_working_days() {
    let calendar = calendar();
    assert_eq!(
        calendar.working_day_after(day("2026-02-13"), 1),
        day("2026-02-14")
    );
    assert_eq!(
        calendar.working_day_after(day("2026-02-14"), 1),
        day("2026-02-24")
    );
    assert_eq!(
        calendar.working_days_between(day("2026-02-13"), day("2026-02-24")),
        2
    );
    assert_eq!(
        calendar.working_days_between(day("2026-02-24"), day("2026-02-13")),
        0
    );
}

#[test]
fn each_allowance_ends_as_its_kind_counts() {
    let calendar = calendar();
    let ends = |allowance: Allowance| {
        allowance.ends_at(
            shanghai("2026-09-30 17:00"),
            &calendar,
            Asia::Shanghai,
            &WORKING_HOURS_MIN,
        )
    };
    let minutes = 120;
    assert_eq!(
        ends(Allowance::RoundTheClock { minutes }),
        shanghai("2026-09-30 19:00")
    );
    assert_eq!(
        ends(Allowance::WorkingTime { minutes }),
        shanghai("2026-10-08 09:00")
    );
    assert_eq!(
        ends(Allowance::WorkingDays { days: 1 }),
        shanghai("2026-10-09 00:00")
    );
    assert_eq!(
        ends(Allowance::CalendarDays { days: 3 }),
        shanghai("2026-10-04 00:00")
    );
}

#[test]
fn a_calendar_without_any_working_day_ends_its_search() {
    let all_off = |on| CalendarDay {
        on,
        kind: DayKind::Off,
        name: String::new(),
    };
    let days: Vec<_> = day("2026-01-01").iter_days().take(4_000).map(all_off).collect();
    let calendar: Calendar = days.iter().collect();
    let start = shanghai("2026-01-01 09:00");
    assert_eq!(
        calendar.working_time_after(start, 5, Asia::Shanghai, &WORKING_HOURS_MIN),
        start
    );
}

#[test]
fn hours_without_a_minute_count_round_the_clock() {
    let start = shanghai("2026-11-21 03:00");
    let end = calendar().working_time_after(start, 60, Asia::Shanghai, &[[700, 600]]);
    assert_eq!(end, start.plus_ms(3_600_000));
    let sum = calendar().working_ms_between(start, end, Asia::Shanghai, &[]);
    assert_eq!(sum, 3_600_000);
}

#[test]
fn a_night_shift_over_the_hour_that_a_zone_skips_is_an_hour_shorter() {
    // New York skips 02:00 to 03:00 on 8 March 2026, and has 01:00 to 02:00 twice on 1 November 2026.
    let zone = America::New_York;
    let week = Calendar::from_iter(&[
        CalendarDay {
            on: day("2026-03-08"),
            kind: DayKind::Work,
            name: String::new(),
        },
        CalendarDay {
            on: day("2026-11-01"),
            kind: DayKind::Work,
            name: String::new(),
        },
    ]);
    let worked =
        |from, to| week.working_minutes_between(local(zone, from), local(zone, to), zone, &[[60, 240]]);
    assert_eq!(worked("2026-03-08 00:00", "2026-03-08 12:00"), 120);
    assert_eq!(worked("2026-11-01 00:00", "2026-11-01 12:00"), 240);
    assert_eq!(worked("2026-03-09 00:00", "2026-03-09 12:00"), 180);
}

#[test]
fn a_deadline_over_the_national_holiday_lists_its_pauses() {
    let (from, to) = (shanghai("2026-09-30 17:00"), shanghai("2026-10-08 15:00"));
    let pauses = calendar().pauses_between(from, to, Asia::Shanghai, &WORKING_HOURS_MIN);
    let pause = |from: &str, to: &str, cause| Pause {
        from: shanghai(from),
        to: shanghai(to),
        cause,
    };
    let expected = [
        pause("2026-09-30 18:00", "2026-10-08 08:00", PauseCause::FreeDays),
        pause("2026-10-08 12:00", "2026-10-08 14:00", PauseCause::OutsideHours),
    ];
    assert_eq!(pauses, expected);
}

#[test]
fn a_night_between_two_working_days_is_no_free_day() {
    let (from, to) = (shanghai("2026-11-23 19:00"), shanghai("2026-11-24 07:00"));
    let pauses = calendar().pauses_between(from, to, Asia::Shanghai, &WORKING_HOURS_MIN);
    let cause = PauseCause::OutsideHours;
    assert_eq!(pauses, [Pause { from, to, cause }]);
    assert!(
        calendar()
            .pauses_between(to, from, Asia::Shanghai, &WORKING_HOURS_MIN)
            .is_empty()
    );
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        Asia::Shanghai,
        Asia::Urumqi,
        America::New_York,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::UTC,
    ])
}

fn hours() -> impl Strategy<Value = Vec<[u32; 2]>> {
    prop::collection::vec((0_u32..1_500, 0_u32..1_500).prop_map(|(a, b)| [a, b]), 0..4)
}

/// Any instant of 2026.
fn instants() -> impl Strategy<Value = Timestamp> {
    (1_767_225_600_000_i64..1_798_761_600_000).prop_map(Timestamp)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn working_time_adds_up(
        zone in zones(), hours in hours(), a in instants(), b in instants(), c in instants(),
    ) {
        let mut order = [a, b, c];
        order.sort();
        let [a, b, c] = order;
        let between = |from, to| calendar().working_ms_between(from, to, zone, &hours);
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert!(between(a, c) <= c.ms_since(a));
        prop_assert_eq!(between(c, a), 0);
    }

    #[test]
    fn pauses_and_working_time_fill_the_whole_stretch(
        zone in zones(), hours in hours(), a in instants(), span_ms in 0_i64..3_000_000_000,
    ) {
        let b = a.plus_ms(span_ms);
        let pauses = calendar().pauses_between(a, b, zone, &hours);
        let paused: i64 = pauses.iter().map(|pause| pause.to.ms_since(pause.from)).sum();
        prop_assert_eq!(paused + calendar().working_ms_between(a, b, zone, &hours), span_ms);
        prop_assert!(pauses.windows(2).all(|pair| pair[0].to < pair[1].from));
    }

    #[test]
    fn a_clock_runs_exactly_for_the_time_it_is_given(
        zone in zones(), hours in hours(), start in instants(), minutes in 0_u32..6_000,
    ) {
        let end = calendar().working_time_after(start, minutes, zone, &hours);
        let worked = calendar().working_ms_between(start, end, zone, &hours);
        // Hours that a zone skips altogether leave no time at all to work in; the search then ends without it.
        let is_found = end.ms_since(start) < 3_000 * 86_400_000;
        prop_assert!(!is_found || worked == i64::from(minutes) * 60_000, "{} of {}", worked, minutes);
    }

    #[test]
    fn more_minutes_and_a_later_start_never_end_earlier(
        zone in zones(), hours in hours(), start in instants(),
        minutes in 0_u32..3_000, more in 0_u32..600, later_ms in 0_i64..200_000_000,
    ) {
        let ends = |start, minutes| calendar().working_time_after(start, minutes, zone, &hours);
        let end = ends(start, minutes);
        prop_assert!(end >= start);
        prop_assert!(ends(start, minutes + more) >= end);
        prop_assert!(ends(start.plus_ms(later_ms), minutes) >= end);
    }

    #[test]
    fn working_days_counted_are_working_days_added(days in 0_u32..300, offset in 0_i64..300) {
        let from = day("2026-01-01") + chrono::Duration::days(offset);
        let to = calendar().working_day_after(from, days);
        prop_assert_eq!(calendar().working_days_between(from, to), days);
    }
}
