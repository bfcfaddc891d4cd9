//! Every route of the interface × everybody who may speak. The rows are held against the server's own description of itself: a route
//! without a row fails, and so does a row without a route. The console's routes have a table of their own.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use xunge_core::attachment::BlobHash;
use xunge_server::service::ReportRef;

use super::browser::{PASSWORD, people};
use super::town::{OPERATOR, Town, picture};

/// Nobody; a made-up token; the phone of the worker of the report's grid, of another grid's worker, and one of the first worker that was
/// revoked; the clerk of the township, a supervisor of it, and the clerk of another one, each signed in.
const CALLERS: [&str; 8] = ["nobody", "forged", "w1", "w2", "revoked", "k1", "s1", "k9"];

/// A method, a route, what stands behind its address, and what each of the callers is answered.
type Row = (&'static str, &'static str, &'static str, [u16; 8]);

const OPEN: [u16; 8] = [200; 8];

/// `{report}` is one of w1 in a grid of T1, `{sha256}` its picture, `{id}` an upload that w1's phone has begun.
const ROWS: &[Row] = &[
    // No body that could be read: 400 says that the caller was let in.
    ("POST", "/v1/sync", "", [401, 401, 400, 400, 400, 403, 403, 403]),
    (
        "GET",
        "/v1/wait",
        "?feed=T1&cursor=0&timeout_s=0",
        [401, 401, 200, 200, 403, 200, 200, 204],
    ),
    ("POST", "/v1/enrol", "", [400; 8]),
    ("GET", "/v1/root", "", [404; 8]),
    ("OPTIONS", "/v1/uploads", "", [204; 8]),
    (
        "POST",
        "/v1/uploads",
        "",
        [401, 401, 201, 404, 201, 201, 201, 404],
    ),
    (
        "HEAD",
        "/v1/uploads/{id}",
        "",
        [401, 401, 200, 404, 404, 404, 404, 404],
    ),
    (
        "PATCH",
        "/v1/uploads/{id}",
        "",
        [401, 401, 204, 404, 404, 404, 404, 404],
    ),
    (
        "POST",
        "/v1/uploads/{id}",
        "",
        [401, 401, 405, 405, 405, 405, 405, 405],
    ),
    (
        "GET",
        "/v1/blobs/{sha256}",
        "",
        [401, 401, 200, 404, 403, 200, 200, 404],
    ),
    ("POST", "/v1/session", "", [400; 8]),
    (
        "GET",
        "/v1/queue",
        "?feed=T1",
        [401, 401, 200, 200, 403, 200, 200, 404],
    ),
    (
        "GET",
        "/v1/reports/{report}",
        "",
        [401, 401, 200, 404, 403, 200, 200, 404],
    ),
    (
        "POST",
        "/v1/reports/{report}/acts",
        "",
        [401, 401, 403, 403, 403, 200, 200, 404],
    ),
    (
        "GET",
        "/v1/directory/{kind}",
        "?feed=T1",
        [401, 401, 403, 403, 403, 200, 200, 404],
    ),
    (
        "GET",
        "/v1/coverage",
        "?feed=T1",
        [401, 401, 200, 200, 403, 200, 200, 404],
    ),
    (
        "GET",
        "/v1/coverage/cells",
        "?feed=T1",
        [401, 401, 200, 200, 403, 200, 200, 404],
    ),
    (
        "GET",
        "/v1/coverage/key-places",
        "?feed=T1",
        [401, 401, 200, 200, 403, 200, 200, 404],
    ),
    (
        "GET",
        "/v1/coverage/phones",
        "?feed=T1",
        [401, 401, 403, 403, 403, 200, 200, 404],
    ),
    ("GET", "/health", "", OPEN),
    ("GET", "/metrics", "", OPEN),
    ("GET", "/openapi.json", "", OPEN),
    // What ends something comes last.
    (
        "DELETE",
        "/v1/uploads/{id}",
        "",
        [401, 401, 204, 404, 404, 404, 404, 404],
    ),
    (
        "DELETE",
        "/v1/session",
        "",
        [401, 401, 401, 401, 401, 204, 204, 204],
    ),
];

/// What stands in the addresses of one town.
struct Ground {
    report: String,
    sha: String,
    upload: String,
    begins: String,
}

impl Ground {
    fn address(&self, row: &Row) -> String {
        row.1
            .replace("{report}", &self.report)
            .replace("{sha256}", &self.sha)
            .replace("{id}", &self.upload)
            .replace("{kind}", "person")
            + row.2
    }

    /// Asks one thing under these headers.
    fn ask(&self, town: &Town, row: &Row, credential: &[(&str, &str)]) -> u16 {
        let act = json!({"action": {"action": "remark"}, "text": "?"}).to_string();
        let (kind, body) = match row.1 {
            "/v1/sync" => ("application/cbor", "\u{0}"),
            "/v1/uploads/{id}" => ("application/offset+octet-stream", ""),
            "/v1/reports/{report}/acts" => ("application/json", act.as_str()),
            _ => ("application/json", "{}"),
        };
        let mut headers = vec![
            ("content-type", kind),
            ("tus-resumable", "1.0.0"),
            ("upload-offset", "0"),
            ("upload-length", "40"),
            ("upload-metadata", self.begins.as_str()),
        ];
        headers.extend_from_slice(credential);
        let body = if matches!(row.0, "GET" | "HEAD" | "OPTIONS" | "DELETE") {
            ""
        } else {
            body
        };
        let path = self.address(row);
        town.send(row.0, &path, &headers, body.as_bytes()).status
    }
}

/// A report of w1 with its picture on the server, and an upload for it that w1's phone has begun.
fn ground(town: &Town, bearer: &str) -> Ground {
    let device = town.device("w1");
    let report = town.report(&device, "横幅", &[picture(1, 60)]);
    let story = town
        .service()
        .report_story(&OPERATOR, &ReportRef::Id(report), None);
    let content = story.unwrap().content.unwrap();
    let sha = content.attachments.values().next().unwrap().blob.to_string();
    let metadata = |blob: BlobHash| {
        let pairs = [
            ("report", report.to_string()),
            ("sha256", blob.to_string()),
            ("kind", "picture".into()),
        ];
        pairs
            .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
            .join(",")
    };
    let begun = metadata(BlobHash::of(b"begun"));
    let headers = [
        ("authorization", bearer),
        ("tus-resumable", "1.0.0"),
        ("upload-length", "40"),
        ("upload-metadata", begun.as_str()),
    ];
    let reply = town.send("POST", "/v1/uploads", &headers, b"");
    assert_eq!(reply.status, 201, "{reply:?}");
    Ground {
        report: report.to_string(),
        sha,
        upload: reply
            .header("location")
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned(),
        begins: metadata(BlobHash::of(b"another")),
    }
}

fn signed_in(town: &Town, name: &str) -> Value {
    let body = json!({"name": name, "password": PASSWORD});
    let reply = town.post_json("/v1/session", &[], &body);
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

fn bearer_of(session: &Value) -> String {
    format!("Bearer {}", session["session"].as_str().unwrap())
}

#[test]
fn every_route_of_the_interface_has_its_row_and_every_row_its_route() {
    let town = Town::open();
    let description = town.send("GET", "/openapi.json", &[], b"").json();
    let mut routes = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            routes.insert((method.to_uppercase(), path.clone()));
        }
    }
    let rows: BTreeSet<(String, String)> = ROWS
        .iter()
        .map(|row| (row.0.to_owned(), row.1.to_owned()))
        .collect();
    assert!(routes.len() > 20, "{routes:?}");
    let missing: Vec<_> = routes.difference(&rows).collect();
    assert!(missing.is_empty(), "routes without a row: {missing:?}");
    let stray: Vec<_> = rows.difference(&routes).collect();
    assert!(stray.is_empty(), "rows without a route: {stray:?}");
}

#[test]
fn every_route_of_the_interface_answers_each_caller_by_its_row() {
    let town = Town::open();
    people(&town);
    let (own, other, revoked) = (town.install("w1"), town.install("w2"), town.install("w1"));
    let ground = ground(&town, &own.bearer);
    town.service()
        .install_revoke(&OPERATOR, revoked.answer.install)
        .unwrap();
    let sessions = ["k1", "s1", "k9"].map(|name| bearer_of(&signed_in(&town, name)));
    let forged = format!("Bearer {}.{}", own.answer.install, "00".repeat(32));
    let tokens = [
        "",
        &forged,
        &own.bearer,
        &other.bearer,
        &revoked.bearer,
        &sessions[0],
        &sessions[1],
        &sessions[2],
    ];
    let mut wrong = Vec::new();
    for row in ROWS {
        // Who may end something does it after all others have tried in vain.
        let mut order: Vec<usize> = (0..CALLERS.len()).collect();
        order.sort_by_key(|caller| row.3[*caller] < 300);
        for caller in order {
            let credential: &[(&str, &str)] = match tokens[caller] {
                "" => &[],
                token => &[("authorization", token)],
            };
            let status = ground.ask(&town, row, credential);
            if status != row.3[caller] {
                let (who, wanted) = (CALLERS[caller], row.3[caller]);
                wrong.push(format!("{who} {} {}: {status}, not {wanted}", row.0, row.1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_cookie_alone_writes_nothing_whatever_the_route() {
    let town = Town::open();
    people(&town);
    let own = town.install("w1");
    let ground = ground(&town, &own.bearer);
    let session = signed_in(&town, "k1");
    let cookie = format!("xunge_session={}", session["session"].as_str().unwrap());
    for row in ROWS
        .iter()
        .filter(|row| !matches!(row.0, "GET" | "HEAD" | "OPTIONS"))
    {
        let is_open = row.3[0] != 401;
        for headers in [
            vec![("cookie", cookie.as_str())],
            vec![("cookie", cookie.as_str()), ("x-xunge-csrf", "00")],
        ] {
            let status = ground.ask(&town, row, &headers);
            let wanted = if is_open { row.3[0] } else { 403 };
            assert_eq!(status, wanted, "{} {}", row.0, row.1);
        }
    }
}

#[test]
fn the_directory_of_another_township_is_told_to_nobody() {
    let town = Town::open();
    people(&town);
    let people_of = |who: &str, rest: &str| -> (u16, BTreeSet<String>) {
        let token = bearer_of(&signed_in(&town, who));
        let path = format!("/v1/directory/person{rest}");
        let reply = town.send("GET", &path, &[("authorization", &token)], b"");
        let rows = reply.json()["rows"].as_array().cloned().unwrap_or_default();
        let keys = rows
            .iter()
            .filter_map(|row| row["key"].as_str().map(str::to_owned));
        (reply.status, keys.collect())
    };
    let (_, of_k1) = people_of("k1", "");
    assert!(
        of_k1.contains("w1") && of_k1.contains("s1") && !of_k1.contains("k9"),
        "{of_k1:?}"
    );
    let (_, of_k9) = people_of("k9", "");
    assert!(of_k9.contains("k9") && !of_k9.contains("w1"), "{of_k9:?}");
    let (_, of_county) = people_of("y1", "");
    assert!(
        of_county.contains("k9") && of_county.contains("w1"),
        "{of_county:?}"
    );
    let (foreign, absent) = (people_of("k9", "?feed=T1"), people_of("k9", "?feed=T7"));
    assert_eq!((foreign.0, foreign), (404, absent));
}
