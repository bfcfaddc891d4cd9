//! The console over loopback: who gets which page, what forms do, and what hostile input does not.

#[path = "console/acts.rs"]
mod acts;
#[path = "console/beside.rs"]
mod beside;
#[path = "console/boards.rs"]
mod boards;
#[path = "console/desk.rs"]
mod desk;
#[path = "console/factor.rs"]
mod factor;
#[path = "console/fleet.rs"]
mod fleet;
#[path = "console/frame.rs"]
mod frame;
#[path = "console/hostile.rs"]
mod hostile;
#[path = "console/keep.rs"]
mod keep;
#[path = "console/live.rs"]
mod live;
#[path = "console/maps.rs"]
mod maps;
#[path = "console/roles.rs"]
mod roles;
#[path = "console/shifts.rs"]
mod shifts;
#[path = "console/table.rs"]
mod table;

use std::sync::Arc;

use xunge_core::app::Device;
use xunge_core::id::ReportId;

use super::browser::people;
use super::town::Town;

/// A town with everybody in it, and the phone of a worker.
pub(crate) fn town() -> (Town, Arc<Device>) {
    let town = Town::open();
    people(&town);
    let device = town.device("w1");
    (town, device)
}

/// Lets a report pass by its chief, so that the room has it.
pub(crate) fn queued(town: &Town, device: &Device, words: &str) -> ReportId {
    let report = town.report(device, words, &[]);
    let later = town.service().now().plus_ms(30 * 86_400_000);
    town.service().tick(later).expect("the clock runs");
    report
}
