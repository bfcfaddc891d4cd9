//! What the terminal phone shows.

use xunge_core::app::{AttentionItem, ReportRow, ReportView, SyncStatus};
use xunge_core::command::Urgency;
use xunge_core::error::Error;
use xunge_core::sync::failure::SyncFailure;
use xunge_core::time::Timestamp;

use super::Words;
use super::run::Failure;

/// A time as people there write it, by the clock of Shanghai.
fn time(at: Timestamp) -> String {
    let zone = chrono::FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset");
    at.to_utc().with_timezone(&zone).format("%m-%d %H:%M").to_string()
}

/// How sending stands: never "done" before the server's receipt.
pub(super) fn status(status: &SyncStatus, words: Words) {
    let pick = |zh, en| words.pick(zh, en);
    if status.unsent_count == 0 && status.unsent_attachment_count == 0 {
        println!("{}", pick("全部已收到", "everything was received"));
    }
    if status.to_send_count > 0 {
        println!(
            "{} {}/{}",
            pick("已收到", "received"),
            status.sent_count,
            status.to_send_count
        );
    }
    if status.unsent_count > 0 {
        println!(
            "{} {}",
            pick(
                "已保存在本机，等有信号自动发送：",
                "saved on this phone, to be sent:"
            ),
            status.unsent_count
        );
    }
    if status.unsent_attachment_count > 0 {
        println!(
            "{} {}（{} kB）",
            pick("照片和语音待发：", "pictures and voice notes to be sent:"),
            status.unsent_attachment_count,
            status.unsent_attachment_bytes / 1_000
        );
    }
    if status.draft_count > 0 {
        println!("{} {}", pick("草稿", "drafts:"), status.draft_count);
    }
    if status.attention_count > 0 {
        println!(
            "{} {}",
            pick("需要留意", "needs attention:"),
            status.attention_count
        );
    }
    if status.is_revoked {
        println!(
            "{}",
            pick(
                "这部手机已停用，已采集的会交人工审看",
                "this phone is no longer enrolled; its work is looked at by a person"
            )
        );
    }
    if status.is_update_required {
        println!(
            "{}",
            pick(
                "请更新应用；已采集的照样能发",
                "update the app; what was captured can still be sent"
            )
        );
    }
    if status
        .clock_offset_ms
        .is_some_and(|ms| ms.abs() > xunge_core::time::CLOCK_SKEW_MS_MAX)
    {
        println!(
            "{}",
            pick(
                "手机时间不准，请校准；已采集的不受影响",
                "the phone's clock is wrong; nothing captured is affected"
            )
        );
    }
    if let Some(at) = status.succeeded_at {
        println!("{} {}", pick("上次收发", "last sync"), time(at));
    }
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

/// One whole report.
pub(super) fn report(view: &ReportView, words: Words) {
    println!("{}", line(&view.row, words));
    println!(
        "{} {}    {} {}",
        words.pick("网格", "grid"),
        view.row.grid_name,
        words.pick("报告人", "by"),
        view.row.reporter_name
    );
    if let Some(content) = &view.content {
        println!("{} {}", words.pick("描述", "words"), content.description);
        if !content.place_text.is_empty() {
            println!("{} {}", words.pick("地点", "place"), content.place_text);
        }
        for (field, answer) in &content.answers {
            println!("{field} = {}", serde_json::to_string(answer).unwrap_or_default());
        }
        for note in content.notes.values() {
            println!("{} {}：{}", words.pick("备注", "note"), note.by, note.text);
        }
        for field in &content.disputed {
            let values: Vec<String> = field.values.iter().map(ToString::to_string).collect();
            println!(
                "{} {}: {}",
                words.pick("两处写法不一", "written apart"),
                field.field,
                values.join(" | ")
            );
        }
    }
    for person in &view.people {
        println!(
            "{:?} {} {}",
            person.part,
            person.name,
            person.telephone.as_deref().unwrap_or("")
        );
    }
    for attachment in &view.attachments {
        let how = match (attachment.is_received, attachment.path.is_some()) {
            (true, _) => words.pick("镇里已收到", "received"),
            (false, true) => words.pick("在本机", "on this phone"),
            (false, false) => words.pick("还没到", "not here yet"),
        };
        println!(
            "{} {} B  {how}",
            attachment.reference.role.word(),
            attachment.reference.size_bytes
        );
    }
    for holder in &view.holders {
        println!(
            "{} {} {}",
            words.pick("现在在", "held by"),
            holder.name,
            holder.telephone.as_deref().unwrap_or("")
        );
    }
    for step in &view.story {
        let when = step
            .received_at
            .map_or_else(|| words.pick("待发送", "waiting").to_owned(), time);
        let reason = step
            .reason
            .as_ref()
            .map_or_else(String::new, |r| format!("  {}", r.text));
        let text = step.text.as_ref().map_or_else(String::new, |t| format!("  {t}"));
        let outcome = match step.outcome {
            Some(outcome) if !outcome.is_accepted() => format!("  {}", words.outcome(outcome)),
            _ => String::new(),
        };
        println!(
            "  {when}  {}  {}{reason}{text}{outcome}",
            words.action(step.action.kind()),
            step.by_name
        );
    }
    if !view.permitted.is_empty() {
        let acts: Vec<String> = view.permitted.iter().map(|kind| words.action(*kind)).collect();
        println!("{} {}", words.pick("可以：", "you may:"), acts.join("、"));
    }
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
