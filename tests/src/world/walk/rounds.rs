//! Patrols on a walk: a worker goes through a grid for a minute, and goes on another time.

use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::app::Device;
use xunge_core::patrol::{PatrolKind, PatrolState};
use xunge_core::time::Clock;

use super::Walk;
use crate::walker;

/// The fixes of one step, five seconds apart.
const FIXES: usize = 12;

const DAY_MS: i64 = 24 * 3_600_000;

impl Walk {
    pub(super) fn patrol(&mut self) -> Option<String> {
        let by = self.somebody()?;
        let device = self.device(by);
        if !is_on_patrol(&device) {
            let started = device.patrol_start(PatrolKind::Routine, &[], None, None);
            return Some(format!("{by:?} starts: {}", super::said(&started)));
        }
        if self.world.rng.random_bool(0.2) {
            let ended = device.patrol_end();
            return Some(format!("{by:?} ends: {}", super::said(&ended)));
        }
        let drawn: Vec<_> = self.world.township.grids.clone();
        let grid = self.draw(&drawn)?;
        let outline = self.world.township.unit(&grid)?.boundary.clone()?;
        let mut rng = StdRng::seed_from_u64(self.world.rng.random());
        let ms = FIXES as i64 * 5_000;
        let (begun_at, mut kept) = (self.world.time.now(), 0);
        for reading in walker::walk_through(&outline, ms, &walker::Faults::USUAL, &mut rng) {
            let at = begun_at.plus_ms(reading.after_ms);
            self.world.pass_ms(at.ms_since(self.world.time.now()).max(0));
            let shown = self.world.phones[by.0].clock.read();
            let Ok(step) = device.add_fix(&reading.fix(at, shown)) else {
                break;
            };
            if step.is_kept {
                kept += 1;
            }
            // A track that is dated years back is past its time on the phone as soon as the server has it.
            if step.is_kept && self.world.phones[by.0].clock.error_ms().abs() < DAY_MS {
                self.world.journal.walked(by, step.patrol);
            }
        }
        Some(format!("{by:?} walks in {grid}: {kept} fixes kept"))
    }
}

/// Whether a patrol is under way. A phone that cannot tell has none.
pub(crate) fn is_on_patrol(device: &Device) -> bool {
    let patrol = device.patrol().ok().flatten();
    patrol.is_some_and(|patrol| !matches!(patrol.state, PatrolState::Ended { .. }))
}
