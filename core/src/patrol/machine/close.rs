//! Closing segments: when, and what they say of themselves.

use super::{Begun, ClosedSegment, Effect, Patrol, SEGMENT_CLOSES_AFTER_MS};
use crate::id::UnitId;
use crate::in_order::InOrder;
use crate::patrol::fix::{Fix, FixClock};
use crate::patrol::segment::{
    CloseCause, GRIDS_MAX, Lead, ORDER_BYTES_MAX, SEGMENT_FIXES_MAX, SEGMENT_MS_MAX, Segment, SegmentHeader,
};
use crate::time::{DeviceTime, Timestamp};

impl Patrol {
    /// Whether the open segment is long enough by the monotonic clock.
    pub(super) fn is_long(&self, now: DeviceTime) -> bool {
        let open_ms = now.monotonic_ms.saturating_sub(self.begun.taken.monotonic_ms);
        !self.open.is_empty() && open_ms >= SEGMENT_CLOSES_AFTER_MS
    }

    /// Whether the fix belongs into the next segment.
    pub(super) fn is_full(&self, fix: &Fix) -> bool {
        let open_ms = fix.at.ms_since(self.begun.at);
        open_ms >= SEGMENT_CLOSES_AFTER_MS || self.open.len() >= SEGMENT_FIXES_MAX
    }

    /// The last instant of which the open segment says something.
    pub(super) fn open_ends_at(&self) -> Timestamp {
        self.open.last().map_or(self.begun.at, |last| last.at)
    }

    /// What the open segment would be if it were closed now with its last fix: for coverage and maps on the phone, never sent.
    pub fn open_segment(&self) -> Option<Segment> {
        let mut copy = self.clone();
        match copy.close_at(CloseCause::Full, copy.open_ends_at())? {
            Effect::Close(segment) => Segment::decode(&segment.bytes).ok(),
            _ => None,
        }
    }

    /// Closes the open segment with its last fix; the next one begins at this reading of the clocks.
    pub(super) fn close_with_last(&mut self, closed: CloseCause, now: DeviceTime) -> Option<Effect> {
        let effect = self.close_at(closed, self.open_ends_at());
        self.begin_segment(now);
        effect
    }

    /// Closes the open segment at a reading of the clocks; the next one begins there.
    pub(super) fn close(&mut self, closed: CloseCause, now: DeviceTime) -> Option<Effect> {
        let (at, _) = self.filter.instant(&now);
        let effect = self.close_at(closed, at);
        self.begin_segment(now);
        effect
    }

    /// Closes the open segment so that the next one begins with this fix, which the filter kept already.
    pub(super) fn close_before(
        &mut self,
        closed: CloseCause,
        fix: &Fix,
        taken: DeviceTime,
        clock_moved_ms: Option<i64>,
    ) -> Option<Effect> {
        let effect = self.close_at(closed, self.open_ends_at());
        if let Some(lead) = &mut self.lead {
            // What came before is told in the clock of what follows.
            let moved = lead.at.plus_ms(clock_moved_ms.unwrap_or(0)).as_millis().max(0);
            lead.at = Timestamp(moved - moved % 100);
            if lead.clock == FixClock::Unknown && taken.boot == self.begun.taken.boot {
                lead.clock = fix.clock;
            }
        }
        self.begun = Begun {
            taken,
            at: fix.at,
            clock: fix.clock,
        };
        effect
    }

    /// Makes the segment of what is open. A segment without fixes is made only where it says something: that a patrol was there and saw
    /// nothing to record, or that fixes were left out.
    pub(super) fn close_at(&mut self, closed: CloseCause, at: Timestamp) -> Option<Effect> {
        let fixes = std::mem::take(&mut self.open);
        let dropped = std::mem::take(&mut self.dropped);
        self.dropped_closed.join(&dropped);
        let begun_at = fixes
            .first()
            .map_or(self.begun.at, |first| first.at.min(self.begun.at));
        let last_at = fixes.last().map_or(begun_at, |last| last.at);
        let is_quiet = fixes.is_empty() && dropped.total() == 0;
        let is_last_word = closed == CloseCause::Ended && self.next_index == 0;
        if is_quiet && !is_last_word {
            return None;
        }
        let closed_at = at.max(last_at).min(begun_at.plus_ms(SEGMENT_MS_MAX));
        let lead = fixes.last().map(Lead::of).or(self.lead);
        let clock = match fixes.first() {
            Some(first) if first.clock == FixClock::Unknown => FixClock::Unknown,
            Some(_) => FixClock::Estimated,
            None => self.begun.clock,
        };
        let segment = Segment {
            header: SegmentHeader {
                patrol: self.plan.patrol,
                install: self.plan.install,
                person: self.plan.person.clone(),
                grids: self.plan.grids.clone(),
                kind: self.plan.kind,
                order: self.plan.order.clone(),
                index: self.next_index,
                boot: self.begun.taken.boot,
                begun_monotonic_ms: self.begun.taken.monotonic_ms.max(0),
                begun_at,
                closed_at,
                clock,
            },
            lead: self.lead,
            fixes,
            dropped,
            closed,
        };
        let index = self.next_index;
        let (hash, bytes) = segment
            .encode()
            .expect("the filter and the limits of the machine keep every rule of a segment");
        self.next_index += 1;
        self.lead = lead;
        self.walk_closed = self.walk_now;
        Some(Effect::Close(ClosedSegment { hash, bytes, index }))
    }

    /// The next segment begins at this reading of the clocks.
    pub(super) fn begin_segment(&mut self, now: DeviceTime) {
        self.filter.look_at_clock(&now);
        let (at, clock) = self.filter.instant(&now);
        // What the filter has of the last fix is in the clock of the track as it is now.
        self.lead = self.filter.last().map(Lead::of);
        self.begun = Begun {
            taken: now,
            at,
            clock,
        };
    }
}

/// Ascending, each once, as many as a patrol may serve.
pub(super) fn tidy_grids(grids: &[UnitId]) -> Vec<UnitId> {
    let mut tidy: Vec<UnitId> = Vec::new();
    for grid in grids {
        if tidy.len() < GRIDS_MAX && !tidy.contains(grid) {
            tidy.push(grid.clone());
        }
    }
    tidy.order_by(Ord::cmp);
    tidy
}

/// Cut at the end of a character so that it fits; none where it is empty.
pub(super) fn tidy_order(order: Option<String>) -> Option<String> {
    let mut order = order.filter(|order| !order.is_empty())?;
    order.truncate(order.floor_char_boundary(ORDER_BYTES_MAX));
    Some(order)
}
