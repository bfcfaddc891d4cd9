//! Bytes altered on purpose, thrown at everything that takes bytes from outside: nothing panics, nothing is stored that cannot be loaded
//! again, memory stays bounded.
//!
//! Each target has honest examples, most of them heard on the wire of a lived township, and says what must hold of any answer to altered
//! ones. Altering is seeded; a target that carries checksums repairs them, else nothing would get past the first door. What ever failed
//! stays in `tests/fixtures/fuzz/<target>` and is tried by every run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

pub mod alter;
mod documents;
mod edge;
mod files;
mod heard;
mod phone;
mod texts;

pub use heard::Heard;

/// Something that takes bytes.
pub trait Target {
    /// Its name; that of its folder of found cases too.
    fn name(&self) -> &'static str;

    /// Honest examples.
    fn examples(&self) -> &[Vec<u8>];

    /// Alters an example. Targets with a shape of their own keep what would be refused at the door.
    fn alter(&self, example: &[u8], rng: &mut StdRng) -> Vec<u8> {
        alter::damage(example, rng)
    }

    /// Takes the bytes; the error says what did not hold. A panic is found by the runner.
    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String>;

    /// What must hold when all is over.
    fn close(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// What became of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// They were taken for good.
    Accepted,
    /// They were refused in the way that is foreseen.
    Refused,
}

impl Taken {
    /// The outcome's word, which begins the names of kept inputs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

/// What a target's run came to.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The target.
    pub target: &'static str,
    /// Altered inputs that were taken.
    pub accepted: u64,
    /// … and refused.
    pub refused: u64,
    /// Inputs for which something did not hold, with what.
    pub found: Vec<(Vec<u8>, String)>,
}

/// How many found cases end a target's run: more of them tell nothing new.
const FOUND_MAX: usize = 20;

/// The largest input that is kept as a sample.
const SAMPLE_BYTES_MAX: usize = 2_048;

/// How long a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum Span {
    /// So many altered inputs for each target.
    Inputs(u64),
    /// So long for each target.
    Time(Duration),
}

/// Every target, upon what was heard on the wire.
pub fn targets(heard: &Heard) -> Vec<Box<dyn Target>> {
    let mut targets: Vec<Box<dyn Target>> = Vec::new();
    targets.extend(documents::targets(heard));
    targets.extend(files::targets());
    targets.extend(texts::targets());
    targets.push(Box::new(edge::Edge::new(heard)));
    targets.push(Box::new(phone::Answers::new()));
    targets
}

/// Runs one target: its honest examples, the cases found before, then altered inputs.
pub fn run(target: &mut dyn Target, span: Span, seed: u64, cases: &Path) -> Tally {
    let mut tally = Tally {
        target: target.name(),
        accepted: 0,
        refused: 0,
        found: Vec::new(),
    };
    let examples = target.examples().to_vec();
    assert!(!examples.is_empty(), "{} has examples", target.name());
    for bytes in examples.iter().cloned().chain(found_before(cases, target.name())) {
        try_one(target, &bytes, &mut tally);
    }
    let mut rng = StdRng::seed_from_u64(seed);
    let begun = Instant::now();
    let mut inputs = 0;
    while tally.found.len() < FOUND_MAX {
        let is_over = match span {
            Span::Inputs(most) => inputs >= most,
            Span::Time(most) => begun.elapsed() >= most,
        };
        if is_over {
            break;
        }
        inputs += 1;
        let example = &examples[rng.random_range(0..examples.len())];
        let bytes = target.alter(example, &mut rng);
        try_one(target, &bytes, &mut tally);
    }
    if let Err(what) = target.close() {
        tally.found.push((Vec::new(), what));
    }
    tally
}

/// Altered inputs that are small, `count` of each outcome, where as many are met in a thousand tries: what is kept for later runs, so that
/// they do not depend on what a lived township happens to say.
pub fn sample(target: &mut dyn Target, count: usize, seed: u64) -> Vec<(Taken, Vec<u8>)> {
    let examples = target.examples().to_vec();
    let mut rng = StdRng::seed_from_u64(seed);
    let mut kept: Vec<(Taken, Vec<u8>)> = Vec::new();
    for _ in 0..1_000 {
        if kept.len() >= 2 * count {
            break;
        }
        let example = &examples[rng.random_range(0..examples.len())];
        let bytes = target.alter(example, &mut rng);
        if bytes.len() > SAMPLE_BYTES_MAX {
            continue;
        }
        let taken = catch_unwind(AssertUnwindSafe(|| target.take(&bytes)));
        if let Ok(Ok(taken)) = taken
            && kept.iter().filter(|(of, _)| *of == taken).count() < count
        {
            kept.push((taken, bytes));
        }
    }
    kept
}

fn try_one(target: &mut dyn Target, bytes: &[u8], tally: &mut Tally) {
    let taken = catch_unwind(AssertUnwindSafe(|| target.take(bytes)));
    match taken {
        Ok(Ok(Taken::Accepted)) => tally.accepted += 1,
        Ok(Ok(Taken::Refused)) => tally.refused += 1,
        Ok(Err(what)) => tally.found.push((bytes.to_vec(), what)),
        Err(_) => tally.found.push((bytes.to_vec(), "a panic came out".to_owned())),
    }
}

fn found_before(cases: &Path, target: &str) -> Vec<Vec<u8>> {
    let folder = std::fs::read_dir(cases.join(target));
    let mut paths: Vec<_> = folder.into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// The most memory that this process ever held, in bytes; `None` where the system does not say.
pub fn memory_peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
