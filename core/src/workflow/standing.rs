//! In what relations somebody stands to a matter at an instant. The only place of the workflow that reads posts.

use std::collections::BTreeSet;

use super::rule::Who;
use super::table::is_revocable;
use super::{ActionKind, DecisionContext, HolderPart, Matter};
use crate::command::{Action, State};
use crate::directory::{Directory, Level, Post, Role, UnitKind};
use crate::id::{PersonId, PostId, UnitId};
use crate::time::Timestamp;

/// Somebody's relations to one matter, through the posts that he holds (or the one in which he acts) at an instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Standing {
    person: PersonId,
    is_server: bool,
    is_reporter: bool,
    /// Chief over the unit that holds the matter.
    is_holding_chief: bool,
    /// Chief over the grid to which the matter belongs.
    is_grid_chief: bool,
    /// Chief over the grid where the matter began, or over a unit that handles it.
    is_former_chief: bool,
    is_township_room: bool,
    is_county_room: bool,
    is_supervisor: bool,
    is_watching: bool,
    has_open_check: bool,
    /// Whether he made some step that may be taken back, and which kind the last step was, if it is his.
    has_stepped: bool,
    last_own: Option<ActionKind>,
    /// The level of the room that held it before the last step.
    level_before: Level,
    /// Units for which he answers: departments of which he is a member, grids and villages of which he is chief.
    units: BTreeSet<UnitId>,
    level: Level,
}

/// Whether the post makes a chief over the unit: held there or above, up to the village.
fn is_chief_over(post: &Post, unit: &UnitId, directory: &Directory, at: Timestamp) -> bool {
    post.role == Role::Chief
        && directory
            .path(unit, at)
            .iter()
            .take_while(|u| !matches!(u.kind, UnitKind::Township | UnitKind::County))
            .any(|u| u.id == post.unit)
}

/// Whether somebody is a chief over the grid at the instant.
pub(super) fn is_chief_of(person: &PersonId, grid: &UnitId, directory: &Directory, at: Timestamp) -> bool {
    directory
        .posts_of(person, at)
        .into_iter()
        .any(|post| is_chief_over(post, grid, directory, at))
}

/// Whether anybody but the person is a chief over the grid at the instant.
pub(super) fn has_other_chief(
    person: &PersonId,
    grid: &UnitId,
    directory: &Directory,
    at: Timestamp,
) -> bool {
    directory
        .path(grid, at)
        .iter()
        .take_while(|u| !matches!(u.kind, UnitKind::Township | UnitKind::County))
        .flat_map(|u| directory.holders(&u.id, Role::Chief, at))
        .any(|post| post.person != *person)
}

/// Whether somebody sits in the township's command room at the instant.
pub(super) fn is_in_room(person: &PersonId, township: &UnitId, directory: &Directory, at: Timestamp) -> bool {
    directory
        .posts_of(person, at)
        .into_iter()
        .any(|post| post.role.is_room() && post.unit == *township)
}

impl Standing {
    /// The relations at an instant. `post`: only this one counts; `None`: every post held.
    pub(super) fn of(
        matter: &Matter,
        person: &PersonId,
        post: Option<&PostId>,
        context: &DecisionContext<'_>,
        at: Timestamp,
    ) -> Self {
        let directory = context.directory;
        let mut standing = Self {
            person: person.clone(),
            is_server: context.is_by_server,
            is_reporter: *person == matter.reporter,
            is_holding_chief: false,
            is_grid_chief: false,
            is_former_chief: false,
            is_township_room: false,
            is_county_room: false,
            is_supervisor: false,
            is_watching: false,
            has_open_check: matter
                .checks
                .iter()
                .any(|c| c.who == *person && c.verdict.is_none()),
            has_stepped: matter
                .history
                .iter()
                .any(|step| step.by == *person && is_revocable(step.kind)),
            last_own: matter
                .history
                .last()
                .filter(|step| step.by == *person)
                .map(|step| step.kind),
            level_before: matter.before.as_ref().map_or(matter.level, |before| before.level),
            units: BTreeSet::new(),
            level: matter.level,
        };
        for held in directory.posts_of(person, at) {
            if post.is_none_or(|named| *named == held.id) {
                standing.add_post(matter, held, directory, at);
            }
        }
        standing.is_watching |=
            standing.is_reporter || standing.has_open_check || standing.is_of_a_handling_unit(matter);
        standing
    }

    fn add_post(&mut self, matter: &Matter, post: &Post, directory: &Directory, at: Timestamp) {
        let over = |unit: &UnitId| is_chief_over(post, unit, directory, at);
        let covers_township = directory.is_within(&matter.township, &post.unit, at);
        if post.role == Role::Chief {
            self.is_grid_chief |= over(&matter.grid);
            self.is_former_chief |=
                over(&matter.opening.grid) || matter.assignments.iter().any(|a| over(&a.unit));
            self.is_holding_chief |= matter.holder.part == HolderPart::Chief && over(&matter.holder.unit);
        }
        if post.role.is_room() {
            self.is_township_room |= post.unit == matter.township;
            self.is_county_room |= post.unit != matter.township && covers_township;
        }
        self.is_supervisor |= post.role == Role::Supervisor
            && (covers_township || directory.is_within(&matter.grid, &post.unit, at));
        let is_department = post.role == Role::DepartmentMember;
        self.is_watching |= !is_department
            && (covers_township
                || directory.is_within(&matter.grid, &post.unit, at)
                || matter.holder.part == HolderPart::Chief && over(&matter.holder.unit));
        let handling = matter.assignments.iter().map(|a| &a.unit);
        let mine = handling.filter(|unit| match post.role {
            Role::DepartmentMember => is_department_above(&post.unit, unit, directory, at),
            Role::Chief => over(unit),
            role if role.is_room() => {
                let is_mute = directory
                    .last_known_unit(unit, at)
                    .is_some_and(|u| !u.has_accounts);
                let is_level_room = if matter.level == Level::County {
                    covers_township && post.unit != matter.township
                } else {
                    post.unit == matter.township
                };
                is_mute && is_level_room
            }
            _ => false,
        });
        self.units.extend(mine.cloned());
    }

    fn is_of_a_handling_unit(&self, matter: &Matter) -> bool {
        matter.assignments.iter().any(|a| self.units.contains(&a.unit))
    }

    /// The handling units for which he answers.
    pub(super) fn units(&self) -> &BTreeSet<UnitId> {
        &self.units
    }

    /// Whether he stands in this relation now. `action`: for the unit that it names; `None`: any unit.
    pub(super) fn is(&self, who: Who, action: Option<&Action>) -> bool {
        match who {
            Who::Reporter => self.is_reporter,
            Who::HoldingChief => self.is_holding_chief,
            Who::GridChief => self.is_grid_chief,
            Who::LevelRoom => self.is_room_of(self.level),
            Who::AnyRoom => self.is_township_room || self.is_county_room,
            Who::NamedUnit => match action.and_then(named_unit) {
                Some(unit) => self.units.contains(unit),
                None => !self.units.is_empty(),
            },
            Who::Asked => self.has_open_check,
            Who::Supervisor => self.is_supervisor,
            Who::InScope => self.is_watching,
            Who::Confirmer => true,
            Who::LastActor => self.last_own.is_some_and(|kind| self.may_still(kind)),
            Who::Server => self.is_server,
        }
    }

    fn is_room_of(&self, level: Level) -> bool {
        match level {
            Level::County => self.is_county_room,
            _ => self.is_township_room,
        }
    }

    /// Whether the last step is his.
    pub(super) fn made_last_step(&self) -> bool {
        self.last_own.is_some()
    }

    /// Whether he holds a post by which the last step, which is of this kind, can be made.
    fn may_still(&self, kind: ActionKind) -> bool {
        let is_chief = self.is_holding_chief || self.is_grid_chief || self.is_former_chief;
        let is_room = self.is_room_of(self.level_before);
        match kind {
            ActionKind::Approve | ActionKind::TakeOn => is_chief,
            ActionKind::PassUp => is_chief || is_room,
            _ => is_room,
        }
    }

    /// Whether he stood in this relation at some step of this matter, or could have: so that a late act is told what happened instead
    /// of being told that he has no post.
    pub(super) fn was(&self, who: Who, action: &Action) -> bool {
        match who {
            Who::HoldingChief | Who::GridChief => {
                self.is_holding_chief || self.is_grid_chief || self.is_former_chief
            }
            Who::LastActor => self.has_stepped,
            _ => self.is(who, Some(action)),
        }
    }

    /// Whether he is a chief over the matter and not also of a room.
    pub(super) fn is_only_chief(&self) -> bool {
        (self.is_grid_chief || self.is_former_chief) && !self.is_township_room && !self.is_county_room
    }

    /// Whether he reported the matter.
    pub(super) fn is_reporter(&self) -> bool {
        self.is_reporter
    }
}

/// Whether a member of `upper` answers for the department `unit`: the same, or a team below it.
fn is_department_above(upper: &UnitId, unit: &UnitId, directory: &Directory, at: Timestamp) -> bool {
    upper == unit
        || directory
            .path(unit, at)
            .iter()
            .take_while(|u| u.kind == UnitKind::Department)
            .any(|u| u.id == *upper)
}

/// The unit for which an act is done.
pub(super) fn named_unit(action: &Action) -> Option<&UnitId> {
    match action {
        Action::Sign { unit }
        | Action::AskTime { unit, .. }
        | Action::HandBack { unit, .. }
        | Action::FeedBack { unit } => Some(unit),
        _ => None,
    }
}

/// Whether the state is one of those that the chief's clock watches.
pub(super) fn is_clocked(matter: &Matter) -> bool {
    matches!(matter.state, State::Submitted | State::Settled) && matter.holder.part == HolderPart::Chief
}
