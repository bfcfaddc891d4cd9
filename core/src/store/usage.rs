//! What the rows know of the space that things take up.

use super::{StoreError, Tx, column};

impl Tx<'_> {
    /// The bytes of pictures with their thumbnails, and of voice notes, that lie on this phone; a file of several reports counts once.
    pub(crate) fn blob_bytes_present(&self) -> Result<(u64, u64), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attachment WHERE attachment.blob = blob.blob AND kind = 'voice_note'),
                    COALESCE(SUM(size_bytes), 0)
             FROM blob WHERE is_present = 1 GROUP BY 1",
        )?;
        let mut rows = statement.query([])?;
        let (mut pictures, mut voice) = (0, 0);
        while let Some(row) = rows.next()? {
            let bytes = column::unsigned(row.get(1)?);
            if row.get(0)? {
                voice = bytes;
            } else {
                pictures = bytes;
            }
        }
        Ok((pictures, voice))
    }

    /// The bytes of the own tracks that are kept.
    pub(crate) fn track_bytes(&self) -> Result<u64, StoreError> {
        let bytes = self
            .conn
            .prepare_cached("SELECT COALESCE(SUM(LENGTH(bytes)), 0) FROM trail WHERE kind = 'track'")?
            .query_row([], |row| row.get(0))?;
        Ok(column::unsigned(bytes))
    }
}
