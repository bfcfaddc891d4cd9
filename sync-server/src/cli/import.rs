//! `import`: tables and outlines into the directory, or a rescue file. Nothing is applied unless the whole file is good.

use std::path::PathBuf;

use chrono::TimeZone;
use xunge_core::time::Timestamp;

use super::{CliProblem, Desk, runtime};
use crate::config::Secrets;
use crate::import::problem::ImportRule;
use crate::import::rescue::{self, RescueProblem};
use crate::import::{ImportKind, ImportProblem, PlanOptions, ReadOptions, known_holidays, plan, read};
use crate::service::Service;

/// What `import` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// 内容 · what the file holds
    #[arg(required_unless_present = "rescue")]
    kind: Option<ImportKind>,
    /// 文件：CSV、XLSX、XLS、ODS 或 GeoJSON；日历可以不给文件，用自带的国务院节假日 · the file; the calendar may go without, from the holidays that ship
    file: Option<PathBuf>,
    /// 只检查，不导入 · check only
    #[arg(long)]
    dry_run: bool,
    /// 从哪天起生效 · from which day it holds (default: now)
    #[arg(long, value_name = "DAY")]
    valid_from: Option<String>,
    /// 允许今天以后的日期 · allow days in the future
    #[arg(long)]
    allow_future: bool,
    /// 导入手机的救援文件 · take in a phone's rescue file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["kind", "file"])]
    rescue: Option<PathBuf>,
    /// 恢复密钥文件 · the recovery key, where it is kept off the server
    #[arg(long, value_name = "FILE", requires = "rescue")]
    recovery_key: Option<PathBuf>,
}

pub(crate) fn run(desk: &Desk, args: &ImportArgs) -> Result<(), CliProblem> {
    if let Some(file) = &args.rescue {
        return run_rescue(desk, args, file);
    }
    let (kind, bytes) = match (args.kind, &args.file) {
        (Some(kind), Some(file)) => (kind, Some(read_file(file)?)),
        (Some(ImportKind::Calendar), None) => (ImportKind::Calendar, None),
        _ => {
            return Err(CliProblem::usage(
                "请写明内容和文件",
                "name what to import and the file",
            ));
        }
    };
    let service = desk.service()?;
    let zone = zone(&service)?;
    let now = service.now();
    let options = ReadOptions {
        today: now.day_in(zone),
        zone,
        is_future_allowed: args.allow_future,
    };
    let valid_from = match &args.valid_from {
        None => now,
        Some(text) => valid_from(text, &options)?,
    };
    let file = match bytes {
        Some(bytes) => read(kind, &bytes, &options).map_err(CliProblem::Import)?,
        None => known_holidays(),
    };
    let plan = plan(file, &service.directory_rows(None)?, &PlanOptions { valid_from })
        .map_err(CliProblem::Import)?;
    if !plan.passed_over.is_empty() {
        let columns = plan.passed_over.join("、");
        desk.say.line(
            &format!("这些列没有用到：{columns}"),
            &format!("These columns were passed over: {columns}"),
        );
    }
    let (written, unchanged) = (plan.changes.len(), plan.unchanged);
    if args.dry_run {
        desk.say.line(
            &format!("检查通过：将写入 {written} 条，{unchanged} 条没有变化。没有导入。"),
            &format!("The file is good: {written} to write, {unchanged} unchanged. Nothing was imported."),
        );
        return Ok(());
    }
    let applied = service.directory_apply(&Desk::operator(None), &plan.changes)?;
    desk.say.line(
        &format!("已导入：写入 {} 条，{unchanged} 条没有变化。", applied.written),
        &format!("Imported: {} written, {unchanged} unchanged.", applied.written),
    );
    Ok(())
}

fn valid_from(text: &str, options: &ReadOptions) -> Result<Timestamp, CliProblem> {
    let wrong = |rule| CliProblem::Import(vec![ImportProblem::cell(0, "--valid-from", text, rule)]);
    let day = crate::import::parse_day(text).ok_or_else(|| wrong(ImportRule::BadDay))?;
    if day > options.today && !options.is_future_allowed {
        return Err(wrong(ImportRule::FutureDay));
    }
    let start = day.and_hms_opt(0, 0, 0).expect("midnight is a time of day");
    let instant = options.zone.from_local_datetime(&start).earliest();
    Ok(Timestamp(instant.map_or_else(
        || start.and_utc().timestamp_millis(),
        |at| at.timestamp_millis(),
    )))
}

fn run_rescue(desk: &Desk, args: &ImportArgs, file: &PathBuf) -> Result<(), CliProblem> {
    let bytes = read_file(file)?;
    let app = desk.app()?;
    let secret = recovery_secret(&app.service, args.recovery_key.as_ref())?;
    let opened = rescue::open(&secret, &bytes).map_err(RescueProblem::from)?;
    let (items, blobs, drafts) = (opened.items.len(), opened.blobs.len(), opened.drafts.len());
    let words = opened.words.len();
    desk.say.line(
        &format!(
            "救援文件：{items} 项，{blobs} 个附件，{drafts} 份草稿，{words} 段没有发出的文字，属于 {}。",
            opened.person
        ),
        &format!(
            "The rescue file: {items} items, {blobs} attachments, {drafts} drafts, {words} texts begun, of {}.",
            opened.person
        ),
    );
    if args.dry_run {
        return Ok(());
    }
    let rescued = runtime()?.block_on(rescue::take_in(&app, opened))?;
    for (outcome, count) in &rescued.items {
        desk.say.raw(&format!("  {outcome}: {count}"));
    }
    desk.say.line(
        &format!(
            "附件：存入 {}，已有 {}，未收 {}。",
            rescued.blobs_stored, rescued.blobs_known, rescued.blobs_refused
        ),
        &format!(
            "Attachments: {} stored, {} known, {} not taken.",
            rescued.blobs_stored, rescued.blobs_known, rescued.blobs_refused
        ),
    );
    for text in rescued.drafts.iter().chain(&rescued.words) {
        desk.say.raw(text);
    }
    Ok(())
}

/// The recovery key: out of the file that was named, else the server's own.
pub(super) fn recovery_secret(service: &Service, path: Option<&PathBuf>) -> Result<[u8; 32], CliProblem> {
    if let Some(path) = path {
        return Ok(Secrets::read_private_key(path)?);
    }
    service.secrets().recovery.secret.ok_or_else(|| {
        CliProblem::usage(
            "恢复密钥不在服务器上。请用 --recovery-key 指定",
            "the recovery key is not on this server; name it with --recovery-key",
        )
    })
}

pub(crate) fn read_file(path: &PathBuf) -> Result<Vec<u8>, CliProblem> {
    std::fs::read(path).map_err(|source| CliProblem::File {
        path: path.clone(),
        source,
    })
}

/// The zone of the first township.
pub(crate) fn zone(service: &Service) -> Result<chrono_tz::Tz, CliProblem> {
    let feeds = service.feeds()?;
    let directory = service.directory()?;
    Ok(feeds.first().map_or(chrono_tz::Asia::Shanghai, |feed| {
        directory.policy(feed, service.now()).zone
    }))
}
