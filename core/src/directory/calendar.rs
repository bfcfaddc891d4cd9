//! Holidays and make-up days.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Whether a day that the calendar names is free or worked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A holiday.
    Off,
    /// A Saturday or Sunday that is worked (调休).
    Work,
}

/// One day that differs from the plain week (Monday to Friday are worked).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CalendarDay {
    /// The civil day.
    pub on: NaiveDate,
    /// Free or worked.
    pub kind: DayKind,
    /// The holiday's name.
    pub name: String,
}
