//! Deadlines as they are shown.

use super::device::Context;
use super::{DeadlineView, StopView};
use crate::directory::LimitSource;
use crate::json;
use crate::time::Timestamp;
use crate::workflow::{self, Deadline, Matter, Stage, Stop, StopCause};

/// The deadlines that run now, the nearest first.
pub(super) fn views(matter: Option<&Matter>, context: &Context<'_>) -> Vec<DeadlineView> {
    let now = context.now();
    let found = matter.map_or_else(Vec::new, |matter| {
        workflow::deadlines(matter, context.directory, now)
    });
    found
        .into_iter()
        .map(|deadline| view(deadline, context, now))
        .collect()
}

fn view(deadline: Deadline, context: &Context<'_>, now: Timestamp) -> DeadlineView {
    let unit = match &deadline.stage {
        Stage::Sign { unit } | Stage::Unit { unit } => Some(unit),
        _ => None,
    };
    let known = unit.and_then(|unit| context.directory.last_known_unit(unit, now));
    DeadlineView {
        unit_name: known.map_or_else(String::new, |unit| unit.name.clone()),
        stage: deadline.stage,
        from: deadline.from,
        ends_at: deadline.ends_at,
        is_late: deadline.ends_at <= now,
        source: source(&deadline.source).to_owned(),
        stops: deadline.stops.into_iter().map(stop).collect(),
    }
}

fn source(source: &LimitSource) -> &'static str {
    match source {
        LimitSource::Default => "default",
        LimitSource::Policy { .. } => "policy",
        LimitSource::Category { .. } => "category",
        LimitSource::Emergency { .. } => "emergency",
        LimitSource::Room => "room",
    }
}

fn stop(stop: Stop) -> StopView {
    let (cause, reason) = match stop.cause {
        StopCause::Calendar { cause } => (word(&cause), None),
        StopCause::Act { cause, reason, .. } => (word(&cause), reason),
    };
    StopView {
        from: stop.from,
        to: stop.to,
        cause,
        reason,
    }
}

/// The stable word of a cause.
fn word(cause: &impl serde::Serialize) -> String {
    json::word(cause).unwrap_or_default()
}
