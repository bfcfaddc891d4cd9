//! The chief: what he may do, what his absence does not stop, and his clock.

use super::world::*;
use crate::command::{Action, ActionKind, Outcome, Refusal};
use crate::directory::{DayKind, Level};
use crate::workflow::{HolderPart, State, chief_clock_ends_at};

#[test]
fn a_return_needs_a_reason_and_shows_it_until_it_is_answered() {
    let mut story = Story::new();
    story.submit();
    let mut silent = story.command("c", Action::Return);
    silent.reason = None;
    assert_eq!(story.send(&silent), refused(Refusal::ReasonMissing));
    let back = story.must("c", Action::Return);
    let why = story.matter().why.clone().expect("a return says why");
    assert_eq!((why.command, Some(why.reason)), (back.id, back.reason));
    assert_eq!(story.matter().holder.part, HolderPart::Reporter);
    let mut again = story.command(
        "w",
        Action::Submit {
            opening: story.opening(),
        },
    );
    again.reason = None;
    assert_eq!(story.send(&again), Outcome::Accepted);
    assert_eq!(story.matter().why, None);
}

#[test]
fn an_old_reason_never_shows_after_a_newer_one() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Return);
    story.submit();
    let second = story.must("c", Action::Return);
    assert_eq!(story.matter().why.as_ref().map(|w| w.command), Some(second.id));
    let mut again = story.command(
        "w",
        Action::Submit {
            opening: story.opening(),
        },
    );
    again.reason = None;
    story.send(&again);
    let mut approve = story.command("c", Action::Approve);
    approve.reason = None;
    story.send(&approve);
    story.must("r", Action::Urge);
    assert_eq!(story.matter().why, None);
}

#[test]
fn who_takes_on_feeds_back_and_closes_at_his_own_level() {
    for (who, level, up) in [("c", Level::Grid, false), ("v", Level::Village, true)] {
        let mut story = Story::new();
        story.submit();
        if up {
            story.must("c", pass_up(Level::Village));
            assert_eq!(story.matter().holder.unit, unit("V1"));
            assert_eq!(story.act("c", Action::Approve), refused(Refusal::NotYourPost));
        }
        story.must(who, Action::TakeOn);
        let own = story.matter().holder.unit.to_string();
        story.must(who, feed_back(&own));
        assert_eq!(story.matter().holder.part, HolderPart::Chief);
        story.must(who, Action::Close);
        assert_eq!(story.matter().closed_level, Some(level));
    }
}

#[test]
fn what_was_sent_down_is_reviewed_by_the_room_and_still_closes_at_grid_level() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", send_down("G2"));
    assert_eq!(story.act("c", feed_back("G2")), refused(Refusal::NotYourPost));
    story.must("c2", feed_back("G2"));
    assert_eq!(story.act("c2", Action::Close), refused(Refusal::NotYourPost));
    story.must("r", Action::Close);
    assert_eq!(story.matter().closed_level, Some(Level::Grid));
}

#[test]
fn passing_up_goes_up_only_and_the_county_gets_it_from_the_room() {
    let mut story = Story::new();
    story.submit();
    for (level, answer) in [
        (Level::Grid, Refusal::WrongLevel),
        (Level::County, Refusal::WrongLevel),
    ] {
        assert_eq!(story.act("c", pass_up(level)), refused(answer));
    }
    story.must("c", pass_up(Level::Township));
    assert_eq!(story.state(), State::Queued);
    assert_eq!(
        story.act("r", pass_up(Level::Township)),
        refused(Refusal::WrongLevel)
    );
    story.must("r", pass_up(Level::County));
    assert_eq!(story.matter().holder.unit, unit("CO"));
    assert_eq!(story.act("r", Action::Accept), refused(Refusal::NotYourPost));
    assert_eq!(story.act("k", send_down("CO")), refused(Refusal::WrongLevel));
    story.must("k", send_down("TO"));
    assert_eq!(
        (story.state(), story.matter().holder.unit.clone()),
        (State::Queued, unit("TO"))
    );
    assert_eq!(story.act("r", send_down("TO")), refused(Refusal::WrongLevel));
    assert_eq!(story.act("r", send_down("D1")), refused(Refusal::UnknownUnit));
    story.must("r", send_down("V1"));
    assert_eq!(story.matter().level, Level::Village);
}

#[test]
fn a_report_passes_by_a_silent_chief_and_his_late_word_is_a_remark() {
    let mut story = Story::new();
    story.submit();
    let approve = story.command("c", Action::Approve);
    let back = story.command("c", Action::Return);
    story.pass_by();
    assert_eq!(story.state(), State::Queued);
    assert!(story.matter().is_passed_by);
    for late in [&approve, &back] {
        assert_eq!(story.send(late), Outcome::Remark(Refusal::PassedBy));
    }
    assert_eq!(
        story.act("c", Action::Approve),
        Outcome::Remark(Refusal::PassedBy)
    );
    story.must("r", Action::Accept);
    assert_eq!(
        story.act("c", Action::Approve),
        Outcome::Remark(Refusal::PassedBy)
    );
    assert_eq!(story.state(), State::Accepted);
}

#[test]
fn only_the_server_lets_a_report_pass_by_and_only_when_the_clock_has_ended() {
    let mut story = Story::new();
    story.submit();
    assert_eq!(story.weigh_as_person("r"), refused(Refusal::ServerOnly));
    story.now = story.now.plus_ms(3 * HOUR_MS);
    let early = story.command("n", Action::PassBy);
    assert_eq!(story.send(&early), refused(Refusal::WrongState));
    story.now = story.now.plus_ms(6 * HOUR_MS);
    story.must("n", Action::PassBy);
}

#[test]
fn the_chiefs_clock_counts_working_hours_from_the_servers_receipt() {
    let mut story = Story::new();
    story.submit();
    let ends_at = chief_clock_ends_at(story.matter(), &story.directory, story.now);
    // Received at 09:01; 08:00-12:00 and 14:00-18:00 are worked: 2 h 59 before noon, 1 h 01 after 14:00.
    assert_eq!(ends_at, Some(START.plus_ms(6 * HOUR_MS + 60_000)));
    let holiday = crate::directory::CalendarDay {
        on: START.day_in(chrono_tz::Asia::Shanghai),
        kind: DayKind::Off,
        name: "a holiday".to_owned(),
    };
    add(
        &mut story.directory,
        crate::directory::DirectoryRecord::CalendarDay(holiday),
    );
    let next_day = START.plus_ms(23 * HOUR_MS + 4 * HOUR_MS);
    assert_eq!(
        chief_clock_ends_at(story.matter(), &story.directory, story.now),
        Some(next_day)
    );
    story.must("c", Action::Approve);
    assert_eq!(
        chief_clock_ends_at(story.matter(), &story.directory, story.now),
        None
    );
}

#[test]
fn a_settled_report_whose_chief_is_silent_is_checked_by_the_room() {
    let mut story = Story::new();
    story.settle();
    story.pass_by();
    assert_eq!(
        (story.state(), story.matter().holder.part),
        (State::Settled, HolderPart::Room)
    );
    assert_eq!(
        story.act("c", Action::Approve),
        Outcome::Remark(Refusal::PassedBy)
    );
    story.must("r", Action::Approve);
    assert_eq!(story.state(), State::Closed);
}

#[test]
fn what_the_room_returned_comes_back_to_the_room_and_what_the_chief_returned_to_him() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Return);
    story.submit();
    assert_eq!(story.state(), State::Queued);
    let mut chiefs = Story::urgent();
    chiefs.submit();
    chiefs.must("c", Action::Return);
    chiefs.content.urgency = crate::command::Urgency::Normal;
    chiefs.submit();
    assert_eq!(chiefs.state(), State::Submitted);
}

#[test]
fn a_reporter_takes_back_only_what_nobody_has_acted_on() {
    let mut story = Story::new();
    story.submit();
    let mut early = story.clone();
    early.must("w", Action::Withdraw);
    assert_eq!(early.matter().holder.part, HolderPart::Nobody);
    early.submit();
    assert_eq!(early.state(), State::Submitted);
    story.must("c", Action::Approve);
    assert_eq!(story.act("w", Action::Withdraw), refused(Refusal::WrongState));
}

#[test]
fn passing_up_to_a_village_without_a_chief_goes_on_to_the_township() {
    let mut story = Story::new();
    story.content.grid = Some(unit("G3"));
    story.submit();
    assert_eq!(
        story.actions("c3", ActionKind::PassUp),
        [pass_up(Level::Township)]
    );
    story.must("c3", pass_up(Level::Village));
    assert_eq!(
        (story.state(), story.matter().level),
        (State::Queued, Level::Township)
    );
    let mut with_chief = Story::new();
    with_chief.submit();
    assert_eq!(
        with_chief.actions("c", ActionKind::PassUp),
        [pass_up(Level::Village), pass_up(Level::Township)]
    );
}

#[test]
fn nothing_is_sent_down_to_where_nobody_could_handle_it() {
    let mut story = Story::by("c3");
    story.content.grid = Some(unit("G3"));
    story.submit();
    assert_eq!(
        story.act("r", send_down("G3")),
        refused(Refusal::ReporterMayNotDecide)
    );
    assert_eq!(story.act("r", send_down("V2")), refused(Refusal::UnknownUnit));
    story.must("r", send_down("G1"));
}
