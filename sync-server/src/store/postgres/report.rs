//! Reports to and from their table.

use tokio_postgres::Row;
use xunge_core::id::{ChangeHash, UnitId};
use xunge_core::time::Timestamp;

use super::cells::{Cells, damaged, signed, text};
use super::connection::{Param, params};
use super::tx::PgTx;
use crate::store::{OutcomeRow, ReportNo, ReportRow, StoreResult};

/// The columns in the order in which [`from_row`] reads them and [`values`] gives them.
pub(super) const COLUMNS: &str = "report_no, feed_no, report, code, key, reporter, scope, scope_seq, digest_count, \
     digest_xor, heads, changes, events, people, last_seq, state, rank, level, category, holder_unit, holder_part, \
     held_since, submitted_at, due_at, flags, attachments_named, attachments_stored, summary, look_at, closed_at, \
     close_due_at, closed_level, reworks, called_back, lead";

fn heads(bytes: &[u8]) -> StoreResult<Vec<ChangeHash>> {
    let (chunks, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(chunks.iter().map(|c| ChangeHash(*c)).collect())
    } else {
        Err(damaged("a document's heads"))
    }
}

pub(super) fn from_row(row: &Row) -> StoreResult<ReportRow> {
    let mut c = Cells::of(row);
    Ok(ReportRow {
        no: ReportNo(c.next()?),
        feed: crate::store::FeedNo(c.next()?),
        report: c.report()?,
        code: c.next()?,
        key: c.next()?,
        reporter: c.person()?,
        scope: c.next()?,
        scope_seq: c.number()?,
        digest: c.digest()?,
        heads: heads(c.next()?)?,
        changes: c.number()?,
        events: c.number()?,
        people: c.number()?,
        last_seq: c.number()?,
        state: c.number()?,
        rank: c.number()?,
        level: c.number()?,
        category: c.next()?,
        holder: c.unit_maybe()?.zip(c.number_maybe()?),
        held_since: c.at()?,
        submitted_at: c.at_maybe()?,
        due_at: c.at_maybe()?,
        flags: c.number()?,
        attachments_named: c.number()?,
        attachments_stored: c.number()?,
        summary: c.next()?,
        look_at: c.at_maybe()?,
        outcome: outcome(&mut c)?,
    })
}

/// Reads the columns `closed_at, close_due_at, closed_level, reworks, called_back, lead`.
pub(super) fn outcome(c: &mut Cells<'_>) -> StoreResult<OutcomeRow> {
    Ok(OutcomeRow {
        closed_at: c.at_maybe()?,
        close_due_at: c.at_maybe()?,
        closed_level: c.number_maybe()?,
        reworks: c.number()?,
        called_back: c.number()?,
        lead: c.unit_maybe()?,
    })
}

fn values(no: ReportNo, r: &ReportRow) -> Vec<Param> {
    let heads: Vec<u8> = r.heads.iter().flat_map(|h| h.0).collect();
    let (unit, part) = r
        .holder
        .as_ref()
        .map(|(u, p)| (u.as_str().to_owned(), i64::from(*p)))
        .unzip();
    params![
        no.0,
        r.feed.0,
        r.report.as_bytes().to_vec(),
        text(&r.code),
        r.key.clone(),
        r.reporter.as_str().to_owned(),
        r.scope.clone(),
        signed(r.scope_seq),
        signed(r.digest.count),
        r.digest.xor.to_vec(),
        heads,
        i64::from(r.changes),
        i64::from(r.events),
        i64::from(r.people),
        signed(r.last_seq),
        i64::from(r.state),
        i64::from(r.rank),
        i64::from(r.level),
        r.category.as_deref().map(text),
        unit,
        part,
        r.held_since.as_millis(),
        r.submitted_at.map(Timestamp::as_millis),
        r.due_at.map(Timestamp::as_millis),
        i64::from(r.flags),
        i64::from(r.attachments_named),
        i64::from(r.attachments_stored),
        r.summary.clone(),
        r.look_at.map(Timestamp::as_millis),
        r.outcome.closed_at.map(Timestamp::as_millis),
        r.outcome.close_due_at.map(Timestamp::as_millis),
        r.outcome.closed_level.map(i64::from),
        i64::from(r.outcome.reworks),
        i64::from(r.outcome.called_back),
        r.outcome
            .lead
            .as_ref()
            .map(|unit| UnitId::as_str(unit).to_owned()),
    ]
}

/// Rows that one statement inserts: few sizes, so that few statements are prepared.
const AT_ONCE: [usize; 3] = [16, 4, 1];

/// `($1, $2, …), (…), …`: so many rows of so many values.
fn marks(rows: usize, values: usize) -> String {
    let row = |row: usize| {
        let marks: Vec<String> = (1..=values).map(|n| format!("${}", row * values + n)).collect();
        format!("({})", marks.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

impl PgTx<'_> {
    pub(super) fn insert_reports(&mut self, mut reports: &[&ReportRow]) -> StoreResult<Vec<ReportNo>> {
        let mut numbers = Vec::with_capacity(reports.len());
        while !reports.is_empty() {
            let count = AT_ONCE.into_iter().find(|count| *count <= reports.len());
            let (some, rest) = reports.split_at(count.unwrap_or(1));
            let mut all = Vec::new();
            for report in some {
                let no = self.next_report(report.feed)?;
                all.extend(values(no, report));
                numbers.push(no);
            }
            let marks = marks(some.len(), all.len() / some.len());
            let sql = format!("INSERT INTO reports ({COLUMNS}) VALUES {marks}");
            self.send_exactly(some.len(), &sql, all)?;
            reports = rest;
        }
        Ok(numbers)
    }

    pub(super) fn update_report(&mut self, r: &ReportRow) -> StoreResult<()> {
        let values = values(r.no, r);
        let sql = update_sql();
        self.send(&sql, values)
    }
}

/// An update in which every value of [`values`] has its place; the fixed ones find the row.
fn update_sql() -> String {
    let set: Vec<String> = (1..)
        .zip(COLUMNS.split(", "))
        .filter(|(_, column)| !matches!(*column, "report_no" | "feed_no" | "report" | "reporter"))
        .map(|(n, column)| format!("{column} = ${n}"))
        .collect();
    format!(
        "UPDATE reports SET {} WHERE feed_no = $2 AND report_no = $1 AND report = $3 AND reporter = $6",
        set.join(", ")
    )
}
