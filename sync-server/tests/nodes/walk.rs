//! What is begun on one node goes on at another.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use xunge_core::attachment::BlobHash;
use xunge_core::document::FieldEdit;
use xunge_core::sync::transport::{
    CancelToken, HttpRequest, HttpResponse, HttpTransport, Transport, TransportError,
};
use xunge_server::service::ReportRef;

use crate::client::Reply;
use crate::node::Node;
use crate::town::{OPERATOR, Town, picture};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

#[test]
fn what_is_pushed_to_one_node_comes_from_the_other_at_once() {
    let town = Town::open();
    let node = Node::beside(&town);
    let (worker, chief) = (town.device("w1"), town.device("c1"));
    let report = town.report(&worker, "路边违法横幅", &[]);
    let done = chief.sync(&node.transport(), &CancelToken::default());
    assert!(done.failure.is_none(), "{done:?}");
    assert!(
        chief.report(report).is_ok(),
        "the chief got it from the other node"
    );
    // The chief approves through the second node; the worker hears of it from the first.
    let approve = xunge_core::command::Action::Approve;
    chief.decide(report, approve, None, None).unwrap();
    let done = chief.sync(&node.transport(), &CancelToken::default());
    assert!(done.failure.is_none(), "{done:?}");
    let done = worker.sync(&town.transport(), &CancelToken::default());
    assert!(done.failure.is_none(), "{done:?}");
    let of = |service: &xunge_server::Service| {
        let story = service.report_story(&OPERATOR, &ReportRef::Id(report), None);
        story.unwrap().row.state
    };
    assert_eq!(of(town.service()), of(node.service()));
    assert_eq!(
        town.service().verify(None).unwrap().problems,
        Vec::<String>::new()
    );
}

/// A node that answers the first sync and dies before the answer is out.
struct DiesAfterCommit {
    through: HttpTransport,
    synced: AtomicU32,
}

impl Transport for DiesAfterCommit {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let answer = self.through.send(request)?;
        self.synced.fetch_add(1, Ordering::SeqCst);
        drop(answer);
        Err(TransportError::Broken("the node died".into()))
    }
}

#[test]
fn a_node_that_dies_between_commit_and_answer_loses_and_doubles_nothing() {
    let town = Town::open();
    let node = Node::beside(&town);
    let worker = town.device("w1");
    let report = worker.begin_draft().unwrap();
    let edits = [
        FieldEdit::SetCategory {
            category: "HJ01".parse().unwrap(),
            version: 1,
        },
        FieldEdit::SetGrid(Some("G1".parse().unwrap())),
        FieldEdit::SetDescription("答复之前断开".into()),
    ];
    worker.edit_draft(report, &edits).unwrap();
    worker.submit(report).unwrap();
    let dying = DiesAfterCommit {
        through: town.transport(),
        synced: AtomicU32::new(0),
    };
    let cut = worker.sync(&dying, &CancelToken::default());
    assert!(cut.failure.is_some() && dying.synced.load(Ordering::SeqCst) > 0);
    let head = |service: &xunge_server::Service| service.heads(&OPERATOR).unwrap();
    let before = head(node.service());
    let done = worker.sync(&node.transport(), &CancelToken::default());
    assert!(done.failure.is_none(), "{done:?}");
    assert_eq!(head(node.service()), before, "it was all there already");
    let counts = node.service().counts().unwrap();
    assert_eq!((counts.reports, counts.commands), (1, 1));
}

fn offset(reply: &Reply) -> usize {
    reply.header("upload-offset").unwrap().parse().unwrap()
}

#[test]
fn an_upload_begun_on_one_node_is_finished_on_another_at_the_byte() {
    let town = Town::open();
    let node = Node::beside(&town);
    let device = town.device("w1");
    let report = town.report(&device, "横幅", &[]);
    let install = town.install("w1");
    let bytes = picture(7, 320);
    let hash = BlobHash::of(&bytes);
    let pairs = [
        ("report", report.to_string()),
        ("sha256", hash.to_string()),
        ("kind", "picture".to_owned()),
    ];
    let metadata = pairs.map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
    let metadata = metadata.join(",");
    let length = bytes.len().to_string();
    let auth = ("authorization", install.bearer.as_str());
    let begun = town.send(
        "POST",
        "/v1/uploads",
        &[
            auth,
            TUS,
            ("upload-length", &length),
            ("upload-metadata", &metadata),
        ],
        b"",
    );
    assert_eq!(begun.status, 201, "{begun:?}");
    let path = begun.header("location").unwrap().to_owned();
    let octets = ("content-type", "application/offset+octet-stream");
    let half = bytes.len() / 2;
    let first = town.send(
        "PATCH",
        &path,
        &[auth, TUS, octets, ("upload-offset", "0")],
        &bytes[..half],
    );
    assert_eq!((first.status, offset(&first)), (204, half), "{first:?}");
    // The other node knows where it stands, refuses another place, and takes the rest.
    let asked = node.send("HEAD", &path, &[auth, TUS], b"");
    assert_eq!(offset(&asked), half);
    let wrong = node.send(
        "PATCH",
        &path,
        &[auth, TUS, octets, ("upload-offset", "3")],
        &bytes[3..],
    );
    assert_eq!(wrong.status, 409);
    let at = half.to_string();
    let rest = node.send(
        "PATCH",
        &path,
        &[auth, TUS, octets, ("upload-offset", &at)],
        &bytes[half..],
    );
    assert_eq!((rest.status, offset(&rest)), (204, bytes.len()), "{rest:?}");
    // Whoever lost that answer learns from the first node that it is done.
    let asked = town.send("HEAD", &path, &[auth, TUS], b"");
    assert_eq!(offset(&asked), bytes.len());
    let held = node.service().blob(&OPERATOR, hash).unwrap();
    assert_eq!(held.size_bytes, bytes.len() as u64);
}
