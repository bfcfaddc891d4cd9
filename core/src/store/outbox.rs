//! What waits to be sent. A row leaves by its own result, by nothing else.

use super::{StoreError, Tx, column};
use crate::id::ReportId;

/// What kind of item waits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum OutboxKind {
    Change,
    Command,
    Person,
    Replay,
    Return,
}

impl OutboxKind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Command => "command",
            Self::Person => "person",
            Self::Replay => "replay",
            Self::Return => "return",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [
            Self::Change,
            Self::Command,
            Self::Person,
            Self::Replay,
            Self::Return,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
    }
}

/// One waiting item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct OutboxRow {
    pub(crate) position: i64,
    pub(crate) kind: OutboxKind,
    /// Change hash, command id or record id.
    pub(crate) name: Vec<u8>,
    pub(crate) report: ReportId,
    /// The bytes of a returned change.
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) made_at_ms: i64,
}

/// How much waits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct OutboxSum {
    pub(crate) count: u32,
    pub(crate) oldest_at_ms: Option<i64>,
}

impl Tx<'_> {
    /// Puts an item in line; one that is there already stays where it is.
    pub(crate) fn enqueue(
        &self,
        kind: OutboxKind,
        name: &[u8],
        report: &ReportId,
        bytes: Option<&[u8]>,
        made_at_ms: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO outbox (kind, name, report, bytes, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((kind.word(), name, report.as_bytes(), bytes, made_at_ms))?;
        Ok(())
    }

    /// The next items after `after` in the order of making, without those that wait for a person.
    pub(crate) fn outbox(&self, after: i64, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT position, kind, name, report, bytes, made_at FROM outbox
             WHERE position > ?1 AND is_held = 0 ORDER BY position LIMIT ?2",
        )?;
        let mut rows = statement.query((after, limit))?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            items.push(outbox_row(row)?);
        }
        Ok(items)
    }

    /// Everything that waits, held rows too, in the order of making.
    pub(crate) fn outbox_all(&self) -> Result<Vec<OutboxRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare("SELECT position, kind, name, report, bytes, made_at FROM outbox ORDER BY position")?;
        let mut rows = statement.query([])?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            items.push(outbox_row(row)?);
        }
        Ok(items)
    }

    /// What waits of one report, held rows too.
    pub(crate) fn outbox_of(&self, report: &ReportId) -> Result<Vec<OutboxRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT position, kind, name, report, bytes, made_at FROM outbox WHERE report = ?1 ORDER BY position",
        )?;
        let mut rows = statement.query([report.as_bytes()])?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            items.push(outbox_row(row)?);
        }
        Ok(items)
    }

    pub(crate) fn outbox_row(&self, position: i64) -> Result<Option<OutboxRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT position, kind, name, report, bytes, made_at FROM outbox WHERE position = ?1",
        )?;
        let mut rows = statement.query([position])?;
        rows.next()?.map(outbox_row).transpose()
    }

    pub(crate) fn dequeue(&self, position: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM outbox WHERE position = ?1")?
            .execute([position])?;
        Ok(())
    }

    pub(crate) fn dequeue_named(&self, kind: OutboxKind, name: &[u8]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM outbox WHERE kind = ?1 AND name = ?2")?
            .execute((kind.word(), name))?;
        Ok(())
    }

    /// Moves an item behind everything that waits now; answers how often that was done because something else had to go first.
    pub(crate) fn requeue(&self, row: &OutboxRow, is_try: bool) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "UPDATE outbox SET position = (SELECT MAX(position) + 1 FROM outbox), tries = tries + ?2
                 WHERE position = ?1 RETURNING tries",
            )?
            .query_row((row.position, is_try), |row| row.get(0))?)
    }

    /// Makes a report's waiting rows wait for a person, or lets them go on.
    pub(crate) fn set_held(&self, report: &ReportId, is_held: bool) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE outbox SET is_held = ?2 WHERE report = ?1")?
            .execute((report.as_bytes(), is_held))?;
        Ok(())
    }

    /// How many items wait, and since when; offers after a restore are not the worker's and do not count.
    pub(crate) fn outbox_sum(&self) -> Result<OutboxSum, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT COUNT(*), MIN(made_at) FROM outbox WHERE kind IN ('change', 'command', 'person')",
            )?
            .query_row([], |row| {
                Ok(OutboxSum {
                    count: row.get(0)?,
                    oldest_at_ms: row.get(1)?,
                })
            })?)
    }

    /// How many items of a report wait for nobody.
    pub(crate) fn sendable_of(&self, report: &ReportId) -> Result<usize, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached("SELECT COUNT(*) FROM outbox WHERE report = ?1 AND is_held = 0")?
            .query_row([report.as_bytes()], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    pub(crate) fn unsent_count_of(&self, report: &ReportId) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT COUNT(*) FROM outbox WHERE report = ?1")?
            .query_row([report.as_bytes()], |row| row.get(0))?)
    }
}

fn outbox_row(row: &rusqlite::Row<'_>) -> Result<OutboxRow, StoreError> {
    let word: String = row.get(1)?;
    Ok(OutboxRow {
        position: row.get(0)?,
        kind: OutboxKind::from_word(&word).ok_or(StoreError::Unreadable { what: "outbox row" })?,
        name: row.get(2)?,
        report: column::bytes(row, 3, "report", ReportId::from_slice)?,
        bytes: row.get(4)?,
        made_at_ms: row.get(5)?,
    })
}
