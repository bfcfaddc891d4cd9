//! Every situation × every act × every person, compared with a file that people have read.

use std::fmt::Write as _;

use super::world::*;
use crate::command::{Action, ActionKind, Classification, Outcome, Risk, Verdict};
use crate::directory::Level;
use crate::id::{CommandId, ReportId};
use crate::workflow::{HolderPart, State};

/// The people of the matrix; `w` reports.
pub(super) const ACTORS: &[&str] = &[
    "w", "w2", "o", "c", "c2", "v", "r", "k", "d", "e", "x", "s", "a", "n",
];

/// Every situation, by name.
pub(super) fn situations() -> Vec<(&'static str, Story)> {
    let names = [
        "draft",
        "submitted",
        "village",
        "proposed",
        "returned",
        "queued",
        "shared",
        "passed_by",
        "county",
        "accepted",
        "amended",
        "dispatched",
        "handling",
        "taken_on",
        "sent_down",
        "fed_back",
        "fed_back_grid",
        "closed",
        "settled",
        "settled_room",
        "withdrawn",
        "void",
        "merged",
        "held",
    ];
    names.iter().map(|name| (*name, situation(name))).collect()
}

/// One situation; most begin where another ends.
fn situation(name: &str) -> Story {
    let (before, steps): (&str, Vec<(&str, Action)>) = match name {
        "draft" => return Story::new(),
        "shared" => {
            let mut story = Story::urgent();
            story.submit();
            return story;
        }
        "submitted" => return after_entry(false),
        "settled" => return after_entry(true),
        "passed_by" | "settled_room" => {
            let mut story = after_entry(name == "settled_room");
            story.pass_by();
            return story;
        }
        "proposed" => return with_proposal(),
        "amended" => {
            let mut story = situation("queued");
            story.must("r", Action::Accept);
            story.has_uncovered_changes = true;
            return story;
        }
        "village" => ("submitted", vec![("c", pass_up(Level::Village))]),
        "returned" => ("submitted", vec![("c", Action::Return)]),
        "queued" => ("submitted", vec![("c", Action::Approve)]),
        "county" => ("queued", vec![("r", pass_up(Level::County))]),
        "accepted" => ("queued", vec![("r", Action::Accept), ("r", Action::Ask)]),
        "dispatched" => ("accepted", vec![("r", dispatch(&["D1", "D2"]))]),
        "handling" => ("dispatched", handling_steps()),
        "taken_on" => ("submitted", vec![("c", Action::TakeOn)]),
        "sent_down" => ("queued", vec![("r", send_down("G1"))]),
        "fed_back" => ("dispatched", vec![("e", feed_back("D2")), ("d", feed_back("D1"))]),
        "fed_back_grid" => ("taken_on", vec![("c", feed_back("G1"))]),
        "closed" => ("fed_back", vec![("r", Action::Close)]),
        "withdrawn" => ("submitted", vec![("w", Action::Withdraw)]),
        "void" => ("queued", vec![("r", Action::Void)]),
        "merged" => ("queued", vec![("r", merge())]),
        "held" => (
            "queued",
            vec![("r", Action::Accept), ("r", Action::Hold { until: START })],
        ),
        other => panic!("no situation is called {other}"),
    };
    let mut story = situation(before);
    for (by, action) in steps {
        story.must(by, action);
    }
    story
}

fn handling_steps() -> Vec<(&'static str, Action)> {
    vec![
        ("d", sign("D1")),
        ("d", ask_time("D1")),
        ("r", Action::Check { who: person("w2") }),
        ("s", Action::ListForSupervision),
    ]
}

fn ask_time(code: &str) -> Action {
    Action::AskTime {
        unit: unit(code),
        until: START.plus_ms(90 * HOUR_MS),
    }
}

fn merge() -> Action {
    Action::Merge {
        into: ReportId::from_bytes([8; 16]),
    }
}

fn after_entry(settles: bool) -> Story {
    let mut story = Story::new();
    if settles {
        story.settle();
    } else {
        story.submit();
    }
    story
}

/// A stand-in approved within his delegation; the approval came in after its end.
fn with_proposal() -> Story {
    let mut story = Story::new();
    let mut stand_in = post("a", "G1", crate::directory::Role::Chief);
    stand_in.id = crate::id::PostId::new("a-stands-in").expect("a plain code");
    stand_in.held_to = Some(START.plus_ms(3 * 60_000));
    story.give_post(stand_in);
    story.submit();
    let late = story.command("a", Action::Approve);
    story.now = story.now.plus_ms(HOUR_MS);
    assert!(matches!(story.send(&late), Outcome::Proposal(_)));
    story
}

/// The act of a kind that carries nothing.
fn bare_act(kind: ActionKind) -> Option<Action> {
    Some(match kind {
        ActionKind::Withdraw => Action::Withdraw,
        ActionKind::Approve => Action::Approve,
        ActionKind::Return => Action::Return,
        ActionKind::TakeOn => Action::TakeOn,
        ActionKind::Accept => Action::Accept,
        ActionKind::Rework => Action::Rework,
        ActionKind::Close => Action::Close,
        ActionKind::Resume => Action::Resume,
        ActionKind::Void => Action::Void,
        ActionKind::Reopen => Action::Reopen,
        ActionKind::Urge => Action::Urge,
        ActionKind::ListForSupervision => Action::ListForSupervision,
        ActionKind::StrikeOff => Action::StrikeOff,
        ActionKind::Ask => Action::Ask,
        ActionKind::Remark => Action::Remark,
        ActionKind::PassBy => Action::PassBy,
        _ => return None,
    })
}

/// The plainest act of a unit of which the actor could be.
fn unit_act(kind: ActionKind, actor: &str) -> Option<Action> {
    let own = match actor {
        "c" | "v" => "G1",
        "c2" => "G2",
        "e" => "D2",
        "x" => "D3",
        _ => "D1",
    };
    Some(match kind {
        ActionKind::Sign => sign(own),
        ActionKind::AskTime => ask_time(own),
        ActionKind::HandBack => hand_back(own),
        ActionKind::FeedBack => feed_back(own),
        _ => return None,
    })
}

/// The plainest act that answers something in the story, if only what was never asked.
fn answer_act(kind: ActionKind, story: &Story) -> Option<Action> {
    let matter = story.matter.as_ref();
    let nothing = CommandId::from_bytes([0; 16]);
    Some(match kind {
        ActionKind::AnswerCheck => {
            let check = matter.and_then(|m| m.checks.last()).map(|c| c.command);
            Action::AnswerCheck {
                check: check.unwrap_or(nothing),
                verdict: Verdict::Confirmed,
            }
        }
        ActionKind::Answer => {
            let question = matter.and_then(|m| m.questions.last()).map(|q| q.command);
            Action::Answer {
                question: question.unwrap_or(nothing),
            }
        }
        ActionKind::Confirm => {
            let proposal = matter.and_then(|m| m.proposals.last()).map(|p| p.command.id);
            Action::Confirm {
                proposal: proposal.unwrap_or(nothing),
            }
        }
        _ => return None,
    })
}

/// The plainest act of a kind that makes sense in the situation for this person.
pub(super) fn plain_act(kind: ActionKind, story: &Story, actor: &str) -> Action {
    let given = bare_act(kind)
        .or_else(|| unit_act(kind, actor))
        .or_else(|| answer_act(kind, story));
    let matter = story.matter.as_ref();
    let opening = || story.opening();
    let into = ReportId::from_bytes([8; 16]);
    let verdict = Verdict::Confirmed;
    given.unwrap_or_else(|| match kind {
        ActionKind::Submit => Action::Submit { opening: opening() },
        ActionKind::Settle => Action::Settle { opening: opening() },
        ActionKind::PassUp => pass_up(match matter {
            Some(m) if m.holder.part == HolderPart::Room => Level::County,
            _ => Level::Township,
        }),
        ActionKind::SendDown => send_down(match matter {
            Some(m) if m.level == Level::County => "TO",
            _ => "G1",
        }),
        ActionKind::Classify => Action::Classify {
            to: Classification {
                risk: Some(Risk::High),
                ..Classification::default()
            },
        },
        ActionKind::Dispatch => dispatch(&["D3"]),
        ActionKind::GrantTime => Action::GrantTime {
            unit: unit("D1"),
            until: None,
        },
        ActionKind::Hold => Action::Hold { until: START },
        ActionKind::Merge => Action::Merge { into },
        ActionKind::Split => Action::Split { into },
        ActionKind::Whistle => whistle(&["D3"]),
        ActionKind::Check => Action::Check { who: person("w2") },
        ActionKind::CallBack => Action::CallBack { verdict },
        ActionKind::Recheck => Action::Recheck { verdict },
        other => panic!("no plain act of {}", other.as_str()),
    })
}

/// What comes of the plainest act: the outcome, and the state afterwards.
pub(super) fn try_act(story: &Story, kind: ActionKind, actor: &str) -> (Outcome, State) {
    let mut story = story.clone();
    let action = plain_act(kind, &story, actor);
    let command = story.command(actor, action);
    let decision = story.weigh(&command, false);
    let state = decision
        .effect
        .as_ref()
        .map_or(story.state(), |effect| effect.state);
    (decision.outcome, state)
}

/// A cell: the state reached, `=` where it stays, or what was said instead.
fn cell(story: &Story, kind: ActionKind, actor: &str) -> String {
    let name = |refusal| {
        let json = serde_json::to_string(&refusal).expect("a refusal is a word");
        json.trim_matches('"').to_owned()
    };
    match try_act(story, kind, actor) {
        (Outcome::Accepted, state) if state == story.state() => "=".to_owned(),
        (Outcome::Accepted, state) => format!("-> {}", state.as_str()),
        (Outcome::Refused(refusal), _) => name(refusal),
        (Outcome::Remark(refusal), _) => format!("remark: {}", name(refusal)),
        (Outcome::Proposal(refusal), _) => format!("proposal: {}", name(refusal)),
    }
}

/// Every situation and act: people with the same answer stand together.
fn page() -> String {
    let mut page = String::new();
    for (name, story) in situations() {
        let _ = writeln!(page, "{name} ({})", story.state().as_str());
        for kind in ActionKind::ALL {
            let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
            for actor in ACTORS {
                let answer = cell(&story, *kind, actor);
                match answers.iter_mut().find(|(a, _)| *a == answer) {
                    Some((_, people)) => people.push(actor),
                    None => answers.push((answer, vec![actor])),
                }
            }
            answers.sort();
            let said: Vec<String> = answers
                .iter()
                .map(|(answer, people)| {
                    if people.len() == ACTORS.len() {
                        format!("all {answer}")
                    } else {
                        format!("{} {answer}", people.join(","))
                    }
                })
                .collect();
            let _ = writeln!(page, "  {}: {}", kind.as_str(), said.join(" | "));
        }
        page.push('\n');
    }
    page
}

#[test]
fn every_state_act_and_person_answers_as_the_reviewed_matrix_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/workflow/tests/matrix.txt");
    let page = page();
    if std::env::var_os("XUNGE_WRITE").is_some() {
        std::fs::write(path, &page).expect("the matrix can be written");
    }
    let reviewed = std::fs::read_to_string(path).expect("the matrix is there");
    for (line, (is, should)) in page.lines().zip(reviewed.lines()).enumerate() {
        assert_eq!(is, should, "line {} of matrix.txt", line + 1);
    }
    assert_eq!(page.lines().count(), reviewed.lines().count());
}

#[test]
fn every_state_of_the_table_is_reached_in_some_situation() {
    let reached: std::collections::BTreeSet<State> = situations().iter().map(|(_, s)| s.state()).collect();
    assert_eq!(reached.len(), State::ALL.len());
}

#[test]
fn what_buttons_offer_is_what_the_decision_accepts() {
    for (name, story) in situations() {
        for actor in ACTORS {
            let offered = if name == "draft" && *actor != "w" {
                Vec::new()
            } else {
                story.permitted(actor)
            };
            for kind in ActionKind::ALL {
                let (outcome, _) = try_act(&story, *kind, actor);
                assert_eq!(
                    offered.contains(kind),
                    outcome.is_accepted(),
                    "{name}: {actor} {} came to {outcome:?}",
                    kind.as_str()
                );
            }
        }
    }
}
