//! Why a clock of working time stood still: what a deadline lists, so that nobody has to take it on trust.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Calendar, tidy_hours};
use crate::time::Timestamp;

/// Why no working time ran.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// Night or midday: outside the hours of a working day.
    OutsideHours,
    /// At least one whole free day lay in it.
    FreeDays,
}

/// A stretch without working time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pause {
    /// Its first instant.
    pub from: Timestamp,
    /// Its end (exclusive).
    pub to: Timestamp,
    /// Why.
    pub cause: PauseCause,
}

impl Calendar {
    /// Every pause of a clock of working time between two instants, in order, each as long as it can be; together with the working time
    /// they fill the whole stretch. None where the hours hold no minute, since then the clock runs all the time.
    pub fn pauses_between(
        &self,
        from: Timestamp,
        to: Timestamp,
        zone: Tz,
        hours_min: &[[u32; 2]],
    ) -> Vec<Pause> {
        let hours = tidy_hours(hours_min);
        let mut pauses = Vec::new();
        if hours.is_empty() || to <= from {
            return pauses;
        }
        let last = to.day_in(zone);
        let mut reached = from;
        let mut cause = PauseCause::OutsideHours;
        let mut add = |reached: Timestamp, opens: Timestamp, cause| {
            if opens > reached {
                pauses.push(Pause {
                    from: reached,
                    to: opens,
                    cause,
                });
            }
        };
        for on in from.day_in(zone).iter_days().take_while(|on| *on <= last) {
            if !self.is_working_day(on) {
                cause = PauseCause::FreeDays;
            }
            for (opens, closes) in self.opening(on, zone, &hours) {
                if closes > reached && opens < to {
                    add(reached, opens, cause);
                    (reached, cause) = (closes.min(to), PauseCause::OutsideHours);
                }
            }
        }
        add(reached, to, cause);
        pauses
    }
}
