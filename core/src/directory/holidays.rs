//! The holidays and make-up days of 2026, as facts restated from the State Council's notice, for the demo and for a township that has
//! not imported a calendar yet.

use chrono::NaiveDate;

use super::{CalendarDay, DayKind};

/// One holiday: its name, the first and the last free day, and the days off that are worked instead, each as month and day.
type Holiday = (&'static str, (u32, u32), (u32, u32), &'static [(u32, u32)]);

const HOLIDAYS_2026: [Holiday; 7] = [
    ("元旦", (1, 1), (1, 3), &[(1, 4)]),
    ("春节", (2, 15), (2, 23), &[(2, 14), (2, 28)]),
    ("清明节", (4, 4), (4, 6), &[]),
    ("劳动节", (5, 1), (5, 5), &[(5, 9)]),
    ("端午节", (6, 19), (6, 21), &[]),
    ("中秋节", (9, 25), (9, 27), &[]),
    ("国庆节", (10, 1), (10, 7), &[(9, 20), (10, 10)]),
];

/// Every day of 2026 that differs from the plain week in mainland China, in the order of days.
pub fn holidays_2026() -> Vec<CalendarDay> {
    let day = |(month, day)| NaiveDate::from_ymd_opt(2026, month, day).expect("the table holds days of 2026");
    let mut days = Vec::new();
    for (name, first, last, made_up) in HOLIDAYS_2026 {
        let named = |on, kind| CalendarDay {
            on,
            kind,
            name: name.to_owned(),
        };
        let free = day(first).iter_days().take_while(|on| *on <= day(last));
        days.extend(free.map(|on| named(on, DayKind::Off)));
        days.extend(made_up.iter().map(|on| named(day(*on), DayKind::Work)));
    }
    days.sort_by_key(|day| day.on);
    days
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::*;

    #[test]
    fn the_table_of_2026_has_thirty_three_free_and_six_made_up_days() {
        let days = holidays_2026();
        let count = |kind| days.iter().filter(|day| day.kind == kind).count();
        assert_eq!((count(DayKind::Off), count(DayKind::Work)), (33, 6));
        assert!(days.windows(2).all(|pair| pair[0].on < pair[1].on));
    }

    #[test]
    fn every_made_up_day_of_2026_is_a_saturday_or_sunday() {
        for day in holidays_2026().iter().filter(|day| day.kind == DayKind::Work) {
            assert!(day.on.weekday().number_from_monday() > 5, "{}", day.on);
        }
    }
}
