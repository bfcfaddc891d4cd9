//! Three weeks of the township: who hands in what when, and what becomes of it. The same every time, but for the day on which it ends.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use xunge_core::app::{Device, MediaSource, Phone, PhoneConfig};
use xunge_core::attachment::AttachmentRole;
use xunge_core::command::{Action, Assignment, AssignmentPart, Outcome, Reason, Urgency, Verdict};
use xunge_core::directory::DirectoryRecord;
use xunge_core::document::FieldEdit;
use xunge_core::id::{CategoryId, ReportId, UnitId};
use xunge_core::patrol::PatrolKind;
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::sync::transport::{CancelToken, HttpTransport};
use xunge_core::time::{Clock, Timestamp};
use xunge_server::service::{ActRequest, ReportRef};

use super::clock::StageClock;
use crate::demo::script::{SIGHTS, Sight, answers};
use crate::demo::server::{DemoServer, Problem, operator};
use crate::scene::{ExifClaims, Phase, SceneKind, draw, jpeg, voice_note};
use crate::township::{Township, person_id, unit_id};
use crate::walker::{Faults, walk_through};
use crate::world::account;

/// How many days back the history begins.
const DAYS: u64 = 20;

/// Reports handed in on each day, by hour and minute in Shanghai.
const HOURS: [(i64, i64); 3] = [(8, 40), (10, 15), (15, 20)];

/// The last reports stop half-way, so that everybody has something to do.
const LEFT_OPEN: usize = 16;

/// The workers who report and walk: one each of the first nine grids, so that the others are seldom seen.
const WORKERS: usize = 9;

const HOUR_MS: i64 = 3_600_000;

/// What happens to a report after it was handed in, so many minutes later.
#[derive(Clone, Debug)]
enum Step {
    Chief(Action, &'static str),
    Grid(fn(UnitId) -> Action, &'static str),
    Room(Action, &'static str),
    Accept,
    Dispatch,
    Department(fn(UnitId) -> Action, &'static str),
}

enum Happening {
    Report(usize),
    Step(usize, Step),
    Walk(usize),
}

struct History<'a> {
    township: &'a Township,
    server: &'a DemoServer,
    clock: &'a StageClock,
    devices: Vec<Arc<Device>>,
    transport: HttpTransport,
    reports: BTreeMap<usize, ReportId>,
    rng: StdRng,
}

/// Lives through it; tells the report of each state that was left open.
pub(super) fn live_through(
    township: &Township,
    server: &DemoServer,
    clock: &StageClock,
    folder: &Path,
) -> Result<Value, Problem> {
    let today = shanghai_day(clock.now());
    let first = today - Days::new(DAYS);
    clock.jump(instant(first, 8, 0));
    let mut history = History::begin(township, server, clock, folder)?;
    let now = xunge_core::time::SystemClock.read().wall_at;
    let mut all = happenings(first);
    all.retain(|(at, _)| *at < now);
    for (at, happening) in all {
        history.clock.jump(at);
        server.service.tick(at)?;
        history.happen(&happening)?;
    }
    for device in &history.devices {
        device.sync(&history.transport, &CancelToken::new());
    }
    clock.catch_up();
    server.service.tick(clock.now())?;
    let told = history.reports.iter().map(|(n, id)| (n.to_string(), json!(id)));
    Ok(Value::Object(told.collect()))
}

fn shanghai_day(at: Timestamp) -> NaiveDate {
    at.plus_ms(8 * HOUR_MS).to_utc().date_naive()
}

/// An hour of a day in Shanghai, which has had no summer time for long.
fn instant(day: NaiveDate, hour: i64, minute: i64) -> Timestamp {
    let midnight = day
        .and_hms_opt(0, 0, 0)
        .expect("midnight is a time of day")
        .and_utc();
    Timestamp(midnight.timestamp_millis() + (hour - 8) * HOUR_MS + minute * 60_000)
}

/// Everything in the order in which it happens.
fn happenings(first: NaiveDate) -> Vec<(Timestamp, Happening)> {
    let mut all = Vec::new();
    let count = usize::try_from(DAYS).expect("a few") * HOURS.len();
    for number in 0..count {
        let day = first + Days::new((number / HOURS.len()) as u64);
        let (hour, minute) = HOURS[number % HOURS.len()];
        let at = instant(day, hour, minute);
        all.push((at, Happening::Report(number)));
        let left = number.checked_sub(count - LEFT_OPEN);
        let steps = steps(number);
        let taken = left.map_or(steps.len(), |left| left % 8);
        for (after_min, step) in steps.into_iter().take(taken) {
            let step_at = at.plus_ms(after_min * 60_000);
            all.push((step_at, Happening::Step(number, step)));
        }
    }
    for day in 0..DAYS {
        let worker = usize::try_from(day).expect("a few");
        for (n, hour) in [(worker % WORKERS, 9), ((worker * 2 + 3) % WORKERS, 14)] {
            all.push((instant(first + Days::new(day), hour, 30), Happening::Walk(n)));
        }
    }
    all.sort_by_key(|(at, _)| *at);
    all
}

/// What becomes of the report with this number, in minutes after it was handed in.
fn steps(number: usize) -> Vec<(i64, Step)> {
    let sight = sight(number);
    let sign = |unit| Action::Sign { unit };
    let feed_back = |unit| Action::FeedBack { unit };
    if sight.is_small {
        return vec![(75, Step::Chief(Action::Approve, ""))];
    }
    if sight.category == "service.visit" {
        return Vec::new();
    }
    let mut steps = match number % 10 {
        // The chief is away: it passes by him.
        0 => vec![(9 * 60, Step::Accept)],
        1 if number % 20 == 11 => return vec![(60, Step::Chief(Action::Return, "照片看不清，请补一张近景"))],
        2 => {
            return vec![
                (40, Step::Chief(Action::TakeOn, "")),
                (60 * 6, Step::Grid(feed_back, "已联系住户，当天整改到位")),
                (60 * 6 + 5, Step::Chief(Action::Close, "")),
            ];
        }
        _ => vec![(50, Step::Chief(Action::Approve, "")), (95, Step::Accept)],
    };
    let feed_back_min = if number % 7 == 3 { 100 * 60 } else { 28 * 60 };
    steps.push((10 * 60, Step::Dispatch));
    steps.push((12 * 60, Step::Department(sign, "")));
    steps.push((
        feed_back_min,
        Step::Department(feed_back, "已到现场处理完毕，照片附后"),
    ));
    let mut end_min = feed_back_min + 60;
    if number % 9 == 4 {
        steps.push((end_min, Step::Room(Action::Rework, "缺处置后照片")));
        steps.push((end_min + 600, Step::Department(feed_back, "补拍照片，已整改到位")));
        end_min += 700;
    }
    steps.push((end_min, Step::Room(Action::Close, "")));
    if number.is_multiple_of(3) {
        let verdict = if number % 15 == 6 {
            Verdict::NotConfirmed
        } else {
            Verdict::Confirmed
        };
        steps.push((end_min + 30, Step::Room(Action::CallBack { verdict }, "电话回访")));
    }
    steps
}

fn sight(number: usize) -> &'static Sight {
    &SIGHTS[(number * 5 + number / 16) % SIGHTS.len()]
}

impl<'a> History<'a> {
    fn begin(
        township: &'a Township,
        server: &'a DemoServer,
        clock: &'a StageClock,
        folder: &Path,
    ) -> Result<Self, Problem> {
        let transport = HttpTransport::new(&server.url(), b"")?;
        let mut devices = Vec::new();
        for number in 0..WORKERS {
            let mut config = PhoneConfig::new(Arc::new(clock.clone()), env!("CARGO_PKG_VERSION"));
            config.device_label = format!("worker-{:02}", number + 1);
            let phone = Phone::open(folder.join("phones").join(&config.device_label), config)?;
            let person = person_id(&format!("w{:02}", number + 1));
            let ticket = server.service.enrolment_create(&operator(), &person, None)?;
            let code = format!("xunge:1:{}:{}", server.url(), ticket.secret);
            let profile = phone.enrol(&code, &transport)?;
            let device = phone.device(&profile, None)?;
            device.sync(&transport, &CancelToken::new());
            devices.push(device);
        }
        Ok(Self {
            township,
            server,
            clock,
            devices,
            transport,
            reports: BTreeMap::new(),
            rng: StdRng::seed_from_u64(5),
        })
    }

    fn happen(&mut self, happening: &Happening) -> Result<(), Problem> {
        match happening {
            Happening::Report(number) => self.report(*number),
            Happening::Step(number, step) => self.step(*number, step),
            Happening::Walk(worker) => self.walk(*worker),
        }
    }

    fn report(&mut self, number: usize) -> Result<(), Problem> {
        let device = Arc::clone(&self.devices[number % WORKERS]);
        let sight = sight(number);
        let category = CategoryId::new(sight.category)?;
        let directory = device.directory()?;
        let now = self.clock.now();
        let kind = directory
            .category_current(&category, now)
            .ok_or("the directory has come")?
            .clone();
        let grid = &self.township.grids[number % WORKERS];
        let report = device.begin_draft()?;
        let words = sight.words[number % sight.words.len()];
        let mut edits = vec![
            FieldEdit::SetCategory {
                category,
                version: kind.version,
            },
            FieldEdit::SetDescription(words.to_owned()),
        ];
        if kind.is_urgent {
            edits.push(FieldEdit::SetUrgency(Urgency::Urgent));
        }
        edits.extend(answers(&mut self.rng, &kind));
        device.edit_draft(report, &edits)?;
        let at = self.place(number, grid);
        let claim = PlaceClaim {
            position: at,
            accuracy_m: 9.0,
            provider: Provider::Satellite,
            is_mock: false,
            age_ms: 2_000,
        };
        device.set_place(report, claim)?;
        device.edit_draft(report, &[FieldEdit::SetGrid(Some(grid.clone()))])?;
        let role = AttachmentRole::Scene;
        device.add_picture(report, &self.picture(sight, Phase::Before, number, at), role)?;
        if number % 6 == 5 {
            let note = voice_note(u64::try_from(number)?, 4_000);
            device.add_voice_note(report, &MediaSource::Bytes(note), role)?;
        }
        if sight.is_small {
            let after = self.picture(sight, Phase::After, number, at);
            device.add_picture(report, &after, AttachmentRole::After)?;
            device.settle(report, "已当场清理")?;
        } else {
            device.submit(report)?;
        }
        let synced = device.sync(&self.transport, &CancelToken::new());
        if let Some(failure) = synced.failure {
            return Err(format!("a sync failed: {failure:?}").into());
        }
        self.reports.insert(number, report);
        Ok(())
    }

    /// A place about the middle of the grid, another for each report.
    fn place(&self, number: usize, grid: &UnitId) -> Position {
        let middle = self.township.middle_of(grid);
        let aside = |k: usize| (k % 7) as f64 * 0.000_6 - 0.001_8;
        Position {
            lat_deg: middle.lat_deg + aside(number + number / 9 * 5),
            lon_deg: middle.lon_deg + aside(number * 2 + number / 9 * number / 9),
        }
    }

    fn picture(&self, sight: &Sight, phase: Phase, number: usize, at: Position) -> MediaSource {
        let seed = u64::try_from(number).unwrap_or(0);
        let pixels = draw(SceneKind::of_category(sight.category), phase, seed, (640, 480));
        let local = self.clock.now().to_utc().naive_utc() + chrono::TimeDelta::hours(8);
        let claims = ExifClaims {
            taken_at_local: local,
            lat_lon_deg: Some((at.lat_deg, at.lon_deg)),
            orientation: xunge_core::attachment::Orientation::ALL[0],
        };
        MediaSource::Bytes(jpeg(&pixels, Some(&claims)))
    }

    fn step(&mut self, number: usize, step: &Step) -> Result<(), Problem> {
        let Some(report) = self.reports.get(&number).copied() else {
            return Ok(());
        };
        let chief = format!("c{:02}", number % WORKERS + 1);
        match step {
            Step::Chief(action, why) => self.act(&chief, report, action.clone(), why),
            Step::Grid(action, why) => {
                let grid = self.township.grids[number % WORKERS].clone();
                self.act(&chief, report, action(grid), why)
            }
            Step::Room(action, why) => self.act("clerk", report, action.clone(), why),
            Step::Accept => {
                // Over a weekend the chief's clock stands still: then somebody rings him.
                if self.act("clerk", report, Action::Accept, "").is_err() {
                    self.act(&chief, report, Action::Approve, "")?;
                    self.act("clerk", report, Action::Accept, "")?;
                }
                Ok(())
            }
            Step::Dispatch => {
                let to = vec![Assignment {
                    unit: self.department(number),
                    part: AssignmentPart::Lead,
                    due_at: None,
                }];
                self.act("dispatcher", report, Action::Dispatch { to }, "")
            }
            Step::Department(action, why) => {
                let unit = self.department(number);
                let code = unit.as_str().rsplit('-').next().unwrap_or_default();
                let who = match self.township.unit(&unit).is_some_and(|unit| unit.has_accounts) {
                    true => format!("dept-{code}"),
                    false => "clerk".to_owned(),
                };
                self.act(&who, report, action(unit), why)
            }
        }
    }

    fn department(&self, number: usize) -> UnitId {
        let category = sight(number).category;
        let usual = self.township.records.iter().find_map(|record| match record {
            DirectoryRecord::Category(c) if c.id.as_str() == category => c.department.clone(),
            _ => None,
        });
        usual.unwrap_or_else(|| unit_id("QH-YF-zf"))
    }

    fn act(&self, who: &str, report: ReportId, action: Action, why: &str) -> Result<(), Problem> {
        let words = (!why.is_empty()).then(|| why.to_owned());
        let request = ActRequest {
            report: ReportRef::Id(report),
            action: action.clone(),
            post: None,
            reason: words.clone().map(Reason::words),
            text: words,
            saw: None,
            heads: None,
            id: None,
        };
        let done = self.server.service.act(&account(who), &request)?;
        match done.outcome {
            Outcome::Accepted => Ok(()),
            other => Err(format!("{who} could not {action:?}: {other:?}").into()),
        }
    }

    /// A walk of half an hour through the worker's grid.
    fn walk(&mut self, worker: usize) -> Result<(), Problem> {
        let device = Arc::clone(&self.devices[worker]);
        let grid = self.township.grids[worker].clone();
        let outline = self.township.unit(&grid).and_then(|unit| unit.boundary.clone());
        let outline = outline.ok_or("the first grids are drawn")?;
        let begun_at = self.clock.now();
        device.patrol_start(PatrolKind::Routine, &[grid], None, None)?;
        for reading in walk_through(&outline, 30 * 60_000, &Faults::USUAL, &mut self.rng) {
            let at = begun_at.plus_ms(reading.after_ms);
            self.clock.jump(at);
            device.add_fix(&reading.fix(at, self.clock.read()))?;
        }
        device.patrol_end()?;
        device.sync(&self.transport, &CancelToken::new());
        Ok(())
    }
}
