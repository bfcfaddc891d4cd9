//! Reminders come by themselves: each once, to one owner, and not at night.

use super::deadline::{policy, set};
use super::world::*;
use crate::command::{Action, Reason};
use crate::directory::{Policy, Role};
use crate::id::PersonId;
use crate::time::Timestamp;
use crate::workflow::{CLOCK, Nudge, Reminder, Stage, next_look_at, reminder_of, reminders};

/// What falls due now.
fn due(story: &Story) -> Vec<Reminder> {
    reminders(story.matter(), &story.directory, story.now)
}

fn told(story: &Story) -> Vec<(Stage, Nudge, PersonId)> {
    due(story)
        .into_iter()
        .map(|r| (r.deadline.stage, r.nudge, r.owner))
        .collect()
}

/// The server gives every reminder that is due.
fn give(story: &mut Story) -> usize {
    let found = due(story);
    for reminder in &found {
        let mut command = story.command(CLOCK, Action::Urge);
        command.reason = Some(Reason {
            code: Some(reminder.code()),
            text: String::new(),
            voice: None,
        });
        assert!(story.send_as_server(&command).is_accepted());
    }
    found.len()
}

#[test]
fn the_room_is_urged_when_three_quarters_are_gone_and_the_supervisor_hears_at_the_end() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    let queued = story.now;
    story.now = queued.plus_ms(18 * HOUR_MS - 60_000);
    assert_eq!(told(&story), []);
    // 03:00 lies in the quiet hours, which end at 07:00.
    story.now = queued.plus_ms(18 * HOUR_MS);
    assert_eq!(told(&story), [], "nobody is woken at night");
    let next = next_look_at(story.matter(), &story.directory, story.now).expect("a clock runs");
    assert_eq!(
        next.to_utc()
            .with_timezone(&chrono_tz::Asia::Shanghai)
            .format("%H:%M")
            .to_string(),
        "07:00"
    );
    story.now = next;
    // r2 is the dispatcher on duty.
    assert_eq!(told(&story), [(Stage::Dispatch, Nudge::Urge, person("r2"))]);
    assert_eq!(give(&mut story), 1);
    assert_eq!(told(&story), [], "once");
    assert_eq!(story.matter().urged, 1);
    story.now = queued.plus_ms(24 * HOUR_MS);
    assert_eq!(told(&story), [(Stage::Dispatch, Nudge::Escalate, person("s"))]);
    assert_eq!(give(&mut story), 1);
    story.now = story.now.plus_ms(HOUR_MS);
    assert_eq!(told(&story), [], "once");
}

#[test]
fn who_is_late_hears_that_alone() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.now = story.now.plus_ms(25 * HOUR_MS);
    assert_eq!(told(&story), [(Stage::Dispatch, Nudge::Escalate, person("s"))]);
    give(&mut story);
    assert_eq!(told(&story), []);
}

#[test]
fn a_department_is_urged_and_the_room_hears_when_it_is_late() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Accept);
    let due_at = story.now.plus_ms(8 * HOUR_MS);
    let Action::Dispatch { mut to } = dispatch(&["D1"]) else {
        unreachable!("it dispatches")
    };
    to[0].due_at = Some(due_at);
    story.must("r", Action::Dispatch { to });
    let stage = Stage::Unit { unit: unit("D1") };
    story.now = due_at.plus_ms(-HOUR_MS);
    assert_eq!(told(&story), [(stage.clone(), Nudge::Urge, person("d"))]);
    give(&mut story);
    story.now = due_at;
    assert_eq!(told(&story), [(stage, Nudge::Escalate, person("r2"))]);
}

#[test]
fn a_chief_is_urged_once_and_then_passed_by() {
    let mut story = Story::new();
    story.submit();
    // Three quarters of the way from 09:01 to 15:01.
    story.now = START.plus_ms(5 * HOUR_MS);
    assert_eq!(told(&story), [(Stage::Chief, Nudge::Urge, person("c"))]);
    give(&mut story);
    assert_eq!(told(&story), []);
    let next = next_look_at(story.matter(), &story.directory, story.now);
    assert_eq!(next, Some(START.plus_ms(6 * HOUR_MS + 60_000)));
}

#[test]
fn a_stage_that_begins_anew_is_reminded_of_anew() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.now = story.now.plus_ms(25 * HOUR_MS);
    give(&mut story);
    story.must("r", Action::Close);
    story.must("r", Action::Reopen);
    story.now = story.now.plus_ms(25 * HOUR_MS);
    assert_eq!(told(&story), [(Stage::Dispatch, Nudge::Escalate, person("s"))]);
}

#[test]
fn an_emergency_knows_no_quiet_hours() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    let night = START.plus_ms(18 * HOUR_MS);
    let alarm = Policy {
        is_emergency: true,
        ..policy("TO")
    };
    set(&mut story, alarm, Timestamp(0));
    story.now = night;
    assert!(!due(&story).is_empty());
}

#[test]
fn where_nobody_supervises_the_room_hears_it_itself() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    let mut gone = post("s", "TO", Role::Supervisor);
    gone.held_to = Some(Timestamp(1));
    story.give_post(gone);
    story.now = story.now.plus_ms(25 * HOUR_MS);
    assert_eq!(told(&story), [(Stage::Dispatch, Nudge::Escalate, person("r2"))]);
}

#[test]
fn codes_of_reminders_are_read_back_and_others_are_none() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.now = story.now.plus_ms(25 * HOUR_MS);
    let reminder = due(&story).remove(0);
    assert_eq!(
        reminder_of(&reminder.code()),
        Some((Stage::Dispatch, Nudge::Escalate, person("s")))
    );
    for code in [
        "blurred",
        "clock/urge",
        "clock/nod/dispatch/-/s",
        "clock/urge/sign/-/",
        "clock/urge/x/-/s",
    ] {
        assert_eq!(reminder_of(code), None, "{code}");
    }
}
