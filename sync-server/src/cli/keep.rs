//! `verify`, `backup`, `restore`: keeping what was received.

use std::path::{Path, PathBuf};

use rand::SeedableRng;

use super::migrate::{backup_place, copy_new};
use super::{CliProblem, Desk, lock};
use crate::service::Service;

/// The database's name in a backup folder.
const DATABASE: &str = "xunge.sqlite";

/// What `verify` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// 不校验照片 · leave the pictures out
    #[arg(long)]
    no_blobs: bool,
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
    let report = if args.no_blobs {
        app.service.verify(None)?
    } else {
        app.service.verify(Some(&app.blobs))?
    };
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

pub(crate) fn run_backup(desk: &Desk, args: &BackupArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    make_folder(&args.folder)?;
    let database = args.folder.join(DATABASE);
    let fresh = args.folder.join("xunge.sqlite.new");
    if fresh.exists() {
        std::fs::remove_file(&fresh).map_err(at(&fresh))?;
    }
    // The database first: pictures that come afterwards are in excess, never missing.
    service.backup(&Desk::operator(None), &fresh)?;
    let copied = copy_new(desk.config.blobs_place(), backup_place(&args.folder))?;
    std::fs::rename(&fresh, &database).map_err(at(&database))?;
    crate::config::sync_folder(&args.folder).map_err(at(&args.folder))?;
    let folder = args.folder.display();
    desk.say.line(
        &format!("已备份到 {folder}（新照片 {copied} 个）。密钥不在备份里：请另外保管 keys 目录。"),
        &format!("Backed up to {folder} ({copied} new pictures). The keys are not in it: keep a copy of the keys folder elsewhere."),
    );
    Ok(())
}

pub(crate) fn run_restore(desk: &Desk, args: &RestoreArgs) -> Result<(), CliProblem> {
    crate::config::open_folder(&desk.config.data_folder)?;
    let _lock = lock::take(&desk.config.data_folder)?;
    let from = args.folder.join(DATABASE);
    if !from.exists() {
        return Err(CliProblem::usage(
            format!("{} 里没有备份", args.folder.display()),
            format!("{} holds no backup", args.folder.display()),
        ));
    }
    let mut seed = [0; 32];
    rand::Rng::fill_bytes(&mut rand::rng(), &mut seed);
    let mut rng = rand::rngs::StdRng::from_seed(seed);
    let copied = copy_new(backup_place(&args.folder), desk.config.blobs_place())?;
    Service::restore(&desk.config.database_place(), &from, &mut rng)?;
    desk.say.line(
        &format!("已恢复（补回照片 {copied} 个）。手机下次同步时会把备份之后的内容再送一遍。"),
        &format!("Restored ({copied} pictures put back). At their next sync phones offer again what came after the backup."),
    );
    Ok(())
}

fn make_folder(path: &Path) -> Result<(), CliProblem> {
    std::fs::create_dir_all(path).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> CliProblem {
    let path = path.to_owned();
    move |source| CliProblem::File { path, source }
}
