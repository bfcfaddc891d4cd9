//! The workflow table: the one place that says who may do what, when, and whereto.
//!
//! `docs/workflow.md` shows it to people; a test keeps the two equal. Rows of one act stand together, the more special first.

use super::rule::{Excuse, Rule, Seen, To, When, Who};
use crate::command::ActionKind as A;
use crate::command::State::{
    self, Accepted, Closed, Dispatched, Draft, FedBack, Handling, Held, Merged, Queued, Returned, Settled,
    Submitted, Void, Withdrawn,
};

/// States in which somebody still has something to do.
const OPEN: &[State] = &[
    Submitted, Returned, Queued, Accepted, Dispatched, Handling, FedBack, Settled, Held,
];
/// Every state that the server knows.
const ANY: &[State] = &[
    Submitted, Returned, Queued, Accepted, Dispatched, Handling, FedBack, Closed, Settled, Withdrawn, Void,
    Merged, Held,
];
/// Before a hand-in.
const UNSENT: &[State] = &[Draft, Returned, Withdrawn];
/// In the room's hands or beyond, not yet ended.
const RUNNING: &[State] = &[Queued, Accepted, Dispatched, Handling, FedBack];
/// Where units work on it.
const WITH_UNITS: &[State] = &[Accepted, Dispatched, Handling, FedBack];

/// A decision: at most one stands, and the reporter is barred.
const fn decision(kind: A, from: &'static [State], who: &'static [Who], to: To) -> Rule {
    Rule {
        kind,
        from,
        who,
        when: When::Always,
        reason: Excuse::None,
        bars_reporter: true,
        seen: Seen::EveryMove,
        to,
    }
}

/// A step of routing: at most one stands; a clerk may route what he entered for somebody else.
const fn routing(kind: A, from: &'static [State], who: &'static [Who], to: To) -> Rule {
    Rule {
        bars_reporter: false,
        ..decision(kind, from, who, to)
    }
}

/// A unit's step in its own part.
const fn part(kind: A, from: &'static [State], to: To) -> Rule {
    Rule {
        seen: Seen::OwnPart,
        ..decision(kind, from, &[Who::NamedUnit], to)
    }
}

/// A flag: moves nothing and invalidates nothing.
const fn flag(kind: A, from: &'static [State], who: &'static [Who]) -> Rule {
    Rule {
        seen: Seen::Nothing,
        bars_reporter: false,
        ..decision(kind, from, who, To::Same)
    }
}

/// A finding about work done: a flag that the reporter may not make.
const fn finding(kind: A, from: &'static [State], who: &'static [Who]) -> Rule {
    Rule {
        bars_reporter: true,
        ..flag(kind, from, who)
    }
}

impl Rule {
    const fn when(self, when: When) -> Self {
        Self { when, ..self }
    }
    const fn with_reason(self) -> Self {
        Self {
            reason: Excuse::Needed,
            ..self
        }
    }
}

const CHIEF: &[Who] = &[Who::HoldingChief];
const GRID_CHIEF: &[Who] = &[Who::GridChief];
const ROOM: &[Who] = &[Who::LevelRoom];
const ANY_ROOM: &[Who] = &[Who::AnyRoom];
const REPORTER: &[Who] = &[Who::Reporter];
const WATCH: &[Who] = &[Who::AnyRoom, Who::Supervisor];

/// The table.
pub const RULES: &[Rule] = &[
    // The reporter's own acts.
    routing(A::Submit, UNSENT, REPORTER, To::Entry),
    routing(A::Settle, UNSENT, REPORTER, To::SettledEntry),
    routing(A::Withdraw, &[Returned], REPORTER, To::State(Withdrawn)),
    routing(
        A::Withdraw,
        &[Submitted, Settled, Queued],
        REPORTER,
        To::State(Withdrawn),
    )
    .when(When::Untouched),
    LAST_STEP_BACK,
    // The chief's decisions, and the room's where the chief's clock has ended or nobody else could.
    decision(A::Approve, &[Submitted], CHIEF, To::State(Queued)),
    decision(A::Approve, &[Settled], CHIEF, To::State(Closed)),
    decision(A::Approve, &[Settled], ROOM, To::State(Closed)).when(When::AtRoom),
    decision(A::Approve, &[Queued], GRID_CHIEF, To::Same).when(When::Shared),
    AMENDMENT,
    decision(A::Return, &[Submitted, Settled], CHIEF, To::State(Returned)).with_reason(),
    decision(A::Return, &[Queued], GRID_CHIEF, To::State(Returned))
        .when(When::Shared)
        .with_reason(),
    decision(A::Return, &[Queued, Accepted], ROOM, To::State(Returned)).with_reason(),
    decision(A::Return, &[Settled], ROOM, To::State(Returned))
        .when(When::AtRoom)
        .with_reason(),
    decision(A::TakeOn, &[Submitted], CHIEF, To::State(Handling)),
    decision(A::TakeOn, &[Queued], GRID_CHIEF, To::State(Handling)).when(When::Shared),
    decision(A::PassUp, &[Submitted], CHIEF, To::Above),
    decision(A::PassUp, &[Handling], CHIEF, To::Above).when(When::AtChief),
    routing(A::PassUp, &[Queued, Accepted], ROOM, To::Above),
    // The room routes.
    routing(A::SendDown, &[Queued, Accepted], ROOM, To::Below),
    routing(A::Accept, &[Queued], ROOM, To::State(Accepted)),
    routing(A::Accept, &[Submitted], ROOM, To::State(Accepted)).when(When::Urgent),
    flag(A::Classify, OPEN, ANY_ROOM),
    routing(A::Dispatch, &[Accepted], ROOM, To::State(Dispatched)),
    routing(A::Dispatch, &[Dispatched, Handling], ROOM, To::State(Dispatched)).with_reason(),
    // Units handle.
    part(A::Sign, WITH_UNITS, To::Parts),
    part(A::AskTime, &[Dispatched, Handling], To::Same).with_reason(),
    TIME_ANSWER,
    part(A::HandBack, &[Dispatched, Handling], To::Parts).with_reason(),
    part(A::FeedBack, WITH_UNITS, To::Parts),
    // The review and the end.
    decision(A::Rework, &[FedBack], ROOM, To::State(Handling)).with_reason(),
    decision(A::Close, &[FedBack], ROOM, To::State(Closed)),
    decision(A::Close, &[FedBack], CHIEF, To::State(Closed)).when(When::TakenOn),
    decision(A::Close, &[Queued, Accepted], ROOM, To::State(Closed)).with_reason(),
    routing(A::Hold, RUNNING, ROOM, To::State(Held)).with_reason(),
    routing(A::Resume, &[Held], ROOM, To::Resumed),
    decision(
        A::Void,
        &[Returned, Queued, Accepted, Dispatched, Handling, FedBack, Held],
        ROOM,
        To::State(Void),
    )
    .with_reason(),
    decision(A::Reopen, &[Closed, Void, Merged], ROOM, To::State(Accepted)).with_reason(),
    routing(
        A::Merge,
        &[Queued, Accepted, Dispatched, Handling, Held],
        ROOM,
        To::State(Merged),
    ),
    // Flags.
    flag(
        A::Split,
        &[Queued, Accepted, Dispatched, Handling, FedBack, Held],
        ROOM,
    ),
    flag(A::Urge, OPEN, WATCH),
    flag(A::Urge, OPEN, &[Who::Server]),
    flag(A::ListForSupervision, OPEN, WATCH),
    finding(A::StrikeOff, ANY, WATCH).when(When::Listed),
    flag(A::Whistle, WITH_UNITS, ROOM),
    finding(A::Whistle, &[Handling], CHIEF).when(When::AtChief),
    flag(A::Check, OPEN, ANY_ROOM),
    finding(A::AnswerCheck, ANY, &[Who::Asked]),
    flag(A::Ask, OPEN, &[Who::AnyRoom, Who::GridChief]),
    flag(A::Answer, ANY, REPORTER).when(When::Questioned),
    finding(
        A::CallBack,
        &[Queued, Accepted, Dispatched, Handling, FedBack, Settled, Closed],
        ANY_ROOM,
    ),
    finding(A::CallBack, &[Handling, FedBack, Settled], CHIEF),
    finding(A::Recheck, &[Settled, Closed], WATCH),
    flag(A::Remark, ANY, &[Who::InScope]),
    Rule {
        to: To::AsProposed,
        ..flag(A::Confirm, ANY, &[Who::Confirmer])
    }
    .when(When::Proposed),
    // The server's clock.
    decision(A::PassBy, &[Submitted], &[Who::Server], To::State(Queued)).when(When::ClockEnded),
    decision(A::PassBy, &[Settled], &[Who::Server], To::State(Settled)).when(When::ClockEnded),
];

/// Steps that their author may take back. What ends, holds or returns a matter has an act of its own that answers it.
const REVOCABLE: &[A] = &[
    A::Approve,
    A::TakeOn,
    A::PassUp,
    A::SendDown,
    A::Accept,
    A::Dispatch,
];

/// Whoever made the last step takes it back while nobody has made another, and the matter stands as if it had not been made.
const LAST_STEP_BACK: Rule = routing(
    A::Withdraw,
    &[Submitted, Queued, Accepted, Dispatched, Handling],
    &[Who::LastActor],
    To::Before,
)
.when(When::LastStepStands);

/// What the reporter changed after an approval is agreed to by whoever may, beside the state.
const AMENDMENT: Rule = Rule {
    seen: Seen::Nothing,
    ..decision(A::Approve, RUNNING, &[Who::GridChief, Who::LevelRoom], To::Same).when(When::Amended)
};

/// More time is granted, or refused with a reason.
const TIME_ANSWER: Rule = Rule {
    reason: Excuse::NeededToRefuse,
    ..flag(A::GrantTime, &[Dispatched, Handling], ROOM).when(When::TimeAsked)
};

/// Whether the author of a step of this kind may take it back.
pub(super) fn is_revocable(kind: A) -> bool {
    REVOCABLE.contains(&kind)
}

/// The rows of one act.
pub(super) fn rules_for(kind: A) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| rule.kind == kind)
}
