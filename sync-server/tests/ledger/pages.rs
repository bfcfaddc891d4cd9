//! How a phone is filled: backfill page by page, digests and repair, idle syncs, and the queue's pages.

use xunge_core::command::{State, Urgency};
use xunge_core::id::ReportId;
use xunge_core::sync::message::{
    BackfillPosition, Digest, ItemResult, Payload, Repair, ReportBundle, ReportDigest,
};

use crate::phone::Phone;
use crate::scope::{brought, synced};
use crate::world::{START, World, account, unit};

/// The digest of everything in the bundles, counted as a phone counts.
fn digest_of(bundles: &[ReportBundle]) -> Digest {
    let mut sum = Digest::default();
    for bundle in bundles {
        for change in &bundle.changes {
            let facts = xunge_core::document::Document::change_facts(change).unwrap();
            sum.add(&facts.hash.0);
        }
        bundle.events.iter().for_each(|e| sum.add(&e.command.hash()));
        bundle
            .people
            .iter()
            .for_each(|p| sum.add(&xunge_core::signature::sha256(&p.bytes)));
        bundle.erased.iter().for_each(|e| sum.add(&e.name()));
    }
    sum
}

fn backfill(world: &World, phone: &Phone, grid: Option<&str>, bytes: u32) -> Vec<ReportBundle> {
    let mut bundles = Vec::new();
    let mut after = None;
    loop {
        let mut request = phone.request(Vec::new());
        request.answer_bytes_max = bytes;
        request.backfill = vec![BackfillPosition {
            feed: unit("T1"),
            grid: grid.map(unit),
            after,
        }];
        let answer = world.service.sync(&phone.caller, &request).unwrap();
        bundles.extend(answer.backfill[0].bundles.clone());
        after = answer.backfill[0].next;
        if after.is_none() {
            return bundles;
        }
        assert!(answer.more);
    }
}

#[test]
fn a_fresh_phone_is_filled_page_by_page_and_its_digest_agrees() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let mut other = synced(&world, "w2");
    for _ in 0..7 {
        worker.submit(&world, "G1");
        other.submit(&world, "G2");
    }
    let mut chief = synced(&world, "c1");
    let small = backfill(&world, &chief, Some("G1"), 4_096);
    assert_eq!(small, backfill(&world, &chief, Some("G1"), 1 << 20));
    assert_eq!(small.len(), 7);
    assert!(
        backfill(&world, &chief, Some("G2"), 1 << 20).is_empty(),
        "not in his scope"
    );
    chief.digest = Some(digest_of(&small));
    let answer = chief.sync(&world, Vec::new());
    assert!(!answer.pages[0].is_diverged);
    assert!(!answer.more);
}

#[test]
fn a_phone_that_lost_a_report_is_told_and_repaired() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let mut ids: Vec<ReportId> = (0..3).map(|_| worker.submit(&world, "G1").0.id).collect();
    ids.sort();
    let mut chief = synced(&world, "c1");
    let all = backfill(&world, &chief, Some("G1"), 1 << 20);
    chief.digest = Some(digest_of(&all[1..]));
    let answer = chief.sync(&world, Vec::new());
    assert!(answer.pages[0].is_diverged);
    let stray = ReportId::from_bytes([0xfe; 16]);
    let mut request = chief.request(Vec::new());
    let digest = |report, bundles: &[_]| ReportDigest {
        report,
        digest: digest_of(bundles),
    };
    request.repair = Some(Repair {
        feed: unit("T1"),
        reports: vec![
            digest(ids[1], &all[1..2]),
            digest(ids[2], &all[2..3]),
            digest(stray, &[]),
        ],
        after: None,
        upto: None,
    });
    let answer = world.service.sync(&chief.caller, &request).unwrap();
    assert_eq!(answer.repaired, all[..1].to_vec());
    assert_eq!(brought(&answer, stray), "L", "what it should not hold it lets go");
}

#[test]
fn an_idle_sync_is_small_and_says_nothing() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    worker.submit(&world, "G1");
    worker.sync(&world, Vec::new());
    let request = worker.request(Vec::new());
    let answer = world.service.sync(&worker.caller, &request).unwrap();
    let bytes = minicbor::to_vec(&request).unwrap().len() + minicbor::to_vec(&answer).unwrap().len();
    assert!(bytes < 1_024, "{bytes} bytes both ways");
    assert!(answer.pages[0].rows.is_empty() && !answer.more && answer.notices.is_empty());
}

#[test]
fn pages_are_cut_at_the_bytes_asked_for_and_lose_nothing() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    let mut chief = synced(&world, "c1");
    let ids: Vec<ReportId> = (0..20).map(|_| worker.submit(&world, "G1").0.id).collect();
    let mut seen: Vec<ReportId> = Vec::new();
    let mut pages = 0;
    loop {
        let mut request = chief.request(Vec::new());
        request.answer_bytes_max = 4_096;
        let answer = world.service.sync(&chief.caller, &request).unwrap();
        seen.extend(ids.iter().copied().filter(|id| brought(&answer, *id) == "E"));
        chief.take(&answer);
        pages += 1;
        if !answer.more {
            break;
        }
    }
    assert!(pages > 2, "{pages} pages");
    assert_eq!(seen.len(), 20);
}

#[test]
fn the_queue_lists_what_is_urgent_first_in_pages_and_only_the_callers_own() {
    let world = World::new();
    let mut worker = synced(&world, "w1");
    for _ in 0..3 {
        worker.submit(&world, "G1");
        world.clock.pass_ms(1_000);
    }
    let urgent = worker.make_of("G1", "banner", Urgency::Urgent);
    let command = worker.submission(&urgent);
    worker.push(&world, vec![urgent.change_item(), worker.sign(&command)]);
    let mut query = xunge_server::service::QueueQuery {
        limit: 2,
        ..Default::default()
    };
    let first = world.service.queue(&account("room"), &query).unwrap();
    assert_eq!(first.rows[0].report, urgent.id);
    query.after = first.next;
    let second = world.service.queue(&account("room"), &query).unwrap();
    assert_eq!((second.rows.len(), second.next), (2, None));
    assert!(second.rows[0].held_since < second.rows[1].held_since);
    query.after = None;
    query.state = Some(State::Queued);
    assert_eq!(
        world.service.queue(&account("room"), &query).unwrap().rows.len(),
        1
    );
    query.state = None;
    assert!(
        world
            .service
            .queue(&account("room9"), &query)
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(world.service.now() > START);
}

/// A phone of the release before this one speaks protocol 1: each word comes whole and signed alone.
#[test]
fn the_protocol_before_this_one_gets_each_word_whole_and_signed_alone() {
    let world = World::new();
    let (mut worker, mut chief) = (world.phone("w1"), world.phone("c1"));
    chief.sync(&world, Vec::new());
    let (_, submit) = worker.submit(&world, "G1");
    let mut request = worker.request(vec![worker.sign(&submit)]);
    request.protocol = 1;
    let answer = world.service.sync(&worker.caller, &request).unwrap();
    assert_eq!((answer.protocol, answer.vouches.len()), (1, 0));
    let ItemResult::Decided { result } = &answer.results[0] else {
        panic!("{answer:?}")
    };
    assert!(result.is_signed_by(&worker.server));
    let mut request = chief.request(Vec::new());
    request.protocol = 1;
    let answer = world.service.sync(&chief.caller, &request).unwrap();
    let Payload::Enter { bundle } = &answer.pages[0].rows[0].payload else {
        panic!("{answer:?}")
    };
    assert!(bundle.events[0].result.is_signed_by(&chief.server));
}
