//! Claims about silence and about counts that are kept.

use super::*;
use crate::patrol::sample::{plan, raw, reading};
use crate::patrol::{DropReason, RawFix};

fn started() -> Patrol {
    Patrol::start(plan(), reading(0.0)).expect("a grid is named").0
}

fn told(effects: &[Effect]) -> Vec<Notice> {
    let notice = |effect: &Effect| match effect {
        Effect::Tell(notice) => Some(*notice),
        _ => None,
    };
    effects.iter().filter_map(notice).collect()
}

fn fix(patrol: &mut Patrol, raw: RawFix) -> Vec<Effect> {
    patrol.step(&Input::Fix(raw), raw.taken)
}

#[test]
fn positions_that_stay_away_are_said_once_until_they_come_again() {
    let mut patrol = started();
    fix(&mut patrol, raw(5.0, 0.0, 0.0));
    assert!(told(&patrol.step(&Input::Tick, reading(100.0))).is_empty());
    let silent = [Notice::NoFixes { is_poor: false }];
    assert_eq!(told(&patrol.step(&Input::Tick, reading(130.0))), silent);
    assert!(
        told(&patrol.step(&Input::Tick, reading(190.0))).is_empty(),
        "said once"
    );
    assert_eq!(
        patrol.silence(&reading(200.0)).expect("silent").silent_ms,
        195_000
    );
    fix(&mut patrol, raw(205.0, 60.0, 0.0));
    assert_eq!(patrol.silence(&reading(206.0)), None);
    assert_eq!(told(&patrol.step(&Input::Tick, reading(330.0))), silent);
}

#[test]
fn positions_that_are_too_poor_are_told_apart_from_none() {
    let mut patrol = started();
    let mut all = Vec::new();
    for n in 1..40 {
        let mut poor = raw(5.0 * f64::from(n), 0.0, 0.0);
        poor.accuracy_m = 400.0;
        all.extend(fix(&mut patrol, poor));
    }
    assert_eq!(told(&all), [Notice::NoFixes { is_poor: true }]);
}

#[test]
fn nothing_is_said_of_silence_in_a_pause_or_while_location_is_off() {
    let mut patrol = started();
    fix(&mut patrol, raw(5.0, 0.0, 0.0));
    patrol.step(&Input::LocationOff, reading(10.0));
    assert!(told(&patrol.step(&Input::Tick, reading(400.0))).is_empty());
    patrol.step(&Input::LocationOn, reading(400.0));
    patrol.step(&Input::Pause, reading(401.0));
    assert!(told(&patrol.step(&Input::Tick, reading(900.0))).is_empty());
    patrol.step(&Input::Resume, reading(1_000.0));
    assert!(
        told(&patrol.step(&Input::Tick, reading(1_060.0))).is_empty(),
        "a pause is no silence"
    );
    assert_eq!(told(&patrol.step(&Input::Tick, reading(1_121.0))).len(), 1);
}

#[test]
fn counts_are_stored_with_the_next_kept_fix_or_tick_and_not_for_each_fix() {
    let mut patrol = started();
    let is_saved = |effects: &[Effect]| effects.contains(&Effect::Save);
    assert!(
        !is_saved(&fix(&mut patrol, raw(5.0, 0.0, 0.0))),
        "nothing to count yet"
    );
    let nan = RawFix {
        lat_deg: f64::NAN,
        ..raw(6.0, 0.0, 0.0)
    };
    assert!(!is_saved(&fix(&mut patrol, nan)));
    assert!(is_saved(&fix(&mut patrol, raw(10.0, 6.0, 0.0))));
    assert!(
        !is_saved(&fix(&mut patrol, raw(15.0, 12.0, 0.0))),
        "stored already"
    );
    let nan = RawFix {
        taken: reading(16.0),
        ..nan
    };
    fix(&mut patrol, nan);
    assert!(is_saved(&patrol.step(&Input::Tick, reading(17.0))));
    assert!(!is_saved(&patrol.step(&Input::Tick, reading(18.0))));
    // The counts of the whole patrol outlive its segments.
    patrol.step(&Input::Pause, reading(20.0));
    assert_eq!(patrol.dropped().of(DropReason::NotANumber), 2);
}
