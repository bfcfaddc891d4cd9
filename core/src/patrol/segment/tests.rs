//! Claims about segments: one spelling, every rule checked, few bytes.

use proptest::prelude::*;

use super::*;
use crate::patrol::sample::{MORNING, plan, position, real_walk};
use crate::patrol::{DropReason, FixFilter, GapCause, Verdict};
use crate::place::Provider;

fn header(begun_at: Timestamp, closed_at: Timestamp) -> SegmentHeader {
    let plan = plan();
    SegmentHeader {
        patrol: plan.patrol,
        install: plan.install,
        person: plan.person,
        grids: plan.grids,
        kind: plan.kind,
        order: None,
        index: 0,
        boot: 7,
        begun_monotonic_ms: 5_000_000,
        begun_at,
        closed_at,
        clock: FixClock::Satellite,
    }
}

/// The segments of a walk as a patrol would close them, 120 fixes each.
fn segments(seed: u64, fixes: usize) -> Vec<Segment> {
    let mut filter = FixFilter::new();
    let kept: Vec<Fix> = real_walk(seed, fixes)
        .iter()
        .filter_map(|raw| match filter.offer(raw) {
            Verdict::Kept { fix, .. } => Some(fix),
            Verdict::Dropped(_) => None,
        })
        .collect();
    let mut lead = None;
    let segment = |(fixes, index): (&[Fix], u32)| {
        let last = fixes[fixes.len() - 1];
        Segment {
            header: SegmentHeader {
                index,
                ..header(fixes[0].at, last.at)
            },
            lead: lead.replace(Lead::of(&last)),
            fixes: fixes.to_vec(),
            dropped: DropCounts::default(),
            closed: CloseCause::Full,
        }
    };
    kept.chunks(120).zip(0..).map(segment).collect()
}

fn one() -> Segment {
    segments(3, 200).remove(0)
}

#[test]
fn a_real_walk_at_one_fix_in_five_seconds_takes_less_than_eight_bytes_a_fix() {
    let (mut bytes, mut fixes) = (0, 0);
    for seed in 0..8 {
        for segment in segments(seed, 2_000) {
            bytes += segment.encode().expect("valid").1.len();
            fixes += segment.fixes.len();
        }
    }
    let per_fix = bytes as f64 / fixes as f64;
    assert!(per_fix < 8.0, "{per_fix} bytes a fix with headers");
}

#[test]
fn these_bytes_are_this_segment_for_ever() {
    let at = |n: i64| MORNING.plus_ms(n * 5_000);
    let fix = |n: i64, gap_before| Fix {
        at: at(n),
        clock: FixClock::Satellite,
        position: MicroPosition::of(position(7.0 * n as f64, 3.0)).expect("a position"),
        accuracy_m: Some(6),
        speed_dmps: Some(13),
        bearing_deg: Some(90),
        provider: Provider::Fused,
        is_mock: false,
        battery_percent: Some(77),
        gap_before,
    };
    let mut segment = Segment {
        header: SegmentHeader {
            order: Some("ZL-7".to_owned()),
            kind: PatrolKind::OnOrder,
            ..header(MORNING, at(30))
        },
        lead: Some(Lead::of(&fix(-2, None))),
        fixes: vec![fix(0, None), fix(1, None), fix(30, Some(GapCause::NoSignal))],
        dropped: DropCounts::default(),
        closed: CloseCause::Paused,
    };
    segment.dropped.add_many(DropReason::Still, 300);
    let (hash, bytes) = segment.encode().expect("valid");
    assert_eq!(
        hex::encode(&bytes),
        "5401010101010101010101010101010101010202020202020202020202020202020206502d30303432010853482d4c512d41\
         3101045a4c2d3700070000000000000080ade2048094afe18501b817000101c701f6b0871bb2bee173070106ac02031e009e\
         020e1c2e024e000164008e0111f01500ae20024e04"
    );
    assert_eq!(
        hash.to_string(),
        "340e1c09d2b24521d3531b9c7ea10b35373d6af5d1157b74b976935146119922"
    );
    assert_eq!(Segment::decode(&bytes), Ok(segment));
}

#[test]
fn every_enumeration_has_a_number() {
    // The tables of `bytes.rs` are held by writing each variant once.
    let mut segment = one();
    let gaps = [
        GapCause::Paused,
        GapCause::Killed,
        GapCause::Reboot,
        GapCause::NoSignal,
        GapCause::LocationOff,
        GapCause::PoorReception,
    ];
    for (fix, gap) in segment.fixes.iter_mut().zip(gaps) {
        fix.gap_before = Some(gap);
    }
    let providers = [
        Provider::Satellite,
        Provider::Network,
        Provider::Fused,
        Provider::Hand,
        Provider::Picture,
    ];
    for (fix, provider) in segment.fixes.iter_mut().zip(providers) {
        fix.provider = provider;
    }
    for reason in DropReason::ALL {
        segment.dropped.add(reason);
    }
    for closed in [
        CloseCause::Full,
        CloseCause::Paused,
        CloseCause::Ended,
        CloseCause::Interrupted,
        CloseCause::Changed,
    ] {
        for kind in [PatrolKind::Routine, PatrolKind::OnOrder, PatrolKind::Emergency] {
            (segment.closed, segment.header.kind) = (closed, kind);
            let (_, bytes) = segment.encode().expect("valid");
            assert_eq!(Segment::decode(&bytes).as_ref(), Ok(&segment));
        }
    }
}

#[test]
fn forged_segments_are_refused_by_what_is_wrong() {
    let refused = |change: &dyn Fn(&mut Segment)| {
        let mut segment = one();
        change(&mut segment);
        let error = segment.encode().expect_err("refused when written");
        // Whoever writes without the checks is refused when read.
        assert_eq!(Segment::decode(&bytes::write(&segment)), Err(error));
        error
    };
    let grid = |code: &str| crate::id::UnitId::new(code).expect("a code");
    assert_eq!(refused(&|s| s.header.grids.clear()), SegmentError::BadHeader);
    assert_eq!(
        refused(&|s| s.header.grids = vec![grid("B"), grid("A")]),
        SegmentError::BadHeader
    );
    assert_eq!(
        refused(&|s| s.header.begun_monotonic_ms = -1),
        SegmentError::BadHeader
    );
    assert_eq!(refused(&|s| s.fixes.swap(3, 4)), SegmentError::BadTime);
    assert_eq!(refused(&|s| s.fixes[9].at = s.fixes[8].at), SegmentError::BadTime);
    assert_eq!(
        refused(&|s| s.header.closed_at = s.fixes[8].at),
        SegmentError::BadTime
    );
    assert_eq!(
        refused(&|s| s.header.clock = FixClock::Unknown),
        SegmentError::BadTime
    );
    assert_eq!(
        refused(&|s| s.header.closed_at = s.header.begun_at.plus_ms(SEGMENT_MS_MAX + 100)),
        SegmentError::TooLarge
    );
    let out = |index| SegmentError::OutOfRange { index };
    assert_eq!(refused(&|s| s.fixes[5].position.lat_e6 = 90_000_001), out(5));
    assert_eq!(refused(&|s| s.fixes[6].accuracy_m = Some(0)), out(6));
    assert_eq!(refused(&|s| s.fixes[6].accuracy_m = Some(101)), out(6));
    assert_eq!(refused(&|s| s.fixes[7].bearing_deg = Some(360)), out(7));
    assert_eq!(refused(&|s| s.fixes[8].battery_percent = Some(101)), out(8));
    assert_eq!(
        refused(&|s| s.fixes[9].position.lon_e6 += 20_000),
        SegmentError::Implausible { index: 9 }
    );
    // A long silence without a gap is a line that nobody may draw.
    assert_eq!(
        refused(&|s| {
            s.fixes.truncate(2);
            s.fixes[1].at = s.fixes[0].at.plus_ms(31_000);
            s.header.closed_at = s.fixes[1].at;
        }),
        SegmentError::BadTime
    );
}

#[test]
fn what_is_too_large_or_no_segment_is_refused_before_it_is_read() {
    assert_eq!(
        Segment::decode(&vec![b'T'; SEGMENT_BYTES_MAX + 1]),
        Err(SegmentError::TooLarge)
    );
    assert_eq!(Segment::decode(b""), Err(SegmentError::NotASegment));
    assert_eq!(Segment::decode(b"GIF89a"), Err(SegmentError::NotASegment));
    assert_eq!(
        Segment::decode(b"T\x02"),
        Err(SegmentError::UnknownVersion { version: 2 })
    );
    let (_, mut bytes) = one().encode().expect("valid");
    for length in 2..bytes.len() {
        assert!(Segment::decode(&bytes[..length]).is_err(), "cut at {length}");
    }
    bytes.push(0);
    assert_eq!(Segment::decode(&bytes), Err(SegmentError::NotCanonical));
}

#[test]
fn the_longest_segment_that_a_patrol_may_close_fits() {
    let code = |n: usize| crate::id::UnitId::new(format!("{}{n:02}", "G".repeat(38))).expect("a code");
    let fix = |n: i64| {
        fn pick<T>(is_even: bool, even: T, odd: T) -> T {
            if is_even { even } else { odd }
        }
        let is_even = n % 2 == 0;
        Fix {
            at: MORNING.plus_ms(n * 2_500 + pick(is_even, 0, 900)),
            clock: pick(is_even, FixClock::Satellite, FixClock::Estimated),
            position: MicroPosition {
                lat_e6: pick(is_even, -90_000_000, 90_000_000),
                lon_e6: pick(is_even, -180_000_000, 180_000_000),
            },
            accuracy_m: pick(is_even, None, Some(100)),
            speed_dmps: pick(is_even, None, Some(2_000)),
            bearing_deg: pick(is_even, Some(358), Some(300)),
            provider: pick(is_even, Provider::Satellite, Provider::Picture),
            is_mock: is_even,
            battery_percent: pick(is_even, None, Some(100)),
            gap_before: Some(GapCause::NoSignal),
        }
    };
    let count = i64::try_from(SEGMENT_FIXES_MAX).expect("small");
    let fixes: Vec<Fix> = (0..count).map(fix).collect();
    let mut segment = Segment {
        header: SegmentHeader {
            grids: (0..GRIDS_MAX).map(code).collect(),
            person: PersonId::new("P".repeat(40)).expect("a code"),
            order: Some("O".repeat(ORDER_BYTES_MAX)),
            ..header(MORNING, fixes[fixes.len() - 1].at)
        },
        lead: Some(Lead::of(&fixes[0])),
        fixes,
        dropped: DropCounts::default(),
        closed: CloseCause::Full,
    };
    for reason in DropReason::ALL {
        segment.dropped.add_many(reason, u32::MAX);
    }
    let (_, bytes) = segment
        .encode()
        .expect("whatever the phone did, it can be closed");
    assert!(bytes.len() > SEGMENT_BYTES_MAX / 2, "the worst case is not tried");
    assert_eq!(Segment::decode(&bytes), Ok(segment));
}

#[test]
fn another_phone_s_segment_and_one_that_overlaps_are_refused() {
    let both = segments(3, 400);
    let (first, second) = (&both[0], &both[1]);
    let plan = plan();
    assert_eq!(first.check_sender(&plan.install, &plan.person), Ok(()));
    let other = InstallId::from_bytes([9; 16]);
    assert_eq!(
        first.check_sender(&other, &plan.person),
        Err(SegmentError::ForeignInstall)
    );
    let somebody = PersonId::new("P-0043").expect("a code");
    assert_eq!(
        first.check_sender(&plan.install, &somebody),
        Err(SegmentError::ForeignPerson)
    );
    assert_eq!(second.check_beside([&first.header]), Ok(()));
    let mut forged = second.clone();
    forged.header.index = 0;
    assert_eq!(
        forged.check_beside([&first.header]),
        Err(SegmentError::IndexTaken { index: 0 })
    );
    let mut forged = first.clone();
    forged.header.index = 5;
    assert_eq!(
        forged.check_beside([&second.header, &first.header]),
        Err(SegmentError::Overlaps { index: 0 })
    );
    forged.header.install = other;
    assert_eq!(
        forged.check_beside([&first.header]),
        Ok(()),
        "another phone of the same worker walks at the same time"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn segments_come_back_from_their_bytes(seed: u64, fixes in 1usize..400) {
        for segment in segments(seed, fixes) {
            let (hash, bytes) = segment.encode().expect("valid");
            prop_assert_eq!(hash, SegmentHash::of(&bytes));
            prop_assert_eq!(Segment::decode(&bytes), Ok(segment));
        }
    }

    #[test]
    fn whatever_is_read_is_written_again_the_same(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (_, mut bytes) = one().encode().expect("valid");
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(read) = Segment::decode(&bytes) {
            prop_assert_eq!(read.encode().expect("it was checked").1, bytes);
        }
    }

    #[test]
    fn noise_is_no_segment(mut noise in prop::collection::vec(any::<u8>(), 0..400)) {
        noise.splice(0..0, [b'T', 1]);
        prop_assert!(Segment::decode(&noise).is_err());
    }
}
