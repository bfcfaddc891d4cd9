//! What goes over the wire of a small township, as examples for everything that takes bytes.

use std::sync::{Arc, Mutex};

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::command::Action;
use xunge_core::id::ReportId;
use xunge_core::patrol::PatrolKind;
use xunge_core::sync::codec::{self, Encoding};
use xunge_core::sync::message::{Item, SyncAnswer, SyncRequest};
use xunge_core::sync::transport::{HttpRequest, HttpResponse};
use xunge_core::time::Clock;

use crate::township::unit_id;
use crate::walker;
use crate::world::{World, acts};

/// The most that any message has when it is unpacked, in bytes.
pub(super) const PLAIN_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Requests with their answers, and the township in which they were heard, which goes on.
pub struct Heard {
    /// In order.
    pub talk: Vec<(HttpRequest, HttpResponse)>,
    /// The reports that were made.
    pub reports: Vec<ReportId>,
    /// Phones 0 and 1 are workers', 2 the chief's.
    pub world: World,
}

impl Heard {
    /// Lives a morning: two workers and a chief capture, edit, decide and send, with pictures and a walk; somebody new enrols.
    pub fn morning() -> Self {
        let mut world = World::small(20_261_122);
        let talk = Arc::new(Mutex::new(Vec::new()));
        for person in ["w01", "w02", "c01"] {
            let phone = world.add_phone(&[person]);
            let heard = Arc::clone(&talk);
            world.phones[phone].link.tap(Some(Box::new(move |request, front| {
                let answer = front.answer(request);
                let mut heard = heard.lock().expect("nobody panics with it");
                heard.push((request.clone(), answer.clone()));
                Some(Ok(answer))
            })));
        }
        world.sync_all_of(&[0, 1, 2]);
        let mut reports = Vec::new();
        for round in 0..4_u64 {
            for (phone, grid) in [(0, "QH-YF-A1"), (1, "QH-YF-A2")] {
                let device = world.device(phone);
                let report = acts::draft(&device, grid, "an illegal banner 横幅");
                acts::add_small_picture(&device, report, round);
                device.submit(report).expect("the report is complete");
                reports.push(report);
            }
            world.sync_all_of(&[0, 1, 2]);
            let device = world.device(0);
            acts::rewrite(&device, reports[0], "other words");
            device.add_note(reports[0], "a note").expect("a note is taken");
            if round == 0 {
                walk(&mut world, 0);
            }
            if round == 1 {
                world.decide(2, reports[0], Action::Return);
                world.decide(2, reports[2], Action::Approve);
            }
            world.sync_all_of(&[0, 2, 1, 0]);
        }
        for phone in &world.phones {
            phone.link.heal();
        }
        let talk = std::mem::take(&mut *talk.lock().expect("nobody panics with it"));
        Self { talk, reports, world }
    }

    /// Sync requests as the server unpacked them.
    pub(super) fn requests(&self) -> Vec<SyncRequest> {
        let bodies = self.talk.iter().filter(|(request, _)| request.path == "/v1/sync");
        bodies
            .filter_map(|(request, _)| {
                let header = request
                    .headers
                    .iter()
                    .find(|(name, _)| name == "content-encoding");
                let encoding = Encoding::of_header(header.map(|(_, value)| value.as_str()))?;
                codec::unpack(&request.body, encoding, PLAIN_BYTES_MAX).ok()
            })
            .collect()
    }

    /// The answers to them.
    pub(super) fn answers(&self) -> Vec<SyncAnswer> {
        let answers = self.talk.iter().filter(|(request, _)| request.path == "/v1/sync");
        answers
            .filter_map(|(_, answer)| {
                let encoding = Encoding::of_header(answer.header("content-encoding"))?;
                codec::unpack(&answer.body, encoding, PLAIN_BYTES_MAX).ok()
            })
            .collect()
    }

    /// What was pushed, of one kind, in order.
    pub(super) fn items(&self, kind: impl Fn(&Item) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
        let requests = self.requests();
        let items = requests.iter().flat_map(|request| &request.items);
        items.filter_map(kind).collect()
    }

    /// The pushed changes of a report, in their order.
    pub(super) fn changes_of(&self, wanted: &ReportId) -> Vec<Vec<u8>> {
        self.items(|item| match item {
            Item::Change { report, bytes } if report == wanted => Some(bytes.to_vec()),
            _ => None,
        })
    }
}

/// A worker's walk of three minutes through his grid, with a check-up of a key place where one is near.
fn walk(world: &mut World, phone: usize) {
    let device = world.device(phone);
    let outline = world
        .township
        .unit(&unit_id("QH-YF-A1"))
        .and_then(|unit| unit.boundary.clone());
    let outline = outline.expect("the first grids are drawn");
    device
        .patrol_start(PatrolKind::Routine, &[], None, None)
        .expect("a patrol starts");
    let begun_at = world.time.now();
    let mut rng = StdRng::seed_from_u64(5);
    for reading in walker::walk_through(&outline, 180_000, &walker::Faults::USUAL, &mut rng) {
        let at = begun_at.plus_ms(reading.after_ms);
        world.pass_ms(at.ms_since(world.time.now()).max(0));
        let shown = world.phones[phone].clock.read();
        device.add_fix(&reading.fix(at, shown)).expect("a fix is taken");
    }
    device.patrol_end().expect("a patrol ends");
}
