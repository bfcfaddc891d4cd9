//! Phones and servers of the release before, as a rolling upgrade has them beside the new ones.
//!
//! The release before spoke protocol 1: each word of the server signed alone, no signed lists, no comparison of coverage, no
//! checkpoints. Its phones packed by brotli, and its servers knew nothing else. Both sides of today's code still speak it, so a mixed
//! fleet is today's code with the wire held to what the older side knows: what it would pass over as unknown is taken out before it
//! arrives. What such a phone or server *did* otherwise is not here: no program of before runs.

use std::sync::atomic::{AtomicU8, Ordering};

use xunge_core::sync::codec::{self, Encoding};
use xunge_core::sync::message::{SyncAnswer, SyncRequest};
use xunge_core::sync::transport::{HttpRequest, HttpResponse};

/// The protocol of the release before.
const PROTOCOL_BEFORE: u16 = 1;

/// More than any request or answer of a simulated township.
const BYTES_MAX: usize = 64 << 20;

/// How many of a hundred requests a node of the release before answers, while the server's nodes are brought up one by one.
#[derive(Debug, Default)]
pub struct Nodes(AtomicU8);

impl Nodes {
    /// So many of a hundred from now on: 100 before an upgrade, 0 after it.
    pub fn set_before(&self, percent: u8) {
        self.0.store(percent.min(100), Ordering::Release);
    }

    /// How many of a hundred.
    pub fn before(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }
}

/// The request as the release before knows it. Everything but a sync is the same in both.
pub(super) fn as_before(request: &HttpRequest) -> HttpRequest {
    let mut request = request.clone();
    if request.path != "/v1/sync" {
        return request;
    }
    let encoding = encoding(&request.headers);
    let mut sync: SyncRequest =
        codec::unpack(&request.body, encoding, BYTES_MAX).expect("a phone sends what can be read");
    sync.protocol = PROTOCOL_BEFORE;
    sync.vouches.clear();
    sync.coverage = None;
    for feed in &mut sync.feeds {
        feed.checkpoint = None;
    }
    // That release's phones spoke brotli, as servers do.
    let packed = codec::pack_answer(&sync);
    request.body = packed.bytes;
    request
        .headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("content-encoding"));
    if let Some(name) = packed.encoding.header() {
        request
            .headers
            .push(("content-encoding".to_owned(), name.to_owned()));
    }
    request
}

/// What a node of the release before answers to a body whose encoding it does not know; `None` where it reads it.
pub(super) fn refused_before(request: &HttpRequest) -> Option<HttpResponse> {
    let is_known = request.path != "/v1/sync" || encoding(&request.headers) != Encoding::Deflate;
    (!is_known).then(|| HttpResponse {
        status: 415,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: br#"{"error":{"code":"unsupported_media_type","message":"the content encoding may be br or none"}}"#.to_vec(),
    })
}

/// Whether the release before can read an answer: nothing in it that it did not know, every word signed by itself.
pub(super) fn is_readable_before(response: &HttpResponse) -> bool {
    let is_sync = response
        .header("content-type")
        .is_some_and(|kind| kind == codec::CONTENT_TYPE);
    if response.status != 200 || !is_sync {
        return true;
    }
    let encoding = encoding(&response.headers);
    let answer: SyncAnswer =
        codec::unpack(&response.body, encoding, BYTES_MAX).expect("the server's answers can be read");
    answer.protocol == PROTOCOL_BEFORE
        && answer.vouches.is_empty()
        && answer.coverage.is_none()
        && answer.pages.iter().all(|page| page.checkpoint.is_none())
}

fn encoding(headers: &[(String, String)]) -> Encoding {
    let header = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    Encoding::of_header(header.map(|(_, value)| value.as_str())).expect("both sides know their encodings")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use xunge_core::document::FieldEdit;
    use xunge_core::id::CategoryId;

    use super::*;
    use crate::world::World;

    #[test]
    fn what_is_new_is_held_back_from_the_release_before_and_only_from_it() {
        let mut world = World::small(3);
        let phone = world.add_phone(&["w01"]);
        world.phones[phone].sync();
        let device = Arc::clone(world.phones[phone].device());
        let report = device.begin_draft().expect("a draft can be begun");
        let edits = [
            FieldEdit::SetCategory {
                category: CategoryId::new("enforcement.banner").expect("a code"),
                version: 1,
            },
            FieldEdit::SetDescription("a banner across the road".into()),
            FieldEdit::SetGrid(Some(world.township.grids[0].clone())),
        ];
        device.edit_draft(report, &edits).expect("the draft takes them");
        device.submit(report).expect("it is complete");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let saw = Arc::clone(&seen);
        world.phones[phone].link.tap(Some(Box::new(move |request, front| {
            let is_sync = request.path == "/v1/sync";
            let answers = is_sync.then(|| (front.answer(request), front.answer(&as_before(request))));
            saw.lock().expect("no thread panics").extend(answers);
            None
        })));
        world.phones[phone].sync();
        let seen = seen.lock().expect("no thread panics");
        assert!(
            seen.iter().any(|(now, _)| !is_readable_before(now)),
            "no answer had anything new in it"
        );
        assert!(seen.iter().all(|(_, before)| is_readable_before(before)));
    }
}
