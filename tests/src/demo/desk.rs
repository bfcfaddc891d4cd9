//! People at desks: the command room and the departments work the queue over HTTP, signed in with their accounts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use xunge_core::command::State;
use xunge_core::id::{CategoryId, ReportId, UnitId};

use super::display::{Progress, tick};
use super::server::PASSWORD;
use crate::township::{TOWNSHIP, Township};

/// A browser's worth of HTTP, signed in as one account.
pub(super) struct Desk {
    http: reqwest::blocking::Client,
    base: String,
    token: String,
}

/// A line of the queue, as much of it as a desk needs.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Line {
    /// The report.
    pub(super) report: ReportId,
    /// Its state.
    pub(super) state: State,
    /// Its category.
    pub(super) category: Option<CategoryId>,
    /// Who holds it.
    pub(super) holder: Option<Held>,
    /// Whether it passed by its chief.
    pub(super) is_passed_by: bool,
}

/// Who holds a report.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Held {
    /// The unit.
    pub(super) unit: UnitId,
}

impl Line {
    /// Whether the report is one of those that stay where they are for the people of the console.
    fn stays(&self) -> bool {
        let lot = self.report.as_bytes()[15] % 20;
        let stage = match self.state {
            State::Queued => 0..3,
            State::Accepted => 3..6,
            State::Dispatched => 6..8,
            State::Handling => 8..10,
            State::FedBack => 10..12,
            _ => 0..0,
        };
        stage.contains(&lot)
    }
}

#[derive(Deserialize)]
struct Page {
    rows: Vec<Line>,
    next: Option<String>,
}

/// What an act came to: `Ok`, or the workflow's stable reason why not.
pub(super) type Acted = Result<(), String>;

impl Desk {
    /// Signs in.
    pub(super) fn sign_in(base: &str, login: &str) -> Result<Self, reqwest::Error> {
        let http = reqwest::blocking::Client::builder()
            .timeout(Duration::from_secs(30))
            .build()?;
        let body = json!({"name": login, "password": PASSWORD}).to_string();
        let ask = || {
            let request = http.post(format!("{base}/v1/session"));
            request
                .header("content-type", "application/json")
                .body(body.clone())
                .send()
        };
        // A node may die under the request; whoever sits there presses once more.
        let answer: Value = ask()
            .or_else(|_| ask())
            .or_else(|_| ask())?
            .error_for_status()
            .and_then(|r| r.text())
            .map(|text| serde_json::from_str(&text).unwrap_or_default())?;
        Ok(Self {
            http,
            base: base.to_owned(),
            token: answer["session"].as_str().unwrap_or_default().to_owned(),
        })
    }

    /// Reads JSON; `None` where there is none.
    pub(super) fn get(&self, path: &str) -> Option<Value> {
        let response = self
            .http
            .get(format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .send()
            .ok()?;
        serde_json::from_str(&response.error_for_status().ok()?.text().ok()?).ok()
    }

    /// Reads bytes; `None` where there are none.
    pub(super) fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let response = self
            .http
            .get(format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .send()
            .ok()?;
        response.error_for_status().ok()?.bytes().ok().map(|b| b.to_vec())
    }

    /// Everything in the queue with these filters (`&state=queued`).
    pub(super) fn queue(&self, filters: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/v1/queue?feed={TOWNSHIP}&limit=200{filters}{after}");
            let page = self
                .get(&path)
                .and_then(|page| serde_json::from_value::<Page>(page).ok());
            let Some(page) = page else { return lines };
            lines.extend(page.rows);
            match page.next {
                Some(next) => after = format!("&after={next}"),
                None => return lines,
            }
        }
    }

    /// Does an act (`{"action": "accept"}`).
    pub(super) fn act(&self, report: ReportId, action: Value, words: &str) -> Acted {
        let body = json!({
            "action": action,
            "reason": {"code": null, "text": words, "voice": null},
            "text": words,
        });
        let response = self
            .http
            .post(format!("{}/v1/reports/{report}/acts", self.base))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .map_err(|e| e.to_string())?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(response.text().unwrap_or_default())
    }
}

/// The command room and the departments of the township.
pub(super) struct Room {
    clerk: Desk,
    triager: Desk,
    dispatcher: Desk,
    departments: BTreeMap<UnitId, Desk>,
    usual: BTreeMap<CategoryId, UnitId>,
    has_reworked: AtomicBool,
}

impl Room {
    /// Everybody signs in.
    pub(super) fn open(base: &str, township: &Township) -> Result<Self, reqwest::Error> {
        let departments = township
            .accounts
            .iter()
            .filter(|a| a.login.starts_with("dept-"))
            .map(|a| Ok((a.unit.clone(), Desk::sign_in(base, &a.login)?)))
            .collect::<Result<_, reqwest::Error>>()?;
        let usual = township.records.iter().filter_map(|record| match record {
            xunge_core::directory::DirectoryRecord::Category(c) => {
                Some((c.id.clone(), c.department.clone()?))
            }
            _ => None,
        });
        Ok(Self {
            clerk: Desk::sign_in(base, "clerk")?,
            triager: Desk::sign_in(base, "triager")?,
            dispatcher: Desk::sign_in(base, "dispatcher")?,
            departments,
            usual: usual.collect(),
            has_reworked: AtomicBool::new(false),
        })
    }

    /// One round through the queue: accept, classify, dispatch, sign, feed back, review. Returns how many acts took effect. Where work is
    /// left, about one report in twenty stays at each stage, so that the console has something to do after the day.
    pub(super) fn work(&self, round: u64, is_work_left: bool, progress: &Progress) -> u64 {
        let mut acts = 0;
        for line in self.clerk.queue("") {
            if is_work_left && line.stays() {
                continue;
            }
            let done = match line.state {
                State::Queued => self.accept(&line, round, progress),
                State::Accepted => self.dispatch(&line, progress),
                State::Dispatched => self.handle(&line, json!("sign"), progress),
                State::Handling => self.handle(&line, json!("feed_back"), progress),
                State::FedBack => self.review(&line, progress),
                _ => false,
            };
            acts += u64::from(done);
        }
        acts
    }

    fn accept(&self, line: &Line, round: u64, progress: &Progress) -> bool {
        if self
            .clerk
            .act(line.report, json!({"action": "accept"}), "受理")
            .is_err()
        {
            return false;
        }
        tick(&progress.accepted);
        if line.is_passed_by {
            tick(&progress.passed_by);
        }
        if round.is_multiple_of(3) {
            let to = json!({"action": "classify", "to": {"risk": "medium"}});
            // A report that moved on meanwhile needs no classification.
            drop(self.triager.act(line.report, to, "研判"));
        }
        true
    }

    fn dispatch(&self, line: &Line, progress: &Progress) -> bool {
        let unit = line.category.as_ref().and_then(|c| self.usual.get(c).cloned());
        let unit = unit.unwrap_or_else(|| crate::township::unit_id("QH-YF-cj"));
        let to = json!({"action": "dispatch", "to": [{"unit": unit, "part": "lead", "due_at": null}]});
        let done = self.dispatcher.act(line.report, to, "请按时处置").is_ok();
        if done {
            tick(&progress.dispatched);
        }
        done
    }

    /// The unit's own account acts, or the room for a unit without accounts.
    fn handle(&self, line: &Line, what: Value, progress: &Progress) -> bool {
        let Some(held) = &line.holder else { return false };
        let is_feedback = what == "feed_back";
        let is_department = self.departments.contains_key(&held.unit);
        let is_without_account = held.unit.as_str().ends_with("-gd") || held.unit.as_str().ends_with("-dx");
        if !is_department && !is_without_account {
            return false;
        }
        let desk = self.departments.get(&held.unit).unwrap_or(&self.clerk);
        let words = if is_feedback {
            "已到场处置完毕"
        } else {
            "已签收"
        };
        let done = desk
            .act(line.report, json!({"action": what, "unit": held.unit}), words)
            .is_ok();
        if done && is_feedback {
            tick(&progress.fed_back);
        }
        done
    }

    /// Passes what was fed back; the first one is sent back to be done again.
    fn review(&self, line: &Line, progress: &Progress) -> bool {
        if !self.has_reworked.load(Ordering::Acquire) {
            let done = self
                .clerk
                .act(line.report, json!({"action": "rework"}), "现场仍有残留，请重办")
                .is_ok();
            if done {
                self.has_reworked.store(true, Ordering::Release);
                tick(&progress.reworked);
            }
            return done;
        }
        let close = || {
            self.clerk
                .act(line.report, json!({"action": "close"}), "审核通过")
        };
        let done = close().or_else(|_| {
            // Where somebody told us, he is called back before closing.
            self.clerk.act(
                line.report,
                json!({"action": "call_back", "verdict": "confirmed"}),
                "回访满意",
            )?;
            close()
        });
        if done.is_ok() {
            tick(&progress.closed);
        }
        done.is_ok()
    }
}
