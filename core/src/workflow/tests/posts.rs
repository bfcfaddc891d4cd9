//! Posts, delegations and shifts: who may act when, and what becomes of a decision whose post has ended.

use super::world::*;
use crate::command::{Action, Outcome, Refusal};
use crate::directory::{Post, PostKind, Role};
use crate::id::PostId;
use crate::time::{DeviceTime, Timestamp};
use crate::workflow::State;

/// `a` stands in for the chief of G1 for the first ten minutes.
fn stand_in() -> Post {
    let mut delegated = post("a", "G1", Role::Chief);
    delegated.id = PostId::new("a-stands-in").expect("a plain code");
    delegated.kind = PostKind::Delegation {
        of: PostId::new("c-G1").expect("a plain code"),
    };
    delegated.held_from = START;
    delegated.held_to = Some(START.plus_ms(10 * 60_000));
    delegated
}

#[test]
fn within_a_delegation_or_a_shift_the_stand_in_decides() {
    for kind in [stand_in().kind, PostKind::Shift] {
        let mut story = Story::new();
        story.give_post(Post { kind, ..stand_in() });
        story.submit();
        story.must("a", Action::Approve);
        assert_eq!(story.state(), State::Queued);
    }
}

#[test]
fn an_approval_within_a_delegation_received_after_its_end_waits_for_the_present_holder() {
    let mut story = Story::new();
    story.give_post(stand_in());
    story.submit();
    let approve = story.command("a", Action::Approve);
    story.now = START.plus_ms(2 * HOUR_MS);
    assert_eq!(story.send(&approve), Outcome::Proposal(Refusal::PostEnded));
    assert_eq!(story.state(), State::Submitted);
    assert_eq!(story.matter().proposals.len(), 1);
    let confirm = Action::Confirm { proposal: approve.id };
    assert_eq!(story.act("a", confirm.clone()), refused(Refusal::NotYourPost));
    assert_eq!(
        story.act("w", confirm.clone()),
        refused(Refusal::ReporterMayNotDecide)
    );
    story.must("c", confirm.clone());
    assert_eq!(story.state(), State::Queued);
    assert!(story.matter().proposals.is_empty());
    assert!(story.matter().deciders.contains(&person("c")));
    assert_eq!(story.act("v", confirm), refused(Refusal::UnknownTarget));
}

#[test]
fn a_decision_that_the_author_could_never_make_is_refused_and_proposes_nothing() {
    let mut story = Story::new();
    story.submit();
    assert_eq!(story.act("a", Action::Approve), refused(Refusal::NotYourPost));
    assert_eq!(story.act("o", Action::Approve), refused(Refusal::NotYourPost));
    assert!(story.matter().proposals.is_empty());
}

#[test]
fn a_decision_before_the_delegation_began_is_judged_by_the_receipt() {
    let mut story = Story::new();
    story.give_post(stand_in());
    story.submit();
    let mut approve = story.command("a", Action::Approve);
    approve.at.wall_at = START.plus_ms(-5 * HOUR_MS);
    assert_eq!(story.send(&approve), Outcome::Accepted);
}

#[test]
fn a_wrong_clock_loses_no_decision() {
    for wall_at in [Timestamp(0), START.plus_ms(9_000 * HOUR_MS)] {
        let mut story = Story::new();
        story.give_post(stand_in());
        story.submit();
        let mut approve = story.command("a", Action::Approve);
        approve.at = DeviceTime {
            wall_at,
            monotonic_ms: 1,
            boot: 1,
            server_offset_ms: None,
            server_offset_age_ms: None,
        };
        let mut late = story.clone();
        assert_eq!(story.send(&approve), Outcome::Accepted);
        late.now = START.plus_ms(2 * HOUR_MS);
        assert_eq!(late.send(&approve), Outcome::Proposal(Refusal::PostEnded));
    }
}

#[test]
fn a_late_stand_in_is_told_what_was_decided_meanwhile() {
    let mut story = Story::new();
    story.give_post(stand_in());
    story.submit();
    let approve = story.command("a", Action::Approve);
    story.must("c", Action::Return);
    story.now = START.plus_ms(2 * HOUR_MS);
    assert_eq!(story.send(&approve), refused(Refusal::DecidedMeanwhile));
    let mut passed = Story::new();
    passed.give_post(stand_in());
    passed.submit();
    let approve = passed.command("a", Action::Approve);
    passed.pass_by();
    assert_eq!(passed.send(&approve), Outcome::Remark(Refusal::PassedBy));
}

#[test]
fn a_move_makes_older_proposals_moot() {
    let mut story = Story::new();
    story.give_post(stand_in());
    story.submit();
    let approve = story.command("a", Action::Approve);
    story.now = START.plus_ms(2 * HOUR_MS);
    story.send(&approve);
    story.must("v", Action::Return);
    assert!(story.matter().proposals.is_empty());
    let confirm = Action::Confirm { proposal: approve.id };
    assert_eq!(story.act("c", confirm), refused(Refusal::UnknownTarget));
}

#[test]
fn somebody_with_several_posts_acts_in_any_that_may_or_in_the_one_he_names() {
    let mut story = Story::new();
    story.give_post(post("w2", "G1", Role::Chief));
    let mut room = post("w2", "TO", Role::Clerk);
    room.id = PostId::new("w2-room").expect("a plain code");
    story.give_post(room);
    story.submit();
    story.must("w2", Action::Approve);
    let mut accept = story.command("w2", Action::Accept);
    accept.post = Some(PostId::new("w2-G1").expect("a plain code"));
    assert_eq!(story.send(&accept), refused(Refusal::NotYourPost));
    accept.post = Some(PostId::new("w2-room").expect("a plain code"));
    assert_eq!(story.send(&accept), Outcome::Accepted);
    let mut foreign = story.command("w2", Action::Void);
    foreign.post = Some(PostId::new("r-TO").expect("a plain code"));
    assert_eq!(story.send(&foreign), refused(Refusal::NotYourPost));
}

#[test]
fn a_second_post_does_not_lift_the_bar_on_the_reporter() {
    let mut story = Story::new();
    for (unit, role) in [("TO", Role::Clerk), ("D1", Role::DepartmentMember)] {
        story.give_post(post("w", unit, role));
    }
    story.submit();
    story.must("c", Action::Approve);
    story.must("r", Action::Accept);
    story.must("r", dispatch(&["D1"]));
    for act in [sign("D1"), feed_back("D1"), hand_back("D1"), Action::Close] {
        assert_eq!(story.act("w", act), refused(Refusal::ReporterMayNotDecide));
    }
}

#[test]
fn revoked_installs_erased_reports_and_unknown_people_and_reports_are_told_apart() {
    let mut story = Story::new();
    assert_eq!(story.act("r", Action::Accept), refused(Refusal::UnknownReport));
    assert_eq!(
        story.act("stranger", Action::Accept),
        refused(Refusal::UnknownPerson)
    );
    story.submit();
    let command = story.command("c", Action::Approve);
    let township = unit("TO");
    let context = crate::workflow::DecisionContext::new(&story.directory, &township, story.now);
    let revoked = crate::workflow::DecisionContext {
        is_revoked: true,
        ..context
    };
    let erased = crate::workflow::DecisionContext {
        is_erased: true,
        ..context
    };
    let say = |context| crate::workflow::decide(story.matter.as_ref(), &command, context).outcome;
    assert_eq!(say(&revoked), refused(Refusal::Revoked));
    assert_eq!(say(&erased), refused(Refusal::Erased));
    assert_eq!(say(&context), Outcome::Accepted);
}
