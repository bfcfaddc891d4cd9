//! Patrols: records that mirror core's, and the calls of an open profile.

use xunge_core::app as core;
use xunge_core::id::{PatrolId, PersonId, UnitId};
use xunge_core::patrol::{
    DropReason, EndCause, EventKind, Finding, GapCause, Notice, PatrolKind, PatrolState, PhoneMaker,
    PlatformFacts, RawFix, Severity,
};
use xunge_core::place::Provider;
use xunge_core::time::{DeviceTime, Timestamp};

use crate::device::Device;
use crate::error::CoreError;

/// What sort of patrol it is.
#[uniffi::remote(Enum)]
pub enum PatrolKind {
    /// 日常巡查.
    Routine,
    /// 指令巡查: the room asked for it.
    OnOrder,
    /// 应急巡查.
    Emergency,
}

/// Who or what ended a patrol.
#[uniffi::remote(Enum)]
pub enum EndCause {
    /// The worker.
    Worker,
    /// The end of the shift.
    ShiftEnd,
    /// Nothing moved for 90 minutes.
    LongStillness,
    /// The worker handed the shift over.
    HandedOver,
}

/// Where a patrol stands.
#[uniffi::remote(Enum)]
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

/// Why nothing is known of the time before a fix.
#[uniffi::remote(Enum)]
pub enum GapCause {
    /// The worker paused.
    Paused,
    /// The system ended the app.
    Killed,
    /// The phone was restarted or had no power.
    Reboot,
    /// No fix arrived.
    NoSignal,
    /// Location was switched off or its permission taken away.
    LocationOff,
    /// Fixes arrived, but none that was good enough.
    PoorReception,
}

/// Why a fix was left out.
#[uniffi::remote(Enum)]
pub enum DropReason {
    /// A coordinate is not a number.
    NotANumber,
    /// No position on the globe, or far from China.
    OutOfRange,
    /// An error of more than 100 m.
    Inaccurate,
    /// The same stamp as the last kept one.
    Duplicate,
    /// Made before the last kept one.
    OutOfOrder,
    /// Farther away than anybody moves in that time.
    Jump,
    /// The jitter of a resting phone.
    Still,
}

/// What the worker is told.
#[uniffi::remote(Enum)]
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
    /// Nothing tells the day: what is seen now counts for no day until something does.
    DayIsUnknown,
    /// For two minutes no position came that could be kept.
    NoFixes {
        /// Whether positions came, but none that was good enough.
        is_poor: bool,
    },
    /// The last part of the track lies beside its grids as maps in GCJ-02 do: it was not kept.
    TrackIsShifted {
        /// By how many metres.
        offset_m: u32,
    },
}

/// A fix as the system hands it over.
#[derive(Clone, Debug, uniffi::Record)]
pub struct PatrolFix {
    /// The wall clock when the fix was made.
    pub wall_at: Timestamp,
    /// Milliseconds since the phone started, counting sleep: the fix's own stamp.
    pub monotonic_ms: i64,
    /// Names this run of the phone, as the clock of [`Phone`](crate::phone::Phone) does; `None`: this run.
    pub boot: Option<u64>,
    /// The satellites' time, UTC, where the system gives it.
    pub satellite_at: Option<Timestamp>,
    /// Degrees north, WGS 84.
    pub lat_deg: f64,
    /// Degrees east, WGS 84.
    pub lon_deg: f64,
    /// Radius in metres of 68 % belief; 0 and not a number mean unknown.
    pub accuracy_m: f64,
    /// Metres per second, where measured.
    pub speed_mps: Option<f64>,
    /// Degrees clockwise from north, where measured.
    pub bearing_deg: Option<f64>,
    /// Where it came from.
    pub provider: Provider,
    /// Whether the system says that a test provider made it up.
    pub is_mock: bool,
    /// The battery in percent.
    pub battery_percent: Option<u8>,
}

/// What an input to the patrol did.
#[derive(Clone, Debug, uniffi::Record)]
pub struct PatrolStep {
    /// The patrol.
    pub patrol: PatrolId,
    /// Where it stands now.
    pub state: PatrolState,
    /// Whether a fix was kept: it is on the disk.
    pub is_kept: bool,
    /// Why a fix was left out.
    pub dropped: Option<DropReason>,
    /// What the worker must be told, in order.
    pub notices: Vec<Notice>,
    /// How often the system is to be asked for fixes from now on, in ms; `None`: not at all.
    pub fix_every_ms: Option<i64>,
}

/// A gap in a patrol.
#[derive(Clone, Debug, uniffi::Record)]
pub struct PatrolGap {
    /// When fixes came again.
    pub at: Timestamp,
    /// Why there was one.
    pub cause: GapCause,
    /// How long it was, in ms, where the clocks compare.
    pub gap_ms: Option<i64>,
}

/// A patrol as the worker sees it. Distance and time go to nobody else.
#[derive(Clone, Debug, uniffi::Record)]
pub struct PatrolView {
    /// The patrol.
    pub patrol: PatrolId,
    /// Where it stands.
    pub state: PatrolState,
    /// What sort of patrol.
    pub kind: PatrolKind,
    /// The order that it answers.
    pub order: Option<String>,
    /// The grids that it serves, ascending.
    pub grids: Vec<UnitId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When the shift ends, UTC.
    pub shift_ends_at: Option<Timestamp>,
    /// Metres walked, by kept fixes.
    pub distance_m: f64,
    /// Time on the move, in ms.
    pub moving_ms: i64,
    /// Time at rest, pauses not counted, in ms.
    pub resting_ms: i64,
    /// Fixes of the open segment.
    pub open_fix_count: u32,
    /// Closed segments of the patrol that are on this phone.
    pub segment_count: u32,
    /// … of which wait to be sent.
    pub unsent_segment_count: u32,
    /// Its gaps, in order.
    pub gaps: Vec<PatrolGap>,
    /// For how long no position came that could be kept, in ms, where the patrol runs and that is long.
    pub silent_ms: Option<i64>,
    /// Fixes that were left out, by reason.
    pub dropped: Vec<DroppedFixes>,
}

/// Fixes that were left out for one reason.
#[derive(Clone, Debug, uniffi::Record)]
pub struct DroppedFixes {
    /// Why.
    pub reason: DropReason,
    /// How many.
    pub count: u32,
}

/// How bad a finding of the self-test is.
#[uniffi::remote(Enum)]
pub enum Severity {
    /// Nothing will be recorded.
    Blocks,
    /// Recording is likely to be cut off or to be poor.
    Risks,
    /// Worth knowing.
    Hint,
}

/// Makers whose Android closes apps by a list of its own.
#[uniffi::remote(Enum)]
pub enum PhoneMaker {
    /// Huawei.
    Huawei,
    /// Honor.
    Honor,
    /// Xiaomi and Redmi.
    Xiaomi,
    /// OPPO, realme and OnePlus.
    Oppo,
    /// vivo and iQOO.
    Vivo,
    /// Samsung.
    Samsung,
    /// Meizu.
    Meizu,
}

/// What a shell can see of its system; `None` where the system does not say.
#[uniffi::remote(Record)]
pub struct PlatformFacts {
    /// Whether the app may use precise location.
    pub has_precise_location: Option<bool>,
    /// Whether the app may use at least coarse location.
    pub has_coarse_location: Option<bool>,
    /// Whether location is on in the system's settings.
    pub is_location_on: Option<bool>,
    /// Whether the satellite provider is on.
    pub is_satellite_on: Option<bool>,
    /// Whether a foreground service (iOS: background location) may run.
    pub may_run_in_background: Option<bool>,
    /// Whether the lasting notification may be shown.
    pub may_notify: Option<bool>,
    /// Whether the app is exempt from battery optimisation.
    pub is_exempt_from_battery_saving: Option<bool>,
    /// Whether the system's power-saving mode is on now.
    pub is_power_saving: Option<bool>,
    /// Whether the maker's own list lets the app start itself and stay.
    pub may_start_itself: Option<bool>,
    /// The maker, where it is one whose system closes apps of its own accord.
    pub maker: Option<PhoneMaker>,
    /// Whether a test provider is chosen as source of positions.
    pub is_mock_provider_on: Option<bool>,
    /// The battery in percent.
    pub battery_percent: Option<u8>,
    /// Whether the phone is being charged.
    pub is_charging: Option<bool>,
    /// Free storage in bytes.
    pub free_bytes: Option<u64>,
    /// How often the system closed the app during the last patrols; what the phone itself knows is put in.
    pub killed_count: u32,
    /// For how many minutes no position came that could be kept; the device puts it in.
    pub silent_min: Option<u32>,
}

/// Something that would make tracking die or be poor here.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SelfTestFinding {
    /// The key under which a shell keeps its own words; never changes.
    pub key: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// … and in English.
    pub en: String,
}

#[uniffi::export]
impl Device {
    /// Starts a patrol; without grids, in all of the worker's own.
    pub fn patrol_start(
        &self,
        kind: PatrolKind,
        grids: Vec<UnitId>,
        order: Option<String>,
        shift_ends_at: Option<Timestamp>,
    ) -> Result<PatrolStep, CoreError> {
        Ok(self
            .inner
            .patrol_start(kind, &grids, order, shift_ends_at)?
            .into())
    }

    /// The worker pauses.
    pub fn patrol_pause(&self) -> Result<PatrolStep, CoreError> {
        Ok(self.inner.patrol_pause()?.into())
    }

    /// The worker goes on.
    pub fn patrol_resume(&self) -> Result<PatrolStep, CoreError> {
        Ok(self.inner.patrol_resume()?.into())
    }

    /// The worker ends the patrol.
    pub fn patrol_end(&self) -> Result<PatrolStep, CoreError> {
        Ok(self.inner.patrol_end()?.into())
    }

    /// The worker hands the shift over.
    pub fn patrol_hand_over(&self, to: PersonId) -> Result<PatrolStep, CoreError> {
        Ok(self.inner.patrol_hand_over(&to)?.into())
    }

    /// Location was switched on or off.
    pub fn patrol_location(&self, is_on: bool) -> Result<PatrolStep, CoreError> {
        Ok(self.inner.patrol_location(is_on)?.into())
    }

    /// Time passes, or the app is back. Wanted once a minute, and whenever the app starts.
    pub fn patrol_tick(&self) -> Result<Option<PatrolStep>, CoreError> {
        Ok(self.inner.patrol_tick()?.map(Into::into))
    }

    /// Takes a fix: on the disk when this returns, or left out with a reason.
    pub fn add_fix(&self, fix: PatrolFix) -> Result<PatrolStep, CoreError> {
        let boot = fix.boot.unwrap_or_else(|| self.inner.boot());
        Ok(self.inner.add_fix(&raw(fix, boot))?.into())
    }

    /// How the patrol under way stands, or the last one; changes nothing.
    pub fn patrol(&self) -> Result<Option<PatrolView>, CoreError> {
        Ok(self.inner.patrol()?.map(Into::into))
    }

    /// Why tracking would die on this phone, the worst first.
    pub fn self_test(&self, facts: PlatformFacts) -> Result<Vec<SelfTestFinding>, CoreError> {
        Ok(self
            .inner
            .self_test(&facts)?
            .into_iter()
            .map(Into::into)
            .collect())
    }
}

fn raw(fix: PatrolFix, boot: u64) -> RawFix {
    RawFix {
        taken: DeviceTime {
            wall_at: fix.wall_at,
            monotonic_ms: fix.monotonic_ms,
            boot,
            server_offset_ms: None,
            server_offset_age_ms: None,
        },
        satellite_at: fix.satellite_at,
        lat_deg: fix.lat_deg,
        lon_deg: fix.lon_deg,
        accuracy_m: fix.accuracy_m,
        speed_mps: fix.speed_mps,
        bearing_deg: fix.bearing_deg,
        provider: fix.provider,
        is_mock: fix.is_mock,
        battery_percent: fix.battery_percent,
    }
}

impl From<core::PatrolStep> for PatrolStep {
    fn from(core: core::PatrolStep) -> Self {
        let core::PatrolStep {
            patrol,
            state,
            is_kept,
            dropped,
            notices,
            fix_every_ms,
        } = core;
        Self {
            patrol,
            state,
            is_kept,
            dropped,
            notices,
            fix_every_ms,
        }
    }
}

impl From<core::PatrolView> for PatrolView {
    fn from(core: core::PatrolView) -> Self {
        let gap = |event: &xunge_core::patrol::PatrolEvent| match event.event {
            EventKind::Gap { cause, gap_ms } => Some(PatrolGap {
                at: event.at,
                cause,
                gap_ms,
            }),
            _ => None,
        };
        Self {
            gaps: core.history.iter().filter_map(gap).collect(),
            patrol: core.patrol,
            state: core.state,
            kind: core.kind,
            order: core.order,
            grids: core.grids,
            started_at: core.started_at,
            shift_ends_at: core.shift_ends_at,
            distance_m: core.distance_m,
            moving_ms: core.moving_ms,
            resting_ms: core.resting_ms,
            open_fix_count: core.open_fix_count,
            segment_count: core.segment_count,
            unsent_segment_count: core.unsent_segment_count,
            silent_ms: core.silence.map(|silence| silence.silent_ms),
            dropped: core
                .dropped
                .iter()
                .map(|(reason, count)| DroppedFixes { reason, count })
                .collect(),
        }
    }
}

impl From<Finding> for SelfTestFinding {
    fn from(finding: Finding) -> Self {
        let (zh, en) = finding.words();
        Self {
            key: finding.key().to_owned(),
            severity: finding.severity(),
            zh,
            en,
        }
    }
}
