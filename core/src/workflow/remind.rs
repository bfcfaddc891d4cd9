//! Reminders that come by themselves: the one who has to do something is urged when a deadline is near, and the one above him hears of
//! it when it has passed; each once, and not at night.
//!
//! A reminder is an [`Action::Urge`](crate::command::Action) of the server's own whose reason's code says for what stage and whom, so
//! that every phone and every later server folds the same. The code is set in stone: `clock/<urge|escalate>/<stage>/<unit or ->/<person>`.

use chrono_tz::Tz;

use super::deadline::{Deadline, Stage, deadlines};
use super::matter::Nudge;
use super::{HolderPart, Matter};
use crate::directory::{Directory, Level, Post, Role};
use crate::id::{PersonId, UnitId};
use crate::in_order::InOrder;
use crate::time::Timestamp;

/// Under whose name the server's clock acts: no person of the directory.
pub const CLOCK: &str = "clock";

/// Somebody who is to be reminded now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reminder {
    /// The deadline.
    pub deadline: Deadline,
    /// How.
    pub nudge: Nudge,
    /// Whom.
    pub owner: PersonId,
}

impl Reminder {
    /// The code of the command's reason.
    pub fn code(&self) -> String {
        let nudge = match self.nudge {
            Nudge::Urge => "urge",
            Nudge::Escalate => "escalate",
        };
        let (stage, unit) = match &self.deadline.stage {
            Stage::Chief => ("chief", None),
            Stage::Dispatch => ("dispatch", None),
            Stage::Sign { unit } => ("sign", Some(unit)),
            Stage::Unit { unit } => ("unit", Some(unit)),
            Stage::Review => ("review", None),
            Stage::Close => ("close", None),
            Stage::LookAgain => ("look_again", None),
        };
        let unit = unit.map_or("-", |unit| unit.as_str());
        format!("clock/{nudge}/{stage}/{unit}/{}", self.owner)
    }
}

/// What a reminder's code says: for what stage, how, and whom. `None` for any other code.
pub fn reminder_of(code: &str) -> Option<(Stage, Nudge, PersonId)> {
    parse(code)
}

pub(super) fn parse(code: &str) -> Option<(Stage, Nudge, PersonId)> {
    let mut parts = code.split('/');
    let mut next = || parts.next();
    if next()? != "clock" {
        return None;
    }
    let nudge = match next()? {
        "urge" => Nudge::Urge,
        "escalate" => Nudge::Escalate,
        _ => return None,
    };
    let (stage, unit, owner) = (next()?, next()?, next()?);
    let unit = || UnitId::new(unit).ok();
    let stage = match stage {
        "chief" => Stage::Chief,
        "dispatch" => Stage::Dispatch,
        "sign" => Stage::Sign { unit: unit()? },
        "unit" => Stage::Unit { unit: unit()? },
        "review" => Stage::Review,
        "close" => Stage::Close,
        "look_again" => Stage::LookAgain,
        _ => return None,
    };
    Some((stage, nudge, PersonId::new(owner).ok()?))
}

/// Who is to be reminded at the instant, whatever the hour: every deadline that is near or past and of which nobody was told since it
/// began to run.
fn due(matter: &Matter, directory: &Directory, at: Timestamp) -> Vec<Reminder> {
    let found = deadlines(matter, directory, at);
    let steps = found.into_iter().flat_map(|deadline| {
        [Nudge::Urge, Nudge::Escalate]
            .into_iter()
            .filter(|nudge| !is_made(matter, &deadline, *nudge))
            .filter(|nudge| instant(&deadline, *nudge).is_some_and(|due_at| due_at <= at))
            .map(|nudge| (deadline.clone(), nudge))
            .collect::<Vec<_>>()
    });
    steps
        .filter_map(|(deadline, nudge)| {
            let owner = owner(&deadline.stage, nudge, matter, directory, at)?;
            Some(Reminder {
                deadline,
                nudge,
                owner,
            })
        })
        .collect()
}

/// Who is to be reminded at the instant; nobody in quiet hours, except in an emergency.
pub fn reminders(matter: &Matter, directory: &Directory, at: Timestamp) -> Vec<Reminder> {
    if quiet_until(matter, directory, at).is_some() {
        return Vec::new();
    }
    let mut found = due(matter, directory, at);
    // Who is late hears that alone, not also that it comes near.
    let late: Vec<Stage> = found
        .iter()
        .filter(|r| r.nudge == Nudge::Escalate)
        .map(|r| r.deadline.stage.clone())
        .collect();
    found.retain(|r| r.nudge == Nudge::Escalate || !late.contains(&r.deadline.stage));
    found
}

/// When the server has to look at the matter again, after the instant or at it: its next reminder or the end of the chief's clock;
/// `None` where nothing runs.
pub fn next_look_at(matter: &Matter, directory: &Directory, at: Timestamp) -> Option<Timestamp> {
    look_at(&deadlines(matter, directory, at), matter, directory, at)
}

/// The nearest deadline, and [`next_look_at`]: what a list and a clock keep of a matter, worked out together.
pub fn nearest(
    matter: &Matter,
    directory: &Directory,
    at: Timestamp,
) -> (Option<Deadline>, Option<Timestamp>) {
    let found = deadlines(matter, directory, at);
    let look_at = look_at(&found, matter, directory, at);
    (found.into_iter().next(), look_at)
}

fn look_at(found: &[Deadline], matter: &Matter, directory: &Directory, at: Timestamp) -> Option<Timestamp> {
    let reminders = found.iter().flat_map(|deadline| {
        [Nudge::Urge, Nudge::Escalate]
            .into_iter()
            .filter(|nudge| !is_made(matter, deadline, *nudge))
            .filter(|nudge| owner(&deadline.stage, *nudge, matter, directory, at).is_some())
            .filter_map(|nudge| instant(deadline, nudge))
            .collect::<Vec<_>>()
    });
    let reminded = reminders.min().map(|due_at| {
        let due_at = due_at.max(at);
        quiet_until(matter, directory, due_at).unwrap_or(due_at)
    });
    let passes = found
        .iter()
        .filter(|d| d.stage == Stage::Chief)
        .map(|d| d.ends_at);
    passes.chain(reminded).min()
}

/// Whether the reminder was given since the deadline began to run. Who was told that it has passed is not told that it comes near.
fn is_made(matter: &Matter, deadline: &Deadline, nudge: Nudge) -> bool {
    matter
        .reminded
        .iter()
        .any(|told| told.stage == deadline.stage && told.at >= deadline.from && told.nudge >= nudge)
}

/// When a reminder falls due: three quarters on the way, and at the end. The chief's end is the report's passing by; a matter on hold is
/// looked at on its day and not before.
fn instant(deadline: &Deadline, nudge: Nudge) -> Option<Timestamp> {
    let whole_ms = deadline.ends_at.ms_since(deadline.from).max(0);
    match (&deadline.stage, nudge) {
        (Stage::Chief, Nudge::Escalate) => None,
        (Stage::LookAgain, Nudge::Urge) | (_, Nudge::Escalate) => Some(deadline.ends_at),
        (_, Nudge::Urge) => Some(deadline.ends_at.plus_ms(-(whole_ms / 4))),
    }
    .filter(|_| (deadline.stage != Stage::LookAgain) || nudge == Nudge::Urge)
}

/// The one whom a reminder concerns: who has to do it, or the one above him. `None` where nobody holds such a post.
fn owner(
    stage: &Stage,
    nudge: Nudge,
    matter: &Matter,
    directory: &Directory,
    at: Timestamp,
) -> Option<PersonId> {
    let room = || room_owner(matter, directory, at);
    let supervisor = || {
        let held = directory.holders(&matter.township, Role::Supervisor, at);
        first(held).or_else(|| first(directory.holders(&matter.township, Role::Inspector, at)))
    };
    let unit_owner = |unit: &UnitId| {
        first(directory.holders(unit, Role::DepartmentMember, at))
            .or_else(|| first(directory.chiefs_of(unit, at)))
            .or_else(room)
    };
    match (stage, nudge) {
        (Stage::Chief, _) => first(directory.chiefs_of(&matter.holder.unit, at)),
        (Stage::Sign { unit } | Stage::Unit { unit }, Nudge::Urge) => unit_owner(unit),
        (Stage::Sign { .. } | Stage::Unit { .. }, Nudge::Escalate) => room(),
        (Stage::Dispatch | Stage::Review | Stage::LookAgain, Nudge::Urge) => room(),
        (Stage::Close, Nudge::Urge) => match matter.holder.part {
            HolderPart::Chief | HolderPart::Department => unit_owner(&matter.holder.unit),
            _ => room(),
        },
        (Stage::Dispatch | Stage::Review | Stage::LookAgain | Stage::Close, Nudge::Escalate) => {
            supervisor().or_else(room)
        }
    }
}

/// Who answers for the room's part: the dispatcher on duty, else the coordinator, else anybody there.
fn room_owner(matter: &Matter, directory: &Directory, at: Timestamp) -> Option<PersonId> {
    let county = directory
        .county_of(&matter.township, at)
        .map(|unit| unit.id.clone());
    let unit = match matter.level {
        Level::County => county.as_ref().unwrap_or(&matter.township),
        _ => &matter.township,
    };
    let mut held = directory.room_of(unit, at);
    held.order_by_key(|post| {
        let place = match post.role {
            Role::Dispatcher => 0,
            Role::Coordinator => 1,
            Role::Clerk => 2,
            _ => 3,
        };
        (place, post.id.clone())
    });
    first(held)
}

fn first(posts: Vec<&Post>) -> Option<PersonId> {
    posts.first().map(|post| post.person.clone())
}

/// The end of the quiet hours in which the instant lies; `None` outside of them and in an emergency.
fn quiet_until(matter: &Matter, directory: &Directory, at: Timestamp) -> Option<Timestamp> {
    let policy = directory.policy(&matter.township, at);
    if policy.is_emergency {
        return None;
    }
    quiet_end(policy.quiet_hours_min, policy.zone, at)
}

fn quiet_end([start, end]: [u32; 2], zone: Tz, at: Timestamp) -> Option<Timestamp> {
    let minute_ms = 60_000;
    let local = at.to_utc().with_timezone(&zone);
    let now_ms = i64::from(chrono::Timelike::num_seconds_from_midnight(&local)) * 1_000
        + i64::from(chrono::Timelike::nanosecond(&local)) / 1_000_000;
    let (start, end) = (i64::from(start) * minute_ms, i64::from(end) * minute_ms);
    let day_ms = 1_440 * minute_ms;
    let is_quiet = match start.cmp(&end) {
        std::cmp::Ordering::Equal => false,
        std::cmp::Ordering::Less => (start..end).contains(&now_ms),
        std::cmp::Ordering::Greater => now_ms >= start || now_ms < end,
    };
    let left_ms = if now_ms < end {
        end - now_ms
    } else {
        end + day_ms - now_ms
    };
    is_quiet.then(|| at.plus_ms(left_ms))
}
