//! The phone while it records: memory above idle over a patrol of six hours, in a process of its own with the real device core on its own
//! files; what a fix costs there, and how many bytes of it are kept and sent.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use xunge_core::app::{Device, ListQuery, Phone, ProfileId, Tab};
use xunge_core::patrol::{PatrolKind, RawFix};
use xunge_core::time::{Clock, ClockReading, SystemClock};

use super::day::{SIDE_M, plane_of};
use super::walk::{FIX_EVERY_MS, lanes, raw_fix};
use crate::bench::device::{Link, RealPhone, phone_config, seeded};
use crate::bench::process::{self, ServerProcess, memory_mb};
use crate::bench::township::{drawn, person, worker};
use crate::bench::{Figure, Problem};

/// First argument of the process that records.
const CHILD: &str = "--record-a-patrol";

/// Fixes of six hours, one in five seconds.
const FIXES: usize = 4_320;

/// Memory above idle that recording may need, in 10^6 bytes.
const ABOVE_IDLE_MB_MAX: f64 = 5.0;

/// Bytes of a fix that may be kept.
const FIX_BYTES_MAX: f64 = 8.0;

/// What the recording process says.
struct Recorded {
    idle_mb: f64,
    most_mb: f64,
    kept: f64,
    bytes: f64,
    /// 95 of 100 calls took at most that long, in ms.
    call_ms: f64,
    cpu_s: f64,
}

pub(super) fn figures() -> Result<Vec<Figure>, Problem> {
    let mut rng = seeded(24);
    let disk = tempfile::tempdir()?;
    let folder = disk.path().join("server");
    process::make_server_of(
        &folder,
        &drawn(|grid| Some(plane_of(grid).square(SIDE_M))),
        &mut rng,
    )?;
    let secrets = process::enrolments(&folder, &[person(&worker(0))])?;
    let phone_folder = disk.path().join("phone");
    let server = ServerProcess::start(&folder)?;
    let link = Link::new(server.url())?;
    let phone = RealPhone::enrol(&phone_folder, server.url(), &secrets[0], &link)?;
    phone.sync(&link)?;
    let profile = phone.profile.to_string();
    drop(phone);
    let recorded = record_apart(&phone_folder, &profile)?;
    let phone = Phone::open(&phone_folder, phone_config())?;
    let device = phone.device(&profile.parse()?, None)?;
    let before = link.traffic();
    let report = device.sync(&link, &xunge_core::sync::transport::CancelToken::new());
    if !report.is_complete() || device.status()?.attention_count > 0 {
        return Err(format!("the patrol was not taken: {report:?}").into());
    }
    let sent = link.traffic().since(before);
    server.stop()?;
    let name = "a phone that records for six hours";
    Ok(vec![
        Figure::told(format!("{name}: fixes kept"), recorded.kept, ""),
        Figure::told(format!("{name}: resident while idle"), recorded.idle_mb, "MB"),
        Figure::at_most(
            format!("{name}: resident above idle, at most"),
            recorded.most_mb - recorded.idle_mb,
            "MB",
            ABOVE_IDLE_MB_MAX,
        ),
        Figure::told(
            format!("{name}: a fix, durable, 95 of 100 calls within"),
            recorded.call_ms,
            "ms",
        ),
        Figure::told(
            format!("{name}: CPU a fix"),
            recorded.cpu_s * 1e3 / FIXES as f64,
            "ms",
        ),
        Figure::at_most(
            format!("{name}: bytes a fix kept in segments"),
            recorded.bytes / recorded.kept,
            "bytes",
            FIX_BYTES_MAX,
        ),
        Figure::at_most(
            format!("{name}: bytes a fix sent, answers and heads included"),
            sent.bytes as f64 / recorded.kept,
            "bytes",
            FIX_BYTES_MAX,
        ),
        Figure::told(format!("{name}: requests of that sync"), sent.requests as f64, ""),
    ])
}

fn record_apart(folder: &Path, profile: &str) -> Result<Recorded, Problem> {
    let child = Command::new(std::env::current_exe()?)
        .arg(CHILD)
        .arg(folder)
        .arg(profile)
        .stderr(Stdio::inherit())
        .output()?;
    let said = String::from_utf8_lossy(&child.stdout);
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    let [idle_mb, most_mb, kept, bytes, call_ms, cpu_s] = numbers[..] else {
        return Err(format!("the process that records said {said:?}").into());
    };
    Ok(Recorded {
        idle_mb,
        most_mb,
        kept,
        bytes,
        call_ms,
        cpu_s,
    })
}

/// Runs as the process that records if the arguments (without the program's name) say so; then the caller must return.
pub fn run_child(args: &[String]) -> bool {
    let [first, folder, profile] = args else {
        return false;
    };
    if first != CHILD {
        return false;
    }
    match record(Path::new(folder), profile) {
        Ok(r) => println!(
            "{} {} {} {} {} {}",
            r.idle_mb, r.most_mb, r.kept, r.bytes, r.call_ms, r.cpu_s
        ),
        Err(problem) => eprintln!("{problem}"),
    }
    true
}

/// A clock that the recording moves on: six hours pass in seconds.
struct Passing {
    begun: ClockReading,
    passed_ms: AtomicI64,
}

impl Clock for Passing {
    fn read(&self) -> ClockReading {
        let passed_ms = self.passed_ms.load(Ordering::Relaxed);
        ClockReading {
            wall_at: self.begun.wall_at.plus_ms(passed_ms),
            monotonic_ms: self.begun.monotonic_ms + passed_ms,
            boot: self.begun.boot,
        }
    }
}

fn record(folder: &Path, profile: &str) -> Result<Recorded, Problem> {
    let clock = Arc::new(Passing {
        begun: SystemClock.read(),
        passed_ms: AtomicI64::new(0),
    });
    let mut config = phone_config();
    config.clock = clock.clone();
    let phone = Phone::open(folder, config)?;
    let profile: ProfileId = profile.parse()?;
    let device = phone.device(&profile, None)?;
    show(&device)?;
    let idle_mb = memory_mb(std::process::id(), "VmRSS")?;
    let mut rng = seeded(25);
    // An emergency patrol has no end of shift, whatever the hour of the bench.
    device.patrol_start(PatrolKind::Emergency, &[], None, None)?;
    let plane = plane_of(0);
    let cpu = process::cpu_s(std::process::id())?;
    let (mut most_mb, mut kept, mut calls_ms) = (idle_mb, 0.0, Vec::with_capacity(FIXES));
    for (number, at) in lanes(&mut rng, FIXES, SIDE_M).into_iter().enumerate() {
        let now = clock.read();
        let mut fix: RawFix = raw_fix(now.wall_at, 0, plane.position(at), &mut rng);
        (fix.taken.monotonic_ms, fix.taken.boot) = (now.monotonic_ms, now.boot);
        let start = Instant::now();
        kept += f64::from(u8::from(device.add_fix(&fix)?.is_kept));
        calls_ms.push(start.elapsed().as_secs_f64() * 1e3);
        clock.passed_ms.fetch_add(FIX_EVERY_MS, Ordering::Relaxed);
        // Once a minute the shell ticks and shows how the patrol stands.
        if number % 12 == 0 {
            device.patrol_tick()?;
            device.patrol()?;
            most_mb = most_mb.max(memory_mb(std::process::id(), "VmRSS")?);
        }
    }
    device.patrol_end()?;
    most_mb = most_mb.max(memory_mb(std::process::id(), "VmRSS")?);
    let cpu_s = process::cpu_s(std::process::id())? - cpu;
    calls_ms.sort_by(f64::total_cmp);
    let mut bytes = 0.0;
    for segment in device.own_track()? {
        let (_, encoded) = segment.encode()?;
        bytes += encoded.len() as f64;
    }
    Ok(Recorded {
        idle_mb,
        most_mb,
        kept,
        bytes,
        call_ms: calls_ms[calls_ms.len() * 95 / 100],
        cpu_s,
    })
}

/// What is on the screen of an app that lies idle: the lists, the state of sending, no patrol.
fn show(device: &Device) -> Result<(), Problem> {
    device.status()?;
    device.patrol()?;
    device.reports(&ListQuery {
        tab: Tab::All,
        after: None,
        limit: 0,
    })?;
    Ok(())
}
