//! Gate, store and projection of the server against a bare loop of automerge over the same changes in the same run.
//!
//! The service is called in this process, so that HTTP is not in the figure.

use std::time::{Duration, Instant};

use automerge::Automerge;
use xunge_core::document::FieldEdit;
use xunge_core::sync::message::Item;
use xunge_server::Service;

use super::device::seeded;
use super::process;
use super::thin::{Made, Phone, assert_taken};
use super::township::{WORKERS, grid_of, worker};
use super::{Figure, Problem};

/// Reports of each worker.
const REPORTS: usize = 20;

/// Rounds of edits after the first changes.
const EDITS: usize = 2;

/// How often each is timed; the best run counts.
const RUNS: usize = 3;

/// Measures it: about 10 s.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let (mut ours, mut bare) = (Duration::MAX, Duration::MAX);
    // In turns, so that a busy minute hits both.
    for _ in 0..RUNS {
        let times = once()?;
        ours = ours.min(times.0);
        bare = bare.min(times.1);
    }
    let percent = 100.0 * bare.as_secs_f64() / ours.as_secs_f64();
    let changes = (WORKERS * REPORTS * (EDITS + 1)) as f64;
    Ok(vec![
        Figure::at_least(
            "server: gate, store and projection against a bare load, apply, save, reload",
            percent,
            "%",
            50.0,
        ),
        Figure::told(
            "server: gate, store and projection, one change of a push of twenty",
            ours.as_secs_f64() * 1e6 / changes,
            "us",
        ),
    ])
}

/// The time of a fresh server, and of the bare loop over the same changes.
fn once() -> Result<(Duration, Duration), Problem> {
    let mut rng = seeded(4);
    let disk = tempfile::tempdir()?;
    let folder = disk.path().join("server");
    process::make_server(&folder, &mut rng)?;
    let service = process::open_service(&folder)?;
    let mut workers: Vec<Phone> = (0..WORKERS)
        .map(|number| Phone::enrol(&service, &worker(number), &mut rng))
        .collect();
    let mut reports = Vec::new();
    for (number, phone) in workers.iter_mut().enumerate() {
        let grid = grid_of(number);
        reports.extend((0..REPORTS).map(|_| phone.make(grid.as_str())));
    }
    let ours = push(&service, &mut workers, &mut reports);
    Ok((ours, bare(&reports)))
}

/// Pushes first changes, then edits, without commands; the time inside the service.
fn push(service: &Service, workers: &mut [Phone], reports: &mut [Made]) -> Duration {
    let mut spent = Duration::ZERO;
    for round in 0..=EDITS {
        for (phone, reports) in workers.iter_mut().zip(reports.chunks_mut(REPORTS)) {
            let mut items = Vec::new();
            for made in reports {
                if round > 0 {
                    let edit = [FieldEdit::SetPlaceText(format!("桥头 {round}"))];
                    let change = made.document.edit(&edit, phone.actor, 2).expect("a small edit");
                    made.changes.push(change.expect("it changes something").bytes);
                }
                items.push(Item::Change {
                    report: made.id,
                    bytes: made.changes[round].clone().into(),
                });
            }
            let (time, results) = phone.timed_push(service, items);
            assert_taken(&results);
            spent += time;
        }
    }
    spent
}

/// Loads, applies, saves and reloads each change, as a server without a gate, a store or a queue would.
fn bare(reports: &[Made]) -> Duration {
    let start = Instant::now();
    for made in reports {
        let mut saved: Option<Vec<u8>> = None;
        for change in &made.changes {
            let mut document = match &saved {
                Some(bytes) => Automerge::load(bytes).expect("its own bytes load"),
                None => Automerge::new(),
            };
            let change = automerge::Change::try_from(&change[..]).expect("its own change parses");
            document.apply_changes([change]).expect("in order");
            let bytes = document.save();
            Automerge::load(&bytes).expect("its own bytes load");
            saved = Some(bytes);
        }
    }
    start.elapsed()
}
