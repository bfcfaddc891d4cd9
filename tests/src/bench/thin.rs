//! A thin phone: it makes, signs and sends as a phone does, and keeps nothing but keys and a cursor. It calls the service itself, so that
//! what is timed is the server alone, and so that a server can be filled in seconds.

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::command::{Action, Command, Opening, SignedCommand, Urgency};
use xunge_core::directory::Level;
use xunge_core::document::Document;
use xunge_core::enrolment::EnrolRequest;
use xunge_core::id::{ActorId, ChangeHash, CommandId, FieldId, InstallId, PersonId, ReportId};
use xunge_core::report::{Answer, ReportContent};
use xunge_core::signature::SigningKey;
use xunge_core::sync::message::{
    FeedPosition, Item, ItemResult, Manifest, ManifestSeal, PROTOCOL, ScopeTag, SyncRequest,
};
use xunge_core::sync::vouch;
use xunge_core::time::{DeviceTime, Timestamp};
use xunge_server::{Caller, Service};

use super::township::{FIELDS, category, person, unit};
use super::words::words;

/// 2026-11-23 10:00 in Shanghai.
pub(super) const AT: Timestamp = Timestamp(1_795_399_200_000);

pub(super) const fn device_time() -> DeviceTime {
    DeviceTime {
        wall_at: AT,
        monotonic_ms: 5,
        boot: 7,
        server_offset_ms: Some(12),
        server_offset_age_ms: Some(60_000),
    }
}

/// A phone of the bench: it keeps keys and a cursor.
pub(super) struct Phone {
    pub(super) caller: Caller,
    pub(super) install: InstallId,
    pub(super) person: PersonId,
    pub(super) actor: ActorId,
    pub(super) key: SigningKey,
    pub(super) position: FeedPosition,
    pub(super) rng: StdRng,
}

/// A report with its document.
pub(super) struct Made {
    pub(super) id: ReportId,
    pub(super) document: Document,
    pub(super) changes: Vec<Vec<u8>>,
    pub(super) opening: Opening,
    pub(super) version: CommandId,
}

impl Phone {
    pub(super) fn enrol(service: &Service, who: &str, rng: &mut StdRng) -> Self {
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
                checkpoint: None,
            },
            rng: StdRng::from_rng(rng),
        }
    }

    pub(super) fn make(&mut self, grid: &str) -> Made {
        let id = ReportId::random(&mut self.rng);
        let code = format!("{grid}-261123-{}", &id.to_string()[..7]);
        let mut content = ReportContent::begin(id, code.clone(), unit("T1"), self.person.clone(), AT);
        content.category = Some(category());
        content.category_version = 1;
        content.grid = Some(unit(grid));
        content.description = words(&mut self.rng, 160);
        content.place_text = words(&mut self.rng, 6);
        content.occurred_at = Some(AT);
        let field = |id: &str| FieldId::new(id).expect("a plain code");
        content.answers.insert(field(FIELDS[0]), Answer::Number(3.0));
        content.answers.insert(field(FIELDS[1]), Answer::YesNo(false));
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

    pub(super) fn command(
        &mut self,
        id: CommandId,
        made: &Made,
        action: Action,
        saw: Option<CommandId>,
    ) -> Item {
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

    pub(super) fn request(&self, items: Vec<Item>) -> SyncRequest {
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
            vouches: Vec::new(),
            coverage: None,
        }
    }

    /// Pushes, and leaves what the answer brings.
    pub(super) fn push(&mut self, service: &Service, items: Vec<Item>) -> Vec<ItemResult> {
        self.timed_push(service, items).1
    }

    /// As [`push`](Self::push), with the time inside the service.
    pub(super) fn timed_push(&mut self, service: &Service, items: Vec<Item>) -> (Duration, Vec<ItemResult>) {
        let request = self.request(items);
        let start = Instant::now();
        let mut answer = service.sync(&self.caller, &request).expect("the service answers");
        let time = start.elapsed();
        let server = service.secrets().server_key.public();
        vouch::open(&mut answer, &request.items, &server).expect("the server signed it");
        (time, answer.results)
    }
}

/// Whether every item was stored or accepted: a bench of refusals would measure nothing.
pub(super) fn assert_taken(results: &[ItemResult]) {
    for result in results {
        let is_taken = match result {
            ItemResult::Stored => true,
            ItemResult::Decided { result } => result.result().is_ok_and(|r| r.outcome.is_accepted()),
            _ => false,
        };
        assert!(is_taken, "an item was not taken: {result:?}");
    }
}
