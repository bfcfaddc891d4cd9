//! How sending stands, in lines. Never "done" before the server's receipt.

use xunge_core::app::SyncStatus;
use xunge_core::time::CLOCK_SKEW_MS_MAX;

use super::super::{Lang, Words};
use super::time;

/// Prints how sending stands.
pub(in super::super) fn status(status: &SyncStatus, words: Words) {
    for line in counts(status, words).into_iter().chain(warnings(status, words)) {
        println!("{line}");
    }
    if let Some(at) = status.succeeded_at {
        println!("{} {}", words.pick("上次收发", "last sync"), time(at));
    }
}

/// What was received, what waits, and what a person has begun.
fn counts(status: &SyncStatus, words: Words) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |zh, en, count: String| lines.push(format!("{}{count}", words.pick(zh, en)));
    let trail_count = status.unsent_track_count + status.unsent_visit_count;
    if status.unsent_count == 0 && status.unsent_attachment_count == 0 && trail_count == 0 {
        say("全部已收到", "everything was received", String::new());
    }
    // Two programs may send for one phone: what the other one sent is not counted here, and nothing is left.
    if status.to_send_count > 0
        && (status.unsent_count + trail_count > 0 || status.sent_count == status.to_send_count)
    {
        let count = format!(" {}/{}", status.sent_count, status.to_send_count);
        say("已收到", "received", count);
    }
    if status.unsent_count > 0 {
        say(
            "已保存在本机，等有信号自动发送：",
            "saved on this phone, to be sent:",
            format!(" {}", status.unsent_count),
        );
    }
    if status.unsent_track_count > 0 {
        lines.push(match words.0 {
            Lang::Zh => format!("巡查记录 {} 段待发送", status.unsent_track_count),
            Lang::En => format!("parts of patrols to be sent: {}", status.unsent_track_count),
        });
    }
    if status.unsent_visit_count > 0 {
        lines.push(match words.0 {
            Lang::Zh => format!("重点场所走访 {} 条待发送", status.unsent_visit_count),
            Lang::En => format!("check-ups to be sent: {}", status.unsent_visit_count),
        });
    }
    let mut say = |zh, en, count: String| lines.push(format!("{}{count}", words.pick(zh, en)));
    if status.unsent_attachment_count > 0 {
        let kb = status.unsent_attachment_bytes / 1_000;
        say(
            "照片和语音待发：",
            "pictures and voice notes to be sent:",
            format!(
                " {}{}",
                status.unsent_attachment_count,
                words.bracketed(&format!("{kb} kB"))
            ),
        );
    }
    if status.draft_count > 0 {
        say("草稿：", "drafts:", format!(" {}", status.draft_count));
    }
    if status.attention_count > 0 {
        say(
            "需要留意：",
            "needs attention:",
            format!(" {}", status.attention_count),
        );
    }
    lines
}

/// What a person must know or do.
fn warnings(status: &SyncStatus, words: Words) -> Vec<String> {
    let is_skewed = status
        .clock_offset_ms
        .is_some_and(|ms| ms.abs() > CLOCK_SKEW_MS_MAX);
    let all = [
        (
            status.is_revoked,
            "这部手机已停用，已采集的会交人工审看",
            "this phone is no longer enrolled; its work is looked at by a person",
        ),
        (
            status.is_update_required,
            "请更新应用；已采集的照样能发",
            "update the app; what was captured can still be sent",
        ),
        (
            is_skewed,
            "手机时间不准，请校准；已采集的不受影响",
            "the phone's clock is wrong; nothing captured is affected",
        ),
    ];
    let said = all.into_iter().filter(|(is_so, ..)| *is_so);
    said.map(|(_, zh, en)| words.pick(zh, en).to_owned()).collect()
}
