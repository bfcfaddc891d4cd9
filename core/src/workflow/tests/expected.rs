//! Who may do what in which situation, written by hand from the rules of the product, not from the table.
//!
//! One line: the act, then who may do it and where it leads (`=`: the state stays, as does naming the state itself). What is not
//! written here must not be accepted.

use std::collections::BTreeSet;

use super::matrix::{ACTORS, situations, try_act};
use crate::command::ActionKind;

/// What watchers may do in every open situation.
const OPEN: &str = "
urge: r k s =
list_for_supervision: r k s =
classify: r k =
check: r k =
ask: r k c v =
";

/// What the room may do with whatever it has queued.
const ROOM_HAS_IT: &str = "
pass_up: r queued
send_down: r handling
close: r closed
hold: r held
void: r void
merge: r merged
split: r =
return: r returned
call_back: r k =
";

/// What the room may do with what units are handling.
const UNITS_HAVE_IT: &str = "
dispatch: r dispatched
hold: r held
void: r void
merge: r merged
split: r =
whistle: r =
";

const SEEN_BY_GRID: &str = "remark: w w2 c v r k s a =";
const SEEN_BY_UNITS: &str = "remark: w w2 c v r k s a d e =";
const CHIEF_DECIDES: &str = "
approve: c v queued
return: c v returned
take_on: c v handling
pass_up: c v queued
";
const CHIEF_HANDLES: &str = "
pass_up: c v queued
ask_time: c v =
hand_back: c v accepted
feed_back: c v fed_back
whistle: c v =
call_back: r k c v =
";

fn expectation(situation: &str) -> Vec<&'static str> {
    match situation {
        "draft" => vec!["submit: w submitted \n settle: w settled"],
        "submitted" => vec![OPEN, SEEN_BY_GRID, CHIEF_DECIDES, "withdraw: w withdrawn"],
        "proposed" => vec![
            OPEN,
            SEEN_BY_GRID,
            CHIEF_DECIDES,
            "withdraw: w withdrawn \n confirm: c v queued",
        ],
        "village" => vec![
            OPEN,
            SEEN_BY_GRID,
            "approve: v queued \n return: v returned \n take_on: v handling \n pass_up: v queued",
            "withdraw: c submitted",
        ],
        "returned" => vec![
            OPEN,
            SEEN_BY_GRID,
            "submit: w submitted \n settle: w settled \n withdraw: w withdrawn \n void: r void",
        ],
        "passed_by" => vec![OPEN, SEEN_BY_GRID, ROOM_HAS_IT, "accept: r accepted"],
        "queued" => vec![
            OPEN,
            SEEN_BY_GRID,
            ROOM_HAS_IT,
            "accept: r accepted \n withdraw: c submitted",
        ],
        "shared" => vec![
            OPEN,
            SEEN_BY_GRID,
            ROOM_HAS_IT,
            "accept: r accepted \n approve: c v = \n return: c v returned \n take_on: c v handling",
            "withdraw: w withdrawn",
        ],
        "county" => vec![
            OPEN,
            SEEN_BY_GRID,
            "return: k returned \n send_down: k queued \n accept: k accepted \n close: k closed",
            "hold: k held \n void: k void \n merge: k merged \n split: k = \n call_back: r k =",
            "withdraw: r queued",
        ],
        "accepted" => vec![
            OPEN,
            SEEN_BY_GRID,
            ROOM_HAS_IT,
            "dispatch: r dispatched \n whistle: r = \n answer: w = \n withdraw: r queued",
        ],
        "amended" => vec![
            OPEN,
            SEEN_BY_GRID,
            ROOM_HAS_IT,
            "dispatch: r dispatched \n whistle: r = \n approve: c v r = \n withdraw: r queued",
        ],
        _ => expectation_with_units(situation),
    }
}

fn expectation_with_units(situation: &str) -> Vec<&'static str> {
    match situation {
        "dispatched" => vec![
            OPEN,
            SEEN_BY_UNITS,
            UNITS_HAVE_IT,
            "sign: d handling \n sign: e = \n ask_time: d e = \n call_back: r k = \n answer: w =",
            "hand_back: d accepted \n hand_back: e = \n feed_back: d handling \n feed_back: e =",
            "withdraw: r accepted",
        ],
        "handling" => vec![
            OPEN,
            SEEN_BY_UNITS,
            UNITS_HAVE_IT,
            "sign: e = \n ask_time: d e = \n grant_time: r = \n call_back: r k = \n answer: w =",
            "hand_back: d accepted \n hand_back: e = \n feed_back: d e = \n strike_off: r k s =",
            "answer_check: w2 =",
        ],
        "taken_on" => vec![
            OPEN,
            SEEN_BY_GRID,
            UNITS_HAVE_IT,
            CHIEF_HANDLES,
            "withdraw: c submitted",
        ],
        "sent_down" => vec![
            OPEN,
            SEEN_BY_GRID,
            UNITS_HAVE_IT,
            CHIEF_HANDLES,
            "sign: c v = \n withdraw: r queued",
        ],
        "fed_back" => vec![
            OPEN,
            SEEN_BY_UNITS,
            "rework: r handling \n close: r closed \n hold: r held \n void: r void \n split: r =",
            "whistle: r = \n call_back: r k = \n answer: w =",
        ],
        "fed_back_grid" => vec![
            OPEN,
            SEEN_BY_GRID,
            "rework: r handling \n close: r c v closed \n hold: r held \n void: r void \n split: r =",
            "whistle: r = \n call_back: r k c v =",
        ],
        _ => expectation_at_the_ends(situation),
    }
}

fn expectation_at_the_ends(situation: &str) -> Vec<&'static str> {
    match situation {
        "closed" => vec![
            SEEN_BY_UNITS,
            "reopen: r accepted \n recheck: r k s = \n call_back: r k = \n answer: w =",
        ],
        "settled" => vec![
            OPEN,
            SEEN_BY_GRID,
            "approve: c v closed \n return: c v returned \n withdraw: w withdrawn",
            "recheck: r k s = \n call_back: r k c v =",
        ],
        "settled_room" => vec![
            OPEN,
            SEEN_BY_GRID,
            "approve: r closed \n return: r returned \n recheck: r k s = \n call_back: r k =",
        ],
        "withdrawn" => vec![SEEN_BY_GRID, "submit: w submitted \n settle: w settled"],
        "void" | "merged" => vec![SEEN_BY_GRID, "reopen: r accepted"],
        "held" => vec![
            OPEN,
            SEEN_BY_GRID,
            "resume: r accepted \n void: r void \n merge: r merged \n split: r =",
        ],
        other => panic!("nothing is expected of {other}"),
    }
}

/// Lines as (act, person, state afterwards or `=`).
fn read(lines: &[&str], state: &str) -> BTreeSet<(String, String, String)> {
    let mut read = BTreeSet::new();
    for line in lines.iter().flat_map(|part| part.lines()).map(str::trim) {
        let Some((act, rest)) = line.split_once(": ") else {
            continue;
        };
        let mut words: Vec<&str> = rest.split_whitespace().collect();
        let to = words.pop().expect("a line ends with a state");
        let to = if to == state { "=" } else { to };
        for person in words {
            assert!(ACTORS.contains(&person), "{person} in {line}");
            read.insert((act.to_owned(), person.to_owned(), to.to_owned()));
        }
    }
    read
}

#[test]
fn exactly_the_expected_acts_are_accepted_and_lead_where_expected() {
    let mut differences: Vec<String> = Vec::new();
    for (name, story) in situations() {
        let expected = read(&expectation(name), story.state().as_str());
        let mut accepted = BTreeSet::new();
        for kind in ActionKind::ALL {
            for actor in ACTORS {
                let (outcome, state) = try_act(&story, *kind, actor);
                if outcome.is_accepted() {
                    let to = if state == story.state() {
                        "="
                    } else {
                        state.as_str()
                    };
                    accepted.insert((kind.as_str().to_owned(), (*actor).to_owned(), to.to_owned()));
                }
            }
        }
        let apart = |these: &BTreeSet<_>, those: &BTreeSet<_>, what: &str| {
            let only = these
                .difference(those)
                .map(|cell| format!("{name}: {what} {cell:?}"));
            only.collect::<Vec<_>>()
        };
        differences.extend(apart(&expected, &accepted, "missing"));
        differences.extend(apart(&accepted, &expected, "unexpected"));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
