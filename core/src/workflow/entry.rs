//! Handing in: what a submission must bring, and where it enters.

use super::standing::{has_other_chief, is_chief_of, is_in_room};
use super::{ContentFacts, DecisionContext, Effect, Holder, HolderPart, Matter, State};
use crate::command::{Action, Command, Opening, Reason, Refusal, Urgency};
use crate::directory::Level;
use crate::id::UnitId;
use crate::time::Timestamp;

/// The opening of a submission.
pub(super) fn opening(action: &Action) -> Option<&Opening> {
    match action {
        Action::Submit { opening } | Action::Settle { opening } => Some(opening),
        _ => None,
    }
}

/// Whether what is handed in is whole and fits the content.
pub(super) fn check(
    command: &Command,
    opening: &Opening,
    context: &DecisionContext<'_>,
) -> Result<(), Refusal> {
    let content = context.content.ok_or(Refusal::ContentIncomplete)?;
    if content.reporter != command.by {
        return Err(Refusal::NotYourPost);
    }
    if !fits(opening, content) {
        return Err(Refusal::ContentIncomplete);
    }
    if context.directory.category_newest(&opening.category).is_none() {
        return Err(Refusal::UnknownCategory);
    }
    let at = context.received_at;
    let is_grid = context
        .directory
        .last_known_unit(&opening.grid, at)
        .is_some_and(|unit| unit.kind.is_grid());
    if !is_grid {
        return Err(Refusal::UnknownUnit);
    }
    let is_excused = command.reason.as_ref().is_some_and(Reason::is_given);
    if matches!(command.action, Action::Settle { .. }) && !content.has_after_picture && !is_excused {
        return Err(Refusal::AfterPictureMissing);
    }
    Ok(())
}

fn fits(opening: &Opening, content: &ContentFacts) -> bool {
    content.is_complete
        && (content.has_words || content.has_picture || content.has_voice)
        && content.grid.as_ref() == Some(&opening.grid)
        && content.category.as_ref() == Some(&opening.category)
        && content.category_version == opening.category_version
        && content.urgency == opening.urgency
        && content.code == opening.code
}

/// Where the submission enters.
///
/// A record-only category closes on receipt. An urgent report reaches chief and room together. What a chief reports himself, what the
/// room enters, what no other chief could look at, and what the room had returned, goes to the room.
pub(super) fn effect(
    matter: Option<&Matter>,
    command: &Command,
    opening: &Opening,
    context: &DecisionContext<'_>,
) -> Effect {
    let settles = matches!(command.action, Action::Settle { .. });
    let grid = matter
        .and_then(|m| m.classification.grid.as_ref())
        .unwrap_or(&opening.grid);
    let urgency = matter
        .and_then(|m| m.classification.urgency)
        .unwrap_or(opening.urgency);
    let way = way_in(matter, command, opening, grid, context);
    let room = room_unit(way.level, context.township, context);
    let is_shared = urgency == Urgency::Urgent && !settles && way.is_chief_asked;
    let at_chief = way.level == Level::Grid && !is_shared;
    let (state, part) = if is_record_only(matter, opening, context) {
        (State::Closed, HolderPart::Nobody)
    } else {
        let holder = if at_chief {
            HolderPart::Chief
        } else {
            HolderPart::Room
        };
        match (settles, at_chief) {
            (true, _) => (State::Settled, holder),
            (false, true) => (State::Submitted, holder),
            (false, false) => (State::Queued, holder),
        }
    };
    let level = if is_shared && state != State::Closed {
        Level::Township
    } else {
        way.level
    };
    Effect {
        state,
        level,
        holder: Holder {
            unit: if at_chief { grid.clone() } else { room },
            part,
        },
        is_move: true,
        is_shared_with_chief: is_shared && state == State::Queued,
    }
}

struct WayIn {
    level: Level,
    /// Whether a chief other than the reporter answers for the grid, and the report goes by him.
    is_chief_asked: bool,
}

fn way_in(
    matter: Option<&Matter>,
    command: &Command,
    opening: &Opening,
    grid: &UnitId,
    context: &DecisionContext<'_>,
) -> WayIn {
    let directory = context.directory;
    let times = [context.received_at, acted_at(command, context.received_at)];
    let is_chief = times
        .iter()
        .any(|at| is_chief_of(&command.by, grid, directory, *at));
    let is_room = opening.level >= Level::Township
        && times
            .iter()
            .any(|at| is_in_room(&command.by, context.township, directory, *at));
    let has_chief = has_other_chief(&command.by, grid, directory, context.received_at);
    let goes_by_chief = has_chief && !is_chief && !is_room;
    let returned_from = matter
        .filter(|m| m.state == State::Returned && m.level >= Level::Township)
        .map(|m| m.level);
    let level = match returned_from {
        Some(level) => level,
        None if goes_by_chief => Level::Grid,
        None => Level::Township,
    };
    WayIn {
        level,
        is_chief_asked: goes_by_chief && returned_from.is_none(),
    }
}

fn is_record_only(matter: Option<&Matter>, opening: &Opening, context: &DecisionContext<'_>) -> bool {
    let said = matter.map(|m| &m.classification);
    let category = said
        .and_then(|c| c.category.as_ref())
        .unwrap_or(&opening.category);
    let version = said
        .filter(|c| c.category.is_some())
        .and_then(|c| c.category_version);
    let version = version.unwrap_or(opening.category_version);
    context
        .directory
        .category(category, version)
        .or_else(|| context.directory.category_newest(category))
        .is_some_and(|c| c.is_record_only)
}

/// The command room of a level: the county desk's, or the township's.
pub(super) fn room_unit(level: Level, township: &UnitId, context: &DecisionContext<'_>) -> UnitId {
    if level != Level::County {
        return township.clone();
    }
    context
        .directory
        .county_of(township, context.received_at)
        .map_or_else(|| township.clone(), |county| county.id.clone())
}

/// When the author acted, as far as his device can be believed; never later than the receipt.
pub(super) fn acted_at(command: &Command, received_at: Timestamp) -> Timestamp {
    command.at.judge().at.min(received_at)
}
