//! What a shell shows of a patrol.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::id::{PatrolId, UnitId};
use crate::json;
use crate::patrol::{
    DropCounts, DropReason, Fix, Notice, Patrol, PatrolEvent, PatrolKind, PatrolState, Silence,
};
use crate::store::{PatrolRow, StoreError, Tx};
use crate::time::{DeviceTime, Timestamp};

/// What an input to the patrol did.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
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

/// A patrol as the worker sees it. Distance and time go to nobody else.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
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
    /// When it began, by the phone's clock corrected by the last sync.
    pub started_at: Timestamp,
    /// When the shift ends, UTC.
    pub shift_ends_at: Option<Timestamp>,
    /// Metres walked, by kept fixes.
    pub distance_m: f64,
    /// Time on the move, in ms.
    pub moving_ms: i64,
    /// Time at rest, pauses not counted, in ms.
    pub resting_ms: i64,
    /// The last kept fix.
    pub last_fix: Option<Fix>,
    /// Fixes of the open segment.
    pub open_fix_count: u32,
    /// Closed segments of the patrol that are on this phone.
    pub segment_count: u32,
    /// … of which wait to be sent.
    pub unsent_segment_count: u32,
    /// Fixes of the patrol that were left out, by reason. After a kill at most those since the last kept fix or tick are missing.
    pub dropped: DropCounts,
    /// For how long no position came that could be kept, where the patrol runs and that is long.
    pub silence: Option<Silence>,
    /// What happened, in order.
    pub history: Vec<PatrolEvent>,
}

pub(super) fn view(
    tx: &Tx<'_>,
    patrol: Patrol,
    row: &PatrolRow,
    now: &DeviceTime,
) -> Result<PatrolView, Error> {
    let (plan, walk) = (patrol.plan(), patrol.walk());
    let (segment_count, unsent_segment_count) = tx.segment_counts(&row.patrol)?;
    Ok(PatrolView {
        patrol: row.patrol,
        state: patrol.state(),
        kind: plan.kind,
        order: plan.order.clone(),
        grids: plan.grids.clone(),
        started_at: patrol.started().judge().at,
        shift_ends_at: plan.shift_ends_at,
        distance_m: walk.distance_m,
        moving_ms: walk.moving_ms,
        resting_ms: walk.resting_ms,
        last_fix: patrol.last_fix().copied(),
        open_fix_count: u32::try_from(patrol.open_fixes().len()).unwrap_or(u32::MAX),
        segment_count,
        unsent_segment_count,
        dropped: patrol.dropped(),
        silence: patrol.silence(now),
        history: events(tx, &row.patrol)?,
    })
}

/// What happened on a patrol. Words newer than this program are passed over.
pub(super) fn events(tx: &Tx<'_>, patrol: &PatrolId) -> Result<Vec<PatrolEvent>, StoreError> {
    let lines = tx.patrol_events(patrol)?;
    Ok(lines.iter().filter_map(|json| json::read(json).ok()).collect())
}
