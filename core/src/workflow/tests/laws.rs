//! What holds for every order of acts by anybody.

use proptest::prelude::*;

use super::matrix::{ACTORS, plain_act};
use super::world::*;
use crate::command::{ActionKind, Outcome, Refusal};
use crate::workflow::{HolderPart, Matter, RULES, State};

/// One step of a random story: who, what, how far behind the author's view is, and how much time goes by.
#[derive(Clone, Debug)]
struct Attempt {
    actor: usize,
    kind: usize,
    lag: usize,
    hours: i64,
    has_reason: bool,
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let one = (
        0..ACTORS.len(),
        0..ActionKind::ALL.len(),
        prop_oneof![4 => Just(0usize), 1 => 1usize..4],
        prop_oneof![5 => Just(0i64), 1 => 1i64..12],
        prop::bool::weighted(0.8),
    );
    let attempt = one.prop_map(|(actor, kind, lag, hours, has_reason)| Attempt {
        actor,
        kind,
        lag,
        hours,
        has_reason,
    });
    prop::collection::vec(attempt, 1..60)
}

fn begin(style: u8) -> Story {
    let mut story = match style % 4 {
        0 => Story::urgent(),
        1 => Story::by("c"),
        2 => Story::by("r"),
        _ => Story::new(),
    };
    story.give_post(post("w2", "D1", crate::directory::Role::DepartmentMember));
    story.submit();
    story
}

fn check_step(before: &Matter, story: &Story, kind: ActionKind, actor: &str, outcome: Outcome) {
    let after = story.matter();
    if !outcome.is_accepted() {
        let mut same = before.clone();
        same.seq = after.seq;
        same.proposals.clone_from(&after.proposals);
        assert_eq!(&same, after, "{actor} {} came to {outcome:?}", kind.as_str());
        return;
    }
    let is_reporter = after.reporter == person(actor);
    let barred = RULES.iter().filter(|r| r.kind == kind).all(|r| r.bars_reporter);
    assert!(!(is_reporter && barred), "the reporter may not {}", kind.as_str());
    assert!(!after.deciders.contains(&after.reporter));
    if before.version != after.version {
        assert_eq!(after.history.last().map(|s| s.command), Some(after.version));
    } else {
        assert_eq!(before.state, after.state, "a state moves by moves only");
    }
    if after.state == State::Closed && before.state != State::Closed {
        let from_settled = before.state == State::Settled || kind == ActionKind::Settle;
        let by_table = matches!(kind, ActionKind::Close | ActionKind::Confirm);
        assert!(by_table || from_settled && kind == ActionKind::Approve || kind == ActionKind::Confirm);
        assert!(
            after
                .assignments
                .iter()
                .all(|a| !(a.is_called && a.progress.is_open()))
        );
    }
    assert_eq!(after.closed_level.is_some(), after.state == State::Closed);
    assert_eq!(after.resume.is_some(), after.state == State::Held);
    assert_eq!(after.holder.part == HolderPart::Nobody, !after.state.is_open());
    assert_eq!(
        after.holder.part == HolderPart::Reporter,
        after.state == State::Returned
    );
    if let Some(why) = &after.why {
        assert_eq!(why.command, after.version, "a reason belongs to the last move");
    }
    let units: std::collections::BTreeSet<_> = after.assignments.iter().map(|a| &a.unit).collect();
    assert_eq!(units.len(), after.assignments.len(), "a unit has one part");
}

fn run(style: u8, attempts: &[Attempt]) -> Story {
    let mut story = begin(style);
    for attempt in attempts {
        let actor = ACTORS[attempt.actor];
        let kind = ActionKind::ALL[attempt.kind];
        story.now = story.now.plus_ms(attempt.hours * HOUR_MS);
        let action = plain_act(kind, &story, actor);
        let before = story.matter().clone();
        let mut command = story.command(actor, action);
        let moves: Vec<_> = before.history.iter().filter(|s| s.is_move).collect();
        command.saw = moves.iter().rev().nth(attempt.lag).map(|s| s.command);
        if !attempt.has_reason {
            command.reason = None;
        }
        let outcome = story.send(&command);
        check_step(&before, &story, kind, actor, outcome);
        let is_strict = RULES
            .iter()
            .filter(|r| r.kind == kind && r.to != crate::workflow::To::AsProposed)
            .all(|r| r.seen == crate::workflow::Seen::EveryMove);
        if attempt.lag > 0 && is_strict && kind != ActionKind::PassBy {
            assert!(
                !outcome.is_accepted(),
                "{} had not seen the last move",
                kind.as_str()
            );
        }
    }
    story
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_acts_breaks_the_rules(style in 0u8..4, attempts in attempts()) {
        run(style, &attempts);
    }

    #[test]
    fn the_same_acts_fold_to_the_same_matter(style in 0u8..4, attempts in attempts()) {
        let (once, again) = (run(style, &attempts), run(style, &attempts));
        prop_assert_eq!(once.matter, again.matter);
        prop_assert_eq!(once.answered, again.answered);
    }

    #[test]
    fn nobody_is_offered_what_would_be_refused(style in 0u8..4, attempts in attempts()) {
        let story = run(style, &attempts);
        for actor in ACTORS {
            let offered = story.permitted(actor);
            for kind in ActionKind::ALL {
                let (outcome, _) = super::matrix::try_act(&story, *kind, actor);
                if outcome.is_accepted() {
                    prop_assert!(offered.contains(kind), "{} {} is accepted", actor, kind.as_str());
                }
            }
        }
    }

    #[test]
    fn an_act_that_is_told_ready_to_be_signed_names_nothing_wrong(style in 0u8..4, attempts in attempts()) {
        let story = run(style, &attempts);
        if story.matter.is_none() {
            return Ok(());
        }
        for actor in ACTORS {
            for action in ActionKind::ALL.iter().flat_map(|kind| story.actions(actor, *kind)) {
                let outcome = story.clone().act(actor, action.clone());
                // What may still stand in its way is in the report, never in what the act names or in who does it.
                let lacks = [
                    Refusal::AfterPictureMissing,
                    Refusal::CallBackMissing,
                    Refusal::ContentIncomplete,
                    Refusal::NotAllReportedIn,
                    Refusal::NotReceivedYet,
                ];
                let is_lacking = matches!(outcome, Outcome::Refused(refusal) if lacks.contains(&refusal));
                prop_assert!(outcome.is_accepted() || is_lacking, "{actor} {action:?}: {outcome:?}");
            }
        }
    }
}
