//! What the server costs without HTTP: a township's day pushed into the service, its disk, its quiet syncs and its restart; and gate,
//! store and projection against a bare loop of automerge over the same changes in the same run.

mod phone;
mod township;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use automerge::Automerge;
use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::command::{Action, Assignment};
use xunge_core::document::FieldEdit;
use xunge_core::id::CommandId;
use xunge_core::sync::message::Item;
use xunge_core::time::SystemClock;
use xunge_server::config::Secrets;
use xunge_server::limits::Limits;
use xunge_server::{Caller, Service, ServiceConfig};

use self::phone::{Made, Phone, assert_taken};
use self::township::{directory, unit};
use super::Figure;

/// Workers; each makes [`REPORTS`] reports.
const WORKERS: usize = 150;

/// Reports of each worker.
const REPORTS: usize = 20;

/// Grids; each chief answers for two.
const GRIDS: usize = 30;

/// Rounds of edits for the comparison with the bare loop.
const EDITS: usize = 2;

/// Quiet syncs that are timed; the mean counts.
const QUIET: u32 = 400;

fn open(database: &Path, secrets: &Secrets) -> Service {
    Service::open(ServiceConfig {
        database: database.to_owned(),
        secrets: secrets.clone(),
        clock: Arc::new(SystemClock),
        limits: Limits::default(),
        seed: [1; 32],
    })
    .expect("a fresh folder takes a database")
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

struct Day {
    folder: tempfile::TempDir,
    secrets: Secrets,
    service: Service,
    workers: Vec<Phone>,
    reports: Vec<Made>,
}

/// Measures everything: about 10 s in a release build.
pub fn figures() -> Vec<Figure> {
    let mut rng = StdRng::seed_from_u64(20_261_123);
    let mut day = begin(&mut rng);
    let mut figures = Vec::new();
    let content = push_content(&mut day);
    let ratio = 100.0 * bare(&day.reports).as_secs_f64() / content.as_secs_f64();
    figures.push(Figure::at_least(
        "server: gate, store and projection against a bare loop",
        ratio,
        "%",
        50.0,
    ));
    drop(day);
    let mut day = begin(&mut rng);
    live(&mut day, &mut rng, &mut figures);
    quiet(&mut day, &mut figures);
    restart(day, &mut figures);
    figures
}

fn begin(rng: &mut StdRng) -> Day {
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = Secrets::random(rng);
    let service = open(&folder.path().join("xunge.sqlite"), &secrets);
    let operator = Caller::Operator { person: None };
    service
        .directory_apply(&operator, &directory())
        .expect("the directory is whole");
    let mut workers: Vec<Phone> = (0..WORKERS)
        .map(|n| Phone::enrol(&service, &format!("w{n:03}"), rng))
        .collect();
    let mut reports = Vec::new();
    for (number, phone) in workers.iter_mut().enumerate() {
        phone.sync(&service, Vec::new());
        let grid = format!("G{:02}", number % GRIDS);
        reports.extend((0..REPORTS).map(|_| phone.make(&grid)));
    }
    Day {
        folder,
        secrets,
        service,
        workers,
        reports,
    }
}

/// Pushes first changes and edits, without commands.
fn push_content(day: &mut Day) -> Duration {
    let mut spent = Duration::ZERO;
    for round in 0..=EDITS {
        for (phone, reports) in day.workers.iter_mut().zip(day.reports.chunks_mut(REPORTS)) {
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
            let (time, results) = phone.sync(&day.service, items);
            assert_taken(&results);
            spent += time;
        }
    }
    spent
}

/// The day: hand in, approve, accept and dispatch, remark.
fn live(day: &mut Day, rng: &mut StdRng, figures: &mut Vec<Figure>) {
    let mut phase = |name: &str, spent: Duration, goal_s: f64| {
        figures.push(Figure::at_most(
            format!("server: {name}"),
            spent.as_secs_f64(),
            "s",
            goal_s,
        ));
    };
    let mut spent = Duration::ZERO;
    for (phone, reports) in day.workers.iter_mut().zip(day.reports.chunks_mut(REPORTS)) {
        let mut items = Vec::new();
        for made in reports {
            items.push(Item::Change {
                report: made.id,
                bytes: made.changes[0].clone().into(),
            });
            let action = Action::Submit {
                opening: made.opening.clone(),
            };
            items.push(phone.command(made.version, made, action, None));
        }
        let (time, results) = phone.sync(&day.service, items);
        assert_taken(&results);
        spent += time;
    }
    phase("150 workers hand in 3,000 reports", spent, 1.3);
    let mut spent = Duration::ZERO;
    for chief in 0..GRIDS / 2 {
        let mut phone = Phone::enrol(&day.service, &format!("c{chief:02}"), rng);
        let grids = [
            unit(&format!("G{:02}", chief * 2)),
            unit(&format!("G{:02}", chief * 2 + 1)),
        ];
        let own = day.reports.iter_mut().filter(|m| grids.contains(&m.opening.grid));
        let items = own.map(|made| phone.decide(made, Action::Approve)).collect();
        let (time, results) = phone.sync(&day.service, items);
        assert_taken(&results);
        spent += time;
    }
    phase("15 chiefs approve them", spent, 0.74);
    let mut room = Phone::enrol(&day.service, "room", rng);
    let mut spent = Duration::ZERO;
    for reports in day.reports.chunks_mut(100) {
        let mut items = Vec::new();
        for made in reports {
            items.push(room.decide(made, Action::Accept));
            let to = vec![Assignment::lead(unit("D1"))];
            items.push(room.decide(made, Action::Dispatch { to }));
        }
        let (time, results) = room.sync(&day.service, items);
        assert_taken(&results);
        spent += time;
    }
    phase("the room makes two decisions on each", spent, 0.5);
    let mut spent = Duration::ZERO;
    for (phone, reports) in day.workers.iter_mut().zip(day.reports.chunks_mut(REPORTS)) {
        let mut items = Vec::new();
        for made in reports {
            let id = CommandId::random(&mut phone.rng);
            items.push(phone.command(id, made, Action::Remark, Some(made.version)));
        }
        let (time, results) = phone.sync(&day.service, items);
        assert_taken(&results);
        spent += time;
    }
    phase("workers give a remark on each", spent, 1.0);
}

/// A sync that has nothing to say.
fn quiet(day: &mut Day, figures: &mut Vec<Figure>) {
    let phone = &mut day.workers[0];
    phone.sync(&day.service, Vec::new());
    let request = phone.request(Vec::new());
    let start = Instant::now();
    let mut bytes = 0;
    for _ in 0..QUIET {
        let answer = day
            .service
            .sync(&phone.caller, &request)
            .expect("the service answers");
        bytes = minicbor::to_vec(&answer).map_or(0, |b| b.len());
    }
    let each = start.elapsed().as_secs_f64() * 1000.0 / f64::from(QUIET);
    figures.push(Figure::at_most(
        "server: a quiet sync at 3,000 reports",
        each,
        "ms",
        1.0,
    ));
    let both = minicbor::to_vec(&request).map_or(0, |b| b.len()) + bytes;
    figures.push(Figure::at_most(
        "server: a quiet sync, both ways",
        both as f64,
        "bytes",
        1_024.0,
    ));
}

/// From opening the database to the first answer.
fn restart(day: Day, figures: &mut Vec<Figure>) {
    let Day {
        folder,
        secrets,
        service,
        workers,
        ..
    } = day;
    // Closed, so that what counts is the database and not its log.
    drop(service);
    let database = folder.path().join("xunge.sqlite");
    let bytes = std::fs::metadata(&database).map_or(0, |facts| facts.len());
    let each = bytes as f64 / (WORKERS * REPORTS) as f64;
    figures.push(Figure::at_most(
        "server: disk of a report of the day",
        each,
        "bytes",
        6_144.0,
    ));
    let request = workers[0].request(Vec::new());
    let start = Instant::now();
    let service = open(&folder.path().join("xunge.sqlite"), &secrets);
    service
        .sync(&workers[0].caller, &request)
        .expect("the service answers");
    let spent = start.elapsed().as_secs_f64();
    figures.push(Figure::at_most(
        "server: restart to first answer at 3,000 reports",
        spent,
        "s",
        0.1,
    ));
}
