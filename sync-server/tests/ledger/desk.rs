//! What people at desks are told: what they may do, how much there is, and what a search finds.

use xunge_core::command::{Action, ActionKind, Assignment, Outcome, State, Urgency};
use xunge_core::id::ReportId;
use xunge_server::ServiceError;
use xunge_server::service::{ActRequest, Offer, QueueQuery, ReportRef};

use super::phone::Phone;
use super::world::{World, account, operator, unit};

fn offer(world: &World, who: &str, report: ReportId) -> Offer {
    world
        .service
        .offer(&account(who), &ReportRef::Id(report))
        .unwrap()
}

fn found(world: &World, who: &str, text: &str) -> Vec<ReportId> {
    let page = world.service.search(&account(who), None, text, 50).unwrap();
    page.rows.iter().map(|row| row.report).collect()
}

fn urgent(world: &World, worker: &mut Phone, category: &str) -> ReportId {
    let made = worker.make_of("G1", category, Urgency::Urgent);
    let command = worker.submission(&made);
    worker.push(world, vec![made.change_item(), worker.sign(&command)]);
    made.id
}

#[test]
fn buttons_offer_what_the_workflow_permits_and_nothing_to_strangers() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (made, _) = worker.submit(&world, "G1");
    let chief = offer(&world, "c1", made.id);
    for kind in [
        ActionKind::Approve,
        ActionKind::Return,
        ActionKind::TakeOn,
        ActionKind::PassUp,
    ] {
        assert!(chief.acts.contains(&kind), "{kind:?} of {:?}", chief.acts);
    }
    assert_eq!(chief.heads, made.heads());
    assert!(!chief.levels_above.is_empty() && chief.version.is_some());
    let own = offer(&world, "w1", made.id);
    assert!(!own.acts.contains(&ActionKind::Approve));
    for stranger in ["room9", "c2", "dept"] {
        let none = world.service.offer(&account(stranger), &ReportRef::Id(made.id));
        assert!(matches!(none, Err(ServiceError::NotFound(_))), "{stranger}");
    }
    assert_eq!(
        world
            .service
            .offer(&operator("room"), &ReportRef::Id(made.id))
            .unwrap()
            .version,
        chief.version
    );
}

#[test]
fn a_department_is_offered_its_own_part_and_finds_it_among_what_waits() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let report = urgent(&world, &mut worker, "banner");
    assert_eq!(world.act("room", report, Action::Accept), Outcome::Accepted);
    let to = vec![Assignment::lead(unit("D1"))];
    assert_eq!(
        world.act("room", report, Action::Dispatch { to }),
        Outcome::Accepted
    );
    let offered = offer(&world, "dept", report);
    assert_eq!(offered.units[&ActionKind::Sign], [unit("D1")]);
    let open = QueueQuery {
        is_open: Some(true),
        ..QueueQuery::default()
    };
    let waits = |who: &str| {
        let can_sign = |offer: &Offer| offer.acts.contains(&ActionKind::Sign);
        let rows = world.service.offers(&account(who), &open, 100, can_sign).unwrap();
        rows.iter().map(|(row, _)| row.report).collect::<Vec<_>>()
    };
    assert_eq!(waits("dept"), [report]);
    assert_eq!(waits("c1"), []);
}

#[test]
fn an_approval_of_words_that_changed_on_the_screen_meanwhile_is_refused() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (mut made, _) = worker.submit(&world, "G1");
    let seen = offer(&world, "c1", made.id);
    let edit = worker.edit(&mut made, "改过的字");
    worker.push(&world, vec![edit]);
    let request = ActRequest {
        report: ReportRef::Id(made.id),
        action: Action::Approve,
        post: None,
        reason: None,
        text: None,
        saw: seen.version,
        heads: Some(seen.heads),
        id: None,
    };
    let outcome = world.service.act(&account("c1"), &request).unwrap().outcome;
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    assert_eq!(world.state(made.id), State::Submitted);
}

#[test]
fn counts_say_how_many_reports_of_each_state_the_caller_may_see() {
    let world = World::new();
    let mut worker = world.phone("w1");
    for _ in 0..2 {
        worker.submit(&world, "G1");
    }
    let report = urgent(&world, &mut worker, "banner");
    let count = |who: &str, query: &QueueQuery| world.service.queue_counts(&account(who), query).unwrap();
    let all = QueueQuery::default();
    assert_eq!(
        count("room", &all),
        [(State::Submitted, 2), (State::Queued, 1)].into()
    );
    assert_eq!(count("room9", &all), [].into());
    assert_eq!(count("dept", &all), [].into());
    assert_eq!(
        count("w1", &all),
        count("room", &all),
        "own reports are counted once"
    );
    let urgent = QueueQuery {
        is_urgent: Some(true),
        ..QueueQuery::default()
    };
    assert_eq!(count("room", &urgent), [(State::Queued, 1)].into());
    world.act("room", report, Action::Accept);
    let to = vec![Assignment::lead(unit("D1"))];
    world.act("room", report, Action::Dispatch { to });
    assert_eq!(count("dept", &all), [(State::Dispatched, 1)].into());
}

#[test]
fn a_search_finds_two_characters_codes_and_names_and_only_what_the_caller_may_see() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (first, _) = worker.submit(&world, "G1");
    assert_eq!(found(&world, "room", "横幅"), [first.id]);
    assert_eq!(found(&world, "room", "横幅 没有"), []);
    assert_eq!(
        found(&world, "room", &first.opening.code.to_lowercase()),
        [first.id]
    );
    assert_eq!(found(&world, "room", "人w1"), [first.id]);
    assert_eq!(found(&world, "room", "  "), []);
    for stranger in ["room9", "c2", "dept"] {
        assert_eq!(found(&world, stranger, "横幅"), [], "{stranger}");
    }
    // What came, changed or was erased after the first search is known to the next one.
    let secret = urgent(&world, &mut worker, "quarrel");
    assert_eq!(found(&world, "room", "横幅"), [secret, first.id]);
    world
        .service
        .erase_report(&operator("room"), &ReportRef::Id(first.id), "当事人申请")
        .unwrap();
    assert_eq!(found(&world, "room", "横幅"), [secret]);
    assert_eq!(found(&world, "room", &first.opening.code), []);
}

#[test]
fn a_sensitive_report_is_found_by_its_holders_alone() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let secret = urgent(&world, &mut worker, "quarrel");
    assert_eq!(found(&world, "c1", "横幅"), [secret]);
    assert_eq!(found(&world, "w1", "横幅"), [secret], "his own");
    assert_eq!(found(&world, "w2", "横幅"), []);
}
