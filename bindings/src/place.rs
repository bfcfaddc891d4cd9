//! Where the phone is: how good a position is, whether to wait for a better one, what the place is called.

use std::sync::{Mutex, PoisonError};

use xunge_core::directory::NearbyName;
use xunge_core::place::{self, Advice, PlaceClaim, Position, Quality, Wait};

use crate::device::Device;
use crate::error::CoreError;

/// How good a position is, in words that a worker understands.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum PlaceQuality {
    /// Within 10 m: the right door.
    Good,
    /// Within 30 m: the right house.
    Fair,
    /// Within 100 m: the right lane.
    Poor,
    /// Beyond, or the phone does not say: choose the grid by name.
    None,
}

impl From<Quality> for PlaceQuality {
    fn from(core: Quality) -> Self {
        match core {
            Quality::Good => Self::Good,
            Quality::Fair => Self::Fair,
            Quality::Poor => Self::Poor,
            Quality::Bad | Quality::Unknown => Self::None,
        }
    }
}

/// What to tell somebody who waits for a position.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum WaitAdvice {
    /// Wait: a better one is likely.
    Wait {
        /// The best so far.
        best: Option<PlaceClaim>,
    },
    /// Good enough.
    TakeIt {
        /// The position.
        claim: PlaceClaim,
    },
    /// Time is up: the best there was. Where it is none or poor the grid is chosen by name.
    TakeItAnyway {
        /// The best there was.
        best: Option<PlaceClaim>,
    },
}

impl From<Advice> for WaitAdvice {
    fn from(core: Advice) -> Self {
        match core {
            Advice::Wait(best) => Self::Wait { best },
            Advice::TakeIt(claim) => Self::TakeIt { claim },
            Advice::TakeItAnyway(best) => Self::TakeItAnyway { best },
        }
    }
}

/// A local name with its distance.
#[uniffi::remote(Record)]
pub struct NearbyName {
    /// The name as people say it.
    pub name: String,
    /// How far away, in metres.
    pub distance_m: f64,
}

/// How good a claim is.
#[uniffi::export]
pub fn place_quality(claim: PlaceClaim) -> PlaceQuality {
    claim.quality().into()
}

/// The position for a map that asks for GCJ-02, and for nothing else: it is never stored or sent.
#[uniffi::export]
pub fn to_gcj02(position: Position) -> Position {
    place::wgs84_to_gcj02(position)
}

/// One wait for a position, from the opening of the form: 30 s at most, and never in anybody's way.
#[derive(Default, uniffi::Object)]
pub struct PlaceWait {
    inner: Mutex<Wait>,
}

#[uniffi::export]
impl PlaceWait {
    /// A wait that begins now.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a claim in, `elapsed_ms` after the wait began.
    pub fn feed(&self, claim: PlaceClaim, elapsed_ms: i64) -> WaitAdvice {
        let mut wait = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        wait.feed(claim, elapsed_ms).into()
    }

    /// The advice `elapsed_ms` after the wait began, without a new claim.
    pub fn wait_advice(&self, elapsed_ms: i64) -> WaitAdvice {
        let wait = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        wait.advice(elapsed_ms).into()
    }
}

#[uniffi::export]
impl Device {
    /// Local names for where a claim lies, the nearest first: one tap makes them the place's text.
    pub fn nearby_names(&self, claim: PlaceClaim) -> Result<Vec<NearbyName>, CoreError> {
        Ok(self.inner.nearby_names(&claim)?)
    }
}
