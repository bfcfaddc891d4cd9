//! Where finished attachments lie: a folder, or a bucket of a server that speaks S3.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;

use super::BlobProblem;

/// A bucket, and how to get there. The key's name and secret are never settings: they come from the environment
/// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`) or from the machine's own role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The folder within it; empty for the bucket itself.
    pub folder: String,
    /// The server's address where it is not Amazon's.
    pub endpoint: Option<String>,
    /// Whether phones are sent to the bucket by an address that holds for a short while, instead of getting the bytes from here.
    pub is_presigned: bool,
}

/// Where finished attachments lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobsPlace {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket.
    Bucket(Bucket),
}

impl Bucket {
    /// Reads `s3://bucket` or `s3://bucket/folder`.
    pub fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("s3://")?;
        let (name, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        let is_good = name.len() >= 3 && name.len() <= 63 && name.chars().all(is_name);
        is_good.then(|| Self {
            name: name.to_owned(),
            folder: folder.trim_matches('/').to_owned(),
            endpoint: None,
            is_presigned: false,
        })
    }

    /// No bucket yet.
    pub(crate) fn unnamed() -> Self {
        Self {
            name: String::new(),
            folder: String::new(),
            endpoint: None,
            is_presigned: false,
        }
    }

    /// The client of the bucket.
    pub(super) fn client(&self) -> Result<AmazonS3, BlobProblem> {
        // The process may have one already, from whatever else speaks TLS; there is but one that is linked.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(&self.name);
        if let Some(endpoint) = &self.endpoint {
            builder = builder
                .with_endpoint(endpoint)
                .with_allow_http(endpoint.starts_with("http://"));
        }
        Ok(builder.build()?)
    }

    /// The key of an object in the bucket itself.
    pub(super) fn key(&self, location: &object_store::path::Path) -> object_store::path::Path {
        match self.folder.is_empty() {
            true => location.clone(),
            false => object_store::path::Path::from(format!("{}/{location}", self.folder)),
        }
    }
}

impl BlobsPlace {
    /// The store behind the place; a folder is made where it is not there.
    pub(super) fn open(&self) -> Result<Arc<dyn ObjectStore>, BlobProblem> {
        match self {
            Self::Folder(path) => open_folder(path),
            Self::Bucket(bucket) if bucket.folder.is_empty() => Ok(Arc::new(bucket.client()?)),
            Self::Bucket(bucket) => Ok(Arc::new(PrefixStore::new(
                bucket.client()?,
                bucket.folder.as_str(),
            ))),
        }
    }
}

fn open_folder(folder: &Path) -> Result<Arc<dyn ObjectStore>, BlobProblem> {
    std::fs::create_dir_all(folder).map_err(BlobProblem::Folder)?;
    let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
    Ok(Arc::new(store))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_may_have_a_folder_and_other_words_are_no_bucket() {
        let bucket = Bucket::parse("s3://county-12/photos/").unwrap();
        assert_eq!(
            (bucket.name.as_str(), bucket.folder.as_str()),
            ("county-12", "photos")
        );
        for wrong in ["s3://", "s3://ab", "s3://Bucket", "http://bucket", "s3://b_c"] {
            assert_eq!(Bucket::parse(wrong), None, "{wrong}");
        }
    }
}
