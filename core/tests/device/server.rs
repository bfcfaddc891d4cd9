//! A small server that keeps to the protocol: one township, one feed, everything in memory; and a link that breaks on demand.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_core::attachment::BlobHash;
use xunge_core::command::{Event, Outcome};
use xunge_core::coverage::CoverageRows;
use xunge_core::directory::Directory;
use xunge_core::document::Document;
use xunge_core::document::gate::Snapshot;
use xunge_core::enrolment::{EnrolAnswer, EnrolRequest, SpareActor};
use xunge_core::id::{ActorId, GenerationId, InstallId, PersonId, PersonRecordId, ReportId, UnitId};
use xunge_core::patrol::FixDay;
use xunge_core::rescue::recovery_public_key;
use xunge_core::signature::{PublicKey, SigningKey, sha256};
use xunge_core::sync::codec::{self, Encoding};
use xunge_core::sync::message::*;
use xunge_core::sync::transport::{HttpRequest, HttpResponse, Method, Transport, TransportError};
use xunge_core::sync::vouch;
use xunge_core::time::Timestamp;
use xunge_core::workflow::Matter;

use crate::world::{MONDAY_MS, directory, unit};

mod cover;
mod file;
mod pull;
mod push;

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
    /// Segments by hash, words about key places, and what came of the segments.
    pub(crate) tracks: BTreeMap<[u8; 32], Vec<u8>>,
    pub(crate) visits: BTreeSet<Vec<u8>>,
    pub(crate) coverage: CoverageRows,
    pub(crate) place_visits: BTreeMap<(UnitId, FixDay), BTreeSet<PlaceVisit>>,
    pub(crate) generation: Option<GenerationId>,
    pub(crate) offered: BTreeSet<InstallId>,
}

pub(crate) struct State {
    pub(crate) kept: Kept,
    pub(crate) faults: VecDeque<Option<Fault>>,
    pub(crate) requests: Vec<(Method, String, usize)>,
    pub(crate) last_request: Option<SyncRequest>,
    pub(crate) refuse: Option<RefusedCode>,
    /// Whether this server is of the release before, which took no deflated body.
    pub(crate) is_before: bool,
    /// How many bodies it sent back because of their encoding.
    pub(crate) refused_encodings: u32,
    /// Whether segments are past retention.
    pub(crate) tracks_expire: bool,
    /// What each sync pushed.
    pub(crate) pushed: Vec<Vec<Item>>,
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
                is_before: false,
                refused_encodings: 0,
                tracks_expire: false,
                pushed: Vec::new(),
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
        let encoding = codec::Encoding::of_header(header(request, "content-encoding"));
        let Some(encoding) = encoding.filter(|encoding| !state.is_before || *encoding != Encoding::Deflate)
        else {
            state.refused_encodings += 1;
            return error(415, "unsupported_media_type");
        };
        let is_plain = encoding == Encoding::Plain && request.body.len() >= codec::COMPRESS_FROM_BYTES;
        let Ok(request) = codec::unpack::<SyncRequest>(&request.body, encoding, 1 << 24) else {
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
        if !request.items.is_empty() {
            state.pushed.push(request.items.clone());
        }
        assert_signed(&install, &request);
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
        let pulled = self.pages(state, &install, &request);
        let rows = state.kept.rows.len() as u64;
        let more = pulled.pages.iter().any(|page| page.cursor < rows);
        let mut answer = SyncAnswer {
            protocol: PROTOCOL,
            server_at: Timestamp(state.now_ms),
            generation: state.kept.generation.unwrap(),
            results,
            pages: pulled.pages,
            backfill: pulled.backfill,
            more,
            notices: pulled.notices,
            repaired: pulled.repaired,
            vouches: Vec::new(),
            coverage: None,
        };
        vouch::seal(&mut answer, &request.items, &self.key).unwrap();
        packed(&answer, is_plain && !state.is_before)
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

/// A push is signed by its install, whole.
fn assert_signed(install: &Install, request: &SyncRequest) {
    let Some(seal) = &request.manifest else {
        assert!(request.items.is_empty(), "a push is signed");
        return;
    };
    let names = request
        .items
        .iter()
        .map(|item| xunge_core::id::ChangeHash(item.name()));
    let manifest = Manifest {
        install: install.id,
        names: names.collect(),
        at: seal.at,
    };
    let body = minicbor::to_vec(&manifest).unwrap();
    assert_eq!(install.key.verify("manifest", &body, &seal.signature), Ok(()));
}

/// The answer as it travels; `is_told`: with what the server takes.
fn packed(answer: &SyncAnswer, is_told: bool) -> HttpResponse {
    let packed = codec::pack_answer(answer);
    let mut response = response(200, codec::CONTENT_TYPE, packed.bytes);
    if let Some(name) = packed.encoding.header() {
        response.headers.push(("content-encoding".into(), name.into()));
    }
    if is_told {
        response
            .headers
            .push(("accept-encoding".into(), codec::TAKEN.into()));
    }
    response
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
