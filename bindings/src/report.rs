//! What is filled in: fields, places, attachments, people.

use std::collections::HashMap;

use xunge_core::attachment::{AttachmentKind, AttachmentRole, BlobHash};
use xunge_core::command::Urgency;
use xunge_core::document::FieldEdit;
use xunge_core::id::{AttachmentId, CategoryId, FieldId, NoteId, PersonId, PersonRecordId, ReportId, UnitId};
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::report::{Answer, AttachmentRef, Channel, Note, PersonPart, Source};
use xunge_core::time::Timestamp;

/// How the reporter came to know.
#[uniffi::remote(Enum)]
pub enum Source {
    /// Seen on the spot.
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
#[uniffi::remote(Enum)]
pub enum Channel {
    /// A worker's phone.
    Phone,
    /// The console of the command room.
    Console,
    /// A programming interface.
    Interface,
}

/// An answer to a field that the category declares.
#[uniffi::remote(Enum)]
pub enum Answer {
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(f64),
    /// A choice, a day (`YYYY-MM-DD`) or words.
    Text(String),
}

/// A picture's or voice note's place in a report. The bytes are elsewhere, named by their hash.
#[uniffi::remote(Record)]
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
#[uniffi::remote(Record)]
pub struct Note {
    /// Who wrote it.
    pub by: PersonId,
    /// The words.
    pub text: String,
    /// When, as the device claims.
    pub written_at: Timestamp,
}

/// A person's part in a report.
#[uniffi::remote(Enum)]
pub enum PersonPart {
    /// Told us.
    Informant,
    /// Is concerned.
    Party,
}

/// Where a position came from.
#[uniffi::remote(Enum)]
pub enum Provider {
    /// Satellites.
    Satellite,
    /// Mobile network or Wi-Fi.
    Network,
    /// The system's mixture.
    Fused,
    /// Set by hand on a map.
    Hand,
    /// Read from a picture.
    Picture,
}

/// A position on the ground, WGS 84.
#[uniffi::remote(Record)]
pub struct Position {
    /// Degrees north, -90..=90.
    pub lat_deg: f64,
    /// Degrees east, -180..=180.
    pub lon_deg: f64,
}

/// What a phone says about where it is.
#[uniffi::remote(Record)]
pub struct PlaceClaim {
    /// The position.
    pub position: Position,
    /// Radius in metres within which the phone believes to be with 68 %; 0 or less means unknown.
    pub accuracy_m: f64,
    /// Where it came from.
    pub provider: Provider,
    /// Whether the system says that a test provider made it up. Flagged, never refused.
    pub is_mock: bool,
    /// How old the fix was when it was attached, in ms.
    pub age_ms: i64,
}

/// What kind of file an attachment is.
#[uniffi::remote(Enum)]
pub enum AttachmentKind {
    /// A JPEG made by [`prepare_picture`](super::prepare_picture).
    Picture,
    /// AAC-LC, at most 60 s long: an `.m4a`, or a recorder's stream (`.aac`), which is put into one.
    VoiceNote,
}

/// What an attachment shows, in the words of the trade.
#[uniffi::remote(Enum)]
pub enum AttachmentRole {
    /// The place as it was found (现场).
    Scene,
    /// From near by, so that the matter itself is seen (近景).
    Near,
    /// From afar, so that the place is known again (远景).
    Far,
    /// Before the handling (处置前).
    Before,
    /// After the handling (处置后).
    After,
    /// Why a report was returned or sent back (退回).
    Return,
    /// Anything else.
    Other,
}

/// One act of writing on one field. JSON: `{"edit": "set_description", "to": "…"}`.
#[uniffi::remote(Enum)]
pub enum FieldEdit {
    /// The category together with the version that was filled in: they merge as one.
    SetCategory {
        /// The category.
        category: CategoryId,
        /// Its version.
        version: u32,
    },
    /// The grid; `None` empties it.
    SetGrid(Option<UnitId>),
    /// The words.
    SetDescription(String),
    /// When it happened; `None` empties it.
    SetOccurredAt(Option<Timestamp>),
    /// Where, as measured, always as a whole; `None` empties it.
    SetPlace(Option<PlaceClaim>),
    /// Where, as people say it.
    SetPlaceText(String),
    /// How pressing.
    SetUrgency(Urgency),
    /// How the reporter came to know.
    SetSource(Source),
    /// Through what it entered.
    SetChannel(Channel),
    /// What was done.
    SetResult(String),
    /// An answer to a field of the category; `None` empties it.
    SetAnswer {
        /// The field.
        field: FieldId,
        /// The answer.
        answer: Option<Answer>,
    },
    /// A picture or voice note more. Immutable once added.
    AddAttachment {
        /// Its name in the report.
        id: AttachmentId,
        /// What it is.
        attachment: AttachmentRef,
    },
    /// An attachment less. Only who added it may take it away again; everybody else's act is refused by the gate.
    RemoveAttachment(AttachmentId),
    /// A note more. Immutable once added.
    AddNote {
        /// Its name in the report.
        id: NoteId,
        /// The note.
        note: Note,
    },
    /// A person concerned more; the record itself lies beside the document.
    AddPerson {
        /// The record's name.
        id: PersonRecordId,
        /// The person's part.
        part: PersonPart,
    },
    /// A person less. Only who added the person may take it away again.
    RemovePerson(PersonRecordId),
}

/// A field with more than one value.
#[derive(Clone, Debug, uniffi::Record)]
pub struct DisputedField {
    /// The field's path (`description`, `answers/people_count`).
    pub field: String,
    /// Every value as JSON; the first is the one that the content shows.
    pub values_json: Vec<String>,
}

/// The content of a report as it stands after all merges.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ReportContent {
    /// The layout of the document.
    pub schema: u32,
    /// The report.
    pub id: ReportId,
    /// The readable code.
    pub code: String,
    /// Who reports.
    pub reporter: PersonId,
    /// The township in whose feed the report lives.
    pub township: UnitId,
    /// When the draft was begun, as the phone claims.
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
    /// Answers to the category's fields.
    pub answers: HashMap<FieldId, Answer>,
    /// Pictures and voice notes.
    pub attachments: HashMap<AttachmentId, AttachmentRef>,
    /// Notes.
    pub notes: HashMap<NoteId, Note>,
    /// The people concerned, kept in records of their own.
    pub people: HashMap<PersonRecordId, PersonPart>,
    /// Fields that were written apart and not yet settled.
    pub disputed: Vec<DisputedField>,
    /// Fields that are newer than this program, read-only: the key and the value as JSON.
    pub unknown_json: HashMap<String, String>,
}

impl From<xunge_core::report::DisputedField> for DisputedField {
    fn from(core: xunge_core::report::DisputedField) -> Self {
        let xunge_core::report::DisputedField { field, values } = core;
        Self {
            field,
            values_json: values.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<xunge_core::report::ReportContent> for ReportContent {
    fn from(core: xunge_core::report::ReportContent) -> Self {
        let xunge_core::report::ReportContent {
            schema,
            id,
            code,
            reporter,
            township,
            created_at,
            category,
            category_version,
            grid,
            description,
            occurred_at,
            place,
            place_text,
            urgency,
            source,
            channel,
            result,
            answers,
            attachments,
            notes,
            people,
            disputed,
            unknown,
        } = core;
        Self {
            schema,
            id,
            code,
            reporter,
            township,
            created_at,
            category,
            category_version,
            grid,
            description,
            occurred_at,
            place,
            place_text,
            urgency,
            source,
            channel,
            result,
            answers: answers.into_iter().collect(),
            attachments: attachments.into_iter().collect(),
            notes: notes.into_iter().collect(),
            people: people.into_iter().collect(),
            disputed: disputed.into_iter().map(Into::into).collect(),
            unknown_json: unknown
                .into_iter()
                .map(|(key, value)| (key, value.to_string()))
                .collect(),
        }
    }
}
