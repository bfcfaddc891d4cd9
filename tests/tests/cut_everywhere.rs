//! The link is cut at every byte of a sync and of an upload: nothing is lost, nothing is done twice, and nothing is called sent before
//! its receipt.
//!
//! Method: a tap between phone and server shortens each body to the byte that is under test. The shortened bytes arrive as if they were
//! whole, which is worse than a cut that both ends notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use xunge_core::command::State;
use xunge_core::sync::transport::{CancelToken, HttpRequest, HttpResponse, Method, TransportError};
use xunge_server::service::QueueQuery;
use xunge_tests::township::{TOWNSHIP, unit_id};
use xunge_tests::world::acts::{add_small_picture, draft};
use xunge_tests::world::{Front, Link, World, operator};

const GRID: &str = "QH-YF-A1";

fn broken() -> TransportError {
    TransportError::Broken("cut".to_owned())
}

/// How many reports the township's queue has.
fn queued(world: &World) -> usize {
    let query = QueueQuery {
        feed: Some(unit_id(TOWNSHIP)),
        ..QueueQuery::default()
    };
    world
        .service()
        .queue(&operator(), &query)
        .expect("the queue reads")
        .rows
        .len()
}

/// Shortens the body of every sync request to `bytes`; the phone hears nothing.
fn cut_requests(link: &Link, bytes: usize) -> Arc<AtomicUsize> {
    let whole = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&whole);
    link.tap(Some(Box::new(move |request: &HttpRequest, front: &Front| {
        if request.path != "/v1/sync" {
            return None;
        }
        seen.store(request.body.len(), Ordering::Release);
        let mut shortened = request.clone();
        shortened.body.truncate(bytes);
        if bytes < request.body.len() {
            let answer = front.answer(&shortened);
            assert!(
                answer.status >= 400,
                "a request of {bytes} bytes was taken: {}",
                answer.status
            );
        }
        Some(Err(broken()))
    })));
    whole
}

/// Shortens the body of every sync answer to `bytes`, with status and headers as they were.
fn cut_answers(link: &Link, bytes: usize) -> Arc<AtomicUsize> {
    let whole = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&whole);
    link.tap(Some(Box::new(move |request: &HttpRequest, front: &Front| {
        if request.path != "/v1/sync" {
            return None;
        }
        let HttpResponse {
            status,
            headers,
            mut body,
        } = front.answer(request);
        seen.store(body.len(), Ordering::Release);
        body.truncate(bytes);
        Some(Ok(HttpResponse {
            status,
            headers,
            body,
        }))
    })));
    whole
}

#[test]
fn a_sync_cut_at_every_byte_loses_nothing_and_repeats_nothing() {
    let mut world = World::small(51);
    let phone = world.add_phone(&["w01"]);
    world.phones[phone].sync();
    let report = world.hand_in(phone, GRID, "a banner at the bridge");
    let unsent = world.device(phone).status().expect("it reads").unsent_count;
    assert!(unsent >= 2, "a change and a command wait");

    let mut bytes = 0;
    loop {
        let whole = cut_requests(&world.phones[phone].link, bytes);
        assert!(!world.phones[phone].sync_profile(0).is_complete());
        assert_eq!(
            world.device(phone).status().expect("it reads").unsent_count,
            unsent
        );
        bytes += 1;
        if bytes >= whole.load(Ordering::Acquire) {
            break;
        }
    }
    assert!(bytes > 300, "the request had {bytes} bytes");
    assert_eq!(queued(&world), 0, "no shortened request was taken");

    let mut bytes = 0;
    loop {
        let whole = cut_answers(&world.phones[phone].link, bytes);
        let is_complete = world.phones[phone].sync_profile(0).is_complete();
        if bytes >= whole.load(Ordering::Acquire) {
            // Signatures differ from answer to answer, and so does the packed length by a byte or two: this one came whole.
            break;
        }
        assert!(!is_complete, "an answer of {bytes} bytes was believed");
        assert_eq!(
            world.device(phone).status().expect("it reads").unsent_count,
            unsent
        );
        bytes += 1;
        if bytes >= whole.load(Ordering::Acquire) {
            break;
        }
    }
    assert!(bytes > 100, "the answer had {bytes} bytes");
    assert_eq!(
        (queued(&world), world.story(report).events.len()),
        (1, 1),
        "however often it came"
    );

    world.phones[phone].link.heal();
    world.phones[phone].sync();
    assert_eq!(world.device(phone).status().expect("it reads").unsent_count, 0);
    assert_eq!(
        world.device(phone).report(report).expect("it is held").row.state,
        State::Submitted
    );
    world.settle_down();
    world.check().expect("everything agrees");
}

/// Each piece of an upload arrives with one byte, and its answer is lost: every offset is a place where the link was cut.
#[test]
fn an_upload_cut_at_every_byte_goes_on_at_that_byte_and_arrives_whole() {
    let mut world = World::small(52);
    let phone = world.add_phone(&["w01"]);
    let chief = world.add_phone(&["c01"]);
    world.phones[phone].sync();
    let device = world.device(phone);
    let report = draft(&device, GRID, "with a picture");
    let picture = add_small_picture(&device, report, 3);
    device.submit(report).expect("it is complete");
    let pieces = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pieces);
    world.phones[phone]
        .link
        .tap(Some(Box::new(move |request: &HttpRequest, front: &Front| {
            if request.method != Method::Patch {
                return None;
            }
            counted.fetch_add(1, Ordering::AcqRel);
            let mut shortened = request.clone();
            shortened.body.truncate(1);
            front.answer(&shortened);
            Some(Err(broken()))
        })));
    let mut syncs = 0;
    while device.status().expect("it reads").unsent_attachment_count > 0 {
        world.phones[phone].sync_profile(0);
        syncs += 1;
        assert!(syncs < 4_000, "the upload never ends: {:?}", device.status());
    }
    let content = device
        .report(report)
        .expect("it is held")
        .content
        .expect("all of it");
    let reference = &content.attachments[&picture];
    assert!(
        pieces.load(Ordering::Acquire) as u64 >= reference.size_bytes,
        "every byte was a piece of its own"
    );

    world.phones[chief].sync();
    world
        .device(chief)
        .want_attachment(report, picture)
        .expect("it is named");
    world
        .device(chief)
        .sync(world.phones[chief].link.as_ref(), &CancelToken::new());
    let bytes = world
        .device(chief)
        .attachment_bytes(&reference.blob)
        .expect("it reads")
        .expect("it was fetched");
    assert_eq!(bytes.len() as u64, reference.size_bytes);
}
