//! The progress display: one block that repaints itself on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What is counted while the day runs. Every number only grows.
#[derive(Default, Debug)]
pub struct Progress {
    /// Reports handed in on phones (drafts left out).
    pub captured: AtomicU64,
    /// Reports that the server acknowledged to their phone.
    pub received: AtomicU64,
    /// Acts of chiefs: approved.
    pub approved: AtomicU64,
    /// … returned.
    pub returned: AtomicU64,
    /// … taken on.
    pub taken_on: AtomicU64,
    /// Acts of the room: accepted.
    pub accepted: AtomicU64,
    /// … dispatched.
    pub dispatched: AtomicU64,
    /// … sent back to be done again.
    pub reworked: AtomicU64,
    /// Feedbacks of departments and grids.
    pub fed_back: AtomicU64,
    /// Closed, at whatever level.
    pub closed: AtomicU64,
    /// Settled on the spot.
    pub settled: AtomicU64,
    /// Passed by a chief whose clock had ended.
    pub passed_by: AtomicU64,
    /// Pictures and voice notes made.
    pub attachments: AtomicU64,
    /// Pictures and voice notes that the server verified.
    pub stored: AtomicU64,
    /// Phones that are without a network now (the only number that falls).
    pub offline: AtomicU64,
    /// Processes killed and started again.
    pub killed: AtomicU64,
}

/// Adds one.
pub fn tick(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::AcqRel);
}

/// Reads a counter.
pub fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Acquire)
}

/// What the network did, for the display.
#[derive(Clone, Copy, Default, Debug)]
pub struct Traffic {
    /// Requests.
    pub requests: u64,
    /// Cuts survived.
    pub cuts: u64,
    /// Bytes from phones.
    pub bytes_up: u64,
    /// Bytes to phones.
    pub bytes_down: u64,
}

/// Paints progress.
pub struct Display {
    is_terminal: bool,
    painted_lines: usize,
    next_line_at_s: u64,
}

/// Where there is no terminal, a line is written this often, in seconds.
const LINE_EVERY_S: u64 = 10;

impl Display {
    /// A display on standard output.
    pub fn new() -> Self {
        Self {
            is_terminal: io::stdout().is_terminal(),
            painted_lines: 0,
            next_line_at_s: 0,
        }
    }

    /// Paints the block again, or writes a line where one is due. `clock` is the time of the compressed day, `share` how much of it is
    /// over, 0..=1.
    pub fn paint(
        &mut self,
        elapsed: Duration,
        clock: &str,
        share: f64,
        progress: &Progress,
        traffic: Traffic,
    ) {
        let mut out = io::stdout().lock();
        // A closed pipe ends the display, not the demo.
        let painted = if self.is_terminal {
            let lines = block(clock, share, progress, traffic);
            let up = match self.painted_lines {
                0 => String::new(),
                n => format!("\x1b[{n}A\x1b[J"),
            };
            self.painted_lines = lines.len();
            writeln!(out, "{up}{}", lines.join("\n"))
        } else if elapsed.as_secs() >= self.next_line_at_s {
            self.next_line_at_s = elapsed.as_secs() + LINE_EVERY_S;
            writeln!(out, "{}", line(clock, progress, traffic))
        } else {
            Ok(())
        };
        drop(painted.and_then(|()| out.flush()));
    }
}

impl Default for Display {
    fn default() -> Self {
        Self::new()
    }
}

fn line(clock: &str, p: &Progress, traffic: Traffic) -> String {
    format!(
        "{clock}  captured {} · received {} · approved {} · returned {} · dispatched {} · closed {} · pictures {}/{} · cuts {}",
        read(&p.captured),
        read(&p.received),
        read(&p.approved),
        read(&p.returned),
        read(&p.dispatched),
        read(&p.closed),
        read(&p.stored),
        read(&p.attachments),
        traffic.cuts,
    )
}

fn block(clock: &str, share: f64, p: &Progress, traffic: Traffic) -> Vec<String> {
    let captured = read(&p.captured);
    vec![
        format!("  云枫镇 {clock}  {}", bar(share, 44)),
        format!(
            "  采集 {:>4}   镇里收到 {:>4} {}   断网手机 {:>2}   杀进程 {:>2}",
            captured,
            read(&p.received),
            bar(ratio(read(&p.received), captured), 16),
            read(&p.offline),
            read(&p.killed)
        ),
        format!(
            "  网格长  同意 {:>4}  退回 {:>3}  网格内处置 {:>3}  当场处置 {:>3}  超时流转 {:>3}",
            read(&p.approved),
            read(&p.returned),
            read(&p.taken_on),
            read(&p.settled),
            read(&p.passed_by)
        ),
        format!(
            "  指挥室  受理 {:>4}  交办 {:>4}  反馈 {:>4}  驳回重办 {:>2}  办结 {:>4}",
            read(&p.accepted),
            read(&p.dispatched),
            read(&p.fed_back),
            read(&p.reworked),
            read(&p.closed)
        ),
        format!(
            "  图片语音 {:>4}/{:<4}   请求 {:>5}   断线 {:>4}   上行 {}   下行 {}",
            read(&p.stored),
            read(&p.attachments),
            traffic.requests,
            traffic.cuts,
            bytes(traffic.bytes_up),
            bytes(traffic.bytes_down)
        ),
    ]
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// A bar of `width` cells.
fn bar(share: f64, width: usize) -> String {
    let full = (0..width)
        .filter(|cell| (*cell as f64 + 0.5) / (width as f64) < share)
        .count();
    format!("{}{}", "█".repeat(full), "░".repeat(width - full))
}

/// Bytes as people read them, decimal.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_empty_at_nothing_and_full_at_all() {
        assert_eq!(bar(0.0, 4), "░░░░");
        assert_eq!(bar(0.5, 4), "██░░");
        assert_eq!(bar(1.0, 4), "████");
    }

    #[test]
    fn the_sparse_line_says_what_matters() {
        let progress = Progress::default();
        tick(&progress.captured);
        let text = line(
            "09:00",
            &progress,
            Traffic {
                cuts: 3,
                ..Traffic::default()
            },
        );
        assert!(text.contains("captured 1") && text.ends_with("cuts 3"), "{text}");
        assert_eq!(bytes(12_345_678), "12.3 MB");
    }
}
