//! A phone's process at work: the real device core, which says on its output what it has made durable, as soon as the call has returned.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jpeg_encoder::{ColorType, Encoder};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use xunge_core::app::{Device, MediaSource, Phone, PhoneConfig};
use xunge_core::attachment::AttachmentRole;
use xunge_core::document::FieldEdit;
use xunge_core::id::{CategoryId, ReportId};
use xunge_core::sync::transport::{CancelToken, HttpTransport};
use xunge_core::time::SystemClock;

use super::Problem;

/// First argument of such a process.
pub(super) const CHILD: &str = "--phone-at-work";

/// The words of a report begin with the number of their version.
pub(super) fn words(version: u32) -> String {
    format!("{version} 路灯杆上挂着违章横幅，已拍照")
}

/// The version that words say they are; 0 for others.
pub(super) fn version(words: &str) -> u32 {
    let number = words.split_whitespace().next();
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// A line of what is durable.
pub(super) const WORDED: &str = "worded";
/// … a picture.
pub(super) const PICTURED: &str = "pictured";
/// … handed in.
pub(super) const SUBMITTED: &str = "submitted";

/// What a phone does in a round.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Work {
    /// Drafts reports with a picture and hands them in, without a network.
    Capture,
    /// Edits a report that was handed in long ago, hands in a new one, and syncs.
    Send,
    /// Syncs.
    Receive,
}

impl Work {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Send => "send",
            Self::Receive => "receive",
        }
    }
}

/// The first profile of a phone.
pub(super) fn device(folder: &Path) -> Result<Arc<Device>, Problem> {
    let phone = Phone::open(folder, PhoneConfig::new(Arc::new(SystemClock), "crash"))?;
    let profile = phone
        .profiles()?
        .into_iter()
        .next()
        .ok_or("the phone has no profile")?;
    Ok(phone.device(&profile.id, None)?)
}

/// Runs as a phone's process if the arguments say so: what to do, the phone's folder, the server's address, a seed, and, as far as there
/// is one, a report to edit and the version of its words.
pub(super) fn run_child(args: &[String]) -> Option<ExitCode> {
    let (first, rest) = args.split_first()?;
    if first != CHILD {
        return None;
    }
    Some(match work(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    })
}

fn work(args: &[String]) -> Result<(), Problem> {
    let [what, folder, url, seed, edited @ ..] = args else {
        return Err("too few words".into());
    };
    let device = device(Path::new(folder))?;
    let mut rng = StdRng::seed_from_u64(seed.parse()?);
    if what == Work::Capture.word() {
        for _ in 0..2 {
            capture(&device, &mut rng)?;
        }
        return Ok(());
    }
    if what == Work::Send.word() {
        if let [report, version] = edited {
            edit(&device, report, version.parse()?)?;
        }
        capture(&device, &mut rng)?;
    }
    let done = device.sync(&HttpTransport::new(url, b"")?, &CancelToken::new());
    // The server may die; this phone's own database may not fail.
    match done.store_failure {
        None => Ok(()),
        Some(failure) => Err(failure.into()),
    }
}

fn capture(device: &Device, rng: &mut StdRng) -> Result<(), Problem> {
    let report = device.begin_draft()?;
    let edits = [
        FieldEdit::SetCategory {
            category: CategoryId::new("enforcement.banner")?,
            version: 1,
        },
        FieldEdit::SetGrid(Some("QH-YF-A1".parse()?)),
        FieldEdit::SetPlaceText("王家桥头".into()),
    ];
    device.edit_draft(report, &edits)?;
    say_words(report, 1, || {
        device.edit_draft(report, &[FieldEdit::SetDescription(words(1))])
    })?;
    let picture = MediaSource::Bytes(picture(rng)?);
    let attachment = device.add_picture(report, &picture, AttachmentRole::Before)?;
    println!("{PICTURED} {report} {attachment}");
    say_words(report, 2, || {
        device.edit_draft(report, &[FieldEdit::SetDescription(words(2))])
    })?;
    device.submit(report)?;
    println!("{SUBMITTED} {report}");
    Ok(())
}

/// Four edits of one report: after a few rounds the server keeps a saved document of it.
fn edit(device: &Device, report: &str, version: u32) -> Result<(), Problem> {
    let report = ReportId::from_slice(&hex::decode(report)?).ok_or("no report")?;
    for version in version + 1..=version + 4 {
        say_words(report, version, || {
            device.edit(report, &[FieldEdit::SetDescription(words(version))])
        })?;
    }
    Ok(())
}

fn say_words<E>(report: ReportId, version: u32, save: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    save()?;
    println!("{WORDED} {report} {version}");
    Ok(())
}

/// A picture unlike any other.
fn picture(rng: &mut StdRng) -> Result<Vec<u8>, Problem> {
    let (width, height) = (320_u16, 240_u16);
    let mut pixels = vec![0; usize::from(width) * usize::from(height)];
    rng.fill_bytes(&mut pixels);
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 80).encode(&pixels, width, height, ColorType::Luma)?;
    Ok(bytes)
}
