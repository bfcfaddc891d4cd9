//! What a worker fills in: the content of a report and the draft that becomes it.
//!
//! Required are a category, a grid, and at least one of picture, voice note and words. Everything else may be left out; the title writes
//! itself. The content holds only maps and scalars, so that edits made apart merge field by field. Nothing here decides anything: states
//! are moved by commands alone.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::attachment::{AttachmentKind, AttachmentRole, BlobHash};
use crate::command::Urgency;
use crate::id::{AttachmentId, CategoryId, FieldId, NoteId, PersonId, PersonRecordId, ReportId, UnitId};
use crate::place::PlaceClaim;
use crate::time::Timestamp;

/// The layout of documents that this program writes.
pub const SCHEMA: u32 = 1;

/// The longest description in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// The longest place in words, in characters.
pub const PLACE_TEXT_CHARS_MAX: usize = 100;

/// The longest account of what was done, in characters.
pub const RESULT_CHARS_MAX: usize = 2_000;

/// The longest note in characters.
pub const NOTE_CHARS_MAX: usize = 1_000;

/// The most pictures and voice notes in one report.
pub const ATTACHMENTS_MAX: usize = 60;

/// The most notes in one report.
pub const NOTES_MAX: usize = 200;

/// The most people concerned in one report.
pub const PEOPLE_MAX: usize = 30;

/// How the reporter came to know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Seen on the spot.
    #[default]
    Seen,
    /// Told by somebody.
    ToldBy,
    /// By telephone.
    Phone,
    /// A visitor at the desk.
    Visitor,
    /// A letter or form.
    Paper,
    /// 12345 and the like.
    Hotline,
    /// A drone's picture.
    Drone,
    /// A sensor.
    Sensor,
    /// Another system.
    OtherSystem,
    /// Handed over by the police.
    Police,
}

/// Through what the report entered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A worker's phone.
    #[default]
    Phone,
    /// The console of the command room.
    Console,
    /// A programming interface.
    Interface,
}

/// An answer to a field that the category declares.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(f64),
    /// A choice, a day (`YYYY-MM-DD`) or words.
    Text(String),
}

/// A picture's or voice note's place in a report. The bytes are elsewhere, named by their hash.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AttachmentRef {
    /// Picture or voice note.
    pub kind: AttachmentKind,
    /// What it shows (现场、处置后 …).
    pub role: AttachmentRole,
    /// The SHA-256 of the uploaded bytes.
    pub blob: BlobHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// The thumbnail's SHA-256, for pictures.
    pub thumbnail: Option<BlobHash>,
    /// The picture's width in pixels, or 0.
    pub width_px: u32,
    /// The picture's height in pixels, or 0.
    pub height_px: u32,
    /// The voice note's length in ms, or 0.
    pub duration_ms: u32,
    /// When it was taken, as the phone or the picture claims.
    pub taken_at: Option<Timestamp>,
}

/// Words added by anybody in scope.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Note {
    /// Who wrote it.
    pub by: PersonId,
    /// The words.
    pub text: String,
    /// When, as the device claims.
    pub written_at: Timestamp,
}

/// The content of a report as it stands after all merges.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReportContent {
    /// The layout of the document; readers keep what they do not know.
    pub schema: u32,
    /// The report. Immutable.
    pub id: ReportId,
    /// The readable code. Immutable.
    pub code: String,
    /// Who reports. Immutable.
    pub reporter: PersonId,
    /// The township in whose feed the report lives. Immutable.
    pub township: UnitId,
    /// When the draft was begun, as the phone claims. Immutable.
    pub created_at: Timestamp,
    /// The category.
    pub category: Option<CategoryId>,
    /// The version of the category that was filled in.
    pub category_version: u32,
    /// The grid.
    pub grid: Option<UnitId>,
    /// The words.
    pub description: String,
    /// When it happened or was seen.
    pub occurred_at: Option<Timestamp>,
    /// Where, as measured.
    pub place: Option<PlaceClaim>,
    /// Where, as people say it.
    pub place_text: String,
    /// How pressing.
    pub urgency: Urgency,
    /// How the reporter came to know.
    pub source: Source,
    /// Through what it entered.
    pub channel: Channel,
    /// What was done, for a settled report.
    pub result: String,
    /// Answers to the category's fields; ids unknown to this program are kept.
    pub answers: BTreeMap<FieldId, Answer>,
    /// Pictures and voice notes.
    pub attachments: BTreeMap<AttachmentId, AttachmentRef>,
    /// Notes.
    pub notes: BTreeMap<NoteId, Note>,
    /// The people concerned, kept in records of their own.
    pub people: BTreeMap<PersonRecordId, PersonPart>,
    /// Fields that were written apart and not yet settled: the field's path and every value, the one that shows first.
    pub disputed: Vec<DisputedField>,
    /// What a newer program wrote and this one cannot read, by path: shown, kept, never written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<String, serde_json::Value>,
}

/// A field with more than one value.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DisputedField {
    /// The field's path (`description`, `answers/people_count`).
    pub field: String,
    /// Every value as JSON; the first is the one that the content shows.
    pub values: Vec<serde_json::Value>,
}

/// A person's part in a report.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum PersonPart {
    /// Told us.
    #[n(0)]
    Informant,
    /// Is concerned.
    #[n(1)]
    Party,
}

/// Somebody concerned: kept apart from the content, masked by default, erasable by law. Immutable; a correction is a new record.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct PersonRecord {
    /// Names the record.
    #[n(0)]
    pub id: PersonRecordId,
    /// The report.
    #[n(1)]
    pub report: ReportId,
    /// The person's part.
    #[n(2)]
    pub part: PersonPart,
    /// The name.
    #[n(3)]
    pub name: String,
    /// The telephone.
    #[n(4)]
    pub telephone: Option<String>,
    /// Role or remark (landlord, witness).
    #[n(5)]
    pub remark: Option<String>,
    /// The record that this one corrects.
    #[n(6)]
    pub corrects: Option<PersonRecordId>,
}
