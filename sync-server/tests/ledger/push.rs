//! Pushing: every item gets its own result, and sending anything again is harmless.

use xunge_core::command::{Action, Outcome, Reason, Refusal, SignedCommand, State, Urgency};
use xunge_core::id::{CommandId, PersonRecordId};
use xunge_core::report::{PersonPart, PersonRecord};
use xunge_core::sync::message::{Item, ItemResult, Payload, RefusedCode};

use crate::phone::change_item;
use crate::world::{START, World, unit};

fn code(result: &ItemResult) -> RefusedCode {
    match result {
        ItemResult::Refused { code, .. } => *code,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_report_pushed_once_or_three_times_is_there_once() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let (made, command) = phone.submit(&world, "G1");
    assert_eq!(world.state(made.id), State::Submitted);
    let first = phone.push(&world, vec![made.change_item(), phone.sign(&command)]);
    let again = phone.push(&world, vec![made.change_item(), phone.sign(&command)]);
    assert_eq!(first[0], ItemResult::Duplicate);
    assert_eq!(first, again);
    assert_eq!(phone.outcome(&again[1]), Outcome::Accepted);
    let counts = world.service.counts().unwrap();
    assert_eq!((counts.reports, counts.changes, counts.commands), (1, 1, 1));
    world.assert_sound();
}

#[test]
fn a_command_before_its_change_waits_for_it() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let made = phone.make("G1");
    let command = phone.submission(&made);
    let early = phone.push(&world, vec![phone.sign(&command)]);
    assert_eq!(early[0], ItemResult::MissingDeps { hashes: made.heads() });
    let later = phone.push(&world, vec![made.change_item(), phone.sign(&command)]);
    assert_eq!(phone.outcome(&later[1]), Outcome::Accepted);
}

#[test]
fn a_submission_is_decided_on_the_content_before_a_later_edit_of_the_same_push() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let mut made = phone.make("G1");
    let command = phone.submission(&made);
    let edit = phone.edit(&mut made, "两条横幅");
    let results = phone.push(&world, vec![made.change_item(), phone.sign(&command), edit]);
    assert_eq!(phone.outcome(&results[1]), Outcome::Accepted);
    assert_eq!(phone.result(&results[1]).heads.len(), 1);
    assert_eq!(results[2], ItemResult::Stored);
    world.assert_sound();
}

#[test]
fn an_opening_that_is_not_what_the_content_says_is_refused_with_a_reason() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let mut made = phone.make("G1");
    made.opening.urgency = Urgency::Urgent;
    let command = phone.submission(&made);
    let results = phone.push(&world, vec![made.change_item(), phone.sign(&command)]);
    assert_eq!(
        phone.outcome(&results[1]),
        Outcome::Refused(Refusal::ContentIncomplete)
    );
    world.assert_sound();
}

#[test]
fn one_bad_item_blocks_none_of_the_others() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let mut other = world.phone("w2");
    let made = phone.make("G1");
    let command = phone.submission(&made);
    let mut foreign = phone.submission(&made);
    foreign.by = other.person.clone();
    let forged = Item::Command {
        command: SignedCommand::sign(&phone.submission(&made), &other.key),
    };
    let garbage = Item::Command {
        command: SignedCommand {
            body: vec![0xff; 20].into(),
            signature: None,
        },
    };
    let others = other.make("G2");
    let items = vec![
        change_item(made.id, b"no change at all"),
        made.change_item(),
        garbage,
        forged,
        phone.sign(&foreign),
        Item::Track {
            bytes: vec![1].into(),
        },
        others.change_item(),
        phone.sign(&command),
    ];
    let results = phone.push(&world, items);
    assert_eq!(code(&results[0]), RefusedCode::Malformed);
    assert_eq!(results[1], ItemResult::Stored);
    assert_eq!(code(&results[2]), RefusedCode::Malformed);
    assert_eq!(code(&results[3]), RefusedCode::BadSignature);
    assert_eq!(code(&results[4]), RefusedCode::NotYours);
    assert_eq!(code(&results[5]), RefusedCode::Malformed);
    assert_eq!(code(&results[6]), RefusedCode::NotYours);
    assert_eq!(phone.outcome(&results[7]), Outcome::Accepted);
    world.assert_sound();
}

#[test]
fn a_flush_without_a_fitting_manifest_stores_nothing() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let made = phone.make("G1");
    let mut request = phone.request(vec![made.change_item()]);
    request.items.push(phone.make("G1").change_item());
    let answer = world.service.sync(&phone.caller, &request).unwrap();
    assert!(
        answer
            .results
            .iter()
            .all(|r| code(r) == RefusedCode::BadSignature)
    );
    request.manifest = None;
    let answer = world.service.sync(&phone.caller, &request).unwrap();
    assert!(
        answer
            .results
            .iter()
            .all(|r| code(r) == RefusedCode::BadSignature)
    );
    assert_eq!(world.service.counts().unwrap().reports, 0);
}

/// Somebody who recorded a phone's request sends it again: from another install with that one's token it is refused whole, and under the
/// recorder's own name the author's seal does not fit.
#[test]
fn a_recorded_flush_of_another_phone_is_refused_whole() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let thief = world.phone("w2");
    let made = phone.make("G1");
    let command = phone.submission(&made);
    let recorded = phone.request(vec![made.change_item(), phone.sign(&command)]);
    let refused = world.service.sync(&thief.caller, &recorded).unwrap_err();
    assert!(
        matches!(refused, xunge_server::ServiceError::Forbidden(_)),
        "{refused:?}"
    );
    let mut renamed = recorded.clone();
    renamed.install = thief.install;
    let answer = world.service.sync(&thief.caller, &renamed).unwrap();
    assert!(
        answer
            .results
            .iter()
            .all(|r| code(r) == RefusedCode::BadSignature)
    );
    let own_seal = thief.request(recorded.items.clone());
    let answer = world.service.sync(&thief.caller, &own_seal).unwrap();
    assert!(
        answer.results.iter().all(|r| code(r) == RefusedCode::NotYours),
        "{:?}",
        answer.results
    );
    assert_eq!(world.service.counts().unwrap().reports, 0);
    let results = phone.push(&world, recorded.items);
    assert_eq!(
        phone.outcome(&results[1]),
        Outcome::Accepted,
        "its own phone's word counts"
    );
}

#[test]
fn one_name_never_stands_for_two_acts() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let (made, command) = phone.submit(&world, "G1");
    let mut other = phone.command(made.id, Action::Withdraw, Some(command.id), made.heads());
    other.id = command.id;
    let second = phone.make("G1");
    let mut elsewhere = phone.submission(&second);
    elsewhere.id = command.id;
    let items = vec![phone.sign(&other), second.change_item(), phone.sign(&elsewhere)];
    let results = phone.push(&world, items);
    assert_eq!(code(&results[0]), RefusedCode::NameReused);
    assert_eq!(code(&results[2]), RefusedCode::NameReused);
}

#[test]
fn person_records_are_stored_once_and_never_changed() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let (made, _) = phone.submit(&world, "G1");
    let record = |name: &str| PersonRecord {
        id: PersonRecordId::from_bytes([5; 16]),
        report: made.id,
        part: PersonPart::Party,
        name: name.into(),
        telephone: None,
        remark: None,
        corrects: None,
    };
    let item = |name: &str| Item::Person {
        id: PersonRecordId::from_bytes([5; 16]),
        report: made.id,
        bytes: minicbor::to_vec(record(name)).unwrap().into(),
    };
    let mut outsider = world.phone("w2");
    assert_eq!(
        code(&outsider.push(&world, vec![item("王五")])[0]),
        RefusedCode::OutOfScope
    );
    let results = phone.push(&world, vec![item("张三"), item("张三")]);
    assert_eq!(results, vec![ItemResult::Stored, ItemResult::Duplicate]);
    let results = phone.push(&world, vec![item("张三"), item("李四")]);
    assert_eq!(results[0], ItemResult::Duplicate);
    assert_eq!(code(&results[1]), RefusedCode::NameReused);
    world.assert_sound();
}

#[test]
fn of_approve_and_return_at_once_one_wins_and_the_other_is_told() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (mut chief, mut village) = (world.phone("c1"), world.phone("v1"));
    let (made, submit) = worker.submit(&world, "G1");
    let approve = chief.command(made.id, Action::Approve, Some(submit.id), made.heads());
    let mut back = village.command(made.id, Action::Return, Some(submit.id), made.heads());
    back.reason = Some(Reason::words("看不清"));
    let won = chief.push(&world, vec![chief.sign(&approve)]);
    let lost = village.push(&world, vec![village.sign(&back)]);
    assert_eq!(chief.outcome(&won[0]), Outcome::Accepted);
    assert!(!village.outcome(&lost[0]).is_accepted());
    assert_eq!(world.state(made.id), State::Queued);
    world.assert_sound();
}

#[test]
fn an_approval_does_not_cover_an_edit_that_arrived_before_it() {
    let world = World::new();
    let (mut worker, mut chief) = (world.phone("w1"), world.phone("c1"));
    let (mut made, submit) = worker.submit(&world, "G1");
    let seen = made.heads();
    let edit = worker.edit(&mut made, "改过的话");
    assert_eq!(worker.push(&world, vec![edit])[0], ItemResult::Stored);
    let approve = chief.command(made.id, Action::Approve, Some(submit.id), seen);
    let results = chief.push(&world, vec![chief.sign(&approve)]);
    assert_eq!(
        chief.outcome(&results[0]),
        Outcome::Refused(Refusal::ContentChanged)
    );
}

#[test]
fn an_edit_after_the_approval_shows_as_amended() {
    let world = World::new();
    let (mut worker, mut chief) = (world.phone("w1"), world.phone("c1"));
    let (mut made, submit) = worker.submit(&world, "G1");
    let approve = chief.command(made.id, Action::Approve, Some(submit.id), made.heads());
    chief.push(&world, vec![chief.sign(&approve)]);
    let edit = worker.edit(&mut made, "后来改的");
    worker.push(&world, vec![edit]);
    let story = world
        .service
        .report_story(
            &crate::world::operator("room"),
            &xunge_server::service::ReportRef::Id(made.id),
            None,
        )
        .unwrap();
    assert!(story.row.is_amended);
    assert_eq!(story.row.state, State::Queued);
    world.assert_sound();
}

#[test]
fn a_phone_restored_from_a_backup_gets_one_new_actor_however_often_it_asks() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let (mut made, _) = phone.submit(&world, "G1");
    let before = made.document.clone();
    let edit = phone.edit(&mut made, "第一次");
    phone.push(&world, vec![edit]);
    made.document = before;
    let clash = phone.edit(&mut made, "恢复以后");
    let first = phone.push(&world, vec![clash.clone()]);
    let again = phone.push(&world, vec![clash]);
    assert_eq!(first, again);
    let ItemResult::RotateActor { actor, tag } = &first[0] else {
        panic!("{first:?}")
    };
    assert_ne!(*actor, phone.actor);
    assert!(tag.is_some());
}

#[test]
fn reports_pass_by_a_chief_whose_clock_has_ended() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (made, _) = worker.submit(&world, "G1");
    let hours = |h: i64| START.plus_ms(h * 3_600_000);
    assert_eq!(world.service.tick(hours(3)).unwrap(), 0);
    world.clock.pass_ms(24 * 3_600_000);
    assert_eq!(world.service.tick(hours(24)).unwrap(), 1);
    assert_eq!(world.service.tick(hours(24)).unwrap(), 0);
    assert_eq!(world.state(made.id), State::Queued);
    let answer = worker.sync(&world, Vec::new());
    let rows = &answer.pages[0].rows;
    assert!(
        rows.iter()
            .any(|r| matches!(&r.payload, Payload::Event { report, .. } if *report == made.id))
    );
    world.assert_sound();
}

#[test]
fn pushes_from_many_threads_leave_no_gap_and_lose_nothing() {
    let world = World::new();
    let phones: Vec<_> = (0..4)
        .map(|i| world.phone(if i % 2 == 0 { "w1" } else { "w2" }))
        .collect();
    std::thread::scope(|scope| {
        for mut phone in phones {
            let world = &world;
            scope.spawn(move || {
                let grid = if phone.person.as_str() == "w1" { "G1" } else { "G2" };
                for _ in 0..5 {
                    phone.submit(world, grid);
                }
            });
        }
    });
    let counts = world.service.counts().unwrap();
    assert_eq!((counts.reports, counts.changes, counts.commands), (20, 20, 20));
    world.assert_sound();
}

#[test]
fn an_act_at_the_console_names_its_person_and_a_double_click_changes_nothing() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (made, _) = worker.submit(&world, "G1");
    let request = xunge_server::service::ActRequest {
        report: xunge_server::service::ReportRef::Id(made.id),
        action: Action::Urge,
        post: None,
        reason: None,
        text: None,
        saw: None,
        heads: None,
        id: Some(CommandId::from_bytes([8; 16])),
    };
    let caller = crate::world::account("room");
    let first = world.service.act(&caller, &request).unwrap();
    let again = world.service.act(&caller, &request).unwrap();
    assert_eq!(first, again);
    assert_eq!(first.outcome, Outcome::Accepted);
    let stranger = world.service.act(&crate::world::account("room9"), &request);
    assert!(matches!(stranger, Err(xunge_server::ServiceError::NotFound(_))));
    assert_eq!(unit("T1"), worker.township);
    world.assert_sound();
}
