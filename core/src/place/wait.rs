//! Whether to wait for a better position: a pure state machine, fed with claims and with the time that has passed.
//!
//! People take the first fix, which may be kilometres off; and indoors no good one ever comes. So the app waits a little, says how good it
//! is, and never holds anybody up.

use super::{PlaceClaim, Quality};

/// What to tell the worker.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Advice {
    /// Wait: a better one is likely. The best so far, if any.
    Wait(Option<PlaceClaim>),
    /// Good enough.
    TakeIt(PlaceClaim),
    /// Time is up: the best there was, if any. The worker chooses the grid by name where it is not good enough.
    TakeItAnyway(Option<PlaceClaim>),
}

/// After this long in ms a [`Quality::Fair`] claim is taken.
pub const FAIR_AFTER_MS: i64 = 8_000;

/// After this long in ms whatever there is is taken.
pub const TIMEOUT_MS: i64 = 30_000;

/// One wait for a position, from the opening of the form.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Wait {
    best: Option<PlaceClaim>,
}

impl Wait {
    /// Takes a claim in, `elapsed_ms` after the wait began. Claims that are no position are passed over; a stale one never ends the wait.
    pub fn feed(&mut self, claim: PlaceClaim, elapsed_ms: i64) -> Advice {
        if claim.position.check().is_ok() && self.best.is_none_or(|best| rank(&claim) < rank(&best)) {
            self.best = Some(claim);
        }
        self.advice(elapsed_ms)
    }

    /// The advice `elapsed_ms` after the wait began, without a new claim.
    pub fn advice(&self, elapsed_ms: i64) -> Advice {
        let fresh = self.best.filter(|best| !best.is_stale());
        match fresh.map(|best| (best.quality(), best)) {
            Some((Quality::Good, best)) => Advice::TakeIt(best),
            Some((Quality::Fair, best)) if elapsed_ms >= FAIR_AFTER_MS => Advice::TakeIt(best),
            _ if elapsed_ms >= TIMEOUT_MS => Advice::TakeItAnyway(self.best),
            _ => Advice::Wait(self.best),
        }
    }

    /// The best claim so far.
    pub fn best(&self) -> Option<PlaceClaim> {
        self.best
    }
}

/// What makes one claim better than another: fresh before stale, then by quality, then by accuracy in whole centimetres.
fn rank(claim: &PlaceClaim) -> (bool, Quality, u64) {
    let accuracy_cm = (claim.accuracy_m.clamp(0.0, 1e9) * 100.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=1e11, and not a number becomes 0"
    )]
    let accuracy_cm = accuracy_cm as u64;
    (claim.is_stale(), claim.quality(), accuracy_cm)
}
