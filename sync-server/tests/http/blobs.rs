//! Finished attachments: whoever may see a report sees its pictures; to everybody else there are none.

use xunge_core::attachment::BlobHash;

use super::town::{Town, picture};

/// The hashes of a device's report: the thumbnail's and the picture's.
fn hashes(device: &xunge_core::app::Device, report: xunge_core::id::ReportId) -> Vec<BlobHash> {
    let content = device
        .report(report)
        .expect("his own report")
        .content
        .expect("it has content");
    content
        .attachments
        .values()
        .flat_map(|one| [Some(one.blob), one.thumbnail])
        .flatten()
        .collect()
}

#[test]
fn a_picture_out_of_scope_answers_exactly_as_one_that_is_not_there() {
    let town = Town::open();
    let worker = town.device("w1");
    let report = town.report(&worker, "", &[picture(1, 400)]);
    let hash = hashes(&worker, report)[0];
    let (own, chief, other) = (town.install("w1"), town.install("c1"), town.install("w2"));
    let get = |bearer: &str, hash: BlobHash| {
        let path = format!("/v1/blobs/{hash}");
        let mut reply = town.send("GET", &path, &[("authorization", bearer)], b"");
        reply
            .headers
            .retain(|(name, _)| name != "date" && name != "x-request-id");
        reply
    };
    assert_eq!(get(&own.bearer, hash).status, 200);
    assert_eq!(get(&chief.bearer, hash).status, 200);
    let mut hidden = get(&other.bearer, hash);
    let mut absent = get(&other.bearer, BlobHash::of(b"nobody has this"));
    assert_eq!((hidden.status, hidden.code().as_str()), (404, "not_found"));
    for reply in [&mut hidden, &mut absent] {
        let mut json = reply.json();
        json["error"]["request_id"] = "".into();
        reply.body = json.to_string().into_bytes();
    }
    assert_eq!(hidden, absent);
    let head = town.send(
        "HEAD",
        &format!("/v1/blobs/{hash}"),
        &[("authorization", &other.bearer)],
        b"",
    );
    assert_eq!(head.status, 404);
}

#[test]
fn a_picture_comes_whole_or_in_ranges_and_never_as_a_page() {
    let town = Town::open();
    let worker = town.device("w1");
    let report = town.report(&worker, "", &[picture(2, 400)]);
    let hash = hashes(&worker, report)[0];
    let install = town.install("w1");
    let path = format!("/v1/blobs/{hash}");
    let get = |method: &str, range: Option<&str>| {
        let mut headers = vec![("authorization", install.bearer.as_str())];
        headers.extend(range.map(|range| ("range", range)));
        town.send(method, &path, &headers, b"")
    };
    let whole = get("GET", None);
    assert_eq!(BlobHash::of(&whole.body), hash);
    assert_eq!(whole.header("content-type"), Some("image/jpeg"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    assert!(
        whole
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    let length = whole.body.len();
    let head = get("HEAD", None);
    assert_eq!(head.header("content-length"), Some(length.to_string().as_str()));
    let part = get("GET", Some("bytes=10-19"));
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[10..20]));
    let wanted = format!("bytes 10-19/{length}");
    assert_eq!(part.header("content-range"), Some(wanted.as_str()));
    let beyond = get("GET", Some("bytes=99999999-"));
    assert_eq!(
        (beyond.status, beyond.code().as_str()),
        (416, "range_not_satisfiable")
    );
    let odd = town.send(
        "GET",
        "/v1/blobs/../../keys",
        &[("authorization", &install.bearer)],
        b"",
    );
    assert_eq!(odd.status, 404);
}
