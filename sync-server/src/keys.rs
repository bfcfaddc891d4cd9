//! The server's own keys: one file beside the database, made once.
//!
//! The file holds secrets and is written readable by its owner alone. Without it a database opens for nobody; with it and the database
//! everything can be read: back both up apart. Set in stone: the order of the fields in the file.

use std::path::Path;

use rand::Rng;
use xunge_core::id::{ActorId, InstallId};
use xunge_core::signature::{SigningKey, sha256};

use crate::ServiceError;

/// Everything secret that the server owns.
#[derive(Clone)]
pub struct ServerKeys {
    /// Wraps the key of every report.
    pub master: [u8; 32],
    /// Signs results and the acts of accounts.
    pub signing: SigningKey,
    /// The township's recovery secret: opens rescue files and wrapped database keys.
    pub recovery: [u8; 32],
}

impl std::fmt::Debug for ServerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKeys")
    }
}

/// The file's name in the data folder.
pub const KEYS_FILE: &str = "server.keys";

impl ServerKeys {
    /// New keys from the caller's randomness.
    pub fn random(rng: &mut dyn Rng) -> Self {
        let (mut master, mut recovery) = ([0; 32], [0; 32]);
        rng.fill_bytes(&mut master);
        let signing = SigningKey::random(rng);
        rng.fill_bytes(&mut recovery);
        Self {
            master,
            signing,
            recovery,
        }
    }

    /// Reads the keys of a data folder, or makes them where there are none yet.
    pub fn load_or_create(data_dir: &Path, rng: &mut dyn Rng) -> Result<Self, ServiceError> {
        let path = data_dir.join(KEYS_FILE);
        let file = |source| ServiceError::File {
            path: path.display().to_string(),
            source,
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text)
                .ok_or_else(|| ServiceError::Damaged(format!("{} is not a key file", path.display()))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(data_dir).map_err(file)?;
                let keys = Self::random(rng);
                keys.write(&path).map_err(file)?;
                Ok(keys)
            }
            Err(e) => Err(file(e)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|l| !l.starts_with('#'));
        let mut next = || {
            let mut bytes = [0u8; 32];
            hex::decode_to_slice(lines.next()?.trim(), &mut bytes).ok()?;
            Some(bytes)
        };
        Some(Self {
            master: next()?,
            signing: SigningKey::from_bytes(&next()?).ok()?,
            recovery: next()?,
        })
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        use std::io::Write;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        writeln!(
            file,
            "# xunge server keys 1: master, signing, recovery. Keep secret, back up apart from the data.\n{}\n{}\n{}",
            hex::encode(self.master),
            hex::encode(self.signing.to_bytes()),
            hex::encode(self.recovery),
        )?;
        file.sync_all()
    }

    /// The install under which the server itself writes commands: named by its public key.
    pub fn install(&self) -> InstallId {
        let hash = sha256(&self.signing.public().0);
        InstallId::from_slice(&hash[..16]).expect("16 of 32 bytes")
    }

    /// The automerge actor of what is written at the console.
    pub fn actor(&self) -> ActorId {
        let hash = sha256(&self.signing.public().0);
        ActorId::from_slice(&hash[16..]).expect("16 of 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn keys_are_made_once_and_read_back_the_same() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut rng = rand::rngs::StdRng::seed_from_u64(3);
        let made = ServerKeys::load_or_create(dir.path(), &mut rng).expect("made");
        let read = ServerKeys::load_or_create(dir.path(), &mut rng).expect("read");
        assert_eq!(made.master, read.master);
        assert_eq!(made.recovery, read.recovery);
        assert_eq!(made.install(), read.install());
    }
}
