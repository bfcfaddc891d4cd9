//! Pieces of unfinished uploads as rows: bounded, durable with one commit, and there for every node.

use xunge_core::id::UploadId;
use xunge_core::time::Timestamp;

use super::cells::{Cells, signed, text};
use super::connection::params;
use super::tx::PgTx;
use super::{Lock, PostgresStore};
use crate::store::StoreResult;
use crate::store::part::{MarkRow, PartStore};

impl PostgresStore {
    fn beside<T>(&self, mut job: impl FnMut(&mut PgTx<'_>) -> StoreResult<T>) -> StoreResult<T> {
        let mut borrowed = self.take()?;
        borrowed.connection().batch("BEGIN");
        let mut tx = PgTx::new(borrowed.connection(), Some(Lock::Beside));
        match job(&mut tx).and_then(|out| tx.commit().map(|()| out)) {
            Ok(out) => {
                borrowed.give_back();
                Ok(out)
            }
            Err(error) => {
                borrowed.end("ROLLBACK");
                Err(error)
            }
        }
    }
}

/// Pieces put together up to the first gap. Where two overlap (two nodes wrote for one client), both hold the client's bytes.
fn joined(pieces: Vec<(usize, Vec<u8>)>) -> Vec<u8> {
    let mut whole = Vec::new();
    for (start, bytes) in pieces {
        if start > whole.len() {
            break;
        }
        let end = start + bytes.len();
        if end > whole.len() {
            whole.truncate(start);
            whole.extend_from_slice(&bytes);
        }
    }
    whole
}

impl PgTx<'_> {
    fn pieces(&mut self, upload: &UploadId) -> StoreResult<Vec<u8>> {
        let sql = "SELECT start_bytes, body FROM upload_parts WHERE upload = $1 ORDER BY start_bytes";
        let pieces = self.list(sql, params![upload.as_bytes().to_vec()], |row| {
            let mut c = Cells::of(row);
            Ok((c.number()?, c.next()?))
        })?;
        Ok(joined(pieces))
    }
}

impl PartStore for PostgresStore {
    fn parts_cut(&self, upload: &UploadId, offset_bytes: u64) -> StoreResult<bool> {
        self.beside(|tx| {
            let sql = "DELETE FROM upload_parts WHERE upload = $1 AND start_bytes >= $2";
            tx.send(sql, params![upload.as_bytes().to_vec(), signed(offset_bytes)])?;
            if offset_bytes == 0 {
                return Ok(true);
            }
            Ok(tx.pieces(upload)?.len() as u64 >= offset_bytes)
        })
    }

    fn part_put(&self, upload: &UploadId, start_bytes: u64, bytes: &[u8]) -> StoreResult<()> {
        self.beside(|tx| {
            let sql = "INSERT INTO upload_parts (upload, start_bytes, body) VALUES ($1, $2, $3) \
                       ON CONFLICT (upload, start_bytes) DO UPDATE SET body = excluded.body";
            let values = params![upload.as_bytes().to_vec(), signed(start_bytes), bytes.to_vec()];
            tx.send(sql, values)
        })
    }

    fn parts(&self, upload: &UploadId) -> StoreResult<Vec<u8>> {
        self.beside(|tx| tx.pieces(upload))
    }

    fn parts_drop(&self, upload: &UploadId) -> StoreResult<()> {
        self.beside(|tx| {
            let values = params![upload.as_bytes().to_vec()];
            tx.send("DELETE FROM upload_parts WHERE upload = $1", values)
        })
    }

    fn mark_put(&self, mark: &MarkRow) -> StoreResult<()> {
        self.beside(|tx| {
            let upload = mark.upload.as_bytes().to_vec();
            let sql = "INSERT INTO upload_marks (upload, owner, size_bytes, done_at) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (upload) DO NOTHING";
            let (size, at) = (signed(mark.size_bytes), mark.done_at.as_millis());
            tx.send(sql, params![upload.clone(), text(&mark.owner), size, at])?;
            tx.send("DELETE FROM upload_parts WHERE upload = $1", params![upload])
        })
    }

    fn mark(&self, upload: &UploadId) -> StoreResult<Option<MarkRow>> {
        self.beside(|tx| {
            let sql = "SELECT owner, size_bytes, done_at FROM upload_marks WHERE upload = $1";
            tx.one(sql, params![upload.as_bytes().to_vec()], |row| {
                let mut c = Cells::of(row);
                Ok(MarkRow {
                    upload: *upload,
                    owner: c.next()?,
                    size_bytes: c.number()?,
                    done_at: c.at()?,
                })
            })
        })
    }

    fn marks_sweep(&self, before: Timestamp) -> StoreResult<usize> {
        self.beside(|tx| {
            let sql = "DELETE FROM upload_marks WHERE done_at < $1 RETURNING 1";
            tx.changed(sql, params![before.as_millis()])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn pieces_join_up_to_the_first_gap_and_overlaps_change_nothing() {
        let piece = |start: usize, text: &str| (start, text.as_bytes().to_vec());
        assert_eq!(joined(vec![piece(0, "0123"), piece(4, "45")]), b"012345");
        assert_eq!(joined(vec![piece(0, "0123"), piece(2, "23456")]), b"0123456");
        assert_eq!(joined(vec![piece(0, "012345"), piece(2, "23")]), b"012345");
        assert_eq!(joined(vec![piece(0, "01"), piece(3, "34")]), b"01");
        assert!(joined(vec![piece(1, "1")]).is_empty());
    }
}
