//! What the terminal phone shows.

mod status;
mod whole;

use xunge_core::app::{AttentionItem, ReportRow};
use xunge_core::command::Urgency;
use xunge_core::error::Error;
use xunge_core::sync::failure::SyncFailure;
use xunge_core::time::Timestamp;

use super::Words;
use super::run::Failure;

pub(super) use status::status;
pub(super) use whole::report;

/// A time as people there write it, by the clock of Shanghai.
fn time(at: Timestamp) -> String {
    let zone = chrono::FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset");
    at.to_utc().with_timezone(&zone).format("%m-%d %H:%M").to_string()
}

/// Lines of a list.
pub(super) fn list(rows: &[ReportRow], words: Words) {
    if rows.is_empty() {
        println!("{}", words.pick("没有", "nothing"));
    }
    for row in rows {
        println!("{}", line(row, words));
    }
}

fn line(row: &ReportRow, words: Words) -> String {
    let mut text = format!("{}  {}  {}", row.code, words.state(row.state), row.title);
    if row.urgency == Urgency::Urgent {
        text.push_str(words.pick("  紧急", "  urgent"));
    }
    if row.attachment_count > 0 {
        let (there, all) = (row.attachment_received_count, row.attachment_count);
        text.push_str(&format!("  {} {there}/{all}", words.pick("照片", "pictures")));
    }
    if let Some(why) = &row.why {
        text.push_str(&format!("  {}{}", words.pick("理由：", "because: "), why.text));
    }
    if let Some(kind) = row.pending {
        text.push_str(&format!(
            "  〔{}，{}〕",
            words.action(kind),
            words.pick("待发送", "waiting to be sent")
        ));
    } else if row.unsent_count > 0 {
        text.push_str(words.pick("  〔待发送〕", "  [waiting to be sent]"));
    }
    text
}

/// What the server did not take.
pub(super) fn attention(items: &[AttentionItem], words: Words) {
    if items.is_empty() {
        println!("{}", words.pick("没有需要留意的", "nothing needs attention"));
    }
    for item in items {
        println!("{}  {}  {}  {}", item.code, item.what, item.refusal, item.detail);
    }
}

/// Why a command did not do its work, in the worker's words.
pub fn failure(failure: &Failure, words: Words) -> String {
    match failure {
        Failure::Device(Error::Incomplete(problems)) => problems
            .iter()
            .map(|p| words.problem(p))
            .collect::<Vec<_>>()
            .join("\n"),
        Failure::Device(Error::NotAllowed(refusal)) => words.refusal(*refusal).to_owned(),
        Failure::Sync(failure) | Failure::Device(Error::Sync(failure)) => sync_failure(failure, words),
        Failure::Transport(_) => words
            .pick(
                "没有信号；已保存在本机，等有信号自动发送",
                "no network; saved on this phone",
            )
            .to_owned(),
        other => other.to_string(),
    }
}

fn sync_failure(failure: &SyncFailure, words: Words) -> String {
    let text = match failure {
        SyncFailure::Transport(_) => (
            "没有信号；已保存在本机，等有信号自动发送",
            "no network; what is saved here will be sent by itself",
        ),
        SyncFailure::NotTheServer => (
            "网络要先登录（可能是公共 Wi-Fi）；内容都在本机",
            "the network wants a log-in first; everything is on this phone",
        ),
        SyncFailure::SignInRequired => (
            "登记已失效，请重新登记；内容都在本机",
            "enrol again; everything is on this phone",
        ),
        SyncFailure::Busy { .. } => (
            "镇里忙，稍后自动再发",
            "the server is busy; it is tried again by itself",
        ),
        _ => (
            "没有发成，稍后自动再发",
            "it did not go through; it is tried again by itself",
        ),
    };
    format!("{} ({failure})", words.pick(text.0, text.1))
}
