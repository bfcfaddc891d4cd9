//! A thin phone of the bench: it makes, signs and sends as a phone does, and keeps nothing but keys and a cursor.

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::command::{Action, Command, Opening, SignedCommand, Urgency};
use xunge_core::directory::Level;
use xunge_core::document::Document;
use xunge_core::enrolment::EnrolRequest;
use xunge_core::id::{ActorId, ChangeHash, CommandId, InstallId, PersonId, ReportId};
use xunge_core::report::ReportContent;
use xunge_core::signature::SigningKey;
use xunge_core::sync::message::{
    FeedPosition, Item, ItemResult, Manifest, ManifestSeal, PROTOCOL, ScopeTag, SyncAnswer, SyncRequest,
};
use xunge_core::time::{DeviceTime, Timestamp};
use xunge_server::{Caller, Service};

use super::township::{category, person, unit};

/// 2026-11-23 10:00 in Shanghai.
const AT: Timestamp = Timestamp(1_795_399_200_000);

const WORDS: &str = "王家桥头东侧农贸市场门口堆放建筑垃圾约三车，占用人行道和半条车道，早上赶集的人只能绕到马路上走，电动车经过时差点碰到\
老人。问过摊主，说是昨天夜里装修队倒的，电话打不通。已请他们先用警戒带围起来，建议综合执法队今天联系清运，并查一下附近监控找到倒垃圾的车辆，\
另外路灯坏了一盏。";

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

    /// A decision on what stands now; it becomes what stands.
    pub(super) fn decide(&mut self, made: &mut Made, action: Action) -> Item {
        let id = CommandId::random(&mut self.rng);
        let item = self.command(id, made, action, Some(made.version));
        made.version = id;
        item
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
        }
    }

    /// Syncs until nothing is left; gives the time inside the service and all results.
    pub(super) fn sync(&mut self, service: &Service, items: Vec<Item>) -> (Duration, Vec<ItemResult>) {
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

    pub(super) fn take(&mut self, answer: &SyncAnswer) {
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
