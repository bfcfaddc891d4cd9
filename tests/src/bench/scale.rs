//! What grows with the number of reports and what must not: an idle sync at 3,000 and at 30,000, a phone that holds 10,000, a restart.
//!
//! The server is filled by thin phones in this process, then runs in one of its own. The one phone that sees everything has the real
//! device core, over HTTP; what it needs of memory is measured in a fresh process that opens its folder and shows a list.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use xunge_core::app::{ListQuery, Phone, ProfileId, Tab};
use xunge_core::command::Action;
use xunge_core::sync::message::Item;
use xunge_server::Service;

use super::device::{Link, RealPhone, phone_config, seeded};
use super::process::{self, ServerProcess, cpu_s, memory_mb};
use super::thin::{Phone as ThinPhone, assert_taken};
use super::township::{SUPERVISOR, WORKERS, grid_of, person, worker};
use super::{Figure, Problem};

/// First argument of the process that opens a phone.
const CHILD: &str = "--show-a-list";

/// Idle syncs that are timed together.
const IDLE: u32 = 300;

/// Reports in one push of the filling.
const PUSH: usize = 20;

/// What the phone's process says.
struct Shown {
    open_ms: f64,
    page_ms: f64,
    resident_mb: f64,
}

pub(super) struct Township {
    disk: tempfile::TempDir,
    workers: Vec<ThinPhone>,
    reports: usize,
}

/// Measures everything: about 90 s.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let mut township = Township::found(&mut seeded(2))?;
    let mut figures = Vec::new();
    township.grow_to(3_000)?;
    let phone = township.supervisor()?;
    let first = township.with_server(|server, link| {
        phone.sync(link)?;
        idle("3,000", &phone, server, link, &mut figures)
    })?;
    township.grow_to(10_000)?;
    township.with_server(|_, link| phone.sync(link))?;
    show(&township.phone_folder(), &phone, &mut figures)?;
    township.grow_to(30_000)?;
    let second = township.with_server(|server, link| {
        phone.sync(link)?;
        idle("30,000", &phone, server, link, &mut figures)
    })?;
    figures.push(Figure::at_most(
        "idle sync: server CPU at 30,000 reports against 3,000",
        100.0 * second / first.max(f64::MIN_POSITIVE),
        "%",
        150.0,
    ));
    let mut best_s = f64::INFINITY;
    for _ in 0..3 {
        let start = Instant::now();
        let folder = township.server_folder();
        let server = ServerProcess::start(&folder)?;
        let link = Link::new(server.url())?;
        phone.sync(&link)?;
        best_s = best_s.min(start.elapsed().as_secs_f64());
        server.stop()?;
    }
    figures.push(Figure::at_most(
        "restart at 30,000 reports: from starting the process to the end of a phone's first sync",
        best_s,
        "s",
        0.1,
    ));
    Ok(figures)
}

impl Township {
    pub(super) fn found(rng: &mut StdRng) -> Result<Self, Problem> {
        let disk = tempfile::tempdir()?;
        let folder = disk.path().join("server");
        process::make_server(&folder, rng)?;
        let service = process::open_service(&folder)?;
        let workers = (0..WORKERS)
            .map(|number| ThinPhone::enrol(&service, &worker(number), rng))
            .collect();
        Ok(Self {
            disk,
            workers,
            reports: 0,
        })
    }

    pub(super) fn server_folder(&self) -> std::path::PathBuf {
        self.disk.path().join("server")
    }

    fn phone_folder(&self) -> std::path::PathBuf {
        self.disk.path().join("phone")
    }

    /// Hands in reports until there are so many.
    pub(super) fn grow_to(&mut self, count: usize) -> Result<(), Problem> {
        let service = process::open_service(&self.server_folder())?;
        let mut number = 0;
        while self.reports < count {
            hand_in(&mut self.workers[number % WORKERS], number % WORKERS, &service);
            self.reports += PUSH;
            number += 1;
        }
        Ok(())
    }

    /// The phone that sees everything, not synced yet.
    fn supervisor(&self) -> Result<RealPhone, Problem> {
        let secrets = process::enrolments(&self.server_folder(), &[person(SUPERVISOR)])?;
        self.with_server(|server, link| {
            RealPhone::enrol(&self.phone_folder(), server.url(), &secrets[0], link)
        })
    }

    fn with_server<T>(
        &self,
        job: impl FnOnce(&ServerProcess, &Link) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let server = ServerProcess::start(&self.server_folder())?;
        let link = Link::new(server.url())?;
        let made = job(&server, &link)?;
        server.stop()?;
        Ok(made)
    }
}

fn hand_in(phone: &mut ThinPhone, number: usize, service: &Service) {
    let grid = grid_of(number);
    let mut items = Vec::new();
    for _ in 0..PUSH {
        let made = phone.make(grid.as_str());
        items.push(Item::Change {
            report: made.id,
            bytes: made.changes[0].clone().into(),
        });
        let action = Action::Submit {
            opening: made.opening.clone(),
        };
        items.push(phone.command(made.version, &made, action, None));
    }
    assert_taken(&phone.push(service, items));
}

/// Idle syncs; answers the server's CPU for one, in ms.
fn idle(
    at: &str,
    phone: &RealPhone,
    server: &ServerProcess,
    link: &Link,
    figures: &mut Vec<Figure>,
) -> Result<f64, Problem> {
    // The first after a flood may still bring a digest into agreement.
    phone.sync(link)?;
    let (cpu, traffic) = (cpu_s(server.pid())?, link.traffic());
    for _ in 0..IDLE {
        phone.sync(link)?;
    }
    let each_ms = (cpu_s(server.pid())? - cpu) * 1e3 / f64::from(IDLE);
    let spent = link.traffic().since(traffic);
    let mean = |sum: u64| sum as f64 / f64::from(IDLE);
    let name = format!("idle sync at {at} reports");
    figures.extend([
        Figure::at_most(format!("{name}, requests"), mean(spent.requests), "", 1.0),
        Figure::at_most(
            format!("{name}, both ways with heads"),
            mean(spent.bytes),
            "bytes",
            1_024.0,
        ),
        Figure::at_most(format!("{name}, server CPU"), each_ms, "ms", 1.0),
    ]);
    Ok(each_ms)
}

/// Opens the phone in a fresh process, several times; the best times and the most memory count.
fn show(folder: &Path, phone: &RealPhone, figures: &mut Vec<Figure>) -> Result<(), Problem> {
    let held = phone.device.report_count(Tab::All)?;
    if held != 10_000 {
        return Err(format!("the phone holds {held} reports, not 10,000").into());
    }
    let mut best = Shown {
        open_ms: f64::INFINITY,
        page_ms: f64::INFINITY,
        resident_mb: 0.0,
    };
    for _ in 0..5 {
        let child = Command::new(std::env::current_exe()?)
            .arg(CHILD)
            .arg(folder)
            .arg(phone.profile.to_string())
            .stderr(Stdio::inherit())
            .output()?;
        let said = String::from_utf8_lossy(&child.stdout);
        let numbers: Vec<f64> = said.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        let [open_ms, page_ms, resident_mb] = numbers[..] else {
            return Err(format!("the process that opens the phone said {said:?}").into());
        };
        best = Shown {
            open_ms: best.open_ms.min(open_ms),
            page_ms: best.page_ms.min(page_ms),
            resident_mb: best.resident_mb.max(resident_mb),
        };
    }
    figures.extend([
        Figure::at_most("phone with 10,000 reports: open", best.open_ms, "ms", 100.0),
        Figure::at_most(
            "phone with 10,000 reports: slowest of ten pages of a list",
            best.page_ms,
            "ms",
            16.0,
        ),
        Figure::at_most(
            "phone with 10,000 reports: resident",
            best.resident_mb,
            "MB",
            60.0,
        ),
    ]);
    Ok(())
}

/// Runs as the process that opens a phone if the arguments (without the program's name) say so; then the caller must return.
pub fn run_child(args: &[String]) -> bool {
    let [first, folder, profile] = args else {
        return false;
    };
    if first != CHILD {
        return false;
    }
    match open_and_show(Path::new(folder), profile) {
        Ok(shown) => println!("{} {} {}", shown.open_ms, shown.page_ms, shown.resident_mb),
        Err(problem) => eprintln!("{problem}"),
    }
    true
}

fn open_and_show(folder: &Path, profile: &str) -> Result<Shown, Problem> {
    let start = Instant::now();
    let phone = Phone::open(folder, phone_config())?;
    let profile: ProfileId = profile.parse()?;
    let device = phone.device(&profile, None)?;
    // Open is what a worker waits for: the profile and the state of sending on the screen.
    device.status()?;
    let open = start.elapsed();
    let mut slowest = Duration::ZERO;
    let mut query = ListQuery {
        tab: Tab::All,
        after: None,
        limit: 0,
    };
    for _ in 0..10 {
        let start = Instant::now();
        let page = device.reports(&query)?;
        slowest = slowest.max(start.elapsed());
        query.after = page.next;
    }
    let resident_mb = memory_mb(std::process::id(), "VmHWM")?;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    Ok(Shown {
        open_ms: ms(open),
        page_ms: ms(slowest),
        resident_mb,
    })
}
