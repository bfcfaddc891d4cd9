//! What a patrol watches about itself: that positions keep coming, and that its counts are on the disk.

use serde::{Deserialize, Serialize};

use super::{Effect, Input, Notice, Patrol, PatrolState};
use crate::patrol::filter::DropCounts;
use crate::time::DeviceTime;

/// After so long without a position that could be kept, the worker is told, in ms.
pub const SILENT_AFTER_MS: i64 = 120_000;

/// No position could be kept for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Silence {
    /// For how long, in ms.
    pub silent_ms: i64,
    /// Whether positions came, but none that was good enough.
    pub is_poor: bool,
}

impl Patrol {
    /// How many fixes of the whole patrol were left out, by reason.
    pub fn dropped(&self) -> DropCounts {
        let mut all = self.dropped_closed;
        all.join(&self.dropped);
        all
    }

    /// For how long no position could be kept, from [`SILENT_AFTER_MS`] on, while the patrol runs and location is on.
    pub fn silence(&self, now: &DeviceTime) -> Option<Silence> {
        if self.state != PatrolState::Running || self.location_is_off || now.boot != self.moved.boot {
            return None;
        }
        let since_ms = self.filter.last_kept_ms(now.boot).unwrap_or(i64::MIN);
        let silent_ms = now.monotonic_ms - since_ms.max(self.moved.monotonic_ms);
        (silent_ms >= SILENT_AFTER_MS).then(|| Silence {
            silent_ms,
            is_poor: self.filter.is_poor(),
        })
    }

    /// At the end of each step: says once when positions stay away, and has counts stored with what is stored anyway, or once a minute.
    pub(super) fn watch(&mut self, input: &Input, now: &DeviceTime, effects: &mut Vec<Effect>) {
        match self.silence(now) {
            None => self.is_silence_told = false,
            Some(silence) if !std::mem::replace(&mut self.is_silence_told, true) => {
                let is_poor = silence.is_poor;
                effects.push(Effect::Tell(Notice::NoFixes { is_poor }));
            }
            Some(_) => {}
        }
        self.has_unsaved_counts |= effects.iter().any(|effect| matches!(effect, Effect::Dropped(_)));
        let is_passing = |effect: &Effect| matches!(effect, Effect::Dropped(_) | Effect::Refuse(_));
        let is_stored = matches!(input, Input::Tick) || !effects.iter().all(is_passing);
        if is_stored && std::mem::take(&mut self.has_unsaved_counts) {
            effects.push(Effect::Save);
        }
    }
}

#[cfg(test)]
mod tests;
