//! Lists and figures over reports: queries that are put together from what is asked.

use xunge_core::time::Timestamp;

use super::cells::{Cells, damaged};
use super::connection::{Param, params};
use super::report::{COLUMNS, from_row, outcome};
use super::tx::PgTx;
use crate::store::{Cohort, FeedNo, FigureRow, OutcomeKind, QueueFilter, ReportRow, StoreResult};

/// A query that grows, with its values.
struct Query {
    sql: String,
    values: Vec<Param>,
}

impl Query {
    /// Adds a condition; `?` in it stands for the value.
    fn and(&mut self, condition: &str, value: Param) {
        self.values.push(value);
        let mark = format!("${}", self.values.len());
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('?', &mark));
    }

    fn and_plain(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }

    /// Narrows a query over reports to a cohort; says the same as [`Cohort::holds`].
    fn narrow(&mut self, cohort: &Cohort) {
        let instant = |at: Timestamp| -> Param { Box::new(at.as_millis()) };
        if let Some(from) = cohort.submitted_from {
            self.and("submitted_at >= ?", instant(from));
        }
        if let Some(until) = cohort.submitted_until {
            self.and("submitted_at < ?", instant(until));
        }
        if let Some(lead) = &cohort.lead {
            self.and("lead = ?", Box::new(lead.as_str().to_owned()));
        }
        match cohort.outcome {
            None => {}
            Some(OutcomeKind::Closed) => self.and_plain("closed_at IS NOT NULL"),
            Some(OutcomeKind::OnTime) => {
                self.and_plain("closed_at IS NOT NULL AND coalesce(closed_at <= close_due_at, true)");
            }
            Some(OutcomeKind::ClosedLate) => self.and_plain("closed_at > close_due_at"),
            Some(OutcomeKind::Overdue) => {
                self.and("closed_at IS NULL AND due_at <= ?", instant(cohort.now));
            }
            Some(OutcomeKind::Reworked) => self.and_plain("reworks > 0"),
            Some(OutcomeKind::Content) => self.and_plain("called_back = 1"),
            Some(OutcomeKind::NotContent) => self.and_plain("called_back = 2"),
            Some(OutcomeKind::Local) => self.and_plain("closed_at IS NOT NULL AND closed_level < 3"),
        }
    }
}

/// The query of a filter without its page.
fn filtered(feed: FeedNo, columns: &str, filter: &QueueFilter) -> Query {
    let mut query = Query {
        sql: format!("SELECT {columns} FROM reports WHERE feed_no = $1 AND state = $2 AND scope IS NOT NULL"),
        values: params![feed.0, i64::from(filter.state)],
    };
    if !filter.scopes.is_empty() {
        query.and("scope = ANY(?)", Box::new(filter.scopes.clone()));
    }
    if !filter.categories.is_empty() {
        query.and("category = ANY(?)", Box::new(filter.categories.clone()));
    }
    query.narrow(&filter.cohort);
    if let Some(holder) = &filter.holder {
        query.and("holder_unit = ?", Box::new(holder.as_str().to_owned()));
    }
    if let Some(rank) = filter.rank {
        query.and("rank = ?", Box::new(i64::from(rank)));
    }
    query
}

impl PgTx<'_> {
    pub(super) fn queue_rows(&mut self, feed: FeedNo, filter: &QueueFilter) -> StoreResult<Vec<ReportRow>> {
        let mut query = filtered(feed, COLUMNS, filter);
        if let Some((rank, since, no)) = filter.after {
            query
                .values
                .extend(params![i64::from(rank), since.as_millis(), no.0]);
            let last = query.values.len();
            let marks = format!("(${}, ${}, ${})", last - 2, last - 1, last);
            query.and_plain(&format!("(rank, held_since, report_no) > {marks}"));
        }
        query.values.push(Box::new(i64::from(filter.limit)));
        let order = format!(
            " ORDER BY rank, held_since, report_no LIMIT ${}",
            query.values.len()
        );
        query.sql.push_str(&order);
        self.list(&query.sql, query.values, from_row)
    }

    pub(super) fn count_queue(&mut self, feed: FeedNo, filter: &QueueFilter) -> StoreResult<u64> {
        let query = filtered(feed, "count(*)", filter);
        let count = self.one(&query.sql, query.values, |row| Cells::of(row).number())?;
        count.ok_or_else(|| damaged("a count"))
    }

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
        let sql = "SELECT scope, state, category, due_at, closed_at, close_due_at, closed_level, reworks, called_back, lead \
                   FROM reports WHERE feed_no = $1 AND submitted_at >= $2 AND submitted_at < $3 AND scope = ANY($4)";
        let values = params![feed.0, from.as_millis(), until.as_millis(), scopes.to_vec()];
        self.list(sql, values, |row| {
            let mut c = Cells::of(row);
            Ok(FigureRow {
                scope: c.next()?,
                state: c.number()?,
                category: c.next()?,
                due_at: c.at_maybe()?,
                outcome: outcome(&mut c)?,
            })
        })
    }
}
