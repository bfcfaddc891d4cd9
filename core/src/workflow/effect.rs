//! Where an act that the table lets through takes the report.

use super::entry::{self, room_unit};
use super::rule::{Rule, To};
use super::standing::{has_other_chief, is_chief_of, is_in_room};
use super::{DecisionContext, Effect, Holder, HolderPart, Matter, State, parts};
use crate::command::{Action, Command, Refusal};
use crate::directory::{Level, UnitKind};
use crate::id::UnitId;

/// Where the act leads, or what is wrong with its target.
pub(super) fn effect(
    rule: &Rule,
    matter: &Matter,
    command: &Command,
    context: &DecisionContext<'_>,
) -> Result<Effect, Refusal> {
    match rule.to {
        To::Same | To::AsProposed => Ok(stays(matter, &command.action)),
        To::Entry | To::SettledEntry => entry::opening(&command.action)
            .map(|opening| entry::effect(Some(matter), command, opening, context))
            .ok_or(Refusal::WrongState),
        To::State(state) => Ok(to_state(state, matter, command, context)),
        To::Above => above(matter, &command.action, context),
        To::Below => below(matter, &command.action, context),
        To::Parts => Ok(by_parts(matter, command, context)),
        To::Resumed => Ok(resumed(matter)),
        To::Before => before(matter).ok_or(Refusal::WrongState),
    }
}

fn moved(state: State, level: Level, unit: UnitId, part: HolderPart) -> Effect {
    Effect {
        state,
        level,
        holder: Holder { unit, part },
        is_move: true,
        is_shared_with_chief: false,
    }
}

/// Nothing moves. A correction of the grid moves a waiting report to that grid's chief; a chief's consent ends the sharing.
fn stays(matter: &Matter, action: &Action) -> Effect {
    let mut holder = matter.holder.clone();
    if let Action::Classify { to } = action {
        let follows_grid = matter.level == Level::Grid
            && matches!(matter.state, State::Submitted | State::Settled | State::Returned)
            && holder.unit == matter.grid;
        if let (Some(grid), true) = (&to.grid, follows_grid) {
            holder.unit = grid.clone();
        }
    }
    Effect {
        state: matter.state,
        level: matter.level,
        holder,
        is_move: false,
        is_shared_with_chief: matter.is_shared_with_chief && !matches!(action, Action::Approve),
    }
}

fn to_state(state: State, matter: &Matter, command: &Command, context: &DecisionContext<'_>) -> Effect {
    let room_level = matter.level.max(Level::Township);
    let room = room_unit(room_level, &matter.township, context);
    match state {
        State::Returned => {
            let by_room = matter.holder.part == HolderPart::Room && !is_by_chief(matter, command, context);
            let level = if by_room { room_level } else { Level::Grid };
            moved(state, level, matter.grid.clone(), HolderPart::Reporter)
        }
        State::Queued | State::Accepted | State::Settled => moved(state, room_level, room, HolderPart::Room),
        State::Held => moved(state, matter.level, room, HolderPart::Room),
        State::Handling if matches!(command.action, Action::TakeOn) => {
            let (unit, level) = match matter.holder.part {
                HolderPart::Chief => (matter.holder.unit.clone(), matter.level),
                _ => (matter.grid.clone(), Level::Grid),
            };
            moved(state, level, unit, HolderPart::Chief)
        }
        State::Dispatched => {
            let unit = match &command.action {
                Action::Dispatch { to } => to
                    .iter()
                    .find(|a| a.part == crate::command::AssignmentPart::Lead)
                    .map_or_else(|| room.clone(), |a| a.unit.clone()),
                _ => room,
            };
            let part = handler_part(&unit, context);
            moved(state, room_level, unit, part)
        }
        State::Handling => {
            let unit = matter.lead().map_or(room, |lead| lead.unit.clone());
            let part = handler_part(&unit, context);
            moved(state, matter.level, unit, part)
        }
        _ => moved(
            state,
            matter.level,
            matter.holder.unit.clone(),
            HolderPart::Nobody,
        ),
    }
}

/// Whether the act was the chief's: a shared report is returned by either side, and goes back to the chief only where he returned it.
fn is_by_chief(matter: &Matter, command: &Command, context: &DecisionContext<'_>) -> bool {
    let in_room = is_in_room(
        &command.by,
        &matter.township,
        context.directory,
        context.received_at,
    );
    matter.is_shared_with_chief && !in_room
}

fn handler_part(unit: &UnitId, context: &DecisionContext<'_>) -> HolderPart {
    let kind = context
        .directory
        .last_known_unit(unit, context.received_at)
        .map(|u| u.kind);
    match kind {
        Some(kind) if kind.is_grid() || kind == UnitKind::Village => HolderPart::Chief,
        Some(UnitKind::Township | UnitKind::County) => HolderPart::Room,
        _ => HolderPart::Department,
    }
}

/// 提级: from the chief to the village's chief or the township's room, from there to the county desk.
fn above(matter: &Matter, action: &Action, context: &DecisionContext<'_>) -> Result<Effect, Refusal> {
    let Action::PassUp { to } = action else {
        return Err(Refusal::WrongLevel);
    };
    let is_at_chief = matter.holder.part == HolderPart::Chief;
    if *to <= matter.level || (*to == Level::County) == is_at_chief {
        return Err(Refusal::WrongLevel);
    }
    let directory = context.directory;
    match to {
        Level::Grid => Err(Refusal::WrongLevel),
        Level::Village => match village_with_chief(matter, context) {
            Some(village) => Ok(moved(State::Submitted, *to, village, HolderPart::Chief)),
            None => Ok(to_township(matter)),
        },
        Level::Township => Ok(to_township(matter)),
        Level::County => {
            let county = directory
                .county_of(&matter.township, context.received_at)
                .ok_or(Refusal::UnknownUnit)?;
            Ok(moved(State::Queued, *to, county.id.clone(), HolderPart::Room))
        }
    }
}

fn to_township(matter: &Matter) -> Effect {
    let unit = matter.township.clone();
    moved(State::Queued, Level::Township, unit, HolderPart::Room)
}

/// The village above the chief who holds the matter, where somebody other than the reporter answers for it. Without one a matter that
/// is passed up goes on to the township, so that nobody's absence stops it.
pub(super) fn village_with_chief(matter: &Matter, context: &DecisionContext<'_>) -> Option<UnitId> {
    let at = context.received_at;
    let village = context.directory.village_of(&matter.holder.unit, at)?;
    has_other_chief(&matter.reporter, &village.id, context.directory, at).then(|| village.id.clone())
}

/// 下派: to the chief of a grid or village of the township, or from the county desk to the township's room.
fn below(matter: &Matter, action: &Action, context: &DecisionContext<'_>) -> Result<Effect, Refusal> {
    let Action::SendDown { to } = action else {
        return Err(Refusal::WrongLevel);
    };
    let directory = context.directory;
    let at = context.received_at;
    let unit = directory.unit(to, at).ok_or(Refusal::UnknownUnit)?;
    let level = match unit.kind {
        kind if kind.is_grid() => Level::Grid,
        UnitKind::Village => Level::Village,
        UnitKind::Township => Level::Township,
        UnitKind::County => return Err(Refusal::WrongLevel),
        _ => return Err(Refusal::UnknownUnit),
    };
    let room_level = matter.level.max(Level::Township);
    if level >= room_level {
        return Err(Refusal::WrongLevel);
    }
    if !directory.is_within(to, &matter.township, at) {
        return Err(Refusal::UnknownUnit);
    }
    if level == Level::Township {
        return Ok(to_township(matter));
    }
    if !has_other_chief(&matter.reporter, to, directory, at) {
        // Nobody there could handle it: no chief at all, or only who reported it.
        let is_reporters = is_chief_of(&matter.reporter, to, directory, at);
        return Err(if is_reporters {
            Refusal::ReporterMayNotDecide
        } else {
            Refusal::UnknownUnit
        });
    }
    Ok(moved(State::Handling, level, to.clone(), HolderPart::Chief))
}

fn by_parts(matter: &Matter, command: &Command, context: &DecisionContext<'_>) -> Effect {
    let unit = &matter.holder.unit;
    let after = parts::after(
        &matter.assignments,
        &command.action,
        command.id,
        unit,
        matter.state,
    );
    let state = parts::state_after(matter.state, &after);
    if state == matter.state {
        return stays(matter, &command.action);
    }
    match state {
        State::FedBack if matter.is_taken_on => moved(state, matter.level, unit.clone(), matter.holder.part),
        State::FedBack => {
            let room = room_unit(matter.level, &matter.township, context);
            moved(state, matter.level, room, HolderPart::Room)
        }
        State::Accepted => to_state(state, matter, command, context),
        _ => moved(state, matter.level, unit.clone(), matter.holder.part),
    }
}

fn resumed(matter: &Matter) -> Effect {
    match &matter.resume {
        Some(point) => moved(
            point.state,
            matter.level,
            point.holder.unit.clone(),
            point.holder.part,
        ),
        None => moved(
            State::Accepted,
            matter.level,
            matter.holder.unit.clone(),
            HolderPart::Room,
        ),
    }
}

/// The last step is taken back.
fn before(matter: &Matter) -> Option<Effect> {
    let before = matter.before.as_ref()?;
    Some(Effect {
        state: before.state,
        level: before.level,
        holder: before.holder.clone(),
        is_move: true,
        is_shared_with_chief: before.is_shared_with_chief,
    })
}
