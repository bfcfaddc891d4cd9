//! The ledger at the end: everything that phones hold against everything that the server holds, fetched over HTTP.

use std::collections::BTreeMap;

use serde_json::Value;
use xunge_core::attachment::BlobHash;
use xunge_core::command::ActionKind;
use xunge_core::error::Error;
use xunge_core::id::{CommandId, ReportId};

use super::desk::Desk;
use super::display::{Traffic, bytes};
use super::phone::DemoPhone;

/// What was counted and compared.
#[derive(Default, Debug)]
pub(super) struct Ledger {
    /// Reports handed in on phones.
    pub(super) captured: u64,
    /// … that the server holds, with the same content.
    pub(super) received: u64,
    /// Pictures and voice notes that phones made.
    pub(super) attachments: u64,
    /// … whose bytes the server gave back with the same SHA-256.
    pub(super) verified: u64,
    /// Acts of phones that were compared with the server's story.
    pub(super) acts: u64,
    /// Reports received that phones show exactly as the server does (a report counts once a phone).
    pub(super) shown_alike: u64,
    /// Accepted acts by kind.
    pub(super) by_kind: BTreeMap<ActionKind, u64>,
    /// Acts that came too late or had no effect; their authors were told why.
    pub(super) told_why: u64,
    /// Reports that are closed.
    pub(super) closed: u64,
    /// Whatever is missing or differs, in words.
    pub(super) lost: Vec<String>,
}

impl Ledger {
    /// Compares every phone with the server.
    pub(super) fn draw_up(phones: &[DemoPhone], desk: &Desk) -> Result<Self, Error> {
        let mut ledger = Self::default();
        let mut stories: BTreeMap<ReportId, Option<Value>> = BTreeMap::new();
        for phone in phones {
            for report in &phone.handed_in {
                ledger.captured += 1;
                let story = stories
                    .entry(*report)
                    .or_insert_with(|| desk.get(&format!("/v1/reports/{report}")));
                match story {
                    Some(_) => ledger.received += 1,
                    None => ledger.lost.push(format!(
                        "{}: report {report} is not on the server",
                        phone.plan.label
                    )),
                }
            }
            for device in phone.devices() {
                let status = device.status()?;
                ledger.told_why += u64::from(status.attention_count);
                if status.unsent_count > 0 || status.unsent_attachment_count > 0 {
                    ledger
                        .lost
                        .push(format!("{}: still waits {status:?}", phone.plan.label));
                }
                for report in phone.reports_on(device)? {
                    let story = stories
                        .entry(report)
                        .or_insert_with(|| desk.get(&format!("/v1/reports/{report}")));
                    let Some(story) = story else {
                        ledger
                            .lost
                            .push(format!("{}: {report} is not on the server", phone.plan.label));
                        continue;
                    };
                    ledger.compare(&phone.plan.label, device, report, story)?;
                }
            }
        }
        ledger.count(&stories);
        ledger.verify_attachments(&stories, desk);
        Ok(ledger)
    }

    /// Content, standing and every act of one report, as one phone shows it.
    fn compare(
        &mut self,
        phone: &str,
        device: &xunge_core::app::Device,
        report: ReportId,
        story: &Value,
    ) -> Result<(), Error> {
        let view = device.report(report)?;
        let differs = |what: &str| format!("{phone}: {what} of {} differs from the server's", view.row.code);
        let before = self.lost.len();
        let same =
            |mine: Result<Value, serde_json::Error>, theirs: &Value| mine.is_ok_and(|mine| mine == *theirs);
        if !same(serde_json::to_value(&view.content), &story["content"]) {
            self.lost.push(differs("the content"));
        }
        if !same(serde_json::to_value(view.row.state), &story["row"]["state"]) {
            self.lost.push(differs("the state"));
        }
        let acts = story["events"].as_array().cloned().unwrap_or_default();
        let there: Vec<CommandId> = acts
            .iter()
            .filter_map(|e| e["command"]["id"].as_str()?.parse().ok())
            .collect();
        let here: Vec<CommandId> = view.story.iter().map(|line| line.command).collect();
        self.acts += here.len() as u64;
        if there != here {
            self.lost.push(differs("the story"));
        }
        if self.lost.len() == before {
            self.shown_alike += 1;
        }
        Ok(())
    }

    /// Counts accepted acts and closed reports.
    fn count(&mut self, stories: &BTreeMap<ReportId, Option<Value>>) {
        for story in stories.values().flatten() {
            self.closed += u64::from(story["row"]["state"] == "closed");
            for event in story["events"].as_array().into_iter().flatten() {
                let kind = event["command"]["action"]["action"]
                    .as_str()
                    .and_then(ActionKind::from_name);
                let is_accepted = event["outcome"]["outcome"] == "accepted";
                if let (Some(kind), true) = (kind, is_accepted) {
                    *self.by_kind.entry(kind).or_default() += 1;
                }
            }
        }
    }

    /// Fetches every picture and voice note and hashes what came.
    fn verify_attachments(&mut self, stories: &BTreeMap<ReportId, Option<Value>>, desk: &Desk) {
        // The same picture may hang on two reports, or twice on one: each attachment counts, each file is fetched once.
        let mut verified: BTreeMap<BlobHash, bool> = BTreeMap::new();
        for (report, story) in stories {
            let attachments = story
                .as_ref()
                .and_then(|s| s["content"]["attachments"].as_object());
            for (id, attachment) in attachments.into_iter().flatten() {
                self.attachments += 1;
                let hash = attachment["blob"].as_str().and_then(|text| text.parse().ok());
                let is_whole = hash.is_some_and(|hash: BlobHash| {
                    *verified.entry(hash).or_insert_with(|| {
                        let bytes = desk.bytes(&format!("/v1/blobs/{hash}"));
                        bytes.is_some_and(|bytes| BlobHash::of(&bytes) == hash)
                    })
                });
                if is_whole {
                    self.verified += 1;
                } else {
                    self.lost.push(format!(
                        "attachment {id} of {report} is not on the server as it was taken"
                    ));
                }
            }
        }
    }

    /// Whether everything is there and alike.
    pub(super) fn is_whole(&self) -> bool {
        self.lost.is_empty() && self.captured == self.received && self.attachments == self.verified
    }

    /// Prints the table.
    pub(super) fn print(&self, traffic: Traffic, problems: &[String]) {
        let kind = |kind| self.by_kind.get(&kind).copied().unwrap_or(0);
        let line = |zh: &str, en: &str, value: String| {
            let pad = 26usize.saturating_sub(en.len());
            println!("  {en}{}{value:>10}   {zh}", " ".repeat(pad));
        };
        println!("\n  ── ledger 账本 {}", "─".repeat(40));
        line("采集", "captured", self.captured.to_string());
        line("收到", "received", self.received.to_string());
        line("同意上报", "approved", kind(ActionKind::Approve).to_string());
        line("退回", "returned", kind(ActionKind::Return).to_string());
        line("网格内处置", "taken on", kind(ActionKind::TakeOn).to_string());
        line("超时流转", "passed by", kind(ActionKind::PassBy).to_string());
        line("受理", "accepted", kind(ActionKind::Accept).to_string());
        line("交办", "dispatched", kind(ActionKind::Dispatch).to_string());
        line("反馈", "fed back", kind(ActionKind::FeedBack).to_string());
        line("驳回重办", "done again", kind(ActionKind::Rework).to_string());
        line("已办结", "closed", self.closed.to_string());
        line(
            "图片语音核对",
            "pictures verified",
            format!("{}/{}", self.verified, self.attachments),
        );
        line(
            "手机与镇里一致",
            "shown alike on phones",
            self.shown_alike.to_string(),
        );
        line("逐条核对的办理", "acts compared", self.acts.to_string());
        line(
            "未生效并告知原因",
            "without effect, told why",
            self.told_why.to_string(),
        );
        line("断线照样送达", "cuts survived", traffic.cuts.to_string());
        line("请求", "requests", traffic.requests.to_string());
        line("上行", "bytes up", bytes(traffic.bytes_up));
        line("下行", "bytes down", bytes(traffic.bytes_down));
        line("丢失", "lost", self.lost.len().to_string());
        for what in self.lost.iter().chain(problems).take(20) {
            println!("  ! {what}");
        }
    }

    /// The last line.
    pub(super) fn verdict(&self) -> String {
        format!(
            "demo: {} captured, {} received, {} pictures verified, {} lost",
            self.captured,
            self.received,
            self.verified,
            self.lost.len()
        )
    }
}
