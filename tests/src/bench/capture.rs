//! What a capture call costs beyond the disk: beginning a draft, saving a field, handing in; each is durable when it returns.
//!
//! After each call as many bytes as it added to the database's log are written to a bare file beside it and synced; that time is
//! taken off.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use xunge_core::document::FieldEdit;

use super::device::{Link, RealPhone, filled_in, seeded};
use super::process::{self, ServerProcess};
use super::township::{grid_of, person, worker};
use super::words::words;
use super::{Figure, Problem};

/// Reports that are captured.
const REPORTS: usize = 200;

/// The share of calls that must be within the goal.
const PERCENTILE: usize = 95;

/// The goal for each call, in ms.
const CALL_MS_MAX: f64 = 5.0;

/// Bytes of a page of the database: what a call writes at least.
const PAGE_BYTES: u64 = 4_096;

/// Times of one kind of call, each without the bare write.
struct Calls {
    name: &'static str,
    beyond_ms: Vec<f64>,
}

/// Measures everything: about 5 s.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let mut rng = seeded(3);
    let disk = tempfile::tempdir()?;
    let folder = disk.path().join("server");
    process::make_server(&folder, &mut rng)?;
    let secrets = process::enrolments(&folder, &[person(&worker(0))])?;
    let server = ServerProcess::start(&folder)?;
    let link = Link::new(server.url())?;
    let phone = RealPhone::enrol(&disk.path().join("phone"), server.url(), &secrets[0], &link)?;
    phone.sync(&link)?;
    server.stop()?;
    let bare = Bare::beside(&phone)?;
    measure(&phone, bare, &mut rng)
}

fn measure(phone: &RealPhone, mut bare: Bare, rng: &mut StdRng) -> Result<Vec<Figure>, Problem> {
    let calls = |name| Calls {
        name,
        beyond_ms: Vec::new(),
    };
    let mut begin = calls("begin a draft");
    let mut field = calls("save one field");
    let mut whole = calls("save all fields");
    let mut submit = calls("hand in");
    for _ in 0..REPORTS {
        let report = bare.timed(&mut begin, || phone.device.begin_draft())?;
        let edit = [FieldEdit::SetDescription(words(rng, 160))];
        bare.timed(&mut field, || phone.device.edit_draft(report, &edit))?;
        let edits = filled_in(&grid_of(0), rng);
        bare.timed(&mut whole, || phone.device.edit_draft(report, &edits))?;
        bare.timed(&mut submit, || phone.device.submit(report))?;
    }
    let mut figures = Vec::new();
    for calls in [begin, field, whole, submit] {
        figures.push(calls.figure());
    }
    bare.waits_ms.sort_by(f64::total_cmp);
    let wait_ms = bare.waits_ms[bare.waits_ms.len() / 2];
    figures.push(Figure::told(
        "capture: a bare write and fsync, in the middle",
        wait_ms,
        "ms",
    ));
    Ok(figures)
}

impl Calls {
    fn figure(mut self) -> Figure {
        self.beyond_ms.sort_by(f64::total_cmp);
        let value = self.beyond_ms[self.beyond_ms.len() * PERCENTILE / 100];
        let name = format!(
            "capture: {}, beyond the fsync, {PERCENTILE} of 100 calls within",
            self.name
        );
        Figure::at_most(name, value, "ms", CALL_MS_MAX)
    }
}

/// A bare file on the disk of the phone's database.
struct Bare {
    file: File,
    log: PathBuf,
    waits_ms: Vec<f64>,
}

impl Bare {
    fn beside(phone: &RealPhone) -> Result<Self, Problem> {
        let folder = phone.device.folder();
        Ok(Self {
            file: File::create(folder.join("bare"))?,
            log: log_of(folder)?,
            waits_ms: Vec::new(),
        })
    }

    /// Times a call, and a bare write of what it wrote.
    fn timed<T, E: Into<Problem>>(
        &mut self,
        calls: &mut Calls,
        call: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, Problem> {
        let before = fs::metadata(&self.log)?.len();
        let start = Instant::now();
        let made = call().map_err(Into::into)?;
        let spent = start.elapsed();
        // A log that begins anew does not grow: then the least that a call writes is taken, which makes the figure worse, not better.
        let written = fs::metadata(&self.log)?
            .len()
            .saturating_sub(before)
            .max(PAGE_BYTES);
        let bytes = vec![0x5a; usize::try_from(written)?];
        let start = Instant::now();
        self.file.write_all(&bytes)?;
        self.file.sync_all()?;
        let wait = start.elapsed();
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        self.waits_ms.push(ms(wait));
        calls.beyond_ms.push(ms(spent) - ms(wait));
        Ok(made)
    }
}

/// The database's log in a profile's folder.
fn log_of(folder: &Path) -> Result<PathBuf, Problem> {
    let found = fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().ends_with("-wal"));
    found.ok_or_else(|| "the phone's database has no log".into())
}
