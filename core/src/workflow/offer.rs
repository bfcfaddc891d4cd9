//! What the buttons may offer.

use super::decide::{is_entitled, is_open};
use super::effect::village_with_chief;
use super::matter::AssignmentProgress as Progress;
use super::rule::{To, Who};
use super::standing::{Standing, is_chief_of};
use super::table::rules_for;
use super::{ActionKind, DecisionContext, HolderPart, Matter};
use crate::command::Action;
use crate::directory::Level;
use crate::id::{PersonId, UnitId};

/// What the person may do now, in the order of [`ActionKind::ALL`]: what buttons offer. `None`: a draft.
///
/// What is not listed would be refused, made a remark or a proposal. What is listed may still be refused for what it carries or lacks
/// (no reason, a unit that cannot take it, a call back that is due): the answer then says what to do.
pub fn permitted(
    matter: Option<&Matter>,
    person: &PersonId,
    context: &DecisionContext<'_>,
) -> Vec<ActionKind> {
    let Some(matter) = matter else {
        return vec![ActionKind::Submit, ActionKind::Settle];
    };
    let standing = Standing::of(matter, person, None, context, context.received_at);
    let may = |kind: ActionKind| match kind {
        ActionKind::Confirm => matter
            .proposals
            .iter()
            .any(|p| may_do(&p.command.action, matter, &standing, context)),
        kind => may_kind(kind, matter, &standing, context),
    };
    ActionKind::ALL
        .iter()
        .copied()
        .filter(|kind| may(*kind))
        .collect()
}

/// The acts of a kind that the person may do now: one for each level or unit that it may name, and one where it names nothing.
///
/// Empty where the kind is not permitted, and for kinds that carry what somebody has to fill in (a unit to dispatch to, a date, a verdict).
pub fn actions(
    matter: &Matter,
    person: &PersonId,
    kind: ActionKind,
    context: &DecisionContext<'_>,
) -> Vec<Action> {
    let standing = Standing::of(matter, person, None, context, context.received_at);
    if !may_kind(kind, matter, &standing, context) {
        return Vec::new();
    }
    let of_units = |act: fn(UnitId) -> Action| {
        let units = units_for(kind, matter, &standing);
        units.into_iter().map(act).collect()
    };
    match kind {
        ActionKind::PassUp => levels_above(matter, context)
            .into_iter()
            .map(|to| Action::PassUp { to })
            .collect(),
        ActionKind::Sign => of_units(|unit| Action::Sign { unit }),
        ActionKind::FeedBack => of_units(|unit| Action::FeedBack { unit }),
        ActionKind::Withdraw => vec![Action::Withdraw],
        ActionKind::Approve => vec![Action::Approve],
        ActionKind::Return => vec![Action::Return],
        ActionKind::TakeOn => vec![Action::TakeOn],
        ActionKind::Accept => vec![Action::Accept],
        ActionKind::Rework => vec![Action::Rework],
        ActionKind::Close => vec![Action::Close],
        ActionKind::Resume => vec![Action::Resume],
        ActionKind::Void => vec![Action::Void],
        ActionKind::Reopen => vec![Action::Reopen],
        ActionKind::Urge => vec![Action::Urge],
        ActionKind::ListForSupervision => vec![Action::ListForSupervision],
        ActionKind::StrikeOff => vec![Action::StrikeOff],
        ActionKind::Ask => vec![Action::Ask],
        ActionKind::Remark => vec![Action::Remark],
        _ => Vec::new(),
    }
}

/// The units for which the person may do the act (sign, ask for time, hand back, feed back) now, by code.
pub fn permitted_units(
    matter: &Matter,
    person: &PersonId,
    kind: ActionKind,
    context: &DecisionContext<'_>,
) -> Vec<UnitId> {
    let standing = Standing::of(matter, person, None, context, context.received_at);
    if !may_kind(kind, matter, &standing, context) {
        return Vec::new();
    }
    units_for(kind, matter, &standing)
}

fn units_for(kind: ActionKind, matter: &Matter, standing: &Standing) -> Vec<UnitId> {
    let ready = |unit: &&UnitId| has_part_for(kind, matter, unit);
    standing.units().iter().filter(ready).cloned().collect()
}

/// The levels to which the person may pass the matter up now, lowest first.
pub fn levels_above(matter: &Matter, context: &DecisionContext<'_>) -> Vec<Level> {
    let at = context.received_at;
    if matter.holder.part != HolderPart::Chief {
        let county = context.directory.county_of(&matter.township, at);
        let is_below = matter.level < Level::County;
        return county
            .filter(|_| is_below)
            .map(|_| Level::County)
            .into_iter()
            .collect();
    }
    let village = village_with_chief(matter, context);
    let levels = [village.map(|_| Level::Village), Some(Level::Township)];
    levels
        .into_iter()
        .flatten()
        .filter(|level| *level > matter.level)
        .collect()
}

fn may_kind(kind: ActionKind, matter: &Matter, standing: &Standing, context: &DecisionContext<'_>) -> bool {
    let has_target = match kind {
        ActionKind::Sign | ActionKind::AskTime | ActionKind::HandBack | ActionKind::FeedBack => standing
            .units()
            .iter()
            .any(|unit| has_part_for(kind, matter, unit)),
        ActionKind::PassUp => !levels_above(matter, context).is_empty(),
        _ => true,
    };
    has_target
        && rules_for(kind).any(|rule| is_open(rule, matter, context) && is_entitled(rule, standing, None))
}

fn may_do(action: &Action, matter: &Matter, standing: &Standing, context: &DecisionContext<'_>) -> bool {
    rules_for(action.kind())
        .filter(|rule| rule.to != To::AsProposed && !rule.who.contains(&Who::Server))
        .any(|rule| is_open(rule, matter, context) && is_entitled(rule, standing, Some(action)))
}

fn has_part_for(kind: ActionKind, matter: &Matter, unit: &UnitId) -> bool {
    matter.assignment(unit).is_some_and(|part| match kind {
        ActionKind::Sign => part.progress == Progress::Asked,
        ActionKind::HandBack => part.progress.is_open() && !part.is_called,
        _ => part.progress.is_open(),
    })
}

/// At which level a draft should say that it starts: the township for what the room enters and what a chief reports, else the grid.
pub fn opening_level(person: &PersonId, grid: &UnitId, context: &DecisionContext<'_>) -> Level {
    let at = context.received_at;
    let in_room = super::standing::is_in_room(person, context.township, context.directory, at);
    if in_room || is_chief_of(person, grid, context.directory, at) {
        Level::Township
    } else {
        Level::Grid
    }
}
