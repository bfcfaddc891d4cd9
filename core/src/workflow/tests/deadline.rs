//! Deadlines explain themselves.

use super::world::*;
use crate::command::Action;
use crate::workflow::deadline::{CLOSE_WITHIN_MIN, DISPATCH_WITHIN_MIN};
use crate::workflow::{Counting, Stage, State, chief_clock_ends_at, deadlines, next_deadline};

fn stages(story: &Story) -> Vec<Stage> {
    let found = deadlines(story.matter(), &story.directory);
    found.into_iter().map(|d| d.stage).collect()
}

#[test]
fn the_chiefs_deadline_lists_its_policy_its_start_and_every_pause() {
    let mut story = Story::new();
    story.submit();
    let found = deadlines(story.matter(), &story.directory);
    let chief = &found[0];
    assert_eq!(chief.stage, Stage::Chief);
    assert_eq!(
        Some(chief.ends_at),
        chief_clock_ends_at(story.matter(), &story.directory)
    );
    assert_eq!(chief.from, Some(story.matter().submitted_at));
    let Counting::WorkingTime {
        minutes,
        unit,
        pauses,
    } = &chief.counting
    else {
        panic!("{chief:?}");
    };
    assert_eq!((*minutes, unit), (240, &story.matter().holder.unit));
    // Noon lies between 09:01 and 15:01.
    assert_eq!(pauses.len(), 1);
    let paused_ms: i64 = pauses.iter().map(|p| p.to.ms_since(p.from)).sum();
    let whole_ms = chief.ends_at.ms_since(story.matter().submitted_at);
    assert_eq!(whole_ms - paused_ms, 240 * 60_000);
}

#[test]
fn each_state_has_the_deadlines_that_run_in_it() {
    let mut story = Story::new();
    story.submit();
    assert_eq!(stages(&story), [Stage::Chief, Stage::Close]);
    story.must("c", Action::Approve);
    assert_eq!(stages(&story), [Stage::Dispatch, Stage::Close]);
    story.must("r", Action::Accept);
    let until = story.matter().submitted_at.plus_ms(86_400_000 * 30);
    story.must("r", Action::Hold { until });
    assert_eq!(stages(&story), [Stage::LookAgain]);
    story.must("r", Action::Resume);
    story.must("r", Action::Return);
    assert_eq!(stages(&story), []);
}

#[test]
fn a_list_names_the_nearest_deadline_of_the_state() {
    let at = crate::time::Timestamp(1_000_000);
    let end = |minutes: u32| at.plus_ms(i64::from(minutes) * 60_000);
    let next = |state, chief| next_deadline(state, Some(at), chief);
    assert_eq!(next(State::Submitted, Some(end(1))), Some((Stage::Chief, end(1))));
    assert_eq!(
        next(State::Queued, None),
        Some((Stage::Dispatch, end(DISPATCH_WITHIN_MIN)))
    );
    assert_eq!(
        next(State::Handling, None),
        Some((Stage::Close, end(CLOSE_WITHIN_MIN)))
    );
    assert_eq!(next(State::Returned, None), None);
    assert_eq!(next(State::Closed, None), None);
    assert_eq!(next_deadline(State::Queued, None, None), None);
}
