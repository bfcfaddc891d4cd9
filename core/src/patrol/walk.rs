//! How far and how long somebody walked: for the worker alone, never sent, never compared.

use serde::{Deserialize, Serialize};

use super::fix::{ACCURACY_M_MAX, Fix};
use crate::place::MicroPosition;
use crate::time::Timestamp;

/// What is nearer than this to where somebody stood is no step, in metres, however good the fix claims to be.
const STEP_M_MIN: f64 = 10.0;

/// Distance and time of a walk. Jitter of a resting phone is no distance, and nothing is added across a gap.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Walk {
    /// Metres walked, by steps that are larger than the error of the fixes.
    pub distance_m: f64,
    /// Time on the move, in ms.
    pub moving_ms: i64,
    /// Time at rest within the patrol, pauses not counted, in ms.
    pub resting_ms: i64,
    stood: Option<Stood>,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Stood {
    position: MicroPosition,
    /// When the last step ended.
    since: Timestamp,
    /// The last fix there.
    until: Timestamp,
    error_m: f64,
}

impl Walk {
    /// The walk along these fixes.
    pub fn along<'a>(fixes: impl IntoIterator<Item = &'a Fix>) -> Self {
        let mut walk = Self::default();
        for fix in fixes {
            walk.add(fix);
        }
        walk
    }

    /// Goes on to the next kept fix. Returns whether that was a step (the first fix is one).
    pub fn add(&mut self, fix: &Fix) -> bool {
        let error_m = f64::from(fix.accuracy_m.unwrap_or(ACCURACY_M_MAX));
        let here = Stood {
            position: fix.position,
            since: fix.at,
            until: fix.at,
            error_m,
        };
        let Some(stood) = self
            .stood
            .as_mut()
            .filter(|_| fix.gap_before.is_none() && !fix.is_mock)
        else {
            self.stood = Some(here);
            return true;
        };
        let way_m = stood.position.distance_m(fix.position);
        if way_m < STEP_M_MIN.max(1.5 * error_m.max(stood.error_m)) {
            self.resting_ms += fix.at.ms_since(stood.until).max(0);
            stood.until = fix.at;
            // The best look at where somebody stands is what steps are measured from.
            if error_m < stood.error_m {
                (stood.position, stood.error_m) = (fix.position, error_m);
            }
            return false;
        }
        self.distance_m += way_m;
        // What looked like rest since the last step was the beginning of this one.
        let begun_ms = stood.until.ms_since(stood.since);
        let is_one_step = begun_ms <= STEP_MS_MAX;
        if is_one_step {
            self.resting_ms -= begun_ms;
            self.moving_ms += begun_ms;
        }
        self.moving_ms += fix.at.ms_since(stood.until).max(0);
        self.stood = Some(here);
        true
    }
}

/// A step that took no longer than this was walking all the time, in ms.
const STEP_MS_MAX: i64 = 30_000;
