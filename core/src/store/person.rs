//! People concerned, kept apart from the content, and the tombstones of what was erased.

use super::{StoreError, Tx, column};
use crate::id::{PersonRecordId, ReportId};

/// A stored person record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PersonRow {
    pub(crate) id: PersonRecordId,
    pub(crate) report: ReportId,
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_own: bool,
    pub(crate) is_known: bool,
}

impl Tx<'_> {
    /// Keeps a record; one of the same name stays as it was. Answers whether it is new.
    pub(crate) fn insert_person(&self, row: &PersonRow) -> Result<bool, StoreError> {
        let count = self
            .conn
            .prepare_cached(
                "INSERT OR IGNORE INTO person (id, report, bytes, is_own, is_known) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                row.id.as_bytes(),
                row.report.as_bytes(),
                &row.bytes,
                row.is_own,
                row.is_known,
            ))?;
        Ok(count > 0)
    }

    pub(crate) fn person(&self, id: &PersonRecordId) -> Result<Option<PersonRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, report, bytes, is_own, is_known FROM person WHERE id = ?1")?;
        let mut rows = statement.query([id.as_bytes()])?;
        rows.next()?.map(person_row).transpose()
    }

    pub(crate) fn people(&self, report: &ReportId) -> Result<Vec<PersonRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, report, bytes, is_own, is_known FROM person WHERE report = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([report.as_bytes()])?;
        let mut people = Vec::new();
        while let Some(row) = rows.next()? {
            people.push(person_row(row)?);
        }
        Ok(people)
    }

    pub(crate) fn set_person_known(&self, id: &PersonRecordId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE person SET is_known = 1 WHERE id = ?1")?
            .execute([id.as_bytes()])?;
        Ok(())
    }

    pub(crate) fn delete_person(&self, id: &PersonRecordId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM person WHERE id = ?1")?
            .execute([id.as_bytes()])?;
        Ok(())
    }

    /// Keeps a tombstone; answers whether it is new.
    pub(crate) fn insert_erasure(&self, report: &ReportId, name: &[u8]) -> Result<bool, StoreError> {
        let count = self
            .conn
            .prepare_cached("INSERT OR IGNORE INTO erasure (name, report) VALUES (?1, ?2)")?
            .execute((name, report.as_bytes()))?;
        Ok(count > 0)
    }

    pub(crate) fn is_erased_name(&self, name: &[u8]) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM erasure WHERE name = ?1")?
            .exists([name])?)
    }

    pub(crate) fn erasures(&self, report: &ReportId) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT name FROM erasure WHERE report = ?1 ORDER BY name")?;
        let names = statement.query_map([report.as_bytes()], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }
}

fn person_row(row: &rusqlite::Row<'_>) -> Result<PersonRow, StoreError> {
    Ok(PersonRow {
        id: column::bytes(row, 0, "person", PersonRecordId::from_slice)?,
        report: column::bytes(row, 1, "report", ReportId::from_slice)?,
        bytes: row.get(2)?,
        is_own: row.get(3)?,
        is_known: row.get(4)?,
    })
}
