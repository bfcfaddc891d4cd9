//! What the terminal phone shows.

pub(super) mod patrol;
mod status;
mod whole;

use xunge_core::app::{AttentionItem, DraftRow, ReportRow};
use xunge_core::command::Urgency;
use xunge_core::time::Timestamp;

use super::run::Failure;
use super::{Lang, Words};

pub(super) use status::status;
pub(super) use whole::{Names, draft, report};

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
    if let Some(kind) = row.pending.filter(|_| row.unsent_count == 0) {
        // A person at the server looks at it: a revoked phone's work, or that of a post that ended.
        let act = words.action(kind);
        text.push_str(&match words.0 {
            Lang::Zh => format!("  〔{act}，已送出，等人工审看〕"),
            Lang::En => format!("  [{act}, sent, waits to be looked at]"),
        });
    } else if let Some(kind) = row.pending {
        let act = words.action(kind);
        text.push_str(&match words.0 {
            Lang::Zh => format!("  〔{act}，待发送〕"),
            Lang::En => format!("  [{act}, waiting to be sent]"),
        });
    } else if row.unsent_count > 0 {
        text.push_str(words.pick("  〔待发送〕", "  [waiting to be sent]"));
    }
    text
}

/// Lines of drafts.
pub(super) fn drafts(rows: &[DraftRow], words: Words) {
    for row in rows {
        // A draft without category and place has no title yet.
        let title = match row.title == row.code {
            true => words.pick("还没填", "nothing filled in yet"),
            false => &row.title,
        };
        let mut text = format!("{}  {title}", row.code);
        if row.attachment_count > 0 {
            let what = words.pick("照片", "pictures");
            text.push_str(&format!("  {what} {}", row.attachment_count));
        }
        println!("{text}  {} {}", words.pick("存于", "saved"), time(row.saved_at));
    }
}

/// What the server did not take: a number for clearing it, what it was, why, and what to do.
pub(super) fn attention(items: &[AttentionItem], words: Words) {
    if items.is_empty() {
        println!("{}", words.pick("没有需要留意的", "nothing needs attention"));
    }
    for item in items {
        println!(
            "{}  {}  {}  {}{}{}",
            item.id,
            item.code,
            time(item.at),
            words.attention_what(item),
            words.colon(),
            words.attention_why(item)
        );
    }
}

/// Why a command did not do its work, in the worker's words.
pub fn failure(failure: &Failure, words: Words) -> String {
    match failure {
        Failure::Device(error) => words.error(error),
        Failure::Sync(failure) => words.sync_failure(failure),
        Failure::Transport(error) => words.transport_error(error).to_owned(),
        Failure::Said(text) => text.clone(),
        Failure::Track { path, source } => {
            format!(
                "{}{path}{}{source}",
                words.pick("轨迹文件有错：", "no track: "),
                words.colon()
            )
        }
        Failure::File { path, .. } => {
            format!(
                "{}{path}",
                words.pick("文件写不了：", "this file cannot be written: ")
            )
        }
    }
}
