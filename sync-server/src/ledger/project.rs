//! Projecting a report: from its content and its matter to the row that lists, clocks and scopes read.

use xunge_core::command::{State, Urgency};
use xunge_core::directory::Directory;
use xunge_core::draft::{self, SubmitKind};
use xunge_core::report::ReportContent;
use xunge_core::time::Timestamp;
use xunge_core::workflow::{Matter, chief_clock_ends_at};

use super::open_report::Summary;
use super::scope;
use crate::store::{ReportRow, flag};

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
    seq: u64,
) -> Option<String> {
    row.state = state_number(matter.state);
    row.rank = rank(matter.urgency);
    row.level = matter.level as u8;
    row.category = Some(matter.category.to_string());
    row.holder = Some((matter.holder.unit.clone(), matter.holder.part as u8));
    row.held_since = matter.held_since;
    row.submitted_at = Some(matter.submitted_at);
    row.due_at = chief_clock_ends_at(matter, directory);
    set(&mut row.flags, flag::PASSED_BY, matter.is_passed_by);
    let is_sensitive = scope::is_sensitive(directory, &matter.category, matter.category_version);
    let key = scope::key(&matter.grid, is_sensitive);
    if row.scope.as_deref() == Some(key.as_str()) {
        return None;
    }
    row.scope_seq = seq;
    Some(row.scope.replace(key).unwrap_or_default())
}

/// Sets or clears a bit of [`flag`].
pub(crate) fn set(flags: &mut u32, bit: u32, is_set: bool) {
    if is_set {
        *flags |= bit;
    } else {
        *flags &= !bit;
    }
}
