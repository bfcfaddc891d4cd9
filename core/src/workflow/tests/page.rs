//! The table itself, and the page that people read.

use crate::command::{Action, ActionKind};
use crate::workflow::{Excuse, RULES, State, is_server_only, is_state_changing, table_page};

#[test]
fn the_page_for_people_says_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/workflow.md");
    let page = table_page();
    if std::env::var_os("XUNGE_WRITE").is_some() {
        std::fs::write(path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(path).expect("docs/workflow.md is there");
    assert!(
        written == page,
        "write docs/workflow.md anew: XUNGE_WRITE=1 cargo test -p xunge-core --lib workflow::"
    );
}

#[test]
fn every_act_has_a_row_and_no_two_rows_say_the_same() {
    for kind in ActionKind::ALL {
        assert!(RULES.iter().any(|rule| rule.kind == *kind), "{}", kind.as_str());
        assert_eq!(ActionKind::from_name(kind.as_str()), Some(*kind));
    }
    for (place, rule) in RULES.iter().enumerate() {
        assert!(!RULES[..place].contains(rule), "{rule:?} stands twice");
        assert!(!rule.from.is_empty() && !rule.who.is_empty());
    }
}

#[test]
fn every_state_can_be_entered_and_every_open_one_left() {
    use crate::workflow::To;
    let reached = |state: State| RULES.iter().any(|r| r.to == To::State(state));
    for state in State::ALL {
        let by_kind = matches!(
            state,
            State::Draft | State::Submitted | State::FedBack | State::Settled
        );
        assert!(reached(*state) || by_kind, "{} is never reached", state.as_str());
        let is_left = RULES.iter().any(|r| r.from.contains(state) && r.moves());
        assert!(is_left || !state.is_open(), "{} is never left", state.as_str());
    }
}

#[test]
fn the_acts_that_need_a_reason_are_these() {
    let mut needing: Vec<&str> = RULES
        .iter()
        .filter(|rule| rule.reason == Excuse::Needed)
        .map(|rule| rule.kind.as_str())
        .collect();
    needing.dedup();
    assert_eq!(
        needing,
        [
            "return",
            "dispatch",
            "ask_time",
            "hand_back",
            "rework",
            "close",
            "hold",
            "void",
            "reopen"
        ]
    );
}

#[test]
fn flags_change_no_state() {
    for action in [
        Action::Urge,
        Action::ListForSupervision,
        Action::StrikeOff,
        Action::Ask,
        Action::Remark,
    ] {
        assert!(!is_state_changing(&action));
    }
    assert!(is_state_changing(&Action::Approve));
    let server_only: Vec<_> = ActionKind::ALL.iter().filter(|k| is_server_only(**k)).collect();
    assert_eq!(server_only, [&ActionKind::PassBy]);
}

#[test]
fn an_actions_name_is_the_tag_of_its_json() {
    let json = serde_json::to_value(Action::ListForSupervision).expect("an action serialises");
    assert_eq!(json["action"], ActionKind::ListForSupervision.as_str());
    let kind = serde_json::to_value(ActionKind::FeedBack).expect("a kind serialises");
    assert_eq!(kind, ActionKind::FeedBack.as_str());
    let state = serde_json::to_value(State::FedBack).expect("a state serialises");
    assert_eq!(state, State::FedBack.as_str());
}
