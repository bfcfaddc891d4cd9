//! Instants and spans as people there say them: the township's civil time, the nearest day by its name, how much is left.

use chrono::{Datelike, NaiveDate, TimeZone};
use chrono_tz::Tz;
use xunge_core::time::Timestamp;
use xunge_core::workflow::Stage;

use super::lang::Lang;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant on a page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Moment {
    /// For the `datetime` of `<time>`.
    pub(crate) exact: String,
    /// The whole date and time.
    pub(crate) full: String,
    /// As short as it can be today.
    pub(crate) short: String,
}

/// How pressing a deadline is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tone {
    Calm,
    Soon,
    Late,
}

impl Tone {
    /// The class of the style.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Soon => "soon",
            Self::Late => "late",
        }
    }
}

/// Reads instants against the clock and zone of one page.
#[derive(Clone, Copy)]
pub(crate) struct Moments {
    pub(crate) lang: Lang,
    pub(crate) zone: Tz,
    pub(crate) now: Timestamp,
}

impl Moments {
    /// An instant.
    pub(crate) fn at(self, at: Timestamp) -> Moment {
        let local = at.to_utc().with_timezone(&self.zone);
        let today = self.now.day_in(self.zone);
        let day = local.date_naive();
        let clock = local.format("%H:%M").to_string();
        let days = day.signed_duration_since(today).num_days();
        let short = match (days, self.lang) {
            (0, Lang::Zh) => format!("今天 {clock}"),
            (-1, Lang::Zh) => format!("昨天 {clock}"),
            (1, Lang::Zh) => format!("明天 {clock}"),
            (0, Lang::En) => format!("today {clock}"),
            (-1, Lang::En) => format!("yesterday {clock}"),
            (1, Lang::En) => format!("tomorrow {clock}"),
            _ => format!("{} {clock}", self.day(day)),
        };
        Moment {
            exact: at.to_string(),
            full: local.format("%Y-%m-%d %H:%M:%S").to_string(),
            short,
        }
    }

    /// A day; the year only where it is another one.
    pub(crate) fn day(self, day: NaiveDate) -> String {
        let is_this_year = day.year() == self.now.day_in(self.zone).year();
        match (self.lang, is_this_year) {
            (Lang::Zh, true) => format!("{}月{}日", day.month(), day.day()),
            (Lang::Zh, false) => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            (Lang::En, true) => day.format("%-d %b").to_string(),
            (Lang::En, false) => day.format("%-d %b %Y").to_string(),
        }
    }

    /// A span in its greatest unit.
    pub(crate) fn span(self, ms: i64) -> String {
        let ms = ms.max(0);
        let (count, zh, en) = if ms >= 2 * DAY_MS {
            (ms / DAY_MS, "天", "days")
        } else if ms >= 2 * HOUR_MS {
            (ms / HOUR_MS, "小时", "hours")
        } else {
            (ms / MINUTE_MS, "分钟", "min")
        };
        match self.lang {
            Lang::Zh => format!("{count} {zh}"),
            Lang::En => format!("{count} {en}"),
        }
    }

    /// How long ago.
    pub(crate) fn since(self, at: Timestamp) -> String {
        self.span(self.now.ms_since(at))
    }

    /// What is left until a deadline, and how pressing that is.
    pub(crate) fn left(self, ends_at: Timestamp) -> (String, Tone) {
        let w = self.lang.words();
        let left_ms = ends_at.ms_since(self.now);
        let text = self.span(left_ms.abs());
        if left_ms < 0 {
            (w.deadline_late.replace("{n}", &text), Tone::Late)
        } else if left_ms < 2 * HOUR_MS {
            (w.deadline_left.replace("{n}", &text), Tone::Soon)
        } else {
            (w.deadline_left.replace("{n}", &text), Tone::Calm)
        }
    }

    /// The last instant of a day that a date field named (`2026-11-30`).
    pub(crate) fn end_of_day(self, text: &str) -> Option<Timestamp> {
        let day = text.trim().parse::<NaiveDate>().ok()?;
        let last = day.and_hms_opt(23, 59, 59)?;
        let at = self.zone.from_local_datetime(&last).latest()?;
        Some(Timestamp(at.timestamp_millis()))
    }

    /// What is to be done by a deadline.
    pub(crate) fn stage(self, stage: &Stage) -> &'static str {
        let w = self.lang.words();
        match stage {
            Stage::Chief => w.stage_chief,
            Stage::Dispatch => w.stage_dispatch,
            Stage::Sign { .. } => w.stage_sign,
            Stage::Unit { .. } => w.stage_unit,
            Stage::Review => w.stage_review,
            Stage::Close => w.stage_close,
            Stage::LookAgain => w.stage_look_again,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_795_492_800_000);

    fn moments(lang: Lang) -> Moments {
        Moments {
            lang,
            zone: chrono_tz::Asia::Shanghai,
            now: NOON,
        }
    }

    #[test]
    fn instants_near_today_are_said_by_the_day_and_others_by_the_date() {
        let zh = moments(Lang::Zh);
        assert_eq!(zh.at(NOON).short, "今天 12:00");
        assert_eq!(zh.at(NOON.plus_ms(-DAY_MS)).short, "昨天 12:00");
        assert_eq!(zh.at(NOON.plus_ms(5 * DAY_MS)).short, "11月29日 12:00");
        assert_eq!(zh.at(NOON.plus_ms(60 * DAY_MS)).short, "2027年1月23日 12:00");
        assert_eq!(
            moments(Lang::En).at(NOON.plus_ms(5 * DAY_MS)).short,
            "29 Nov 12:00"
        );
    }

    #[test]
    fn a_deadline_says_what_is_left_or_by_how_much_it_is_late() {
        let zh = moments(Lang::Zh);
        assert_eq!(
            zh.left(NOON.plus_ms(3 * DAY_MS)),
            ("还剩 3 天".to_owned(), Tone::Calm)
        );
        assert_eq!(zh.left(NOON.plus_ms(90 * MINUTE_MS)).1, Tone::Soon);
        assert_eq!(
            zh.left(NOON.plus_ms(-3 * HOUR_MS)),
            ("已超 3 小时".to_owned(), Tone::Late)
        );
    }

    #[test]
    fn a_day_ends_in_the_townships_own_zone() {
        let end = moments(Lang::Zh).end_of_day("2026-11-24").unwrap();
        assert_eq!(end.to_string(), "2026-11-24T15:59:59.000Z");
        assert_eq!(moments(Lang::Zh).end_of_day("2026-02-30"), None);
    }
}
