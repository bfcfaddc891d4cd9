//! What people at desks write into reports: a report from telephone, visitor, paper or hotline, and pictures that go with an act.
//!
//! A person at a desk writes like a phone does: through an install of his own (its key is the server's), by the same push, gate and
//! workflow. Nothing is written around them.

use std::collections::BTreeMap;

use xunge_core::attachment::{AttachmentKind, AttachmentRole, BlobHash};
use xunge_core::code::{self, Distinct};
use xunge_core::command::{Action, Command, Opening, Outcome, SignedCommand, Urgency};
use xunge_core::directory::Level;
use xunge_core::document::{Change, Document, FieldEdit};
use xunge_core::draft::{self, Problem, SubmitKind};
use xunge_core::id::{
    AttachmentId, CategoryId, CommandId, FieldId, InstallId, PersonId, PersonRecordId, ReportId, UnitId,
};
use xunge_core::report::{Answer, AttachmentRef, Channel, PersonPart, PersonRecord, ReportContent, Source};
use xunge_core::sync::message::{Item, ItemResult, Manifest, ManifestSeal, PROTOCOL, SyncRequest};
use xunge_core::time::{DeviceTime, Timestamp};

use super::{Caller, ReportRef, Service};
use crate::ServiceError;
use crate::ledger::install;
use crate::ledger::open_report::OpenReport;
use crate::store::{InstallNo, InstallRow, SERVER_FEED};

/// What people call the install of somebody at a desk.
const DESK_LABEL: &str = "console";

/// A report as somebody at a desk fills it in.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Entry {
    /// The township.
    pub feed: Option<UnitId>,
    /// The category.
    pub category: Option<CategoryId>,
    /// The grid.
    pub grid: Option<UnitId>,
    /// The words.
    pub description: String,
    /// Where, as people say it.
    pub place_text: String,
    /// How pressing.
    pub urgency: Urgency,
    /// How it came.
    pub source: Source,
    /// When it happened.
    pub occurred_at: Option<Timestamp>,
    /// Answers to the category's fields.
    pub answers: BTreeMap<FieldId, Answer>,
    /// Who told us: name and telephone.
    pub informant: Option<(String, Option<String>)>,
    /// Names the form, so that it enters one report however often it is sent.
    pub id: Option<ReportId>,
}

/// What came of an entry.
#[derive(Clone, PartialEq, Debug)]
pub enum Entered {
    /// It is in.
    Report(ReportId),
    /// It is not whole: everything that is wrong.
    Incomplete(Vec<Problem>),
    /// The workflow refused it.
    Refused(Outcome),
}

/// A picture that was uploaded and is to stand in a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPicture {
    /// Its hash.
    pub blob: BlobHash,
    /// Its thumbnail's hash.
    pub thumbnail: Option<BlobHash>,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its width in pixels.
    pub width_px: u32,
    /// Its height in pixels.
    pub height_px: u32,
    /// What it shows.
    pub role: AttachmentRole,
}

/// What is pushed for somebody at a desk.
struct DeskPush {
    report: ReportId,
    change: Option<Change>,
    people: Vec<PersonRecord>,
    action: Option<Action>,
}

impl Service {
    /// Enters a report for somebody without an app. It goes straight to the room.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who does not sit in the township's room, [`ServiceError::NotFound`] for a feed that is not his.
    pub fn enter(&self, caller: &Caller, entry: &Entry) -> Result<Entered, ServiceError> {
        let (person, now) = (self.desk_person(caller)?, self.now());
        let feeds = self.feeds_of(caller)?;
        let feed = entry.feed.as_ref().map_or(feeds.first(), |feed| feeds.get(feed));
        let feed = feed.ok_or(ServiceError::NotFound("feed"))?.clone();
        let directory = self.directory()?;
        let in_room = directory
            .posts_of(&person, now)
            .iter()
            .any(|post| post.role.is_room() && directory.is_within(&feed, &post.unit, now));
        if !in_room {
            return Err(ServiceError::Forbidden("only the room enters reports"));
        }
        let id = entry.id.unwrap_or_else(|| self.ledger.draw(ReportId::random));
        if self.ledger.read(|tx| Ok(tx.feed_of_report(&id)?))?.is_some() {
            // The same form again.
            return Ok(Entered::Report(self.report_id(caller, &ReportRef::Id(id))?));
        }
        let mut desk = self.desk_install(&person, &feed)?;
        let (content, people) = self.content(entry, id, &feed, &person);
        if let Err(problems) = draft::validate(&content, &directory, now, SubmitKind::Submit) {
            return Ok(Entered::Incomplete(problems));
        }
        let (Some(grid), Some(category)) = (content.grid.clone(), content.category.clone()) else {
            return Ok(Entered::Incomplete(Vec::new()));
        };
        let actor = self.desk_actor(&desk)?;
        let (document, change) = Document::create(&content, actor, now.as_millis() / 1_000)
            .map_err(|error| ServiceError::BadRequest(error.to_string()))?;
        let opening = Opening {
            grid,
            category,
            category_version: content.category_version,
            urgency: content.urgency,
            code: content.code.clone(),
            level: Level::Township,
        };
        let push = DeskPush {
            report: id,
            change: Some(change),
            people,
            action: Some(Action::Submit { opening }),
        };
        let heads = document.heads();
        let results = self.push_desk(&mut desk, push, heads)?;
        match results.last() {
            Some(ItemResult::Decided { result }) => {
                let word = result
                    .result()
                    .map_err(|e| ServiceError::Damaged(e.to_string()))?;
                match word.outcome {
                    Outcome::Accepted => Ok(Entered::Report(id)),
                    outcome => Ok(Entered::Refused(outcome)),
                }
            }
            other => Err(ServiceError::BadRequest(format!(
                "the report was not taken: {other:?}"
            ))),
        }
    }

    fn content(
        &self,
        entry: &Entry,
        id: ReportId,
        feed: &UnitId,
        person: &PersonId,
    ) -> (ReportContent, Vec<PersonRecord>) {
        let now = self.now();
        let zone = self
            .directory()
            .map_or(chrono_tz::Asia::Shanghai, |d| d.policy(feed, now).zone);
        let unit = entry.grid.as_ref().unwrap_or(feed);
        let code = self
            .ledger
            .draw(|rng| code::make(unit, now.day_in(zone), Distinct::Random(rng)));
        let mut content = ReportContent::begin(id, code, feed.clone(), person.clone(), now);
        let current = |id: &CategoryId| Some(self.directory().ok()?.category_current(id, now)?.version);
        content.category_version = entry.category.as_ref().and_then(current).unwrap_or(0);
        content.category.clone_from(&entry.category);
        content.grid.clone_from(&entry.grid);
        content.description = entry.description.trim().to_owned();
        content.place_text = entry.place_text.trim().to_owned();
        content.urgency = entry.urgency;
        content.source = entry.source;
        content.channel = Channel::Console;
        content.occurred_at = entry.occurred_at;
        content.answers.clone_from(&entry.answers);
        let mut people = Vec::new();
        if let Some((name, telephone)) = &entry.informant {
            let record = PersonRecord {
                id: self.ledger.draw(PersonRecordId::random),
                report: id,
                part: PersonPart::Informant,
                name: name.trim().to_owned(),
                telephone: telephone.clone(),
                remark: None,
                corrects: None,
            };
            content.people.insert(record.id, record.part);
            people.push(record);
        }
        (content, people)
    }

    /// Puts uploaded pictures into a report that the caller may add to. A picture that stands there already is passed over. Returns how
    /// many were added.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a report that is not the caller's to see, [`ServiceError::BadRequest`] where a picture's bytes are
    /// not here or the gate refuses it.
    pub fn add_pictures(
        &self,
        caller: &Caller,
        report: &ReportRef,
        pictures: &[NewPicture],
    ) -> Result<usize, ServiceError> {
        let person = self.desk_person(caller)?;
        let now = self.now();
        let (feed_no, id) = self.find(caller, report)?;
        let (feed, mut document, known, stored) = self.ledger.read(|tx| {
            let feed = tx.feed_by_no(feed_no)?.ok_or(ServiceError::NotFound("feed"))?;
            let row = tx.reports(feed_no, &[id])?.pop();
            let row = row.ok_or(ServiceError::NotFound("report"))?;
            let stored: Vec<BlobHash> = tx
                .blobs_of_reports(feed_no, &[row.no])?
                .into_iter()
                .filter(|blob| !blob.is_erased)
                .map(|blob| blob.blob)
                .collect();
            let mut open = OpenReport::open(&self.ledger, row)?;
            if open.is_erased() {
                return Err(ServiceError::Erased);
            }
            let known: Vec<BlobHash> = open.content(tx)?.attachments.values().map(|a| a.blob).collect();
            Ok((feed.unit, open.document(tx)?, known, stored))
        })?;
        let mut desk = self.desk_install(&person, &feed)?;
        let mut edits = Vec::new();
        for picture in pictures.iter().filter(|p| !known.contains(&p.blob)) {
            if !stored.contains(&picture.blob) {
                return Err(ServiceError::BadRequest(
                    "the picture's bytes are not here".into(),
                ));
            }
            edits.push(FieldEdit::AddAttachment {
                id: self.ledger.draw(AttachmentId::random),
                attachment: AttachmentRef {
                    kind: AttachmentKind::Picture,
                    role: picture.role,
                    blob: picture.blob,
                    size_bytes: picture.size_bytes,
                    thumbnail: picture.thumbnail.filter(|hash| stored.contains(hash)),
                    width_px: picture.width_px,
                    height_px: picture.height_px,
                    duration_ms: 0,
                    taken_at: None,
                },
            });
        }
        let actor = self.desk_actor(&desk)?;
        let change = document
            .edit(&edits, actor, now.as_millis() / 1_000)
            .map_err(|error| ServiceError::BadRequest(error.to_string()))?;
        let Some(change) = change else { return Ok(0) };
        let push = DeskPush {
            report: id,
            change: Some(change),
            people: Vec::new(),
            action: None,
        };
        match self.push_desk(&mut desk, push, Vec::new())?.first() {
            Some(ItemResult::Stored) => Ok(edits.len()),
            other => Err(ServiceError::BadRequest(format!(
                "the pictures were not taken: {other:?}"
            ))),
        }
    }

    fn desk_person(&self, caller: &Caller) -> Result<PersonId, ServiceError> {
        match caller {
            Caller::Install { .. } => Err(ServiceError::Forbidden("installs push what they write")),
            _ => caller
                .person()
                .cloned()
                .ok_or(ServiceError::Forbidden("the act must name a person")),
        }
    }

    fn desk_actor(&self, desk: &InstallRow) -> Result<xunge_core::id::ActorId, ServiceError> {
        let actors = install::actors(desk)?;
        let first = actors.into_iter().find(|actor| !actor.is_worn);
        Ok(first
            .ok_or_else(|| ServiceError::Damaged("a desk without an actor".into()))?
            .actor)
    }

    /// The install under which a person writes at desks, made where there is none yet.
    fn desk_install(&self, person: &PersonId, feed: &UnitId) -> Result<InstallRow, ServiceError> {
        let key = self.ledger.keys.signing.public().0.to_vec();
        let now = self.now();
        self.ledger.write(Some(SERVER_FEED), |tx| {
            let held = tx.installs(Some(person))?;
            let is_desk = |row: &InstallRow| row.public_key == key && row.revoked_at.is_none();
            if let Some(row) = held.into_iter().find(is_desk) {
                return Ok(row);
            }
            let actor = self.ledger.allot(tx)?;
            let mut token = [0; 32];
            self.ledger.draw(|rng| rng.fill_bytes(&mut token));
            let mut row = InstallRow {
                no: InstallNo(0),
                install: self.ledger.draw(InstallId::random),
                person: person.clone(),
                township: feed.clone(),
                public_key: key.clone(),
                // Nobody knows the secret: a desk speaks through its session alone.
                token_hash: token,
                actors: install::json(&[actor]),
                feeds: install::json(&[feed]),
                device_label: DESK_LABEL.into(),
                app_version: env!("CARGO_PKG_VERSION").into(),
                enrolled_at: now,
                revoked_at: None,
                last_sync_at: None,
                health: None,
            };
            row.no = tx.install_insert(&row)?;
            let detail = format!("{} for {person}", row.install);
            self.ledger.note(tx, now, "server", "desk", &detail)?;
            Ok(row)
        })
    }

    fn desk_time(&self) -> DeviceTime {
        let reading = self.clock.read();
        DeviceTime {
            wall_at: reading.wall_at,
            monotonic_ms: reading.monotonic_ms,
            boot: reading.boot,
            server_offset_ms: Some(0),
            server_offset_age_ms: Some(0),
        }
    }

    /// What is pushed, in the order in which it must arrive.
    fn desk_items(
        &self,
        desk: &InstallRow,
        push: DeskPush,
        heads: Vec<xunge_core::id::ChangeHash>,
        at: DeviceTime,
    ) -> Vec<Item> {
        let key = &self.ledger.keys.signing;
        let mut items = Vec::new();
        items.extend(push.change.map(|change| Item::Change {
            report: push.report,
            bytes: change.bytes.into(),
        }));
        items.extend(push.people.iter().map(|record| {
            Item::Person {
                id: record.id,
                report: push.report,
                bytes: minicbor::to_vec(record)
                    .expect("encoding to memory cannot fail")
                    .into(),
            }
        }));
        items.extend(push.action.map(|action| {
            let command = Command {
                id: self.ledger.draw(CommandId::random),
                report: push.report,
                action,
                by: desk.person.clone(),
                post: None,
                install: desk.install,
                saw: None,
                heads: heads.clone(),
                attachments: Vec::new(),
                reason: None,
                at,
                text: None,
            };
            Item::Command {
                command: SignedCommand::sign(&command, key),
            }
        }));
        items
    }

    /// Pushes like a phone: content, people, then the act.
    fn push_desk(
        &self,
        desk: &mut InstallRow,
        push: DeskPush,
        heads: Vec<xunge_core::id::ChangeHash>,
    ) -> Result<Vec<ItemResult>, ServiceError> {
        let at = self.desk_time();
        let key = &self.ledger.keys.signing;
        let items = self.desk_items(desk, push, heads, at);
        let manifest = Manifest {
            install: desk.install,
            names: items
                .iter()
                .map(|item| xunge_core::id::ChangeHash(item.name()))
                .collect(),
            at,
        };
        let bytes = minicbor::to_vec(&manifest).expect("encoding to memory cannot fail");
        let request = SyncRequest {
            protocol: PROTOCOL,
            install: desk.install,
            feeds: Vec::new(),
            items,
            manifest: Some(ManifestSeal {
                at,
                signature: key.sign("manifest", &bytes),
            }),
            answer_bytes_max: 0,
            at,
            health: None,
            backfill: Vec::new(),
            repair: None,
            vouches: Vec::new(),
            coverage: None,
        };
        self.ledger.push(desk, &request, at.wall_at)
    }
}
