//! Coming back after the app or the phone was away.

use super::{Effect, LOCATE, Notice, Patrol, PatrolState};
use crate::patrol::fix::{Fix, GapCause};
use crate::patrol::segment::CloseCause;
use crate::time::DeviceTime;

impl Patrol {
    /// Puts a patrol together again from what was stored and the rows of its open segment, in the order in which they were kept, and says
    /// what to do now. A paused or ended patrol stays so.
    #[must_use = "the effects must be carried out"]
    pub fn reopen(self, rows: Vec<Fix>, now: DeviceTime) -> (Self, Vec<Effect>) {
        let mut patrol = self.resting(rows);
        let effects = patrol.go_on(now);
        (patrol, effects)
    }

    /// Puts a patrol together again as it lies on the disk, for a look: nothing goes on and no gap begins.
    #[must_use]
    pub fn resting(mut self, rows: Vec<Fix>) -> Self {
        self.walk_now = self.walk_closed;
        for fix in &rows {
            self.walk_now.add(fix);
        }
        if let Some(first) = rows.first() {
            // A segment that was begun anew without closing one was not stored; its first row says where it begins.
            let later_ms = first.at.ms_since(self.begun.at);
            self.begun.at = first.at;
            self.begun.clock = first.clock;
            let monotonic_ms = &mut self.begun.taken.monotonic_ms;
            *monotonic_ms = monotonic_ms.saturating_add(later_ms);
        }
        self.filter
            .resume_from(rows.last(), &self.begun.taken, self.begun.at);
        self.open = rows;
        self
    }

    fn go_on(&mut self, now: DeviceTime) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.state == PatrolState::Running {
            let cause = if now.boot == self.seen.boot {
                GapCause::Killed
            } else {
                GapCause::Reboot
            };
            self.interrupt(cause, now, &mut effects);
            effects.push(Effect::Tell(Notice::GoesOn { cause }));
            effects.push(LOCATE);
            if let Some(by) = self.is_due_to_end(now) {
                self.end(by, None, now, &mut effects);
                effects.push(Effect::Tell(Notice::EndedByItself { by }));
            }
        }
        self.seen = now;
        effects
    }

    /// A reading from another run of the phone while the patrol is in memory: only a restored process image or a test does that, but a
    /// segment must not run over it.
    pub(super) fn notice_restart(&mut self, now: DeviceTime) -> Vec<Effect> {
        let mut effects = Vec::new();
        if now.boot != self.seen.boot && self.state == PatrolState::Running {
            self.interrupt(GapCause::Reboot, now, &mut effects);
            // Asked anew, and stored with it.
            effects.push(LOCATE);
        }
        effects
    }

    /// Closes what is open with its last fix: nobody knows what came after.
    fn interrupt(&mut self, cause: GapCause, now: DeviceTime, effects: &mut Vec<Effect>) {
        effects.extend(self.close_with_last(CloseCause::Interrupted, now));
        self.filter.begin_gap(cause);
        self.moved = now;
    }
}
