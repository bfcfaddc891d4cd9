//! The bytes of unfinished uploads: one part file each, or, where several nodes stand on one database, pieces of some hundred KB in that,
//! so that an upload begun on one node goes on at the next. Where an upload stands is in the service's rows: an offset there moves only
//! after the bytes before it are durable here, and bytes beyond it are leftovers that are cut off when writing goes on.
//!
//! A finished upload leaves a small mark behind, so that a client that lost the last answer learns that it is done. Set in stone: the
//! file names, since uploads live for weeks across versions.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xunge_core::id::UploadId;
use xunge_core::time::Timestamp;

use crate::config::{remove_file, sync_folder, write_durably};
use crate::service::Service;
use crate::store::{MarkRow, PartStore, StoreError};

/// Why the bytes of an upload cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StagingProblem {
    /// There are fewer bytes than counted: the disk lost what it had promised.
    #[error("the upload has fewer bytes on disk than were counted")]
    Short,
    /// Reading or writing failed.
    #[error("the upload's file cannot be used")]
    Io(#[from] std::io::Error),
    /// The database that keeps the pieces failed.
    #[error("the upload's pieces cannot be used")]
    Store(#[from] StoreError),
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

/// Where unfinished uploads lie. Its methods block; callers keep them off the runtime's own threads.
#[derive(Clone)]
pub struct Staging {
    folder: PathBuf,
    /// The service whose database keeps the pieces; `None` where they are files.
    shared: Option<Service>,
}

impl std::fmt::Debug for Staging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Staging")
    }
}

impl Staging {
    /// Where a service's nodes find each other's pieces: its database where they share one, else the folder.
    pub fn of(service: &Service, folder: &Path) -> Result<Self, StagingProblem> {
        let shared = service.part_store().is_some().then(|| service.clone());
        match shared {
            Some(_) => Ok(Self {
                folder: folder.to_owned(),
                shared,
            }),
            None => Self::open(folder),
        }
    }

    /// Opens the folder, making it where it is not there.
    pub fn open(folder: &Path) -> Result<Self, StagingProblem> {
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            shared: None,
        })
    }

    fn parts(&self) -> Option<&dyn PartStore> {
        self.shared.as_ref().and_then(Service::part_store)
    }

    /// Opens an upload's bytes for writing behind `offset_bytes`, making the file for the first.
    pub fn writer(&self, id: UploadId, offset_bytes: u64) -> Result<PartWriter, StagingProblem> {
        if let (Some(parts), Some(service)) = (self.parts(), &self.shared) {
            if !parts.parts_cut(&id, offset_bytes)? {
                return Err(StagingProblem::Short);
            }
            let service = service.clone();
            return Ok(PartWriter::Rows {
                service,
                id,
                at: offset_bytes,
            });
        }
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
        Ok(PartWriter::File(file))
    }

    /// All bytes of an upload.
    pub fn bytes(&self, id: UploadId) -> Result<Vec<u8>, StagingProblem> {
        if let Some(parts) = self.parts() {
            return Ok(parts.parts(&id)?);
        }
        Ok(std::fs::read(self.path(id, "part"))?)
    }

    /// Leaves the mark of a finished upload, and then lets its bytes go.
    pub fn mark_done(&self, id: UploadId, mark: &DoneMark) -> Result<(), StagingProblem> {
        if let Some(parts) = self.parts() {
            return Ok(parts.mark_put(&MarkRow {
                upload: id,
                owner: mark.owner.clone(),
                size_bytes: mark.size_bytes,
                done_at: mark.done_at,
            })?);
        }
        let json = serde_json::to_vec(mark).expect("a mark is plain data");
        write_durably(&self.path(id, "done"), &json, 0o600)?;
        Ok(remove_file(&self.path(id, "part"))?)
    }

    /// The mark of a finished upload of this owner.
    pub fn done(&self, id: UploadId, owner: &str) -> Result<Option<DoneMark>, StagingProblem> {
        let mark = match self.parts() {
            Some(parts) => parts.mark(&id)?.map(|row| DoneMark {
                owner: row.owner,
                size_bytes: row.size_bytes,
                done_at: row.done_at,
            }),
            // A mark that cannot be read is of no use to anybody.
            None => std::fs::read(self.path(id, "done"))
                .ok()
                .and_then(|json| serde_json::from_slice::<DoneMark>(&json).ok()),
        };
        Ok(mark.filter(|mark| mark.owner == owner))
    }

    /// Lets an upload's bytes go. Doing it twice is no error.
    pub fn discard(&self, id: UploadId) -> Result<(), StagingProblem> {
        if let Some(parts) = self.parts() {
            return Ok(parts.parts_drop(&id)?);
        }
        Ok(remove_file(&self.path(id, "part"))?)
    }

    /// Removes marks older than `before`. Returns how many.
    pub fn sweep_marks(&self, before: Timestamp) -> Result<usize, StagingProblem> {
        if let Some(parts) = self.parts() {
            return Ok(parts.marks_sweep(before)?);
        }
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
                remove_file(&path)?;
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
pub enum PartWriter {
    /// A part file.
    File(File),
    /// Rows of the database that the nodes share.
    Rows {
        /// The service over that database.
        service: Service,
        /// The upload.
        id: UploadId,
        /// Where the next piece begins.
        at: u64,
    },
}

impl PartWriter {
    /// Writes bytes behind what is there and makes them durable.
    pub fn write_durably(&mut self, bytes: &[u8]) -> Result<(), StagingProblem> {
        match self {
            Self::File(file) => {
                file.write_all(bytes)?;
                file.sync_data()?;
            }
            Self::Rows { service, id, at } => {
                let parts = service.part_store().expect("the writer came from it");
                parts.part_put(id, *at, bytes)?;
                *at += bytes.len() as u64;
            }
        }
        Ok(())
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
        assert_eq!(staging.done(id, "install:1").unwrap(), Some(mark));
        assert_eq!(staging.done(id, "install:2").unwrap(), None);
        assert_eq!(staging.sweep_marks(Timestamp(5)).unwrap(), 0);
        assert_eq!(staging.sweep_marks(Timestamp(6)).unwrap(), 1);
        assert_eq!(staging.done(id, "install:1").unwrap(), None);
    }
}
