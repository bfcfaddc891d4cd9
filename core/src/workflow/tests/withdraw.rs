//! Taking back the last step: by whom, until when, and that all stands as before.

use super::world::*;
use crate::command::{Action, ActionKind, Outcome, Refusal};
use crate::directory::{Level, Role};
use crate::id::PostId;
use crate::workflow::{AssignmentProgress, Matter, State};

/// What must be the same again after a step was taken back; the story, the version and who has decided go on.
fn standing(matter: &Matter) -> Matter {
    let mut standing = matter.clone();
    standing.history.clear();
    standing.deciders.clear();
    standing.why = None;
    standing.before = None;
    standing.seq = 0;
    standing.version = crate::id::CommandId::from_bytes([0; 16]);
    standing
        .assignments
        .retain(|part| part.progress != AssignmentProgress::Replaced);
    standing
}

/// What was done before, and who makes which step then.
type Made<'a> = (&'a [(&'a str, Action)], &'a str, Action);

#[test]
fn every_step_that_may_be_taken_back_leaves_the_matter_as_it_stood() {
    let steps: [Made<'_>; 9] = [
        (&[], "c", Action::Approve),
        (&[], "c", Action::TakeOn),
        (&[], "c", pass_up(Level::Village)),
        (&[], "c", pass_up(Level::Township)),
        (&[("c", Action::Approve)], "r", pass_up(Level::County)),
        (&[("c", Action::Approve)], "r", send_down("G1")),
        (&[("c", Action::Approve)], "r", Action::Accept),
        (
            &[("c", Action::Approve), ("r", Action::Accept)],
            "r",
            dispatch(&["D1", "D2"]),
        ),
        (
            &[("c", Action::Approve), ("r", pass_up(Level::County))],
            "k",
            send_down("TO"),
        ),
    ];
    for (first, by, step) in steps {
        let mut story = Story::new();
        story.submit();
        for (who, action) in first {
            story.must(who, action.clone());
        }
        let before = standing(story.matter());
        story.must(by, step.clone());
        assert_ne!(standing(story.matter()), before);
        assert!(story.permitted(by).contains(&ActionKind::Withdraw), "{step:?}");
        story.must(by, Action::Withdraw);
        assert_eq!(standing(story.matter()), before, "{step:?}");
        assert!(
            !story.permitted(by).contains(&ActionKind::Withdraw),
            "only once: {step:?}"
        );
        story.must(by, step);
    }
}

#[test]
fn an_urgent_report_lies_with_chief_and_room_again() {
    let mut story = Story::urgent();
    story.submit();
    let before = standing(story.matter());
    story.must("r", Action::Accept);
    assert!(!story.matter().is_shared_with_chief);
    story.must("r", Action::Withdraw);
    assert_eq!(standing(story.matter()), before);
    story.must("c", Action::Return);
}

#[test]
fn going_to_and_fro_wins_nobody_time() {
    let mut story = Story::new();
    story.submit();
    let chiefs = story.matter().chief_clock_from;
    story.must("c", Action::Approve);
    story.now = story.now.plus_ms(HOUR_MS);
    story.must("c", Action::Withdraw);
    assert_eq!(story.matter().chief_clock_from, chiefs);
    story.must("c", Action::Approve);
    story.must("r", Action::Accept);
    let rooms = story.matter().room_from;
    story.must("r", dispatch(&["D1"]));
    story.now = story.now.plus_ms(HOUR_MS);
    story.must("r", Action::Withdraw);
    assert_eq!(story.matter().room_from, rooms);
}

#[test]
fn another_dispatch_taken_back_gives_the_first_units_their_parts_again() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Accept);
    story.must("r", dispatch(&["D1", "D2"]));
    story.must("d", sign("D1"));
    let before = standing(story.matter());
    story.must("r", dispatch(&["D3", "D2"]));
    story.must("r", whistle(&["M"]));
    story.must("r", Action::Withdraw);
    assert_eq!(story.state(), State::Handling);
    let mut after = standing(story.matter());
    let called = after.assignments.iter().position(|part| part.is_called);
    let called = after
        .assignments
        .remove(called.expect("who was called meanwhile stays called"));
    assert_eq!(called.unit, unit("M"));
    after.is_whistled = false;
    assert_eq!(after, before);
    assert_eq!(story.act("x", sign("D3")), refused(Refusal::DecidedMeanwhile));
    story.must("d", feed_back("D1"));
}

#[test]
fn of_a_signature_and_a_withdrawal_at_once_the_first_wins_and_the_other_is_told() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Accept);
    story.must("r", dispatch(&["D1", "D2"]));
    let assists = story.command("e", sign("D2"));
    let back = story.command("r", Action::Withdraw);
    let mut other = story.clone();
    assert_eq!(story.send(&assists), Outcome::Accepted);
    assert_eq!(
        story.send(&back),
        refused(Refusal::WrongState),
        "no move, and yet a step"
    );
    assert_eq!(other.send(&back), Outcome::Accepted);
    assert_eq!(other.send(&assists), refused(Refusal::DecidedMeanwhile));
    assert_eq!(other.state(), State::Accepted);
}

#[test]
fn a_withdrawal_takes_back_the_step_that_its_author_saw_and_no_later_one() {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    let late = story.command("c", Action::Withdraw);
    story.must("r", Action::Accept);
    assert_eq!(story.send(&late), refused(Refusal::DecidedMeanwhile));
    let mut unseen = story.command("r", Action::Withdraw);
    unseen.saw = late.saw;
    assert_eq!(story.send(&unseen), refused(Refusal::DecidedMeanwhile));
    assert_eq!(story.state(), State::Accepted);
    story.must("s", Action::Urge);
    story.must("r", Action::Withdraw);
}

#[test]
fn a_step_and_its_withdrawal_that_were_made_without_a_network_arrive_together() {
    let mut story = Story::new();
    story.submit();
    let approve = story.command("c", Action::Approve);
    let mut back = story.command("c", Action::Withdraw);
    back.saw = Some(approve.id);
    let mut beaten = story.clone();
    assert_eq!(story.send(&approve), Outcome::Accepted);
    assert_eq!(story.send(&back), Outcome::Accepted);
    assert_eq!(story.state(), State::Submitted);
    beaten.must("v", Action::Approve);
    assert_eq!(beaten.send(&approve), refused(Refusal::DecidedMeanwhile));
    assert_eq!(beaten.send(&back), refused(Refusal::PredecessorRefused));
    assert_eq!(beaten.state(), State::Queued);
}

#[test]
fn only_who_made_the_step_takes_it_back_and_only_while_he_holds_his_post() {
    let mut story = Story::new();
    story.give_post(post("a", "TO", Role::Clerk));
    let mut shift = post("w2", "TO", Role::Clerk);
    shift.id = PostId::new("w2-shift").expect("a plain code");
    shift.held_to = Some(START.plus_ms(HOUR_MS));
    story.give_post(shift);
    story.submit();
    story.must("c", Action::Approve);
    story.must("w2", Action::Accept);
    for other in ["r", "a", "c", "w"] {
        assert!(!story.act(other, Action::Withdraw).is_accepted(), "{other}");
    }
    let back = story.command("w2", Action::Withdraw);
    story.now = story.now.plus_ms(2 * HOUR_MS);
    assert_eq!(story.send(&back), refused(Refusal::PostEnded));
    assert_eq!(story.act("w2", Action::Withdraw), refused(Refusal::NotYourPost));
    assert!(story.matter().proposals.is_empty());
}

#[test]
fn what_ended_returned_held_or_passed_by_the_clock_has_an_act_of_its_own() {
    for (by, step) in [("r", Action::Close), ("r", Action::Return), ("r", Action::Void)] {
        let mut story = Story::new();
        story.submit();
        story.must("c", Action::Approve);
        story.must(by, step);
        assert!(!story.act(by, Action::Withdraw).is_accepted());
    }
    let mut settled = Story::new();
    settled.settle();
    settled.must("c", Action::Approve);
    assert_eq!(settled.state(), State::Closed);
    assert_eq!(settled.act("c", Action::Withdraw), refused(Refusal::WrongState));
}
