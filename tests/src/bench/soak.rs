//! 150 phones come back from two weeks without a network within a few minutes, while twenty consoles are open and a node is restarted.
//!
//! Every phone has the real device core on its own SQLite file and syncs over HTTP through a balancer; nodes are processes of their own.
//! On PostgreSQL and a bucket (`make soak`) there are two nodes and one of them is killed and started again; on SQLite there is one. The
//! ten minutes are compressed to `WINDOW_S`; `SOAK_SECONDS=600` takes them whole.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use xunge_core::app::{ListQuery, MediaSource, Tab};
use xunge_core::attachment::AttachmentRole;
use xunge_core::id::ReportId;
use xunge_core::sync::transport::{CancelToken, HttpRequest, HttpResponse, Transport, TransportError};
use xunge_server::config::{Config, Secrets};
use xunge_server::service::ReportRef;
use xunge_server::{App, Caller, Service, ServiceConfig};

use super::console::{Browser, make_account};
use super::device::{Link, RealPhone, seeded};
use super::process::{ServerProcess, make_server, memory_mb};
use super::township::{ROOM, WORKERS, directory, grid_of, person, worker};
use super::{Figure, Problem};
use crate::balancer::Balancer;
use crate::scene::{Phase, SceneKind, draw, jpeg};

/// Reports of one worker in two weeks: two a day.
const REPORTS: usize = 28;

/// Every so manieth report has a picture.
const PICTURE_EVERY: usize = 4;

/// In how many seconds the phones come, where nothing else is said.
const WINDOW_S: u64 = 120;

/// Consoles that are open, and how often each looks at the queue.
const CONSOLES: usize = 20;
const LOOKS_EVERY: Duration = Duration::from_secs(5);

/// How long a phone waits after a sync that did not go through.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Where the nodes' rows and pictures lie.
struct Shared {
    folder: PathBuf,
    /// What names them to a server's process; empty for a file and a folder.
    environment: Vec<(String, String)>,
}

/// The nodes behind the balancer.
struct Nodes {
    shared: Shared,
    balancer: Balancer,
    nodes: Vec<Option<ServerProcess>>,
    memory_mb_max: f64,
}

/// A link that takes the time of every request.
struct Timed<'a> {
    link: &'a Link,
    times_ms: &'a Mutex<Vec<f64>>,
}

impl Transport for Timed<'_> {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let start = Instant::now();
        let answer = self.link.send(request)?;
        note(self.times_ms, start);
        Ok(answer)
    }
}

fn note(times_ms: &Mutex<Vec<f64>>, start: Instant) {
    let mut times = times_ms.lock().unwrap_or_else(PoisonError::into_inner);
    times.push(start.elapsed().as_secs_f64() * 1e3);
}

/// Soaks: the window, and about as long again to capture and to compare.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let seconds = std::env::var("SOAK_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let window = Duration::from_secs(seconds.unwrap_or(WINDOW_S));
    let disk = tempfile::tempdir()?;
    let mut nodes = Nodes::found(Shared::of_environment(disk.path().join("server")))?;
    let url = format!("http://{}", nodes.balancer.address);
    let link = Link::new(&url)?;
    let phones = capture(&nodes, &url, &link, disk.path())?;
    let (syncs, pages) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let is_over = AtomicBool::new(false);
    let start = Instant::now();
    let drained_s = std::thread::scope(|scope| {
        for _ in 0..CONSOLES {
            scope.spawn(|| look_on(&url, &pages, &is_over));
        }
        let comers: Vec<_> = phones
            .iter()
            .enumerate()
            .map(|(number, phone)| {
                let (link, syncs) = (&link, &syncs);
                let mut rng = seeded(700 + number as u64);
                let after = window.mul_f64(rng.random::<f64>());
                scope.spawn(move || come_back(phone, after, link, syncs))
            })
            .collect();
        std::thread::sleep(window / 2);
        let restarted = nodes.restart();
        let came: Vec<Result<(), String>> = comers
            .into_iter()
            .map(|comer| comer.join().unwrap_or_else(|_| Err("a phone ended early".into())))
            .collect();
        let drained_s = start.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Release);
        restarted?;
        came.into_iter().collect::<Result<(), _>>()?;
        Ok::<_, Problem>(drained_s)
    })?;
    nodes.look()?;
    let count = nothing_is_lost(&nodes.shared, &phones)?;
    let mut figures = vec![
        Figure::told(
            "soak: reports of two weeks, all on the server and on their phones",
            count as f64,
            "",
        ),
        Figure::told(
            "soak: until the last phone had nothing left to send",
            drained_s,
            "s",
        ),
        Figure::told("soak: a node at most, resident", nodes.memory_mb_max, "MB"),
    ];
    for (what, times) in [("a phone's request", syncs), ("a page of a console", pages)] {
        let mut times = times.into_inner().unwrap_or_else(PoisonError::into_inner);
        times.sort_by(f64::total_cmp);
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        figures.push(Figure::told(
            format!("soak: {what}, in the middle of {}", times.len()),
            at(50),
            "ms",
        ));
        figures.push(Figure::told(format!("soak: {what}, p99"), at(99), "ms"));
    }
    nodes.stop()?;
    Ok(figures)
}

impl Shared {
    /// PostgreSQL and a bucket where the scripts name them, else SQLite and a folder.
    fn of_environment(folder: PathBuf) -> Self {
        let own = format!("soak_{}", std::process::id());
        let database = std::env::var("XUNGE_TEST_DATABASE").ok();
        let mut environment = Vec::new();
        if let (Some(_), Ok(endpoint)) = (&database, std::env::var("XUNGE_TEST_S3")) {
            environment.push(("XUNGE_BLOBS_URL".to_owned(), format!("s3://xunge/{own}")));
            environment.push(("XUNGE_BLOBS_ENDPOINT".to_owned(), endpoint));
        }
        // Two nodes need both.
        let database = database.filter(|_| !environment.is_empty());
        environment
            .extend(database.map(|url| ("XUNGE_DATABASE_URL".to_owned(), format!("{url}&schema={own}"))));
        Self { folder, environment }
    }

    fn config(&self) -> Result<Config, Problem> {
        let mut environment: std::collections::BTreeMap<_, _> = self.environment.iter().cloned().collect();
        environment.insert("XUNGE_DATA_FOLDER".into(), self.folder.display().to_string());
        Config::load(None, &environment).map_err(|problems| format!("{problems:?}").into())
    }

    fn service(&self) -> Result<Service, Problem> {
        let config = self.config()?;
        let secrets = Secrets::load(&config.keys_path())?;
        Ok(Service::open(ServiceConfig::new(&config, secrets))?)
    }

    /// The data folder of a node: its own beside the first one's, with the same keys.
    fn folder_of(&self, node: usize) -> PathBuf {
        match node {
            0 => self.folder.clone(),
            _ => self.folder.with_extension(node.to_string()),
        }
    }
}

impl Nodes {
    fn found(shared: Shared) -> Result<Self, Problem> {
        make_server(&shared.folder, &mut seeded(7))?;
        let service = shared.service()?;
        let is_shared = !shared.environment.is_empty();
        if is_shared {
            service.directory_apply(&Caller::Operator { person: None }, &directory())?;
        }
        make_account(&service)?;
        drop(service);
        let count = if is_shared { 2 } else { 1 };
        for node in 1..count {
            let keys = Config {
                data_folder: shared.folder_of(node),
                ..Config::default()
            }
            .keys_path();
            std::fs::create_dir_all(shared.folder_of(node))?;
            Secrets::load(&shared.config()?.keys_path())?.write(&keys)?;
        }
        let mut nodes = Self {
            shared,
            balancer: Balancer::start()?,
            nodes: (0..count).map(|_| None).collect(),
            memory_mb_max: 0.0,
        };
        for node in 0..count {
            nodes.start(node)?;
        }
        Ok(nodes)
    }

    fn start(&mut self, node: usize) -> Result<(), Problem> {
        let program = std::env::current_exe()?;
        let folder = self.shared.folder_of(node);
        self.nodes[node] = Some(ServerProcess::start_as(
            &program,
            &folder,
            &self.shared.environment,
        )?);
        self.publish()
    }

    fn publish(&self) -> Result<(), Problem> {
        let mut addresses = Vec::new();
        for node in self.nodes.iter().flatten() {
            addresses.push(node.url().trim_start_matches("http://").parse()?);
        }
        self.balancer.set_nodes(addresses);
        Ok(())
    }

    /// Kills the last node and starts it again.
    fn restart(&mut self) -> Result<(), Problem> {
        self.look()?;
        let last = self.nodes.len() - 1;
        if let Some(node) = self.nodes[last].take() {
            node.kill()?;
        }
        self.publish()?;
        self.start(last)
    }

    /// Takes the most memory of each node down.
    fn look(&mut self) -> Result<(), Problem> {
        for node in self.nodes.iter().flatten() {
            self.memory_mb_max = self.memory_mb_max.max(memory_mb(node.pid(), "VmHWM")?);
        }
        Ok(())
    }

    fn stop(self) -> Result<(), Problem> {
        self.nodes.into_iter().flatten().try_for_each(ServerProcess::stop)
    }
}

/// Phones with two weeks of work that nobody has heard of.
fn capture(nodes: &Nodes, url: &str, link: &Link, disk: &std::path::Path) -> Result<Vec<RealPhone>, Problem> {
    let service = nodes.shared.service()?;
    let operator = Caller::Operator { person: None };
    let pixels = draw(SceneKind::IllegalBanner, Phase::Before, 1, (640, 480));
    let picture = jpeg(&pixels, None);
    let mut phones = Vec::new();
    for number in 0..WORKERS {
        let ticket = service.enrolment_create(&operator, &person(&worker(number)), None)?;
        let folder = disk.join(format!("phone-{number}"));
        let phone = RealPhone::enrol(&folder, url, &ticket.secret, link)?;
        phone.sync(link)?;
        phones.push(phone);
    }
    for (number, phone) in phones.iter().enumerate() {
        let mut rng = StdRng::seed_from_u64(number as u64);
        for report in 0..REPORTS {
            let id = phone.capture(&grid_of(number), &mut rng)?;
            if report % PICTURE_EVERY == 0 {
                let source = MediaSource::Bytes(picture.clone());
                phone.device.add_picture(id, &source, AttachmentRole::Before)?;
            }
        }
    }
    Ok(phones)
}

/// Comes back into the network, and syncs until nothing is left.
fn come_back(phone: &RealPhone, after: Duration, link: &Link, times: &Mutex<Vec<f64>>) -> Result<(), String> {
    std::thread::sleep(after);
    let timed = Timed {
        link,
        times_ms: times,
    };
    for _ in 0..300 {
        let done = phone.device.sync(&timed, &CancelToken::new());
        if let Some(failure) = done.store_failure {
            return Err(failure);
        }
        let status = phone.device.status().map_err(|error| error.to_string())?;
        if status.attention_count > 0 {
            return Err(format!(
                "something was not taken: {:?}",
                phone.device.needs_attention()
            ));
        }
        if done.failure.is_none() && status.unsent_count + status.unsent_attachment_count == 0 {
            return Ok(());
        }
        std::thread::sleep(AGAIN_AFTER);
    }
    Err(format!(
        "a phone never came to an end: {:?}",
        phone.device.status()
    ))
}

/// A console: it hears of news and looks at the queue now and then. What fails while a node is gone is asked again.
fn look_on(url: &str, times: &Mutex<Vec<f64>>, is_over: &AtomicBool) {
    let mut browser = None;
    let mut is_heard = Arc::new(AtomicBool::new(false));
    while !is_over.load(Ordering::Acquire) {
        if browser.is_none() {
            browser = Browser::sign_in(url, ROOM).ok();
        }
        if let Some(browser) = &browser {
            if !is_heard.load(Ordering::Acquire)
                && let Ok(mut stream) = browser.get("/console/events")
            {
                is_heard = Arc::new(AtomicBool::new(true));
                let ended = Arc::clone(&is_heard);
                std::thread::spawn(move || {
                    let mut piece = [0; 4_096];
                    while stream.read(&mut piece).is_ok_and(|count| count > 0) {}
                    ended.store(false, Ordering::Release);
                });
            }
            let start = Instant::now();
            if browser
                .get("/console/queue")
                .and_then(|page| Ok(page.bytes()?))
                .is_ok()
            {
                note(times, start);
            }
        }
        std::thread::sleep(LOOKS_EVERY);
    }
}

/// Compares every phone with the server; how many reports there are.
fn nothing_is_lost(shared: &Shared, phones: &[RealPhone]) -> Result<usize, Problem> {
    let service = shared.service()?;
    let operator = Caller::Operator { person: None };
    let mut seen: BTreeSet<ReportId> = BTreeSet::new();
    for phone in phones {
        let mut query = ListQuery {
            tab: Tab::Mine,
            after: None,
            limit: 100,
        };
        loop {
            let page = phone.device.reports(&query)?;
            for row in &page.items {
                let story = service.report_story(&operator, &ReportRef::Id(row.report), None)?;
                let view = phone.device.report(row.report)?;
                let is_equal = story.content == view.content && story.matter.is_some();
                let blobs: BTreeSet<_> = story.blobs.iter().map(|blob| blob.blob).collect();
                let is_whole = view
                    .attachments
                    .iter()
                    .all(|held| blobs.contains(&held.reference.blob));
                if !is_equal {
                    let (there, here) = (&story.content, &view.content);
                    return Err(
                        format!("report {} is {there:?} there and {here:?} on its phone", row.code).into(),
                    );
                }
                if !is_whole {
                    return Err(format!("report {} lacks a picture on the server", row.code).into());
                }
                if !seen.insert(row.report) {
                    return Err(format!("report {} is listed twice", row.code).into());
                }
            }
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
    }
    if seen.len() != WORKERS * REPORTS {
        return Err(format!("{} of {} reports are there", seen.len(), WORKERS * REPORTS).into());
    }
    let app = App::new(shared.config()?, service)?;
    match app.service.verify(Some(&app.blobs))?.problems.first() {
        Some(problem) => Err(format!("the server does not verify: {problem}").into()),
        None => Ok(seen.len()),
    }
}
