//! Settings of townships and county desks, resolved down the tree of units.

use chrono_tz::Tz;

use super::unit::Post;
use super::{KeepDays, Policy, QUIET_HOURS_MIN, Sight};
use crate::in_order::InOrder;
use crate::time::Timestamp;

/// The settings that hold for a unit after inheritance and defaults.
#[derive(Clone, PartialEq, Debug)]
pub struct ResolvedPolicy {
    /// The zone of civil days.
    pub zone: Tz,
    /// How long a chief may take before a report passes by him, in working minutes.
    pub chief_clock_working_min: u32,
    /// Working hours as minutes since midnight, `[start, end)`, ascending and apart.
    pub working_hours_min: Vec<[u32; 2]>,
    /// The long side of pictures in pixels.
    pub picture_long_side_px: u32,
    /// Whether this unit or one above is in emergency mode (战时).
    pub is_emergency: bool,
    /// How far one sees on patrol.
    pub sight: Sight,
    /// For how many days tracks are kept before only their coverage remains.
    pub track_keep_days: u32,
    /// For how many days what belongs to a report is kept after its end.
    pub keep: KeepDays,
    /// When nobody is reminded, as minutes since midnight; over midnight where the end is smaller, never where both are equal.
    pub quiet_hours_min: [u32; 2],
}

/// The chief's clock where no policy says otherwise, in working minutes.
pub const CHIEF_CLOCK_WORKING_MIN: u32 = 240;

/// Working hours where no policy says otherwise, as minutes since midnight: 08:00–12:00, 14:00–18:00.
pub const WORKING_HOURS_MIN: [[u32; 2]; 2] = [[480, 720], [840, 1080]];

/// The long side of pictures in pixels where no policy says otherwise.
pub const PICTURE_LONG_SIDE_PX: u32 = 1600;

/// For how many days tracks are kept where no policy says otherwise.
pub const TRACK_KEEP_DAYS: u32 = 90;

impl Default for ResolvedPolicy {
    fn default() -> Self {
        Self {
            zone: chrono_tz::Asia::Shanghai,
            chief_clock_working_min: CHIEF_CLOCK_WORKING_MIN,
            working_hours_min: WORKING_HOURS_MIN.to_vec(),
            picture_long_side_px: PICTURE_LONG_SIDE_PX,
            is_emergency: false,
            sight: Sight::default(),
            track_keep_days: TRACK_KEEP_DAYS,
            keep: KeepDays::default(),
            quiet_hours_min: QUIET_HOURS_MIN,
        }
    }
}

impl ResolvedPolicy {
    /// The settings of these policies, the nearest first. A zone that is not in the IANA table, and hours that leave no working minute,
    /// are passed over as if they were absent.
    pub fn of(policies: &[&Policy]) -> Self {
        let mut resolved = Self::default();
        for policy in policies.iter().rev() {
            if let Some(zone) = policy.zone.as_deref().and_then(|name| name.parse().ok()) {
                resolved.zone = zone;
            }
            if let Some(minutes) = policy.chief_clock_working_min {
                resolved.chief_clock_working_min = minutes;
            }
            let hours = policy.working_hours_min.as_deref().map(tidy_hours);
            if let Some(hours) = hours.filter(|hours| !hours.is_empty()) {
                resolved.working_hours_min = hours;
            }
            if let Some(pixels) = policy.picture_long_side_px {
                resolved.picture_long_side_px = pixels;
            }
            if let Some(sight) = policy.sight {
                resolved.sight = sight;
            }
            if let Some(days) = policy.track_keep_days {
                resolved.track_keep_days = days;
            }
            resolved.keep = policy.keep.or(resolved.keep);
            if let Some(quiet) = policy.quiet_hours_min {
                resolved.quiet_hours_min = quiet.map(|minute| minute.min(1_440));
            }
            resolved.is_emergency |= policy.is_emergency;
        }
        resolved
    }
}

/// Hours in ascending order, within the day, none empty, none overlapping.
pub(super) fn tidy_hours(hours: &[[u32; 2]]) -> Vec<[u32; 2]> {
    let mut sorted: Vec<[u32; 2]> = hours
        .iter()
        .map(|[start, end]| [*start.min(&1440), *end.min(&1440)])
        .filter(|[start, end]| start < end)
        .collect();
    sorted.order_by(Ord::cmp);
    let mut tidy: Vec<[u32; 2]> = Vec::with_capacity(sorted.len());
    for [start, end] in sorted {
        match tidy.last_mut() {
            Some(last) if start <= last[1] => last[1] = last[1].max(end),
            _ => tidy.push([start, end]),
        }
    }
    tidy
}

impl Post {
    /// Whether the post's own dates include the instant.
    pub fn is_held(&self, at: Timestamp) -> bool {
        self.held_from <= at && self.held_to.is_none_or(|end| at < end)
    }
}
