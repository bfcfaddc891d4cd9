//! A township small enough to be held in the head, and a story in it.
//!
//! County CO; township TO; villages V1 (grids G1, G2) and V2 (grid G3); departments D1, D2, D3, and M, in which nobody has an account.
//! `w` and `w2` are workers of G1, `o` of G3; `c` is chief of G1, `c2` of G2, `c3` of G3, `v` of village V1; `r` and `r2` sit in the
//! township's room, `k` at the county desk; `d`, `e`, `x` are of D1, D2, D3; `s` supervises, `a` advises G1; `n` holds no post.

use crate::command::{
    Action, ActionKind, Assignment, AssignmentPart, Command, Opening, Outcome, Reason, Refusal, Urgency,
};
use crate::directory::{
    Category, Directory, DirectoryRecord, Level, Person, Post, PostKind, Role, Unit, UnitKind,
};
use crate::id::{CategoryId, ChangeHash, CommandId, InstallId, PersonId, PostId, ReportId, UnitId};
use crate::time::{DeviceTime, Timestamp};
use crate::workflow::{
    Applied, ContentFacts, Decision, DecisionContext, Matter, State, apply, decide, permitted,
};

/// Tuesday 2026-03-10, 09:00 in Shanghai: working hours.
pub(super) const START: Timestamp = Timestamp(1_773_104_400_000);
pub(super) const HOUR_MS: i64 = 3_600_000;

pub(super) fn unit(code: &str) -> UnitId {
    UnitId::new(code).expect("a plain code")
}
pub(super) fn person(code: &str) -> PersonId {
    PersonId::new(code).expect("a plain code")
}
pub(super) fn category(code: &str) -> CategoryId {
    CategoryId::new(code).expect("a plain code")
}
pub(super) fn head(n: u8) -> ChangeHash {
    ChangeHash([n; 32])
}

pub(super) const PEOPLE: &[(&str, Option<(&str, Role)>)] = &[
    ("w", Some(("G1", Role::Worker))),
    ("w2", Some(("G1", Role::Worker))),
    ("o", Some(("G3", Role::Worker))),
    ("c", Some(("G1", Role::Chief))),
    ("c2", Some(("G2", Role::Chief))),
    ("c3", Some(("G3", Role::Chief))),
    ("v", Some(("V1", Role::Chief))),
    ("r", Some(("TO", Role::Clerk))),
    ("r2", Some(("TO", Role::Dispatcher))),
    ("k", Some(("CO", Role::Coordinator))),
    ("d", Some(("D1", Role::DepartmentMember))),
    ("e", Some(("D2", Role::DepartmentMember))),
    ("x", Some(("D3", Role::DepartmentMember))),
    ("s", Some(("TO", Role::Supervisor))),
    ("a", Some(("G1", Role::Advisor))),
    ("n", None),
];

fn units() -> Vec<Unit> {
    let tree = [
        ("CO", UnitKind::County, None),
        ("TO", UnitKind::Township, Some("CO")),
        ("V1", UnitKind::Village, Some("TO")),
        ("V2", UnitKind::Village, Some("TO")),
        ("G1", UnitKind::Grid, Some("V1")),
        ("G2", UnitKind::Grid, Some("V1")),
        ("G3", UnitKind::Grid, Some("V2")),
        ("D1", UnitKind::Department, Some("TO")),
        ("D2", UnitKind::Department, Some("TO")),
        ("D3", UnitKind::Department, Some("TO")),
        ("M", UnitKind::Department, Some("TO")),
    ];
    let unit = |(id, kind, parent): (&str, UnitKind, Option<&str>)| Unit {
        id: unit(id),
        name: id.to_owned(),
        kind,
        parent: parent.map(unit),
        boundary: None,
        telephone: None,
        has_accounts: id != "M",
    };
    tree.into_iter().map(unit).collect()
}

/// A post from long ago, open ended.
pub(super) fn post(person_code: &str, at_unit: &str, role: Role) -> Post {
    Post {
        id: PostId::new(format!("{person_code}-{at_unit}")).expect("a plain code"),
        unit: unit(at_unit),
        role,
        person: person(person_code),
        kind: PostKind::Appointment,
        held_from: Timestamp(0),
        held_to: None,
    }
}

fn category_record(id: &str, is_record_only: bool) -> Category {
    Category {
        id: category(id),
        version: 1,
        parent: None,
        name: id.to_owned(),
        fields: Vec::new(),
        is_record_only,
        is_sensitive: false,
        is_urgent: false,
        is_offered: true,
        department: None,
        picture_long_side_px: None,
    }
}

/// The directory of the small township.
pub(super) fn directory() -> Directory {
    let mut directory = Directory::default();
    for unit in units() {
        add(&mut directory, DirectoryRecord::Unit(unit));
    }
    for (code, held) in PEOPLE {
        add(
            &mut directory,
            DirectoryRecord::Person(Person {
                id: person(code),
                name: (*code).to_owned(),
                telephone: None,
            }),
        );
        if let Some((at, role)) = held {
            add(&mut directory, DirectoryRecord::Post(post(code, at, *role)));
        }
    }
    for (id, is_record_only) in [("litter", false), ("noise", false), ("visit", true)] {
        let record = DirectoryRecord::Category(category_record(id, is_record_only));
        add(&mut directory, record);
    }
    directory
}

/// Puts a record in, valid for ever; one of the same key replaces the earlier.
pub(super) fn add(directory: &mut Directory, record: DirectoryRecord) {
    directory.insert(&record.into_row(Timestamp(0), None, 1));
}

/// One report's story on one server.
#[derive(Clone)]
pub(super) struct Story {
    pub directory: Directory,
    pub matter: Option<Matter>,
    pub content: ContentFacts,
    pub now: Timestamp,
    pub are_heads_covered: bool,
    pub has_uncovered_changes: bool,
    pub other_state: Option<State>,
    pub answered: Vec<(CommandId, Outcome)>,
    count: u8,
}

impl Story {
    /// Nothing sent yet; `w` is about to report litter in G1.
    pub(super) fn new() -> Self {
        Self {
            directory: directory(),
            matter: None,
            content: ContentFacts {
                reporter: person("w"),
                code: "G1-0310-A-001-X".to_owned(),
                grid: Some(unit("G1")),
                category: Some(category("litter")),
                category_version: 1,
                urgency: Urgency::Normal,
                has_words: true,
                has_picture: true,
                has_voice: false,
                has_after_picture: true,
                is_complete: true,
                has_informant: false,
            },
            now: START,
            are_heads_covered: true,
            has_uncovered_changes: false,
            other_state: Some(State::Accepted),
            answered: Vec::new(),
            count: 0,
        }
    }

    pub(super) fn urgent() -> Self {
        let mut story = Self::new();
        story.content.urgency = Urgency::Urgent;
        story
    }

    /// Somebody else reports.
    pub(super) fn by(reporter: &str) -> Self {
        let mut story = Self::new();
        story.content.reporter = person(reporter);
        story
    }

    pub(super) fn opening(&self) -> Opening {
        Opening {
            grid: self.content.grid.clone().expect("the content names a grid"),
            category: self
                .content
                .category
                .clone()
                .expect("the content names a category"),
            category_version: self.content.category_version,
            urgency: self.content.urgency,
            code: self.content.code.clone(),
            level: Level::Grid,
        }
    }

    /// A command of somebody who has seen everything, with a reason, a minute after the last.
    pub(super) fn command(&mut self, by: &str, action: Action) -> Command {
        self.count += 1;
        self.now = self.now.plus_ms(60_000);
        Command {
            id: CommandId::from_bytes([self.count; 16]),
            report: ReportId::from_bytes([7; 16]),
            action,
            by: person(by),
            post: None,
            install: InstallId::from_bytes([1; 16]),
            saw: self.matter.as_ref().map(|m| m.version),
            heads: vec![head(1)],
            attachments: Vec::new(),
            reason: Some(Reason::words(format!("reason {}", self.count))),
            at: DeviceTime {
                wall_at: self.now,
                monotonic_ms: 1,
                boot: 1,
                server_offset_ms: Some(0),
                server_offset_age_ms: Some(1),
            },
            text: None,
        }
    }

    /// Leaves names of commands out, so that two phones that go apart name theirs differently.
    pub(super) fn skip(&mut self, count: u8) {
        self.count += count;
    }

    /// Decides without folding.
    pub(super) fn weigh(&self, command: &Command, is_by_server: bool) -> Decision {
        let township = unit("TO");
        let known = |id: &CommandId| self.answered.iter().find(|(c, _)| c == id).map(|(_, o)| *o);
        let context = DecisionContext {
            content: Some(&self.content),
            are_heads_covered: self.are_heads_covered,
            has_uncovered_changes: self.has_uncovered_changes,
            is_by_server,
            known: &known,
            other_state: self.other_state,
            ..DecisionContext::new(&self.directory, &township, self.now)
        };
        decide(self.matter.as_ref(), command, &context)
    }

    /// What a person is told who lets the chief's clock run out himself.
    pub(super) fn weigh_as_person(&mut self, by: &str) -> Outcome {
        let command = self.command(by, Action::PassBy);
        self.weigh(&command, false).outcome
    }

    /// Decides and folds.
    pub(super) fn send(&mut self, command: &Command) -> Outcome {
        self.send_by(command, command.action == Action::PassBy)
    }

    /// Decides and folds what the server's clock wrote.
    pub(super) fn send_as_server(&mut self, command: &Command) -> Outcome {
        self.send_by(command, true)
    }

    fn send_by(&mut self, command: &Command, is_by_server: bool) -> Outcome {
        let decision = self.weigh(command, is_by_server);
        let applied = Applied {
            received_at: self.now,
            seq: u64::from(self.count),
            township: unit("TO"),
            outcome: decision.outcome,
            effect: decision.effect,
        };
        self.matter = apply(self.matter.take(), command, &applied);
        self.answered.push((command.id, decision.outcome));
        decision.outcome
    }

    /// Does something, whatever comes of it.
    pub(super) fn act(&mut self, by: &str, action: Action) -> Outcome {
        let command = self.command(by, action);
        self.send(&command)
    }

    /// Does something that must be accepted; returns the command.
    pub(super) fn must(&mut self, by: &str, action: Action) -> Command {
        let command = self.command(by, action);
        let outcome = self.send(&command);
        assert_eq!(outcome, Outcome::Accepted, "{by} {:?}", command.action);
        command
    }

    pub(super) fn submit(&mut self) -> Command {
        let by = self.content.reporter.to_string();
        let opening = self.opening();
        self.must(&by, Action::Submit { opening })
    }

    pub(super) fn settle(&mut self) -> Command {
        let by = self.content.reporter.to_string();
        let opening = self.opening();
        self.must(&by, Action::Settle { opening })
    }

    /// Lets the server's clock run out.
    pub(super) fn pass_by(&mut self) {
        self.now = self.now.plus_ms(9 * HOUR_MS);
        self.must("n", Action::PassBy);
    }

    pub(super) fn matter(&self) -> &Matter {
        self.matter.as_ref().expect("it was handed in")
    }

    pub(super) fn state(&self) -> State {
        self.matter.as_ref().map_or(State::Draft, |m| m.state)
    }

    pub(super) fn permitted(&self, who: &str) -> Vec<ActionKind> {
        let township = unit("TO");
        permitted(self.matter.as_ref(), &person(who), &self.offered_in(&township))
    }

    /// The acts of a kind that somebody may do now.
    pub(super) fn actions(&self, who: &str, kind: ActionKind) -> Vec<Action> {
        let township = unit("TO");
        let context = self.offered_in(&township);
        crate::workflow::actions(self.matter(), &person(who), kind, &context)
    }

    fn offered_in<'a>(&'a self, township: &'a UnitId) -> DecisionContext<'a> {
        DecisionContext {
            has_uncovered_changes: self.has_uncovered_changes,
            ..DecisionContext::new(&self.directory, township, self.now)
        }
    }

    /// Puts another post into the directory.
    pub(super) fn give_post(&mut self, post: Post) {
        add(&mut self.directory, DirectoryRecord::Post(post));
    }
}

pub(super) fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused(refusal)
}

pub(super) fn sign(code: &str) -> Action {
    Action::Sign { unit: unit(code) }
}
pub(super) fn feed_back(code: &str) -> Action {
    Action::FeedBack { unit: unit(code) }
}
pub(super) fn hand_back(code: &str) -> Action {
    Action::HandBack {
        unit: unit(code),
        proposal: None,
    }
}
pub(super) fn pass_up(to: Level) -> Action {
    Action::PassUp { to }
}
pub(super) fn send_down(code: &str) -> Action {
    Action::SendDown { to: unit(code) }
}
/// To the first as lead, to the others as assisting.
pub(super) fn dispatch(codes: &[&str]) -> Action {
    let to = codes
        .iter()
        .enumerate()
        .map(|(place, code)| Assignment {
            unit: unit(code),
            part: if place == 0 {
                AssignmentPart::Lead
            } else {
                AssignmentPart::Assist
            },
            due_at: None,
        })
        .collect();
    Action::Dispatch { to }
}
pub(super) fn whistle(codes: &[&str]) -> Action {
    Action::Whistle {
        units: codes.iter().map(|code| unit(code)).collect(),
    }
}
