//! The figures of `make bench`: each is one measured number with its goal, as a ratio within one run where it can be.

pub mod document;
pub mod photo;
pub mod server;

use serde::Serialize;

/// One measured number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What was measured, a short phrase.
    pub name: String,
    /// The number, in `unit`.
    pub value: f64,
    /// Unit of `value`: `%`, `MB` (10^6 bytes), `ms`, `s`, ...
    pub unit: String,
    /// What was aimed at, in words: `<= 40 %`.
    pub goal: String,
    /// Whether the goal is met.
    pub holds: bool,
}

impl Figure {
    /// A figure whose goal is to stay at or below `limit`.
    pub fn at_most(name: impl Into<String>, value: f64, unit: &str, limit: f64) -> Self {
        let goal = format!("<= {limit} {unit}");
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
        let goal = format!(">= {limit} {unit}");
        Self {
            name: name.into(),
            value,
            unit: unit.into(),
            goal,
            holds: value >= limit,
        }
    }
}
