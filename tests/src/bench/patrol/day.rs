//! A day of a township: 150 patrols of six hours, from the bytes that phones send to the coverage of 150 grids, by the fold that phone and
//! server share, and by the server itself with signatures, seals and rows.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::coverage::{CoverageFold, CoverageShare, GridGround, join_rows};
use xunge_core::directory::Sight;
use xunge_core::id::{InstallId, PatrolId};
use xunge_core::patrol::Segment;
use xunge_core::place::Position;
use xunge_core::sync::message::Item;
use xunge_core::time::{Clock, ClockReading, Timestamp};
use xunge_server::Service;

use super::walk::{Plane, Walker, lanes, segments};
use super::{growth, time_of};
use crate::bench::device::seeded;
use crate::bench::process::{self, thread_cpu_s};
use crate::bench::thin::{self, Phone, assert_taken};
use crate::bench::township::{GRIDS, WORKERS, drawn, grid_of, person, unit, worker};
use crate::bench::{Figure, Problem};

/// 2026-11-22 08:00 in Shanghai: the day before that of the bench's phones.
pub(super) const MORNING: Timestamp = Timestamp(1_795_305_600_000);

/// Fixes of a patrol of six hours, one in five seconds.
const FIXES: usize = 4_320;

/// The side of a grid in metres.
pub(super) const SIDE_M: f64 = 1_000.0;

/// What a day may cost in seconds of CPU.
const DAY_S_MAX: f64 = 0.5;

/// The plane of a grid: ten in a row.
pub(super) fn plane_of(grid: usize) -> Plane {
    let (row, column) = ((grid / 10) as f64, (grid % 10) as f64);
    Plane::new(28.30 + 0.009_1 * row, 120.90 + 0.010_3 * column, SIDE_M)
}

pub(super) fn figures() -> Result<Vec<Figure>, Problem> {
    let mut rng = seeded(22);
    let mut figures = folded(&mut rng)?;
    figures.extend(served(&mut rng)?);
    Ok(figures)
}

/// The segments of a walker's day, and the fixes in them.
pub(super) fn day_of(
    number: usize,
    install: InstallId,
    rng: &mut StdRng,
) -> Result<(Vec<Vec<u8>>, usize), Problem> {
    let plane = plane_of(number % GRIDS);
    let walk = lanes(rng, FIXES, SIDE_M);
    let points: Vec<Position> = walk.into_iter().map(|at| plane.position(at)).collect();
    let walker = Walker {
        patrol: PatrolId::from_bytes(rng.random()),
        install,
        person: person(&worker(number % WORKERS)),
        grid: grid_of(number),
    };
    segments(walker, MORNING, points.into_iter(), rng)
}

/// The fold alone: decode, paint, cut by grid, join, encode.
fn folded(rng: &mut StdRng) -> Result<Vec<Figure>, Problem> {
    let grounds: Vec<GridGround> = (0..GRIDS)
        .map(|grid| GridGround::new(grid_of(grid), &plane_of(grid).square(SIDE_M), []))
        .collect::<Result<_, _>>()?;
    let drawn = grounds
        .iter()
        .map(|ground| (ground.clone(), Sight::Village))
        .collect();
    let zone = "Asia/Shanghai".parse().map_err(|_| "no such zone")?;
    let fold = CoverageFold::new(unit("T1"), Sight::Village, zone, drawn);
    let mut figures = Vec::new();
    let mut costs = [(0, 0.0); 3];
    for (patrols, place) in [15, 150, 1_500].into_iter().zip(&mut costs) {
        let (mut bytes, mut fixes) = (Vec::new(), 0);
        for number in 0..patrols {
            let install = InstallId::from_bytes(rng.random());
            let (more, kept) = day_of(number, install, rng)?;
            bytes.extend(more);
            fixes += kept;
        }
        let (spent_s, rows) = time_of(3, || fold_all(&fold, black_box(&bytes)));
        *place = (fixes, spent_s * 1e6 / fixes as f64);
        if patrols == WORKERS {
            figures.push(Figure::at_most(
                format!(
                    "a day of 150 patrols, {} fixes, into a township's coverage, CPU",
                    super::grouped(fixes)
                ),
                spent_s,
                "s",
                DAY_S_MAX,
            ));
            figures.extend(told(&grounds, &rows, &bytes, fixes));
        }
    }
    figures.extend(growth("fixes into a township's coverage", "µs", costs));
    Ok(figures)
}

type Rows = BTreeMap<(xunge_core::id::UnitId, xunge_core::patrol::FixDay), xunge_core::coverage::DayCoverage>;

fn fold_all(fold: &CoverageFold, bytes: &[Vec<u8>]) -> (Rows, usize) {
    let mut rows = Rows::new();
    // A phone's day at a time, as it comes.
    for day in bytes.chunks(FIXES / 120 + 1) {
        let segments: Vec<Segment> = day
            .iter()
            .map(|bytes| Segment::decode(bytes).expect("the machine makes valid segments"))
            .collect();
        join_rows(&mut rows, &fold.rows_of_all(&segments));
    }
    let stored = rows.values().map(|day| day.encode().len()).sum();
    (rows, stored)
}

fn told(
    grounds: &[GridGround],
    (rows, stored): &(Rows, usize),
    bytes: &[Vec<u8>],
    fixes: usize,
) -> Vec<Figure> {
    let mut total = CoverageShare::default();
    for ground in grounds {
        let days = rows.iter().filter(|((unit, _), _)| *unit == ground.grid);
        for (_, coverage) in days {
            total.add(&CoverageShare::of(ground, coverage));
        }
    }
    let sent: usize = bytes.iter().map(Vec::len).sum();
    vec![
        Figure::told(
            "a day of 150 patrols: share of the township seen",
            100.0 * total.seen_share().unwrap_or(0.0),
            "%",
        ),
        Figure::at_most(
            "a fix in its segment, header included",
            sent as f64 / fixes as f64,
            "bytes",
            8.0,
        ),
        Figure::told(
            "a grid's day of coverage, stored",
            *stored as f64 / rows.len() as f64,
            "bytes",
        ),
    ]
}

/// The same through the real server: every phone sends its day at once, and as it goes, every ten minutes.
fn served(rng: &mut StdRng) -> Result<Vec<Figure>, Problem> {
    let disk = tempfile::tempdir()?;
    let mut figures = Vec::new();
    for (how, at_once) in [
        ("each phone's day in one push", usize::MAX),
        ("a push every ten minutes", 1),
    ] {
        let folder = disk.path().join(how.replace(' ', "-").replace('\'', ""));
        let service = township_of(&folder, rng)?;
        let (mut spent_s, mut fixes, mut pushes) = (0.0, 0, 0u32);
        for number in 0..WORKERS {
            let mut phone = Phone::enrol(&service, &worker(number), rng);
            let (bytes, kept) = day_of(number, phone.install, rng)?;
            fixes += kept;
            for some in bytes.chunks(at_once.min(bytes.len())) {
                spent_s += push(&service, &mut phone, some)?;
                pushes += 1;
            }
        }
        let name = format!("the same day into the server's ledger, {how}");
        figures.push(Figure::told(format!("{name}: fixes"), fixes as f64, ""));
        figures.push(Figure::told(format!("{name}: pushes"), f64::from(pushes), ""));
        figures.push(Figure::told(format!("{name}: CPU"), spent_s, "s"));
    }
    Ok(figures)
}

/// A server whose township has its grids drawn.
pub(super) fn township_of(folder: &std::path::Path, rng: &mut StdRng) -> Result<Service, Problem> {
    process::make_server_of(folder, &drawn(|grid| Some(plane_of(grid).square(SIDE_M))), rng)?;
    process::open_service_at(folder, Arc::new(StandingClock))
}

/// The clock of the server: the day of the bench's phones, at ten.
struct StandingClock;

impl Clock for StandingClock {
    fn read(&self) -> ClockReading {
        ClockReading {
            wall_at: thin::AT,
            monotonic_ms: 0,
            boot: 1,
        }
    }
}

/// Pushes segments; answers the CPU time inside the service, in seconds.
pub(super) fn push(service: &Service, phone: &mut Phone, segments: &[Vec<u8>]) -> Result<f64, Problem> {
    let item = |bytes: &Vec<u8>| Item::Track {
        bytes: bytes.clone().into(),
    };
    let request = phone.request(segments.iter().map(item).collect());
    let before = thread_cpu_s()?;
    let answer = service.sync(&phone.caller, &request)?;
    let spent = thread_cpu_s()? - before;
    assert_taken(&answer.results);
    Ok(spent)
}
