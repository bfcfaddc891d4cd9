//! The chief's clock.

use super::Matter;
use super::standing::is_clocked;
use crate::directory::Directory;
use crate::time::Timestamp;

/// When a report passes by its chief, if he decides nothing until then; `None` where no chief's clock runs.
///
/// Counted from the server's receipt in working time (default 4 working hours) by the policy, the hours and the calendar of the unit
/// that holds it. An emergency does not change it: then reports are urgent, and nobody waits for the chief.
pub fn chief_clock_ends_at(matter: &Matter, directory: &Directory) -> Option<Timestamp> {
    let from = matter.chief_clock_from.filter(|_| is_clocked(matter))?;
    let policy = directory.policy(&matter.holder.unit, from);
    Some(directory.calendar(from).working_time_after(
        from,
        policy.chief_clock_working_min,
        policy.zone,
        &policy.working_hours_min,
    ))
}
