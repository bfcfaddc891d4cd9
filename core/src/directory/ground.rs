//! What the township says about its ground: how far one sees, what cannot be walked, how often a place must be visited.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::UnitId;

/// How far somebody on foot sees enough of the ground to say that a place was seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// High houses and narrow lanes: 15 m.
    Dense,
    /// Villages and small towns: 25 m.
    #[default]
    Village,
    /// Fields, shores and open land: 40 m.
    Open,
}

impl Sight {
    /// The radius in metres.
    pub fn radius_m(self) -> f64 {
        match self {
            Self::Dense => 15.0,
            Self::Village => 25.0,
            Self::Open => 40.0,
        }
    }
}

/// Why ground cannot be reached on a patrol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionReason {
    /// 水域: rivers, lakes, the sea.
    Water,
    /// 悬崖、陡坡: too steep to walk.
    Cliff,
    /// 封闭区域: a compound with its own guard.
    ClosedCompound,
    /// Something else, which the name says.
    Other,
}

impl ExclusionReason {
    /// The reason in Chinese and in English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Water => ("水域", "water"),
            Self::Cliff => ("悬崖陡坡", "cliffs"),
            Self::ClosedCompound => ("封闭区域", "closed compounds"),
            Self::Other => ("其他", "other"),
        }
    }
}

/// An area that leaves the denominator of coverage, visibly.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ExcludedArea {
    /// Names the record.
    pub id: String,
    /// Its name as people say it.
    pub name: String,
    /// The grid, or the village or township whose grids it may touch.
    pub unit: UnitId,
    /// Why it cannot be reached.
    pub reason: ExclusionReason,
    /// The outline as a GeoJSON `MultiPolygon` coordinate array, `[lon, lat]` degrees WGS 84.
    pub outline: Vec<Vec<Vec<[f64; 2]>>>,
}

/// How often a key place must be visited.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct VisitRule {
    /// How often.
    pub often: Often,
    /// Only within this part of the year; all year where `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
    /// Whether every day is due while the township is in emergency mode, in season or not.
    #[serde(default)]
    pub is_daily_in_emergency: bool,
}

/// The plain part of a rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "often", rename_all = "snake_case")]
pub enum Often {
    /// At least once in so many civil days.
    EveryDays {
        /// 1 is every day. 0 counts as 1.
        days: u32,
    },
    /// On so many different days of a week from Monday to Sunday.
    TimesAWeek {
        /// 1 to 7; what is more counts as 7.
        times: u32,
    },
}

/// A part of the year, both ends included; it may run over the new year. Days as month and day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Season {
    /// The first month and day.
    pub from: [u32; 2],
    /// The last month and day.
    pub to: [u32; 2],
}

impl Season {
    /// Whether the day lies within.
    pub fn holds(&self, day: NaiveDate) -> bool {
        use chrono::Datelike;
        let at = [day.month(), day.day()];
        if self.from <= self.to {
            (self.from..=self.to).contains(&at)
        } else {
            at >= self.from || at <= self.to
        }
    }
}

/// Days on which a place need not be visited, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Excuse {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub to: NaiveDate,
    /// Why (closed for repair, flooded road).
    pub reason: String,
}
