//! Deadlines explain themselves: whose word, from when, and every time in which they stood still.

use std::collections::BTreeMap;

use super::world::*;
use crate::command::Action;
use crate::directory::{
    Allowance, CalendarDay, DayKind, DirectoryRecord, LimitKind, LimitSource, Limits, PauseCause, Policy,
};
use crate::time::Timestamp;
use crate::workflow::{Deadline, Stage, StandstillCause, State, StopCause, chief_clock_ends_at, deadlines};

const DAY_MS: i64 = 24 * HOUR_MS;

fn found(story: &Story) -> Vec<Deadline> {
    deadlines(story.matter(), &story.directory, story.now)
}

fn stages(story: &Story) -> Vec<Stage> {
    found(story).into_iter().map(|d| d.stage).collect()
}

fn one(story: &Story, stage: &Stage) -> Deadline {
    let all = found(story);
    all.into_iter()
        .find(|d| d.stage == *stage)
        .expect("the stage has a deadline")
}

pub(super) fn policy(code: &str) -> Policy {
    Policy {
        unit: unit(code),
        ..crate::directory::sample::policy(code)
    }
}

/// The policy of the township, from an instant on.
pub(super) fn set(story: &mut Story, policy: Policy, from: Timestamp) {
    let row = DirectoryRecord::Policy(policy).into_row(from, None, 1);
    story.directory.insert(&row);
}

#[test]
fn the_chiefs_deadline_lists_its_policy_its_start_and_every_pause() {
    let mut story = Story::new();
    story.submit();
    let chief = &found(&story)[0];
    assert_eq!(chief.stage, Stage::Chief);
    assert_eq!(
        Some(chief.ends_at),
        chief_clock_ends_at(story.matter(), &story.directory, story.now)
    );
    assert_eq!(chief.from, story.matter().submitted_at);
    assert_eq!(chief.allowance, Some(Allowance::WorkingTime { minutes: 240 }));
    assert_eq!(chief.source, LimitSource::Default);
    // Noon lies between 09:01 and 15:01.
    let noon = StopCause::Calendar {
        cause: PauseCause::OutsideHours,
    };
    assert_eq!(chief.stops.iter().map(|s| &s.cause).collect::<Vec<_>>(), [&noon]);
    let stood_ms: i64 = chief.stops.iter().map(|s| s.to.ms_since(s.from)).sum();
    assert_eq!(chief.ends_at.ms_since(chief.from) - stood_ms, 240 * 60_000);
}

#[test]
fn each_state_has_the_deadlines_that_run_in_it() {
    let mut story = Story::new();
    story.submit();
    assert_eq!(stages(&story), [Stage::Chief, Stage::Close]);
    story.must("c", Action::Approve);
    assert_eq!(stages(&story), [Stage::Dispatch, Stage::Close]);
    story.must("r", Action::Accept);
    let until = story.matter().submitted_at.plus_ms(DAY_MS * 30);
    story.must("r", Action::Hold { until });
    assert_eq!(stages(&story), [Stage::LookAgain]);
    story.must("r", Action::Resume);
    story.must("r", Action::Return);
    assert_eq!(stages(&story), []);
}

#[test]
fn a_day_to_dispatch_counts_from_the_rooms_receipt_and_three_to_close_from_the_first() {
    let mut story = Story::new();
    story.submit();
    let received = story.matter().submitted_at;
    story.must("c", Action::Approve);
    let queued = story.now;
    assert_eq!(one(&story, &Stage::Dispatch).ends_at, queued.plus_ms(DAY_MS));
    assert_eq!(one(&story, &Stage::Close).ends_at, received.plus_ms(3 * DAY_MS));
    // Accepting is no new start.
    story.must("r", Action::Accept);
    assert_eq!(one(&story, &Stage::Dispatch).from, queued);
}

#[test]
fn a_hold_and_a_return_stop_the_clock_and_say_why() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    let before = one(&story, &Stage::Close).ends_at;
    let until = story.now.plus_ms(30 * DAY_MS);
    let hold = story.must("r", Action::Hold { until });
    let held_at = story.now;
    story.now = story.now.plus_ms(5 * DAY_MS);
    story.must("r", Action::Resume);
    let close = one(&story, &Stage::Close);
    assert_eq!(close.ends_at, before.plus_ms(story.now.ms_since(held_at)));
    assert_eq!((close.stops[0].from, close.stops[0].to), (held_at, story.now));
    assert_eq!(
        close.stops[0].cause,
        StopCause::Act {
            cause: StandstillCause::Held,
            command: hold.id,
            reason: hold.reason.clone(),
        }
    );
    story.must("r", Action::Return);
    story.now = story.now.plus_ms(2 * DAY_MS);
    story.submit();
    let close = one(&story, &Stage::Close);
    assert_eq!(close.stops.len(), 2);
    assert!(matches!(
        &close.stops[1].cause,
        StopCause::Act {
            cause: StandstillCause::Returned,
            ..
        }
    ));
}

#[test]
fn every_kind_of_clock_skips_what_it_must_over_a_holiday_with_a_make_up_day() {
    // Tuesday 10 March 2026, 09:01. Thursday and Friday are free, Saturday is worked instead.
    let ends = |allowance| {
        let mut story = Story::new();
        for (day, kind) in [(12, DayKind::Off), (13, DayKind::Off), (14, DayKind::Work)] {
            let on = chrono::NaiveDate::from_ymd_opt(2026, 3, day).expect("a day of March");
            let name = "a holiday".to_owned();
            add(
                &mut story.directory,
                DirectoryRecord::CalendarDay(CalendarDay { on, kind, name }),
            );
        }
        let limits = Limits {
            close: Some(allowance),
            ..Limits::default()
        };
        set(
            &mut story,
            Policy {
                limits,
                ..policy("TO")
            },
            Timestamp(0),
        );
        story.submit();
        let close = one(&story, &Stage::Close);
        assert_eq!(close.source, LimitSource::Policy { unit: unit("TO") });
        close
            .ends_at
            .to_utc()
            .with_timezone(&chrono_tz::Asia::Shanghai)
            .format("%d %H:%M")
            .to_string()
    };
    assert_eq!(ends(Allowance::RoundTheClock { minutes: 72 * 60 }), "13 09:01");
    // 7 h 59 min on Tuesday (less noon), 8 h on Wednesday, the rest of 24 h on the made-up Saturday.
    assert_eq!(ends(Allowance::WorkingTime { minutes: 24 * 60 }), "16 09:01");
    assert_eq!(ends(Allowance::WorkingDays { days: 2 }), "15 00:00");
    assert_eq!(ends(Allowance::CalendarDays { days: 2 }), "13 00:00");
}

#[test]
fn days_are_lengthened_by_the_days_that_a_hold_took() {
    let mut story = Story::new();
    let limits = Limits {
        close: Some(Allowance::WorkingDays { days: 3 }),
        ..Limits::default()
    };
    set(
        &mut story,
        Policy {
            limits,
            ..policy("TO")
        },
        Timestamp(0),
    );
    story.submit();
    story.must("c", Action::Approve);
    let before = one(&story, &Stage::Close).ends_at;
    let until = story.now.plus_ms(30 * DAY_MS);
    story.must("r", Action::Hold { until });
    story.now = story.now.plus_ms(7 * DAY_MS);
    story.must("r", Action::Resume);
    // A week has five working days: from Friday's midnight to that of the Friday after.
    assert_eq!(one(&story, &Stage::Close).ends_at, before.plus_ms(7 * DAY_MS));
}

#[test]
fn the_nearest_word_on_a_category_goes_before_the_policy_and_that_before_the_default() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    assert_eq!(one(&story, &Stage::Close).source, LimitSource::Default);
    let days = |days| Limits {
        close: Some(Allowance::CalendarDays { days }),
        ..Limits::default()
    };
    set(
        &mut story,
        Policy {
            limits: days(9),
            ..policy("CO")
        },
        Timestamp(0),
    );
    assert_eq!(
        one(&story, &Stage::Close).source,
        LimitSource::Policy { unit: unit("CO") }
    );
    let litter = BTreeMap::from([(category("litter"), days(1))]);
    let special = Policy {
        category_limits: litter,
        ..policy("TO")
    };
    set(&mut story, special, Timestamp(0));
    let close = one(&story, &Stage::Close);
    assert_eq!(
        close.source,
        LimitSource::Category {
            category: category("litter")
        }
    );
    assert_eq!(close.allowance, Some(Allowance::CalendarDays { days: 1 }));
    let noise = story
        .directory
        .limit(LimitKind::Close, &unit("TO"), &category("noise"), story.now);
    assert_eq!(
        noise.map(|limit| limit.source),
        Some(LimitSource::Policy { unit: unit("CO") })
    );
}

#[test]
fn an_emergency_tightens_running_clocks_from_its_beginning_and_never_lengthens_one() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    let plain = one(&story, &Stage::Dispatch).ends_at;
    let since = story.now.plus_ms(HOUR_MS);
    let alarm = Policy {
        is_emergency: true,
        ..policy("CO")
    };
    set(&mut story, alarm.clone(), since);
    assert_eq!(one(&story, &Stage::Dispatch).ends_at, plain, "it has not begun");
    story.now = since.plus_ms(1);
    let tight = one(&story, &Stage::Dispatch);
    assert_eq!(tight.ends_at, since.plus_ms(2 * HOUR_MS));
    assert_eq!(
        tight.source,
        LimitSource::Emergency {
            unit: unit("CO"),
            since
        }
    );
    // An emergency's own limits may be wider than what is left.
    let wide = Limits {
        dispatch: Some(Allowance::CalendarDays { days: 40 }),
        ..Limits::default()
    };
    let alarm = Policy {
        emergency_limits: wide,
        ..alarm
    };
    set(&mut story, alarm, since);
    assert_eq!(one(&story, &Stage::Dispatch).ends_at, plain);
    let now = story.now;
    set(&mut story, policy("CO"), now);
    assert_eq!(one(&story, &Stage::Dispatch).source, LimitSource::Default);
}

#[test]
fn units_have_their_own_clocks_and_the_rooms_word_goes_before_the_policy() {
    let mut story = Story::new();
    let limits = Limits {
        sign: Some(Allowance::WorkingTime { minutes: 60 }),
        handle: Some(Allowance::WorkingDays { days: 2 }),
        review: Some(Allowance::WorkingTime { minutes: 120 }),
        ..Limits::default()
    };
    set(
        &mut story,
        Policy {
            limits,
            ..policy("TO")
        },
        Timestamp(0),
    );
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Accept);
    story.must("r", dispatch(&["D1"]));
    let dispatched = story.now;
    let (sign, handle) = (Stage::Sign { unit: unit("D1") }, Stage::Unit { unit: unit("D1") });
    assert_eq!(one(&story, &sign).from, dispatched);
    assert_eq!(one(&story, &handle).from, dispatched);
    story.must("d", sign_of("D1"));
    assert!(!stages(&story).contains(&sign));
    let until = story.now.plus_ms(9 * DAY_MS);
    story.must(
        "d",
        Action::AskTime {
            unit: unit("D1"),
            until,
        },
    );
    story.must(
        "r",
        Action::GrantTime {
            unit: unit("D1"),
            until: Some(until),
        },
    );
    let granted = one(&story, &handle);
    assert_eq!((granted.ends_at, granted.source), (until, LimitSource::Room));
    story.must("d", feed_back("D1"));
    assert_eq!(story.state(), State::FedBack);
    assert_eq!(one(&story, &Stage::Review).from, story.now);
}

fn sign_of(code: &str) -> Action {
    sign(code)
}

#[test]
fn a_report_that_is_opened_again_gets_its_whole_time_again() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Close);
    assert_eq!(stages(&story), []);
    story.now = story.now.plus_ms(20 * DAY_MS);
    story.must("r", Action::Reopen);
    assert_eq!(one(&story, &Stage::Close).from, story.now);
    assert_eq!(one(&story, &Stage::Dispatch).from, story.now);
}
