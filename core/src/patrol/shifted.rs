//! Whether a track was recorded on a shifted map (GCJ-02): seen by a constant offset against the grid.

use serde::{Deserialize, Serialize};

use crate::coverage::{Cell, CellSet};
use crate::patrol::Segment;
use crate::place::{MicroPosition, gcj02_to_wgs84};

/// With fewer fixes nothing is said.
const FIXES_MIN: usize = 30;

/// A track of which more than this share lies in the grid as it is, is not suspected.
const INSIDE_SHARE_MAX: f64 = 0.5;

/// The shift back must bring at least this share of the track into the grid.
const SHIFTED_SHARE_MIN: f64 = 0.9;

/// A track that lies beside its grid, and in it when it is shifted back. It is said, not stored, and never shifted silently.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct ShiftedTrack {
    /// The share of the fixes that lies in the grid as recorded, 0..=1.
    pub inside_share: f64,
    /// The share that lies in it when shifted back, 0..=1.
    pub shifted_share: f64,
    /// How far the track would have to be shifted, in metres.
    pub offset_m: f64,
}

impl ShiftedTrack {
    /// The offset in whole metres.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates, and a distance is not negative"
    )]
    pub fn offset_whole_m(&self) -> u32 {
        self.offset_m.round() as u32
    }
}

/// As [`looks_like_gcj02`], of a segment beside those of its patrol that are held. Alone it must look so, and with all of them: who began
/// in his grid and goes on beside it has walked there.
pub fn shifted_segment<'a>(
    segment: &Segment,
    before: impl IntoIterator<Item = &'a Segment>,
    grid: &CellSet,
) -> Option<ShiftedTrack> {
    let positions =
        |segment: &Segment| -> Vec<MicroPosition> { segment.fixes.iter().map(|fix| fix.position).collect() };
    let mut track = positions(segment);
    looks_like_gcj02(&track, grid)?;
    track.extend(before.into_iter().flat_map(positions));
    looks_like_gcj02(&track, grid)
}

/// Says so where a track does not fit the cells of the grids that it served, and does once it is taken for GCJ-02.
pub fn looks_like_gcj02(track: &[MicroPosition], grid: &CellSet) -> Option<ShiftedTrack> {
    if track.len() < FIXES_MIN || grid.is_empty() {
        return None;
    }
    let back = |at: &MicroPosition| MicroPosition::of(gcj02_to_wgs84(at.to_position())).ok();
    let is_inside = |at: MicroPosition| Cell::at(at).is_some_and(|cell| grid.contains(cell));
    #[expect(clippy::cast_precision_loss, reason = "a track has far fewer than 2^52 fixes")]
    let share = |count: usize| count as f64 / track.len() as f64;
    let inside_share = share(track.iter().filter(|at| is_inside(**at)).count());
    // Nearly every track ends here: shifting back costs a hundred times more than looking.
    if inside_share > INSIDE_SHARE_MAX {
        return None;
    }
    let shifted_share = share(track.iter().filter_map(back).filter(|at| is_inside(*at)).count());
    if shifted_share < SHIFTED_SHARE_MIN {
        return None;
    }
    let offset_m = back(&track[0])?.distance_m(track[0]);
    Some(ShiftedTrack {
        inside_share,
        shifted_share,
        offset_m,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::OutlineCells;
    use crate::patrol::sample::{block, position};
    use crate::place::{Position, wgs84_to_gcj02};

    fn track(shift: impl Fn(Position) -> Position) -> Vec<MicroPosition> {
        (0..60)
            .map(|n| {
                let at = position(f64::from(n) * 8.0 - 240.0, f64::from(n % 7) * 20.0);
                MicroPosition::of(shift(at)).expect("a position")
            })
            .collect()
    }

    #[test]
    fn a_track_on_a_shifted_map_is_recognised_and_an_honest_one_or_a_stranger_s_is_not() {
        let grid = OutlineCells::of(&block(-300.0, -300.0, 300.0, 300.0)).expect("an outline");
        let found = looks_like_gcj02(&track(wgs84_to_gcj02), &grid.cells).expect("shifted");
        assert!((300.0..800.0).contains(&found.offset_m), "{found:?}");
        assert!(found.inside_share < 0.5 && found.shifted_share > 0.9);
        assert_eq!(looks_like_gcj02(&track(|at| at), &grid.cells), None);
        let elsewhere = |at: Position| Position {
            lat_deg: at.lat_deg + 0.05,
            ..at
        };
        assert_eq!(looks_like_gcj02(&track(elsewhere), &grid.cells), None);
        let few = &track(wgs84_to_gcj02)[..20];
        assert_eq!(looks_like_gcj02(few, &grid.cells), None);
        assert_eq!(looks_like_gcj02(&track(wgs84_to_gcj02), &CellSet::new()), None);
    }
}
