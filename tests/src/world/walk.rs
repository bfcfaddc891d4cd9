//! A random walk through a world: people work, phones fail, the township changes.

use std::path::PathBuf;

use rand::RngExt;
use xunge_core::app::Device;
use xunge_core::command::{Action, Assignment, Classification, Opening, Reason, Verdict};
use xunge_core::directory::{DirectoryRecord, Level, Post, PostKind, Role};
use xunge_core::document::FieldEdit;
use xunge_core::id::{CategoryId, ReportId};
use xunge_core::workflow::ActionKind;
use xunge_server::service::QueueQuery;

use super::oracle::reports_on;
use super::{DeedKind, Faults, World, account, operator};
use crate::township::{TOWNSHIP, person_id, post_id, unit_id};

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

    /// An act of a kind, with plausible particulars.
    fn action(&mut self, kind: ActionKind, report: ReportId) -> Option<Action> {
        let department = unit_id("QH-YF-zf");
        let grid = self.draw(&self.world.township.grids.clone())?;
        let later = self.world.time.now().plus_ms(3 * 86_400_000);
        let level = if self.world.rng.random_bool(0.5) {
            Level::Village
        } else {
            Level::Township
        };
        Some(match kind {
            ActionKind::Submit | ActionKind::Settle => Action::Submit {
                opening: Opening {
                    grid,
                    category: CategoryId::new("enforcement.banner").expect("a code"),
                    category_version: 1,
                    urgency: Default::default(),
                    code: String::new(),
                    level: Level::Grid,
                },
            },
            ActionKind::Withdraw => Action::Withdraw,
            ActionKind::Approve => Action::Approve,
            ActionKind::Return => Action::Return,
            ActionKind::TakeOn => Action::TakeOn,
            ActionKind::PassUp => Action::PassUp { to: level },
            ActionKind::SendDown => Action::SendDown { to: grid },
            ActionKind::Accept => Action::Accept,
            ActionKind::Classify => Action::Classify {
                to: Classification {
                    grid: self.world.rng.random_bool(0.5).then_some(grid),
                    category: Some(CategoryId::new("enforcement.banner").expect("a code")),
                    category_version: Some(1),
                    ..Classification::default()
                },
            },
            ActionKind::Dispatch => Action::Dispatch {
                to: vec![Assignment::lead(department)],
            },
            ActionKind::Sign => Action::Sign { unit: department },
            ActionKind::AskTime => Action::AskTime {
                unit: department,
                until: later,
            },
            ActionKind::GrantTime => Action::GrantTime {
                unit: department,
                until: Some(later),
            },
            ActionKind::HandBack => Action::HandBack {
                unit: department,
                proposal: None,
            },
            ActionKind::FeedBack => {
                let unit = if self.world.rng.random_bool(0.5) {
                    department
                } else {
                    self.handler(report).unwrap_or(grid)
                };
                Action::FeedBack { unit }
            }
            ActionKind::Rework => Action::Rework,
            ActionKind::Close => Action::Close,
            ActionKind::Hold => Action::Hold { until: later },
            ActionKind::Resume => Action::Resume,
            ActionKind::Void => Action::Void,
            ActionKind::Reopen => Action::Reopen,
            ActionKind::Urge => Action::Urge,
            ActionKind::ListForSupervision => Action::ListForSupervision,
            ActionKind::StrikeOff => Action::StrikeOff,
            ActionKind::Whistle => Action::Whistle {
                units: vec![department],
            },
            ActionKind::Check => Action::Check {
                who: person_id("w02"),
            },
            ActionKind::Ask => Action::Ask,
            ActionKind::CallBack => Action::CallBack {
                verdict: Verdict::Confirmed,
            },
            ActionKind::Recheck => Action::Recheck {
                verdict: Verdict::Confirmed,
            },
            ActionKind::Remark => Action::Remark,
            ActionKind::AnswerCheck
            | ActionKind::Answer
            | ActionKind::Merge
            | ActionKind::Split
            | ActionKind::Confirm
            | ActionKind::PassBy => return None,
        })
    }

    /// The unit that handles a report now.
    fn handler(&self, report: ReportId) -> Option<xunge_core::id::UnitId> {
        let story = self
            .world
            .service()
            .report_story(&operator(), &xunge_server::service::ReportRef::Id(report), None)
            .ok()?;
        Some(story.matter?.holder.unit)
    }

    fn sync(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        let moved = self.world.sync_phone(phone);
        Some(format!("phone {phone}: {moved}"))
    }

    fn change_link(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        let faults = self.draw(&[Faults::default(), Faults::BAD, Faults::BAD, Faults::OFFLINE])?;
        self.world.phones[phone].link.set(faults);
        Some(format!("phone {phone}: {faults:?}"))
    }

    fn crash(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        self.world.phones[phone].crash();
        Some(format!("phone {phone}"))
    }

    fn jump_clock(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        let hours = self.draw(&[-24 * 900, -30, -1, 0, 0, 2, 24 * 400])?;
        self.world.phones[phone].clock.set_error_ms(hours * 3_600_000);
        if self.world.rng.random_bool(0.3) {
            self.world.phones[phone].clock.restart();
        }
        Some(format!("phone {phone}: {hours} h"))
    }

    fn pass_time(&mut self) -> Option<String> {
        let minutes = self.world.rng.random_range(5..300);
        self.world.pass_ms(minutes * 60_000);
        let passed = self
            .world
            .service()
            .tick(self.world.time.now())
            .expect("the clocks tick");
        Some(format!("{minutes} min, {passed} passed by"))
    }

    fn enrol_again(&mut self, phone: usize, people: &[xunge_core::id::PersonId]) {
        // A backup from before an enrolment does not know the install: its work then goes by a rescue file, which is another test.
        self.server_copy = None;
        self.world.phones[phone].link.heal();
        for person in people {
            let code = self.world.code_for(person);
            self.world.phones[phone].enrol(&code);
        }
    }

    fn people_on(&self, phone: usize) -> Vec<xunge_core::id::PersonId> {
        self.world.phones[phone]
            .profiles
            .iter()
            .map(|p| p.person.clone())
            .collect()
    }

    fn reinstall(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        let people = self.people_on(phone);
        self.world.phones[phone].wipe();
        self.world.journal.phone_wiped(phone);
        self.phone_copies.remove(&phone);
        self.enrol_again(phone, &people);
        Some(format!("phone {phone}"))
    }

    fn restore_phone(&mut self) -> Option<String> {
        let phone = self.world.rng.random_range(0..self.world.phones.len());
        if let Some(copy) = self.phone_copies.remove(&phone) {
            self.world.phones[phone].restore(&copy);
            self.world.journal.phone_restored(phone);
            return Some(format!("phone {phone} put back"));
        }
        let to = self
            .world
            .folder()
            .join(format!("copy-{phone}-{}", self.trace.len()));
        self.world.phones[phone].back_up(&to);
        self.world.journal.phone_backed_up(phone);
        self.phone_copies.insert(phone, to);
        Some(format!("phone {phone} copied"))
    }

    /// After a restore every phone that can comes back before anybody decides anew: that is what the township is told to do.
    fn restore_server(&mut self) -> Option<String> {
        let Some(copy) = self.server_copy.take() else {
            self.server_copy = Some(self.world.back_up_server());
            return Some("backed up".into());
        };
        self.world.remember_outcomes().expect("outcomes do not flip");
        self.world.restore_server(&copy);
        for phone in 0..self.world.phones.len() {
            self.world.phones[phone].link.heal();
        }
        for _ in 0..2 {
            for phone in 0..self.world.phones.len() {
                self.world.sync_phone(phone);
            }
        }
        Some("put back".into())
    }

    fn move_worker(&mut self) -> Option<String> {
        let (person, post) = self.draw(&[
            ("w01", "p-w01"),
            ("w02", "p-w02"),
            ("w07", "p-w07"),
            ("c01", "p-c01"),
        ])?;
        let grid = self.draw(&self.world.township.grids.clone())?;
        let now = self.world.time.now();
        let role = if person.starts_with('c') {
            Role::Chief
        } else {
            Role::Worker
        };
        let moved = Post {
            id: post_id(post),
            unit: grid.clone(),
            role,
            person: person_id(person),
            kind: PostKind::Appointment,
            held_from: now,
            held_to: None,
        };
        self.world.direct(&[(DirectoryRecord::Post(moved), now, None)]);
        Some(format!("{person} to {grid}"))
    }

    fn revoke(&mut self) -> Option<String> {
        let by = self.somebody()?;
        let person = self.world.phones[by.0].profiles[by.1].person.clone();
        let label = format!("phone-{}", by.0);
        let installs = self
            .world
            .service()
            .installs(Some(&person))
            .expect("they are listed");
        let install = installs
            .iter()
            .find(|i| i.device_label == label && i.revoked_at.is_none())?
            .install;
        self.world
            .service()
            .install_revoke(&account("admin"), install)
            .expect("it can be revoked");
        self.world.journal.revoked(by);
        self.server_copy = None;
        self.world.add_phone_for(&[person]);
        Some(format!("{by:?}"))
    }
}

fn said<T>(done: &Result<T, xunge_core::error::Error>) -> String {
    done.as_ref()
        .map_or_else(ToString::to_string, |_| "ok".to_owned())
}
