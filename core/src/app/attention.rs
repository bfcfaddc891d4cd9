//! Needs attention: what the server did not take. A person looks at it, exports it, sends it again or clears it.

use super::device::Context;
use super::sync::NO_REPORT;
use super::{AttentionItem, Device, project};
use crate::error::Error;
use crate::id::ReportId;
use crate::store::{AttentionRow, Tx};
use crate::time::Timestamp;

impl Device {
    /// Everything that needs attention, the latest first.
    pub fn needs_attention(&self) -> Result<Vec<AttentionItem>, Error> {
        self.read(|tx, context| {
            let mut items = Vec::new();
            for row in tx.attention()? {
                items.push(item(tx, context, row)?);
            }
            Ok(items)
        })
    }

    /// A person has seen to it: the entry goes. What was typed stays in the report's own words where it stands there; a report that the
    /// server never took goes with its entry, so export it first.
    pub fn clear_attention(&self, id: i64) -> Result<(), Error> {
        let orphans = self.write(|tx, context| {
            let row = tx.attention_row(id)?.ok_or(Error::NotFound("entry"))?;
            tx.delete_attention(id)?;
            if row.report == NO_REPORT {
                tx.delete_held_trail(&row.name)?;
                return Ok(Vec::new());
            }
            let is_held = tx.outbox_of(&row.report)?.len() != tx.sendable_of(&row.report)?;
            if is_held && !tx.needs_attention(&row.report)? {
                return Ok(tx.purge_report(&row.report)?);
            }
            project::project(tx, context, &row.report)?;
            Ok(Vec::new())
        })?;
        self.remove_files(&orphans)
    }

    /// Sends it again with the next sync, after whatever stood in its way was put right at the server.
    pub fn retry_attention(&self, id: i64) -> Result<(), Error> {
        self.write(|tx, context| {
            let row = tx.attention_row(id)?.ok_or(Error::NotFound("entry"))?;
            match row.kind.as_str() {
                "track" | "visit" => {
                    tx.release_trail(&row.name)?;
                    return Ok(tx.delete_attention(id)?);
                }
                "attachment" => tx.retry_upload(&row.name)?,
                "change" => {
                    tx.set_held(&row.report, false)?;
                }
                _ => return Err(Error::NotAllowed(crate::command::Refusal::WrongState)),
            }
            tx.delete_attention(id)?;
            project::project(tx, context, &row.report)?;
            Ok(())
        })
    }
}

fn item(tx: &Tx<'_>, context: &Context<'_>, row: AttentionRow) -> Result<AttentionItem, Error> {
    let code = project::load(tx, context, &row.report)?
        .and_then(|held| held.content.map(|content| content.code))
        .unwrap_or_default();
    Ok(AttentionItem {
        id: row.id,
        what: row.kind,
        report: row.report,
        code,
        refusal: row.code,
        detail: row.detail,
        content: row.content,
        at: Timestamp(row.at_ms),
    })
}

/// A new entry.
pub(super) fn entry(
    kind: &str,
    name: &[u8],
    report: &ReportId,
    code: impl Into<String>,
    content: String,
    now_ms: i64,
) -> AttentionRow {
    AttentionRow {
        id: 0,
        kind: kind.to_owned(),
        name: name.to_vec(),
        report: *report,
        code: code.into(),
        detail: String::new(),
        content,
        at_ms: now_ms,
    }
}
