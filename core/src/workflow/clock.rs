//! The chief's clock.

use super::Matter;
use super::deadline::{Stage, deadline_of};
use super::standing::is_clocked;
use crate::directory::Directory;
use crate::time::Timestamp;

/// When a report passes by its chief, if he decides nothing until then; `None` where no chief's clock runs.
///
/// Counted from the server's receipt (default: 4 working hours) by the policy, the hours and the calendar of the unit that holds it. An
/// emergency that holds `at` the instant tightens it.
pub fn chief_clock_ends_at(matter: &Matter, directory: &Directory, at: Timestamp) -> Option<Timestamp> {
    let from = matter.chief_clock_from.filter(|_| is_clocked(matter))?;
    deadline_of(Stage::Chief, from, matter, directory, at).map(|deadline| deadline.ends_at)
}
