//! The holidays and make-up days of 2023 to 2026, as facts restated from the State Council's notices. Whoever keeps a
//! calendar takes them in by one press or command; nothing does so by itself. The notice for a year comes late in the year before.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::{CalendarDay, DayKind};
use crate::in_order::InOrder;

/// The years whose holidays are known.
pub const HOLIDAY_YEARS: RangeInclusive<i32> = 2023..=2026;

/// One holiday: its name, the first and the last free day, and the days off that are worked instead.
type Holiday = (&'static str, &'static str, &'static str, &'static [&'static str]);

const HOLIDAYS: [Holiday; 26] = [
    ("元旦", "2022-12-31", "2023-01-02", &[]),
    ("春节", "2023-01-21", "2023-01-27", &["2023-01-28", "2023-01-29"]),
    ("清明节", "2023-04-05", "2023-04-05", &[]),
    (
        "劳动节",
        "2023-04-29",
        "2023-05-03",
        &["2023-04-23", "2023-05-06"],
    ),
    ("端午节", "2023-06-22", "2023-06-24", &["2023-06-25"]),
    (
        "中秋节、国庆节",
        "2023-09-29",
        "2023-10-06",
        &["2023-10-07", "2023-10-08"],
    ),
    ("元旦", "2024-01-01", "2024-01-01", &[]),
    ("春节", "2024-02-10", "2024-02-17", &["2024-02-04", "2024-02-18"]),
    ("清明节", "2024-04-04", "2024-04-06", &["2024-04-07"]),
    (
        "劳动节",
        "2024-05-01",
        "2024-05-05",
        &["2024-04-28", "2024-05-11"],
    ),
    ("端午节", "2024-06-10", "2024-06-10", &[]),
    ("中秋节", "2024-09-15", "2024-09-17", &["2024-09-14"]),
    (
        "国庆节",
        "2024-10-01",
        "2024-10-07",
        &["2024-09-29", "2024-10-12"],
    ),
    ("元旦", "2025-01-01", "2025-01-01", &[]),
    ("春节", "2025-01-28", "2025-02-04", &["2025-01-26", "2025-02-08"]),
    ("清明节", "2025-04-04", "2025-04-06", &[]),
    ("劳动节", "2025-05-01", "2025-05-05", &["2025-04-27"]),
    ("端午节", "2025-05-31", "2025-06-02", &[]),
    (
        "国庆节、中秋节",
        "2025-10-01",
        "2025-10-08",
        &["2025-09-28", "2025-10-11"],
    ),
    ("元旦", "2026-01-01", "2026-01-03", &["2026-01-04"]),
    ("春节", "2026-02-15", "2026-02-23", &["2026-02-14", "2026-02-28"]),
    ("清明节", "2026-04-04", "2026-04-06", &[]),
    ("劳动节", "2026-05-01", "2026-05-05", &["2026-05-09"]),
    ("端午节", "2026-06-19", "2026-06-21", &[]),
    ("中秋节", "2026-09-25", "2026-09-27", &[]),
    (
        "国庆节",
        "2026-10-01",
        "2026-10-07",
        &["2026-09-20", "2026-10-10"],
    ),
];

/// Every day that differs from the plain week in mainland China in [`HOLIDAY_YEARS`], in the order of days. The New Year of 2023 began on
/// the last day of 2022.
pub fn holidays() -> Vec<CalendarDay> {
    let day = |text: &str| text.parse::<NaiveDate>().expect("the table holds days");
    let mut days = Vec::new();
    for (name, first, last, made_up) in HOLIDAYS {
        let named = |on, kind| CalendarDay {
            on,
            kind,
            name: name.to_owned(),
        };
        let free = day(first).iter_days().take_while(|on| *on <= day(last));
        days.extend(free.map(|on| named(on, DayKind::Off)));
        days.extend(made_up.iter().map(|on| named(day(on), DayKind::Work)));
    }
    days.order_by_key(|day| day.on);
    days
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::*;

    #[test]
    fn each_year_has_as_many_free_and_made_up_days_as_its_notice() {
        let days = holidays();
        let count = |year, kind| {
            let of = days
                .iter()
                .filter(|day| day.on.year() == year && day.kind == kind);
            of.count()
        };
        let counts = HOLIDAY_YEARS.map(|year| (count(year, DayKind::Off), count(year, DayKind::Work)));
        assert_eq!(counts.collect::<Vec<_>>(), [(26, 7), (28, 8), (28, 5), (33, 6)]);
        assert_eq!(count(2022, DayKind::Off), 1);
        assert!(days.windows(2).all(|pair| pair[0].on < pair[1].on));
    }

    #[test]
    fn every_made_up_day_is_a_saturday_or_sunday() {
        for day in holidays().iter().filter(|day| day.kind == DayKind::Work) {
            assert!(day.on.weekday().number_from_monday() > 5, "{}", day.on);
        }
    }
}
