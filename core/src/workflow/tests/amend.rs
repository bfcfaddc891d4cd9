//! Words that change after or under a decision.

use super::world::*;
use crate::command::{Action, Classification, Outcome, Refusal, Urgency};
use crate::directory::{DirectoryRecord, Level, Unit, UnitKind};
use crate::workflow::State;

#[test]
fn an_approval_covers_no_words_that_its_author_had_not_seen() {
    for act in [Action::Approve, Action::TakeOn, pass_up(Level::Township)] {
        let mut story = Story::new();
        story.submit();
        story.are_heads_covered = false;
        assert_eq!(story.act("c", act.clone()), refused(Refusal::ContentChanged));
        assert_eq!(story.state(), State::Submitted);
        story.are_heads_covered = true;
        assert_eq!(story.act("c", act), Outcome::Accepted);
    }
}

#[test]
fn a_return_counts_whatever_the_reporter_wrote_meanwhile() {
    let mut story = Story::new();
    story.submit();
    story.are_heads_covered = false;
    story.must("c", Action::Return);
}

#[test]
fn an_edit_after_the_approval_asks_for_a_new_decision_of_chief_or_room() {
    for who in ["c", "v", "r"] {
        let mut story = Story::new();
        story.submit();
        story.must("c", Action::Approve);
        assert!(!story.matter().is_amended(false));
        assert_eq!(
            story.act(who, Action::Approve),
            story.clone().act(who, Action::Approve)
        );
        story.has_uncovered_changes = true;
        assert!(story.matter().is_amended(true));
        let mut again = story.command(who, Action::Approve);
        again.heads = vec![head(2)];
        assert_eq!(story.send(&again), Outcome::Accepted);
        assert_eq!(story.state(), State::Queued);
        assert_eq!(story.matter().approved_heads, Some(vec![head(2)]));
    }
}

#[test]
fn the_reporter_does_not_approve_his_own_amendment() {
    let mut story = Story::by("c");
    story.submit();
    story.must("r", Action::Accept);
    story.has_uncovered_changes = true;
    assert_eq!(
        story.act("c", Action::Approve),
        refused(Refusal::ReporterMayNotDecide)
    );
}

#[test]
fn a_correction_by_the_room_asks_for_no_new_approval_and_bars_nobody() {
    let mut story = Story::new();
    story.submit();
    let approve = story.command("c", Action::Approve);
    story.must(
        "r",
        Action::Classify {
            to: Classification {
                category: Some(category("noise")),
                category_version: Some(1),
                ..Classification::default()
            },
        },
    );
    assert_eq!(story.matter().category, category("noise"));
    assert_eq!(story.send(&approve), Outcome::Accepted);
    story.must(
        "r",
        Action::Classify {
            to: Classification {
                department: Some(unit("D1")),
                ..Classification::default()
            },
        },
    );
    assert_eq!(story.matter().category, category("noise"));
    assert!(!story.matter().is_amended(false));
    for act in [Action::Accept, dispatch(&["M"]), feed_back("M"), Action::Close] {
        story.must("r", act);
    }
}

#[test]
fn a_corrected_grid_moves_a_waiting_report_to_that_grids_chief() {
    let mut story = Story::new();
    story.submit();
    let old = story.command("c", Action::Approve);
    let to = Classification {
        grid: Some(unit("G3")),
        ..Classification::default()
    };
    story.must("r", Action::Classify { to });
    assert_eq!(
        (story.state(), story.matter().holder.unit.clone()),
        (State::Submitted, unit("G3"))
    );
    assert_eq!(story.send(&old), refused(Refusal::NotYourPost));
    story.must("c3", Action::Approve);
    assert_eq!(story.matter().opening.grid, unit("G1"));
}

#[test]
fn a_report_that_the_room_calls_urgent_need_not_wait_for_the_chief() {
    let mut story = Story::new();
    story.submit();
    assert_eq!(story.act("r", Action::Accept), refused(Refusal::WrongState));
    let to = Classification {
        urgency: Some(Urgency::Urgent),
        ..Classification::default()
    };
    story.must("r", Action::Classify { to });
    assert_eq!(story.state(), State::Submitted);
    story.must("r", Action::Accept);
}

#[test]
fn a_classification_names_only_what_the_directory_knows() {
    let mut story = Story::new();
    story.submit();
    let category = Classification {
        category: Some(super::world::category("dragons")),
        ..Classification::default()
    };
    let grid = Classification {
        grid: Some(unit("TO")),
        ..Classification::default()
    };
    for (id, kind, parent) in [("T9", UnitKind::Township, "CO"), ("G9", UnitKind::Grid, "T9")] {
        let foreign = Unit {
            id: unit(id),
            name: id.to_owned(),
            kind,
            parent: Some(unit(parent)),
            boundary: None,
            telephone: None,
            has_accounts: true,
        };
        add(&mut story.directory, DirectoryRecord::Unit(foreign));
    }
    let foreign = Classification {
        grid: Some(unit("G9")),
        ..Classification::default()
    };
    let department = Classification {
        department: Some(unit("D9")),
        ..Classification::default()
    };
    for (to, refusal) in [
        (category, Refusal::UnknownCategory),
        (grid, Refusal::UnknownUnit),
        (foreign, Refusal::UnknownUnit),
        (department, Refusal::UnknownUnit),
    ] {
        assert_eq!(story.act("r", Action::Classify { to }), refused(refusal));
    }
}
