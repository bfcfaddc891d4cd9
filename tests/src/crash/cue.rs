//! The moment of death: counted in bytes that a process has written and in looks at it, never in time.

use std::fs;

use rand::RngExt;
use rand::rngs::StdRng;

/// Looks beyond the bytes, at most: a look takes some microseconds, so that the death falls between two writes as well as into one.
const LOOKS_MAX: u32 = 300;

/// When to kill.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    /// After the counted process has written so many bytes from now on …
    bytes: u64,
    /// … and has been looked at so often since.
    looks: u32,
}

/// What was seen until the cue came or the work was over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// Whether the cue came.
    pub(super) has_come: bool,
    /// Bytes written until then.
    pub(super) bytes: u64,
}

impl Cue {
    /// A moment anywhere in work that writes about `bytes` bytes.
    pub(super) fn draw(bytes: u64, rng: &mut StdRng) -> Self {
        Self {
            bytes: rng.random_range(0..=bytes),
            looks: rng.random_range(0..=LOOKS_MAX),
        }
    }

    /// Waits for it, or until the work is over.
    pub(super) fn wait(mut self, counted: u32, mut is_over: impl FnMut() -> bool) -> Seen {
        let from = written_bytes(counted).unwrap_or_default();
        let mut bytes = 0;
        loop {
            if let Some(now) = written_bytes(counted) {
                bytes = now.saturating_sub(from);
            }
            if is_over() {
                return Seen {
                    has_come: false,
                    bytes,
                };
            }
            if bytes >= self.bytes {
                if self.looks == 0 {
                    return Seen {
                        has_come: true,
                        bytes,
                    };
                }
                self.looks -= 1;
            }
            std::thread::yield_now();
        }
    }
}

/// Bytes that a process has handed to the system for files so far; `None` once it is gone.
fn written_bytes(pid: u32) -> Option<u64> {
    let io = fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
    let line = io.lines().find_map(|line| line.strip_prefix("wchar:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_cue_comes_after_its_bytes_and_not_for_work_that_ends_before() {
        let writer = || {
            Command::new("sh")
                .args(["-c", "while :; do echo 0123456789; done"])
                .stdout(Stdio::null())
                .spawn()
                .expect("a shell is everywhere")
        };
        let mut child = writer();
        let seen = Cue {
            bytes: 20_000,
            looks: 3,
        }
        .wait(child.id(), || false);
        assert!(seen.has_come && seen.bytes >= 20_000, "{seen:?}");
        let seen = Cue {
            bytes: u64::MAX,
            looks: 0,
        }
        .wait(child.id(), || true);
        assert!(!seen.has_come);
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }
}
