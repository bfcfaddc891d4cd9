//! What the messages are made of: fixed ids, one command of each kind, an event and its result.

use xunge_core::command::{
    Action, Assignment, AssignmentPart, Classification, Command, CommandResult, Effect, Event, Holder,
    HolderPart, Opening, Outcome, Reason, Risk, SignedCommand, State, Urgency, Verdict, Word,
};
use xunge_core::directory::Level;
use xunge_core::id::{
    AttachmentId, CategoryId, ChangeHash, CommandId, GenerationId, InstallId, PersonId, PersonRecordId,
    PostId, ReportId, UnitId,
};
use xunge_core::signature::{Algorithm, Signature};
use xunge_core::time::{DeviceTime, Timestamp};

pub(super) fn unit(code: &str) -> UnitId {
    UnitId::new(code).expect("a code")
}

pub(super) fn change(n: u8) -> ChangeHash {
    ChangeHash([n; 32])
}

pub(super) const REPORT: ReportId = ReportId::from_bytes([1; 16]);
pub(super) const INSTALL: InstallId = InstallId::from_bytes([2; 16]);
pub(super) const COMMAND: CommandId = CommandId::from_bytes([3; 16]);
pub(super) const GENERATION: GenerationId = GenerationId::from_bytes([4; 16]);
pub(super) const PERSON_RECORD: PersonRecordId = PersonRecordId::from_bytes([5; 16]);
pub(super) const AT: DeviceTime = DeviceTime {
    wall_at: Timestamp(1_795_305_600_123),
    monotonic_ms: 77_000,
    boot: 9,
    server_offset_ms: Some(-250),
    server_offset_age_ms: None,
};

pub(super) fn signature() -> Signature {
    Signature {
        alg: Algorithm::P256,
        bytes: [7; 64],
    }
}

fn opening() -> Opening {
    Opening {
        grid: unit("QH-YF-A1"),
        category: CategoryId::new("enforcement.banner").expect("a code"),
        category_version: 1,
        urgency: Urgency::Urgent,
        code: "A1-261122-K7-001-X".into(),
        level: Level::Grid,
    }
}

pub(super) fn command(action: Action) -> Command {
    Command {
        id: COMMAND,
        report: REPORT,
        action,
        by: PersonId::new("w01").expect("a code"),
        post: Some(PostId::new("p-w01").expect("a code")),
        install: INSTALL,
        saw: Some(CommandId::from_bytes([6; 16])),
        heads: vec![change(1), change(2)],
        attachments: vec![AttachmentId::from_bytes([8; 16])],
        reason: Some(Reason {
            code: Some("blurred".into()),
            text: "照片看不清".into(),
            voice: Some(AttachmentId::from_bytes([9; 16])),
        }),
        at: AT,
        text: Some("补一张近景".into()),
    }
}

/// Every action that there is, in the order of their numbers.
pub(super) fn actions() -> Vec<Action> {
    [acts_of_the_grid(), acts_of_handling(), acts_beside_the_way()].concat()
}

fn later() -> Timestamp {
    Timestamp(1_795_400_000_000)
}

fn departments() -> (UnitId, UnitId) {
    (unit("QH-YF-zf"), unit("QH-YF-gd"))
}

/// What reporters and chiefs do.
fn acts_of_the_grid() -> Vec<Action> {
    vec![
        Action::Submit { opening: opening() },
        Action::Settle { opening: opening() },
        Action::Withdraw,
        Action::Approve,
        Action::Return,
        Action::TakeOn,
        Action::PassUp { to: Level::County },
        Action::SendDown { to: unit("QH-YF-A") },
    ]
}

/// What the room and the departments do from accepting to closing.
fn acts_of_handling() -> Vec<Action> {
    let (zf, gd) = departments();
    let assignment = |unit: &UnitId, part| Assignment {
        unit: unit.clone(),
        part,
        due_at: Some(later()),
    };
    vec![
        Action::Accept,
        Action::Classify {
            to: Classification {
                category: Some(CategoryId::new("market.food").expect("a code")),
                category_version: Some(2),
                grid: Some(unit("QH-YF-A2")),
                urgency: Some(Urgency::Normal),
                risk: Some(Risk::High),
                level: Some(Level::Village),
                department: Some(zf.clone()),
            },
        },
        Action::Dispatch {
            to: vec![
                assignment(&zf, AssignmentPart::Lead),
                assignment(&gd, AssignmentPart::Assist),
            ],
        },
        Action::Sign { unit: zf.clone() },
        Action::AskTime {
            unit: zf.clone(),
            until: later(),
        },
        Action::GrantTime {
            unit: zf.clone(),
            until: None,
        },
        Action::HandBack {
            unit: zf.clone(),
            proposal: Some(gd.clone()),
        },
        Action::FeedBack { unit: zf.clone() },
        Action::Rework,
        Action::Close,
    ]
}

/// What stops or opens the way, and what goes beside it: flags, questions, checks.
fn acts_beside_the_way() -> Vec<Action> {
    let (zf, gd) = departments();
    let person = PersonId::new("w02").expect("a code");
    vec![
        Action::Hold { until: later() },
        Action::Resume,
        Action::Void,
        Action::Reopen,
        Action::Merge {
            into: ReportId::from_bytes([11; 16]),
        },
        Action::Split {
            into: ReportId::from_bytes([12; 16]),
        },
        Action::Urge,
        Action::ListForSupervision,
        Action::StrikeOff,
        Action::Whistle { units: vec![zf, gd] },
        Action::Check { who: person },
        Action::AnswerCheck {
            check: COMMAND,
            verdict: Verdict::NotConfirmed,
        },
        Action::Ask,
        Action::Answer { question: COMMAND },
        Action::CallBack {
            verdict: Verdict::Confirmed,
        },
        Action::Recheck {
            verdict: Verdict::Unknown,
        },
        Action::Remark,
        Action::Confirm { proposal: COMMAND },
        Action::PassBy,
    ]
}

pub(super) fn event() -> Event {
    let signed = SignedCommand {
        body: minicbor::to_vec(command(Action::Approve))
            .expect("it encodes")
            .into(),
        signature: None,
    };
    Event {
        result: result(&signed, Outcome::Accepted),
        command: signed,
    }
}

pub(super) fn result(of: &SignedCommand, outcome: Outcome) -> Word {
    let body = CommandResult {
        command: COMMAND,
        body_hash: of.hash(),
        feed: unit("QH-YF"),
        seq: 42,
        generation: GENERATION,
        received_at: Timestamp(1_795_305_700_000),
        outcome,
        heads: vec![change(3)],
        effect: outcome.is_accepted().then(|| Effect {
            state: State::Queued,
            level: Level::Township,
            holder: Holder {
                unit: unit("QH-YF"),
                part: HolderPart::Room,
            },
            is_move: true,
            is_shared_with_chief: false,
        }),
    };
    Word {
        body: minicbor::to_vec(&body).expect("it encodes").into(),
        signature: Some(Box::new(signature())),
        gaps: None,
        vouch: None,
    }
}
