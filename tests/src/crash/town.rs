//! A township whose processes die: one server, a worker's phone and a colleague's, and what was promised.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use xunge_core::app::{Device, Phone, PhoneConfig};
use xunge_core::directory::{DirectoryRecord, Post};
use xunge_core::sync::transport::{CancelToken, HttpTransport};
use xunge_core::time::{Clock, SystemClock};
use xunge_server::config::{Config, Secrets};
use xunge_server::service::DirectoryChange;
use xunge_server::{App, Service, ServiceConfig};

use super::cluster::Cluster;
use super::cue::Cue;
use super::phone::{self, Work, device};
use super::promise::Promises;
use super::round::{Deed, Round, Victim};
use super::upgrade::{self, Kind};
use super::{Plan, Problem};
use crate::bench::process::ServerProcess;
use crate::demo::server::operator;
use crate::township::{Township, person_id};

/// Who captures, and who looks on in the same grid and is moved.
const WORKER: &str = "w01";
const COLLEAGUE: &str = "w02";
const GRIDS: [&str; 2] = ["QH-YF-A1", "QH-YF-A2"];

/// Syncs until everything must have gone through.
const SYNCS_MAX: usize = 40;

/// Bytes after which the first victim of its kind dies at the latest.
const FIRST_BYTES: u64 = 40_000;

/// A township.
pub(super) struct Town {
    /// Milliseconds until a killed server served again, at most.
    pub(super) recovery_ms_max: f64,
    pub(super) program: PathBuf,
    pub(super) folder: tempfile::TempDir,
    /// The database's address in the environment of the server's processes; empty for SQLite.
    pub(super) environment: Vec<(String, String)>,
    pub(super) database: Option<String>,
    cluster: Option<Cluster>,
    server: Option<ServerProcess>,
    promises: Promises,
    /// Bytes that the counted process wrote in each kind of round, at most.
    bytes: std::collections::BTreeMap<&'static str, u64>,
    /// Where the colleague is now.
    moved: usize,
    pub(super) backups: usize,
}

impl Town {
    /// Makes a server and two phones, and starts the server.
    pub(super) fn found(plan: &Plan, number: usize) -> Result<Self, Problem> {
        let folder = tempfile::tempdir()?;
        let schema = |url: &String| format!("{url}&schema=crash_{}_{number}", std::process::id());
        let database = plan.database.as_ref().map(schema);
        let mut town = Self {
            recovery_ms_max: 0.0,
            program: plan.program.clone(),
            environment: database
                .iter()
                .map(|url| ("XUNGE_DATABASE_URL".to_owned(), url.clone()))
                .collect(),
            database,
            cluster: plan
                .database
                .as_ref()
                .map(|_| Cluster::of_environment())
                .transpose()?,
            folder,
            server: None,
            promises: Promises::default(),
            bytes: std::collections::BTreeMap::new(),
            moved: 0,
            backups: 0,
        };
        std::fs::create_dir_all(town.at("server"))?;
        Secrets::random(&mut StdRng::seed_from_u64(plan.seed)).write(&town.config()?.keys_path())?;
        let service = town.service()?;
        let records = Township::small().dated().into_iter();
        let changes: Vec<DirectoryChange> = records
            .map(|(record, valid_from, valid_to)| DirectoryChange {
                record,
                valid_from,
                valid_to,
            })
            .collect();
        service.directory_apply(&operator(), &changes)?;
        let codes =
            [WORKER, COLLEAGUE].map(|who| service.enrolment_create(&operator(), &person_id(who), None));
        drop(service);
        town.start_server()?;
        let url = town.url()?;
        for (code, name) in codes.into_iter().zip(["worker", "colleague"]) {
            let phone = Phone::open(
                town.at(name),
                PhoneConfig::new(std::sync::Arc::new(SystemClock), "crash"),
            )?;
            phone.enrol(
                &format!("xunge:1:{url}:{}", code?.secret),
                &HttpTransport::new(&url, b"")?,
            )?;
            drop(phone);
            town.sync(name)?;
        }
        Ok(town)
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn config(&self) -> Result<Config, Problem> {
        Ok(Config {
            data_folder: self.at("server"),
            database: self.database.as_deref().map(str::parse).transpose()?,
            ..Config::default()
        })
    }

    /// The service on the server's data, beside the server's process.
    fn service(&self) -> Result<Service, Problem> {
        let config = self.config()?;
        let secrets = Secrets::load(&config.keys_path())?;
        Ok(Service::open(ServiceConfig::new(&config, secrets))?)
    }

    fn start_server(&mut self) -> Result<(), Problem> {
        let start = Instant::now();
        // A phone that is killed and looked at all the time asks more often than people do.
        let unbounded = (
            "XUNGE_LIMITS_REQUESTS_PER_MINUTE_MAX".to_owned(),
            "1000000".to_owned(),
        );
        let environment: Vec<_> = self.environment.iter().cloned().chain([unbounded]).collect();
        self.server = Some(ServerProcess::start_as(
            &self.program,
            &self.at("server"),
            &environment,
        )?);
        self.recovery_ms_max = self.recovery_ms_max.max(start.elapsed().as_secs_f64() * 1e3);
        Ok(())
    }

    fn url(&self) -> Result<String, Problem> {
        Ok(self.server.as_ref().ok_or("the server is down")?.url().to_owned())
    }

    /// Reports and pictures that the worker's phone showed as received.
    pub(super) fn received(&self) -> (usize, usize) {
        self.promises.received()
    }

    /// Plays a round and looks for everything afterwards. Whether the victim died at work.
    pub(super) fn play(&mut self, round: Round, rng: &mut StdRng) -> Result<bool, Problem> {
        let has_died = match round.deed {
            Deed::Own(work) => self.work("worker", work, round, rng)?,
            Deed::Pull => self.work("colleague", Work::Receive, round, rng)?,
            Deed::Purge => {
                self.move_colleague()?;
                self.work("colleague", Work::Receive, round, rng)?
            }
            Deed::UpgradePhone => self.upgrade(Kind::Phone, round, rng)?,
            Deed::UpgradeServer => self.upgrade(Kind::Server, round, rng)?,
            Deed::BackUp => self.back_up(round, rng)?,
            Deed::Restore => self.restore(round, rng)?,
        };
        // What the phone shows as received is looked for at once, before anything could send it again.
        self.promises.check_phone(&*device(&self.at("worker"))?)?;
        self.promises.check_server(&self.service()?, false)?;
        Ok(has_died)
    }

    fn work(&mut self, name: &str, work: Work, round: Round, rng: &mut StdRng) -> Result<bool, Problem> {
        let mut command = Command::new(&self.program);
        command
            .args([phone::CHILD, work.word()])
            .arg(self.at(name))
            .arg(self.url()?);
        command.arg(rng.random::<u32>().to_string());
        if let Some((report, version)) = self.promises.edited() {
            command.args([report, &version.to_string()]);
        }
        let (said, has_died) = self.run_and_kill(command, round, rng)?;
        if name == "worker" {
            self.promises.hear(&said);
        }
        self.mend(round.victim, has_died)?;
        Ok(has_died)
    }

    /// Starts a process and kills the round's victim at some moment; answers what the process said and whether the victim died.
    pub(super) fn run_and_kill(
        &mut self,
        mut command: Command,
        round: Round,
        rng: &mut StdRng,
    ) -> Result<(String, bool), Problem> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = child.spawn()?;
        let most = self.bytes.get(round.name()).copied().unwrap_or(FIRST_BYTES);
        // A little beyond what was seen so far, so that the last moments have their turn.
        let cue = Cue::draw(most + most / 4, rng);
        let counted = match (&self.server, round.victim) {
            (Some(server), Victim::Server) if self.database.is_none() => server.pid(),
            _ => child.id(),
        };
        let seen = cue.wait(counted, || !matches!(child.try_wait(), Ok(None)));
        let known = self.bytes.entry(round.name()).or_default();
        *known = (*known).max(seen.bytes);
        let has_died = seen.has_come && self.kill(round.victim, &mut child, rng)?;
        let done = child.wait_with_output()?;
        let is_killed = has_died && round.victim == Victim::Worker;
        if !done.status.success() && !is_killed {
            return Err(format!("{}: {}", done.status, String::from_utf8_lossy(&done.stderr)).into());
        }
        Ok((String::from_utf8_lossy(&done.stdout).into_owned(), has_died))
    }

    fn kill(&mut self, victim: Victim, worker: &mut Child, rng: &mut StdRng) -> Result<bool, Problem> {
        match (victim, &self.cluster) {
            (Victim::Worker, _) => worker.kill()?,
            (Victim::Server, _) => {
                if let Some(server) = self.server.take() {
                    server.kill()?;
                }
            }
            (Victim::Session, Some(cluster)) => return cluster.kill_session(rng),
            (Victim::Postmaster, Some(cluster)) => cluster.kill()?,
            (Victim::Session | Victim::Postmaster, None) => return Ok(false),
        }
        Ok(true)
    }

    /// Starts again what was killed.
    fn mend(&mut self, victim: Victim, has_died: bool) -> Result<(), Problem> {
        match (victim, &self.cluster) {
            (Victim::Postmaster, Some(cluster)) if has_died => cluster.start(),
            (Victim::Session, Some(cluster)) if has_died => cluster.wait(),
            (Victim::Server, _) if has_died => self.start_server(),
            _ => Ok(()),
        }
    }

    fn upgrade(&mut self, kind: Kind, round: Round, rng: &mut StdRng) -> Result<bool, Problem> {
        let folder = tempfile::tempdir_in(self.folder.path())?;
        let schema = |url: &String| format!("{url}_new_{}", rng.random::<u32>());
        let place = match self
            .database
            .as_ref()
            .filter(|_| kind == Kind::Server)
            .map(schema)
        {
            Some(url) => url,
            None => {
                upgrade::make(kind, folder.path())?;
                folder.path().display().to_string()
            }
        };
        let mut command = Command::new(&self.program);
        command.args([upgrade::CHILD, kind.word(), &place]);
        let (_, has_died) = self.run_and_kill(command, round, rng)?;
        upgrade::open(kind, &place)?;
        if !place.starts_with("postgres:") {
            upgrade::check(kind, folder.path())?;
        }
        Ok(has_died)
    }

    /// Moves the colleague to the other grid: his phone has to let go of the one and to fetch the other.
    fn move_colleague(&mut self) -> Result<(), Problem> {
        self.moved += 1;
        let now = SystemClock.read().wall_at;
        let held = Township::small()
            .records
            .into_iter()
            .find_map(|record| match record {
                DirectoryRecord::Post(post) if post.person == person_id(COLLEAGUE) => Some(post),
                _ => None,
            });
        let post = Post {
            unit: GRIDS[self.moved % 2].parse()?,
            held_from: now,
            ..held.ok_or("the colleague has no post")?
        };
        let change = DirectoryChange {
            record: DirectoryRecord::Post(post),
            valid_from: now,
            valid_to: None,
        };
        self.service()?.directory_apply(&operator(), &[change])?;
        Ok(())
    }

    fn sync(&self, name: &str) -> Result<(), Problem> {
        let device = device(&self.at(name))?;
        let way = HttpTransport::new(&self.url()?, b"")?;
        let mut last = None;
        for _ in 0..SYNCS_MAX {
            let done = device.sync(&way, &CancelToken::new());
            if done.is_complete() && done.items_sent + done.rows_taken + done.blobs_sent == 0 {
                return Ok(());
            }
            last = Some(done);
        }
        Err(format!("{name} does not come to an end: {last:?}").into())
    }

    /// Lets both phones sync to their end, and compares everything.
    pub(super) fn heal(&mut self) -> Result<(), Problem> {
        self.sync("worker")?;
        self.sync("colleague")?;
        let worker = device(&self.at("worker"))?;
        self.promises.check_phone(&worker)?;
        nothing_waits(&worker)?;
        let service = self.service()?;
        self.promises.check_server(&service, true)?;
        let config = self.config()?;
        let app = App::new(config, service)?;
        let verified = app.service.verify(Some(&app.blobs))?;
        if let Some(problem) = verified.problems.first() {
            return Err(format!("the server does not verify: {problem}").into());
        }
        let colleague = device(&self.at("colleague"))?;
        self.promises
            .check_scope(&colleague, self.moved > 0 && self.moved.is_multiple_of(2))?;
        Ok(())
    }
}

fn nothing_waits(device: &Device) -> Result<(), String> {
    let status = device.status().map_err(|error| error.to_string())?;
    let waits = status.unsent_count
        + status.unsent_attachment_count
        + status.attention_count
        + status.quarantine_count;
    match waits {
        0 => Ok(()),
        _ => Err(format!("something waits after everything was sent: {status:?}")),
    }
}
