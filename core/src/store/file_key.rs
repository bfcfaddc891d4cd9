//! The keys of sealed files. Without its row a file is erased, wherever copies of it lie.

use rusqlite::OptionalExtension;

use super::{StoreError, Tx, file};
use crate::attachment::BlobHash;
use crate::seal::stream::FileKey;

const UNREADABLE: StoreError = StoreError::Unreadable { what: "file key" };

/// What an attachment's file is called among the keys: its path in the profile's folder.
pub(crate) fn attachment_name(blob: &BlobHash) -> String {
    format!("{}/{blob}", file::ATTACHMENTS)
}

impl Tx<'_> {
    /// The key of the file called `name`; `None` where it was never sealed.
    pub(crate) fn file_key(&self, name: &str) -> Result<Option<FileKey>, StoreError> {
        let bytes: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT key FROM file_key WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        let key = |bytes: Vec<u8>| bytes.try_into().map(FileKey::from_bytes).map_err(|_| UNREADABLE);
        bytes.map(key).transpose()
    }

    /// Keeps the key of a file, before the file is written.
    pub(crate) fn put_file_key(&self, name: &str, key: &FileKey) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO file_key (name, key) VALUES (?1, ?2)")?
            .execute((name, key.to_bytes().as_slice()))?;
        Ok(())
    }

    /// Destroys the key of a file that is let go.
    pub(crate) fn delete_file_key(&self, name: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM file_key WHERE name = ?1")?
            .execute([name])?;
        Ok(())
    }
}
