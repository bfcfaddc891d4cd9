//! Tracks that were recorded on a shifted map: said, not kept.

use crate::app::Device;
use crate::app::device::Context;
use crate::coverage::{CellSet, GridGround};
use crate::error::Error;
use crate::id::UnitId;
use crate::patrol::{
    EventKind, Notice, Patrol, PatrolEvent, Segment, ShiftedTrack, looks_like_gcj02, shifted_segment,
};
use crate::place::MicroPosition;
use crate::store::{TrailKind, Tx};

impl Device {
    /// Says so where a track lies beside these grids (none named: those of the worker's own scope) and in them once it is taken for
    /// GCJ-02. For files, before a patrol walks along them; what the phone records is looked at part by part.
    pub fn shifted_track(
        &self,
        grids: &[UnitId],
        track: &[MicroPosition],
    ) -> Result<Option<ShiftedTrack>, Error> {
        self.read(|tx, context| {
            let grids = match grids {
                [] => super::own_grids(tx, context)?,
                named => named.to_vec(),
            };
            Ok(cells(context, &grids).and_then(|cells| looks_like_gcj02(track, &cells)))
        })
    }
}

/// What is to be remembered and told of a segment that must not be kept.
pub(super) fn look(
    tx: &Tx<'_>,
    context: &Context<'_>,
    patrol: &Patrol,
    bytes: &[u8],
) -> Result<Option<(PatrolEvent, Notice)>, Error> {
    let Ok(segment) = Segment::decode(bytes) else {
        return Ok(None);
    };
    let Some(cells) = cells(context, &segment.header.grids) else {
        return Ok(None);
    };
    if shifted_segment(&segment, [], &cells).is_none() {
        return Ok(None);
    }
    let name = patrol.plan().patrol;
    let before: Vec<Segment> = tx
        .trail_of(TrailKind::Track)?
        .iter()
        .filter_map(|row| Segment::decode(&row.bytes).ok())
        .filter(|held| held.header.patrol == name)
        .collect();
    let Some(shifted) = shifted_segment(&segment, &before, &cells) else {
        return Ok(None);
    };
    let offset_m = shifted.offset_whole_m();
    tracing::warn!(
        offset_m,
        "a part of a track lies on a shifted map and is not kept"
    );
    let event = PatrolEvent {
        patrol: name,
        taken: context.device_time(tx)?,
        at: segment.header.closed_at,
        event: EventKind::Shifted {
            offset_m,
            fixes: u32::try_from(segment.fixes.len()).unwrap_or(u32::MAX),
        },
    };
    Ok(Some((event, Notice::TrackIsShifted { offset_m })))
}

/// The cells of the grids as they stand, or will where a file is older than the directory; `None` where one of them has no outline.
fn cells(context: &Context<'_>, grids: &[UnitId]) -> Option<CellSet> {
    let (directory, now) = (context.directory, context.now());
    let mut cells = CellSet::new();
    for grid in grids {
        let ground = GridGround::of_unit(directory, directory.last_known_unit(grid, now)?, now)?;
        cells.join(&ground.cells);
    }
    Some(cells)
}
