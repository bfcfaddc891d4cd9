//! The same township on both engines, in one run: what one node and two take in, an idle sync and a page of the queue as reports grow.
//!
//! What grows is asked of a small township and of a large one by turns: how long a round trip between two processes takes depends on the
//! processors that they happen to stand on, and that changes from one second to the next by more than what is looked for.
//!
//! Services are called in this process, so that HTTP is not in the figures; requests are made and signed beforehand. Processor time is that
//! of this process and of the whole PostgreSQL cluster, so that two nodes cannot hide work in the database. `make bench-postgres` runs it:
//! that starts a cluster with `fsync` on and names it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::command::Action;
use xunge_core::sync::message::{Item, SyncRequest};
use xunge_core::sync::vouch;
use xunge_core::time::SystemClock;
use xunge_server::config::{Config, Secrets};
use xunge_server::limits::Limits;
use xunge_server::service::QueueQuery;
use xunge_server::store::{DatabasePlace, PostgresAddress};
use xunge_server::{Caller, Service, ServiceConfig, ServiceError};

use super::device::seeded;
use super::process::cpu_s;
use super::thin::{Phone, assert_taken};
use super::township::{ROOM, WORKERS, directory, grid_of, person, unit, worker};
use super::{Figure, Problem};

/// Reports in one push.
const PUSH: usize = 20;

/// Phones at work at once.
const AT_ONCE: usize = 4;

/// Idle syncs and pages of the queue that are timed together.
const IDLE: u32 = 50;
const PAGES: u32 = 5;

/// How often each township is asked in turn; the best counts.
const TURNS: usize = 30;

/// How often a node is started; the best counts.
const STARTS: usize = 3;

/// Reports of the large township where nothing is said.
const MOST: usize = 30_000;

/// The least that one node should take in, in reports a second.
const ACCEPTED_PER_S: f64 = 1_000.0;

/// A township on one engine.
struct Town {
    nodes: Vec<Service>,
    phones: Vec<Phone>,
    reports: usize,
    place: DatabasePlace,
    secrets: Secrets,
}

/// What a filling cost.
struct Cost {
    seconds: f64,
    cpu_s: f64,
    reports: usize,
}

impl Cost {
    fn per_s(&self) -> f64 {
        self.reports as f64 / self.seconds
    }

    fn cpu_us(&self) -> f64 {
        self.cpu_s * 1e6 / self.reports as f64
    }
}

/// Measures it: about two minutes; the large township has `BENCH_REPORTS` reports, 30,000 where nothing is said.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let disk = tempfile::tempdir()?;
    let file = |name: &str| DatabasePlace::File(disk.path().join(name));
    let mut few = Town::found(&file("few.sqlite"), 1)?;
    let sqlite = few.push_once()?;
    let mut two_nodes = Town::found(&cluster(2)?, 2)?;
    let two = two_nodes.push_once()?;
    let mut town = Town::found(&cluster(1)?, 1)?;
    let one = town.push_once()?;
    let mut figures = accepted(&sqlite, &one, &two);
    let said = std::env::var("BENCH_REPORTS").ok();
    let most = said.and_then(|text| text.parse().ok()).unwrap_or(MOST);
    let mut many = Town::found(&file("many.sqlite"), 1)?;
    many.grow_to(most)?;
    figures.extend(growth("sqlite", &mut few, &mut many)?);
    drop((few, many));
    town.grow_to(most)?;
    figures.push(Figure::at_most(
        format!("postgres: a node on {most} reports from its start to its first answer"),
        town.recover()?,
        "ms",
        1_000.0,
    ));
    figures.extend(growth("postgres", &mut two_nodes, &mut town)?);
    Ok(figures)
}

/// An idle sync and a page of the queue of a small township and of a large one.
fn growth(engine: &str, few: &mut Town, many: &mut Town) -> Result<Vec<Figure>, Problem> {
    let mut looks = [few.look()?, many.look()?];
    for _ in 0..TURNS {
        for look in &mut looks {
            look.take()?;
        }
    }
    let [before, after] = &looks;
    let mut figures = Vec::new();
    for (name, best) in [
        ("idle sync", [before.idle_ms, after.idle_ms]),
        ("page of the queue", [before.page_ms, after.page_ms]),
    ] {
        figures.push(Figure::told(
            format!("{engine}: {name} at {} reports", few.reports),
            best[0],
            "ms",
        ));
        figures.push(Figure::at_most(
            format!(
                "{engine}: {name} at {} reports against {}",
                many.reports, few.reports
            ),
            100.0 * best[1] / best[0],
            "%",
            120.0,
        ));
    }
    Ok(figures)
}

/// What was taken in, and what it cost.
fn accepted(sqlite: &Cost, one: &Cost, two: &Cost) -> Vec<Figure> {
    vec![
        Figure::told(
            "sqlite: reports accepted a second by one node",
            sqlite.per_s(),
            "/s",
        ),
        Figure::at_least(
            "postgres: reports accepted a second by one node",
            one.per_s(),
            "/s",
            ACCEPTED_PER_S,
        ),
        Figure::told(
            "postgres: reports accepted a second by two nodes",
            two.per_s(),
            "/s",
        ),
        Figure::told(
            "postgres: processor time a report, one node and database",
            one.cpu_us(),
            "us",
        ),
        Figure::at_most(
            "postgres: processor time a report with two nodes against one",
            100.0 * two.cpu_us() / one.cpu_us(),
            "%",
            115.0,
        ),
        Figure::at_most(
            "postgres: 150 phones push 3,000 reports, time against sqlite's",
            100.0 * one.seconds / sqlite.seconds,
            "%",
            200.0,
        ),
    ]
}

/// A schema of its own in the cluster that the script names.
fn cluster(number: u32) -> Result<DatabasePlace, Problem> {
    let url = std::env::var("XUNGE_TEST_DATABASE")
        .map_err(|_| "this part needs a PostgreSQL cluster: `make bench-postgres` starts one")?;
    let url = format!("{url}&schema=bench_{}_{number}", std::process::id());
    Ok(DatabasePlace::Postgres(url.parse::<PostgresAddress>()?))
}

/// Processor time of this process and of the cluster, in seconds.
fn all_cpu_s() -> Result<f64, Problem> {
    let mut total = cpu_s(std::process::id())?;
    let Ok(folder) = std::env::var("XUNGE_TEST_DATABASE_FOLDER") else {
        return Ok(total);
    };
    let leader = std::fs::read_to_string(format!("{folder}/data/postmaster.pid"))?;
    let leader: u32 = leader.lines().next().unwrap_or_default().trim().parse()?;
    for entry in std::fs::read_dir("/proc")? {
        let pid = entry?.file_name().to_string_lossy().parse::<u32>();
        let Ok(pid) = pid else { continue };
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let of_leader = |line: &str| {
            line.strip_prefix("PPid:")
                .is_some_and(|ppid| ppid.trim() == leader.to_string())
        };
        if pid == leader || status.lines().any(of_leader) {
            // A session that has ended meanwhile did nothing of this.
            total += cpu_s(pid).unwrap_or_default();
        }
    }
    Ok(total)
}

fn request_of(phone: &mut Phone, number: usize) -> SyncRequest {
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
    phone.request(items)
}

/// A node with a memory of its own.
fn node(place: &DatabasePlace, secrets: &Secrets, number: usize) -> Result<Service, ServiceError> {
    Service::open(ServiceConfig {
        database: place.clone(),
        secrets: secrets.clone(),
        clock: Arc::new(SystemClock),
        limits: Limits::from(&Config::default().limits),
        seed: [u8::try_from(number).unwrap_or(u8::MAX); 32],
    })
}

impl Town {
    fn found(place: &DatabasePlace, nodes: usize) -> Result<Self, Problem> {
        let mut rng = seeded(9);
        let secrets = Secrets::random(&mut rng);
        let nodes = (0..nodes)
            .map(|number| node(place, &secrets, number))
            .collect::<Result<Vec<_>, _>>()?;
        let operator = Caller::Operator { person: None };
        nodes[0].directory_apply(&operator, &directory())?;
        let phones = (0..WORKERS)
            .map(|number| Phone::enrol(&nodes[0], &worker(number), &mut StdRng::from_rng(&mut rng)))
            .collect();
        Ok(Self {
            nodes,
            phones,
            reports: 0,
            place: place.clone(),
            secrets,
        })
    }

    /// Every phone pushes once, some at a time, each to the next node.
    fn push_once(&mut self) -> Result<Cost, Problem> {
        let requests: Vec<(Caller, SyncRequest)> = self
            .phones
            .iter_mut()
            .enumerate()
            .map(|(number, phone)| (phone.caller.clone(), request_of(phone, number)))
            .collect();
        let (next, nodes) = (AtomicUsize::new(0), &self.nodes);
        let (before, start) = (all_cpu_s()?, Instant::now());
        let answers = std::thread::scope(|scope| {
            let work = || {
                let mut done = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some((caller, request)) = requests.get(number) else {
                        return done;
                    };
                    let answer = nodes[number % nodes.len()].sync(caller, request);
                    done.push((number, answer));
                }
            };
            let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
            let joined = workers
                .into_iter()
                .map(|w| w.join().expect("a phone does not panic"));
            joined.flatten().collect::<Vec<_>>()
        });
        let (seconds, cpu_s) = (start.elapsed().as_secs_f64(), all_cpu_s()? - before);
        let server = nodes[0].secrets().server_key.public();
        for (number, answer) in answers {
            let mut answer = answer?;
            vouch::open(&mut answer, &requests[number].1.items, &server)?;
            assert_taken(&answer.results);
        }
        let reports = requests.len() * PUSH;
        self.reports += reports;
        Ok(Cost {
            seconds,
            cpu_s,
            reports,
        })
    }

    fn grow_to(&mut self, reports: usize) -> Result<(), Problem> {
        while self.reports < reports {
            self.push_once()?;
        }
        Ok(())
    }

    /// The time from the start of another node to its first answer, in ms.
    fn recover(&mut self) -> Result<f64, Problem> {
        let phone = &self.phones[0];
        let request = phone.request(Vec::new());
        let mut best = f64::INFINITY;
        for number in 0..STARTS {
            let start = Instant::now();
            node(&self.place, &self.secrets, 100 + number)?.sync(&phone.caller, &request)?;
            best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
        Ok(best)
    }

    /// Makes ready to look at it. Reports come in seconds here and in months elsewhere: what the engine would clear and count by itself
    /// meanwhile it does now.
    fn look(&mut self) -> Result<Look, Problem> {
        self.place.open(&Limits::default())?.tidy()?;
        let node = self.nodes[0].clone();
        let phone = &mut self.phones[0];
        // Brings the phone to the end of the feed.
        loop {
            let answer = node.sync(&phone.caller, &phone.request(Vec::new()))?;
            for page in &answer.pages {
                phone.position.cursor = page.cursor;
                phone.position.scope = page.scope.as_ref().map(|s| s.tag).or(phone.position.scope);
            }
            phone.position.generation = Some(answer.generation);
            if !answer.more {
                break;
            }
        }
        Ok(Look {
            node,
            caller: phone.caller.clone(),
            request: phone.request(Vec::new()),
            idle_ms: f64::INFINITY,
            page_ms: f64::INFINITY,
        })
    }
}

/// A township that is looked at again and again, and the best means so far.
struct Look {
    node: Service,
    caller: Caller,
    request: SyncRequest,
    idle_ms: f64,
    page_ms: f64,
}

impl Look {
    /// Times some idle syncs and some pages of the queue.
    fn take(&mut self) -> Result<(), Problem> {
        let room = Caller::Account {
            name: ROOM.into(),
            person: person(ROOM),
        };
        let query = QueueQuery {
            feed: Some(unit("T1")),
            limit: 50,
            ..QueueQuery::default()
        };
        let idle_ms = timed(IDLE, || self.node.sync(&self.caller, &self.request).map(drop))?;
        let page_ms = timed(PAGES, || self.node.queue(&room, &query).map(drop))?;
        self.idle_ms = self.idle_ms.min(idle_ms);
        self.page_ms = self.page_ms.min(page_ms);
        Ok(())
    }
}

/// The mean of so many calls, in ms.
fn timed<E>(count: u32, mut job: impl FnMut() -> Result<(), E>) -> Result<f64, E> {
    let start = Instant::now();
    for _ in 0..count {
        job()?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e3 / f64::from(count))
}
