//! Answers of a server that lies or errs: a phone takes what is sound, stays whole, and loses nothing of its own.

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use xunge_core::app::Device;
use xunge_core::id::ReportId;
use xunge_core::sync::codec::{self, Encoding};
use xunge_core::sync::message::SyncAnswer;
use xunge_core::sync::transport::{CancelToken, HttpResponse};

use super::heard::PLAIN_BYTES_MAX;
use super::{Taken, Target, alter, documents};
use crate::world::{Link, World, acts};

/// Every so many answers the worker hands in another report, and so does a colleague.
const CAPTURE_EVERY: u64 = 20;

/// A phone whose next answer is damaged on its way. An input is the recipe: the seed of the damages.
pub(super) struct Answers {
    examples: Vec<Vec<u8>>,
    world: World,
    device: Arc<Device>,
    link: Arc<Link>,
    captured: Vec<ReportId>,
    turn: u64,
}

impl Answers {
    pub(super) fn new() -> Self {
        let mut world = World::small(7);
        let phone = world.add_phone(&["w01"]);
        let colleague = world.add_phone(&["w25"]);
        world.sync_all_of(&[phone, colleague]);
        Self {
            examples: (0..8_u64).map(|seed| seed.to_be_bytes().to_vec()).collect(),
            device: world.device(phone),
            link: Arc::clone(&world.phones[phone].link),
            world,
            captured: Vec::new(),
            turn: 0,
        }
    }

    /// Both people of the grid hand something in; the colleague sends it.
    fn capture(&mut self) {
        // A server that lies about the township's grids keeps a report from being complete: it stays a draft then.
        let report = acts::draft(&self.device, GRID, "seen meanwhile");
        if self.device.submit(report).is_ok() {
            self.captured.push(report);
        }
        self.captured.push(self.world.hand_in(1, GRID, "seen by another"));
        self.world.sync_all_of(&[1]);
    }
}

/// The grid of both.
const GRID: &str = "QH-YF-A1";

/// The honest answer with damages in its message.
fn damaged(mut answer: HttpResponse, recipe: &[u8]) -> HttpResponse {
    let encoding = Encoding::of_header(answer.header("content-encoding"));
    let read = encoding.map(|encoding| codec::unpack::<SyncAnswer>(&answer.body, encoding, PLAIN_BYTES_MAX));
    if let Some(Ok(message)) = read {
        let mut seed = [0; 32];
        seed[..recipe.len().min(32)].copy_from_slice(&recipe[..recipe.len().min(32)]);
        let mut rng = StdRng::from_seed(seed);
        let plain = documents::plain(&message);
        // A damaged message is hardly ever one: try until it reads, so that the phone has something to judge.
        answer.body = (0..200)
            .map(|_| alter::damage(&plain, &mut rng))
            .find(|bytes| codec::unpack::<SyncAnswer>(bytes, Encoding::Plain, PLAIN_BYTES_MAX).is_ok())
            .unwrap_or(plain);
        answer.headers.retain(|(name, _)| name != "content-encoding");
    }
    answer
}

impl Target for Answers {
    fn name(&self) -> &'static str {
        "page_apply"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.examples
    }

    fn alter(&self, _: &[u8], rng: &mut StdRng) -> Vec<u8> {
        rng.random::<u64>().to_be_bytes().to_vec()
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        self.turn += 1;
        if self.turn % CAPTURE_EVERY == 1 {
            self.capture();
        }
        let recipe = bytes.to_vec();
        let mut is_given = false;
        self.link.tap(Some(Box::new(move |request, front| {
            let is_first = request.path == "/v1/sync" && !std::mem::replace(&mut is_given, true);
            is_first.then(|| Ok(damaged(front.answer(request), &recipe)))
        })));
        let report = self.device.sync(self.link.as_ref(), &CancelToken::new());
        self.link.heal();
        match report.store_failure {
            Some(why) => Err(format!("the phone's store gave way: {why}")),
            None if report.failure.is_some() => Ok(Taken::Refused),
            None => Ok(Taken::Accepted),
        }
    }

    /// With an honest server again, everything that was captured arrives.
    fn close(&mut self) -> Result<(), String> {
        for _ in 0..10 {
            self.device.sync(self.link.as_ref(), &CancelToken::new());
        }
        let missing = self.captured.iter().filter(|report| {
            let story = self.world.service().report_story(
                &crate::world::operator(),
                &xunge_server::service::ReportRef::Id(**report),
                None,
            );
            story.is_err()
        });
        match missing.count() {
            0 => Ok(()),
            n => Err(format!(
                "{n} of {} captured reports never arrived",
                self.captured.len()
            )),
        }
    }
}
