//! The life of a patrol: started, paused, resumed, ended; killed and coming back. A pure state machine.
//!
//! [`Patrol::step`] takes an input and a reading of the clocks, and returns what to do, in order. Whoever keeps patrols on a disk does so:
//! each [`Effect::KeepFix`] is one durable row; each [`Effect::Close`] stores the segment and deletes the rows that it replaces, in one
//! transaction; after a step that returned anything but [`Effect::Dropped`] and [`Effect::KeepFix`], the patrol itself (serde, without its
//! open fixes) is stored in the same transaction. After a kill, [`Patrol::reopen`] puts the patrol and its rows together again. So a kill
//! loses at most the fix that was being written, and of the counts of what was left out at most those since the last row or tick.

use serde::{Deserialize, Serialize};

use super::filter::{DropCounts, DropReason, FixFilter, Verdict};
use super::fix::{Fix, FixClock, GapCause, RawFix};
use super::segment::{CloseCause, Lead};
use super::walk::Walk;
use crate::id::{InstallId, PatrolId, PersonId, UnitId};
use crate::time::{DeviceTime, Timestamp};

mod close;
mod happening;
mod reopen;
mod watch;

pub use happening::{ClosedSegment, Effect, EventKind, Input, Notice, PatrolEvent, RefusedInput};
pub use watch::{SILENT_AFTER_MS, Silence};

/// A segment is closed after so long, in ms.
pub const SEGMENT_CLOSES_AFTER_MS: i64 = 600_000;

/// A patrol that did not move for so long ends by itself, in ms.
pub const STILL_ENDS_AFTER_MS: i64 = 5_400_000;

/// How often fixes are wanted while a patrol runs, in ms.
pub const FIX_EVERY_MS: i64 = 5_000;

/// What sort of patrol it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatrolKind {
    /// 日常巡查.
    #[default]
    Routine,
    /// 指令巡查: the room asked for it.
    OnOrder,
    /// 应急巡查.
    Emergency,
}

impl PatrolKind {
    /// The kind in Chinese and in English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Routine => ("日常巡查", "routine"),
            Self::OnOrder => ("指令巡查", "on order"),
            Self::Emergency => ("应急巡查", "emergency"),
        }
    }
}

/// What a patrol is begun with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PatrolPlan {
    /// Its name, random.
    pub patrol: PatrolId,
    /// The phone's install. Another phone of the same worker runs a patrol of its own; their cells add up.
    pub install: InstallId,
    /// Who walks.
    pub person: PersonId,
    /// The grids that it serves; order and repetition do not matter. 1..=[`GRIDS_MAX`](super::GRIDS_MAX), the first ones are taken.
    pub grids: Vec<UnitId>,
    /// What sort of patrol.
    pub kind: PatrolKind,
    /// The order that it answers; at most 64 bytes, longer ones are cut.
    pub order: Option<String>,
    /// When the shift ends, UTC: the patrol then ends by itself. `None` where no shift is set.
    pub shift_ends_at: Option<Timestamp>,
}

/// Where a patrol stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PatrolState {
    /// Fixes are recorded.
    Running,
    /// The worker paused it: nothing is recorded.
    Paused,
    /// It is over.
    Ended {
        /// Who or what ended it.
        by: EndCause,
        /// When, by the patrol's clock.
        at: Timestamp,
    },
}

/// Who or what ended a patrol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// The worker.
    Worker,
    /// The end of the shift.
    ShiftEnd,
    /// Nothing moved for [`STILL_ENDS_AFTER_MS`].
    LongStillness,
    /// The worker handed the shift over.
    HandedOver,
}

/// One patrol on one phone.
///
/// As serde data it is what must be stored besides the rows of the open segment; those are put back by [`Patrol::reopen`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Patrol {
    plan: PatrolPlan,
    state: PatrolState,
    started: DeviceTime,
    filter: FixFilter,
    /// The walk up to the open segment.
    walk_closed: Walk,
    /// What the open segment says of its beginning.
    begun: Begun,
    lead: Option<Lead>,
    next_index: u32,
    dropped: DropCounts,
    /// Those of the segments before.
    #[serde(default)]
    dropped_closed: DropCounts,
    /// The clocks when something last moved.
    moved: DeviceTime,
    /// The clocks of the last input.
    seen: DeviceTime,
    location_is_off: bool,
    /// The fixes of the open segment: rows on the disk.
    #[serde(skip)]
    open: Vec<Fix>,
    /// The walk with the open segment.
    #[serde(skip)]
    walk_now: Walk,
    /// Whether `dropped` is ahead of what was stored.
    #[serde(skip)]
    has_unsaved_counts: bool,
    /// Whether the worker was told that no positions come.
    #[serde(skip)]
    is_silence_told: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Begun {
    taken: DeviceTime,
    at: Timestamp,
    clock: FixClock,
}

impl Patrol {
    /// Begins a patrol. Fails where no grid is named.
    pub fn start(mut plan: PatrolPlan, now: DeviceTime) -> Result<(Self, Vec<Effect>), RefusedInput> {
        plan.grids = close::tidy_grids(&plan.grids);
        plan.order = close::tidy_order(plan.order);
        if plan.grids.is_empty() {
            return Err(RefusedInput::NoGrid);
        }
        let mut filter = FixFilter::new();
        filter.look_at_clock(&now);
        let (at, clock) = filter.instant(&now);
        let patrol = Self {
            plan,
            state: PatrolState::Running,
            started: now,
            filter,
            walk_closed: Walk::default(),
            begun: Begun {
                taken: now,
                at,
                clock,
            },
            lead: None,
            next_index: 0,
            dropped: DropCounts::default(),
            dropped_closed: DropCounts::default(),
            moved: now,
            seen: now,
            location_is_off: false,
            open: Vec::new(),
            walk_now: Walk::default(),
            has_unsaved_counts: false,
            is_silence_told: false,
        };
        let mut effects = vec![patrol.remember(now, EventKind::Started), LOCATE];
        effects.extend((clock == FixClock::Unknown).then_some(Effect::Tell(Notice::DayIsUnknown)));
        Ok((patrol, effects))
    }

    /// What it was begun with, its grids as they are now.
    pub fn plan(&self) -> &PatrolPlan {
        &self.plan
    }

    /// Where it stands.
    pub fn state(&self) -> PatrolState {
        self.state
    }

    /// The phone's clocks when it began.
    pub fn started(&self) -> DeviceTime {
        self.started
    }

    /// The fixes of the open segment.
    pub fn open_fixes(&self) -> &[Fix] {
        &self.open
    }

    /// The last kept fix.
    pub fn last_fix(&self) -> Option<&Fix> {
        self.filter.last()
    }

    /// Distance and time so far: for the worker alone.
    pub fn walk(&self) -> Walk {
        self.walk_now
    }

    /// Takes one input. `now` is a reading of the clocks at the input; for a fix, its own reading is used where it is newer.
    pub fn step(&mut self, input: &Input, now: DeviceTime) -> Vec<Effect> {
        if let PatrolState::Ended { .. } = self.state {
            return vec![Effect::Refuse(RefusedInput::IsOver)];
        }
        let mut effects = self.notice_restart(now);
        self.seen = now;
        if let Some(by) = self.is_due_to_end(now) {
            self.end(by, None, now, &mut effects);
            effects.push(Effect::Tell(Notice::EndedByItself { by }));
            return effects;
        }
        match (input, self.state) {
            (Input::Tick | Input::Fix(_), PatrolState::Paused) => {
                let is_fix = matches!(input, Input::Fix(_));
                effects.extend(is_fix.then_some(Effect::Refuse(RefusedInput::IsPaused)));
            }
            (Input::Tick, _) => {
                if self.is_long(now) {
                    effects.extend(self.close_with_last(CloseCause::Full, now));
                }
            }
            (Input::Fix(raw), _) => self.take(raw, now, &mut effects),
            (Input::Pause, PatrolState::Paused) => effects.push(Effect::Refuse(RefusedInput::IsPaused)),
            (Input::Pause, _) => {
                effects.extend(self.close(CloseCause::Paused, now));
                self.filter.begin_gap(GapCause::Paused);
                self.state = PatrolState::Paused;
                effects.push(self.remember(now, EventKind::Paused));
                effects.push(Effect::Locate { every_ms: None });
            }
            (Input::Resume, PatrolState::Paused) => {
                self.state = PatrolState::Running;
                self.moved = now;
                self.begin_segment(now);
                effects.push(self.remember(now, EventKind::Resumed));
                effects.push(LOCATE);
            }
            (Input::Resume, _) => effects.push(Effect::Refuse(RefusedInput::IsRunning)),
            (Input::End, _) => self.end(EndCause::Worker, None, now, &mut effects),
            (Input::HandOver { to }, _) => {
                self.end(EndCause::HandedOver, Some(to.clone()), now, &mut effects);
            }
            (Input::LocationOff, _) => self.lose_location(now, &mut effects),
            (Input::LocationOn, _) => {
                if std::mem::take(&mut self.location_is_off) {
                    effects.push(self.remember(now, EventKind::LocationOn));
                }
            }
            (Input::Serve { grids }, _) => self.serve(grids, now, &mut effects),
            (Input::ShiftEnds { at }, _) => self.plan.shift_ends_at = *at,
        }
        self.watch(input, &now, &mut effects);
        effects
    }

    fn take(&mut self, raw: &RawFix, now: DeviceTime, effects: &mut Vec<Effect>) {
        let is_same_run = raw.taken.boot == self.begun.taken.boot;
        if is_same_run && self.open.is_empty() && raw.taken.monotonic_ms < self.begun.taken.monotonic_ms {
            // The system remembers fixes from before the patrol began or while it was paused. They are not ours to look at.
            self.dropped.add(DropReason::OutOfOrder);
            effects.push(Effect::Dropped(DropReason::OutOfOrder));
            return;
        }
        let before = self.filter.last().copied();
        let (believed_at, _) = self.filter.instant(&raw.taken);
        let (fix, clock_moved_ms) = match self.filter.offer(raw) {
            Verdict::Dropped(reason) => {
                self.dropped.add(reason);
                effects.push(Effect::Dropped(reason));
                return;
            }
            Verdict::Kept { fix, clock_moved_ms } => (fix, clock_moved_ms),
        };
        let was_known = self.begun.clock != FixClock::Unknown;
        let is_known = fix.clock != FixClock::Unknown;
        if clock_moved_ms.is_some() || was_known != is_known || !is_same_run {
            effects.extend(self.close_before(CloseCause::Changed, &fix, raw.taken, clock_moved_ms));
            let is_new_clock = was_known != is_known;
            let moved_ms = clock_moved_ms.or(is_new_clock.then(|| fix.at.ms_since(believed_at)));
            if let Some(by_ms) = moved_ms {
                effects.push(self.remember(now, EventKind::ClockMoved { by_ms }));
            }
        } else if self.is_full(&fix) {
            effects.extend(self.close_before(CloseCause::Full, &fix, raw.taken, None));
        }
        if let Some(cause) = fix.gap_before {
            let is_comparable =
                before.is_some_and(|b| clock_moved_ms.is_none() && b.clock != FixClock::Unknown) && is_known;
            let gap_ms = before
                .filter(|_| is_comparable)
                .map(|before| fix.at.ms_since(before.at));
            effects.push(self.remember(now, EventKind::Gap { cause, gap_ms }));
        }
        if self.walk_now.add(&fix) {
            self.moved = now;
        }
        self.open.push(fix);
        effects.push(Effect::KeepFix(fix));
    }

    fn lose_location(&mut self, now: DeviceTime, effects: &mut Vec<Effect>) {
        if !std::mem::replace(&mut self.location_is_off, true) {
            if self.state == PatrolState::Running {
                self.filter.begin_gap(GapCause::LocationOff);
                effects.push(Effect::Tell(Notice::LocationIsOff));
            }
            effects.push(self.remember(now, EventKind::LocationOff));
        }
    }

    fn serve(&mut self, grids: &[UnitId], now: DeviceTime, effects: &mut Vec<Effect>) {
        let grids = close::tidy_grids(grids);
        if grids.is_empty() {
            effects.push(Effect::Refuse(RefusedInput::NoGrid));
        } else if grids != self.plan.grids {
            // What a segment says of its grids must hold for all of it.
            if self.state == PatrolState::Running {
                effects.extend(self.close_with_last(CloseCause::Changed, now));
            }
            self.plan.grids.clone_from(&grids);
            effects.push(self.remember(now, EventKind::Serves { grids }));
        }
    }

    fn end(&mut self, by: EndCause, to: Option<PersonId>, now: DeviceTime, effects: &mut Vec<Effect>) {
        effects.extend(self.close(CloseCause::Ended, now));
        let (now_at, _) = self.filter.instant(&now);
        let at = match (by, self.plan.shift_ends_at) {
            (EndCause::ShiftEnd, Some(end)) => end,
            _ => now_at,
        };
        self.state = PatrolState::Ended { by, at };
        effects.push(self.remember(now, EventKind::Ended { by, to }));
        effects.push(Effect::Locate { every_ms: None });
    }

    fn is_due_to_end(&self, now: DeviceTime) -> Option<EndCause> {
        let (at, _) = self.filter.instant(&now);
        if self.plan.shift_ends_at.is_some_and(|end| at >= end) {
            return Some(EndCause::ShiftEnd);
        }
        let is_same_run = self.moved.boot == now.boot;
        let rested_ms = now.monotonic_ms.saturating_sub(self.moved.monotonic_ms);
        let is_long = self.state == PatrolState::Running && is_same_run && rested_ms >= STILL_ENDS_AFTER_MS;
        is_long.then_some(EndCause::LongStillness)
    }

    fn remember(&self, taken: DeviceTime, event: EventKind) -> Effect {
        Effect::Remember(PatrolEvent {
            patrol: self.plan.patrol,
            taken,
            at: self.filter.instant(&taken).0,
            event,
        })
    }
}

const LOCATE: Effect = Effect::Locate {
    every_ms: Some(FIX_EVERY_MS),
};

#[cfg(test)]
mod tests;
