//! Backups and restores that are killed: a folder of backups always holds a whole one, and a database in whose place one is put is refused,
//! whole, or as it was, and never empty.

use std::path::Path;
use std::process::Command;

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_server::config::{Config, Secrets};

use super::Problem;
use super::round::Round;
use super::town::Town;
use crate::bench::process::command_line;

/// The command line of a server that is not the town's own, with the town's keys.
struct Desk<'t> {
    town: &'t Town,
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

impl<'t> Desk<'t> {
    fn beside(town: &'t Town, environment: Vec<(String, String)>) -> Result<Self, Problem> {
        let folder = tempfile::tempdir_in(town.folder.path())?;
        let config = Config {
            data_folder: folder.path().to_owned(),
            ..Config::default()
        };
        Secrets::load(&town.config()?.keys_path())?.write(&config.keys_path())?;
        Ok(Self {
            town,
            folder,
            environment,
        })
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = command_line(&self.town.program, self.folder.path(), &self.environment);
        command.args(words);
        command
    }

    /// Runs what must succeed; what it said.
    fn must(&self, words: &[&str]) -> Result<Vec<u8>, Problem> {
        let done = self.command(words).output()?;
        if done.status.success() {
            return Ok(done.stdout);
        }
        let said = [done.stdout, done.stderr].concat();
        Err(format!("{words:?}: {}", String::from_utf8_lossy(&said)).into())
    }
}

impl Town {
    /// Backs up; whatever was killed, the folder holds a whole backup afterwards: the old one or the new one.
    pub(super) fn back_up(&mut self, round: Round, rng: &mut StdRng) -> Result<bool, Problem> {
        let to = self.at("backup");
        let mut command = command_line(&self.program, &self.at("server"), &self.environment);
        command.arg("backup").arg(&to);
        let (_, has_died) = self.run_and_kill(command, round, rng)?;
        if !has_died {
            self.backups += 1;
        }
        if self.backups > 0 {
            self.check_backup(&to)?;
        }
        Ok(has_died)
    }

    /// Puts the backup into a folder of its own and verifies it there.
    fn check_backup(&self, from: &Path) -> Result<(), Problem> {
        let desk = Desk::beside(self, Vec::new())?;
        desk.must(&["restore", &from.display().to_string()])?;
        desk.must(&["verify"])?;
        Ok(())
    }

    /// Puts the backup in the place of a database, is killed at it, and ends it.
    pub(super) fn restore(&mut self, round: Round, rng: &mut StdRng) -> Result<bool, Problem> {
        let from = self.at("backup").display().to_string();
        if self.backups == 0 {
            let mut command = command_line(&self.program, &self.at("server"), &self.environment);
            if !command.args(["backup", &from]).output()?.status.success() {
                return Err("a backup that nobody killed did not end".into());
            }
            self.backups += 1;
        }
        let schema = format!("_back_{}", rng.random::<u32>());
        let url = self.database.iter().map(|url| format!("{url}{schema}"));
        let environment: Vec<_> = url.map(|url| ("XUNGE_DATABASE_URL".to_owned(), url)).collect();
        let desk = Desk::beside(self, environment)?;
        desk.must(&["restore", &from])?;
        let before = desk.must(&["queue"])?;
        let (again, environment, folder) = (desk.command(&["restore", &from]), desk.environment, desk.folder);
        let (_, has_died) = self.run_and_kill(again, round, rng)?;
        let desk = Desk {
            town: self,
            folder,
            environment,
        };
        let seen = desk.command(&["queue"]).output()?;
        if seen.status.success() && seen.stdout != before {
            return Err("a restore that was killed left something else in its place".into());
        }
        desk.must(&["restore", &from])?;
        if desk.must(&["queue"])? != before {
            return Err("a restore that was ended has something else in it".into());
        }
        desk.must(&["verify"])?;
        Ok(has_died)
    }
}
