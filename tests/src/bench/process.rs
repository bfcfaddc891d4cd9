//! Processes under measurement: what one uses of processor and memory, and the server in a process of its own, so that its figures are
//! apart from those of its clients. It is the real one: the command line's `serve` on a data folder, over loopback, with its log.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;

use clap::Parser;
use rand::rngs::StdRng;
use xunge_core::id::PersonId;
use xunge_core::time::{Clock, SystemClock};
use xunge_server::config::{Config, Secrets};
use xunge_server::service::DirectoryChange;
use xunge_server::{Caller, Service, ServiceConfig};

use super::Problem;
use super::township::directory;

/// First argument of a server's process.
const CHILD: &str = "--serve-for-bench";

/// What README tells administrators to set where memory is dear.
const AS_INSTALLED: [(&str, &str); 2] = [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "131072")];

/// Ticks of the processor clock in a second: what Linux tells programs on every architecture.
const TICKS_PER_S: f64 = 100.0;

/// Seconds of processor time that a process has used so far, in all its threads, in steps of 10 ms.
pub(super) fn cpu_s(pid: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program stands in brackets and may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|t| t.parse().ok()).collect();
    match ticks[..] {
        [user, system] => Ok((user + system) / TICKS_PER_S),
        _ => Err(io::Error::other("the system says nothing of processor time")),
    }
}

/// Seconds of processor time that this thread has used so far.
pub(super) fn thread_cpu_s() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = stat
        .split_whitespace()
        .next()
        .and_then(|ns| ns.parse::<f64>().ok());
    nanoseconds
        .map(|ns| ns / 1e9)
        .ok_or_else(|| io::Error::other("the system says nothing of processor time"))
}

/// A line of `/proc/<pid>/status` in 10^6 bytes: `VmRSS` is resident now, `VmHWM` at most so far.
pub(super) fn memory_mb(pid: u32, line: &str) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = status.lines().find_map(|l| {
        l.strip_prefix(line)?
            .strip_prefix(':')?
            .split_whitespace()
            .next()?
            .parse::<f64>()
            .ok()
    });
    kib.map(|kib| kib * 1024.0 / 1e6)
        .ok_or_else(|| io::Error::other("the system says nothing of memory"))
}

/// The server's configuration on a data folder.
fn config(folder: &Path) -> Config {
    Config {
        data_folder: folder.to_owned(),
        ..Config::default()
    }
}

/// Makes a data folder with keys and the bench's township.
pub(super) fn make_server(folder: &Path, rng: &mut StdRng) -> Result<(), Problem> {
    make_server_of(folder, &directory(), rng)
}

/// Makes a data folder with keys and this directory.
pub(super) fn make_server_of(
    folder: &Path,
    directory: &[DirectoryChange],
    rng: &mut StdRng,
) -> Result<(), Problem> {
    fs::create_dir_all(folder)?;
    Secrets::random(rng).write(&config(folder).keys_path())?;
    let operator = Caller::Operator { person: None };
    open_service(folder)?.directory_apply(&operator, directory)?;
    Ok(())
}

/// The service on a data folder, in this process.
pub(super) fn open_service(folder: &Path) -> Result<Service, Problem> {
    open_service_at(folder, Arc::new(SystemClock))
}

/// The service on a data folder, in this process, by that clock.
pub(super) fn open_service_at(folder: &Path, clock: Arc<dyn Clock>) -> Result<Service, Problem> {
    let config = config(folder);
    let secrets = Secrets::load(&config.keys_path())?;
    let mut config = ServiceConfig::new(&config, secrets);
    config.clock = clock;
    Ok(Service::open(config)?)
}

/// Secrets of enrolment codes for these people, in their order.
pub(super) fn enrolments(folder: &Path, people: &[PersonId]) -> Result<Vec<String>, Problem> {
    let service = open_service(folder)?;
    let operator = Caller::Operator { person: None };
    let mut secrets = Vec::new();
    for person in people {
        secrets.push(service.enrolment_create(&operator, person, None)?.secret);
    }
    Ok(secrets)
}

/// Bytes of a data folder's database, with whatever of its log is not in it yet.
pub(super) fn database_bytes(folder: &Path) -> u64 {
    let path = config(folder).database_path();
    let log = path.with_extension("sqlite-wal");
    [path, log]
        .iter()
        .filter_map(|path| Some(fs::metadata(path).ok()?.len()))
        .sum()
}

/// A server in a process of its own.
pub(crate) struct ServerProcess {
    child: Child,
    url: String,
}

impl ServerProcess {
    /// Starts it; returns when it has said where it listens.
    pub(super) fn start(folder: &Path) -> Result<Self, Problem> {
        Self::start_as(&std::env::current_exe()?, folder, &[])
    }

    /// As [`Self::start`], by a program that calls [`run_child`], with these words of the environment.
    pub(crate) fn start_as(
        program: &Path,
        folder: &Path,
        environment: &[(String, String)],
    ) -> Result<Self, Problem> {
        let log = fs::File::create(folder.join("server.log"))?;
        let mut child = command_line(program, folder, environment)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs(AS_INSTALLED)
            .env("XUNGE_LIMITS_ENROLMENTS_PER_MINUTE_MAX", "10000")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let said = child.stdout.take().expect("its output is piped");
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .map(str::to_owned);
        match url {
            Some(url) => Ok(Self { child, url }),
            None => {
                drop(child.kill());
                drop(child.wait());
                let log = fs::read_to_string(folder.join("server.log"))?;
                Err(format!("the server did not start: {line}{log}").into())
            }
        }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and waits until it is gone.
    pub(crate) fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Asks it to stop and waits until it has, so that its database is closed.
    pub(crate) fn stop(mut self) -> Result<(), Problem> {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()?;
        let ended = self.child.wait()?;
        if asked.success() && ended.success() {
            Ok(())
        } else {
            Err(format!("the server ended with {ended}").into())
        }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // After `stop` both do nothing; after an error nothing is left running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The real command line of a server on a data folder, in a process of its own, by a program that calls [`run_child`].
pub(crate) fn command_line(program: &Path, folder: &Path, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command.args([CHILD, "--lang", "en", "--data"]).arg(folder);
    command.envs(environment.iter().cloned());
    command
}

/// Runs as a server's process if the arguments (without the program's name) say so; then the caller must return.
pub fn run_child(args: &[String]) -> Option<ExitCode> {
    let (first, rest) = args.split_first()?;
    if first != CHILD {
        return None;
    }
    let words = std::iter::once("xunge-server".to_owned()).chain(rest.iter().cloned());
    let parsed = xunge_server::cli::Args::parse_from(words);
    Some(xunge_server::cli::run_with(parsed, std::env::vars().collect()))
}
