//! Tracks and coverage: held, told apart, deleted but for a tombstone, replaced.

use xunge_core::id::{InstallId, PatrolId, UnitId};
use xunge_core::time::Timestamp;
use xunge_server::store::{CoverageRow, FeedNo, SegmentPlace, Store, TrackKind, TrackRow, TrackStanding};

use super::{feed, person, write};

fn track(number: u8, who: &str, received_at: i64) -> TrackRow {
    TrackRow {
        name: [number; 32],
        kind: TrackKind::Segment,
        install: InstallId::from_bytes([1; 16]),
        person: person(who),
        place: Some(SegmentPlace {
            patrol: PatrolId::from_bytes([2; 16]),
            number: u32::from(number),
            begun_at: Timestamp(10),
            closed_at: Timestamp(20),
            clock: 1,
            boot: u64::MAX - 1,
        }),
        received_at: Timestamp(received_at),
        seq: 3,
        body: vec![number; 40],
    }
}

fn visit(number: u8) -> TrackRow {
    TrackRow {
        kind: TrackKind::Visit,
        place: None,
        ..track(number, "w1", 7)
    }
}

pub(super) fn tracks_are_found_by_patrol_age_person_and_kind(store: &dyn Store) {
    let (first, second) = (feed(store, "T1"), feed(store, "T2"));
    write(store, |tx| {
        tx.tracks_insert(first, &[track(2, "w1", 6), track(1, "w2", 5), visit(3)])?;
        tx.tracks_insert(second, &[track(1, "w1", 5)])?;
        let (patrol, install) = (PatrolId::from_bytes([2; 16]), InstallId::from_bytes([1; 16]));
        let of_patrol = tx.tracks_of_patrol(first, &patrol, &install)?;
        assert_eq!(of_patrol, vec![track(1, "w2", 5), track(2, "w1", 6)]);
        let other = InstallId::from_bytes([9; 16]);
        assert!(tx.tracks_of_patrol(first, &patrol, &other)?.is_empty());
        assert_eq!(tx.tracks_before(first, Timestamp(6))?, vec![[1; 32]]);
        assert_eq!(tx.tracks_of_person(first, &person("w1"))?, vec![[2; 32], [3; 32]]);
        let held = tx.tracks_held(first, TrackKind::Segment, None, 1)?;
        assert_eq!(held, vec![track(1, "w2", 5)]);
        let next = tx.tracks_held(first, TrackKind::Segment, Some([1; 32]), 9)?;
        assert_eq!(next, vec![track(2, "w1", 6)]);
        assert_eq!(tx.tracks_held(first, TrackKind::Visit, None, 9)?, vec![visit(3)]);
        assert_eq!(tx.counts()?.tracks, 4);
        Ok(())
    });
}

pub(super) fn a_deleted_track_leaves_its_name_and_its_hour_alone(store: &dyn Store) {
    let no = feed(store, "T1");
    write(store, |tx| {
        tx.tracks_insert(no, &[track(1, "w1", 5), track(2, "w1", 6)])?;
        tx.tracks_delete(no, &[[1; 32]], Timestamp(90))?;
        tx.tracks_delete(no, &[[1; 32]], Timestamp(99))?;
        let standing = tx.track_standing(no, &[1; 32])?;
        assert_eq!(standing, Some(TrackStanding::Deleted(Timestamp(90))), "once");
        assert_eq!(tx.track_standing(no, &[2; 32])?, Some(TrackStanding::Held));
        assert_eq!(tx.track_standing(no, &[3; 32])?, None);
        assert_eq!(tx.track_standing(FeedNo(77), &[2; 32])?, None);
        assert_eq!(tx.tracks_deleted(no)?, vec![(Timestamp(90), [1; 32])]);
        assert_eq!(tx.tracks_of_person(no, &person("w1"))?, vec![[2; 32]]);
        assert!(tx.tracks_before(no, Timestamp(6))?.is_empty());
        assert_eq!(tx.counts()?.tracks, 1);
        Ok(())
    });
}

pub(super) fn coverage_is_replaced_and_found_by_its_newest_row_alone(store: &dyn Store) {
    let no = feed(store, "T1");
    let unit = |code: &str| UnitId::new(code).unwrap();
    let row = |code: &str, day: &str, seq: u64| CoverageRow {
        unit: unit(code),
        day: day.into(),
        seq,
        updated_at: Timestamp(4),
        body: vec![seq.to_le_bytes()[0]; 9],
    };
    write(store, |tx| {
        let rows = [
            row("G1", "2026-11-22", 1),
            row("G1", "unknown", 2),
            row("G2", "2026-11-30", 3),
            row("T1", "2026-11-22", 0),
            row("T1", "2026-11-23", 0),
        ];
        tx.coverage_put(no, &rows)?;
        tx.coverage_put(no, &[row("G1", "2026-11-22", 5)])?;
        assert_eq!(tx.coverage_by_seq(no, 1)?, None);
        assert_eq!(tx.coverage_by_seq(no, 0)?, None, "no row brings it");
        assert_eq!(tx.coverage_by_seq(no, 5)?, Some(row("G1", "2026-11-22", 5)));
        assert_eq!(tx.coverage(no, &unit("G2"), "2026-11-30")?, Some(rows[2].clone()));
        assert_eq!(tx.coverage(no, &unit("G2"), "2026-12-01")?, None);
        let of_grid = tx.coverage_between(no, Some(&unit("G1")), "2026-11-23", "unknown")?;
        assert_eq!(of_grid, vec![rows[1].clone()], "the unknown day sorts last");
        let all = tx.coverage_between(no, None, "2026-11-22", "2026-11-22")?;
        assert_eq!(all, vec![row("G1", "2026-11-22", 5), rows[3].clone()]);
        assert_eq!(tx.counts()?.coverage, 5);
        Ok(())
    });
}

pub(super) fn what_waits_for_review_can_be_emptied_by_kind_and_age(store: &dyn Store) {
    let no = feed(store, "T1");
    let item = |number: u8, kind: &str, at: i64| xunge_server::store::ReviewRow {
        number: 0,
        feed: no,
        install: InstallId::from_bytes([1; 16]),
        person: person("w1"),
        report: None,
        name: vec![number; 32],
        kind: kind.into(),
        why: "revoked".into(),
        received_at: Timestamp(at),
        body: vec![2],
        settled_at: None,
    };
    write(store, |tx| {
        for row in [item(1, "track", 1), item(2, "track", 9), item(3, "change", 1)] {
            tx.review_insert(&row)?;
        }
        assert_eq!(tx.review_empty(no, "track", Timestamp(9), Timestamp(20))?, 1);
        assert_eq!(tx.review_empty(no, "track", Timestamp(9), Timestamp(20))?, 0);
        assert_eq!(tx.review_open(9)?.len(), 2);
        Ok(())
    });
}
