//! The PostgreSQL cluster that `tests/postgres.sh` started: its processes are killed here, and it is started again as it was.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rand::RngExt;
use rand::rngs::StdRng;

use super::Problem;

/// How often a start is tried: the sessions of a killed postmaster need a moment to see that it is gone.
const STARTS_MAX: usize = 20;

/// How often it is asked whether it takes sessions again; asking takes some milliseconds.
const ASKED_MAX: usize = 5_000;

/// The cluster.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    data: PathBuf,
    tools: PathBuf,
}

impl Cluster {
    /// As the script's environment says.
    pub(super) fn of_environment() -> Result<Self, Problem> {
        let value = |name: &str| {
            std::env::var(name).map_err(|_| format!("{name} is not set: run it by tests/postgres.sh"))
        };
        Ok(Self {
            data: Path::new(&value("XUNGE_TEST_DATABASE_FOLDER")?).join("data"),
            tools: value("XUNGE_TEST_DATABASE_TOOLS")?.into(),
        })
    }

    fn postmaster(&self) -> Result<u32, Problem> {
        let pid = fs::read_to_string(self.data.join("postmaster.pid"))?;
        Ok(pid.lines().next().unwrap_or_default().trim().parse()?)
    }

    /// SIGKILL to the postmaster.
    pub(super) fn kill(&self) -> Result<(), Problem> {
        kill(self.postmaster()?)
    }

    /// SIGKILL to one session of a server; `false` where there is none. The postmaster then ends all sessions and recovers.
    pub(super) fn kill_session(&self, rng: &mut StdRng) -> Result<bool, Problem> {
        let leader = format!("PPid:\t{}", self.postmaster()?);
        let mut sessions = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Ok(pid) = name.to_string_lossy().parse::<u32>() else {
                continue;
            };
            let read = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
            if read("status").lines().any(|line| line == leader) && read("cmdline").contains("xunge postgres")
            {
                sessions.push(pid);
            }
        }
        if sessions.is_empty() {
            return Ok(false);
        }
        kill(sessions[rng.random_range(0..sessions.len())])?;
        Ok(true)
    }

    /// Waits until it takes sessions: after the death of one session it ends all others and recovers.
    pub(super) fn wait(&self) -> Result<(), Problem> {
        let folder = self.data.parent().ok_or("the cluster has no folder")?;
        let pid = fs::read_to_string(self.data.join("postmaster.pid"))?;
        let port = pid.lines().nth(3).unwrap_or_default().to_owned();
        for _ in 0..ASKED_MAX {
            let mut asked = Command::new(self.tools.join("pg_isready"));
            if asked
                .arg("-q")
                .arg("-p")
                .arg(&port)
                .arg("-h")
                .arg(folder)
                .status()?
                .success()
            {
                return Ok(());
            }
        }
        Err("PostgreSQL does not recover".into())
    }

    /// Starts it again with the words with which it was started.
    pub(super) fn start(&self) -> Result<(), Problem> {
        let words = fs::read_to_string(self.data.join("postmaster.opts"))?;
        // The file quotes every word but the program's.
        let words: Vec<&str> = words.split('"').skip(1).step_by(2).collect();
        let options: Vec<String> = words.iter().skip(2).map(|word| format!("'{word}'")).collect();
        let owner = fs::metadata(&self.data)?;
        let mut last = String::new();
        for _ in 0..STARTS_MAX {
            let mut command = Command::new(self.tools.join("pg_ctl"));
            command.current_dir("/").arg("-D").arg(&self.data);
            command.args(["-w", "-s", "-l"]).arg(self.data.join("server.log"));
            command.arg("start").args(["-o", &options.join(" ")]);
            // Root must not run it, and nobody else can become its owner.
            if fs::metadata("/proc/self")?.uid() != owner.uid() {
                command.uid(owner.uid()).gid(owner.gid());
            }
            let done = command.output()?;
            if done.status.success() {
                return Ok(());
            }
            last = String::from_utf8_lossy(&done.stderr).into_owned();
        }
        Err(format!("PostgreSQL does not start again: {last}").into())
    }
}

fn kill(pid: u32) -> Result<(), Problem> {
    let done = Command::new("kill").args(["-KILL", &pid.to_string()]).status()?;
    match done.success() {
        true => Ok(()),
        false => Err(format!("process {pid} could not be killed").into()),
    }
}
