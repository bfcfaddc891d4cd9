//! Decisions that cross each other, on one phone, on two, and on the way.

use super::world::*;
use crate::command::{Action, Classification, Outcome, Refusal, Verdict};
use crate::id::InstallId;
use crate::workflow::{State, apply};

#[test]
fn of_an_approval_and_a_return_at_once_the_first_wins_and_the_other_is_told() {
    let mut story = Story::new();
    story.submit();
    let approve = story.command("c", Action::Approve);
    let back = story.command("v", Action::Return);
    let mut other = story.clone();
    assert_eq!(story.send(&approve), Outcome::Accepted);
    assert_eq!(story.send(&back), refused(Refusal::DecidedMeanwhile));
    assert_eq!(story.state(), State::Queued);
    assert_eq!(other.send(&back), Outcome::Accepted);
    assert_eq!(other.send(&approve), refused(Refusal::DecidedMeanwhile));
    assert_eq!(other.state(), State::Returned);
}

#[test]
fn on_an_urgent_report_too_only_one_word_of_the_chiefs_stands() {
    let mut story = Story::urgent();
    story.submit();
    let approve = story.command("c", Action::Approve);
    let back = story.command("v", Action::Return);
    assert_eq!(story.send(&approve), Outcome::Accepted);
    assert_eq!(story.send(&back), refused(Refusal::DecidedMeanwhile));
    assert_eq!(story.state(), State::Queued);
}

#[test]
fn a_chief_with_two_phones_cannot_approve_twice() {
    for mut story in [Story::new(), Story::urgent()] {
        story.submit();
        let first = story.command("c", Action::Approve);
        let mut second = story.command("c", Action::Approve);
        second.install = InstallId::from_bytes([2; 16]);
        assert_eq!(story.send(&first), Outcome::Accepted);
        assert_eq!(story.send(&second), refused(Refusal::DecidedMeanwhile));
    }
}

#[test]
fn a_chief_who_reinstalls_leaves_no_work_stuck() {
    let mut story = Story::new();
    story.submit();
    let mut approve = story.command("c", Action::Approve);
    approve.install = InstallId::from_bytes([99; 16]);
    assert_eq!(story.send(&approve), Outcome::Accepted);
    assert_eq!(story.state(), State::Queued);
}

#[test]
fn a_completed_report_does_not_come_back_as_returned() {
    let mut story = Story::new();
    story.submit();
    let late = story.command("v", Action::Return);
    story.must("c", Action::Return);
    story.submit();
    assert_eq!(story.send(&late), refused(Refusal::DecidedMeanwhile));
    assert_eq!(story.state(), State::Submitted);
}

#[test]
fn a_return_that_was_not_received_is_not_approved_or_submitted_away() {
    let mut story = Story::new();
    story.submit();
    let approve = story.command("v", Action::Approve);
    let opening = story.opening();
    let again = story.command("w", Action::Submit { opening });
    let taken_back = story.command("w", Action::Withdraw);
    let back = story.must("c", Action::Return);
    assert_eq!(story.send(&approve), refused(Refusal::DecidedMeanwhile));
    assert_eq!(story.send(&again), refused(Refusal::NotReceivedYet));
    assert_eq!(story.send(&taken_back), refused(Refusal::NotReceivedYet));
    assert_eq!(story.state(), State::Returned);
    assert_eq!(story.matter().why.as_ref().map(|w| w.command), Some(back.id));
    story.submit();
    assert_eq!(story.state(), State::Submitted);
}

#[test]
fn an_approval_of_the_first_hand_in_does_not_cover_the_second() {
    let mut story = Story::new();
    story.submit();
    let old = story.command("v", Action::Approve);
    story.must("c", Action::Return);
    story.submit();
    assert_eq!(story.send(&old), refused(Refusal::DecidedMeanwhile));
    assert_eq!(story.state(), State::Submitted);
}

#[test]
fn a_retried_submission_is_refused_harmlessly() {
    let mut story = Story::new();
    story.submit();
    let before = story.matter().clone();
    let mut retry = story.command(
        "w",
        Action::Submit {
            opening: story.opening(),
        },
    );
    retry.saw = None;
    assert_eq!(story.send(&retry), refused(Refusal::WrongState));
    assert_eq!(story.matter().version, before.version);
    assert_eq!(story.matter().history, before.history);
}

#[test]
fn flags_in_between_refuse_no_pending_decision() {
    let mut story = Story::new();
    story.submit();
    let approve = story.command("c", Action::Approve);
    story.must("r", Action::Urge);
    story.must("s", Action::ListForSupervision);
    story.must("r", Action::Ask);
    story.must("r", Action::Check { who: person("w2") });
    story.must("a", Action::Remark);
    let to = Classification {
        category: Some(category("noise")),
        category_version: Some(1),
        ..Classification::default()
    };
    story.must("r", Action::Classify { to });
    assert_eq!(story.send(&approve), Outcome::Accepted);
    assert_eq!((story.matter().urged, story.matter().is_listed), (1, true));
}

#[test]
fn decisions_made_one_after_another_without_a_network_all_count() {
    let mut story = Story::new();
    story.submit();
    let phone = story.clone();
    let mut local = phone;
    let take_on = local.must("c", Action::TakeOn);
    let fed_back = local.must("c", feed_back("G1"));
    let close = local.must("c", Action::Close);
    story.must("r", Action::Urge);
    for command in [&take_on, &fed_back, &close] {
        assert_eq!(story.send(command), Outcome::Accepted);
    }
    assert_eq!(story.state(), State::Closed);
}

#[test]
fn what_was_built_on_a_refused_decision_is_told_so() {
    let mut story = Story::new();
    story.submit();
    let mut local = story.clone();
    let approve = local.must("c", Action::Return);
    let mut on_top = local.command("v", Action::Approve);
    on_top.saw = Some(approve.id);
    story.answered.push((approve.id, refused(Refusal::ReasonMissing)));
    assert_eq!(story.send(&on_top), refused(Refusal::PredecessorRefused));
}

#[test]
fn two_departments_that_work_without_a_network_never_stand_in_each_others_way() {
    let mut story = dispatched();
    let (mut first, mut second) = (story.clone(), story.clone());
    let ours = [first.must("d", sign("D1")), first.must("d", feed_back("D1"))];
    second.skip(10);
    let theirs = [second.must("e", sign("D2")), second.must("e", feed_back("D2"))];
    for command in [&ours[0], &theirs[0], &theirs[1], &ours[1]] {
        assert_eq!(story.send(command), Outcome::Accepted);
    }
    assert_eq!(story.state(), State::FedBack);
}

#[test]
fn a_feedback_that_has_not_seen_the_rework_does_not_answer_it() {
    let mut story = dispatched();
    story.must("e", feed_back("D2"));
    story.must("d", feed_back("D1"));
    let stale = story.command("d", feed_back("D1"));
    story.must("r", Action::Rework);
    assert_eq!(story.send(&stale), refused(Refusal::NotReceivedYet));
    story.must("d", feed_back("D1"));
}

#[test]
fn a_feedback_of_a_department_that_was_replaced_is_told_so() {
    let mut story = dispatched();
    let late = story.command("d", feed_back("D1"));
    story.must("r", dispatch(&["D3"]));
    assert_eq!(story.send(&late), refused(Refusal::DecidedMeanwhile));
    assert_eq!(
        story.act("d", feed_back("D1")),
        refused(Refusal::DecidedMeanwhile)
    );
}

#[test]
fn the_same_story_folds_to_the_same_matter_whatever_the_directory_says_later() {
    let mut story = dispatched();
    story.must("d", sign("D1"));
    story.must(
        "r",
        Action::CallBack {
            verdict: Verdict::Confirmed,
        },
    );
    let json = serde_json::to_string(story.matter()).expect("a matter serialises");
    let read: crate::workflow::Matter = serde_json::from_str(&json).expect("a matter reads back");
    assert_eq!(&read, story.matter());
    let mut elsewhere = story.clone();
    elsewhere.directory = crate::directory::Directory::default();
    let urge = story.command("r", Action::Urge);
    let applied = crate::workflow::Applied {
        received_at: story.now,
        seq: 77,
        township: unit("TO"),
        outcome: Outcome::Accepted,
        effect: story.weigh(&urge, false).effect,
    };
    assert_eq!(
        apply(story.matter.clone(), &urge, &applied),
        apply(elsewhere.matter, &urge, &applied)
    );
}

fn dispatched() -> Story {
    let mut story = Story::new();
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Accept);
    story.must("r", dispatch(&["D1", "D2"]));
    story
}
