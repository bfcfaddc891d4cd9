//! One server a data folder: a lock that the system lets go when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::CliProblem;

const NAME: &str = "serve.lock";

/// Holds the data folder for as long as it lives.
#[derive(Debug)]
pub(crate) struct ServeLock(#[expect(dead_code, reason = "held for its lock alone")] File);

/// Takes the data folder for serving or restoring.
pub(crate) fn take(folder: &Path) -> Result<ServeLock, CliProblem> {
    let path = folder.join(NAME);
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let file = opened.map_err(|source| CliProblem::File {
        path: path.clone(),
        source,
    })?;
    match file.try_lock() {
        Ok(()) => Ok(ServeLock(file)),
        Err(TryLockError::WouldBlock) => Err(CliProblem::InUse),
        Err(TryLockError::Error(source)) => Err(CliProblem::File { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_once_and_free_again_when_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path()).unwrap();
        assert!(matches!(take(folder.path()), Err(CliProblem::InUse)));
        drop(first);
        assert!(take(folder.path()).is_ok());
    }
}
