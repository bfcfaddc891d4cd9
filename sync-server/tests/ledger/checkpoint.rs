//! Checkpoints that phones and the county keep: whoever writes the audit chain anew, however well, is found out by them.

use xunge_core::signature::sha256;
use xunge_core::sync::checkpoint::{Checkpoint, CheckpointAsk};

use crate::phone::Phone;
use crate::restore::backup;
use crate::tamper::tamper;
use crate::world::{World, unit};

/// What a phone gets that asks, having kept `kept`.
fn asked(world: &World, phone: &mut Phone, kept: Option<Checkpoint>) -> Checkpoint {
    let mut request = phone.request(Vec::new());
    request.feeds[0].checkpoint = Some(CheckpointAsk { kept });
    let answer = world.service.sync(&phone.caller, &request).unwrap();
    answer.pages[0].checkpoint.clone().expect("it was asked for")
}

fn problems(world: &World, kept: &[Checkpoint]) -> Vec<String> {
    world.service.verify_against(None, kept).unwrap().problems
}

/// Somebody at the database alters who did line `from`, and makes every hash behind it fit again.
fn write_anew(world: &World, from: u64) {
    let mut lines = world.service.audit(Some(&unit("T1")), 10_000).unwrap();
    lines.sort_by_key(|line| line.number);
    let of_feed = "feed_no = (SELECT feed_no FROM feeds WHERE unit = 'T1')";
    let mut before = hex::decode(&lines[usize::try_from(from).unwrap() - 2].hash).unwrap();
    for line in lines.iter().filter(|line| line.number >= from) {
        let actor = if line.number == from {
            "account:nobody"
        } else {
            &line.actor
        };
        let mut bytes = before.clone();
        bytes.extend(line.number.to_be_bytes());
        bytes.extend(line.at.as_millis().to_be_bytes());
        for text in [actor, &line.kind, &line.detail] {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        before = sha256(&bytes).to_vec();
        let (hash, number) = (hex::encode(&before), line.number);
        let sql = format!(
            "UPDATE audit SET actor = '{actor}', hash = x'{hash}' WHERE {of_feed} AND number = {number}"
        );
        assert_eq!(tamper(&world.database, &sql), 1);
    }
    let sql = format!(
        "UPDATE feeds SET audit_hash = x'{}' WHERE unit = 'T1'",
        hex::encode(&before)
    );
    assert_eq!(tamper(&world.database, &sql), 1);
}

#[test]
fn a_chain_that_was_written_anew_fits_itself_and_not_the_checkpoint_that_a_phone_kept() {
    let world = World::new();
    let mut worker = world.phone("w1");
    worker.submit(&world, "G1");
    let first = asked(&world, &mut worker, None);
    worker.submit(&world, "G1");
    let second = asked(&world, &mut worker, Some(first.clone()));
    worker.submit(&world, "G1");
    let end = second.open(&worker.server).unwrap();
    assert_eq!(
        (end.feed.as_str(), end.generation),
        ("T1", world.service.generation())
    );
    assert_eq!(
        problems(&world, &[first.clone(), second.clone()]),
        Vec::<String>::new()
    );
    let last_good = first.open(&worker.server).unwrap().lines;
    write_anew(&world, last_good + 1);
    world.assert_sound();
    assert_eq!(
        problems(&world, std::slice::from_ref(&first)),
        Vec::<String>::new()
    );
    let found = problems(&world, &[second, first]);
    let named = format!("lines after {last_good} were written anew");
    assert!(found.len() == 1 && found[0].contains(&named), "{found:?}");
}

#[test]
fn a_county_is_told_once_a_day_where_its_townships_chains_stand_and_finds_what_was_written_anew() {
    let world = World::new();
    let mut worker = world.phone("w1");
    worker.submit(&world, "G1");
    world.service.tick(world.service.now()).unwrap();
    world.service.tick(world.service.now()).unwrap();
    let told = world.service.audit(Some(&unit("C1")), 100).unwrap();
    let told: Vec<_> = told
        .iter()
        .filter(|line| line.kind == "checkpoint" && line.detail.starts_with("T1 "))
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    world.assert_sound();
    write_anew(&world, 2);
    let found = problems(&world, &[]);
    assert!(
        found.len() == 1 && found[0].contains("its county was told"),
        "{found:?}"
    );
}

#[test]
fn a_chain_that_was_cut_shows_and_one_that_a_restore_cut_does_not() {
    let world = World::new();
    let mut worker = world.phone("w1");
    worker.submit(&world, "G1");
    let early = asked(&world, &mut worker, None);
    let night = backup(&world, "night.sqlite");
    worker.submit(&world, "G1");
    let late = asked(&world, &mut worker, None);
    let own: Vec<Checkpoint> = world
        .service
        .checkpoints()
        .unwrap()
        .into_iter()
        .map(|(_, c)| c)
        .collect();
    assert_eq!(problems(&world, &own), Vec::<String>::new());
    let mut forged = late.open(&worker.server).unwrap();
    forged.lines += 50;
    let longer = Checkpoint::sign(&forged, &world.service.secrets().server_key);
    let found = problems(&world, &[longer]);
    assert!(found.len() == 1 && found[0].contains("is missing"), "{found:?}");
    let strange = Checkpoint::sign(&forged, &worker.key);
    assert!(problems(&world, &[strange])[0].contains("not signed by this server"));
    let world = world.restored(&night);
    assert_eq!(problems(&world, &[early, late]), Vec::<String>::new());
}
