//! Deadlines that explain themselves: what each counts from, by which allowance, and when it stood still.
//!
//! Everything counts from the server's receipt. The allowances to dispatch and to close are those of the townships that Xunge was made
//! after (a day and three days, round the clock); the chief's clock counts working time by the policy of the unit that holds the report.

use serde::{Deserialize, Serialize};

use super::{Matter, State, chief_clock_ends_at};
use crate::directory::{Directory, Pause};
use crate::id::UnitId;
use crate::time::Timestamp;

/// How long after its receipt a report is to be dispatched, in minutes, round the clock.
pub const DISPATCH_WITHIN_MIN: u32 = 24 * 60;

/// How long after its receipt a report is to be closed, in minutes, round the clock.
pub const CLOSE_WITHIN_MIN: u32 = 72 * 60;

const MINUTE_MS: i64 = 60_000;

/// What is to be done by a deadline.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The chief decides, else the report passes by him.
    Chief,
    /// The room dispatches it.
    Dispatch,
    /// A unit has handled its part.
    Unit {
        /// The unit.
        unit: UnitId,
    },
    /// The matter is closed.
    Close,
    /// A held matter is looked at again.
    LookAgain,
}

/// By what a deadline counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "counts", rename_all = "snake_case")]
pub enum Counting {
    /// Working minutes by a unit's policy, with every stretch in which the clock stood still so far, in order.
    WorkingTime {
        /// How many.
        minutes: u32,
        /// The unit whose policy it is.
        unit: UnitId,
        /// When it stood still.
        pauses: Vec<Pause>,
    },
    /// Minutes round the clock.
    RoundTheClock {
        /// How many.
        minutes: u32,
    },
    /// An instant that the room named.
    Named,
}

/// One deadline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deadline {
    /// What is to be done.
    pub stage: Stage,
    /// From when it counts; `None` where the room named the end.
    pub from: Option<Timestamp>,
    /// When it ends (exclusive).
    pub ends_at: Timestamp,
    /// By what.
    pub counting: Counting,
}

/// The deadlines that run now, the nearest first; none for a matter that has ended.
pub fn deadlines(matter: &Matter, directory: &Directory) -> Vec<Deadline> {
    let mut found = Vec::new();
    let day = |stage, minutes: u32| Deadline {
        stage,
        from: Some(matter.submitted_at),
        ends_at: matter.submitted_at.plus_ms(i64::from(minutes) * MINUTE_MS),
        counting: Counting::RoundTheClock { minutes },
    };
    let named = |stage, ends_at| Deadline {
        stage,
        from: None,
        ends_at,
        counting: Counting::Named,
    };
    if let (Some(ends_at), Some(from)) = (chief_clock_ends_at(matter, directory), matter.chief_clock_from) {
        let policy = directory.policy(&matter.holder.unit, from);
        let calendar = directory.calendar(from);
        found.push(Deadline {
            stage: Stage::Chief,
            from: Some(from),
            ends_at,
            counting: Counting::WorkingTime {
                minutes: policy.chief_clock_working_min,
                unit: matter.holder.unit.clone(),
                pauses: calendar.pauses_between(from, ends_at, policy.zone, &policy.working_hours_min),
            },
        });
    }
    if is_to_dispatch(matter.state) {
        found.push(day(Stage::Dispatch, DISPATCH_WITHIN_MIN));
    }
    let open = matter.assignments.iter().filter(|a| a.progress.is_open());
    found.extend(open.filter_map(|a| Some(named(Stage::Unit { unit: a.unit.clone() }, a.due_at?))));
    if let Some(resume) = matter.resume.as_ref().filter(|_| matter.state == State::Held) {
        found.push(named(Stage::LookAgain, resume.until));
    } else if matter.state.is_open() && matter.state != State::Returned {
        found.push(day(Stage::Close, CLOSE_WITHIN_MIN));
    }
    found.sort_by(|a, b| (a.ends_at, &a.stage).cmp(&(b.ends_at, &b.stage)));
    found
}

/// The deadline that a list shows, from what a list knows: the state, the receipt and the end of the chief's clock.
pub fn next_deadline(
    state: State,
    submitted_at: Option<Timestamp>,
    chief_ends_at: Option<Timestamp>,
) -> Option<(Stage, Timestamp)> {
    let after = |minutes: u32| Some(submitted_at?.plus_ms(i64::from(minutes) * MINUTE_MS));
    match state {
        State::Submitted | State::Settled if chief_ends_at.is_some() => Some((Stage::Chief, chief_ends_at?)),
        state if is_to_dispatch(state) => Some((Stage::Dispatch, after(DISPATCH_WITHIN_MIN)?)),
        State::Submitted | State::Settled | State::Dispatched | State::Handling | State::FedBack => {
            Some((Stage::Close, after(CLOSE_WITHIN_MIN)?))
        }
        _ => None,
    }
}

fn is_to_dispatch(state: State) -> bool {
    matches!(state, State::Queued | State::Accepted)
}
