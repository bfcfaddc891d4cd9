//! The saved documents, each with what it says.

use super::{StoreError, Tx};
use crate::document::gate::Snapshot;
use crate::id::{ChangeHash, ReportId};
use crate::json;
use crate::report::ReportContent;

/// The shape of the JSON in `content`. Goes up with every change of [`ReportContent`], so that an older program's is read from the
/// document again.
const CONTENT_FORMAT: u32 = 1;

/// What a saved document says.
pub(crate) struct SavedContent {
    /// Its heads, sorted.
    pub(crate) heads: Vec<ChangeHash>,
    /// Its content; `None` where the document has to be loaded for it.
    pub(crate) content: Option<ReportContent>,
}

impl Tx<'_> {
    pub(crate) fn document(&self, report: &ReportId) -> Result<Option<Snapshot>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT snapshot, heads FROM document WHERE report = ?1")?;
        let mut rows = statement.query([report.as_bytes()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(Snapshot {
            bytes: row.get(0)?,
            heads: heads(row.get_ref(1)?.as_blob().unwrap_or_default()),
        }))
    }

    /// What the saved document says, without loading it.
    pub(crate) fn saved_content(&self, report: &ReportId) -> Result<Option<SavedContent>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT heads, content FROM document WHERE report = ?1 AND content_format IS ?2",
        )?;
        let mut rows = statement.query((report.as_bytes(), CONTENT_FORMAT))?;
        if let Some(row) = rows.next()? {
            let json = row.get_ref(1)?.as_str().unwrap_or_default();
            return Ok(Some(SavedContent {
                heads: heads(row.get_ref(0)?.as_blob().unwrap_or_default()),
                content: json::read(json).ok(),
            }));
        }
        let snapshot = self.document(report)?;
        Ok(snapshot.map(|snapshot| SavedContent {
            heads: snapshot.heads,
            content: None,
        }))
    }

    pub(crate) fn put_document(
        &self,
        report: &ReportId,
        snapshot: &Snapshot,
        content: &ReportContent,
    ) -> Result<(), StoreError> {
        let heads: Vec<u8> = snapshot.heads.iter().flat_map(|head| head.0).collect();
        let content = serde_json::to_string(content).expect("a content is plain JSON");
        self.conn
            .prepare_cached(
                "INSERT INTO document (report, snapshot, heads, content, content_format)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (report) DO UPDATE SET snapshot = excluded.snapshot, heads = excluded.heads,
                     content = excluded.content, content_format = excluded.content_format",
            )?
            .execute((report.as_bytes(), &snapshot.bytes, heads, content, CONTENT_FORMAT))?;
        Ok(())
    }

    pub(crate) fn delete_document(&self, report: &ReportId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM document WHERE report = ?1")?
            .execute([report.as_bytes()])?;
        Ok(())
    }
}

fn heads(bytes: &[u8]) -> Vec<ChangeHash> {
    bytes.chunks(32).filter_map(ChangeHash::from_slice).collect()
}
