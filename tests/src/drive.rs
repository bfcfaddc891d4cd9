//! A drive that fails: everything that SQLite writes below a folder goes through it, so that a test may cut the power between any two
//! writes, fill the drive up, or make it read-only.
//!
//! What was written and not synced when the power went is kept, lost, or torn at a sector, write by write, as the drive's randomness has
//! it; what was synced stays. Files that are not SQLite's (pictures, marks) are not seen. Whoever cuts the power must close every database
//! on the drive before [`Drive::restore_power`]: a process does not survive its power either.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

mod vfs;

/// A write is torn between pieces of this size in bytes.
const SECTOR_BYTES: usize = 512;

/// What is wrong with a drive besides its power.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// There is no room for another byte.
    Full,
    /// The system mounted it read-only after an error.
    ReadOnly,
}

/// Why a write is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Refusal {
    Full,
    Broken,
}

/// Something that changed a file since its last sync.
struct Unsynced {
    offset: u64,
    /// What was written; for a truncation nothing.
    new: Vec<u8>,
    /// What stood there, as far as the file reached.
    old: Vec<u8>,
    /// The file's length before.
    old_len: u64,
    /// The length that a truncation made.
    truncated_to: Option<u64>,
}

struct State {
    rng: StdRng,
    fault: Fault,
    /// After so many more writes and syncs the power is cut.
    countdown: Option<u64>,
    has_power: bool,
    unsynced: BTreeMap<PathBuf, Vec<Unsynced>>,
    cuts: u64,
}

/// A drive under a folder.
pub struct Drive {
    folder: PathBuf,
    state: Mutex<State>,
}

impl Drive {
    /// Puts a drive under a folder, for as long as somebody holds it. Databases in it are to be opened afterwards.
    pub fn mount(folder: &Path, seed: u64) -> Arc<Self> {
        let drive = Arc::new(Self {
            folder: folder.to_owned(),
            state: Mutex::new(State {
                rng: StdRng::seed_from_u64(seed),
                fault: Fault::None,
                countdown: None,
                has_power: true,
                unsynced: BTreeMap::new(),
                cuts: 0,
            }),
        });
        vfs::mount(&drive);
        drive
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a drive does not panic")
    }

    /// The power is cut at the write or sync after this many more; `None` takes that back.
    pub fn cut_power_after(&self, writes: Option<u64>) {
        self.state().countdown = writes;
    }

    /// Breaks the drive, or mends it.
    pub fn set_fault(&self, fault: Fault) {
        self.state().fault = fault;
    }

    /// What is wrong with it.
    pub fn fault(&self) -> Fault {
        self.state().fault
    }

    /// Whether it answers at all.
    pub fn has_power(&self) -> bool {
        self.state().has_power
    }

    /// How often the power was cut.
    pub fn cuts(&self) -> u64 {
        self.state().cuts
    }

    /// The power comes back: what had not been synced is kept, lost or torn. Every database must be closed.
    pub fn restore_power(&self) {
        let mut state = self.state();
        state.countdown = None;
        state.has_power = true;
        let kept = [0.0, 0.5, 0.9][state.rng.random_range(0..3)];
        for (path, writes) in std::mem::take(&mut state.unsynced) {
            settle(&path, &writes, kept, &mut state.rng);
        }
        drop(state);
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            forget_shared_memory(&entry.path());
        }
    }

    /// Everything that was written counts as synced: somebody goes over the files without SQLite. Every database must be closed.
    pub fn sync_all(&self) {
        let mut state = self.state();
        state.unsynced.clear();
        state.countdown = None;
    }

    /// Whether a write may happen now.
    fn admit(&self) -> Result<(), Refusal> {
        let mut state = self.state();
        if !state.has_power {
            return Err(Refusal::Broken);
        }
        if let Some(left) = state.countdown {
            state.countdown = left.checked_sub(1);
            if left == 0 {
                state.has_power = false;
                state.cuts += 1;
                return Err(Refusal::Broken);
            }
        }
        match state.fault {
            Fault::None => Ok(()),
            Fault::Full => Err(Refusal::Full),
            Fault::ReadOnly => Err(Refusal::Broken),
        }
    }

    fn note(&self, path: &Path, change: Unsynced) {
        self.state()
            .unsynced
            .entry(path.to_owned())
            .or_default()
            .push(change);
    }

    /// A file's content is on the drive now, or the file is gone.
    fn forget(&self, path: &Path) {
        self.state().unsynced.remove(path);
    }
}

/// Brings a file to a state that a power cut may leave: its last synced content with any of the later writes.
fn settle(path: &Path, writes: &[Unsynced], kept: f64, rng: &mut StdRng) {
    let Ok(file) = OpenOptions::new().read(true).write(true).open(path) else {
        return;
    };
    let said = "the drive lies in a folder of the test's own";
    for write in writes.iter().rev() {
        file.set_len(write.old_len).expect(said);
        file.write_all_at(&write.old, write.offset).expect(said);
    }
    for write in writes {
        if !rng.random_bool(kept) {
            continue;
        }
        if let Some(len) = write.truncated_to {
            file.set_len(len).expect(said);
            continue;
        }
        let sectors = write.new.len().div_ceil(SECTOR_BYTES);
        let whole = rng.random_bool(0.7);
        let sectors = if whole {
            sectors
        } else {
            rng.random_range(0..=sectors)
        };
        let bytes = write.new.len().min(sectors * SECTOR_BYTES);
        file.write_all_at(&write.new[..bytes], write.offset).expect(said);
    }
}

/// Shared memory does not outlive the power.
fn forget_shared_memory(path: &Path) {
    if path.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            forget_shared_memory(&entry.path());
        }
    } else if path.to_string_lossy().ends_with("-shm") {
        drop(fs::remove_file(path));
    }
}

#[cfg(test)]
mod tests;
