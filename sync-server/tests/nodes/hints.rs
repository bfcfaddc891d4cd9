//! What nodes tell each other. Every claim waits on the waker of the second node, which nothing but a hint wakes: there is no clock in it.

use std::time::Duration;

use xunge_core::id::ReportId;
use xunge_server::Caller;
use xunge_server::service::{ReportRef, Waiter};

use crate::browser::PASSWORD;
use crate::node::Node;
use crate::town::{OPERATOR, Town};

/// So long that only a lost hint takes it.
const FAR: Duration = Duration::from_secs(60);

fn account(person: &str) -> Caller {
    Caller::Account {
        name: person.into(),
        person: person.parse().unwrap(),
    }
}

fn heard(node: &Node, waiter: &mut Waiter) {
    let woken = node
        .runtime
        .block_on(async { tokio::time::timeout(FAR, waiter.changed()).await });
    assert!(woken.is_ok(), "no hint came from the other node");
}

fn reported(town: &Town) -> ReportId {
    let device = town.device("w1");
    town.report(&device, "横幅", &[])
}

#[test]
fn a_commit_on_one_node_wakes_who_waits_on_the_other() {
    let town = Town::open();
    let node = Node::beside(&town);
    let mut waiter = node.service().waiter(&OPERATOR).unwrap();
    reported(&town);
    heard(&node, &mut waiter);
}

#[test]
fn the_live_stream_of_one_node_tells_what_was_committed_on_the_other() {
    use std::io::{Read, Write};
    let town = Town::open();
    let node = Node::beside(&town);
    town.join("k2", xunge_core::directory::Role::Clerk, "T1");
    let json = [("content-type", "application/json")];
    let body = serde_json::json!({"name": "k2", "password": PASSWORD}).to_string();
    let reply = town.send("POST", "/v1/session", &json, body.as_bytes());
    let session = reply.json()["session"].as_str().unwrap().to_owned();
    let mut stream = std::net::TcpStream::connect(node.at).unwrap();
    let head =
        format!("GET /console/events HTTP/1.1\r\nhost: test\r\ncookie: xunge_session={session}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut seen = Vec::new();
    let mut piece = [0; 4096];
    let mut read_to = |words: &str| {
        while !String::from_utf8_lossy(&seen).contains(words) {
            let count = stream.read(&mut piece).unwrap();
            assert!(count > 0, "{}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&piece[..count]);
        }
    };
    read_to(" 200 ");
    read_to(": beat");
    reported(&town);
    read_to("event: news");
}

#[test]
fn who_has_a_report_open_on_one_node_is_seen_on_the_other() {
    let town = Town::open();
    let node = Node::beside(&town);
    let device = town.device("w1");
    let report = town.report(&device, "横幅", &[]);
    let clerk = account("k1");
    let named = ReportRef::Id(report);
    assert_eq!(town.service().attend(&clerk, &named, false).unwrap(), None);
    // Hints come in their order: with the next commit what was told before has come.
    let mut waiter = node.service().waiter(&OPERATOR).unwrap();
    town.report(&device, "另一件", &[]);
    heard(&node, &mut waiter);
    let present = node.service().present(&[report]);
    assert_eq!(present.get(&report).map(|person| person.as_str()), Some("k1"));
    town.service().leave(&clerk, &report);
    let mut waiter = node.service().waiter(&OPERATOR).unwrap();
    town.report(&device, "又一件", &[]);
    heard(&node, &mut waiter);
    assert!(node.service().present(&[report]).is_empty());
}

#[test]
fn wrong_passwords_count_on_all_nodes_together() {
    let town = Town::open();
    let node = Node::beside(&town);
    let body = serde_json::json!({"name": "nobody", "password": "a wrong password"}).to_string();
    let json = [("content-type", "application/json")];
    let tries = town.app.config.limits.sign_in_failures_max;
    for _ in 0..tries {
        let reply = town.send("POST", "/v1/session", &json, body.as_bytes());
        assert_eq!(reply.status, 401, "{reply:?}");
    }
    let mut waiter = node.service().waiter(&OPERATOR).unwrap();
    reported(&town);
    heard(&node, &mut waiter);
    let reply = node.send("POST", "/v1/session", &json, body.as_bytes());
    assert_eq!(reply.status, 429, "{reply:?}");
}
