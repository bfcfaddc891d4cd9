//! What the server costs without HTTP: a township's day pushed into the service, its disk, its quiet syncs and its restart; and gate,
//! store and projection against a bare loop of automerge over the same changes in the same run.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use automerge::Automerge;
use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::command::{Action, Assignment, Command, Opening, SignedCommand, Urgency};
use xunge_core::directory::{Category, DirectoryRecord, Level, Person, Post, PostKind, Role, Unit, UnitKind};
use xunge_core::document::{Document, FieldEdit};
use xunge_core::enrolment::EnrolRequest;
use xunge_core::id::{
    ActorId, CategoryId, ChangeHash, CommandId, InstallId, PersonId, PostId, ReportId, UnitId,
};
use xunge_core::report::ReportContent;
use xunge_core::signature::SigningKey;
use xunge_core::sync::message::{
    FeedPosition, Item, ItemResult, Manifest, ManifestSeal, PROTOCOL, ScopeTag, SyncAnswer, SyncRequest,
};
use xunge_core::time::{DeviceTime, SystemClock, Timestamp};
use xunge_server::config::Secrets;
use xunge_server::limits::Limits;
use xunge_server::service::DirectoryChange;
use xunge_server::{Caller, Service, ServiceConfig};

use super::Figure;

/// Workers; each makes [`REPORTS`] reports.
const WORKERS: usize = 150;

/// Reports of each worker.
const REPORTS: usize = 20;

/// Grids; each chief answers for two.
const GRIDS: usize = 30;

/// Rounds of edits for the comparison with the bare loop.
const EDITS: usize = 2;

/// Quiet syncs that are timed; the mean counts.
const QUIET: u32 = 400;

/// 2026-11-23 10:00 in Shanghai.
const AT: Timestamp = Timestamp(1_795_399_200_000);

const WORDS: &str = "王家桥头东侧农贸市场门口堆放建筑垃圾约三车，占用人行道和半条车道，早上赶集的人只能绕到马路上走，电动车经过时差点碰到\
老人。问过摊主，说是昨天夜里装修队倒的，电话打不通。已请他们先用警戒带围起来，建议综合执法队今天联系清运，并查一下附近监控找到倒垃圾的车辆，\
另外路灯坏了一盏。";

fn unit(code: &str) -> UnitId {
    UnitId::new(code).expect("a plain code")
}

fn person(code: &str) -> PersonId {
    PersonId::new(code).expect("a plain code")
}

fn category() -> CategoryId {
    CategoryId::new("rubbish").expect("a plain code")
}

const fn device_time() -> DeviceTime {
    DeviceTime {
        wall_at: AT,
        monotonic_ms: 5,
        boot: 7,
        server_offset_ms: Some(12),
        server_offset_age_ms: Some(60_000),
    }
}

fn directory() -> Vec<DirectoryChange> {
    let node = |id: &str, kind, parent: Option<&str>| {
        DirectoryRecord::Unit(Unit {
            id: unit(id),
            name: id.into(),
            kind,
            parent: parent.map(unit),
            boundary: None,
            telephone: None,
            has_accounts: true,
        })
    };
    let mut records = vec![
        node("C1", UnitKind::County, None),
        node("T1", UnitKind::Township, Some("C1")),
        node("V1", UnitKind::Village, Some("T1")),
        node("D1", UnitKind::Department, Some("T1")),
        DirectoryRecord::Category(Category {
            id: category(),
            version: 1,
            parent: None,
            name: "暴露垃圾".into(),
            fields: Vec::new(),
            is_record_only: false,
            is_sensitive: false,
            is_urgent: false,
            is_offered: true,
            department: None,
            picture_long_side_px: None,
        }),
    ];
    for grid in 0..GRIDS {
        records.push(node(&format!("G{grid:02}"), UnitKind::Grid, Some("V1")));
    }
    let mut holds = vec![("room".to_owned(), "T1".to_owned(), Role::Clerk)];
    for worker in 0..WORKERS {
        holds.push((
            format!("w{worker:03}"),
            format!("G{:02}", worker % GRIDS),
            Role::Worker,
        ));
    }
    for grid in 0..GRIDS {
        holds.push((format!("c{:02}", grid / 2), format!("G{grid:02}"), Role::Chief));
    }
    for (number, (who, at, role)) in holds.into_iter().enumerate() {
        records.push(DirectoryRecord::Person(Person {
            id: person(&who),
            name: who.clone(),
            telephone: None,
        }));
        records.push(DirectoryRecord::Post(Post {
            id: PostId::new(format!("p{number}")).expect("a plain code"),
            unit: unit(&at),
            role,
            person: person(&who),
            kind: PostKind::Appointment,
            held_from: Timestamp(0),
            held_to: None,
        }));
    }
    let dated = |record| DirectoryChange {
        record,
        valid_from: Timestamp(0),
        valid_to: None,
    };
    records.into_iter().map(dated).collect()
}

/// A phone of the bench: it keeps keys and a cursor.
struct Phone {
    caller: Caller,
    install: InstallId,
    person: PersonId,
    actor: ActorId,
    key: SigningKey,
    position: FeedPosition,
    rng: StdRng,
}

/// A report with its document.
struct Made {
    id: ReportId,
    document: Document,
    changes: Vec<Vec<u8>>,
    opening: Opening,
    version: CommandId,
}

fn open(database: &Path, secrets: &Secrets) -> Service {
    Service::open(ServiceConfig {
        database: database.to_owned(),
        secrets: secrets.clone(),
        clock: Arc::new(SystemClock),
        limits: Limits::default(),
        seed: [1; 32],
    })
    .expect("a fresh folder takes a database")
}

impl Phone {
    fn enrol(service: &Service, who: &str, rng: &mut StdRng) -> Self {
        let key = SigningKey::random(rng);
        let operator = Caller::Operator { person: None };
        let ticket = service
            .enrolment_create(&operator, &person(who), None)
            .expect("the person is in the directory");
        let request = EnrolRequest {
            code: ticket.secret,
            public_key: hex::encode(key.public().0),
            app_version: "bench".into(),
            device_label: who.into(),
        };
        let answer = service.enrolment_redeem(&request).expect("the code is fresh");
        Self {
            caller: Caller::Install {
                install: answer.install,
                person: person(who),
                is_revoked: false,
            },
            install: answer.install,
            person: person(who),
            actor: answer.actor,
            key,
            position: FeedPosition {
                feed: unit("T1"),
                generation: None,
                cursor: 0,
                scope: None::<ScopeTag>,
                digest: None,
            },
            rng: StdRng::from_rng(rng),
        }
    }

    fn make(&mut self, grid: &str) -> Made {
        let id = ReportId::random(&mut self.rng);
        let code = format!("{grid}-261123-{}", &id.to_string()[..7]);
        let mut content = ReportContent::begin(id, code.clone(), unit("T1"), self.person.clone(), AT);
        content.category = Some(category());
        content.category_version = 1;
        content.grid = Some(unit(grid));
        content.description = format!("{WORDS}{}", id);
        content.place_text = "王家桥头".into();
        content.occurred_at = Some(AT);
        let (document, first) =
            Document::create(&content, self.actor, AT.as_millis() / 1000).expect("the content is small");
        Made {
            id,
            document,
            changes: vec![first.bytes],
            version: CommandId::random(&mut self.rng),
            opening: Opening {
                grid: unit(grid),
                category: category(),
                category_version: 1,
                urgency: Urgency::Normal,
                code,
                level: Level::Grid,
            },
        }
    }

    fn command(&mut self, id: CommandId, made: &Made, action: Action, saw: Option<CommandId>) -> Item {
        let command = Command {
            id,
            report: made.id,
            action,
            by: self.person.clone(),
            post: None,
            install: self.install,
            saw,
            heads: made.document.heads(),
            attachments: Vec::new(),
            reason: None,
            at: device_time(),
            text: None,
        };
        Item::Command {
            command: SignedCommand::sign(&command, &self.key),
        }
    }

    /// A decision on what stands now; it becomes what stands.
    fn decide(&mut self, made: &mut Made, action: Action) -> Item {
        let id = CommandId::random(&mut self.rng);
        let item = self.command(id, made, action, Some(made.version));
        made.version = id;
        item
    }

    fn request(&self, items: Vec<Item>) -> SyncRequest {
        let manifest = Manifest {
            install: self.install,
            names: items.iter().map(|i| ChangeHash(i.name())).collect(),
            at: device_time(),
        };
        let bytes = minicbor::to_vec(&manifest).expect("encoding to memory cannot fail");
        SyncRequest {
            protocol: PROTOCOL,
            install: self.install,
            feeds: vec![self.position.clone()],
            manifest: (!items.is_empty()).then(|| ManifestSeal {
                at: device_time(),
                signature: self.key.sign("manifest", &bytes),
            }),
            items,
            answer_bytes_max: 1 << 20,
            at: device_time(),
            health: None,
            backfill: Vec::new(),
            repair: None,
        }
    }

    /// Syncs until nothing is left; gives the time inside the service and all results.
    fn sync(&mut self, service: &Service, items: Vec<Item>) -> (Duration, Vec<ItemResult>) {
        let mut request = self.request(items);
        let (mut spent, mut results) = (Duration::ZERO, Vec::new());
        loop {
            let start = Instant::now();
            let answer = service.sync(&self.caller, &request).expect("the service answers");
            spent += start.elapsed();
            self.take(&answer);
            results.extend(answer.results);
            if !answer.more {
                return (spent, results);
            }
            request = self.request(Vec::new());
        }
    }

    fn take(&mut self, answer: &SyncAnswer) {
        for page in &answer.pages {
            self.position.cursor = page.cursor;
            self.position.generation = Some(page.generation);
            if let Some(scope) = &page.scope {
                self.position.scope = Some(scope.tag);
            }
        }
    }
}

/// Whether every item was stored or accepted: a bench of refusals would measure nothing.
fn assert_taken(results: &[ItemResult]) {
    for result in results {
        let is_taken = match result {
            ItemResult::Stored => true,
            ItemResult::Decided { result } => result.result().is_ok_and(|r| r.outcome.is_accepted()),
            _ => false,
        };
        assert!(is_taken, "an item was not taken: {result:?}");
    }
}

/// Loads, applies, saves and reloads each change, as a server without a gate, a store or a queue would.
fn bare(reports: &[Made]) -> Duration {
    let start = Instant::now();
    for made in reports {
        let mut saved: Option<Vec<u8>> = None;
        for change in &made.changes {
            let mut document = match &saved {
                Some(bytes) => Automerge::load(bytes).expect("its own bytes load"),
                None => Automerge::new(),
            };
            let change = automerge::Change::try_from(&change[..]).expect("its own change parses");
            document.apply_changes([change]).expect("in order");
            let bytes = document.save();
            Automerge::load(&bytes).expect("its own bytes load");
            saved = Some(bytes);
        }
    }
    start.elapsed()
}

struct Day {
    folder: tempfile::TempDir,
    secrets: Secrets,
    service: Service,
    workers: Vec<Phone>,
    reports: Vec<Made>,
}

/// Measures everything: about 10 s in a release build.
pub fn figures() -> Vec<Figure> {
    let mut rng = StdRng::seed_from_u64(20_261_123);
    let mut day = begin(&mut rng);
    let mut figures = Vec::new();
    let content = push_content(&mut day);
    let ratio = 100.0 * bare(&day.reports).as_secs_f64() / content.as_secs_f64();
    figures.push(Figure::at_least(
        "server: gate, store and projection against a bare loop",
        ratio,
        "%",
        50.0,
    ));
    drop(day);
    let mut day = begin(&mut rng);
    live(&mut day, &mut rng, &mut figures);
    quiet(&mut day, &mut figures);
    restart(day, &mut figures);
    figures
}

fn begin(rng: &mut StdRng) -> Day {
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = Secrets::random(rng);
    let service = open(&folder.path().join("xunge.sqlite"), &secrets);
    let operator = Caller::Operator { person: None };
    service
        .directory_apply(&operator, &directory())
        .expect("the directory is whole");
    let mut workers: Vec<Phone> = (0..WORKERS)
        .map(|n| Phone::enrol(&service, &format!("w{n:03}"), rng))
        .collect();
    let mut reports = Vec::new();
    for (number, phone) in workers.iter_mut().enumerate() {
        phone.sync(&service, Vec::new());
        let grid = format!("G{:02}", number % GRIDS);
        reports.extend((0..REPORTS).map(|_| phone.make(&grid)));
    }
    Day {
        folder,
        secrets,
        service,
        workers,
        reports,
    }
}

/// Pushes first changes and edits, without commands.
fn push_content(day: &mut Day) -> Duration {
    let mut spent = Duration::ZERO;
    for round in 0..=EDITS {
        for (phone, reports) in day.workers.iter_mut().zip(day.reports.chunks_mut(REPORTS)) {
            let mut items = Vec::new();
            for made in reports {
                if round > 0 {
                    let edit = [FieldEdit::SetPlaceText(format!("桥头 {round}"))];
                    let change = made.document.edit(&edit, phone.actor, 2).expect("a small edit");
                    made.changes.push(change.expect("it changes something").bytes);
                }
                items.push(Item::Change {
                    report: made.id,
                    bytes: made.changes[round].clone().into(),
                });
            }
            let (time, results) = phone.sync(&day.service, items);
            assert_taken(&results);
            spent += time;
        }
    }
    spent
}

/// The day: hand in, approve, accept and dispatch, remark.
fn live(day: &mut Day, rng: &mut StdRng, figures: &mut Vec<Figure>) {
    let mut phase = |name: &str, spent: Duration, goal_s: f64| {
        figures.push(Figure::at_most(
            format!("server: {name}"),
            spent.as_secs_f64(),
            "s",
            goal_s,
        ));
    };
    let mut spent = Duration::ZERO;
    for (phone, reports) in day.workers.iter_mut().zip(day.reports.chunks_mut(REPORTS)) {
        let mut items = Vec::new();
        for made in reports {
            items.push(Item::Change {
                report: made.id,
                bytes: made.changes[0].clone().into(),
            });
            let action = Action::Submit {
                opening: made.opening.clone(),
            };
            items.push(phone.command(made.version, made, action, None));
        }
        let (time, results) = phone.sync(&day.service, items);
        assert_taken(&results);
        spent += time;
    }
    phase("150 workers hand in 3,000 reports", spent, 1.3);
    let mut spent = Duration::ZERO;
    for chief in 0..GRIDS / 2 {
        let mut phone = Phone::enrol(&day.service, &format!("c{chief:02}"), rng);
        let grids = [
            unit(&format!("G{:02}", chief * 2)),
            unit(&format!("G{:02}", chief * 2 + 1)),
        ];
        let own = day.reports.iter_mut().filter(|m| grids.contains(&m.opening.grid));
        let items = own.map(|made| phone.decide(made, Action::Approve)).collect();
        let (time, results) = phone.sync(&day.service, items);
        assert_taken(&results);
        spent += time;
    }
    phase("15 chiefs approve them", spent, 0.74);
    let mut room = Phone::enrol(&day.service, "room", rng);
    let mut spent = Duration::ZERO;
    for reports in day.reports.chunks_mut(100) {
        let mut items = Vec::new();
        for made in reports {
            items.push(room.decide(made, Action::Accept));
            let to = vec![Assignment::lead(unit("D1"))];
            items.push(room.decide(made, Action::Dispatch { to }));
        }
        let (time, results) = room.sync(&day.service, items);
        assert_taken(&results);
        spent += time;
    }
    phase("the room makes two decisions on each", spent, 0.5);
    let mut spent = Duration::ZERO;
    for (phone, reports) in day.workers.iter_mut().zip(day.reports.chunks_mut(REPORTS)) {
        let mut items = Vec::new();
        for made in reports {
            let id = CommandId::random(&mut phone.rng);
            items.push(phone.command(id, made, Action::Remark, Some(made.version)));
        }
        let (time, results) = phone.sync(&day.service, items);
        assert_taken(&results);
        spent += time;
    }
    phase("workers give a remark on each", spent, 1.0);
}

/// A sync that has nothing to say.
fn quiet(day: &mut Day, figures: &mut Vec<Figure>) {
    let phone = &mut day.workers[0];
    phone.sync(&day.service, Vec::new());
    let request = phone.request(Vec::new());
    let start = Instant::now();
    let mut bytes = 0;
    for _ in 0..QUIET {
        let answer = day
            .service
            .sync(&phone.caller, &request)
            .expect("the service answers");
        bytes = minicbor::to_vec(&answer).map_or(0, |b| b.len());
    }
    let each = start.elapsed().as_secs_f64() * 1000.0 / f64::from(QUIET);
    figures.push(Figure::at_most(
        "server: a quiet sync at 3,000 reports",
        each,
        "ms",
        1.0,
    ));
    let both = minicbor::to_vec(&request).map_or(0, |b| b.len()) + bytes;
    figures.push(Figure::at_most(
        "server: a quiet sync, both ways",
        both as f64,
        "bytes",
        1_024.0,
    ));
}

/// From opening the database to the first answer.
fn restart(day: Day, figures: &mut Vec<Figure>) {
    let Day {
        folder,
        secrets,
        service,
        workers,
        ..
    } = day;
    // Closed, so that what counts is the database and not its log.
    drop(service);
    let database = folder.path().join("xunge.sqlite");
    let bytes = std::fs::metadata(&database).map_or(0, |facts| facts.len());
    let each = bytes as f64 / (WORKERS * REPORTS) as f64;
    figures.push(Figure::at_most(
        "server: disk of a report of the day",
        each,
        "bytes",
        6_144.0,
    ));
    let request = workers[0].request(Vec::new());
    let start = Instant::now();
    let service = open(&folder.path().join("xunge.sqlite"), &secrets);
    service
        .sync(&workers[0].caller, &request)
        .expect("the service answers");
    let spent = start.elapsed().as_secs_f64();
    figures.push(Figure::at_most(
        "server: restart to first answer at 3,000 reports",
        spent,
        "s",
        0.1,
    ));
}
