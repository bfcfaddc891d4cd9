//! Coming back after the app or the phone was away.

use super::{Effect, LOCATE, Notice, Patrol, PatrolState};
use crate::patrol::fix::{Fix, GapCause};
use crate::patrol::segment::CloseCause;
use crate::time::DeviceTime;

impl Patrol {
    /// Puts a patrol together again from what was stored and the rows of its open segment, in the order in which they were kept, and says
    /// what to do now. A paused or ended patrol stays so.
    #[must_use = "the effects must be carried out"]
    pub fn reopen(mut self, rows: Vec<Fix>, now: DeviceTime) -> (Self, Vec<Effect>) {
        self.walk_now = self.walk_closed;
        for fix in &rows {
            self.walk_now.add(fix);
        }
        self.filter
            .resume_from(rows.last(), &self.begun.taken, self.begun.at);
        self.open = rows;
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
        (self, effects)
    }

    /// A reading from another run of the phone while the patrol is in memory: only a restored process image or a test does that, but a
    /// segment must not run over it.
    pub(super) fn notice_restart(&mut self, now: DeviceTime) -> Vec<Effect> {
        let mut effects = Vec::new();
        if now.boot != self.seen.boot && self.state == PatrolState::Running {
            self.interrupt(GapCause::Reboot, now, &mut effects);
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
