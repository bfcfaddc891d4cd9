//! What became of reports: its columns, the part of a query that narrows a list to a cohort, and the rows of figures.

use rusqlite::Row;
use rusqlite::types::Value;
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;

use super::ledger_read::{marks, text};
use super::{SqliteTx, damaged};
use crate::store::{Cohort, FeedNo, FigureRow, OutcomeKind, OutcomeRow, StoreResult};

/// Reads the columns `closed_at, close_due_at, closed_level, reworks, called_back, lead` from a place on.
pub(super) fn from_row(row: &Row<'_>, at: usize) -> rusqlite::Result<OutcomeRow> {
    let lead: Option<String> = row.get(at + 5)?;
    let lead = lead.map(UnitId::new).transpose().map_err(|_| damaged("a unit"))?;
    Ok(OutcomeRow {
        closed_at: row.get::<_, Option<i64>>(at)?.map(Timestamp),
        close_due_at: row.get::<_, Option<i64>>(at + 1)?.map(Timestamp),
        closed_level: row.get(at + 2)?,
        reworks: row.get(at + 3)?,
        called_back: row.get(at + 4)?,
        lead,
    })
}

/// Narrows a query over reports to a cohort; says the same as [`Cohort::holds`].
pub(super) fn narrow(cohort: &Cohort, sql: &mut String, values: &mut Vec<Value>) {
    let mut add = |condition: &str, value: Option<Value>| {
        sql.push_str(" AND ");
        sql.push_str(condition);
        values.extend(value);
    };
    let instant = |at: Timestamp| Some(Value::Integer(at.as_millis()));
    if let Some(from) = cohort.submitted_from {
        add("submitted_at >= ?", instant(from));
    }
    if let Some(until) = cohort.submitted_until {
        add("submitted_at < ?", instant(until));
    }
    if let Some(lead) = &cohort.lead {
        add("lead = ?", Some(text(lead.as_str())));
    }
    match cohort.outcome {
        None => {}
        Some(OutcomeKind::Closed) => add("closed_at IS NOT NULL", None),
        Some(OutcomeKind::OnTime) => add(
            "closed_at IS NOT NULL AND coalesce(closed_at <= close_due_at, 1)",
            None,
        ),
        Some(OutcomeKind::ClosedLate) => add("closed_at > close_due_at", None),
        Some(OutcomeKind::Overdue) => add("closed_at IS NULL AND due_at <= ?", instant(cohort.now)),
        Some(OutcomeKind::Reworked) => add("reworks > 0", None),
        Some(OutcomeKind::Content) => add("called_back = 1", None),
        Some(OutcomeKind::NotContent) => add("called_back = 2", None),
        Some(OutcomeKind::Local) => add("closed_at IS NOT NULL AND closed_level < 3", None),
    }
}

impl SqliteTx<'_> {
    pub(super) fn figure_rows(
        &mut self,
        feed: FeedNo,
        scopes: &[String],
        from: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Vec<FigureRow>> {
        if scopes.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT scope, state, category, due_at, closed_at, close_due_at, closed_level, reworks, called_back, lead \
             FROM reports WHERE feed_no = ? AND submitted_at >= ? AND submitted_at < ? AND scope IN ({})",
            marks(scopes.len())
        );
        let mut values = [feed.0, from.as_millis(), until.as_millis()]
            .map(Value::Integer)
            .to_vec();
        values.extend(scopes.iter().map(|scope| text(scope)));
        self.list(&sql, values, |row| {
            Ok(FigureRow {
                scope: row.get(0)?,
                state: row.get(1)?,
                category: row.get(2)?,
                due_at: row.get::<_, Option<i64>>(3)?.map(Timestamp),
                outcome: from_row(row, 4)?,
            })
        })
    }
}
