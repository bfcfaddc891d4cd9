//! A small server that keeps to the protocol: one township, one feed, everything in memory; and a link that breaks on demand.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::attachment::BlobHash;
use xunge_core::command::{Command, CommandResult, Event, Outcome, SignedCommand, SignedResult};
use xunge_core::directory::Directory;
use xunge_core::document::Document;
use xunge_core::document::gate::{self, SenderFacts, Snapshot, Verdict};
use xunge_core::draft::{self, SubmitKind};
use xunge_core::enrolment::{EnrolAnswer, EnrolRequest, SpareActor};
use xunge_core::id::{
    ActorId, CommandId, GenerationId, InstallId, PersonId, PersonRecordId, ReportId, UnitId,
};
use xunge_core::rescue::recovery_public_key;
use xunge_core::signature::{PublicKey, SigningKey, sha256};
use xunge_core::sync::codec;
use xunge_core::sync::message::*;
use xunge_core::sync::transport::{HttpRequest, HttpResponse, Method, Transport, TransportError};
use xunge_core::time::Timestamp;
use xunge_core::workflow::{self, Applied, DecisionContext, Matter};

use crate::world::{MONDAY_MS, directory, unit};

/// What the link does to one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// The request never arrives.
    LoseRequest,
    /// The server takes it in; the answer is lost.
    LoseAnswer,
    /// The request arrives twice.
    Duplicate,
    /// A captive portal answers.
    Portal,
    /// The server fails.
    Status(u16),
    /// The answer is cut to half.
    Cut,
}

#[derive(Clone, Default)]
pub(crate) struct Held {
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) changes: Vec<Vec<u8>>,
    pub(crate) events: Vec<Event>,
    pub(crate) matter: Option<Matter>,
    pub(crate) people: BTreeMap<PersonRecordId, Vec<u8>>,
    pub(crate) blobs: BTreeMap<BlobHash, u64>,
    pub(crate) erased: Vec<Erasure>,
}

#[derive(Clone)]
pub(crate) struct Install {
    pub(crate) id: InstallId,
    pub(crate) person: PersonId,
    pub(crate) key: PublicKey,
    pub(crate) actors: BTreeSet<ActorId>,
    pub(crate) spares: Vec<SpareActor>,
    pub(crate) is_revoked: bool,
}

#[derive(Clone, Default)]
pub(crate) struct Upload {
    pub(crate) bytes: Vec<u8>,
    pub(crate) size_bytes: usize,
    pub(crate) meta: BTreeMap<String, String>,
}

/// Everything that a backup of the server holds.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    pub(crate) rows: Vec<Payload>,
    pub(crate) reports: BTreeMap<ReportId, Held>,
    pub(crate) installs: Vec<Install>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    pub(crate) blobs: BTreeMap<BlobHash, Vec<u8>>,
    /// Grids that each person sees; everything where there is no entry.
    pub(crate) grids: BTreeMap<PersonId, Vec<UnitId>>,
    pub(crate) generation: Option<GenerationId>,
    pub(crate) offered: BTreeSet<InstallId>,
}

pub(crate) struct State {
    pub(crate) kept: Kept,
    pub(crate) faults: VecDeque<Option<Fault>>,
    pub(crate) requests: Vec<(Method, String, usize)>,
    pub(crate) last_request: Option<SyncRequest>,
    pub(crate) refuse: Option<RefusedCode>,
    pub(crate) now_ms: i64,
    rng: StdRng,
}

pub(crate) struct Server {
    pub(crate) state: Mutex<State>,
    pub(crate) key: SigningKey,
    directory: Directory,
}

pub(crate) const RECOVERY_SECRET: [u8; 32] = [9; 32];

impl Server {
    pub(crate) fn new() -> Self {
        let mut rng = StdRng::seed_from_u64(99);
        let key = SigningKey::random(&mut rng);
        let rows = directory();
        let generation = GenerationId::begun_at(Timestamp(MONDAY_MS), &mut rng);
        let kept = Kept {
            rows: rows
                .iter()
                .map(|row| Payload::Directory { row: row.clone() })
                .collect(),
            generation: Some(generation),
            ..Kept::default()
        };
        Self {
            state: Mutex::new(State {
                kept,
                faults: VecDeque::new(),
                requests: Vec::new(),
                last_request: None,
                refuse: None,
                now_ms: MONDAY_MS,
                rng,
            }),
            key,
            directory: Directory::from_rows(&rows),
        }
    }

    /// An enrolment code for a person.
    pub(crate) fn code(&self, who: &str) -> String {
        format!("xunge:1:http://server:{who}")
    }

    /// What the link does to the next requests.
    pub(crate) fn faults(&self, faults: &[Option<Fault>]) {
        self.state.lock().unwrap().faults = faults.iter().copied().collect();
    }

    pub(crate) fn kept(&self) -> Kept {
        self.state.lock().unwrap().kept.clone()
    }

    pub(crate) fn held(&self, report: ReportId) -> Held {
        self.kept().reports.get(&report).cloned().unwrap_or_default()
    }

    pub(crate) fn matter(&self, report: ReportId) -> Matter {
        self.held(report)
            .matter
            .expect("the server has decided the submission")
    }

    pub(crate) fn clear_requests(&self) {
        self.state.lock().unwrap().requests.clear();
    }

    /// Puts a backup back: a new generation, and everybody is asked to offer again.
    pub(crate) fn restore(&self, kept: Kept) {
        let mut state = self.state.lock().unwrap();
        let at = Timestamp(state.now_ms + 86_400_000);
        let generation = GenerationId::begun_at(at, &mut state.rng);
        state.kept = Kept {
            generation: Some(generation),
            offered: BTreeSet::new(),
            ..kept
        };
    }

    fn enrol(&self, state: &mut State, body: &[u8]) -> HttpResponse {
        let Ok(request) = serde_json::from_slice::<EnrolRequest>(body) else {
            return error(400, "malformed");
        };
        if request.code == "expired" {
            return error(409, "code_expired");
        }
        let key = PublicKey::from_slice(&hex::decode(&request.public_key).unwrap()).unwrap();
        let again = state.kept.installs.iter().position(|install| install.key == key);
        let index = again.unwrap_or_else(|| {
            let number = u32::try_from(state.kept.installs.len()).unwrap();
            let spares = (1..=3)
                .map(|n| SpareActor {
                    actor: ActorId::random(&mut state.rng),
                    tag: xunge_core::code::Tag::nth(number * 10 + n).to_string(),
                })
                .collect::<Vec<_>>();
            let first = ActorId::random(&mut state.rng);
            let mut actors: BTreeSet<ActorId> = spares.iter().map(|spare| spare.actor).collect();
            actors.insert(first);
            state.kept.installs.push(Install {
                id: InstallId::random(&mut state.rng),
                person: PersonId::new(request.code.as_str()).unwrap(),
                key,
                actors,
                spares: [
                    vec![SpareActor {
                        actor: first,
                        tag: xunge_core::code::Tag::nth(number * 10).to_string(),
                    }],
                    spares,
                ]
                .concat(),
                is_revoked: false,
            });
            state.kept.installs.len() - 1
        });
        let install = &state.kept.installs[index];
        let answer = EnrolAnswer {
            install: install.id,
            token: "00ff".into(),
            person: install.person.clone(),
            name: format!("person {}", install.person),
            township: unit("T1"),
            feeds: vec![unit("T1")],
            actor: install.spares[0].actor,
            tag: install.spares[0].tag.clone(),
            spares: install.spares[1..].to_vec(),
            server_public_key: hex::encode(self.key.public().0),
            recovery_public_key: hex::encode(recovery_public_key(&RECOVERY_SECRET)),
            generation: state.kept.generation.unwrap(),
        };
        response(200, "application/json", serde_json::to_vec(&answer).unwrap())
    }

    fn sync(&self, state: &mut State, request: &HttpRequest) -> HttpResponse {
        let is_compressed = header(request, "content-encoding") == Some("br");
        let Ok(request) = codec::unpack::<SyncRequest>(&request.body, is_compressed, 1 << 24) else {
            return error(400, "malformed");
        };
        let Some(install) = state
            .kept
            .installs
            .iter()
            .find(|i| i.id == request.install)
            .cloned()
        else {
            return error(401, "unknown_token");
        };
        state.last_request = Some(request.clone());
        if let Some(seal) = &request.manifest {
            let manifest = Manifest {
                install: install.id,
                names: request
                    .items
                    .iter()
                    .map(|i| xunge_core::id::ChangeHash(i.name()))
                    .collect(),
                at: seal.at,
            };
            let body = minicbor::to_vec(&manifest).unwrap();
            assert_eq!(install.key.verify("manifest", &body, &seal.signature), Ok(()));
        } else {
            assert!(request.items.is_empty(), "a push is signed");
        }
        let results = request
            .items
            .iter()
            .map(|item| match (state.refuse, install.is_revoked) {
                (Some(code), _) => ItemResult::Refused {
                    code,
                    text: "told to".into(),
                },
                (None, true) => ItemResult::ReviewList,
                (None, false) => self.item(state, &install, item),
            })
            .collect();
        let (pages, backfill, repaired, notices) = self.answer(state, &install, &request);
        let more = pages
            .iter()
            .any(|page: &FeedPage| page.cursor < state.kept.rows.len() as u64);
        let packed = codec::pack(&SyncAnswer {
            protocol: PROTOCOL,
            server_at: Timestamp(state.now_ms),
            generation: state.kept.generation.unwrap(),
            results,
            pages,
            backfill,
            more,
            notices,
            repaired,
        });
        let mut answer = response(200, codec::CONTENT_TYPE, packed.bytes);
        if packed.is_compressed {
            answer.headers.push(("content-encoding".into(), "br".into()));
        }
        answer
    }

    fn item(&self, state: &mut State, install: &Install, item: &Item) -> ItemResult {
        match item {
            Item::Change { report, bytes } | Item::Return { report, bytes } => self.change(
                state,
                install,
                *report,
                bytes,
                matches!(item, Item::Return { .. }),
            ),
            Item::Command { command } => self.command(state, install, command),
            Item::Person { id, report, bytes } => {
                let held = state.kept.reports.entry(*report).or_default();
                if held.people.insert(*id, bytes.to_vec()).is_some() {
                    return ItemResult::Duplicate;
                }
                state.kept.rows.push(Payload::Person {
                    id: *id,
                    report: *report,
                    bytes: bytes.clone(),
                });
                ItemResult::Stored
            }
            Item::Track { .. } => ItemResult::Refused {
                code: RefusedCode::Unsupported,
                text: String::new(),
            },
            Item::Replay { event } => self.replay(state, event),
        }
    }

    fn change(
        &self,
        state: &mut State,
        install: &Install,
        report: ReportId,
        bytes: &[u8],
        is_returned: bool,
    ) -> ItemResult {
        let held = state.kept.reports.entry(report).or_default();
        let sender = SenderFacts {
            person: install.person.clone(),
            actors: install.actors.clone(),
            person_actors: install.actors.clone(),
            may_write_words: true,
            may_add: true,
        };
        let prepared = if is_returned {
            gate::check_incoming(report, held.snapshot.as_ref(), &[bytes])
        } else {
            gate::prepare(report, held.snapshot.as_ref(), &[bytes], &sender)
        }
        .unwrap();
        match &prepared.verdicts[0] {
            Verdict::Accepted { .. } => {
                held.snapshot = prepared.snapshot;
                held.changes.push(bytes.to_vec());
                state.kept.rows.push(Payload::Change {
                    report,
                    bytes: bytes.to_vec().into(),
                });
                ItemResult::Stored
            }
            Verdict::Duplicate { .. } => ItemResult::Duplicate,
            Verdict::MissingDeps { hashes } => ItemResult::MissingDeps {
                hashes: hashes.clone(),
            },
            Verdict::RotateActor => {
                let used = Document::change_facts(bytes).unwrap().actor;
                let spare = install
                    .spares
                    .iter()
                    .rev()
                    .find(|spare| spare.actor != used)
                    .unwrap();
                ItemResult::RotateActor {
                    actor: spare.actor,
                    tag: Some(spare.tag.clone()),
                }
            }
            Verdict::Refused(refusal) => ItemResult::Refused {
                code: RefusedCode::NotAllowed,
                text: refusal.to_string(),
            },
        }
    }

    fn command(&self, state: &mut State, install: &Install, signed: &SignedCommand) -> ItemResult {
        let command: Command = signed.command().unwrap();
        let signature = signed.signature.expect("pushed commands are signed");
        assert_eq!(install.key.verify("command", &signed.body, &signature), Ok(()));
        let held = state.kept.reports.entry(command.report).or_default();
        let same = |event: &&Event| event.result.result().unwrap().command == command.id;
        if let Some(event) = held.events.iter().find(same) {
            return ItemResult::Decided {
                result: event.result.clone(),
            };
        }
        let document = held.snapshot.as_ref().map(|s| Document::load(&s.bytes).unwrap());
        let missing: Vec<_> = command
            .heads
            .iter()
            .copied()
            .filter(|head| document.as_ref().is_none_or(|document| !document.has(*head)))
            .collect();
        if !missing.is_empty() {
            return ItemResult::MissingDeps { hashes: missing };
        }
        let received_at = Timestamp(state.now_ms);
        let township = unit("T1");
        let facts = document
            .as_ref()
            .and_then(|document| document.content().ok())
            .map(|content| draft::facts(&content, &self.directory, received_at, SubmitKind::Submit));
        let covered = document.as_ref().is_none_or(|document| {
            document
                .uncovered(&command.heads)
                .iter()
                .all(|facts| !facts.touches_words)
        });
        let events = held.events.clone();
        let known = |id: &CommandId| {
            let results = events.iter().map(|event| event.result.result().unwrap());
            results
                .filter(|result| result.command == *id)
                .map(|result| result.outcome)
                .next()
        };
        let context = DecisionContext {
            content: facts.as_ref(),
            are_heads_covered: covered,
            known: &known,
            ..DecisionContext::new(&self.directory, &township, received_at)
        };
        let decision = workflow::decide(held.matter.as_ref(), &command, &context);
        let result = CommandResult {
            command: command.id,
            body_hash: signed.hash(),
            feed: township,
            seq: state.kept.rows.len() as u64 + 1,
            generation: state.kept.generation.unwrap(),
            received_at,
            outcome: decision.outcome,
            heads: held
                .snapshot
                .as_ref()
                .map(|s| s.heads.clone())
                .unwrap_or_default(),
            effect: decision.effect,
        };
        held.matter = workflow::apply(held.matter.take(), &command, &Applied::from(&result));
        let result = SignedResult::sign(&result, &self.key);
        let event = Event {
            command: SignedCommand {
                body: signed.body.clone(),
                signature: None,
            },
            result: result.clone(),
        };
        held.events.push(event.clone());
        state.kept.rows.push(Payload::Event {
            report: command.report,
            event,
        });
        ItemResult::Decided { result }
    }

    /// A word that this server gave before its restore: it stands again.
    fn replay(&self, state: &mut State, event: &Event) -> ItemResult {
        let command = event.command.command().unwrap();
        let result = event.result.result().unwrap();
        let public = self.key.public();
        assert_eq!(
            public.verify("result", &event.result.body, &event.result.signature),
            Ok(())
        );
        let held = state.kept.reports.entry(command.report).or_default();
        if held
            .events
            .iter()
            .any(|e| e.result.result().unwrap().command == command.id)
        {
            return ItemResult::Duplicate;
        }
        held.matter = workflow::apply(held.matter.take(), &command, &Applied::from(&result));
        held.events.push(event.clone());
        state.kept.rows.push(Payload::Event {
            report: command.report,
            event: event.clone(),
        });
        ItemResult::Stored
    }

    #[expect(
        clippy::type_complexity,
        reason = "the four parts of an answer, taken apart at once"
    )]
    fn answer(
        &self,
        state: &mut State,
        install: &Install,
        request: &SyncRequest,
    ) -> (Vec<FeedPage>, Vec<BackfillPage>, Vec<ReportBundle>, Vec<Notice>) {
        let generation = state.kept.generation.unwrap();
        let mut notices = Vec::new();
        if install.is_revoked {
            return (Vec::new(), Vec::new(), Vec::new(), vec![Notice::Revoked]);
        }
        let grids = self.grids_of(state, install);
        let tag = ScopeTag(sha256(format!("{grids:?}").as_bytes())[..8].try_into().unwrap());
        let mut pages = Vec::new();
        for position in &request.feeds {
            if position.generation.is_some_and(|g| g != generation) && state.kept.offered.insert(install.id) {
                notices.push(Notice::OfferAgain {
                    feed: position.feed.clone(),
                });
            }
            let is_same = position.generation == Some(generation);
            let from = if is_same { position.cursor as usize } else { 0 };
            let is_first = position.scope.is_none();
            let mut bytes = 0;
            let mut rows = Vec::new();
            let mut cursor = from;
            for (index, payload) in state.kept.rows.iter().enumerate().skip(from) {
                let is_directory = matches!(payload, Payload::Directory { .. });
                cursor = index + 1;
                if (is_directory || !is_first) && self.is_visible(state, &grids, install, payload) {
                    bytes += 300;
                    rows.push(FeedRow {
                        seq: cursor as u64,
                        payload: payload.clone(),
                    });
                }
                if bytes > request.answer_bytes_max {
                    break;
                }
            }
            let held = state.kept.reports.iter().filter(|(id, held)| {
                self.sees(&grids, install, held) && **id != ReportId::from_bytes([0; 16])
            });
            let ours = held.fold(Digest::default(), |sum, (_, held)| sum.plus(digest(held)));
            let at_end = cursor == state.kept.rows.len() && request.items.is_empty() && rows.is_empty();
            pages.push(FeedPage {
                feed: position.feed.clone(),
                generation,
                rows,
                cursor: cursor as u64,
                scope: (position.scope != Some(tag)).then(|| Scope {
                    tag,
                    grids: grids.clone(),
                }),
                is_diverged: at_end && position.digest.is_some_and(|theirs| theirs != ours),
            });
        }
        let mut backfill = Vec::new();
        for asked in &request.backfill {
            let bundles: Vec<ReportBundle> = state
                .kept
                .reports
                .iter()
                .filter(|(id, held)| {
                    asked.after.is_none_or(|after| **id > after)
                        && match (&asked.grid, &held.matter) {
                            (Some(grid), Some(matter)) => matter.grid == *grid && grids.contains(grid),
                            (None, Some(matter)) => {
                                matter.reporter == install.person && !grids.contains(&matter.grid)
                            }
                            _ => false,
                        }
                })
                .map(|(id, held)| bundle(*id, held))
                .take(20)
                .collect();
            let next = (bundles.len() == 20).then(|| bundles[19].report);
            backfill.push(BackfillPage {
                feed: asked.feed.clone(),
                grid: asked.grid.clone(),
                bundles,
                next,
            });
        }
        let repaired = self.repaired(state, install, &grids, request);
        (pages, backfill, repaired, notices)
    }

    fn repaired(
        &self,
        state: &State,
        install: &Install,
        grids: &[UnitId],
        request: &SyncRequest,
    ) -> Vec<ReportBundle> {
        let Some(repair) = &request.repair else {
            return Vec::new();
        };
        let theirs: BTreeMap<ReportId, Digest> =
            repair.reports.iter().map(|r| (r.report, r.digest)).collect();
        let mut bundles: Vec<ReportBundle> = state
            .kept
            .reports
            .iter()
            .filter(|(id, held)| {
                repair.after.is_none_or(|after| **id > after)
                    && repair.upto.is_none_or(|upto| **id <= upto)
                    && self.sees(grids, install, held)
                    && theirs.get(id) != Some(&digest(held))
            })
            .map(|(id, held)| bundle(*id, held))
            .collect();
        for id in theirs.keys() {
            let held = state.kept.reports.get(id);
            if !held.is_some_and(|held| self.sees(grids, install, held)) {
                bundles.push(bundle(*id, &Held::default()));
            }
        }
        bundles
    }

    fn grids_of(&self, state: &State, install: &Install) -> Vec<UnitId> {
        let all = || vec![unit("G1"), unit("G2")];
        state.kept.grids.get(&install.person).cloned().unwrap_or_else(all)
    }

    fn sees(&self, grids: &[UnitId], install: &Install, held: &Held) -> bool {
        held.matter
            .as_ref()
            .is_some_and(|matter| grids.contains(&matter.grid) || matter.reporter == install.person)
    }

    fn is_visible(&self, state: &State, grids: &[UnitId], install: &Install, payload: &Payload) -> bool {
        let report = match payload {
            Payload::Directory { .. } => return true,
            Payload::Change { report, .. }
            | Payload::Event { report, .. }
            | Payload::Result { report, .. }
            | Payload::Person { report, .. }
            | Payload::Leave { report }
            | Payload::Blob { report, .. } => *report,
            Payload::Erased { what } => what.report(),
            Payload::Enter { bundle } => bundle.report,
        };
        state
            .kept
            .reports
            .get(&report)
            .is_some_and(|held| held.matter.is_none() || self.sees(grids, install, held))
    }

    fn upload(&self, state: &mut State, request: &HttpRequest) -> HttpResponse {
        if request.method == Method::Post {
            use base64::Engine;
            let meta: BTreeMap<String, String> = header(request, "upload-metadata")
                .unwrap_or_default()
                .split(',')
                .filter_map(|pair| {
                    let (name, value) = pair.split_once(' ')?;
                    let value = base64::engine::general_purpose::STANDARD.decode(value).ok()?;
                    Some((name.to_owned(), String::from_utf8(value).ok()?))
                })
                .collect();
            let url = format!("/v1/uploads/{}", state.kept.uploads.len() + 1);
            let size_bytes = header(request, "upload-length").unwrap().parse().unwrap();
            state.kept.uploads.insert(
                url.clone(),
                Upload {
                    meta,
                    size_bytes,
                    bytes: Vec::new(),
                },
            );
            let mut answer = response(201, "text/plain", Vec::new());
            answer
                .headers
                .push(("location".into(), format!("http://server{url}")));
            return answer;
        }
        let Some(upload) = state.kept.uploads.get_mut(&request.path) else {
            return error(404, "unknown_upload");
        };
        if request.method == Method::Patch {
            let offset: usize = header(request, "upload-offset").unwrap().parse().unwrap();
            if offset != upload.bytes.len() {
                return error(409, "wrong_offset");
            }
            upload.bytes.extend_from_slice(&request.body);
        }
        let mut answer = response(204, "text/plain", Vec::new());
        answer
            .headers
            .push(("upload-offset".into(), upload.bytes.len().to_string()));
        if upload.bytes.len() == upload.size_bytes && request.method == Method::Patch {
            let upload = upload.clone();
            let blob = BlobHash::of(&upload.bytes);
            assert_eq!(blob.to_string(), upload.meta["sha256"], "the whole has its hash");
            let report: ReportId = upload.meta["report"].parse().unwrap();
            state.kept.blobs.insert(blob, upload.bytes.clone());
            let held = state.kept.reports.entry(report).or_default();
            held.blobs.insert(blob, upload.bytes.len() as u64);
            state.kept.rows.push(Payload::Blob {
                report,
                blob,
                size_bytes: upload.bytes.len() as u64,
            });
        }
        answer
    }

    fn blob(&self, state: &State, request: &HttpRequest) -> HttpResponse {
        let name = request.path.rsplit('/').next().unwrap();
        let blob: BlobHash = name.parse().unwrap();
        let Some(bytes) = state.kept.blobs.get(&blob) else {
            return error(404, "unknown_blob");
        };
        let range = header(request, "range").unwrap().trim_start_matches("bytes=");
        let (from, to) = range.split_once('-').unwrap();
        let from: usize = from.parse().unwrap();
        let to = to.parse::<usize>().unwrap().min(bytes.len() - 1);
        let mut answer = response(206, "image/jpeg", bytes[from..=to].to_vec());
        let total = format!("bytes {from}-{to}/{}", bytes.len());
        answer.headers.push(("content-range".into(), total));
        answer
    }

    fn answer_to(&self, request: &HttpRequest) -> HttpResponse {
        let mut state = self.state.lock().unwrap();
        match request.path.as_str() {
            "/v1/enrol" => self.enrol(&mut state, &request.body),
            "/v1/sync" => self.sync(&mut state, request),
            path if path.starts_with("/v1/uploads") => self.upload(&mut state, request),
            path if path.starts_with("/v1/blobs/") => self.blob(&state, request),
            _ => error(404, "unknown_path"),
        }
    }
}

impl Transport for Server {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let fault = {
            let mut state = self.state.lock().unwrap();
            let path = request.path.clone();
            state.requests.push((request.method, path, request.body.len()));
            state.faults.pop_front().flatten()
        };
        match fault {
            None => Ok(self.answer_to(request)),
            Some(Fault::LoseRequest) => Err(TransportError::Offline("cut".into())),
            Some(Fault::LoseAnswer) => {
                self.answer_to(request);
                Err(TransportError::Timeout)
            }
            Some(Fault::Duplicate) => {
                self.answer_to(request);
                Ok(self.answer_to(request))
            }
            Some(Fault::Portal) => Ok(response(200, "text/html", b"<html>log in".to_vec())),
            Some(Fault::Status(status)) => Ok(error(status, "told_to")),
            Some(Fault::Cut) => {
                let mut answer = self.answer_to(request);
                answer.body.truncate(answer.body.len() / 2);
                Ok(answer)
            }
        }
    }
}

fn bundle(report: ReportId, held: &Held) -> ReportBundle {
    ReportBundle {
        report,
        changes: held.changes.iter().cloned().map(Into::into).collect(),
        events: held.events.clone(),
        people: held
            .people
            .iter()
            .map(|(id, bytes)| PersonItem {
                id: *id,
                bytes: bytes.clone().into(),
            })
            .collect(),
        erased: held.erased.clone(),
        blobs: held
            .blobs
            .iter()
            .map(|(blob, size_bytes)| BlobItem {
                blob: *blob,
                size_bytes: *size_bytes,
            })
            .collect(),
    }
}

pub(crate) fn digest(held: &Held) -> Digest {
    let mut digest = Digest::default();
    for bytes in &held.changes {
        digest.add(&Document::change_facts(bytes).unwrap().hash.0);
    }
    for event in &held.events {
        digest.add(&event.command.hash());
    }
    for bytes in held.people.values() {
        digest.add(&sha256(bytes));
    }
    for what in &held.erased {
        digest.add(&what.name());
    }
    digest
}

/// What the server made of the acts on a report, in order.
pub(crate) fn outcomes(held: &Held) -> Vec<Outcome> {
    held.events
        .iter()
        .map(|e| e.result.result().unwrap().outcome)
        .collect()
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

fn response(status: u16, content_type: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".into(), content_type.into())],
        body,
    }
}

fn error(status: u16, code: &str) -> HttpResponse {
    let body = serde_json::json!({"error": {"code": code, "message": code, "request_id": "r"}});
    response(status, "application/json", body.to_string().into_bytes())
}
