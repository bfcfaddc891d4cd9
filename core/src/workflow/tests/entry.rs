//! Handing in: where a report enters, and what it must bring.

use super::world::*;
use crate::command::{Action, Outcome, Reason, Refusal, Urgency};
use crate::directory::{DirectoryRecord, Level, Role, UnitKind};
use crate::time::Timestamp;
use crate::workflow::{HolderPart, State};

#[test]
fn a_workers_report_waits_for_the_chief_of_its_grid() {
    let mut story = Story::new();
    story.submit();
    let matter = story.matter();
    assert_eq!((matter.state, matter.level), (State::Submitted, Level::Grid));
    assert_eq!(
        (matter.holder.unit.clone(), matter.holder.part),
        (unit("G1"), HolderPart::Chief)
    );
    assert_eq!(matter.chief_clock_from, Some(story.now));
}

#[test]
fn an_urgent_report_is_queued_at_once_and_reaches_chief_and_room_together() {
    let mut story = Story::urgent();
    story.submit();
    assert_eq!(story.state(), State::Queued);
    assert!(story.matter().is_shared_with_chief);
    let mut taken_by_room = story.clone();
    taken_by_room.must("r", Action::Accept);
    let mut agreed = story.clone();
    agreed.must("c", Action::Approve);
    assert_eq!(agreed.state(), State::Queued);
    assert_eq!(agreed.matter().approved_heads, Some(vec![head(1)]));
    let mut taken_on = story;
    taken_on.must("c", Action::TakeOn);
    assert_eq!(
        (taken_on.state(), taken_on.matter().level),
        (State::Handling, Level::Grid)
    );
}

#[test]
fn the_chiefs_consent_to_an_urgent_report_invalidates_no_decision_of_the_room() {
    let mut story = Story::urgent();
    story.submit();
    let accept = story.command("r", Action::Accept);
    story.must("c", Action::Approve);
    assert_eq!(story.send(&accept), Outcome::Accepted);
}

#[test]
fn a_chief_who_speaks_after_the_room_took_an_urgent_report_leaves_a_remark() {
    let mut story = Story::urgent();
    story.submit();
    let approve = story.command("c", Action::Approve);
    let back = story.command("c", Action::Return);
    story.must("r", Action::Accept);
    assert_eq!(story.send(&approve), Outcome::Remark(Refusal::DecidedMeanwhile));
    assert_eq!(story.send(&back), Outcome::Remark(Refusal::DecidedMeanwhile));
    assert_eq!(story.state(), State::Accepted);
}

#[test]
fn what_a_chief_reports_himself_goes_straight_to_the_township() {
    let mut story = Story::by("c");
    story.submit();
    assert_eq!(
        (story.state(), story.matter().level),
        (State::Queued, Level::Township)
    );
    for act in [Action::Approve, Action::TakeOn, Action::Close] {
        assert_eq!(story.act("c", act), refused(Refusal::ReporterMayNotDecide));
    }
    let mut village_chiefs = Story::by("v");
    village_chiefs.submit();
    assert_eq!(village_chiefs.state(), State::Queued);
}

#[test]
fn a_chief_of_another_grid_reports_like_a_worker() {
    let mut story = Story::by("c2");
    story.submit();
    assert_eq!(story.state(), State::Submitted);
}

#[test]
fn a_grid_without_any_chief_sends_its_reports_to_the_township() {
    let mut story = Story::new();
    let lonely = crate::directory::Unit {
        id: unit("G9"),
        name: "G9".to_owned(),
        kind: UnitKind::Grid,
        parent: Some(unit("TO")),
        boundary: None,
        telephone: None,
        has_accounts: true,
    };
    add(&mut story.directory, DirectoryRecord::Unit(lonely));
    story.content.grid = Some(unit("G9"));
    let mut settled = story.clone();
    story.submit();
    assert_eq!(story.state(), State::Queued);
    settled.settle();
    assert_eq!(settled.state(), State::Settled);
    settled.must("r", Action::Approve);
    assert_eq!(settled.matter().closed_level, Some(Level::Township));
}

#[test]
fn what_the_room_enters_for_somebody_goes_to_the_township_but_a_worker_cannot_claim_that() {
    for (who, state) in [("r", State::Queued), ("w", State::Submitted)] {
        let mut story = Story::by(who);
        let mut opening = story.opening();
        opening.level = Level::Township;
        story.must(who, Action::Submit { opening });
        assert_eq!(story.state(), state);
    }
}

#[test]
fn a_clerk_may_route_what_he_entered_for_a_visitor_but_not_review_it() {
    let mut story = Story::by("r");
    let mut opening = story.opening();
    opening.level = Level::Township;
    story.must("r", Action::Submit { opening });
    story.must("r", Action::Accept);
    story.must("r", dispatch(&["M"]));
    assert_eq!(story.act("r", sign("M")), refused(Refusal::ReporterMayNotDecide));
    story.must("r2", feed_back("M"));
    assert_eq!(
        story.act("r", Action::Close),
        refused(Refusal::ReporterMayNotDecide)
    );
    assert_eq!(
        story.act("r", Action::Rework),
        refused(Refusal::ReporterMayNotDecide)
    );
    story.must("r2", Action::Close);
}

#[test]
fn a_record_only_kind_closes_on_receipt() {
    let mut story = Story::new();
    story.content.category = Some(category("visit"));
    story.submit();
    assert_eq!(
        (story.state(), story.matter().closed_level),
        (State::Closed, Some(Level::Grid))
    );
    assert_eq!(story.matter().holder.part, HolderPart::Nobody);
}

#[test]
fn settling_asks_for_a_picture_of_the_result_or_a_reason() {
    let mut story = Story::new();
    story.content.has_after_picture = false;
    let opening = story.opening();
    let mut settle = story.command("w", Action::Settle { opening });
    settle.reason = None;
    assert_eq!(story.send(&settle), refused(Refusal::AfterPictureMissing));
    settle.reason = Some(Reason::words("too dark for a picture"));
    assert_eq!(story.send(&settle), Outcome::Accepted);
}

#[test]
fn a_settled_report_is_checked_by_the_chief_and_closes_at_grid_level() {
    let mut story = Story::new();
    story.settle();
    assert_eq!(
        story.act("w", Action::Approve),
        refused(Refusal::ReporterMayNotDecide)
    );
    story.must("c", Action::Approve);
    assert_eq!(
        (story.state(), story.matter().closed_level),
        (State::Closed, Some(Level::Grid))
    );
    story.must(
        "r",
        Action::Recheck {
            verdict: crate::command::Verdict::NotConfirmed,
        },
    );
    story.must("r", Action::Reopen);
    assert_eq!(
        (story.state(), story.matter().closed_level),
        (State::Accepted, None)
    );
}

#[test]
fn a_submission_that_does_not_fit_its_content_is_refused_with_the_reason() {
    let mut story = Story::new();
    let opening = story.opening();
    let send = |story: &Story, action: Action| {
        let mut story = story.clone();
        let command = story.command("w", action);
        story.weigh(&command, false).outcome
    };
    let submit = || Action::Submit {
        opening: opening.clone(),
    };
    let mut other = opening.clone();
    other.urgency = Urgency::Urgent;
    assert_eq!(
        send(&story, Action::Submit { opening: other }),
        refused(Refusal::ContentIncomplete)
    );
    story.content.has_words = false;
    story.content.has_picture = false;
    assert_eq!(send(&story, submit()), refused(Refusal::ContentIncomplete));
    story.content.has_voice = true;
    assert_eq!(send(&story, submit()), Outcome::Accepted);
    story.content.is_complete = false;
    assert_eq!(send(&story, submit()), refused(Refusal::ContentIncomplete));
    let mut unknown = Story::new();
    unknown.content.category = Some(category("dragons"));
    let opening = unknown.opening();
    assert_eq!(
        send(&unknown, Action::Submit { opening }),
        refused(Refusal::UnknownCategory)
    );
    let mut nowhere = Story::new();
    nowhere.content.grid = Some(unit("D1"));
    let opening = nowhere.opening();
    assert_eq!(
        send(&nowhere, Action::Submit { opening }),
        refused(Refusal::UnknownUnit)
    );
}

#[test]
fn a_moved_worker_and_a_grid_that_ended_orphan_nothing_done_before() {
    let mut story = Story::new();
    let mut moved = post("w", "G1", Role::Worker);
    moved.held_to = Some(START.plus_ms(-HOUR_MS));
    story.give_post(moved);
    story.give_post(post("w", "G3", Role::Worker));
    let grid = crate::directory::Unit {
        name: "G1".to_owned(),
        id: unit("G1"),
        kind: UnitKind::Grid,
        parent: Some(unit("V1")),
        boundary: None,
        telephone: None,
        has_accounts: true,
    };
    let ended = DirectoryRecord::Unit(grid).into_row(Timestamp(0), Some(START.plus_ms(-HOUR_MS)), 2);
    story.directory.insert(&ended);
    story.submit();
    assert_eq!(story.state(), State::Submitted);
    story.must("v", Action::Approve);
    assert_eq!(story.state(), State::Queued);
}
