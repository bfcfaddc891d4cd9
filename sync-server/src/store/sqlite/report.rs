//! Reports to and from their table.

use rusqlite::{Row, params};
use xunge_core::id::{ChangeHash, PersonId, ReportId, UnitId};
use xunge_core::time::Timestamp;

use super::ledger_read::{digest, marks, signed, unsigned};
use super::{SqliteTx, damaged};
use crate::store::{FeedNo, ReportNo, ReportRow, StoreResult};

/// The columns in the order in which [`from_row`] reads them.
pub(super) const COLUMNS: &str = "report_no, feed_no, report, code, key, reporter, scope, scope_seq, \
     digest_count, digest_xor, heads, changes, events, people, last_seq, state, rank, level, category, holder_unit, \
     holder_part, held_since, submitted_at, due_at, flags, attachments_named, attachments_stored, summary, \
     look_at, closed_at, close_due_at, closed_level, reworks, called_back, lead";

pub(super) fn report_id(bytes: Vec<u8>) -> rusqlite::Result<ReportId> {
    ReportId::from_slice(&bytes).ok_or_else(|| damaged("a report's name"))
}

fn heads(bytes: &[u8]) -> rusqlite::Result<Vec<ChangeHash>> {
    let (chunks, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(chunks.iter().map(|c| ChangeHash(*c)).collect())
    } else {
        Err(damaged("a document's heads"))
    }
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<ReportRow> {
    let unit: Option<String> = row.get(19)?;
    let part: Option<u8> = row.get(20)?;
    let holder = match (unit, part) {
        (Some(unit), Some(part)) => Some((UnitId::new(unit).map_err(|_| damaged("a unit"))?, part)),
        _ => None,
    };
    Ok(ReportRow {
        no: ReportNo(row.get(0)?),
        feed: FeedNo(row.get(1)?),
        report: report_id(row.get(2)?)?,
        code: row.get(3)?,
        key: row.get(4)?,
        reporter: PersonId::new(row.get::<_, String>(5)?).map_err(|_| damaged("a person"))?,
        scope: row.get(6)?,
        scope_seq: unsigned(row.get(7)?),
        digest: digest(row.get(8)?, row.get(9)?)?,
        heads: heads(&row.get::<_, Vec<u8>>(10)?)?,
        changes: row.get(11)?,
        events: row.get(12)?,
        people: row.get(13)?,
        last_seq: unsigned(row.get(14)?),
        state: row.get(15)?,
        rank: row.get(16)?,
        level: row.get(17)?,
        category: row.get(18)?,
        holder,
        held_since: Timestamp(row.get(21)?),
        submitted_at: row.get::<_, Option<i64>>(22)?.map(Timestamp),
        due_at: row.get::<_, Option<i64>>(23)?.map(Timestamp),
        flags: row.get(24)?,
        attachments_named: row.get(25)?,
        attachments_stored: row.get(26)?,
        summary: row.get(27)?,
        look_at: row.get::<_, Option<i64>>(28)?.map(Timestamp),
        outcome: super::outcome::from_row(row, 29)?,
    })
}

impl SqliteTx<'_> {
    pub(super) fn insert_report(&self, r: &ReportRow) -> StoreResult<ReportNo> {
        let columns = COLUMNS
            .strip_prefix("report_no, ")
            .expect("it is the first column");
        let sql = format!(
            "INSERT INTO reports ({columns}) VALUES ({})",
            marks(columns.split(',').count())
        );
        let heads: Vec<u8> = r.heads.iter().flat_map(|h| h.0).collect();
        let (unit, part) = r.holder.as_ref().map(|(u, p)| (u.as_str(), *p)).unzip();
        self.run(
            &sql,
            params![
                r.feed.0,
                r.report.as_bytes(),
                r.code,
                r.key,
                r.reporter.as_str(),
                r.scope,
                signed(r.scope_seq),
                signed(r.digest.count),
                r.digest.xor,
                heads,
                r.changes,
                r.events,
                r.people,
                signed(r.last_seq),
                r.state,
                r.rank,
                r.level,
                r.category,
                unit,
                part,
                r.held_since.as_millis(),
                r.submitted_at.map(Timestamp::as_millis),
                r.due_at.map(Timestamp::as_millis),
                r.flags,
                r.attachments_named,
                r.attachments_stored,
                r.summary,
                r.look_at.map(Timestamp::as_millis),
                r.outcome.closed_at.map(Timestamp::as_millis),
                r.outcome.close_due_at.map(Timestamp::as_millis),
                r.outcome.closed_level,
                r.outcome.reworks,
                r.outcome.called_back,
                r.outcome.lead.as_ref().map(UnitId::as_str),
            ],
        )?;
        Ok(ReportNo(self.tx.last_insert_rowid()))
    }

    pub(super) fn update_report(&self, r: &ReportRow) -> StoreResult<()> {
        let sql = "UPDATE reports SET code = ?, key = ?, scope = ?, scope_seq = ?, digest_count = ?, digest_xor = ?, \
                   heads = ?, changes = ?, events = ?, people = ?, last_seq = ?, state = ?, rank = ?, level = ?, \
                   category = ?, holder_unit = ?, holder_part = ?, held_since = ?, submitted_at = ?, due_at = ?, \
                   flags = ?, attachments_named = ?, attachments_stored = ?, summary = ?, look_at = ?, \
                   closed_at = ?, close_due_at = ?, closed_level = ?, reworks = ?, called_back = ?, lead = ? \
                   WHERE report_no = ?";
        let heads: Vec<u8> = r.heads.iter().flat_map(|h| h.0).collect();
        let (unit, part) = r.holder.as_ref().map(|(u, p)| (u.as_str(), *p)).unzip();
        self.run(
            sql,
            params![
                r.code,
                r.key,
                r.scope,
                signed(r.scope_seq),
                signed(r.digest.count),
                r.digest.xor,
                heads,
                r.changes,
                r.events,
                r.people,
                signed(r.last_seq),
                r.state,
                r.rank,
                r.level,
                r.category,
                unit,
                part,
                r.held_since.as_millis(),
                r.submitted_at.map(Timestamp::as_millis),
                r.due_at.map(Timestamp::as_millis),
                r.flags,
                r.attachments_named,
                r.attachments_stored,
                r.summary,
                r.look_at.map(Timestamp::as_millis),
                r.outcome.closed_at.map(Timestamp::as_millis),
                r.outcome.close_due_at.map(Timestamp::as_millis),
                r.outcome.closed_level,
                r.outcome.reworks,
                r.outcome.called_back,
                r.outcome.lead.as_ref().map(UnitId::as_str),
                r.no.0,
            ],
        )?;
        Ok(())
    }
}
