//! Who must and who may hold a report, told apart from how the server reckons it.

use std::collections::BTreeSet;

use xunge_core::app::ReportView;
use xunge_core::command::Action;
use xunge_core::directory::{Directory, Role};
use xunge_core::id::{PersonId, UnitId};
use xunge_core::time::Timestamp;
use xunge_server::service::ReportStory;

use crate::township::{TOWNSHIP, unit_id};

/// Whether a person's devices must hold a report: it lies in one of his grids, or he began it.
pub(super) fn is_due(story: &ReportStory, person: &PersonId, directory: &Directory, now: Timestamp) -> bool {
    let grids = directory.scope_grids(person, &unit_id(TOWNSHIP), now);
    let grid = story.matter.as_ref().map(|m| &m.grid).or(story.row.grid.as_ref());
    story.row.reporter == *person || grid.is_some_and(|g| grids.contains(g))
}

/// Whether a person's devices may hold a report: it is due to them, some accepted act granted it to him or to his units, or it was held
/// by a unit of his that lies outside the line above its grid.
pub(super) fn may_see(story: &ReportStory, person: &PersonId, directory: &Directory, now: Timestamp) -> bool {
    if is_due(story, person, directory, now) {
        return true;
    }
    let units: BTreeSet<UnitId> = directory
        .posts_of(person, now)
        .iter()
        .map(|p| p.unit.clone())
        .collect();
    let is_ours = |unit: &UnitId| {
        let within = |u: &UnitId| directory.is_within(u, unit, now) || directory.is_within(unit, u, now);
        units.iter().any(within)
    };
    let mut accepted = story.events.iter().filter(|e| e.outcome.is_accepted());
    let is_granted = accepted.any(|event| match &event.command.action {
        Action::Check { who } => who == person,
        Action::Dispatch { to } => to.iter().any(|a| is_ours(&a.unit)),
        Action::Whistle { units: called } => called.iter().any(is_ours),
        Action::SendDown { to } => is_ours(to),
        _ => false,
    });
    is_granted
        || held_from_outside(story, directory)
            .iter()
            .any(|unit| answers_for(person, unit, directory, now))
}

/// Units that held a report while they were not above its grid: the room found that it lies elsewhere, or the grid moved. They go on
/// seeing what they had.
fn held_from_outside(story: &ReportStory, directory: &Directory) -> BTreeSet<UnitId> {
    let mut grid = None;
    let mut units = BTreeSet::new();
    for event in story.events.iter().filter(|e| e.outcome.is_accepted()) {
        match &event.command.action {
            Action::Submit { opening } | Action::Settle { opening, .. } => grid = Some(&opening.grid),
            Action::Classify { to } => grid = to.grid.as_ref().or(grid),
            _ => {}
        }
        let at = event.received_at;
        if let (Some(grid), Some(effect)) = (grid, &event.effect)
            && !directory.is_within(grid, &effect.holder.unit, at)
        {
            units.insert(effect.holder.unit.clone());
        }
    }
    units
}

/// Whether somebody has a post in a unit, is chief above it, or belongs to the department that it is a team of.
fn answers_for(person: &PersonId, unit: &UnitId, directory: &Directory, now: Timestamp) -> bool {
    directory.posts_of(person, now).iter().any(|post| {
        let is_above = matches!(post.role, Role::Chief | Role::DepartmentMember);
        post.unit == *unit || (is_above && directory.is_within(unit, &post.unit, now))
    })
}

/// Whether a device holds on to a report that left its scope: something of it is unsent, or waits for a person's attention.
pub(super) fn is_held_on_to(view: &ReportView) -> bool {
    view.row.unsent_count > 0 || view.row.needs_attention
}
