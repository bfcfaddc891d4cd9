//! A random walk through a world: people work, phones fail, the township changes.

mod particulars;
mod trouble;

use std::path::PathBuf;

use rand::RngExt;
use xunge_core::app::Device;
use xunge_core::command::Reason;
use xunge_core::document::FieldEdit;
use xunge_core::id::{CategoryId, ReportId};
use xunge_core::workflow::ActionKind;
use xunge_server::service::QueueQuery;

use super::oracle::reports_on;
use super::{DeedKind, World, operator};
use crate::township::{TOWNSHIP, unit_id};

/// What may happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A worker fills in a report and hands it in.
    Capture,
    /// A worker begins a draft and leaves it.
    LeaveDraft,
    /// A reporter writes the words anew.
    Rewrite,
    /// Somebody adds a note.
    AddNote,
    /// Somebody does with a report on his phone what he may, or what he may not.
    Decide,
    /// Somebody at a desk does something with the queue.
    ActAtDesk,
    /// A phone syncs over whatever link it has.
    Sync,
    /// A phone's link gets better or worse.
    ChangeLink,
    /// A phone's process is killed and starts again.
    Crash,
    /// A phone's clock jumps, or it is switched off and on.
    JumpClock,
    /// Time passes, and the server looks at its clocks.
    PassTime,
    /// A phone's app is removed; its people enrol again.
    Reinstall,
    /// A phone's data are copied, or put back from the copy.
    RestorePhone,
    /// The server is backed up, or put back from the backup.
    RestoreServer,
    /// A worker moves to another grid.
    MoveWorker,
    /// A phone is revoked; its people enrol on a new one.
    Revoke,
    /// The server stops and starts.
    RestartServer,
}

/// How often each step comes, in parts of the sum.
const WEIGHTS: [(Step, u32); 17] = [
    (Step::Capture, 14),
    (Step::LeaveDraft, 2),
    (Step::Rewrite, 10),
    (Step::AddNote, 8),
    (Step::Decide, 18),
    (Step::ActAtDesk, 14),
    (Step::Sync, 26),
    (Step::ChangeLink, 8),
    (Step::Crash, 4),
    (Step::JumpClock, 3),
    (Step::PassTime, 5),
    (Step::Reinstall, 1),
    (Step::RestorePhone, 3),
    (Step::RestoreServer, 2),
    (Step::MoveWorker, 3),
    (Step::Revoke, 1),
    (Step::RestartServer, 1),
];

/// A walk under way.
pub struct Walk {
    /// The world.
    pub world: World,
    /// The steps so far, for the report of a failure.
    pub trace: Vec<String>,
    phone_copies: std::collections::BTreeMap<usize, PathBuf>,
    server_copy: Option<PathBuf>,
    counter: u32,
}

impl Walk {
    /// A world with every phone of the small township enrolled and synced.
    pub fn begin(seed: u64) -> Self {
        let mut world = World::small(seed);
        let plans = world.township.phones.clone();
        for plan in plans {
            world.add_phone_for(&plan.profiles);
        }
        for index in 0..world.phones.len() {
            world.sync_phone(index);
        }
        Self {
            world,
            trace: Vec::new(),
            phone_copies: Default::default(),
            server_copy: None,
            counter: 0,
        }
    }

    /// Takes this many random steps.
    pub fn go(&mut self, steps: usize) {
        for _ in 0..steps {
            let sum = WEIGHTS.iter().map(|(_, weight)| weight).sum();
            let mut left = self.world.rng.random_range(0..sum);
            let step = WEIGHTS.iter().find(|(_, weight)| {
                let is_it = left < *weight;
                left = left.saturating_sub(*weight);
                is_it
            });
            let (step, _) = step.expect("the draw lies within the sum");
            self.take(*step);
            let ms = self.world.rng.random_range(500..30_000);
            self.world.pass_ms(ms);
        }
    }

    /// Takes one step.
    pub fn take(&mut self, step: Step) {
        let what = match step {
            Step::Capture => self.capture(true),
            Step::LeaveDraft => self.capture(false),
            Step::Rewrite => self.rewrite(),
            Step::AddNote => self.add_note(),
            Step::Decide => self.decide(),
            Step::ActAtDesk => self.act_at_desk(),
            Step::Sync => self.sync(),
            Step::ChangeLink => self.change_link(),
            Step::Crash => self.crash(),
            Step::JumpClock => self.jump_clock(),
            Step::PassTime => self.pass_time(),
            Step::Reinstall => self.reinstall(),
            Step::RestorePhone => self.restore_phone(),
            Step::RestoreServer => self.restore_server(),
            Step::MoveWorker => self.move_worker(),
            Step::Revoke => self.revoke(),
            Step::RestartServer => {
                self.world.restart_server();
                Some(String::new())
            }
        };
        if let Some(what) = what {
            self.trace.push(format!("{step:?} {what}"));
        }
    }

    fn draw<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() {
            return None;
        }
        let n = self.world.rng.random_range(0..from.len());
        Some(from[n].clone())
    }

    /// Some profile on some phone: (phone, profile).
    fn somebody(&mut self) -> Option<(usize, usize)> {
        let phones = self.world.phones.iter();
        let all: Vec<_> = phones
            .flat_map(|p| (0..p.profiles.len()).map(|n| (p.index, n)))
            .collect();
        self.draw(&all)
    }

    fn device(&self, by: (usize, usize)) -> std::sync::Arc<Device> {
        std::sync::Arc::clone(&self.world.phones[by.0].profiles[by.1].device)
    }

    fn words(&mut self, what: &str) -> String {
        self.counter += 1;
        format!("{what} {}", self.counter)
    }

    fn capture(&mut self, is_handed_in: bool) -> Option<String> {
        let by = self.somebody()?;
        let device = self.device(by);
        let grid = self.draw(&self.world.township.grids.clone())?;
        let kinds = [
            "enforcement.banner",
            "enforcement.banner",
            "service.visit",
            "service.manhole",
        ];
        let category = CategoryId::new(self.draw(&kinds)?).expect("a code");
        let text = self.words("words");
        let report = device.begin_draft().expect("a draft begins");
        let mut edits = vec![
            FieldEdit::SetCategory { category, version: 1 },
            FieldEdit::SetDescription(text.clone()),
            FieldEdit::SetGrid(Some(grid)),
        ];
        if self.world.rng.random_bool(0.15) {
            edits.push(FieldEdit::SetUrgency(xunge_core::command::Urgency::Urgent));
        }
        device.edit_draft(report, &edits).expect("a draft takes edits");
        if !is_handed_in {
            return Some(format!("{by:?} {report}"));
        }
        let command = if self.world.rng.random_bool(0.15) {
            device.settle(report, "done on the spot")
        } else {
            device.submit(report)
        };
        let outcome = match command {
            Ok(command) => {
                self.world
                    .journal
                    .note(by, report, DeedKind::HandedIn { command });
                self.world.journal.note(by, report, DeedKind::Words { text });
                "handed in".to_owned()
            }
            Err(error) => error.to_string(),
        };
        Some(format!("{by:?} {report} {outcome}"))
    }

    fn some_report(&mut self, by: (usize, usize)) -> Option<ReportId> {
        let reports = reports_on(&self.device(by));
        self.draw(&reports)
    }

    fn rewrite(&mut self) -> Option<String> {
        let by = self.somebody()?;
        let report = self.some_report(by)?;
        let device = self.device(by);
        let text = self.words("rewritten");
        let done = device.edit(report, &[FieldEdit::SetDescription(text.clone())]);
        if done.is_ok() {
            self.world
                .journal
                .note(by, report, DeedKind::Words { text: text.clone() });
        }
        let view = device.report(report).ok()?;
        if done.is_ok()
            && view.permitted.contains(&ActionKind::Submit)
            && self.world.rng.random_bool(0.7)
            && let Ok(command) = device.submit(report)
        {
            self.world
                .journal
                .note(by, report, DeedKind::HandedIn { command });
        }
        Some(format!("{by:?} {report} `{text}` {}", said(&done)))
    }

    fn add_note(&mut self) -> Option<String> {
        let by = self.somebody()?;
        let report = self.some_report(by)?;
        let text = self.words("note");
        let done = self.device(by).add_note(report, &text);
        if let Ok(note) = &done {
            self.world
                .journal
                .note(by, report, DeedKind::Note { note: *note, text });
        }
        Some(format!("{by:?} {report} {}", said(&done)))
    }

    fn decide(&mut self) -> Option<String> {
        let by = self.somebody()?;
        let report = self.some_report(by)?;
        let device = self.device(by);
        let offered = device.permitted(report).ok()?;
        let kinds = if self.world.rng.random_bool(0.9) {
            offered
        } else {
            ActionKind::ALL.to_vec()
        };
        let kind = self.draw(&kinds)?;
        if matches!(kind, ActionKind::Submit | ActionKind::Settle) {
            return None;
        }
        let action = self.action(kind, report)?;
        let reason = Reason::words(self.words("because"));
        let done = device.decide(report, action, Some(reason), Some("text".into()));
        if let Ok(command) = done {
            self.world.journal.note(by, report, DeedKind::Decided { command });
        }
        Some(format!("{by:?} {report} {kind:?} {}", said(&done)))
    }

    fn act_at_desk(&mut self) -> Option<String> {
        let query = QueueQuery {
            feed: Some(unit_id(TOWNSHIP)),
            limit: 200,
            ..Default::default()
        };
        let page = self
            .world
            .service()
            .queue(&operator(), &query)
            .expect("the queue reads");
        let report = self.draw(&page.rows)?.report;
        let desk = self.draw(&["clerk", "dispatcher", "dept-zf"])?;
        let usual = [
            ActionKind::Accept,
            ActionKind::Accept,
            ActionKind::Classify,
            ActionKind::Dispatch,
            ActionKind::Dispatch,
            ActionKind::Sign,
            ActionKind::FeedBack,
            ActionKind::Close,
            ActionKind::Rework,
            ActionKind::Return,
            ActionKind::Urge,
            ActionKind::Check,
            ActionKind::SendDown,
            ActionKind::Reopen,
            ActionKind::Void,
            ActionKind::Ask,
            ActionKind::Hold,
            ActionKind::Resume,
        ];
        let kind = self.draw(&usual)?;
        let action = self.action(kind, report)?;
        let done = self.world.act(desk, report, action, Some("the room says so"));
        Some(format!("{desk} {report} {kind:?} {:?}", done.map(|d| d.outcome)))
    }

    fn sync(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        let moved = self.world.sync_phone(phone);
        Some(format!("phone {phone}: {moved}"))
    }
}

fn said<T>(done: &Result<T, xunge_core::error::Error>) -> String {
    done.as_ref()
        .map_or_else(ToString::to_string, |_| "ok".to_owned())
}
