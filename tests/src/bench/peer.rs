//! The same work on a peer, in the same run: PouchDB, which Medic's CHT rests on and which comes from npm.
//!
//! A thousand reports that were made without a network go up, another phone takes them down, then nothing is new. Here each report is a
//! document with its history, a signed act and the server's signed word on it; there it is the same content as one JSON document, without
//! signatures, decisions or anybody's scope. So time is told and bytes and requests are compared.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::device::{Link, RealPhone, Traffic, seeded};
use super::process::{self, ServerProcess};
use super::township::{grid_of, person, worker};
use super::{Figure, Problem};

/// Reports that go up and down.
const REPORTS: usize = 1_000;

/// A stretch of work: how long it took and what went over the link.
struct Spent {
    seconds: f64,
    traffic: Traffic,
}

/// Measures both: less than a minute.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let peer = std::env::var("XUNGE_TEST_PEER")
        .map_err(|_| "this part needs what it is measured beside: `make bench-peer` fetches it")?;
    let disk = tempfile::tempdir()?;
    let (ours, documents) = our_own(disk.path())?;
    let path = disk.path().join("documents.json");
    std::fs::write(&path, serde_json::to_vec(&documents)?)?;
    let done = Command::new("node").arg(&peer).arg(&path).output()?;
    if !done.status.success() {
        return Err(format!("the peer failed: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    let theirs: Value = serde_json::from_slice(&done.stdout)?;
    let mut figures = Vec::new();
    for (step, words, spent) in [
        ("up", "1,000 reports go up", &ours[0]),
        ("down", "another phone takes them down", &ours[1]),
        ("idle", "nothing is new", &ours[2]),
    ] {
        let of = |what: &str| {
            let value = theirs[format!("{step}_{what}")].as_f64();
            value.ok_or_else(|| format!("the peer says nothing of {step}_{what}"))
        };
        let bytes = spent.traffic.bytes as f64;
        figures.push(Figure::told(
            format!("peer: {words}, bytes here"),
            bytes / 1e3,
            "KB",
        ));
        figures.push(Figure::at_most(
            format!("peer: {words}, bytes against PouchDB's"),
            100.0 * bytes / of("bytes")?,
            "%",
            100.0,
        ));
        figures.push(Figure::at_most(
            format!("peer: {words}, requests against PouchDB's"),
            100.0 * spent.traffic.requests as f64 / of("requests")?,
            "%",
            100.0,
        ));
        figures.push(Figure::told(format!("peer: {words}, here"), spent.seconds, "s"));
        figures.push(Figure::told(
            format!("peer: {words}, with PouchDB"),
            of("s")?,
            "s",
        ));
    }
    Ok(figures)
}

/// Up, down and idle with the project's own phones and server; and the reports as plain documents.
fn our_own(disk: &Path) -> Result<([Spent; 3], Vec<Value>), Problem> {
    let folder = disk.join("server");
    process::make_server(&folder, &mut seeded(8))?;
    let who = person(&worker(0));
    let secrets = process::enrolments(&folder, &[who.clone(), who])?;
    let server = ServerProcess::start(&folder)?;
    let link = Link::new(server.url())?;
    let first = RealPhone::enrol(&disk.join("first"), server.url(), &secrets[0], &link)?;
    let second = RealPhone::enrol(&disk.join("second"), server.url(), &secrets[1], &link)?;
    first.sync(&link)?;
    second.sync(&link)?;
    let mut rng = seeded(9);
    let mut documents = Vec::with_capacity(REPORTS);
    for number in 0..REPORTS {
        let report = first.capture(&grid_of(0), &mut rng)?;
        let content = first.device.report(report)?.content;
        let submitted = json!({"by": content.as_ref().map(|c| &c.reporter), "action": "submit"});
        documents
            .push(json!({"_id": format!("report-{number:06}"), "content": content, "submitted": submitted}));
    }
    let up = spent(&link, || first.sync(&link))?;
    let down = spent(&link, || second.sync(&link))?;
    // What the first look after a pull still finds belongs to the pull.
    second.sync(&link)?;
    let idle = spent(&link, || second.sync(&link))?;
    server.stop()?;
    Ok(([up, down, idle], documents))
}

fn spent(link: &Link, job: impl FnOnce() -> Result<(), Problem>) -> Result<Spent, Problem> {
    let (before, start) = (link.traffic(), std::time::Instant::now());
    job()?;
    Ok(Spent {
        seconds: start.elapsed().as_secs_f64(),
        traffic: link.traffic().since(before),
    })
}
