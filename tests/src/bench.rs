//! The figures of `make bench`: each is one measured number with its goal, as a ratio within one run where it can be.

pub mod capture;
pub mod console;
pub mod counts;
pub mod day;
mod device;
pub mod document;
pub mod patrol;
pub mod peer;
pub mod photo;
pub mod postgres;
pub mod process;
pub mod scale;
pub mod server;
pub mod soak;
mod thin;
mod township;
mod words;

use serde::Serialize;

/// Why a part of the bench did not run.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// One measured number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What was measured, a short phrase.
    pub name: String,
    /// The number, in `unit`.
    pub value: f64,
    /// Unit of `value`: `%`, `MB` (10^6 bytes), `ms`, `s`, ...
    pub unit: String,
    /// What was aimed at, in words: `<= 40 %`; `none` where the figure only stands beside others.
    pub goal: String,
    /// Whether the goal is met; `true` where there is none.
    pub holds: bool,
}

impl Figure {
    /// A figure whose goal is to stay at or below `limit`.
    pub fn at_most(name: impl Into<String>, value: f64, unit: &str, limit: f64) -> Self {
        let goal = format!("<= {}", bound(limit, unit));
        Self {
            name: name.into(),
            value,
            unit: unit.into(),
            goal,
            holds: value <= limit,
        }
    }

    /// A figure whose goal is to reach `limit` or more.
    pub fn at_least(name: impl Into<String>, value: f64, unit: &str, limit: f64) -> Self {
        let goal = format!(">= {}", bound(limit, unit));
        Self {
            name: name.into(),
            value,
            unit: unit.into(),
            goal,
            holds: value >= limit,
        }
    }

    /// A figure without a goal of its own.
    pub fn told(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self {
            name: name.into(),
            value,
            unit: unit.into(),
            goal: "none".into(),
            holds: true,
        }
    }
}

/// A bound in words, with three decimals at most.
fn bound(limit: f64, unit: &str) -> String {
    format!("{} {unit}", (limit * 1_000.0).round() / 1_000.0)
        .trim_end()
        .to_owned()
}
