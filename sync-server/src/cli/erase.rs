//! `erase`: what the law wants gone. Tombstones stay, and everything is recorded with its reason.

use xunge_core::attachment::BlobHash;
use xunge_core::id::{PersonId, PersonRecordId};

use super::{CliProblem, Desk, runtime};
use crate::app::App;
use crate::service::ReportRef;

/// What to erase.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum EraseCommand {
    /// 删除事件的全部内容 · the whole content of a report
    Report {
        /// 事件编号 · the report's code or id
        report: String,
        /// 理由（会记录） · why (recorded)
        #[arg(long)]
        reason: String,
    },
    /// 删除一个当事人的记录 · one person concerned
    Person {
        /// 事件编号 · the report's code or id
        report: String,
        /// 记录编号 · the record
        person: PersonRecordId,
        /// 理由（会记录） · why (recorded)
        #[arg(long)]
        reason: String,
    },
    /// 删除一个人的轨迹和走访记录（覆盖情况保留） · a person's tracks and check-ups (coverage stays)
    Tracks {
        /// 人员编号 · the person
        person: PersonId,
        /// 理由（会记录） · why (recorded)
        #[arg(long)]
        reason: String,
    },
    /// 删除一张照片或一段录音 · one picture or voice note
    Blob {
        /// 事件编号 · the report's code or id
        report: String,
        /// SHA-256 · its hash
        blob: BlobHash,
        /// 理由（会记录） · why (recorded)
        #[arg(long)]
        reason: String,
    },
}

pub(crate) fn run(desk: &Desk, command: EraseCommand) -> Result<(), CliProblem> {
    let app = desk.app()?;
    let by = Desk::operator(None);
    let blobs = match command {
        EraseCommand::Report { report, reason } => {
            app.service
                .erase_report(&by, &ReportRef::parse(&report), needed(&reason)?)?
        }
        EraseCommand::Person {
            report,
            person,
            reason,
        } => {
            app.service
                .erase_person(&by, &ReportRef::parse(&report), person, needed(&reason)?)?;
            Vec::new()
        }
        EraseCommand::Tracks { person, reason } => {
            let count = app.service.erase_tracks(&by, &person, needed(&reason)?)?;
            desk.say.line(
                &format!("已删除轨迹和走访记录 {count} 段。覆盖情况只说地方，保留。"),
                &format!("Erased {count} segments and check-ups. Coverage is of places and stays."),
            );
            return Ok(());
        }
        EraseCommand::Blob { report, blob, reason } => {
            app.service
                .erase_blob(&by, &ReportRef::parse(&report), blob, needed(&reason)?)?
        }
    };
    remove(&app, &blobs)?;
    desk.say.line(
        &format!(
            "已删除（照片和录音 {} 个）。备份里的副本请按保存期限清理。",
            blobs.len()
        ),
        &format!(
            "Erased ({} pictures and voice notes). Copies in backups go with the backups' own term.",
            blobs.len()
        ),
    );
    Ok(())
}

fn needed(reason: &str) -> Result<&str, CliProblem> {
    if reason.trim().is_empty() {
        Err(CliProblem::usage("必须写明理由", "a reason is required"))
    } else {
        Ok(reason)
    }
}

fn remove(app: &App, blobs: &[BlobHash]) -> Result<(), CliProblem> {
    runtime()?.block_on(async {
        for blob in blobs {
            app.blobs.remove(*blob).await?;
        }
        Ok(())
    })
}
