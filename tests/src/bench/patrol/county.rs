//! A month of a county: 1,434 grids from the cells that are stored of each day, added up to villages, townships and the county; and what a
//! township's month costs on the real server, with its seals, ages and blind spots.

use std::hint::black_box;

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::coverage::{CoverageShare, DayCoverage, GridGround, Painter};
use xunge_core::id::{PatrolId, UnitId};
use xunge_core::place::Position;
use xunge_core::time::Timestamp;
use xunge_server::Caller;
use xunge_server::service::CoverageQuery;

use super::day::{SIDE_M, plane_of, push, township_of};
use super::walk::{Walker, lanes, segments};
use super::{growth, time_of};
use crate::bench::device::seeded;
use crate::bench::thin::Phone;
use crate::bench::township::{GRIDS, WORKERS, grid_of, person, unit, worker};
use crate::bench::{Figure, Problem};

/// Grids of a county of middling size.
const COUNTY: usize = 1_434;

/// Days of the month.
const DAYS: usize = 31;

/// 2026-10-31 08:00 in Shanghai: the last day of the month.
const LAST: Timestamp = Timestamp(1_793_404_800_000);

/// Fixes of a day's patrol in one grid: an hour.
const FIXES: usize = 720;

/// What the month may cost in seconds of CPU.
const MONTH_S_MAX: f64 = 1.0;

struct Grid {
    ground: GridGround,
    /// The stored bytes of each day.
    days: Vec<Vec<u8>>,
}

pub(super) fn figures() -> Result<Vec<Figure>, Problem> {
    let mut rng = seeded(23);
    let grids: Vec<Grid> = (0..COUNTY)
        .map(|grid| stored(grid, &mut rng))
        .collect::<Result<_, _>>()?;
    let mut figures = Vec::new();
    let mut costs = [(0, 0.0); 3];
    for (count, place) in [COUNTY / 100, COUNTY / 10, COUNTY].into_iter().zip(&mut costs) {
        let (spent_s, county) = time_of(3, || month_of(black_box(&grids[..count])));
        *place = (count, spent_s * 1e6 / count as f64);
        if count == COUNTY {
            figures.push(Figure::at_most(
                "a month of a county of 1,434 grids from stored cells, CPU",
                spent_s,
                "s",
                MONTH_S_MAX,
            ));
            let share = county.seen_share().unwrap_or(0.0);
            figures.push(Figure::told(
                "that month: share of the county seen",
                share * 100.0,
                "%",
            ));
        }
    }
    let bytes: usize = grids.iter().flat_map(|grid| &grid.days).map(Vec::len).sum();
    figures.push(Figure::told(
        "that month: bytes of stored cells",
        bytes as f64 / 1e6,
        "MB",
    ));
    figures.extend(growth("grids into a county's month", "µs", costs));
    figures.extend(served(&mut rng)?);
    Ok(figures)
}

/// A grid with a month of patrols of an hour a day.
fn stored(grid: usize, rng: &mut StdRng) -> Result<Grid, Problem> {
    let plane = plane_of(grid);
    let name = UnitId::new(format!("C{grid:04}"))?;
    let ground = GridGround::new(name, &plane.square(SIDE_M), [])?;
    let mut days = Vec::with_capacity(DAYS);
    for _ in 0..DAYS {
        let walk = lanes(rng, FIXES, SIDE_M);
        let mut painter = Painter::new();
        painter.path(walk.into_iter().map(|at| plane.micro(at)), 25.0);
        let mut day = DayCoverage::new();
        day.seen = painter.finish().common(&ground.cells);
        days.push(day.encode());
    }
    Ok(Grid { ground, days })
}

/// The shares of the grids, and from them those of villages of ten, townships of 150, and the county.
fn month_of(grids: &[Grid]) -> CoverageShare {
    let mut county = CoverageShare::default();
    for township in grids.chunks(150) {
        let mut of_township = CoverageShare::default();
        for village in township.chunks(10) {
            let mut of_village = CoverageShare::default();
            for grid in village {
                let mut month = DayCoverage::new();
                for day in &grid.days {
                    month.join(&DayCoverage::decode(day).expect("just encoded"));
                }
                of_village.add(&CoverageShare::of(&grid.ground, &month));
            }
            of_township.add(&of_village);
        }
        county.add(&of_township);
    }
    county
}

/// A township's month on the real server, and the county's as ten of it.
fn served(rng: &mut StdRng) -> Result<Vec<Figure>, Problem> {
    let disk = tempfile::tempdir()?;
    let service = township_of(&disk.path().join("server"), rng)?;
    let mut phones: Vec<Phone> = (0..WORKERS)
        .map(|number| Phone::enrol(&service, &worker(number), rng))
        .collect();
    for back in 0..DAYS {
        let begun_at = LAST.plus_ms(-86_400_000 * back as i64);
        for (number, phone) in phones.iter_mut().enumerate() {
            let plane = plane_of(number % GRIDS);
            let walk = lanes(rng, FIXES, SIDE_M);
            let points: Vec<Position> = walk.into_iter().map(|at| plane.position(at)).collect();
            let walker = Walker {
                patrol: PatrolId::from_bytes(rng.random()),
                install: phone.install,
                person: person(&worker(number)),
                grid: grid_of(number),
            };
            let (bytes, _) = segments(walker, begun_at, points.into_iter(), rng)?;
            push(&service, phone, &bytes)?;
        }
    }
    let operator = Caller::Operator { person: None };
    let query = CoverageQuery {
        feed: Some(unit("T1")),
        period: Some("2026-10".parse()?),
        ..CoverageQuery::default()
    };
    let (first_s, _) = time_of(1, || service.coverage(&operator, &query));
    let (spent_s, answer) = time_of(3, || service.coverage(&operator, &query));
    let share = answer?.total.seen_share.unwrap_or(0.0);
    let name = "a township's month from the server, 150 grids, ages and blind spots too";
    Ok(vec![
        Figure::told(format!("{name}, first time, CPU"), first_s, "s"),
        Figure::told(format!("{name}, CPU"), spent_s, "s"),
        Figure::told(format!("{name}: share seen"), share * 100.0, "%"),
        Figure::at_most(
            "ten such townships (1,434 grids), CPU",
            spent_s * COUNTY as f64 / GRIDS as f64,
            "s",
            MONTH_S_MAX,
        ),
    ])
}
