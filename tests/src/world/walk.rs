//! A random walk through a world: people work, phones fail, the township changes.

mod particulars;
mod rounds;
mod trouble;

pub(super) use rounds::is_on_patrol;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rand::RngExt;
use xunge_core::app::Device;
use xunge_core::command::Reason;
use xunge_core::document::FieldEdit;
use xunge_core::id::{CategoryId, ReportId};
use xunge_core::workflow::ActionKind;
use xunge_server::service::QueueQuery;

use super::acts::try_picture;
use super::oracle::reports_on;
use super::{DeedKind, Troubles, World, operator};
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
    /// A grid moves to another village.
    MoveGrid,
    /// Somebody goes on patrol, walks on, or ends it.
    Patrol,
    /// A phone is revoked; its people enrol on a new one.
    Revoke,
    /// A phone of the release before takes the update, or a node of the server is brought up or back.
    Upgrade,
    /// The server stops and starts.
    RestartServer,
    /// A phone's or the server's power will go at one of its next writes.
    CutPower,
    /// A phone's or the server's drive is full or read-only, or whole again.
    BreakDrive,
}

impl Step {
    /// Its name in counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::LeaveDraft => "leave a draft",
            Self::Rewrite => "rewrite",
            Self::AddNote => "add a note",
            Self::Decide => "decide",
            Self::ActAtDesk => "act at a desk",
            Self::Patrol => "patrol",
            Self::Sync => "sync",
            Self::PassTime => "pass time",
            Self::ChangeLink => "change a link",
            Self::Crash => "kill a phone",
            Self::CutPower => "arm a power cut",
            Self::BreakDrive => "break a drive",
            Self::JumpClock => "jump a clock",
            Self::Reinstall => "reinstall",
            Self::RestorePhone => "copy or restore a phone",
            Self::RestoreServer => "back up or restore the server",
            Self::RestartServer => "restart the server",
            Self::MoveWorker => "move a worker",
            Self::MoveGrid => "move a grid",
            Self::Revoke => "revoke",
            Self::Upgrade => "upgrade",
        }
    }
}

/// A walk under way.
pub struct Walk {
    /// The world.
    pub world: World,
    /// How often what goes wrong.
    pub plan: Troubles,
    /// The steps so far, for the report of a failure.
    pub trace: Vec<String>,
    /// How often each step was taken.
    pub taken: BTreeMap<&'static str, u64>,
    phone_copies: BTreeMap<usize, PathBuf>,
    server_copy: Option<PathBuf>,
    counter: u32,
}

impl Walk {
    /// A world with every phone of the small township enrolled and synced.
    pub fn begin(seed: u64) -> Self {
        let mut world = World::small(seed);
        let plan = Troubles::draw(&mut world.rng);
        let plans = world.township.phones.clone();
        world.front.nodes.set_before(plan.nodes_before);
        for phone in plans {
            let index = world.add_phone_for(&phone.profiles);
            let is_before = world.rng.random_bool(plan.phones_before);
            world.phones[index].link.set_before(is_before);
        }
        for index in 0..world.phones.len() {
            world.sync_phone(index);
        }
        Self {
            world,
            plan,
            trace: Vec::new(),
            taken: BTreeMap::new(),
            phone_copies: Default::default(),
            server_copy: None,
            counter: 0,
        }
    }

    /// Takes this many random steps.
    pub fn go(&mut self, steps: usize) {
        for _ in 0..steps {
            let step = self.plan.next(&mut self.world.rng);
            self.take(step);
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
            Step::MoveGrid => self.move_grid(),
            Step::Patrol => self.patrol(),
            Step::Revoke => self.revoke(),
            Step::Upgrade => self.upgrade(),
            Step::RestartServer => {
                self.world.restart_server();
                Some(String::new())
            }
            Step::CutPower => self.cut_power(),
            Step::BreakDrive => self.break_drive(),
        };
        if let Some(what) = what {
            *self.taken.entry(step.name()).or_default() += 1;
            self.trace.push(format!("{step:?} {what}"));
        }
        for what in self.world.switch_on_again() {
            self.trace.push(what);
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
        let report = device.begin_draft().ok()?;
        let mut edits = vec![
            FieldEdit::SetCategory { category, version: 1 },
            FieldEdit::SetDescription(text.clone()),
            FieldEdit::SetGrid(Some(grid)),
        ];
        if self.world.rng.random_bool(0.15) {
            edits.push(FieldEdit::SetUrgency(xunge_core::command::Urgency::Urgent));
        }
        device.edit_draft(report, &edits).ok()?;
        // Now and then the same picture again: an album's, or one of two matters at one place.
        let picture = self.world.rng.random_bool(0.2).then(|| (self.counter % 7).into());
        let picture = picture.and_then(|seed| try_picture(&device, report, seed));
        if !is_handed_in {
            return Some(format!("{by:?} {report}"));
        }
        self.world.journal.attempt(report, &text);
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
                if let Some(attachment) = picture {
                    let kind = DeedKind::Picture { attachment };
                    self.world.journal.note(by, report, kind);
                }
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
        self.world.journal.attempt(report, &text);
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
        let page = self.world.service().queue(&operator(), &query).ok()?;
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
