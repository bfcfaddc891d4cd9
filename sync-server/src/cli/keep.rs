//! `verify`, `backup`, `restore`: keeping what was received.

use std::path::{Path, PathBuf};

use rand::SeedableRng;
use xunge_core::sync::checkpoint::Checkpoint;

use super::{CliProblem, Desk, lock, runtime};
use crate::backup::BackupFolder;
use crate::blobs::Blobs;
use crate::config::remove_file;
use crate::service::{BlobCheck, Service};

/// The open copy of the database, in the data folder, while a backup is made or put back. One from before was left by a command that was
/// killed.
const COPY: &str = "xunge.sqlite.copy";

/// What `verify` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// 不校验照片 · leave the pictures out
    #[arg(long)]
    no_blobs: bool,
    /// 与别处保存的检查点核对 · hold checkpoints against the chains that phones or the county kept: a file with one in each line
    #[arg(long, value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// 输出 JSON · as JSON
    #[arg(long)]
    json: bool,
}

/// What `backup` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// 备份目录 · the folder to make; pictures that are there already are not copied again
    folder: PathBuf,
}

/// What `restore` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// 备份目录 · a folder that `backup` made
    folder: PathBuf,
}

pub(crate) fn run_verify(desk: &Desk, args: &VerifyArgs) -> Result<(), CliProblem> {
    let app = desk.app()?;
    let kept = read_checkpoints(&args.checkpoints)?;
    let blobs: Option<&dyn BlobCheck> = if args.no_blobs { None } else { Some(&app.blobs) };
    let report = app.service.verify_against(blobs, &kept)?;
    if args.json {
        let json = serde_json::to_string_pretty(&report).expect("figures are plain data");
        desk.say.raw(&json);
    } else {
        desk.say.line(
            &format!(
                "已核对：事件 {}，内容变更 {}，指令 {}，清单签名 {}，审计链 {}，轨迹 {}，覆盖 {}，附件 {}。",
                report.reports, report.changes, report.commands, report.manifests, report.audit_rows, report.tracks,
                report.coverage, report.blobs
            ),
            &format!(
                "Checked: {} reports, {} changes, {} commands, {} manifests, {} links of the audit chain, {} tracks, \
                 {} days of coverage, {} attachments.",
                report.reports, report.changes, report.commands, report.manifests, report.audit_rows, report.tracks,
                report.coverage, report.blobs
            ),
        );
        for problem in &report.problems {
            desk.say.raw(&format!("  - {problem}"));
        }
    }
    if report.problems.is_empty() {
        if !args.json {
            desk.say.line("全部正确。", "All is well.");
        }
        Ok(())
    } else {
        Err(CliProblem::NotSound(report.problems.len()))
    }
}

/// A checkpoint is the last word of its line; lines that begin with `#` are for people.
fn read_checkpoints(files: &[PathBuf]) -> Result<Vec<Checkpoint>, CliProblem> {
    let mut all = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path).map_err(at(path))?;
        for (place, line) in text.lines().enumerate() {
            let Some(word) = line
                .split_whitespace()
                .next_back()
                .filter(|_| !line.starts_with('#'))
            else {
                continue;
            };
            all.push(Checkpoint::parse_line(word).map_err(|_| {
                let (file, line) = (path.display(), place + 1);
                CliProblem::usage(
                    format!("{file} 第 {line} 行不是检查点"),
                    format!("line {line} of {file} is no checkpoint"),
                )
            })?);
        }
    }
    Ok(all)
}

/// Prints where every audit chain stands, signed: one line each, for a file or for paper elsewhere.
pub(crate) fn run_checkpoint(desk: &Desk) -> Result<(), CliProblem> {
    for (end, checkpoint) in desk.service()?.checkpoints()? {
        let line = format!("{} {} {} {}", end.feed, end.lines, end.at, checkpoint.to_line());
        desk.say.raw(&line);
    }
    Ok(())
}

pub(crate) fn run_backup(desk: &Desk, args: &BackupArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let backup = BackupFolder::at(&args.folder, &service.secrets().master_key);
    // The copy stays beside the database: what leaves this folder is sealed.
    let copy = desk.config.data_folder.join(COPY);
    remove_file(&copy).map_err(at(&copy))?;
    // The database first: pictures that come afterwards are in excess, never missing.
    service.backup(&Desk::operator(None), &copy)?;
    let blobs = Blobs::at(desk.config.blobs_place())?;
    let copied = runtime()?.block_on(backup.put_pictures(&blobs))?;
    backup.put_database(&copy)?;
    remove_file(&copy).map_err(at(&copy))?;
    let folder = args.folder.display();
    desk.say.line(
        &format!("已加密备份到 {folder}（新照片 {copied} 个）。没有 keys 目录就打不开它：请另外保管密钥。"),
        &format!(
            "Backed up to {folder}, encrypted ({copied} new pictures). Nothing opens it but the keys folder: keep a copy of that elsewhere."
        ),
    );
    Ok(())
}

pub(crate) fn run_restore(desk: &Desk, args: &RestoreArgs) -> Result<(), CliProblem> {
    crate::config::open_folder(&desk.config.data_folder)?;
    let _lock = lock::take(&desk.config.data_folder)?;
    let backup = BackupFolder::at(&args.folder, &desk.secrets()?.master_key);
    let copy = desk.config.data_folder.join(COPY);
    remove_file(&copy).map_err(at(&copy))?;
    backup.take_database(&copy)?;
    let mut seed = [0; 32];
    rand::Rng::fill_bytes(&mut rand::rng(), &mut seed);
    let mut rng = rand::rngs::StdRng::from_seed(seed);
    let blobs = Blobs::at(desk.config.blobs_place())?;
    let copied = runtime()?.block_on(backup.give_pictures(&blobs))?;
    let aside = Service::restore(&desk.config.database_place(), &copy, &mut rng)?;
    remove_file(&copy).map_err(at(&copy))?;
    desk.say.line(
        &format!("已恢复（补回照片 {copied} 个）。手机下次同步时会把备份之后的内容再送一遍。"),
        &format!("Restored ({copied} pictures put back). At their next sync phones offer again what came after the backup."),
    );
    match aside {
        Some(aside) => super::missing::say(desk, &aside),
        None => Ok(()),
    }
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> CliProblem {
    let path = path.to_owned();
    move |source| CliProblem::File { path, source }
}
