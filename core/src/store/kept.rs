//! Words that are not sent yet: one row per thing that they belong to.

use rusqlite::OptionalExtension;

use super::{StoreError, Tx};

impl Tx<'_> {
    pub(crate) fn kept_words(&self, about: &str) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT words FROM kept_words WHERE about = ?1")?
            .query_row([about], |row| row.get(0))
            .optional()?)
    }

    pub(crate) fn keep_words(&self, about: &str, words: &str, now_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO kept_words (about, words, kept_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (about) DO UPDATE SET words = excluded.words, kept_at = excluded.kept_at",
            )?
            .execute((about, words, now_ms))?;
        Ok(())
    }

    /// All of them: what each belongs to, the words, and when they were last typed in ms; by what they belong to.
    pub(crate) fn kept_words_all(&self) -> Result<Vec<(String, String, i64)>, StoreError> {
        let mut select = self
            .conn
            .prepare_cached("SELECT about, words, kept_at FROM kept_words ORDER BY about")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn kept_words_count(&self) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT COUNT(*) FROM kept_words", [], |row| row.get(0))?)
    }

    pub(crate) fn drop_words(&self, about: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM kept_words WHERE about = ?1")?
            .execute([about])?;
        Ok(())
    }
}
