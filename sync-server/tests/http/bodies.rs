//! Bodies that are too large, not what they say, or never come.

use std::io::Write;
use std::net::TcpStream;

use xunge_core::sync::codec::{self, Encoding};
use xunge_core::sync::message::Health;

use super::client::read_reply;
use super::town::Town;

const CBOR: (&str, &str) = ("content-type", "application/cbor");

#[test]
fn a_sync_that_is_no_cbor_a_bomb_or_too_large_is_refused_with_its_code() {
    let town = Town::open_with(|config| {
        config.limits.sync_body_bytes_max = 64 * 1024;
        config.limits.sync_unpacked_bytes_max = 256 * 1024;
    });
    let install = town.install("w1");
    let token = ("authorization", install.bearer.as_str());
    let post = |headers: &[(&str, &str)], body: &[u8]| {
        let reply = town.send("POST", "/v1/sync", headers, body);
        (reply.status, reply.code())
    };
    let bombs = [codec::pack_answer, codec::pack_request].map(|pack| pack(&vec![0u8; 4 << 20]));
    assert_eq!(
        bombs.each_ref().map(|bomb| bomb.encoding),
        [Encoding::Brotli, Encoding::Deflate]
    );
    assert!(bombs.iter().all(|bomb| bomb.bytes.len() < 64 * 1024));
    let (br, deflate) = (("content-encoding", "br"), ("content-encoding", "deflate"));
    for (headers, body, wanted) in [
        (vec![CBOR], &b"<html>"[..], (401, "unauthorized")),
        (
            vec![token, CBOR],
            b"<html>please log in</html>",
            (400, "malformed"),
        ),
        (vec![token, CBOR], b"", (400, "malformed")),
        (vec![token, CBOR, br], b"not brotli at all", (400, "malformed")),
        (vec![token, CBOR, br], &bombs[0].bytes, (413, "too_large")),
        (
            vec![token, CBOR, deflate],
            b"not deflated at all",
            (400, "malformed"),
        ),
        (vec![token, CBOR, deflate], &bombs[1].bytes, (413, "too_large")),
        (vec![token, CBOR], &vec![0; 70_000], (413, "too_large")),
        (vec![token], b"\xa0", (415, "unsupported_media_type")),
        (
            vec![token, CBOR, ("content-encoding", "gzip")],
            b"\xa0",
            (415, "unsupported_media_type"),
        ),
    ] {
        let (status, code) = post(&headers, body);
        assert_eq!((status, code.as_str()), wanted, "{headers:?}");
    }
}

#[test]
fn each_encoding_is_taken_and_who_sent_a_long_body_as_it_is_hears_what_is_taken() {
    let town = Town::open();
    let install = town.install("w1");
    let health = Health {
        app_version: "1.0 ".repeat(100),
        unsent_count: 0,
        unsent_oldest_at: None,
        unsent_attachment_bytes: 0,
        storage_free_bytes: None,
        attention_count: 0,
    };
    let request = town.asks_nothing(&install, health);
    for packed in [
        codec::pack_plain(&request),
        codec::pack_request(&request),
        codec::pack_answer(&request),
    ] {
        let mut headers = vec![("authorization", install.bearer.as_str()), CBOR];
        headers.extend(packed.encoding.header().map(|name| ("content-encoding", name)));
        let reply = town.send("POST", "/v1/sync", &headers, &packed.bytes);
        assert_eq!(reply.status, 200, "{packed:?}");
        let told = (packed.encoding == Encoding::Plain).then_some(codec::TAKEN);
        assert_eq!(reply.header("accept-encoding"), told);
    }
}

#[test]
fn cbor_that_promises_more_than_it_holds_or_nests_without_end_is_malformed_at_once() {
    let town = Town::open();
    let install = town.install("w1");
    let headers = [("authorization", install.bearer.as_str()), CBOR];
    // A map whose field 3, the items, is said to have 2^64 − 1 entries.
    let endless = [&[0xa1, 0x03, 0x9b][..], &[0xff; 8]].concat();
    // Field 99, which nobody knows and which is passed over: lists in lists, 60,000 deep, and the same of lists without an end.
    let deep = [&[0xa1, 0x18, 0x63][..], &[0x81; 60_000]].concat();
    let open = [&[0xa1, 0x18, 0x63][..], &[0x9f; 60_000]].concat();
    // A text of four gigabytes.
    let long = [0xa1, 0x18, 0x63, 0x7a, 0xff, 0xff, 0xff, 0xff].to_vec();
    for body in [endless, deep, open, long] {
        let reply = town.send("POST", "/v1/sync", &headers, &body);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "malformed"),
            "{:02x?}",
            &body[..8]
        );
    }
    assert_eq!(town.send("GET", "/health", &[], b"").status, 200);
}

#[test]
fn json_that_is_none_or_too_large_names_the_field() {
    let town = Town::open_with(|config| config.limits.json_body_bytes_max = 2_048);
    let json = [("content-type", "application/json")];
    let reply = town.send("POST", "/v1/enrol", &json, b"{\"code\": 1");
    assert_eq!((reply.status, reply.code().as_str()), (400, "malformed"));
    assert_eq!(reply.json()["error"]["field"], "body");
    let reply = town.send("POST", "/v1/enrol", &json, &[b' '; 4_096]);
    assert_eq!((reply.status, reply.code().as_str()), (413, "too_large"));
    let reply = town.send("POST", "/v1/enrol", &[], b"{}");
    assert_eq!(reply.status, 415);
}

#[test]
fn a_client_that_falls_silent_in_its_body_is_given_up() {
    let town = Town::open_with(|config| config.limits.body_read_ms_max = 100);
    let mut stream = TcpStream::connect(town.at).unwrap();
    stream
        .write_all(
            b"POST /v1/enrol HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
        )
        .unwrap();
    let reply = read_reply(&mut stream, false);
    assert_eq!((reply.status, reply.code().as_str()), (408, "too_slow"));
}

#[test]
fn a_client_that_never_ends_its_head_is_let_go() {
    use std::io::Read;
    let town = Town::open_with(|config| config.limits.header_read_ms_max = 100);
    let mut stream = TcpStream::connect(town.at).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nx: ").unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).ok();
    let text = String::from_utf8_lossy(&rest);
    assert!(!text.contains("200"), "{text}");
}
