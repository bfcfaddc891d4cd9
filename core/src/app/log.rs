//! The log for a support person: a bounded ring of lines in the phone's folder, fed by the events of this program's own crates.
//!
//! It never holds names, words, numbers of people, positions or tokens. An event's message is a literal of this program; of its fields
//! only those named here are written, whole numbers up to a million as they are, texts after everything that could name somebody was
//! struck out. What is written may be read out on the telephone.

use std::fmt::{Debug, Write as _};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::{Device, Phone};
use crate::time::Clock;

/// The most lines that are kept, in two files of half of them.
pub const LOG_LINES_MAX: usize = 2_000;
/// The longest line in bytes.
const LINE_BYTES_MAX: usize = 300;
/// A file is put away when it is longer than this, in bytes.
const FILE_BYTES_MAX: u64 = (LOG_LINES_MAX / 2 * 64) as u64;
/// The only fields that are written.
const FIELDS: [&str; 16] = [
    "message",
    "error",
    "why",
    "failure",
    "what",
    "requests",
    "bytes_up",
    "bytes_down",
    "items_sent",
    "rows_taken",
    "blobs_sent",
    "blobs_fetched",
    "count",
    "days",
    "segments",
    "status",
];

const FILE: &str = "log.txt";
const FILE_BEFORE: &str = "log-before.txt";

/// Writes events into a phone's folder.
pub(super) struct LogWriter {
    clock: Arc<dyn Clock>,
    folder: Mutex<PathBuf>,
}

/// The writer that all of this process's phones share.
static WRITER: OnceLock<Arc<LogWriter>> = OnceLock::new();

/// Begins to keep a log in a phone's folder, and goes on in this one where it was kept in another. Answers `false` where the program has
/// a log of its own already, and none is kept here.
pub fn start_log(folder: &Path, clock: Arc<dyn Clock>) -> bool {
    let mut is_new = false;
    let writer = WRITER.get_or_init(|| {
        is_new = true;
        Arc::new(LogWriter::new(folder, clock))
    });
    folder.clone_into(&mut writer.folder.lock().unwrap_or_else(PoisonError::into_inner));
    !is_new || tracing::subscriber::set_global_default(Shared(Arc::clone(writer))).is_ok()
}

impl Phone {
    /// The log, the earliest line first; empty where none was kept.
    pub fn log(&self) -> String {
        read(self.folder())
    }
}

impl Device {
    /// The phone's log, the earliest line first.
    pub fn log(&self) -> String {
        self.folder.parent().map_or_else(String::new, read)
    }
}

fn read(folder: &Path) -> String {
    let file = |name| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    file(FILE_BEFORE) + &file(FILE)
}

impl LogWriter {
    pub(super) fn new(folder: &Path, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            folder: Mutex::new(folder.to_owned()),
        }
    }

    /// Writes one line. A log that cannot be written is no reason to stop.
    fn write(&self, line: &str) {
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let path = folder.join(FILE);
        if std::fs::metadata(&path).is_ok_and(|file| file.len() > FILE_BYTES_MAX) {
            drop(std::fs::rename(&path, folder.join(FILE_BEFORE)));
        }
        let file = OpenOptions::new().create(true).append(true).open(&path);
        drop(file.and_then(|mut file| file.write_all(line.as_bytes())));
    }
}

/// The subscriber that events reach.
pub(super) struct Shared(pub(super) Arc<LogWriter>);

impl Subscriber for Shared {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("xunge") && *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let at = self.0.clock.read().wall_at.to_utc().format("%Y-%m-%dT%H:%M:%SZ");
        let mut line = Line::default();
        event.record(&mut line);
        let level = event.metadata().level();
        let mut text = format!("{at} {level} {}{}", line.message, line.fields);
        let end = (0..=LINE_BYTES_MAX.min(text.len()))
            .rev()
            .find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
        self.0.write(&(text + "\n"));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Line {
    fn put(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            name if FIELDS.contains(&name) => drop(write!(self.fields, " {name}={value}")),
            _ => {}
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, &struck_out(&format!("{value:?}")));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let text = if value <= 1_000_000 {
            value.to_string()
        } else {
            "#".to_owned()
        };
        self.put(field, &text);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.record_u64(field, value.unsigned_abs());
    }

    fn record_f64(&mut self, field: &Field, _: f64) {
        // Whatever it is, it may be half a position.
        self.put(field, "#");
    }
}

/// A text without anything that could name somebody or something: words with more than three digits, long words of hexadecimal digits,
/// decimal numbers, and everything that is not plain ASCII.
fn struck_out(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for sign in text.chars().chain([' ']) {
        if sign.is_ascii_alphanumeric()
            || matches!(sign, '.' | '-' | '_' | ':' | '/' | '@' | '+')
            || !sign.is_ascii()
        {
            word.push(sign);
            continue;
        }
        if !word.is_empty() {
            out.push_str(if may_name(&word) { "#" } else { &word });
            word.clear();
        }
        out.push(if sign.is_ascii_control() { ' ' } else { sign });
    }
    out.trim_end().to_owned()
}

fn may_name(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = |part: &str| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    !word.is_ascii()
        || digits > 3
        || (digits > 0 && word.contains('.'))
        || (digits > 0 && word.bytes().any(|byte| byte.is_ascii_alphabetic()))
        || word.split(|sign: char| !sign.is_ascii_alphanumeric()).any(is_hex)
        || word.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SystemClock;

    #[test]
    fn what_could_name_somebody_is_struck_out_and_the_rest_stays() {
        for name in [
            "王建国",
            "13800001234",
            "28.304",
            "W001",
            "deadbeefdeadbeef",
            "QX-01-1",
            "a@b.cn",
            "120.905,28.3",
        ] {
            let text = struck_out(&format!("no route to {name} today"));
            assert!(!text.contains(name) && text.contains('#'), "{text}");
            assert!(
                text.starts_with("no route to") && text.ends_with("today"),
                "{text}"
            );
        }
        assert_eq!(struck_out("the server answered 503"), "the server answered 503");
        assert_eq!(
            struck_out("no connection (os error 111)"),
            "no connection (os error 111)"
        );
    }

    #[test]
    fn the_log_is_bounded_and_only_known_fields_of_own_crates_are_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let writer = Arc::new(LogWriter::new(folder.path(), Arc::new(SystemClock)));
        tracing::subscriber::with_default(Shared(Arc::clone(&writer)), || {
            tracing::info!(target: "hyper", "another crate");
            tracing::debug!("too fine");
            tracing::info!(
                name = "王建国",
                telephone = 13_800_001_234_u64,
                count = 3,
                "known"
            );
            tracing::warn!(error = %"to 10.11.12.13:8080", lat = 28.304, "failed");
        });
        let text = read(folder.path());
        let lines: Vec<&str> = text.lines().map(|line| &line[21..]).collect();
        assert_eq!(lines, ["INFO known count=3", "WARN failed error=to #"]);
        tracing::subscriber::with_default(Shared(writer), || {
            for count in 0..20_000_u32 {
                tracing::info!(count, "again and again the same thing happens to this phone");
            }
        });
        let text = read(folder.path());
        assert!(text.len() < 4 * usize::try_from(FILE_BYTES_MAX).expect("small"));
        assert!(text.ends_with("count=19999\n"), "the latest line is there");
    }
}
