//! A real process that records a patrol is killed at any moment, again and again: at most the fix that was being written is lost.
//!
//! Ten rounds in every run; `PATROL_CRASH_ROUNDS=100` (`make crash-patrol`) for more. Which moments is decided by a seed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use xunge_core::app::{Phone, PhoneConfig};
use xunge_core::sync::transport::{CancelToken, HttpTransport};
use xunge_core::time::SystemClock;
use xunge_tests::demo::server::{DemoServer, operator};
use xunge_tests::township::{Township, person_id};

/// 2026-11-22, 08:30 in the township.
const BEGUN_AT_MS: i64 = 1_795_307_400_000;

fn phone(folder: &Path) -> Phone {
    Phone::open(folder, PhoneConfig::new(Arc::new(SystemClock), "test")).expect("the phone opens")
}

/// A phone in its folder, enrolled, with the directory.
fn enrolled(folder: &Path) {
    let at = folder.join("server");
    let server = DemoServer::start(&at, "127.0.0.1:0", Arc::new(SystemClock)).expect("the server starts");
    server.seed(&Township::small()).expect("the township is written");
    let ticket = server
        .service
        .enrolment_create(&operator(), &person_id("w01"), None)
        .expect("a code is made");
    let url = format!("http://{}", server.address);
    let transport = HttpTransport::new(&url, b"").expect("a way to the server");
    let phone = phone(&folder.join("phone"));
    let id = phone
        .enrol(&format!("xunge:1:{url}:{}", ticket.secret), &transport)
        .expect("enrolled");
    let device = phone.device(&id, None).expect("the profile opens");
    assert!(device.sync(&transport, &CancelToken::new()).is_complete());
}

/// A walk of two hours, a fix each five seconds, 7 m apart.
fn write_track(path: &Path) -> usize {
    let mut table = String::from("time,lat,lon,accuracy_m,speed_mps\n");
    let count = 1_440;
    for n in 0..count {
        let (row, along) = (n / 60, n % 60);
        let along = if row % 2 == 0 { along } else { 59 - along };
        let (lat, lon) = (
            28.3 + f64::from(row) * 0.000_06,
            120.9 + f64::from(along) * 0.000_07,
        );
        let at = BEGUN_AT_MS + i64::from(n) * 5_000;
        writeln!(table, "{at},{lat:.6},{lon:.6},5,1.4").expect("memory");
    }
    std::fs::write(path, table).expect("the track can be written");
    count as usize
}

/// The instants of all fixes that are on the phone.
fn on_disk(folder: &Path) -> Vec<i64> {
    let phone = phone(&folder.join("phone"));
    let info = phone.profiles().expect("readable").remove(0);
    let device = phone
        .device(&info.id, None)
        .expect("the profile opens after any kill");
    let segments = device.own_track().expect("the track is readable");
    let fixes = segments.iter().flat_map(|segment| &segment.fixes);
    fixes.map(|fix| fix.at.as_millis()).collect()
}

/// Lets a process walk on and kills it after so many fixes; answers the fixes that it said were on the disk.
fn walk_and_kill(folder: &Path, kill_after: usize) -> BTreeSet<i64> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xunge-phone"))
        .arg("--phone")
        .arg(folder.join("phone"))
        .args(["patrol", "replay", "--each"])
        .arg(folder.join("track.csv"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut said = BTreeSet::new();
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    for line in out.lines() {
        let Ok(line) = line else { break };
        said.extend(line.parse::<i64>().ok());
        if said.len() == kill_after {
            // SIGKILL: nothing is flushed, nothing is closed.
            child.kill().expect("it can be killed");
        }
    }
    child.wait().expect("it ended");
    said
}

#[test]
fn a_process_that_is_killed_while_it_records_loses_at_most_the_last_fix() {
    let rounds: usize = std::env::var("PATROL_CRASH_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let folder = tempfile::tempdir().expect("a temporary folder");
    enrolled(folder.path());
    let count = write_track(&folder.path().join("track.csv"));
    let mut rng = rand::rngs::StdRng::seed_from_u64(11);
    let mut known: BTreeSet<i64> = BTreeSet::new();
    let most = count / (rounds + 1);
    for round in 0..rounds {
        let kill_after = rng.random_range(1..=most);
        let said = walk_and_kill(folder.path(), kill_after);
        assert!(
            said.len() >= kill_after,
            "round {round} ended early: {} fixes",
            said.len()
        );
        known.extend(said);
        let disk = on_disk(folder.path());
        let unique: BTreeSet<i64> = disk.iter().copied().collect();
        assert_eq!(unique.len(), disk.len(), "round {round}: no fix is there twice");
        let lost: Vec<_> = known.difference(&unique).collect();
        assert!(
            lost.is_empty(),
            "round {round}: said to be on the disk, and is not: {lost:?}"
        );
        // What was written and not said any more; the pipe may hold a few lines that nobody read.
        known = unique;
    }
    let said = walk_and_kill(folder.path(), usize::MAX);
    known.extend(said);
    let disk = on_disk(folder.path());
    assert_eq!(disk.iter().copied().collect::<BTreeSet<_>>(), known);
    // Every fix of the file was offered; a kill loses none for good, since the walk goes on where it was.
    assert!(disk.len() + rounds >= count, "{} of {count}", disk.len());
}
