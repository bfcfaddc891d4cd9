//! A backup's folder: the database and every picture, each a file sealed under a key that only the server's own keys give.
//!
//! Nothing in it is readable without `keys/master.key`, and no file can be altered or take another's place without being refused: a file
//! is bound to its name. Pictures have the names of their hashes, so that a backup grows by what is new. Every file is written under
//! another name first; killed at any moment, the folder holds the backup before or the new one.
//!
//! Set in stone: `database.sealed`, `pictures/ab/ab….sealed`, the layout of [`xunge_core::seal::stream`] and the label of the key.
//! Backups of before lay open (`xunge.sqlite`, `blobs/`); they can still be put back, and the next backup seals what is there.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Write};
use std::path::{Path, PathBuf};

use xunge_core::attachment::BlobHash;
use xunge_core::seal::stream::{FileKey, SealedFile, StreamError, seal_stream};

use crate::blobs::{BlobProblem, Blobs, BlobsPlace};
use crate::config::{Config, create_private, remove_file, sync_folder, write_durably};

const DATABASE: &str = "database.sealed";
const OPEN_DATABASE: &str = "xunge.sqlite";
const PICTURES: &str = "pictures";
const SUFFIX: &str = ".sealed";

/// How much of the database is opened at a time.
const READ_BYTES: usize = 1 << 20;

/// Names the key among all that the master key gives.
const KEY_LABEL: &[u8] = b"xunge backup 1";

/// Why a backup was not made or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupProblem {
    /// The folder has no backup in it.
    #[error("{} holds no backup", .0.display())]
    NoBackup(PathBuf),
    /// A file was altered, cut or exchanged, or was sealed under other keys.
    #[error(
        "{} does not open: it is damaged, or of a server with other keys; put back the keys folder of that server, or take another backup",
        .0.display()
    )]
    DoesNotOpen(PathBuf),
    /// A file could not be read or written.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The pictures' own store failed.
    #[error(transparent)]
    Blobs(#[from] BlobProblem),
}

/// A folder that holds a backup or is to hold one.
#[derive(Debug)]
pub struct BackupFolder {
    folder: PathBuf,
    key: FileKey,
}

impl BackupFolder {
    /// The folder, with the key that the server's master key gives.
    pub fn at(folder: &Path, master_key: &[u8; 32]) -> Self {
        Self {
            folder: folder.to_owned(),
            key: FileKey::derived(master_key, KEY_LABEL),
        }
    }

    /// Seals a copy of the database into the folder, in the place of the one before.
    pub fn put_database(&self, copy: &Path) -> Result<(), BackupProblem> {
        let to = self.folder.join(DATABASE);
        let part = self.folder.join("database.sealed.part");
        std::fs::create_dir_all(&self.folder).map_err(at(&self.folder))?;
        let mut plain = BufReader::new(File::open(copy).map_err(at(copy))?);
        {
            let mut sealed = BufWriter::new(create_private(&part).map_err(at(&part))?);
            seal_stream(
                &self.key,
                DATABASE.as_bytes(),
                &mut plain,
                &mut sealed,
                &mut rand::rng(),
            )
            .map_err(|error| told(error, &part))?;
            sealed.flush().map_err(at(&part))?;
            sealed.get_ref().sync_all().map_err(at(&part))?;
        }
        std::fs::rename(&part, &to).map_err(at(&to))?;
        sync_folder(&self.folder).map_err(at(&self.folder))?;
        // An open one of before is older than what stands beside it now.
        let open = self.folder.join(OPEN_DATABASE);
        remove_file(&open).map_err(at(&open))
    }

    /// Opens the database of the backup into a new file.
    ///
    /// # Errors
    /// [`BackupProblem::NoBackup`], [`BackupProblem::DoesNotOpen`]; what had been written of `to` is worth nothing then.
    pub fn take_database(&self, to: &Path) -> Result<(), BackupProblem> {
        let from = self.folder.join(DATABASE);
        let open = self.folder.join(OPEN_DATABASE);
        if !from.exists() && !open.exists() {
            return Err(BackupProblem::NoBackup(self.folder.clone()));
        }
        let mut copy = create_private(to).map_err(at(to))?;
        if from.exists() {
            let mut sealed = self.opened(&from, DATABASE.as_bytes())?;
            for start in (0..sealed.length_bytes()).step_by(READ_BYTES) {
                let piece = sealed
                    .read_at(start, READ_BYTES)
                    .map_err(|error| told(error, &from))?;
                copy.write_all(&piece).map_err(at(to))?;
            }
        } else {
            let mut plain = File::open(&open).map_err(at(&open))?;
            std::io::copy(&mut plain, &mut copy).map_err(at(to))?;
        }
        copy.sync_all().map_err(at(to))
    }

    /// Seals the pictures that the folder has not got yet; how many.
    pub async fn put_pictures(&self, blobs: &Blobs) -> Result<usize, BackupProblem> {
        let mut sealed = 0;
        let before = self.open_pictures()?;
        for shelf in 0..=u8::MAX {
            let held = self.shelf(shelf)?;
            for from in before.iter().chain([blobs]) {
                for (hash, _) in from.shelved(shelf).await? {
                    if !held.contains(&hash)
                        && let Some(part) = from.get(hash, None).await?
                    {
                        self.put_picture(hash, &part.bytes)?;
                        sealed += 1;
                    }
                }
            }
            if let Some(before) = &before {
                for (hash, _) in before.shelved(shelf).await? {
                    before.remove(hash).await?;
                }
            }
        }
        Ok(sealed)
    }

    /// Puts the backup's pictures back where they are missing; how many.
    ///
    /// # Errors
    /// [`BackupProblem::DoesNotOpen`] names the first that is damaged; those before it are back.
    pub async fn give_pictures(&self, blobs: &Blobs) -> Result<usize, BackupProblem> {
        let mut given = 0;
        let before = self.open_pictures()?;
        for shelf in 0..=u8::MAX {
            let there = blobs.shelved(shelf).await?;
            let there: BTreeSet<BlobHash> = there.into_iter().map(|(hash, _)| hash).collect();
            for hash in self.shelf(shelf)?.difference(&there) {
                blobs.put(*hash, self.picture(*hash)?.into()).await?;
                given += 1;
            }
            let Some(before) = &before else { continue };
            for (hash, _) in before.shelved(shelf).await? {
                if !there.contains(&hash)
                    && let Some(part) = before.get(hash, None).await?
                {
                    given += usize::from(blobs.put(hash, part.bytes).await?);
                }
            }
        }
        Ok(given)
    }

    /// The pictures of a backup of before, which lie open.
    fn open_pictures(&self) -> Result<Option<Blobs>, BackupProblem> {
        let config = Config {
            data_folder: self.folder.clone(),
            ..Config::default()
        };
        let folder = config.blobs_path();
        match folder.is_dir() {
            true => Ok(Some(Blobs::at(BlobsPlace::Folder(folder))?)),
            false => Ok(None),
        }
    }

    fn put_picture(&self, hash: BlobHash, bytes: &[u8]) -> Result<(), BackupProblem> {
        let path = self.picture_path(hash);
        let shelf = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(shelf).map_err(at(shelf))?;
        let mut sealed = Vec::with_capacity(bytes.len() + 1024);
        seal_stream(
            &self.key,
            hash.as_bytes(),
            &mut Cursor::new(bytes),
            &mut sealed,
            &mut rand::rng(),
        )
        .map_err(|error| told(error, &path))?;
        write_durably(&path, &sealed, 0o600).map_err(at(&path))
    }

    fn picture(&self, hash: BlobHash) -> Result<Vec<u8>, BackupProblem> {
        let path = self.picture_path(hash);
        let bytes = self.opened(&path, hash.as_bytes())?.read_at(0, usize::MAX);
        let bytes = bytes.map_err(|error| told(error, &path))?;
        if BlobHash::of(&bytes) != hash {
            return Err(BlobProblem::Damaged(hash).into());
        }
        Ok(bytes)
    }

    fn opened(&self, path: &Path, name: &[u8]) -> Result<SealedFile<File>, BackupProblem> {
        let file = File::open(path).map_err(at(path))?;
        SealedFile::open(&self.key, name, file).map_err(|error| told(error, path))
    }

    fn picture_path(&self, hash: BlobHash) -> PathBuf {
        let name = hash.to_string();
        let shelf = name.get(..2).unwrap_or_default();
        self.folder
            .join(PICTURES)
            .join(shelf)
            .join(format!("{name}{SUFFIX}"))
    }

    /// The pictures whose hash begins with this byte.
    fn shelf(&self, shelf: u8) -> Result<BTreeSet<BlobHash>, BackupProblem> {
        let folder = self.folder.join(PICTURES).join(format!("{shelf:02x}"));
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(error) => return Err(at(&folder)(error)),
        };
        let mut held = BTreeSet::new();
        for entry in entries {
            let name = entry.map_err(at(&folder))?.file_name();
            let hash: Option<BlobHash> = name
                .to_str()
                .and_then(|name| name.strip_suffix(SUFFIX)?.parse().ok());
            held.extend(hash);
        }
        Ok(held)
    }
}

fn told(error: StreamError, path: &Path) -> BackupProblem {
    match error {
        StreamError::Io(source) => at(path)(source),
        StreamError::NotSealed | StreamError::Damaged { .. } | StreamError::OutOfBounds => {
            BackupProblem::DoesNotOpen(path.to_owned())
        }
    }
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> BackupProblem {
    let path = path.to_owned();
    move |source| BackupProblem::File { path, source }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const MASTER: [u8; 32] = [7; 32];

    struct Ground {
        disk: tempfile::TempDir,
        blobs: Blobs,
    }

    impl Ground {
        fn new() -> Self {
            let disk = tempfile::tempdir().unwrap();
            let blobs = Blobs::open(&disk.path().join("data/blobs")).unwrap();
            Self { disk, blobs }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.disk.path().join(name)
        }

        fn folder(&self) -> BackupFolder {
            BackupFolder::at(&self.path("backup"), &MASTER)
        }

        async fn picture(&self, bytes: &'static [u8]) -> BlobHash {
            let hash = BlobHash::of(bytes);
            self.blobs.put(hash, Bytes::from_static(bytes)).await.unwrap();
            hash
        }

        fn database(&self, text: &str) -> PathBuf {
            let path = self.path("copy");
            std::fs::write(&path, text).unwrap();
            path
        }

        fn taken(&self, folder: &BackupFolder) -> Result<String, BackupProblem> {
            let to = self.path("taken");
            folder.take_database(&to)?;
            Ok(std::fs::read_to_string(to).unwrap())
        }
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
            .collect()
    }

    #[tokio::test]
    async fn nothing_in_a_backup_can_be_read_and_all_of_it_comes_back() {
        let ground = Ground::new();
        let hash = ground.picture(b"a picture of Wang Fang's door").await;
        let folder = ground.folder();
        assert_eq!(folder.put_pictures(&ground.blobs).await.unwrap(), 1);
        folder
            .put_database(&ground.database("Wang Fang, grid 3"))
            .unwrap();
        for file in files(&ground.path("backup")) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(
                !bytes.windows(4).any(|word| word == b"Wang"),
                "{}",
                file.display()
            );
        }
        assert_eq!(
            folder.put_pictures(&ground.blobs).await.unwrap(),
            0,
            "it is there already"
        );
        ground.blobs.remove(hash).await.unwrap();
        assert_eq!(folder.give_pictures(&ground.blobs).await.unwrap(), 1);
        assert!(ground.blobs.verify(hash).await.unwrap());
        assert_eq!(ground.taken(&folder).unwrap(), "Wang Fang, grid 3");
    }

    #[tokio::test]
    async fn an_altered_or_exchanged_file_and_other_keys_are_refused_by_the_file_s_name() {
        let ground = Ground::new();
        let one = ground.picture(b"one").await;
        let other = ground.picture(b"other").await;
        let folder = ground.folder();
        assert!(matches!(ground.taken(&folder), Err(BackupProblem::NoBackup(_))));
        folder.put_pictures(&ground.blobs).await.unwrap();
        folder.put_database(&ground.database("rows")).unwrap();
        let strange = BackupFolder::at(&ground.path("backup"), &[8; 32]);
        assert!(matches!(
            ground.taken(&strange),
            Err(BackupProblem::DoesNotOpen(_))
        ));
        let sealed = ground.path("backup").join(DATABASE);
        let mut bytes = std::fs::read(&sealed).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&sealed, bytes).unwrap();
        assert!(matches!(ground.taken(&folder), Err(BackupProblem::DoesNotOpen(path)) if path == sealed));
        std::fs::copy(folder.picture_path(one), folder.picture_path(other)).unwrap();
        ground.blobs.remove(other).await.unwrap();
        let refused = folder.give_pictures(&ground.blobs).await;
        let place = folder.picture_path(other);
        assert!(matches!(refused, Err(BackupProblem::DoesNotOpen(path)) if path == place));
    }

    #[tokio::test]
    async fn a_backup_of_before_that_lies_open_is_put_back_and_sealed_by_the_next() {
        let ground = Ground::new();
        let old = Blobs::open(&ground.path("backup/blobs")).unwrap();
        let hash = BlobHash::of(b"an old picture");
        old.put(hash, Bytes::from_static(b"an old picture"))
            .await
            .unwrap();
        std::fs::write(ground.path("backup").join(OPEN_DATABASE), "old rows").unwrap();
        let folder = ground.folder();
        assert_eq!(ground.taken(&folder).unwrap(), "old rows");
        assert_eq!(folder.give_pictures(&ground.blobs).await.unwrap(), 1);
        ground.blobs.remove(hash).await.unwrap();
        assert_eq!(folder.put_pictures(&ground.blobs).await.unwrap(), 1);
        folder.put_database(&ground.database("new rows")).unwrap();
        let sealed = files(&ground.path("backup"));
        assert!(
            sealed
                .iter()
                .all(|path| path.extension().is_some_and(|e| e == "sealed")),
            "{sealed:?}"
        );
        assert_eq!(ground.taken(&folder).unwrap(), "new rows");
        assert_eq!(folder.give_pictures(&ground.blobs).await.unwrap(), 1);
    }
}
