//! Finished attachments: each an object under its SHA-256, written once, durably, through `object_store`: files of a folder, or objects of
//! a bucket.
//!
//! Nothing here knows who may see what; the routes ask the service first. Unfinished uploads are in [`staging`], the taking in of their
//! pieces in [`receive`].

pub mod checksum;
mod garbage;
mod place;
pub mod receive;
pub mod slot;
pub mod staging;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::path::Path as ObjectPath;
use object_store::signer::Signer;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use xunge_core::attachment::BlobHash;

use crate::service::BlobCheck;

pub use garbage::KEPT_MS;
pub(crate) use garbage::shelf_of;
pub use place::{BlobsPlace, Bucket};

/// How long an address holds that sends a phone to the bucket.
const PRESIGNED: Duration = Duration::from_secs(300);

/// Why the store of attachments did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum BlobProblem {
    /// The folder cannot be made or opened.
    #[error("the folder of attachments cannot be opened")]
    Folder(#[source] std::io::Error),
    /// The object store failed.
    #[error("the store of attachments failed")]
    Store(#[from] object_store::Error),
    /// A file's bytes do not have the hash that is its name.
    #[error("the attachment {0} is damaged: its bytes have another hash")]
    Damaged(BlobHash),
}

/// A whole or partial file.
#[derive(Debug, Clone)]
pub struct BlobPart {
    /// The bytes of the range.
    pub bytes: Bytes,
    /// The range within the file.
    pub range: Range<u64>,
    /// The size of the whole file in bytes.
    pub size_bytes: u64,
}

/// The store of finished attachments.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    place: BlobsPlace,
    /// Where phones are sent to the bucket.
    signer: Option<Arc<dyn Signer>>,
}

impl std::fmt::Debug for Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blobs")
    }
}

impl Blobs {
    /// Opens a folder, making it where it is not there. Files and their names are made durable on every write.
    pub fn open(folder: &Path) -> Result<Self, BlobProblem> {
        Self::at(BlobsPlace::Folder(folder.to_owned()))
    }

    /// Opens a folder or a bucket.
    pub fn at(place: BlobsPlace) -> Result<Self, BlobProblem> {
        let signer: Option<Arc<dyn Signer>> = match &place {
            BlobsPlace::Bucket(bucket) if bucket.is_presigned => Some(Arc::new(bucket.client()?)),
            _ => None,
        };
        Ok(Self {
            store: place.open()?,
            place,
            signer,
        })
    }

    /// An address in the bucket from which whoever has it may read the bytes for some minutes; `None` where phones get them from here.
    pub async fn presigned(&self, hash: BlobHash) -> Result<Option<String>, BlobProblem> {
        let (Some(signer), BlobsPlace::Bucket(bucket)) = (&self.signer, &self.place) else {
            return Ok(None);
        };
        let key = bucket.key(&location(hash));
        let address = signer
            .signed_url(axum::http::Method::GET, &key, PRESIGNED)
            .await?;
        Ok(Some(address.to_string()))
    }

    /// Stores bytes whose hash the caller has checked. `false` where they were there already, which changes nothing.
    ///
    /// Not every server that speaks S3 knows a write that fails where something is; two who write the same hash write the same bytes.
    pub async fn put(&self, hash: BlobHash, bytes: Bytes) -> Result<bool, BlobProblem> {
        let mode = match self.store.head(&location(hash)).await {
            Ok(held) if held.size == bytes.len() as u64 && !garbage::is_soon(&held) => return Ok(false),
            // What may soon be taken for garbage is written anew in its place, and so is young again.
            Ok(_) => PutMode::Overwrite,
            Err(object_store::Error::NotFound { .. }) => match &self.place {
                BlobsPlace::Folder(_) => PutMode::Create,
                BlobsPlace::Bucket(_) => PutMode::Overwrite,
            },
            Err(error) => return Err(error.into()),
        };
        let options = PutOptions {
            mode,
            ..PutOptions::default()
        };
        match self.store.put_opts(&location(hash), bytes.into(), options).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// A file's size in bytes; `None` where it is not there.
    pub async fn size_bytes(&self, hash: BlobHash) -> Result<Option<u64>, BlobProblem> {
        match self.store.head(&location(hash)).await {
            Ok(facts) => Ok(Some(facts.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A file or a range of it; `None` where it is not there. The range must lie within the file.
    pub async fn get(
        &self,
        hash: BlobHash,
        range: Option<Range<u64>>,
    ) -> Result<Option<BlobPart>, BlobProblem> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = match self.store.get_opts(&location(hash), options).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (size_bytes, range) = (found.meta.size, found.range.clone());
        Ok(Some(BlobPart {
            bytes: found.bytes().await?,
            range,
            size_bytes,
        }))
    }

    /// Reads a file and checks its hash; `false` where it is not there.
    pub async fn verify(&self, hash: BlobHash) -> Result<bool, BlobProblem> {
        match self.get(hash, None).await? {
            None => Ok(false),
            Some(part) if BlobHash::of(&part.bytes) == hash => Ok(true),
            Some(_) => Err(BlobProblem::Damaged(hash)),
        }
    }

    /// Removes a file, for erasure by law. A file that is not there is no error.
    pub async fn remove(&self, hash: BlobHash) -> Result<(), BlobProblem> {
        match self.store.delete(&location(hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl BlobCheck for Blobs {
    fn hash(&self, blob: &BlobHash) -> Option<(BlobHash, u64)> {
        let bytes = match &self.place {
            BlobsPlace::Folder(folder) => {
                let name = blob.to_string();
                std::fs::read(folder.join(&name[..2]).join(&name)).ok()?
            }
            // A client of its own on a thread of its own: the caller blocks, and connections belong to the runtime that made them.
            BlobsPlace::Bucket(_) => std::thread::scope(|scope| {
                let read = scope.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    let fresh = Self::at(self.place.clone()).ok()?;
                    let part = runtime.ok()?.block_on(fresh.get(*blob, None)).ok()??;
                    Some(part.bytes.to_vec())
                });
                read.join().ok().flatten()
            })?,
        };
        Some((BlobHash::of(&bytes), bytes.len() as u64))
    }
}

/// Two levels, so that no folder grows beyond some thousand files in a township's years.
fn location(hash: BlobHash) -> ObjectPath {
    let name = hash.to_string();
    ObjectPath::from(format!("{}/{name}", &name[..2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_blob_is_written_once_and_read_in_ranges() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let hash = BlobHash::of(b"0123456789");
        assert!(blobs.get(hash, None).await.unwrap().is_none());
        assert!(blobs.put(hash, Bytes::from_static(b"0123456789")).await.unwrap());
        assert!(!blobs.put(hash, Bytes::from_static(b"0123456789")).await.unwrap());
        let part = blobs.get(hash, Some(2..5)).await.unwrap().unwrap();
        assert_eq!((&part.bytes[..], part.size_bytes), (&b"234"[..], 10));
        assert!(blobs.verify(hash).await.unwrap());
        blobs.remove(hash).await.unwrap();
        assert!(!blobs.verify(hash).await.unwrap());
    }

    #[tokio::test]
    async fn a_file_that_rotted_on_disk_is_called_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let hash = BlobHash::of(b"good");
        blobs.put(hash, Bytes::from_static(b"good")).await.unwrap();
        let name = hash.to_string();
        std::fs::write(folder.path().join(&name[..2]).join(&name), b"evil").unwrap();
        assert!(matches!(
            blobs.verify(hash).await,
            Err(BlobProblem::Damaged(named)) if named == hash
        ));
    }
}
