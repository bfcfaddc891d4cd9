//! Projecting a report: from its content and its matter to the row that lists, clocks and scopes read.

use xunge_core::command::{ActionKind, State, Urgency, Verdict};
use xunge_core::directory::Directory;
use xunge_core::draft::{self, SubmitKind};
use xunge_core::report::ReportContent;
use xunge_core::time::Timestamp;
use xunge_core::workflow::{Matter, Stage, close_due_at, nearest};

use super::open_report::Summary;
use super::scope;
use crate::store::{OutcomeRow, ReportRow, flag};

/// The number of a state in the row: that of its wire form.
pub(crate) fn state_number(state: State) -> u8 {
    let place = State::ALL
        .iter()
        .position(|s| *s == state)
        .expect("every state is listed");
    u8::try_from(place).expect("there are few states")
}

/// The state with this number.
pub(crate) fn state_of(number: u8) -> State {
    State::ALL
        .get(usize::from(number))
        .copied()
        .unwrap_or(State::Draft)
}

/// The place of a value in the queue's order.
pub(crate) fn rank(urgency: Urgency) -> u8 {
    u8::from(urgency == Urgency::Normal)
}

/// The summary of a content, as the directory names things now.
pub(crate) fn summary(
    content: &ReportContent,
    directory: &Directory,
    at: Timestamp,
    kind: SubmitKind,
) -> Summary {
    let facts = draft::facts(content, directory, at, kind);
    Summary::of(draft::title(content, directory), content, &facts)
}

/// Writes what the matter says into the row. Returns the scope key before, where it changed.
pub(crate) fn matter(
    row: &mut ReportRow,
    matter: &Matter,
    directory: &Directory,
    now: Timestamp,
    seq: u64,
) -> Option<String> {
    row.state = state_number(matter.state);
    row.rank = rank(matter.urgency);
    row.level = matter.level as u8;
    row.category = Some(matter.category.to_string());
    row.holder = Some((matter.holder.unit.clone(), matter.holder.part as u8));
    row.held_since = matter.held_since;
    row.submitted_at = Some(matter.submitted_at);
    clocks(row, matter, directory, now);
    row.outcome = outcome(matter, directory, now);
    set(&mut row.flags, flag::PASSED_BY, matter.is_passed_by);
    let is_sensitive = scope::is_sensitive(directory, &matter.category, matter.category_version);
    let key = scope::key(&matter.grid, is_sensitive);
    if row.scope.as_deref() == Some(key.as_str()) {
        return None;
    }
    row.scope_seq = seq;
    Some(row.scope.replace(key).unwrap_or_default())
}

/// What became of a report so far, for figures.
pub(crate) fn outcome(matter: &Matter, directory: &Directory, now: Timestamp) -> OutcomeRow {
    let reworks = matter
        .history
        .iter()
        .filter(|step| step.kind == ActionKind::Rework);
    OutcomeRow {
        closed_at: matter.closed_at,
        close_due_at: close_due_at(matter, directory, matter.closed_at.unwrap_or(now)),
        closed_level: matter.closed_level.map(|level| level as u8),
        reworks: u32::try_from(reworks.count()).unwrap_or(u32::MAX),
        called_back: match matter.called_back {
            None => 0,
            Some(Verdict::Confirmed) => 1,
            Some(Verdict::NotConfirmed) => 2,
            Some(Verdict::Unknown) => 3,
        },
        lead: matter.lead().map(|part| part.unit.clone()),
    }
}

/// Writes the nearest deadline and when to look again.
pub(crate) fn clocks(row: &mut ReportRow, matter: &Matter, directory: &Directory, now: Timestamp) {
    let (nearest, look_at) = nearest(matter, directory, now);
    let number = nearest
        .as_ref()
        .map_or(0, |deadline| stage_number(&deadline.stage));
    row.due_at = nearest.map(|deadline| deadline.ends_at);
    row.flags = row.flags & !(0xF << flag::STAGE_SHIFT) | number << flag::STAGE_SHIFT;
    row.look_at = look_at;
}

/// What is to be done by a row's deadline, whoever the unit is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueStage {
    /// The chief decides.
    Chief,
    /// The room dispatches.
    Dispatch,
    /// A unit signs.
    Sign,
    /// A unit feeds back.
    Unit,
    /// The room reviews.
    Review,
    /// The matter is closed.
    Close,
    /// A held matter is looked at again.
    LookAgain,
}

/// Stages by their numbers, from 1.
const STAGES: [DueStage; 7] = [
    DueStage::Chief,
    DueStage::Dispatch,
    DueStage::Sign,
    DueStage::Unit,
    DueStage::Review,
    DueStage::Close,
    DueStage::LookAgain,
];

fn stage_number(stage: &Stage) -> u32 {
    match stage {
        Stage::Chief => 1,
        Stage::Dispatch => 2,
        Stage::Sign { .. } => 3,
        Stage::Unit { .. } => 4,
        Stage::Review => 5,
        Stage::Close => 6,
        Stage::LookAgain => 7,
    }
}

/// The stage of a row's nearest deadline.
pub(crate) fn stage_of(flags: u32) -> Option<DueStage> {
    let number = (flags >> flag::STAGE_SHIFT) & 0xF;
    STAGES.get(usize::try_from(number.checked_sub(1)?).ok()?).copied()
}

/// Sets or clears a bit of [`flag`].
pub(crate) fn set(flags: &mut u32, bit: u32, is_set: bool) {
    if is_set {
        *flags |= bit;
    } else {
        *flags &= !bit;
    }
}
