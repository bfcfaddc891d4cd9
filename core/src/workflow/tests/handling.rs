//! Departments, whistles, reviews, holds and the end.

use super::world::*;
use crate::command::{Action, ActionKind, AssignmentPart, Outcome, Reason, Refusal, Verdict};
use crate::directory::Level;
use crate::id::{CommandId, ReportId};
use crate::workflow::{AssignmentProgress, HolderPart, State, needs_reason};

fn accepted() -> Story {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Accept);
    story
}

fn fed_back() -> Story {
    let mut story = accepted();
    story.must("r", dispatch(&["D1"]));
    story.must("d", feed_back("D1"));
    story
}

#[test]
fn a_dispatch_names_exactly_one_lead_and_nobody_twice() {
    let mut story = accepted();
    let assist_only = match dispatch(&["D1"]) {
        Action::Dispatch { mut to } => {
            to[0].part = AssignmentPart::Assist;
            Action::Dispatch { to }
        }
        other => other,
    };
    for act in [dispatch(&[]), dispatch(&["D1", "D1"]), assist_only, whistle(&[])] {
        assert_eq!(story.act("r", act), refused(Refusal::BadAssignment));
    }
    assert_eq!(story.act("r", dispatch(&["D9"])), refused(Refusal::UnknownUnit));
    assert_eq!(story.act("r", dispatch(&["TO"])), refused(Refusal::UnknownUnit));
    story.must("r", dispatch(&["D1", "D2"]));
    assert_eq!(
        (story.matter().holder.unit.clone(), story.matter().holder.part),
        (unit("D1"), HolderPart::Department)
    );
}

#[test]
fn each_of_two_departments_feeds_back_in_its_own_name() {
    let mut story = accepted();
    story.must("r", dispatch(&["D1", "D2"]));
    story.must("d", sign("D1"));
    story.must("e", sign("D2"));
    assert_eq!(story.actions("e", ActionKind::FeedBack), [feed_back("D2")]);
    assert_eq!(story.actions("d", ActionKind::FeedBack), [feed_back("D1")]);
    assert!(story.actions("w", ActionKind::FeedBack).is_empty());
    assert!(story.actions("d", ActionKind::Approve).is_empty());
}

#[test]
fn handling_ends_when_every_unit_has_fed_back() {
    let mut story = accepted();
    story.must("r", dispatch(&["D1", "D2"]));
    story.must("d", sign("D1"));
    assert_eq!(story.state(), State::Handling);
    story.must("d", feed_back("D1"));
    assert_eq!(story.state(), State::Handling);
    assert_eq!(story.act("d", feed_back("D1")), refused(Refusal::WrongState));
    story.must("e", feed_back("D2"));
    assert_eq!(
        (story.state(), story.matter().holder.part),
        (State::FedBack, HolderPart::Room)
    );
}

#[test]
fn the_room_acts_for_a_unit_without_accounts_and_for_no_other() {
    let mut story = accepted();
    story.must("r", dispatch(&["M", "D1"]));
    assert_eq!(story.act("r", sign("D1")), refused(Refusal::NotYourPost));
    assert_eq!(story.act("k", sign("M")), refused(Refusal::NotYourPost));
    story.must("r", sign("M"));
    story.must("r2", feed_back("M"));
    assert_eq!(
        story.matter().assignment(&unit("M")).map(|a| a.progress),
        Some(AssignmentProgress::FedBack)
    );
}

#[test]
fn a_lead_that_hands_back_gives_it_to_the_room_with_the_reason() {
    let mut story = accepted();
    story.must("r", dispatch(&["D1", "D2"]));
    let mut silent = story.command("d", hand_back("D1"));
    silent.reason = None;
    assert_eq!(story.send(&silent), refused(Refusal::ReasonMissing));
    let back = story.must("d", hand_back("D1"));
    assert_eq!(
        (story.state(), story.matter().holder.part),
        (State::Accepted, HolderPart::Room)
    );
    assert_eq!(story.matter().why.as_ref().map(|w| w.command), Some(back.id));
    let mut again = story.command("r", dispatch(&["D3"]));
    again.reason = None;
    assert_eq!(story.send(&again), Outcome::Accepted);
    assert_eq!(story.matter().why, None);
    assert_eq!(
        story.act("e", feed_back("D2")),
        refused(Refusal::DecidedMeanwhile)
    );
    story.must("x", feed_back("D3"));
    assert_eq!(story.state(), State::FedBack);
}

#[test]
fn an_assisting_unit_that_hands_back_holds_nobody_up() {
    let mut story = accepted();
    story.must("r", dispatch(&["D1", "D2"]));
    story.must("d", feed_back("D1"));
    story.must("e", hand_back("D2"));
    assert_eq!(story.state(), State::FedBack);
}

#[test]
fn taking_a_matter_from_a_department_needs_a_reason() {
    let mut story = accepted();
    story.must("r", dispatch(&["D1"]));
    let mut silent = story.command("r", dispatch(&["D2"]));
    silent.reason = None;
    assert_eq!(story.send(&silent), refused(Refusal::ReasonMissing));
    story.must("r", dispatch(&["D2"]));
    assert!(needs_reason(&dispatch(&["D2"]), State::Handling));
    assert!(!needs_reason(&dispatch(&["D2"]), State::Accepted));
}

#[test]
fn a_whistle_moves_nothing_but_every_called_department_must_report_in() {
    let mut story = fed_back();
    let version = story.matter().version;
    story.must("r", whistle(&["D2", "D3"]));
    assert_eq!((story.state(), story.matter().version), (State::FedBack, version));
    assert!(story.matter().is_whistled);
    assert_eq!(story.act("r", Action::Close), refused(Refusal::NotAllReportedIn));
    assert_eq!(story.act("e", hand_back("D2")), refused(Refusal::WrongState));
    story.must("e", feed_back("D2"));
    assert_eq!(story.act("r", Action::Close), refused(Refusal::NotAllReportedIn));
    story.must("x", sign("D3"));
    story.must("x", feed_back("D3"));
    story.must("r", Action::Close);
    assert_eq!(story.matter().closed_level, Some(Level::Township));
}

#[test]
fn a_called_department_stays_called_when_the_matter_is_dispatched() {
    let mut story = accepted();
    story.must("r", whistle(&["D2"]));
    story.must("r", dispatch(&["D1"]));
    story.must("d", feed_back("D1"));
    assert_eq!(story.state(), State::Handling);
    story.must("e", feed_back("D2"));
    assert_eq!(story.state(), State::FedBack);
}

#[test]
fn a_rework_goes_back_to_the_units_that_fed_back_with_its_reason() {
    let mut story = fed_back();
    let mut silent = story.command("r", Action::Rework);
    silent.reason = None;
    assert_eq!(story.send(&silent), refused(Refusal::ReasonMissing));
    let rework = story.must("r", Action::Rework);
    assert_eq!(
        (story.state(), story.matter().holder.unit.clone()),
        (State::Handling, unit("D1"))
    );
    assert_eq!(story.matter().why.as_ref().map(|w| w.command), Some(rework.id));
    story.must("d", feed_back("D1"));
    assert_eq!(story.state(), State::FedBack);
}

#[test]
fn who_told_us_is_called_back_before_closing() {
    let mut story = fed_back();
    story.content.has_informant = true;
    assert_eq!(story.act("r", Action::Close), refused(Refusal::CallBackMissing));
    story.must(
        "r",
        Action::CallBack {
            verdict: Verdict::NotConfirmed,
        },
    );
    story.must("r", Action::Rework);
    story.must("d", feed_back("D1"));
    assert_eq!(story.act("r", Action::Close), refused(Refusal::CallBackMissing));
    story.must(
        "r",
        Action::CallBack {
            verdict: Verdict::Confirmed,
        },
    );
    story.must("r", Action::Close);
}

#[test]
fn time_is_asked_for_with_a_reason_and_refused_with_one() {
    let mut story = accepted();
    story.must("r", dispatch(&["D1"]));
    let until = story.now.plus_ms(48 * HOUR_MS);
    let grant = |until| Action::GrantTime {
        unit: unit("D1"),
        until,
    };
    assert_eq!(story.act("r", grant(Some(until))), refused(Refusal::WrongState));
    story.must(
        "d",
        Action::AskTime {
            unit: unit("D1"),
            until,
        },
    );
    let mut silent = story.command("r", grant(None));
    silent.reason = None;
    assert_eq!(story.send(&silent), refused(Refusal::ReasonMissing));
    let mut granted = story.command("r", grant(Some(until)));
    granted.reason = None;
    assert_eq!(story.send(&granted), Outcome::Accepted);
    let part = story.matter().assignment(&unit("D1")).cloned();
    let part = part.expect("it was dispatched to");
    assert_eq!((part.due_at, part.asked_until), (Some(until), None));
}

#[test]
fn who_asks_for_time_and_then_signs_is_still_answered() {
    let mut story = accepted();
    story.must("r", dispatch(&["D1"]));
    let until = story.now.plus_ms(48 * HOUR_MS);
    let ask = Action::AskTime {
        unit: unit("D1"),
        until,
    };
    let grant = Action::GrantTime {
        unit: unit("D1"),
        until: Some(until),
    };
    story.must("d", ask.clone());
    story.must("d", sign("D1"));
    story.must("r", grant.clone());
    let part = story.matter().assignment(&unit("D1")).cloned();
    assert_eq!(part.expect("it was dispatched to").due_at, Some(until));
    // With the feedback there is nothing left to ask for.
    story.must("d", ask);
    story.must("d", feed_back("D1"));
    assert_eq!(story.act("r", grant), refused(Refusal::WrongState));
}

#[test]
fn a_held_report_goes_on_exactly_where_it_stood() {
    let mut story = accepted();
    story.must("r", dispatch(&["D1"]));
    story.must("d", sign("D1"));
    let before = story.matter().clone();
    let until = story.now.plus_ms(900 * HOUR_MS);
    story.must("r", Action::Hold { until });
    assert_eq!(story.matter().resume.as_ref().map(|p| p.until), Some(until));
    assert_eq!(story.act("d", feed_back("D1")), refused(Refusal::WrongState));
    story.must("r", Action::Resume);
    let after = story.matter();
    assert_eq!(
        (after.state, &after.holder, after.level, &after.assignments),
        (before.state, &before.holder, before.level, &before.assignments)
    );
    assert_eq!(after.resume, None);
}

#[test]
fn a_merge_needs_another_living_report_and_can_be_undone() {
    let mut story = accepted();
    let into = |n| Action::Merge {
        into: ReportId::from_bytes([n; 16]),
    };
    assert_eq!(story.act("r", into(7)), refused(Refusal::UnknownTarget));
    for gone in [None, Some(State::Void), Some(State::Merged)] {
        story.other_state = gone;
        assert_eq!(story.act("r", into(8)), refused(Refusal::UnknownTarget));
    }
    story.other_state = Some(State::Queued);
    story.must("r", into(8));
    assert_eq!(story.matter().merged_into, Some(ReportId::from_bytes([8; 16])));
    story.must("r", Action::Reopen);
    assert_eq!(
        (story.state(), story.matter().merged_into),
        (State::Accepted, None)
    );
}

#[test]
fn a_check_is_answered_once_and_only_by_who_was_asked() {
    let mut story = accepted();
    let who = |code| Action::Check { who: person(code) };
    assert_eq!(story.act("r", who("w")), refused(Refusal::ReporterMayNotDecide));
    assert_eq!(story.act("r", who("nobody")), refused(Refusal::UnknownPerson));
    let check = story.must("r", who("o")).id;
    let answer = |check| Action::AnswerCheck {
        check,
        verdict: Verdict::NotConfirmed,
    };
    assert_eq!(story.act("w2", answer(check)), refused(Refusal::NotYourPost));
    let other = CommandId::from_bytes([77; 16]);
    assert_eq!(story.act("o", answer(other)), refused(Refusal::UnknownTarget));
    story.must("o", answer(check));
    assert_eq!(story.matter().checks[0].verdict, Some(Verdict::NotConfirmed));
    assert!(!story.act("o", answer(check)).is_accepted());
}

#[test]
fn a_question_changes_no_state_and_is_answered_by_the_reporter() {
    let mut story = accepted();
    let version = story.matter().version;
    let question = story.must("r", Action::Ask).id;
    assert_eq!(story.matter().version, version);
    assert_eq!(
        story.act("w2", Action::Answer { question }),
        refused(Refusal::NotYourPost)
    );
    let answer = story.must("w", Action::Answer { question });
    assert_eq!(story.matter().questions[0].answer, Some(answer.id));
    assert_eq!(
        story.act("w", Action::Answer { question }),
        refused(Refusal::WrongState)
    );
}

#[test]
fn a_listed_matter_is_struck_off_once() {
    let mut story = fed_back();
    assert_eq!(story.act("r", Action::StrikeOff), refused(Refusal::WrongState));
    story.must("s", Action::ListForSupervision);
    story.must("r", Action::Close);
    story.must("s", Action::StrikeOff);
    assert!(!story.matter().is_listed);
}

#[test]
fn every_mandatory_reason_is_asked_for_and_blank_ones_are_none() {
    let mut story = fed_back();
    for act in [Action::Rework, Action::Void, Action::Hold { until: START }] {
        let mut command = story.command("r", act);
        for reason in [None, Some(Reason::words("  "))] {
            command.reason = reason;
            assert_eq!(
                story.weigh(&command, false).outcome,
                refused(Refusal::ReasonMissing)
            );
        }
    }
    story.must("r", Action::Close);
    let mut reopen = story.command("r", Action::Reopen);
    reopen.reason = None;
    assert_eq!(story.send(&reopen), refused(Refusal::ReasonMissing));
}

#[test]
fn texts_and_lists_beyond_their_limits_are_refused() {
    let mut story = accepted();
    let mut wordy = story.command("r", Action::Remark);
    wordy.text = Some("字".repeat(2_001));
    assert_eq!(story.send(&wordy), refused(Refusal::TooLong));
    wordy.text = Some("字".repeat(2_000));
    assert_eq!(story.send(&wordy), Outcome::Accepted);
    let many: Vec<String> = (0..17).map(|n| format!("D{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(story.act("r", dispatch(&many)), refused(Refusal::TooLong));
}

#[test]
fn the_story_records_who_decided_and_never_the_reporter() {
    let mut story = fed_back();
    story.must("r", Action::Close);
    let deciders: Vec<&str> = story.matter().deciders.iter().map(|p| p.as_str()).collect();
    assert_eq!(deciders, ["c", "d", "r"]);
    let kinds: Vec<ActionKind> = story.matter().history.iter().map(|s| s.kind).collect();
    assert_eq!(
        kinds,
        [
            ActionKind::Submit,
            ActionKind::Approve,
            ActionKind::Accept,
            ActionKind::Dispatch,
            ActionKind::FeedBack,
            ActionKind::Close
        ]
    );
}
