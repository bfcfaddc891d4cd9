//! The reports behind a figure, as part of the queue's address: when they came, who leads, what became of them.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeZone};
use chrono_tz::Tz;
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;

use super::super::lang::Lang;
use super::super::moment::Moments;
use super::super::names::Names;
use crate::problem::Problem;
use crate::service::{Cohort, OutcomeKind};

/// What of the address picks a cohort.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Picked {
    /// Handed in on this day or later.
    from: Option<NaiveDate>,
    /// Handed in on this day or earlier.
    to: Option<NaiveDate>,
    line: Option<UnitId>,
    outcome: Option<OutcomeKind>,
}

impl Picked {
    /// Reads the address.
    pub(super) fn parse(given: &BTreeMap<String, String>) -> Result<Self, Problem> {
        let text = |name: &str| given.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
        let day = |name: &'static str| -> Result<Option<NaiveDate>, Problem> {
            let parse = |text: &str| text.parse().map_err(|_| Problem::field(name, "not a day"));
            text(name).map(parse).transpose()
        };
        let line = text("line").map(|text| text.parse().map_err(|_| Problem::field("line", "not a code")));
        let outcome = text("outcome")
            .map(|name| OutcomeKind::of(name).ok_or_else(|| Problem::field("outcome", "no such outcome")));
        Ok(Self {
            from: day("from")?,
            to: day("to")?,
            line: line.transpose()?,
            outcome: outcome.transpose()?,
        })
    }

    /// As names and values of the address.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        fields.extend(self.from.map(|day| ("from", day.to_string())));
        fields.extend(self.to.map(|day| ("to", day.to_string())));
        fields.extend(self.line.as_ref().map(|unit| ("line", unit.to_string())));
        fields.extend(self.outcome.map(|kind| ("outcome", kind.name().to_owned())));
        fields
    }

    /// As the service takes it.
    pub(super) fn cohort(&self, zone: Tz) -> Cohort {
        Cohort {
            submitted_from: self.from.map(|day| day_start(day, zone)),
            submitted_until: self.to.map(|day| day_start(day + Days::new(1), zone)),
            lead: self.line.clone(),
            outcome: self.outcome,
            ..Cohort::default()
        }
    }

    /// In words; empty where nothing is picked.
    pub(super) fn words(&self, names: &Names, moments: Moments) -> String {
        let b = names.lang.board();
        let mut parts = Vec::new();
        match (self.from, self.to) {
            (Some(from), Some(to)) => {
                let span = b.period_span.replace("{a}", &moments.day(from));
                parts.push(
                    b.picked_received
                        .replace("{t}", &span.replace("{b}", &moments.day(to))),
                );
            }
            (Some(day), None) => parts.push(b.picked_from.replace("{t}", &moments.day(day))),
            (None, Some(day)) => parts.push(b.picked_to.replace("{t}", &moments.day(day))),
            (None, None) => {}
        }
        parts.extend(
            self.line
                .as_ref()
                .map(|unit| b.picked_line.replace("{u}", &names.unit(unit))),
        );
        parts.extend(
            self.outcome
                .map(|kind| outcome_words(names.lang, kind).to_owned()),
        );
        parts.join(" · ")
    }
}

/// The first instant of a day in a zone.
pub(crate) fn day_start(day: NaiveDate, zone: Tz) -> Timestamp {
    let midnight = day.and_hms_opt(0, 0, 0).expect("midnight is a time of day");
    let at = zone.from_local_datetime(&midnight).earliest();
    Timestamp(at.map_or_else(
        || midnight.and_utc().timestamp_millis(),
        |at| at.timestamp_millis(),
    ))
}

/// A kind of outcome in words.
pub(crate) fn outcome_words(lang: Lang, kind: OutcomeKind) -> &'static str {
    let b = lang.board();
    match kind {
        OutcomeKind::Closed => b.out_closed,
        OutcomeKind::OnTime => b.out_on_time,
        OutcomeKind::ClosedLate => b.out_closed_late,
        OutcomeKind::Overdue => b.out_overdue,
        OutcomeKind::Reworked => b.out_reworked,
        OutcomeKind::Content => b.out_content,
        OutcomeKind::NotContent => b.out_not_content,
        OutcomeKind::Local => b.out_local,
    }
}
