//! Small facts about the profile, and the actors of the install.

use rusqlite::OptionalExtension;

use super::{StoreError, Tx, column};
use crate::id::ActorId;

/// The actor in use with its code tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CurrentActor {
    pub(crate) actor: ActorId,
    pub(crate) tag: Option<String>,
}

impl Tx<'_> {
    pub(crate) fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?)
    }

    pub(crate) fn setting_text(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.setting(name)?
            .map(|bytes| String::from_utf8(bytes).map_err(|_| StoreError::Unreadable { what: "setting" }))
            .transpose()
    }

    pub(crate) fn setting_int(&self, name: &str) -> Result<Option<i64>, StoreError> {
        self.setting(name)?
            .map(|bytes| {
                let bytes = <[u8; 8]>::try_from(bytes.as_slice())
                    .map_err(|_| StoreError::Unreadable { what: "setting" })?;
                Ok(i64::from_be_bytes(bytes))
            })
            .transpose()
    }

    pub(crate) fn set(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO setting (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )?
            .execute((name, value))?;
        Ok(())
    }

    pub(crate) fn set_int(&self, name: &str, value: i64) -> Result<(), StoreError> {
        self.set(name, &value.to_be_bytes())
    }

    pub(crate) fn unset(&self, name: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM setting WHERE name = ?1")?
            .execute([name])?;
        Ok(())
    }

    /// The actor in use; `None` before enrolment.
    pub(crate) fn current_actor(&self) -> Result<Option<CurrentActor>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT actor, tag FROM actor WHERE state = 'current'")?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(CurrentActor {
            actor: column::bytes(row, 0, "actor", ActorId::from_slice)?,
            tag: row.get(1)?,
        }))
    }

    /// Retires the actor in use and takes `actor` in its place (known as a spare or not).
    pub(crate) fn make_current(&self, actor: ActorId, tag: Option<&str>) -> Result<(), StoreError> {
        self.conn
            .execute("UPDATE actor SET state = 'retired' WHERE state = 'current'", [])?;
        self.conn.execute(
            "INSERT INTO actor (actor, tag, state, ordinal) VALUES (?1, ?2, 'current', 0)
             ON CONFLICT (actor) DO UPDATE SET state = 'current', tag = COALESCE(excluded.tag, tag)",
            (actor.as_bytes(), tag),
        )?;
        Ok(())
    }

    pub(crate) fn add_spare(&self, actor: ActorId, tag: &str, ordinal: i64) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT OR IGNORE INTO actor (actor, tag, state, ordinal) VALUES (?1, ?2, 'spare', ?3)",
            (actor.as_bytes(), tag, ordinal),
        )?;
        Ok(())
    }

    /// The next spare in line, which stays a spare until [`make_current`](Self::make_current).
    pub(crate) fn next_spare(&self) -> Result<Option<CurrentActor>, StoreError> {
        let mut statement = self
            .conn
            .prepare("SELECT actor, tag FROM actor WHERE state = 'spare' ORDER BY ordinal LIMIT 1")?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(CurrentActor {
            actor: column::bytes(row, 0, "actor", ActorId::from_slice)?,
            tag: row.get(1)?,
        }))
    }

    /// Whether `actor` was ever this install's.
    pub(crate) fn is_retired(&self, actor: &ActorId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM actor WHERE actor = ?1 AND state = 'retired'")?
            .exists([actor.as_bytes()])?)
    }

    /// Takes the next number for a code of the actor in use, from 1.
    pub(crate) fn next_code_number(&self) -> Result<i64, StoreError> {
        Ok(self.conn.query_row(
            "UPDATE actor SET counter = counter + 1 WHERE state = 'current' RETURNING counter",
            [],
            |row| row.get(0),
        )?)
    }
}
