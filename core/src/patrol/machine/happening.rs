//! What comes into a patrol and what goes out of it, as data.

use serde::{Deserialize, Serialize};

use super::EndCause;
use crate::id::{PatrolId, PersonId, UnitId};
use crate::patrol::filter::DropReason;
use crate::patrol::fix::{Fix, GapCause, RawFix};
use crate::patrol::segment::SegmentHash;
use crate::time::{DeviceTime, Timestamp};

/// What happens to a patrol.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// The system gave a fix.
    Fix(RawFix),
    /// The worker pauses.
    Pause,
    /// The worker goes on.
    Resume,
    /// The worker ends it.
    End,
    /// The worker hands the shift over to somebody, who starts a patrol of his own.
    HandOver {
        /// To whom.
        to: PersonId,
    },
    /// Time passes. Wanted about once a minute while the patrol runs.
    Tick,
    /// Location was switched off or its permission taken away.
    LocationOff,
    /// Location is back.
    LocationOn,
    /// The patrol serves other grids from now on.
    Serve {
        /// The grids, as in [`PatrolPlan`](super::PatrolPlan).
        grids: Vec<UnitId>,
    },
    /// The shift ends at another time.
    ShiftEnds {
        /// When; `None` where no shift is set.
        at: Option<Timestamp>,
    },
}

/// Something worth remembering of a patrol, in order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PatrolEvent {
    /// The patrol.
    pub patrol: PatrolId,
    /// The phone's clocks.
    pub taken: DeviceTime,
    /// When, by the patrol's clock, in whole tenths of a second.
    pub at: Timestamp,
    /// What happened.
    pub event: EventKind,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// It began.
    Started,
    /// The worker paused.
    Paused,
    /// The worker went on.
    Resumed,
    /// It is over.
    Ended {
        /// Who or what ended it.
        by: EndCause,
        /// To whom it was handed over.
        to: Option<PersonId>,
    },
    /// Fixes came again after a gap.
    Gap {
        /// Why there was one.
        cause: GapCause,
        /// How long it was, in ms; `None` where the clocks before and after do not compare.
        gap_ms: Option<i64>,
    },
    /// Location was switched off.
    LocationOff,
    /// Location is back.
    LocationOn,
    /// It serves other grids.
    Serves {
        /// The grids.
        grids: Vec<UnitId>,
    },
    /// The track's clock was corrected.
    ClockMoved {
        /// By how many ms; positive is forward.
        by_ms: i64,
    },
    /// A part of the track was recorded on a shifted map (GCJ-02) and is not kept.
    Shifted {
        /// By how many metres.
        offset_m: u32,
        /// How many fixes it had.
        fixes: u32,
    },
}

/// A segment ready to be stored and sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClosedSegment {
    /// Its name.
    pub hash: SegmentHash,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its number in the patrol.
    pub index: u32,
}

/// What to do after a step, in this order.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Store this fix at once as a row of the open segment.
    KeepFix(Fix),
    /// A fix was left out. Nothing needs to be stored at once: the count goes with the next [`Effect::Save`].
    Dropped(DropReason),
    /// Store the patrol itself: what it counts has changed.
    Save,
    /// Store the segment for sending and delete all rows of the open segment, in one transaction.
    Close(ClosedSegment),
    /// Append to the patrol's history.
    Remember(PatrolEvent),
    /// Ask the system for fixes this often, in ms; `None`: ask for none.
    Locate {
        /// The interval.
        every_ms: Option<i64>,
    },
    /// Tell the worker.
    Tell(Notice),
    /// The input does not fit the patrol's state; nothing changed.
    Refuse(RefusedInput),
}

/// What the worker is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// The patrol ended by itself.
    EndedByItself {
        /// Why.
        by: EndCause,
    },
    /// The patrol goes on after the app was away, and how it was away.
    GoesOn {
        /// Why it was away.
        cause: GapCause,
    },
    /// Location is off: nothing is recorded.
    LocationIsOff,
    /// Neither satellites nor an earlier sync tell the day: what is seen now counts for no day until one does.
    DayIsUnknown,
    /// For two minutes no position came that could be kept.
    NoFixes {
        /// Whether positions came, but none that was good enough.
        is_poor: bool,
    },
    /// The last part of the track lies beside its grids by the offset of maps in GCJ-02. It is said, and not kept.
    TrackIsShifted {
        /// By how many metres.
        offset_m: u32,
    },
}

impl Notice {
    /// The notice in Chinese and in English.
    pub fn words(self) -> (String, String) {
        match self {
            Self::EndedByItself { by } => {
                let (zh, en) = match by {
                    EndCause::ShiftEnd => ("下班时间到", "the shift is over"),
                    EndCause::LongStillness => ("长时间没有移动", "nothing moved for a long time"),
                    EndCause::Worker => ("您已结束", "you ended it"),
                    EndCause::HandedOver => ("已交接", "it was handed over"),
                };
                (
                    format!("巡查已自动结束：{zh}。"),
                    format!("The patrol ended by itself: {en}."),
                )
            }
            Self::GoesOn { cause } => {
                let (zh, en) = cause.words();
                (
                    format!("巡查继续。中间有一段没有记录：{zh}。"),
                    format!("The patrol goes on. A part was not recorded: {en}."),
                )
            }
            Self::LocationIsOff => (
                "定位已关闭，现在没有记录。请打开定位。".to_owned(),
                "Location is off, nothing is recorded. Please switch it on.".to_owned(),
            ),
            Self::DayIsUnknown => (
                "手机日期不确定，连网或收到卫星信号后会恢复。".to_owned(),
                "The phone's date is not certain; a network or satellites will mend it.".to_owned(),
            ),
            Self::NoFixes { is_poor: false } => (
                "两分钟没有收到位置了，现在没有记录。请到开阔处，或把定位关掉再打开。".to_owned(),
                "No position for two minutes: nothing is recorded. Step into the open, or switch location off and on."
                    .to_owned(),
            ),
            Self::NoFixes { is_poor: true } => (
                "两分钟来卫星信号太差，没有可用的位置。请到开阔处。".to_owned(),
                "For two minutes reception was too poor to record. Step into the open.".to_owned(),
            ),
            Self::TrackIsShifted { offset_m } => (
                format!("这段轨迹整体偏了 {offset_m} 米，像是火星坐标（GCJ-02），没有保存。请换成手机自带的定位（WGS-84）。"),
                format!(
                    "This part of the track lies {offset_m} m beside its grid, as maps in GCJ-02 do. It was not kept. \
                     Use the phone's own location (WGS-84)."
                ),
            ),
        }
    }
}

/// Why an input changes nothing.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, thiserror::Error, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum RefusedInput {
    /// The patrol is over.
    #[error("the patrol is over")]
    IsOver,
    /// It is paused already; a fix that comes then is not looked at.
    #[error("the patrol is paused")]
    IsPaused,
    /// It runs already.
    #[error("the patrol is not paused")]
    IsRunning,
    /// A patrol serves at least one grid.
    #[error("no grid is named")]
    NoGrid,
}
