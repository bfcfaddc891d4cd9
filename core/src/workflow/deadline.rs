//! Deadlines that explain themselves: what each counts from, by whose allowance, and every time in which it stood still.
//!
//! Everything counts from the server's receipt. How long a stage may take is the category's word, a unit's policy or the default; an
//! emergency that holds now tightens it from its own beginning on, and never gives more time. Nothing here reads a clock.

use serde::{Deserialize, Serialize};

use super::running::{Civil, Stop, run};
use super::standing::is_clocked;
use super::{AssignmentProgress, AssignmentState, HolderPart, Matter, State};
use crate::directory::{Allowance, Calendar, Directory, Level, LimitKind, LimitSource};
use crate::id::UnitId;
use crate::in_order::InOrder;
use crate::time::Timestamp;

/// What is to be done by a deadline.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The chief decides, else the report passes by him.
    Chief,
    /// The room dispatches it.
    Dispatch,
    /// A unit signs its part.
    Sign {
        /// The unit.
        unit: UnitId,
    },
    /// A unit has handled its part.
    Unit {
        /// The unit.
        unit: UnitId,
    },
    /// The room reviews what was fed back.
    Review,
    /// The matter is closed.
    Close,
    /// A held matter is looked at again.
    LookAgain,
}

/// One deadline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deadline {
    /// What is to be done.
    pub stage: Stage,
    /// From when it counts; from when it was known, where the room named the end.
    pub from: Timestamp,
    /// When it ends (exclusive).
    pub ends_at: Timestamp,
    /// How long it is and how that counts; `None` where the room named the end.
    pub allowance: Option<Allowance>,
    /// Whose word it is.
    pub source: LimitSource,
    /// Every time in which it stood still, in order.
    pub stops: Vec<Stop>,
}

impl Stage {
    /// Under which limit the stage falls; `None` where only the room names an end.
    pub fn limit_kind(&self) -> Option<LimitKind> {
        Some(match self {
            Self::Chief => LimitKind::Chief,
            Self::Dispatch => LimitKind::Dispatch,
            Self::Sign { .. } => LimitKind::Sign,
            Self::Unit { .. } => LimitKind::Handle,
            Self::Review => LimitKind::Review,
            Self::Close => LimitKind::Close,
            Self::LookAgain => return None,
        })
    }
}

/// The deadlines that run at the instant, the nearest first; none for a matter that has ended or lies with its reporter.
pub fn deadlines(matter: &Matter, directory: &Directory, at: Timestamp) -> Vec<Deadline> {
    if !matter.state.is_open() || matter.state == State::Returned {
        return Vec::new();
    }
    if let Some(resume) = matter.resume.as_ref().filter(|_| matter.state == State::Held) {
        return vec![named(Stage::LookAgain, matter.held_since, resume.until)];
    }
    let counted = |stage, from| deadline_of(stage, from, matter, directory, at);
    let mut found = Vec::new();
    if is_clocked(matter) {
        found.extend(
            matter
                .chief_clock_from
                .and_then(|from| counted(Stage::Chief, from)),
        );
    }
    match matter.state {
        State::Queued | State::Accepted => {
            found.extend(counted(
                Stage::Dispatch,
                matter.room_from.unwrap_or(matter.clock_from),
            ));
        }
        State::FedBack if matter.holder.part == HolderPart::Room => {
            found.extend(counted(Stage::Review, matter.held_since));
        }
        _ => {}
    }
    for part in matter.assignments.iter().filter(|a| a.progress.is_open()) {
        found.extend(of_part(part, &counted));
    }
    found.extend(counted(Stage::Close, matter.clock_from));
    found.order_by(|a, b| (a.ends_at, &a.stage).cmp(&(b.ends_at, &b.stage)));
    found
}

/// When a matter should be, or should have been, closed, as of an instant; `None` where nothing limits it.
pub fn close_due_at(matter: &Matter, directory: &Directory, at: Timestamp) -> Option<Timestamp> {
    deadline_of(Stage::Close, matter.clock_from, matter, directory, at).map(|deadline| deadline.ends_at)
}

/// The deadlines of one unit's part.
fn of_part(
    part: &AssignmentState,
    counted: &impl Fn(Stage, Timestamp) -> Option<Deadline>,
) -> impl Iterator<Item = Deadline> {
    let unit = part.unit.clone();
    let sign = (part.progress == AssignmentProgress::Asked)
        .then(|| counted(Stage::Sign { unit: unit.clone() }, part.opened_at))
        .flatten();
    let stage = Stage::Unit { unit };
    let handle = match part.due_at {
        Some(ends_at) => Some(named(stage, part.opened_at, ends_at)),
        None => counted(stage, part.opened_at),
    };
    sign.into_iter().chain(handle)
}

fn named(stage: Stage, from: Timestamp, ends_at: Timestamp) -> Deadline {
    Deadline {
        stage,
        from,
        ends_at,
        allowance: None,
        source: LimitSource::Room,
        stops: Vec::new(),
    }
}

/// The unit whose policy and calendar a stage of a matter keeps.
fn unit_of(stage: &Stage, matter: &Matter, directory: &Directory, at: Timestamp) -> UnitId {
    match stage {
        Stage::Chief => matter.holder.unit.clone(),
        Stage::Sign { unit } | Stage::Unit { unit } => unit.clone(),
        _ if matter.level == Level::County => directory
            .county_of(&matter.township, at)
            .map_or_else(|| matter.township.clone(), |county| county.id.clone()),
        _ => matter.township.clone(),
    }
}

/// One stage's deadline from its start; `None` where the stage has no limit. An emergency at the instant `at` tightens it.
pub(super) fn deadline_of(
    stage: Stage,
    from: Timestamp,
    matter: &Matter,
    directory: &Directory,
    at: Timestamp,
) -> Option<Deadline> {
    let kind = stage.limit_kind()?;
    let unit = unit_of(&stage, matter, directory, at);
    let plain = directory.limit(kind, &unit, &matter.category, from);
    let tight = directory.emergency_limit(kind, &unit, at.max(from));
    let policy = directory.policy(&unit, from);
    // A calendar is put together day by day: only where somebody asks for it.
    let asks =
        |limit: &Option<crate::directory::Limit>| limit.as_ref().is_some_and(|l| l.allowance.asks_calendar());
    let calendar = match asks(&plain) || asks(&tight) {
        true => directory.calendar(from),
        false => Calendar::default(),
    };
    let civil = Civil {
        calendar: &calendar,
        zone: policy.zone,
        hours_min: &policy.working_hours_min,
    };
    let of = |limit: crate::directory::Limit, from: Timestamp| {
        let (ends_at, stops) = run(limit.allowance, from, &matter.standstills, &civil);
        Deadline {
            stage: stage.clone(),
            from,
            ends_at,
            allowance: Some(limit.allowance),
            source: limit.source,
            stops,
        }
    };
    let plain = plain.map(|limit| of(limit, from));
    let tight = tight.map(|limit| {
        let since = match &limit.source {
            LimitSource::Emergency { since, .. } => *since,
            _ => from,
        };
        of(limit, from.max(since))
    });
    match (plain, tight) {
        (Some(plain), Some(tight)) if plain.ends_at <= tight.ends_at => Some(plain),
        (_, Some(tight)) => Some(tight),
        (plain, None) => plain,
    }
}
