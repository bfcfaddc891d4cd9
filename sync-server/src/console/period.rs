//! A day, week or month to look at: its links to the others and to the one before and after.

use chrono::{Days, NaiveDate};
use xunge_core::coverage::CoveragePeriod;

use super::address::Address;
use super::lang::Lang;
use super::moment::Moments;

/// A link to a period.
pub(crate) struct PeriodLink {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) is_here: bool,
}

/// What a page shows of its period.
pub(crate) struct PeriodBar {
    /// Day, week, month.
    pub(crate) kinds: Vec<PeriodLink>,
    /// In words.
    pub(crate) name: String,
    /// The one before.
    pub(crate) before: String,
    /// The one after; none for the present one.
    pub(crate) after: Option<String>,
}

/// The links of a page that looks at `period` now; `address` is the page without it.
pub(crate) fn bar(address: &Address, period: CoveragePeriod, moments: Moments) -> PeriodBar {
    let b = moments.lang.board();
    let today = moments.now.day_in(moments.zone);
    let (first, last) = period.days();
    // Another kind shows the day that is looked at, not one that has not come yet.
    let day = last.min(today).max(first);
    let to = |period: CoveragePeriod| address.with("period", period.to_string()).href();
    let kinds = [
        (b.period_day, CoveragePeriod::Day(day)),
        (b.period_week, CoveragePeriod::week_of(day)),
        (b.period_month, CoveragePeriod::month_of(day)),
    ];
    let kinds = kinds.into_iter().map(|(name, other)| PeriodLink {
        href: to(other),
        name: name.to_owned(),
        is_here: std::mem::discriminant(&other) == std::mem::discriminant(&period),
    });
    let next = same_kind(period, last + Days::new(1));
    PeriodBar {
        kinds: kinds.collect(),
        name: name(period, moments),
        before: to(same_kind(period, first - Days::new(1))),
        after: (last < today).then(|| to(next)),
    }
}

fn same_kind(period: CoveragePeriod, day: NaiveDate) -> CoveragePeriod {
    match period {
        CoveragePeriod::Day(_) => CoveragePeriod::Day(day),
        CoveragePeriod::Week { .. } => CoveragePeriod::week_of(day),
        CoveragePeriod::Month { .. } => CoveragePeriod::month_of(day),
    }
}

/// A period as people say it.
fn name(period: CoveragePeriod, moments: Moments) -> String {
    let (first, last) = period.days();
    match (period, moments.lang) {
        (CoveragePeriod::Day(day), _) => moments.day(day),
        (CoveragePeriod::Week { .. }, _) => moments
            .lang
            .board()
            .period_span
            .replace("{a}", &moments.day(first))
            .replace("{b}", &moments.day(last)),
        (CoveragePeriod::Month { year, month }, Lang::Zh) => format!("{year}年{month}月"),
        (CoveragePeriod::Month { .. }, Lang::En) => first.format("%B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use xunge_core::time::Timestamp;

    use super::*;

    #[test]
    fn the_present_week_has_one_before_and_none_after() {
        let moments = Moments {
            lang: Lang::Zh,
            zone: chrono_tz::Asia::Shanghai,
            // A Tuesday at noon.
            now: Timestamp(1_795_492_800_000),
        };
        let page = Address::new("/console/coverage");
        let today = moments.now.day_in(moments.zone);
        let bar = bar(&page, CoveragePeriod::week_of(today), moments);
        assert_eq!(bar.name, "11月23日 至 11月29日");
        assert_eq!(bar.before, "/console/coverage?period=2026-W47");
        assert_eq!(bar.after, None);
        let kinds: Vec<&str> = bar.kinds.iter().map(|kind| kind.href.as_str()).collect();
        assert_eq!(kinds[0], "/console/coverage?period=2026-11-24");
        assert_eq!(kinds[2], "/console/coverage?period=2026-11");
    }
}
