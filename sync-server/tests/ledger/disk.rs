//! A server whose disk is full.

use xunge_core::command::{Outcome, State};
use xunge_core::sync::message::ItemResult;
use xunge_server::ServiceError;
use xunge_server::limits::Limits;
use xunge_server::problem::{ErrorCode, Problem};
use xunge_server::store::StoreError;

use crate::world::World;

#[test]
fn a_full_disk_is_said_what_was_answered_stands_and_the_push_goes_through_when_there_is_room() {
    let world = World::new();
    let mut phone = world.phone("w1");
    let (first, _) = phone.submit(&world, "G1");
    // The database may keep the pages that it has, and get no more.
    let world = world.reopened(Limits {
        store_pages_max: Some(1),
        ..Limits::default()
    });
    let mut answered = vec![first.id];
    let (refused, items) = loop {
        let made = phone.make("G1");
        let command = phone.submission(&made);
        let items = vec![made.change_item(), phone.sign(&command)];
        let request = phone.request(items.clone());
        match world.service.sync(&phone.caller, &request) {
            Ok(answer) => {
                assert_eq!(answer.results[0], ItemResult::Stored);
                answered.push(made.id);
            }
            Err(error) => {
                assert!(
                    matches!(error, ServiceError::Store(StoreError::DiskFull)),
                    "{error:?}"
                );
                assert_eq!(Problem::from(error).code, ErrorCode::StorageFull);
                break (made, items);
            }
        }
        assert!(answered.len() < 2_000, "a database without room is soon full");
    };
    for report in &answered {
        assert_eq!(world.state(*report), State::Submitted);
    }
    let world = world.reopened(Limits::default());
    let counts = world.service.counts().unwrap();
    assert_eq!(
        counts.reports,
        answered.len() as u64,
        "of what was refused nothing is there"
    );
    world.assert_sound();
    let results = phone.push(&world, items);
    assert_eq!(results[0], ItemResult::Stored);
    assert_eq!(phone.outcome(&results[1]), Outcome::Accepted);
    assert_eq!(world.state(refused.id), State::Submitted);
    world.assert_sound();
}
