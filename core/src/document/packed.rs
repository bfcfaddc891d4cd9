//! Fields that belong together, as one scalar each: written as a whole, so merged as a whole.
//!
//! Each is a CBOR array with values in fixed places. Readers pass over what follows the places they know, so that places may be added at
//! the end. Set in stone: the places; they lie in documents for ever.

use minicbor::{Decode, Encode};

use crate::attachment::{AttachmentKind, AttachmentRole, BlobHash};
use crate::id::{PersonId, ReportId, UnitId};
use crate::place::{PlaceClaim, Position, Provider};
use crate::report::{AttachmentRef, Note};
use crate::time::Timestamp;

/// What is written once, in the first change, and never again.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(super) struct Origin {
    #[n(0)]
    pub(super) schema: u32,
    #[n(1)]
    pub(super) report: ReportId,
    #[n(2)]
    pub(super) code: String,
    #[n(3)]
    pub(super) reporter: PersonId,
    #[n(4)]
    pub(super) township: UnitId,
    #[n(5)]
    pub(super) created_at: Timestamp,
}

/// A place claim. Degrees are kept to 1e-7 (1.1 cm on the ground) and metres to a centimetre: far below what any phone measures, and a
/// third of the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub(super) struct PackedPlace {
    #[n(0)]
    lat_e7: i32,
    #[n(1)]
    lon_e7: i32,
    #[n(2)]
    accuracy_cm: i32,
    #[n(3)]
    provider: u8,
    #[n(4)]
    is_mock: bool,
    #[n(5)]
    age_ms: i64,
}

/// The providers in the order of their numbers.
const PROVIDERS: [Provider; 5] = [
    Provider::Satellite,
    Provider::Network,
    Provider::Fused,
    Provider::Hand,
    Provider::Picture,
];

impl PackedPlace {
    pub(super) fn new(place: &PlaceClaim) -> Self {
        let provider = PROVIDERS.iter().position(|p| *p == place.provider).unwrap_or(0);
        Self {
            lat_e7: fixed(place.position.lat_deg, 1e7),
            lon_e7: fixed(place.position.lon_deg, 1e7),
            accuracy_cm: fixed(place.accuracy_m, 100.0),
            provider: u8::try_from(provider).unwrap_or(0),
            is_mock: place.is_mock,
            age_ms: place.age_ms,
        }
    }

    /// The claim, or `None` where it names no place on earth or a provider that this program does not know.
    pub(super) fn place(&self) -> Option<PlaceClaim> {
        let position = Position {
            lat_deg: f64::from(self.lat_e7) / 1e7,
            lon_deg: f64::from(self.lon_e7) / 1e7,
        };
        if position.lat_deg.abs() > 90.0 || position.lon_deg.abs() > 180.0 {
            return None;
        }
        Some(PlaceClaim {
            position,
            accuracy_m: f64::from(self.accuracy_cm) / 100.0,
            provider: *PROVIDERS.get(usize::from(self.provider))?,
            is_mock: self.is_mock,
            age_ms: self.age_ms,
        })
    }
}

/// `value * scale`, rounded; beyond the range its ends, and 0 where it is no number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, which is what is wanted"
)]
fn fixed(value: f64, scale: f64) -> i32 {
    (value * scale).round() as i32
}

/// An attachment's reference.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(super) struct PackedAttachment {
    #[n(0)]
    kind: AttachmentKind,
    #[n(1)]
    role: AttachmentRole,
    #[n(2)]
    blob: BlobHash,
    #[n(3)]
    size_bytes: u64,
    #[n(4)]
    thumbnail: Option<BlobHash>,
    #[n(5)]
    width_px: u32,
    #[n(6)]
    height_px: u32,
    #[n(7)]
    duration_ms: u32,
    #[n(8)]
    taken_at: Option<Timestamp>,
}

impl From<&AttachmentRef> for PackedAttachment {
    fn from(a: &AttachmentRef) -> Self {
        Self {
            kind: a.kind,
            role: a.role,
            blob: a.blob,
            size_bytes: a.size_bytes,
            thumbnail: a.thumbnail,
            width_px: a.width_px,
            height_px: a.height_px,
            duration_ms: a.duration_ms,
            taken_at: a.taken_at,
        }
    }
}

impl From<PackedAttachment> for AttachmentRef {
    fn from(a: PackedAttachment) -> Self {
        Self {
            kind: a.kind,
            role: a.role,
            blob: a.blob,
            size_bytes: a.size_bytes,
            thumbnail: a.thumbnail,
            width_px: a.width_px,
            height_px: a.height_px,
            duration_ms: a.duration_ms,
            taken_at: a.taken_at,
        }
    }
}

/// A note.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(super) struct PackedNote {
    #[n(0)]
    by: PersonId,
    #[n(1)]
    written_at: Timestamp,
    #[n(2)]
    text: String,
}

impl From<&Note> for PackedNote {
    fn from(note: &Note) -> Self {
        Self {
            by: note.by.clone(),
            written_at: note.written_at,
            text: note.text.clone(),
        }
    }
}

impl From<PackedNote> for Note {
    fn from(note: PackedNote) -> Self {
        Self {
            by: note.by,
            text: note.text,
            written_at: note.written_at,
        }
    }
}

/// The bytes of a packed value.
pub(super) fn pack<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("encoding to memory cannot fail")
}

/// A packed value out of its bytes; `None` where they are not one, or something follows it.
pub(super) fn unpack<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Option<T> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().ok()?;
    (decoder.position() == bytes.len()).then_some(value)
}
