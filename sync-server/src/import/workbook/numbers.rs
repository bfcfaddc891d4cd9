//! What a number in a cell is for a person: a number, or a day.

use chrono::{NaiveDate, TimeDelta};

/// Whether a format shows a day or a time, from its code: `yyyy-mm-dd`, `m/d/yy h:mm`, `[h]:mm`.
pub(super) fn is_of_days(code: &str) -> bool {
    let mut signs = code.chars();
    let mut is_quoted = false;
    let mut bracket: Option<String> = None;
    while let Some(sign) = signs.next() {
        match sign {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            // The sign behind one of these stands for itself.
            '\\' | '_' | '*' => drop(signs.next()),
            '[' => bracket = Some(String::new()),
            ']' => {
                // Hours that run past a day stand in brackets; colours, currencies and conditions do too.
                let inside = bracket.take().unwrap_or_default().to_ascii_lowercase();
                if !inside.is_empty() && inside.chars().all(|sign| matches!(sign, 'h' | 'm' | 's')) {
                    return true;
                }
            }
            // Only the first of a format's parts is for numbers above nothing.
            ';' if bracket.is_none() => return false,
            sign => match &mut bracket {
                Some(inside) => inside.push(sign),
                None if matches!(sign.to_ascii_lowercase(), 'y' | 'm' | 'd' | 'h' | 's') => return true,
                None => {}
            },
        }
    }
    false
}

/// Whether a format that has a number and no code shows a day or a time.
pub(super) fn is_of_days_by_number(number: u32) -> bool {
    matches!(number, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// A number as a person sees it: telephones and codes kept as numbers lose their `.0`, a day becomes `YYYY-MM-DD`.
///
/// Days count from the end of 1899, or from 1904 where the workbook was made on an old Mac.
pub(super) fn shown(number: f64, is_day: bool, counts_from_1904: bool) -> String {
    if is_day && let Some(day) = day(number, counts_from_1904) {
        return day;
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

/// The civil day of a count of days, or none where it is of no year with four digits.
fn day(number: f64, counts_from_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within seven digits, as was just seen"
    )]
    let count = number.floor() as i64;
    // The first spreadsheets took 1900 for a leap year: before March of it their count is one less.
    let (year, month, first) = match (counts_from_1904, count) {
        (true, _) => (1904, 1, 1),
        (false, ..60) => (1899, 12, 31),
        (false, _) => (1899, 12, 30),
    };
    let day = NaiveDate::from_ymd_opt(year, month, first)?.checked_add_signed(TimeDelta::days(count))?;
    Some(day.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_days_are_told_from_formats_of_numbers() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[h]:mm",
            "[$-804]yyyy/m/d",
            "h:mm AM/PM",
        ] {
            assert!(is_of_days(code), "{code}");
        }
        for code in [
            "General",
            "0",
            "0.00",
            "[Red]0",
            "\"days\" 0",
            "0;yyyy",
            "\\d0",
            "@",
            "0_m",
        ] {
            assert!(!is_of_days(code), "{code}");
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (count, day) in [
            (1.0, "1900-01-01"),
            (59.0, "1900-02-28"),
            (61.0, "1900-03-01"),
            (45_350.0, "2024-02-28"),
            (45_351.75, "2024-02-29"),
            (45_352.0, "2024-03-01"),
            (46_348.0, "2026-11-22"),
            (2_958_465.0, "9999-12-31"),
        ] {
            assert_eq!(shown(count, true, false), day);
        }
        assert_eq!(shown(44_886.0, true, true), "2026-11-22");
        assert_eq!(shown(-3.0, true, false), "-3");
        assert_eq!(shown(13_800_000_001.0, false, false), "13800000001");
        assert_eq!(shown(0.5, false, false), "0.5");
    }
}
