//! Shares as bars and percents. Widths are of 100, so that the page needs no style of its own.

use crate::service::UnitCoverage;

/// One part of a bar.
pub(crate) struct Part {
    pub(crate) class: &'static str,
    pub(crate) from: String,
    pub(crate) width: String,
}

/// Seen, unknown and unseen ground.
pub(crate) struct SharesBar {
    pub(crate) parts: Vec<Part>,
    pub(crate) seen: String,
    pub(crate) unknown: String,
    pub(crate) unseen: String,
}

/// Ground by how long nobody has seen it.
pub(crate) struct AgeBar {
    pub(crate) parts: Vec<Part>,
    /// The percent that nobody saw for over 28 days.
    pub(crate) old: String,
}

/// The last day of each group of ages; what is older or never seen is the last group.
const AGES: [(&str, i64); 4] = [("age-0", 1), ("age-1", 7), ("age-2", 14), ("age-3", 28)];

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

fn parts(shares: &[(&'static str, f64)]) -> Vec<Part> {
    let mut from = 0.0;
    let mut parts = Vec::new();
    for (class, share) in shares {
        if *share > 0.0 {
            parts.push(Part {
                class,
                from: format!("{:.2}", from * 100.0),
                width: format!("{:.2}", share * 100.0),
            });
        }
        from += share;
    }
    parts
}

impl SharesBar {
    /// The shares of a unit; `None` where no grid of it has an outline.
    pub(crate) fn of(unit: &UnitCoverage) -> Option<Self> {
        let (seen, unknown) = (unit.seen_share?, unit.unknown_share?);
        let unseen = (1.0 - seen - unknown).max(0.0);
        Some(Self {
            parts: parts(&[("seen", seen), ("unknown", unknown), ("not-seen", unseen)]),
            seen: percent(seen),
            unknown: percent(unknown),
            unseen: percent(unseen),
        })
    }
}

impl AgeBar {
    /// The ages of a unit's ground; `None` where no grid of it has an outline.
    pub(crate) fn of(unit: &UnitCoverage) -> Option<Self> {
        let whole = unit.share.as_ref()?.reachable;
        let mut groups = [0_u64; AGES.len() + 1];
        for (age, cells) in &unit.days_since_seen {
            let group = AGES.iter().position(|(_, last)| age <= last);
            groups[group.unwrap_or(AGES.len())] += cells;
        }
        groups[AGES.len()] += unit.not_seen_cells;
        let share = |cells: u64| cells as f64 / whole.max(1) as f64;
        let mut shares: Vec<(&'static str, f64)> = AGES
            .iter()
            .zip(groups)
            .map(|((class, _), cells)| (*class, share(cells)))
            .collect();
        let old = share(groups[AGES.len()]);
        shares.push(("age-4", old));
        Some(Self {
            parts: parts(&shares),
            old: percent(old),
        })
    }
}
