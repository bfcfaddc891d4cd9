//! Doing what was typed.

use std::path::Path;
use std::sync::Arc;

use xunge_core::app::{
    Device, Entropy, ListQuery, Phone, PhoneConfig, ProfileInfo, SyncOptions, Tab as ListTab,
};
use xunge_core::enrolment::EnrolmentCode;
use xunge_core::error::Error;
use xunge_core::id::ReportId;
use xunge_core::sync::failure::SyncFailure;
use xunge_core::sync::transport::{CancelToken, HttpTransport, TransportError};
use xunge_core::time::{Clock, SystemClock, Timestamp};

use super::Words;
use super::args::{Cli, Command, PatrolCommand, Tab};
use super::patrol::{self, ReplayClock};
use super::print::{self, Names};
use crate::track_file::TrackFileError;

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The device said no.
    #[error(transparent)]
    Device(#[from] Error),
    /// No way to the server.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The sync did not go through; nothing was lost.
    #[error(transparent)]
    Sync(#[from] SyncFailure),
    /// Said in the person's language already: nobody is enrolled, what was typed names nothing, or a draft is not complete.
    #[error("{0}")]
    Said(String),
    /// The file is no track.
    #[error("{path}: {source}")]
    Track {
        /// The path.
        path: String,
        /// What is wrong with it.
        source: TrackFileError,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The path.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A phone that was opened for one command.
pub(super) struct Session {
    pub(super) words: Words,
    pub(super) device: Arc<Device>,
    info: ProfileInfo,
    server: Option<String>,
}

/// Does what was typed and prints what came of it.
pub fn run(cli: Cli) -> Result<(), Failure> {
    let words = Words(cli.lang);
    let replay = match &cli.command {
        Command::Patrol(PatrolCommand::Replay(args)) => Some((args.clone(), patrol::track(&args.file)?)),
        _ => None,
    };
    let begun_at = replay
        .as_ref()
        .and_then(|(_, track)| track.first())
        .map(|fix| fix.at);
    let in_file_time = begun_at.map(|at| Arc::new(ReplayClock::at(at)));
    let clock: Arc<dyn Clock> = match &in_file_time {
        Some(clock) => Arc::clone(clock) as Arc<dyn Clock>,
        None => Arc::new(SystemClock),
    };
    let mut config = PhoneConfig::new(clock, env!("CARGO_PKG_VERSION"));
    config.entropy = Entropy::System;
    if let Command::Enrol { label, .. } = &cli.command {
        config.device_label.clone_from(label);
    }
    let phone = Phone::open(&cli.phone, config)?;
    match &cli.command {
        Command::Enrol { code, .. } => return enrol(&phone, code, cli.server.as_deref(), words),
        Command::Profiles => {
            for profile in phone.profiles()? {
                println!("{}  {}  {}", profile.person, profile.name, profile.township);
            }
            return Ok(());
        }
        _ => {}
    }
    let info = choose(phone.profiles()?, cli.profile.as_deref(), words)?;
    let session = Session {
        words,
        device: phone.device(&info.id, None)?,
        info,
        server: cli.server.clone(),
    };
    if let (Some((args, track)), Some(clock)) = (replay, in_file_time) {
        return session.replay(&clock, &track, &args);
    }
    session.run(cli.command)
}

fn enrol(phone: &Phone, code: &str, server: Option<&str>, words: Words) -> Result<(), Failure> {
    let mut parsed: EnrolmentCode = code.parse().map_err(Error::from)?;
    if let Some(server) = server {
        server.clone_into(&mut parsed.base_url);
    }
    let transport = HttpTransport::for_code(&parsed, b"")?;
    let id = phone.enrol(code, &transport)?;
    let info = phone.profiles()?.into_iter().find(|p| p.id == id);
    let name = info.map_or_else(|| id.to_string(), |p| format!("{} {}", p.name, p.person));
    println!("{} {name}", words.pick("已登记：", "enrolled:"));
    // The directory comes at once where the network holds; otherwise with the next sync.
    let report = phone.device(&id, None)?.sync(&transport, &CancelToken::new());
    if !report.is_complete() {
        println!(
            "{}",
            words.pick("名录等有信号再收", "the directory comes with the next sync")
        );
    }
    Ok(())
}

fn choose(profiles: Vec<ProfileInfo>, wanted: Option<&str>, words: Words) -> Result<ProfileInfo, Failure> {
    let names: Vec<String> = profiles
        .iter()
        .map(|p| format!("{} {}", p.person, p.name))
        .collect();
    let mut fitting: Vec<ProfileInfo> = profiles
        .into_iter()
        .filter(|p| wanted.is_none_or(|w| p.person.as_str() == w || p.name == w || p.id.to_string() == w))
        .collect();
    match (fitting.len(), fitting.pop()) {
        (1, Some(profile)) => Ok(profile),
        (0, _) => Err(Failure::Said(
            words
                .pick(
                    "这部手机上还没有这个人，请先登记 (enrol)",
                    "nobody of that name here: enrol first",
                )
                .to_owned(),
        )),
        _ => Err(Failure::Said(format!(
            "{}{}",
            words.pick("请用 --profile 说明是谁：", "say who with --profile: "),
            names.join(words.comma())
        ))),
    }
}

impl Session {
    fn run(&self, command: Command) -> Result<(), Failure> {
        let words = self.words;
        match command {
            Command::Enrol { .. } | Command::Profiles => Ok(()),
            Command::Capture(capture) => self.capture(&capture, None),
            Command::Settle { result, capture } => self.capture(&capture, Some(&result)),
            Command::Draft(command) => self.draft(command),
            Command::List { tab, limit } => self.list(tab, limit),
            Command::Show { report } => self.show(&report),
            Command::Edit {
                report,
                content,
                submit,
                settle,
            } => self.edit(&report, &content, submit, settle.as_deref()),
            Command::Note { report, text } => self.note(&report, &text),
            Command::NeedsAttention { clear, retry } => self.needs_attention(clear, retry),
            Command::Status => {
                print::status(&self.device.status()?, words);
                Ok(())
            }
            Command::Sync { no_pictures } => self.sync(no_pictures),
            Command::Wait { seconds } => self.wait(seconds),
            Command::Rescue { file } => self.rescue(&file),
            Command::Checkpoints => self.checkpoints(),
            Command::Pictures { report, into } => self.pictures(&report, &into),
            Command::Patrol(command) => self.patrol(command),
            Command::Coverage(args) => self.coverage(&args),
            Command::KeyPlaces => self.key_places(),
            Command::CheckUp(args) => self.check_up(&args),
            Command::WhereNext { at } => self.where_next(at),
            decision => self.decision(decision),
        }
    }

    fn show(&self, report: &str) -> Result<(), Failure> {
        let report = self.find(report)?;
        let directory = self.device.directory()?;
        let names = Names {
            words: self.words,
            directory: &directory,
            now: self.now(),
        };
        match self.device.drafts()?.into_iter().find(|d| d.report == report) {
            Some(row) => print::draft(&self.device.draft(report)?, &row.title, names),
            None => print::report(&self.device.report(report)?, names),
        }
        Ok(())
    }

    fn list(&self, tab: Tab, limit: usize) -> Result<(), Failure> {
        let tab = match tab {
            Tab::All => ListTab::All,
            Tab::Mine => ListTab::Mine,
            Tab::ToDo => ListTab::Todo,
        };
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let page = self.device.reports(&ListQuery {
            tab,
            after: None,
            limit,
        })?;
        print::list(&page.items, self.words);
        if page.next.is_some() {
            println!(
                "{}",
                self.words.pick(
                    "还有更多：用 --limit 多列几条",
                    "there is more: list more with --limit"
                )
            );
        }
        Ok(())
    }

    fn needs_attention(&self, clear: Option<i64>, retry: Option<i64>) -> Result<(), Failure> {
        if let Some(number) = clear {
            self.device.clear_attention(number)?;
        }
        if let Some(number) = retry {
            self.device.retry_attention(number)?;
        }
        print::attention(&self.device.needs_attention()?, self.words);
        Ok(())
    }

    fn rescue(&self, file: &Path) -> Result<(), Failure> {
        let words = self.words;
        let summary = self.device.rescue(file)?;
        println!("{} {}", words.pick("已写入", "written to"), file.display());
        println!(
            "{} {}  {} {}  {} {}  {} {}",
            words.pick("待发", "unsent:"),
            summary.item_count,
            words.pick("照片语音", "pictures and voice notes:"),
            summary.blob_count,
            words.pick("草稿", "drafts:"),
            summary.draft_count,
            words.pick("没有发出的文字", "texts begun:"),
            summary.words_count
        );
        Ok(())
    }

    /// One in each line, for `xunge-server verify --checkpoints`.
    fn checkpoints(&self) -> Result<(), Failure> {
        for checkpoint in self.device.checkpoints()? {
            println!("{}", checkpoint.to_line());
        }
        Ok(())
    }

    /// The phone's clock.
    pub(super) fn now(&self) -> Timestamp {
        SystemClock.read().wall_at
    }

    /// A failure in the person's own words.
    pub(super) fn said(&self, zh: &str, en: &str, what: &str) -> Failure {
        Failure::Said(format!("{}{what}", self.words.pick(zh, en)))
    }

    fn transport(&self) -> Result<HttpTransport, Failure> {
        Ok(HttpTransport::for_profile(
            self.server.as_deref().unwrap_or(&self.info.base_url),
            self.info.root_pem.as_deref(),
            b"",
        )?)
    }

    /// The report or draft that was meant: a name, a whole code, or the end of one.
    pub(super) fn find(&self, text: &str) -> Result<ReportId, Failure> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let is_meant = |code: &str| code == text || code.replace('-', "").ends_with(&text.replace('-', ""));
        let drafts = self.device.drafts()?.into_iter().map(|d| (d.code, d.report));
        let mut found: Vec<ReportId> = drafts
            .filter(|(code, _)| is_meant(code))
            .map(|(_, id)| id)
            .collect();
        let mut after = None;
        loop {
            let query = ListQuery {
                tab: ListTab::All,
                after,
                limit: 200,
            };
            let page = self.device.reports(&query)?;
            found.extend(
                page.items
                    .iter()
                    .filter(|row| is_meant(&row.code))
                    .map(|row| row.report),
            );
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        match found[..] {
            [report] => Ok(report),
            [] => Err(self.said("手机上没有 ", "not on this phone: ", text)),
            _ => Err(self.said(
                "有好几件，请写全编码：",
                "fits several, write the whole code: ",
                text,
            )),
        }
    }

    /// Says that the work is on the disk, and how far it has come.
    pub(super) fn saved(&self, report: ReportId) -> Result<(), Failure> {
        let row = self.device.report(report)?.row;
        let how = if row.unsent_count > 0 {
            self.words.pick(
                "已保存在本机，等有信号自动发送",
                "saved on this phone, will be sent by itself",
            )
        } else {
            self.words.pick("镇里已收到", "received by the township")
        };
        println!("{}  {}  {how}", row.code, row.title);
        Ok(())
    }

    fn sync(&self, no_pictures: bool) -> Result<(), Failure> {
        let transport = self.transport()?;
        let options = SyncOptions {
            with_attachments: !no_pictures,
            ..SyncOptions::default()
        };
        let report = self.device.sync_with(&transport, &CancelToken::new(), options);
        let status = self.device.status()?;
        print::status(&status, self.words);
        match report.failure {
            Some(failure) => Err(failure.into()),
            None => Ok(()),
        }
    }

    fn wait(&self, seconds: u64) -> Result<(), Failure> {
        let transport = self.transport()?;
        let has_news = self.device.wait(&transport, seconds.saturating_mul(1_000))?;
        if has_news {
            return self.sync(false);
        }
        println!("{}", self.words.pick("没有新消息", "no news"));
        Ok(())
    }

    fn pictures(&self, report: &str, into: &Path) -> Result<(), Failure> {
        let report = self.find(report)?;
        for attachment in self
            .device
            .report(report)?
            .attachments
            .iter()
            .filter(|a| a.path.is_none())
        {
            self.device.want_attachment(report, attachment.id)?;
        }
        let outcome = self.device.sync(&self.transport()?, &CancelToken::new());
        let file = |source| Failure::File {
            path: into.display().to_string(),
            source,
        };
        std::fs::create_dir_all(into).map_err(file)?;
        for attachment in self.device.report(report)?.attachments {
            let Some(bytes) = self.device.attachment_bytes(&attachment.reference.blob)? else {
                let role = self.words.role(attachment.reference.role);
                println!("{role}  {}", self.words.pick("还没下载到", "not here yet"));
                continue;
            };
            let extension = if attachment.reference.kind.mime() == "image/jpeg" {
                "jpg"
            } else {
                "m4a"
            };
            let role = self.words.role(attachment.reference.role);
            let path = into.join(format!("{role}-{}.{extension}", attachment.id));
            std::fs::write(&path, bytes).map_err(file)?;
            println!("{}", path.display());
        }
        outcome.failure.map_or(Ok(()), |failure| Err(failure.into()))
    }
}
