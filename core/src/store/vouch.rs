//! Signed lists of the server's words, kept for as long as one of the words is.

use rusqlite::OptionalExtension;

use super::{StoreError, Tx, column};
use crate::command::VouchId;
use crate::sync::vouch::Vouch;

/// How often lists that nothing names any more are looked for, in ms: a week. They do no harm, and the look goes over all commands.
const TRIM_EVERY_MS: i64 = 7 * 24 * 3_600_000;

/// When they were last looked for.
const TRIMMED_AT: &str = "vouches_trimmed_at";

impl Tx<'_> {
    /// Keeps signed lists; those that are there already stay.
    pub(crate) fn keep_vouches(&self, vouches: &[Vouch]) -> Result<(), StoreError> {
        for vouch in vouches {
            let signature = minicbor::to_vec(vouch.signature).expect("encoding to memory cannot fail");
            self.conn
                .prepare_cached("INSERT OR IGNORE INTO vouch (id, hashes, signature) VALUES (?1, ?2, ?3)")?
                .execute((vouch.id().0, vouch.hashes.as_slice(), signature))?;
        }
        Ok(())
    }

    /// A signed list.
    pub(crate) fn vouch(&self, id: VouchId) -> Result<Option<Vouch>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT hashes, signature FROM vouch WHERE id = ?1")?;
        let found = statement
            .query_row([id.0], |row| {
                let signature = column::bytes(row, 1, "signature", |b| minicbor::decode(b).ok());
                Ok((row.get::<_, Vec<u8>>(0)?, signature))
            })
            .optional()?;
        found
            .map(|(hashes, signature)| {
                Ok(Vouch {
                    hashes: hashes.into(),
                    signature: signature?,
                })
            })
            .transpose()
    }

    /// Once a week: lets go of lists that no word names any more.
    pub(crate) fn trim_vouches(&self, now_ms: i64) -> Result<(), StoreError> {
        let last = self.setting_int(TRIMMED_AT)?;
        if last.is_some_and(|at| (now_ms - at).abs() < TRIM_EVERY_MS) {
            return Ok(());
        }
        self.conn
            .prepare_cached(
                "DELETE FROM vouch
                 WHERE id NOT IN (SELECT vouch FROM command WHERE vouch IS NOT NULL)",
            )?
            .execute([])?;
        self.set_int(TRIMMED_AT, now_ms)
    }
}
