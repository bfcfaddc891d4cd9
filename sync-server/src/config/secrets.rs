//! The server's secrets: made once by `init` into files of 0600 in `keys/`, read at start, never printed, never defaulted.
//!
//! | file | what |
//! | --- | --- |
//! | `master.key` | wraps the key of each report (32 bytes, hexadecimal) |
//! | `server-signing.key` | signs results and acts at the console (P-256) |
//! | `recovery.key` | opens rescue files (X25519); may be kept off the server and named with `--recovery-key` |
//! | `recovery.pub` | its public half, given to every phone at enrolment |
//!
//! Set in stone: the file names and their form, one line of hexadecimal digits.

use std::path::{Path, PathBuf};

use rand::Rng;
use xunge_core::signature::SigningKey;

use super::folder::write_durably;

const MASTER: &str = "master.key";
const SIGNING: &str = "server-signing.key";
const RECOVERY: &str = "recovery.key";
const RECOVERY_PUBLIC: &str = "recovery.pub";

/// Why the secrets cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretsProblem {
    /// A key file is not there.
    #[error(
        "the key file {} is missing; run `xunge-server init`, or put the file back from your copy of the keys",
        .0.display()
    )]
    Missing(PathBuf),
    /// Keys are there already and are never overwritten.
    #[error("the key file {} is there already; `init` never overwrites keys", .0.display())]
    Exists(PathBuf),
    /// A key file holds something else.
    #[error("the key file {} does not hold a key; put it back from your copy of the keys", .0.display())]
    Damaged(PathBuf),
    /// Others may read a key file.
    #[error("the key file {} can be read by others; run `chmod 600` on it", .0.display())]
    TooOpen(PathBuf),
    /// Reading or writing failed.
    #[error("the key file {} cannot be used ({source})", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The pair that opens what phones seal when they are rescued.
#[derive(Clone)]
pub struct RecoveryKeys {
    /// The X25519 private key; `None` where it is kept off the server.
    pub secret: Option<[u8; 32]>,
    /// The X25519 public key.
    pub public: [u8; 32],
}

/// The server's secrets. Never printed.
#[derive(Clone)]
pub struct Secrets {
    /// Wraps the key of each report.
    pub master_key: [u8; 32],
    /// Signs results and acts at the console.
    pub server_key: SigningKey,
    /// Opens rescue files.
    pub recovery: RecoveryKeys,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// Fresh secrets from the caller's randomness; nothing is written.
    pub fn random(rng: &mut dyn Rng) -> Self {
        let mut master_key = [0; 32];
        rng.fill_bytes(&mut master_key);
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        Self {
            master_key,
            server_key: SigningKey::random(rng),
            recovery: RecoveryKeys {
                public: xunge_core::rescue::recovery_public_key(&secret),
                secret: Some(secret),
            },
        }
    }

    /// Whether any key file is there.
    pub fn exist(folder: &Path) -> bool {
        [MASTER, SIGNING, RECOVERY_PUBLIC]
            .iter()
            .any(|name| folder.join(name).exists())
    }

    /// Writes the secrets into `folder`, which is made with 0700. Refuses where any of the files is there.
    pub fn write(&self, folder: &Path) -> Result<(), SecretsProblem> {
        make_private_folder(folder).map_err(|source| SecretsProblem::Io {
            path: folder.to_owned(),
            source,
        })?;
        let mut files = vec![
            (MASTER, self.master_key.to_vec(), 0o600),
            (SIGNING, self.server_key.to_bytes().to_vec(), 0o600),
            (RECOVERY_PUBLIC, self.recovery.public.to_vec(), 0o644),
        ];
        if let Some(secret) = self.recovery.secret {
            files.push((RECOVERY, secret.to_vec(), 0o600));
        }
        if let Some((name, ..)) = files.iter().find(|(name, ..)| folder.join(name).exists()) {
            return Err(SecretsProblem::Exists(folder.join(name)));
        }
        for (name, bytes, mode) in files {
            let path = folder.join(name);
            let line = format!("{}\n", hex::encode(bytes));
            write_durably(&path, line.as_bytes(), mode)
                .map_err(|source| SecretsProblem::Io { path, source })?;
        }
        Ok(())
    }

    /// Reads the secrets from `folder`. Key files that others may read are refused.
    pub fn load(folder: &Path) -> Result<Self, SecretsProblem> {
        let signing = folder.join(SIGNING);
        let recovery = folder.join(RECOVERY);
        let secret = if recovery.exists() {
            Some(read_key(&recovery, true)?)
        } else {
            None
        };
        Ok(Self {
            master_key: read_key(&folder.join(MASTER), true)?,
            server_key: SigningKey::from_bytes(&read_key(&signing, true)?)
                .map_err(|_| SecretsProblem::Damaged(signing))?,
            recovery: RecoveryKeys {
                secret,
                public: read_key(&folder.join(RECOVERY_PUBLIC), false)?,
            },
        })
    }

    /// Reads one private key of 32 bytes in hexadecimal from a file that the caller names.
    pub fn read_private_key(path: &Path) -> Result<[u8; 32], SecretsProblem> {
        read_key(path, true)
    }
}

fn read_key(path: &Path, is_private: bool) -> Result<[u8; 32], SecretsProblem> {
    let text = std::fs::read_to_string(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => SecretsProblem::Missing(path.to_owned()),
        std::io::ErrorKind::InvalidData => SecretsProblem::Damaged(path.to_owned()),
        _ => SecretsProblem::Io {
            path: path.to_owned(),
            source,
        },
    })?;
    if is_private && is_open_to_others(path) {
        return Err(SecretsProblem::TooOpen(path.to_owned()));
    }
    let mut key = [0; 32];
    hex::decode_to_slice(text.trim(), &mut key).map_err(|_| SecretsProblem::Damaged(path.to_owned()))?;
    Ok(key)
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|facts| facts.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> bool {
    false
}

#[cfg(unix)]
pub(crate) fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
pub(crate) fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}
