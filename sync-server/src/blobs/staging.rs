//! The bytes of unfinished uploads, one part file each. Where an upload stands is in the service's rows: an offset there moves only after
//! the bytes before it are durable here, and bytes beyond it are leftovers that are cut off when writing goes on.
//!
//! A finished upload leaves a small mark behind, so that a client that lost the last answer learns that it is done. Set in stone: the
//! file names, since uploads live for weeks across versions.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xunge_core::id::UploadId;
use xunge_core::time::Timestamp;

use crate::config::{sync_folder, write_durably};

/// Why the bytes of an upload cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StagingProblem {
    /// There are fewer bytes than counted: the disk lost what it had promised.
    #[error("the upload has fewer bytes on disk than were counted")]
    Short,
    /// Reading or writing failed.
    #[error("the upload's file cannot be used")]
    Io(#[from] std::io::Error),
}

/// What a finished upload leaves behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneMark {
    /// Whose it was, as [`crate::Caller::audit_name`] says it.
    pub owner: String,
    /// How many bytes it had.
    pub size_bytes: u64,
    /// When it was done.
    pub done_at: Timestamp,
}

/// The folder of unfinished uploads. Its methods block; callers keep them off the runtime's own threads.
#[derive(Debug, Clone)]
pub struct Staging {
    folder: PathBuf,
}

impl Staging {
    /// Opens the folder, making it where it is not there.
    pub fn open(folder: &Path) -> Result<Self, StagingProblem> {
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Opens an upload's bytes for writing behind `offset_bytes`, making the file for the first.
    pub fn writer(&self, id: UploadId, offset_bytes: u64) -> Result<PartWriter, StagingProblem> {
        let path = self.path(id, "part");
        let is_new = !path.exists();
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        if is_new {
            sync_folder(&self.folder)?;
        }
        if file.metadata()?.len() < offset_bytes {
            return Err(StagingProblem::Short);
        }
        file.set_len(offset_bytes)?;
        file.seek(SeekFrom::Start(offset_bytes))?;
        Ok(PartWriter { file })
    }

    /// All bytes of an upload.
    pub fn bytes(&self, id: UploadId) -> Result<Vec<u8>, StagingProblem> {
        Ok(std::fs::read(self.path(id, "part"))?)
    }

    /// Leaves the mark of a finished upload, and then lets its bytes go.
    pub fn mark_done(&self, id: UploadId, mark: &DoneMark) -> Result<(), StagingProblem> {
        let json = serde_json::to_vec(mark).expect("a mark is plain data");
        write_durably(&self.path(id, "done"), &json, 0o600)?;
        Ok(remove(&self.path(id, "part"))?)
    }

    /// The mark of a finished upload of this owner.
    pub fn done(&self, id: UploadId, owner: &str) -> Option<DoneMark> {
        let json = std::fs::read(self.path(id, "done")).ok()?;
        let mark: DoneMark = serde_json::from_slice(&json).ok()?;
        (mark.owner == owner).then_some(mark)
    }

    /// Lets an upload's bytes go. Doing it twice is no error.
    pub fn discard(&self, id: UploadId) -> Result<(), StagingProblem> {
        Ok(remove(&self.path(id, "part"))?)
    }

    /// Removes marks older than `before`. Returns how many.
    pub fn sweep_marks(&self, before: Timestamp) -> Result<usize, StagingProblem> {
        let mut swept = 0;
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let is_mark = path.extension().is_some_and(|end| end == "done");
            let is_old = || {
                let mark = std::fs::read(&path).ok()?;
                Some(serde_json::from_slice::<DoneMark>(&mark).ok()?.done_at < before)
            };
            // A mark that cannot be read is of no use to anybody.
            if is_mark && is_old().unwrap_or(true) {
                remove(&path)?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    fn path(&self, id: UploadId, end: &str) -> PathBuf {
        self.folder.join(format!("{id}.{end}"))
    }
}

/// One upload's bytes, open for writing.
#[derive(Debug)]
pub struct PartWriter {
    file: File,
}

impl PartWriter {
    /// Writes bytes behind what is there and makes them durable.
    pub fn write_durably(&mut self, bytes: &[u8]) -> Result<(), StagingProblem> {
        self.file.write_all(bytes)?;
        Ok(self.file.sync_data()?)
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_beyond_the_offset_are_cut_off_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::open(folder.path()).unwrap();
        let id = UploadId::from_bytes([3; 16]);
        let mut writer = staging.writer(id, 0).unwrap();
        writer.write_durably(b"0123XX").unwrap();
        let mut writer = staging.writer(id, 4).unwrap();
        writer.write_durably(b"456789").unwrap();
        assert_eq!(staging.bytes(id).unwrap(), b"0123456789");
    }

    #[test]
    fn a_part_shorter_than_its_offset_is_damage_not_an_offset() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::open(folder.path()).unwrap();
        let id = UploadId::from_bytes([3; 16]);
        assert!(matches!(staging.writer(id, 5), Err(StagingProblem::Short)));
    }

    #[test]
    fn a_mark_is_its_owners_and_goes_with_age() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::open(folder.path()).unwrap();
        let id = UploadId::from_bytes([3; 16]);
        let mark = DoneMark {
            owner: "install:1".into(),
            size_bytes: 10,
            done_at: Timestamp(5),
        };
        staging.mark_done(id, &mark).unwrap();
        assert_eq!(staging.done(id, "install:1"), Some(mark));
        assert_eq!(staging.done(id, "install:2"), None);
        assert_eq!(staging.sweep_marks(Timestamp(5)).unwrap(), 0);
        assert_eq!(staging.sweep_marks(Timestamp(6)).unwrap(), 1);
        assert_eq!(staging.done(id, "install:1"), None);
    }
}
