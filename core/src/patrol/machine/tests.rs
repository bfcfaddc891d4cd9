//! Claims about the life of a patrol, with a disk that keeps what the effects say and a process that dies.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::patrol::Segment;
use crate::patrol::sample::{MORNING, ms, plan, raw, reading, reading_never_synced, real_walk};

/// What a store keeps of a patrol.
#[derive(Clone, Debug, Default)]
struct Disk {
    patrol: String,
    rows: Vec<Fix>,
    segments: BTreeMap<u32, Segment>,
    events: Vec<EventKind>,
    /// Every fix that was ever acknowledged.
    kept: Vec<Fix>,
    /// How often fixes are asked for at the moment.
    every_ms: Option<i64>,
}

impl Disk {
    fn carry_out(&mut self, patrol: &Patrol, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::KeepFix(fix) => {
                    self.rows.push(*fix);
                    self.kept.push(*fix);
                }
                Effect::Close(closed) => {
                    let segment = Segment::decode(&closed.bytes).expect("own segments are valid");
                    assert_eq!(segment.fixes, self.rows, "a segment replaces its rows");
                    let others = self.segments.values().map(|other| &other.header);
                    assert_eq!(segment.check_beside(others), Ok(()));
                    assert_eq!(segment.header.index, closed.index);
                    self.segments.insert(closed.index, segment);
                    self.rows.clear();
                }
                Effect::Remember(event) => self.events.push(event.event.clone()),
                Effect::Locate { every_ms } => self.every_ms = *every_ms,
                Effect::Dropped(_) | Effect::Save | Effect::Tell(_) | Effect::Refuse(_) => {}
            }
        }
        let is_quiet = |effect: &Effect| matches!(effect, Effect::KeepFix(_) | Effect::Dropped(_));
        if !effects.iter().all(is_quiet) {
            self.patrol = serde_json::to_string(patrol).expect("a patrol is plain data");
        }
    }

    fn reopen(&mut self, now: DeviceTime) -> (Patrol, Vec<Effect>) {
        let stored: Patrol = serde_json::from_str(&self.patrol).expect("it was stored");
        let (patrol, effects) = stored.reopen(self.rows.clone(), now);
        self.carry_out(&patrol, &effects);
        (patrol, effects)
    }

    /// All fixes, from segments and rows, in order.
    fn fixes(&self) -> Vec<Fix> {
        let closed = self.segments.values().flat_map(|segment| &segment.fixes);
        closed.chain(&self.rows).copied().collect()
    }

    fn gaps(&self) -> Vec<GapCause> {
        self.fixes().iter().filter_map(|fix| fix.gap_before).collect()
    }
}

struct Phone {
    patrol: Patrol,
    disk: Disk,
}

impl Phone {
    fn started(plan: PatrolPlan) -> Self {
        Self::started_after(plan, 0.0)
    }

    fn started_after(plan: PatrolPlan, after_s: f64) -> Self {
        Self::started_at(plan, reading(after_s))
    }

    fn started_at(plan: PatrolPlan, now: DeviceTime) -> Self {
        let (patrol, effects) = Patrol::start(plan, now).expect("a grid is named");
        let mut disk = Disk::default();
        disk.carry_out(&patrol, &effects);
        Self { patrol, disk }
    }

    fn step(&mut self, input: &Input, after_s: f64) -> Vec<Effect> {
        self.step_at(input, reading(after_s))
    }

    fn step_at(&mut self, input: &Input, now: DeviceTime) -> Vec<Effect> {
        let effects = self.patrol.step(input, now);
        self.disk.carry_out(&self.patrol, &effects);
        effects
    }

    /// Walks east at 1.2 m/s with a fix in 5 s over this time, in seconds since the morning.
    fn walk(&mut self, from_s: f64, to_s: f64) {
        let mut after_s = from_s;
        while after_s < to_s {
            self.step(&Input::Fix(raw(after_s, 1.2 * after_s, 0.0)), after_s);
            after_s += 5.0;
        }
    }

    fn killed(&mut self, now: DeviceTime) -> Vec<Effect> {
        let (patrol, effects) = self.disk.reopen(now);
        self.patrol = patrol;
        effects
    }
}

fn is_told(effects: &[Effect], notice: Notice) -> bool {
    effects.contains(&Effect::Tell(notice))
}

#[test]
fn a_patrol_from_start_to_end_is_segments_of_ten_minutes_and_a_history() {
    let mut phone = Phone::started(plan());
    assert_eq!(phone.disk.every_ms, Some(FIX_EVERY_MS));
    phone.walk(5.0, 3_000.0);
    phone.step(&Input::End, 3_000.0);
    assert_eq!(phone.disk.every_ms, None);
    assert_eq!(phone.disk.segments.len(), 5);
    assert_eq!(phone.disk.fixes(), phone.disk.kept);
    assert!(phone.disk.rows.is_empty() && phone.disk.gaps().is_empty());
    assert_eq!(
        phone.disk.events,
        [
            EventKind::Started,
            EventKind::Ended {
                by: EndCause::Worker,
                to: None
            }
        ]
    );
    let leads: Vec<_> = phone.disk.segments.values().map(|s| s.lead).collect();
    assert!(leads[0].is_none() && leads[1..].iter().all(Option::is_some));
    assert!((phone.patrol.walk().distance_m - 3_590.0).abs() < 100.0);
    let effects = phone.step(&Input::Resume, 3_001.0);
    assert_eq!(effects, [Effect::Refuse(RefusedInput::IsOver)]);
}

#[test]
fn a_pause_closes_the_segment_records_nothing_and_costs_nothing() {
    let mut phone = Phone::started(plan());
    phone.walk(5.0, 100.0);
    phone.step(&Input::Pause, 100.0);
    assert_eq!((phone.disk.segments.len(), phone.disk.rows.len()), (1, 0));
    assert_eq!(phone.disk.segments[&0].closed, CloseCause::Paused);
    assert_eq!(phone.disk.every_ms, None);
    phone.walk(105.0, 200.0);
    assert!(phone.disk.rows.is_empty(), "nobody looks in a pause");
    assert_eq!(
        phone.step(&Input::Pause, 200.0),
        [Effect::Refuse(RefusedInput::IsPaused)]
    );
    // Hours of pause do not end the patrol; nobody asks what the worker did.
    phone.step(&Input::Tick, 20_000.0);
    assert_eq!(phone.patrol.state(), PatrolState::Paused);
    phone.step(&Input::Resume, 20_001.0);
    // What the system remembers from the pause is not ours.
    let old = Input::Fix(raw(19_990.0, 9.0, 0.0));
    assert_eq!(
        phone.step(&old, 20_002.0),
        [Effect::Dropped(DropReason::OutOfOrder)]
    );
    phone.walk(20_005.0, 20_100.0);
    assert_eq!(phone.disk.gaps(), [GapCause::Paused]);
}

#[test]
fn an_empty_patrol_leaves_one_empty_segment() {
    let mut phone = Phone::started(plan());
    phone.step(&Input::Pause, 5.0);
    phone.step(&Input::End, 10.0);
    assert_eq!(phone.disk.segments.len(), 1);
    assert!(phone.disk.segments[&0].fixes.is_empty());
    assert_eq!(phone.patrol.walk().distance_m, 0.0);
}

#[test]
fn a_killed_app_goes_on_where_it_was_and_shows_the_gap() {
    let mut phone = Phone::started(plan());
    phone.walk(5.0, 300.0);
    let before = phone.disk.kept.clone();
    let effects = phone.killed(reading(420.0));
    assert!(is_told(
        &effects,
        Notice::GoesOn {
            cause: GapCause::Killed
        }
    ));
    assert_eq!(phone.disk.fixes(), before, "no fix that was kept is lost");
    assert!((phone.patrol.walk().distance_m - 1.2 * 290.0).abs() < 40.0);
    phone.walk(420.0, 600.0);
    phone.step(&Input::End, 600.0);
    assert_eq!(phone.disk.gaps(), [GapCause::Killed]);
    assert_eq!(phone.disk.segments[&0].closed, CloseCause::Interrupted);
    assert_eq!(phone.disk.fixes(), phone.disk.kept);
    let gap = EventKind::Gap {
        cause: GapCause::Killed,
        gap_ms: Some(125_000),
    };
    assert!(phone.disk.events.contains(&gap), "{:?}", phone.disk.events);
}

#[test]
fn a_restart_of_the_phone_is_a_gap_of_its_own_kind_whatever_the_clocks_say() {
    for (later, gap_ms) in [
        (
            DeviceTime {
                boot: 8,
                monotonic_ms: 30_000,
                ..reading(600.0)
            },
            Some(305_000),
        ),
        (
            DeviceTime {
                boot: 8,
                monotonic_ms: 30_000,
                ..reading_never_synced(-9e6)
            },
            None,
        ),
    ] {
        let mut phone = Phone::started(plan());
        phone.walk(5.0, 300.0);
        let effects = phone.killed(later);
        let cause = GapCause::Reboot;
        assert!(is_told(&effects, Notice::GoesOn { cause }));
        let fix = RawFix {
            taken: later,
            satellite_at: None,
            ..raw(0.0, 400.0, 0.0)
        };
        phone.step_at(&Input::Fix(fix), later);
        assert_eq!(phone.disk.gaps(), [GapCause::Reboot]);
        let last = phone.disk.events.last();
        assert_eq!(last, Some(&EventKind::Gap { cause, gap_ms }));
    }
}

#[test]
fn the_end_of_the_shift_and_long_stillness_end_a_patrol_and_the_worker_is_told() {
    let shift = PatrolPlan {
        shift_ends_at: Some(MORNING.plus_ms(1_000_000)),
        ..plan()
    };
    let mut phone = Phone::started(shift.clone());
    phone.walk(5.0, 900.0);
    let effects = phone.step(&Input::Tick, 1_003.0);
    let by = EndCause::ShiftEnd;
    assert!(is_told(&effects, Notice::EndedByItself { by }));
    let at = MORNING.plus_ms(1_000_000);
    assert_eq!(phone.patrol.state(), PatrolState::Ended { by, at });

    // While the app was away.
    let mut phone = Phone::started(shift);
    phone.walk(5.0, 900.0);
    let effects = phone.killed(reading(5_000.0));
    assert!(is_told(&effects, Notice::EndedByItself { by }));

    let mut phone = Phone::started(plan());
    phone.walk(5.0, 300.0);
    let mut after_s = 300.0;
    while phone.patrol.state() == PatrolState::Running && after_s < 20_000.0 {
        phone.step(&Input::Fix(raw(after_s, 360.0, 0.0)), after_s);
        after_s += 30.0;
    }
    let by = EndCause::LongStillness;
    assert!(matches!(phone.patrol.state(), PatrolState::Ended { by: b, .. } if b == by));
    assert!((5_600.0..5_800.0).contains(&after_s), "{after_s}");
}

#[test]
fn a_shift_is_handed_over_by_name() {
    let mut phone = Phone::started(plan());
    phone.walk(5.0, 60.0);
    let to = PersonId::new("P-0007").expect("a code");
    phone.step(&Input::HandOver { to: to.clone() }, 60.0);
    let ended = EventKind::Ended {
        by: EndCause::HandedOver,
        to: Some(to),
    };
    assert_eq!(phone.disk.events.last(), Some(&ended));
    assert_eq!(phone.disk.segments[&0].closed, CloseCause::Ended);
}

#[test]
fn a_patrol_may_serve_several_grids_and_each_segment_names_its_own() {
    let grid = |code: &str| UnitId::new(code).expect("a code");
    let none = PatrolPlan {
        grids: vec![],
        ..plan()
    };
    assert_eq!(
        Patrol::start(none, reading(0.0)).map(|_| ()),
        Err(RefusedInput::NoGrid)
    );
    let mut phone = Phone::started(PatrolPlan {
        grids: vec![grid("B"), grid("A"), grid("B")],
        ..plan()
    });
    phone.walk(5.0, 60.0);
    let other = Input::Serve {
        grids: vec![grid("C")],
    };
    phone.step(&other, 60.0);
    phone.walk(60.0, 120.0);
    phone.step(&Input::End, 120.0);
    let grids = |index| phone.disk.segments[&index].header.grids.clone();
    assert_eq!(
        (grids(0), grids(1)),
        (vec![grid("A"), grid("B")], vec![grid("C")])
    );
    assert!(phone.disk.gaps().is_empty(), "the walk went on");
}

#[test]
fn location_switched_off_is_said_at_once_and_is_the_cause_of_the_gap() {
    let mut phone = Phone::started(plan());
    phone.walk(5.0, 60.0);
    let effects = phone.step(&Input::LocationOff, 61.0);
    assert!(is_told(&effects, Notice::LocationIsOff));
    assert!(phone.step(&Input::LocationOff, 62.0).is_empty(), "said once");
    phone.step(&Input::LocationOn, 200.0);
    phone.walk(200.0, 260.0);
    assert_eq!(phone.disk.gaps(), [GapCause::LocationOff]);
}

#[test]
fn a_clock_that_is_corrected_begins_a_new_segment_and_breaks_no_line() {
    let wrong = |after_s| DeviceTime {
        server_offset_ms: Some(400_000_000),
        ..reading(after_s)
    };
    let mut phone = Phone::started_at(plan(), wrong(0.0));
    let mut first = raw(5.0, 6.0, 0.0);
    first.satellite_at = None;
    first.taken = wrong(5.0);
    phone.step_at(&Input::Fix(first), first.taken);
    phone.walk(10.0, 60.0);
    phone.step(&Input::End, 60.0);
    assert!(phone.disk.gaps().is_empty());
    assert!(
        phone
            .disk
            .events
            .iter()
            .any(|e| matches!(e, EventKind::ClockMoved { .. }))
    );
    let second = phone.disk.segments.values().nth(1).expect("a second segment");
    let lead = second.lead.expect("it goes on from the first");
    assert_eq!(second.fixes[0].at.ms_since(lead.at), 5_000, "in one clock");
}

#[test]
fn days_are_told_apart_over_midnight_and_over_the_end_of_a_month() {
    use crate::patrol::FixDay;
    // 2026-11-30 23:55 in Shanghai.
    let shift_s = 8.0 * 86_400.0 + 15.0 * 3_600.0 + 55.0 * 60.0;
    let mut phone = Phone::started_after(plan(), shift_s);
    for n in 1..120 {
        let after_s = shift_s + 5.0 * f64::from(n);
        phone.step(&Input::Fix(raw(after_s, 6.0 * f64::from(n), 0.0)), after_s);
    }
    phone.step(&Input::End, shift_s + 600.0);
    let mut counts: BTreeMap<FixDay, usize> = BTreeMap::new();
    for fix in phone.disk.fixes() {
        *counts.entry(fix.day_in(chrono_tz::Asia::Shanghai)).or_default() += 1;
    }
    let days: Vec<String> = counts.keys().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-11-30", "2026-12-01"]);
    // Another zone's change to summer time that night matters to nobody.
    assert!(phone.disk.gaps().is_empty());
}

#[derive(Clone, Debug)]
enum Act {
    Walk(u32),
    Input(Input),
    Kill(f64),
    Reboot(f64),
    Wait(f64),
    ClockSet(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let grid = |code: &str| UnitId::new(code).expect("a code");
    let act = prop_oneof![
        8 => (1u32..200).prop_map(Act::Walk),
        1 => Just(Act::Input(Input::Pause)),
        2 => Just(Act::Input(Input::Resume)),
        1 => Just(Act::Input(Input::Tick)),
        1 => Just(Act::Input(Input::LocationOff)),
        1 => Just(Act::Input(Input::LocationOn)),
        1 => Just(Act::Input(Input::Serve { grids: vec![grid("X"), grid("Y")] })),
        1 => Just(Act::Input(Input::Serve { grids: vec![grid("X")] })),
        3 => (0.0..400.0f64).prop_map(Act::Kill),
        1 => (0.0..400.0f64).prop_map(Act::Reboot),
        1 => (0.0..2_000.0f64).prop_map(Act::Wait),
        1 => (-1_000_000_000_000i64..1_000_000_000_000).prop_map(Act::ClockSet),
    ];
    prop::collection::vec(act, 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Kills, restarts, pauses, clocks set to anything, with and without satellite time: `Disk` holds every segment against every rule.
    #[test]
    fn whatever_happens_no_kept_fix_is_lost_and_every_segment_is_valid(
        acts in acts(), seed in 0u64..50, has_satellite_time: bool, is_synced: bool,
    ) {
        let walk = real_walk(seed, 2_500);
        let mut phone = Phone::started(plan());
        let (mut next, mut skipped_s, mut boot, mut set_ms) = (0usize, 0.0, 7, 0);
        for act in &acts {
            let clock = |after_s: f64, boot: u64, set_ms: i64| {
                let mut now = if is_synced { reading(after_s) } else { reading_never_synced(after_s) };
                now.wall_at = now.wall_at.plus_ms(set_ms);
                (now.boot, now.monotonic_ms) = (boot, now.monotonic_ms - 2_000_000 * (boot as i64 - 7));
                now
            };
            let now = |after_s: f64, boot, set_ms| clock(5.0 * next as f64 + skipped_s + after_s, boot, set_ms);
            match act {
                Act::Walk(count) => {
                    for _ in 0..*count {
                        let Some(fix) = walk.get(next) else { break };
                        next += 1;
                        let after_s = fix.taken.wall_at.ms_since(MORNING) as f64 / 1_000.0 + skipped_s;
                        let mut fix = *fix;
                        fix.taken = clock(after_s, boot, set_ms);
                        let true_at = MORNING.plus_ms(ms(after_s));
                        fix.satellite_at = has_satellite_time.then_some(true_at);
                        phone.step_at(&Input::Fix(fix), fix.taken);
                    }
                }
                Act::Input(input) => {
                    phone.step_at(input, now(0.0, boot, set_ms));
                }
                Act::Kill(away_s) => {
                    let now = now(*away_s, boot, set_ms);
                    skipped_s += away_s;
                    phone.killed(now);
                }
                Act::Reboot(away_s) => {
                    boot += 1;
                    let now = now(*away_s, boot, set_ms);
                    skipped_s += away_s;
                    phone.killed(now);
                }
                Act::Wait(s) => skipped_s += s,
                Act::ClockSet(ms) => set_ms = *ms,
            }
        }
        phone.step_at(&Input::End, {
            let mut now = reading(5.0 * next as f64 + skipped_s + 1.0);
            now.boot = boot;
            now
        });
        prop_assert_eq!(phone.disk.fixes(), phone.disk.kept.clone());
        prop_assert!(phone.disk.rows.is_empty());
        let ended = matches!(phone.patrol.state(), PatrolState::Ended { .. });
        prop_assert!(ended);
        // The history tells of every gap that the track has.
        let told = phone.disk.events.iter().filter(|e| matches!(e, EventKind::Gap { .. })).count();
        prop_assert_eq!(told, phone.disk.gaps().len());
    }
}
