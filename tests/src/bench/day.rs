//! The township day, phase by phase: 150 workers hand in 20 reports each, 15 chiefs approve all, the room adds two decisions to each,
//! workers remark on each, a fresh supervisor pulls all, then 1 % are edited and all 167 phones sync.
//!
//! Server: the real one in a process of its own, on this disk. Clients: the real device core, 167 phones with a database each, four of
//! them at work at once, over real HTTP on loopback. Their folders lie in memory where the system has such a place, since 167 phones on
//! one disk would measure the disk. Seconds are those of syncing, on all cores of the computer, shared by server and clients; what people
//! do on their phones between (capture, decide) is timed by itself, since it happens all day long and without a network. Bytes are both
//! ways, with heads.
//!
//! The goals come from a mature replicating database that does the same phases on such a machine: a third of its time and a quarter of
//! its bytes for decisions and the last round, no slower and half its bytes for pushing and pulling, one request a phone and page. What its
//! phones moved shows that each worker saw his own reports only; so does the township here, with one grid a worker.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rand::rngs::StdRng;
use xunge_core::app::{ListQuery, Tab};
use xunge_core::command::{Action, Assignment, State};
use xunge_core::document::FieldEdit;
use xunge_core::id::{PersonId, ReportId};

use super::device::{Link, RealPhone, Traffic, seeded};
use super::process::{self, ServerProcess, cpu_s, memory_mb};
use super::township::{CHIEFS, ROOM, SUPERVISOR, WORKERS, chief, grid_of, person, unit, worker};
use super::words::words;
use super::{Figure, Problem};

/// Reports of each worker.
const REPORTS: usize = 20;

/// Phones that are at work at once.
const AT_ONCE: usize = 4;

/// What the mature database takes for a phase, and how much of it is allowed.
struct Goal {
    name: &'static str,
    seconds: f64,
    bytes_mb: f64,
    requests: u64,
}

const PUSH: Goal = Goal {
    name: "150 workers push 3,000 reports",
    seconds: 1.3,
    bytes_mb: 4.3 / 2.0,
    requests: 150,
};

const APPROVE: Goal = Goal {
    name: "15 chiefs pull and push 3,000 approvals",
    seconds: 2.2 / 3.0,
    bytes_mb: 8.8 / 4.0,
    requests: 15 * 6,
};

const ROOM_DECIDES: Goal = Goal {
    name: "the room pulls and pushes 6,000 decisions",
    seconds: 1.5 / 3.0,
    bytes_mb: 9.9 / 4.0,
    requests: 32,
};

const FEED_BACK: Goal = Goal {
    name: "150 workers pull and push 3,000 remarks",
    seconds: 1.0,
    bytes_mb: 12.8 / 4.0,
    requests: 150 * 2,
};

const FRESH: Goal = Goal {
    name: "a fresh supervisor pulls 3,000 reports",
    seconds: 0.5,
    bytes_mb: 6.0 / 2.0,
    requests: 18,
};

const ROUND: Goal = Goal {
    name: "1 % edited, all 167 sync",
    seconds: 1.2 / 3.0,
    bytes_mb: 2.3 / 4.0,
    requests: 167,
};

/// What a phase took.
struct Cost {
    seconds: f64,
    server_s: f64,
    clients_s: f64,
    traffic: Traffic,
}

struct Day {
    server: ServerProcess,
    link: Link,
    workers: Vec<RealPhone>,
    chiefs: Vec<RealPhone>,
    room: RealPhone,
    supervisor: RealPhone,
    reports: Vec<Vec<ReportId>>,
    rng: StdRng,
    figures: Vec<Figure>,
}

/// Lives through the day: about 40 s.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let disk = tempfile::tempdir()?;
    let memory = memory_folder()?;
    let server_folder = disk.path().join("server");
    let mut day = begin(&server_folder, memory.path())?;
    day.hand_in()?;
    day.approve()?;
    day.decide()?;
    day.remark()?;
    day.supervise()?;
    day.edit_some()?;
    let peak_mb = memory_mb(day.server.pid(), "VmHWM")?;
    let Day {
        server, mut figures, ..
    } = day;
    server.stop()?;
    figures.push(Figure::at_most(
        "day: server's resident memory at most",
        peak_mb,
        "MB",
        60.0,
    ));
    let each = process::database_bytes(&server_folder) as f64 / (WORKERS * REPORTS) as f64;
    figures.push(Figure::at_most(
        "day: server's disk a report, with history, indexes and search",
        each / 1000.0,
        "KB",
        6.0,
    ));
    Ok(figures)
}

/// A folder in memory where the system has one.
fn memory_folder() -> std::io::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    }
}

/// The server and everybody's phone, enrolled, with the directory.
fn begin(server_folder: &Path, phones: &Path) -> Result<Day, Problem> {
    let mut rng = seeded(1);
    process::make_server(server_folder, &mut rng)?;
    let mut people: Vec<PersonId> = (0..WORKERS).map(|number| person(&worker(number))).collect();
    people.extend((0..CHIEFS).map(|number| person(&chief(number))));
    people.extend([person(ROOM), person(SUPERVISOR)]);
    let secrets = process::enrolments(server_folder, &people)?;
    let server = ServerProcess::start(server_folder)?;
    let link = Link::new(server.url())?;
    let places: Vec<(PathBuf, &String)> = people
        .iter()
        .zip(&secrets)
        .map(|(person, secret)| (phones.join(person.as_str()), secret))
        .collect();
    let (fresh, others) = places.split_last().expect("the supervisor is the last");
    let enrol = |(folder, secret): &(PathBuf, &String)| RealPhone::enrol(folder, server.url(), secret, &link);
    let mut all = each(others, |place| {
        let phone = enrol(place)?;
        phone.sync(&link)?;
        Ok(phone)
    })?;
    // The supervisor's phone stays as it comes out of the box.
    let supervisor = enrol(fresh)?;
    let room = all.pop().expect("the room is enrolled");
    let chiefs = all.split_off(WORKERS);
    Ok(Day {
        server,
        link,
        workers: all,
        chiefs,
        room,
        supervisor,
        reports: Vec::new(),
        rng,
        figures: Vec::new(),
    })
}

/// Runs `job` on each item, four at once; the results in the items' order.
fn each<T: Sync, R: Send>(
    items: &[T],
    job: impl Fn(&T) -> Result<R, Problem> + Sync,
) -> Result<Vec<R>, Problem> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<R, Problem>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(items.len()) {
            scope.spawn(|| {
                while let Some((at, item)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    items.get(at).map(|item| (at, item))
                } {
                    let outcome = job(item);
                    done.lock().expect("no holder panics").push((at, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no holder panics");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

impl Day {
    fn measured(&self, job: impl FnOnce() -> Result<(), Problem>) -> Result<Cost, Problem> {
        self.measured_with(job).map(|(_, cost)| cost)
    }

    fn measured_with<T>(&self, job: impl FnOnce() -> Result<T, Problem>) -> Result<(T, Cost), Problem> {
        let own = std::process::id();
        let (server, clients) = (cpu_s(self.server.pid())?, cpu_s(own)?);
        let traffic = self.link.traffic();
        let start = Instant::now();
        let made = job()?;
        let cost = Cost {
            seconds: start.elapsed().as_secs_f64(),
            server_s: cpu_s(self.server.pid())? - server,
            clients_s: cpu_s(own)? - clients,
            traffic: self.link.traffic().since(traffic),
        };
        Ok((made, cost))
    }

    fn tell(&mut self, goal: &Goal, costs: &[Cost]) {
        let sum = |of: fn(&Cost) -> f64| costs.iter().map(of).sum::<f64>();
        let name = goal.name;
        self.figures.extend([
            Figure::at_most(format!("day: {name}"), sum(|c| c.seconds), "s", goal.seconds),
            Figure::at_most(
                format!("day: {name}, up and down"),
                sum(|c| c.traffic.bytes as f64 / 1e6),
                "MB",
                goal.bytes_mb,
            ),
            Figure::at_most(
                format!("day: {name}, requests"),
                sum(|c| c.traffic.requests as f64),
                "",
                goal.requests as f64,
            ),
            Figure::told(
                format!("day: {name}, CPU of the server"),
                sum(|c| c.server_s),
                "s",
            ),
            Figure::told(
                format!("day: {name}, CPU of the phones"),
                sum(|c| c.clients_s),
                "s",
            ),
        ]);
    }

    /// What an act on the phone takes of its processor.
    fn tell_acts(&mut self, what: &str, cost: &Cost, count: usize) {
        let each_ms = cost.clients_s * 1e3 / count as f64;
        let name = format!("day: {what} on the phone, CPU each");
        self.figures.push(Figure::told(name, each_ms, "ms"));
    }

    fn hand_in(&mut self) -> Result<(), Problem> {
        let numbers: Vec<usize> = (0..WORKERS).collect();
        let (reports, acts) = self.measured_with(|| {
            each(&numbers, |number| {
                let mut rng = seeded(100 + *number as u64);
                (0..REPORTS)
                    .map(|_| self.workers[*number].capture(&grid_of(*number), &mut rng))
                    .collect()
            })
        })?;
        self.reports = reports;
        self.tell_acts("filling in and handing in", &acts, WORKERS * REPORTS);
        let cost = self.measured(|| sync_all(&self.workers, &self.link))?;
        self.tell(&PUSH, &[cost]);
        Ok(())
    }

    fn approve(&mut self) -> Result<(), Problem> {
        let pull = self.measured(|| sync_all(&self.chiefs, &self.link))?;
        let (counts, acts) = self.measured_with(|| {
            each(&self.chiefs, |phone| {
                let reports = held(phone)?;
                for report in &reports {
                    phone.device.decide(*report, Action::Approve, None, None)?;
                }
                Ok(reports.len())
            })
        })?;
        expect_count("approved", counts.iter().sum(), WORKERS * REPORTS)?;
        self.tell_acts("approving", &acts, WORKERS * REPORTS);
        let push = self.measured(|| sync_all(&self.chiefs, &self.link))?;
        self.tell(&APPROVE, &[pull, push]);
        Ok(())
    }

    fn decide(&mut self) -> Result<(), Problem> {
        let pull = self.measured(|| self.room.sync(&self.link))?;
        let reports = held(&self.room)?;
        expect_count("with the room", reports.len(), WORKERS * REPORTS)?;
        let acts = self.measured(|| {
            for report in reports {
                self.room.device.decide(report, Action::Accept, None, None)?;
                let to = vec![Assignment::lead(unit("D1"))];
                self.room
                    .device
                    .decide(report, Action::Dispatch { to }, None, None)?;
            }
            Ok(())
        })?;
        self.tell_acts("accepting and dispatching", &acts, WORKERS * REPORTS);
        let push = self.measured(|| self.room.sync(&self.link))?;
        self.tell(&ROOM_DECIDES, &[pull, push]);
        Ok(())
    }

    fn remark(&mut self) -> Result<(), Problem> {
        let pull = self.measured(|| sync_all(&self.workers, &self.link))?;
        let numbers: Vec<usize> = (0..WORKERS).collect();
        each(&numbers, |number| {
            let mut rng = seeded(1_000 + *number as u64);
            for report in &self.reports[*number] {
                let row = self.workers[*number].device.report(*report)?.row;
                if row.state != State::Dispatched {
                    return Err(format!("a report is {:?} after the room's decisions", row.state).into());
                }
                let text = Some(words(&mut rng, 12));
                self.workers[*number]
                    .device
                    .decide(*report, Action::Remark, None, text)?;
            }
            Ok(())
        })?;
        let push = self.measured(|| sync_all(&self.workers, &self.link))?;
        self.tell(&FEED_BACK, &[pull, push]);
        Ok(())
    }

    fn supervise(&mut self) -> Result<(), Problem> {
        let cost = self.measured(|| self.supervisor.sync(&self.link))?;
        expect_count(
            "with the supervisor",
            self.supervisor.device.report_count(Tab::All)? as usize,
            WORKERS * REPORTS,
        )?;
        self.tell(&FRESH, &[cost]);
        Ok(())
    }

    /// Brings everybody to rest, then edits one report of every fifth worker.
    fn edit_some(&mut self) -> Result<(), Problem> {
        let rest = self.measured(|| self.sync_everybody())?;
        self.figures.push(Figure::told(
            "day: everybody catches up before the last round",
            rest.seconds,
            "s",
        ));
        for number in (0..WORKERS).step_by(5) {
            let edit = [FieldEdit::SetPlaceText(words(&mut self.rng, 8))];
            self.workers[number].device.edit(self.reports[number][0], &edit)?;
        }
        let cost = self.measured(|| self.sync_everybody())?;
        self.tell(&ROUND, &[cost]);
        Ok(())
    }

    fn sync_everybody(&self) -> Result<(), Problem> {
        let mut everybody: Vec<&RealPhone> = self.workers.iter().chain(&self.chiefs).collect();
        everybody.extend([&self.room, &self.supervisor]);
        each(&everybody, |phone| phone.sync(&self.link)).map(drop)
    }
}

fn sync_all(phones: &[RealPhone], link: &Link) -> Result<(), Problem> {
    each(phones, |phone| phone.sync(link)).map(drop)
}

/// All reports that a phone holds.
fn held(phone: &RealPhone) -> Result<Vec<ReportId>, Problem> {
    let mut query = ListQuery {
        tab: Tab::All,
        after: None,
        limit: 200,
    };
    let mut reports = Vec::new();
    loop {
        let page = phone.device.reports(&query)?;
        reports.extend(page.items.iter().map(|row| row.report));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(reports),
        }
    }
}

fn expect_count(what: &str, found: usize, expected: usize) -> Result<(), Problem> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{found} reports are {what}, not {expected}").into())
    }
}
