//! What patrols and coverage cost: painting against exact areas and against H3 cells, a township's day, a county's month, the phone while
//! it records, and how each grows.

mod county;
mod day;
mod painted;
mod phone;
mod walk;

pub use phone::run_child;

use std::path::Path;
use std::time::Instant;

use rand::rngs::StdRng;
use xunge_core::sync::message::Item;
use xunge_server::Service;

use super::thin::Phone;
use super::township::worker;
use super::{Figure, Problem};

/// What one may cost at a hundred times the number, in percent of what it costs at the least.
const GROWTH_PERCENT_MAX: f64 = 150.0;

/// Measures everything: about two minutes, most of them in `geo`'s buffer and in filling servers.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let mut figures = painted::figures()?;
    figures.extend(day::figures()?);
    figures.extend(county::figures()?);
    figures.extend(phone::figures()?);
    Ok(figures)
}

/// A township with outlines, one worker's phone and the first segment of his walk: for counting.
pub(super) fn one_segment(folder: &Path, rng: &mut StdRng) -> Result<(Service, Phone, Item), Problem> {
    let service = day::township_of(folder, rng)?;
    let phone = Phone::enrol(&service, &worker(0), rng);
    let (segments, _) = day::day_of(0, phone.install, rng)?;
    let first = segments.into_iter().next().ok_or("a day has segments")?;
    Ok((service, phone, Item::Track { bytes: first.into() }))
}

/// What one costs at 1, 10 and 100 times a number, and the last against the first.
fn growth(what: &str, unit: &str, costs: [(usize, f64); 3]) -> Vec<Figure> {
    let told = |(count, cost)| Figure::told(format!("{what}, each of {}", grouped(count)), cost, unit);
    let mut figures: Vec<Figure> = costs.map(told).into();
    figures.push(Figure::at_most(
        format!("{what}, each at 100 times the number against 1"),
        100.0 * costs[2].1 / costs[0].1.max(f64::MIN_POSITIVE),
        "%",
        GROWTH_PERCENT_MAX,
    ));
    figures
}

/// A number with a comma after every three digits.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The least time of several runs of a job on one thread, in seconds, with what the last one made. Nothing in it waits, so that this is the
/// time of the processor; the system counts that in steps which are too long for most of it.
fn time_of<T>(runs: u32, mut job: impl FnMut() -> T) -> (f64, T) {
    let mut timed = || {
        let start = Instant::now();
        let made = job();
        (start.elapsed().as_secs_f64(), made)
    };
    let (mut least_s, mut made) = timed();
    for _ in 1..runs {
        let (spent_s, again) = timed();
        (least_s, made) = (least_s.min(spent_s), again);
    }
    (least_s, made)
}
