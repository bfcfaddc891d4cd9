//! The rows that patrols bring: segments of tracks and check-ups, which go again, and coverage, which stays.

use xunge_core::id::{InstallId, PatrolId, PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::StoreResult;
use super::row::FeedNo;

/// What a [`TrackRow`] holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TrackKind {
    /// A segment of a track.
    Segment = 1,
    /// A check-up or excuse of a key place.
    Visit = 2,
}

impl TrackKind {
    /// The kind with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Segment, Self::Visit]
            .into_iter()
            .find(|kind| *kind as i64 == number)
    }
}

/// The place of a segment in its patrol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SegmentPlace {
    /// The patrol.
    pub patrol: PatrolId,
    /// Counts the segments of the patrol on its install from 0.
    pub number: u32,
    /// When it began, as the segment says.
    pub begun_at: Timestamp,
    /// When it was closed, as the segment says.
    pub closed_at: Timestamp,
    /// How far these may be believed: 0 satellite, 1 estimated, 2 unknown.
    pub clock: u8,
    /// Names the run of the phone.
    pub boot: u64,
}

/// A segment or a check-up that is held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrackRow {
    /// SHA-256 of its bytes.
    pub name: [u8; 32],
    /// What it is.
    pub kind: TrackKind,
    /// The install that recorded it.
    pub install: InstallId,
    /// Who walked.
    pub person: PersonId,
    /// Its place in a patrol; `None` for a check-up.
    pub place: Option<SegmentPlace>,
    /// When it came.
    pub received_at: Timestamp,
    /// The end of the feed when it was taken in.
    pub seq: u64,
    /// Sealed under the master key.
    pub body: Vec<u8>,
}

/// What is known of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrackStanding {
    /// It is held.
    Held,
    /// It was deleted then.
    Deleted(Timestamp),
}

/// What was seen of a unit on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoverageRow {
    /// A grid, or the township for what lies in no drawn grid.
    pub unit: UnitId,
    /// `2026-11-22` or `unknown`.
    pub day: String,
    /// The newest row of the feed that brings it; 0 where none does.
    pub seq: u64,
    /// When it last grew.
    pub updated_at: Timestamp,
    /// Sealed: cells, patrols, visits.
    pub body: Vec<u8>,
}

/// What can be read of patrols.
pub trait PatrolRead {
    /// What is known of a segment or check-up by its name.
    fn track_standing(&mut self, feed: FeedNo, name: &[u8; 32]) -> StoreResult<Option<TrackStanding>>;
    /// The held segments of a patrol on an install, by number.
    fn tracks_of_patrol(
        &mut self,
        feed: FeedNo,
        patrol: &PatrolId,
        install: &InstallId,
    ) -> StoreResult<Vec<TrackRow>>;
    /// The names of what came before an instant and is held.
    fn tracks_before(&mut self, feed: FeedNo, before: Timestamp) -> StoreResult<Vec<[u8; 32]>>;
    /// The names of what is held of a person.
    fn tracks_of_person(&mut self, feed: FeedNo, person: &PersonId) -> StoreResult<Vec<[u8; 32]>>;
    /// Held rows of a kind by name after `after`, at most `limit`.
    fn tracks_held(
        &mut self,
        feed: FeedNo,
        kind: TrackKind,
        after: Option<[u8; 32]>,
        limit: u32,
    ) -> StoreResult<Vec<TrackRow>>;
    /// The tombstones by the instant of their deletion and name.
    fn tracks_deleted(&mut self, feed: FeedNo) -> StoreResult<Vec<(Timestamp, [u8; 32])>>;
    /// The coverage of one unit and day.
    fn coverage(&mut self, feed: FeedNo, unit: &UnitId, day: &str) -> StoreResult<Option<CoverageRow>>;
    /// The coverage that this row of the feed brings, where no later one does.
    fn coverage_by_seq(&mut self, feed: FeedNo, seq: u64) -> StoreResult<Option<CoverageRow>>;
    /// The coverage of a unit (`None`: of all) on days `from..=to` as texts, by unit and day.
    fn coverage_between(
        &mut self,
        feed: FeedNo,
        unit: Option<&UnitId>,
        from: &str,
        to: &str,
    ) -> StoreResult<Vec<CoverageRow>>;
}

/// What can be written of patrols.
pub trait PatrolWrite {
    /// Adds segments and check-ups.
    fn tracks_insert(&mut self, feed: FeedNo, rows: &[TrackRow]) -> StoreResult<()>;
    /// Deletes all but the tombstones.
    fn tracks_delete(&mut self, feed: FeedNo, names: &[[u8; 32]], at: Timestamp) -> StoreResult<()>;
    /// Writes coverage in place of what is held of the same units and days.
    fn coverage_put(&mut self, feed: FeedNo, rows: &[CoverageRow]) -> StoreResult<()>;
    /// Empties and settles what came for a feed's review list before an instant, of one kind of item. Returns how many.
    fn review_empty(
        &mut self,
        feed: FeedNo,
        kind: &str,
        before: Timestamp,
        at: Timestamp,
    ) -> StoreResult<u64>;
}
