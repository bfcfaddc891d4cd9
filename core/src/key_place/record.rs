//! What a worker says of a key place on the spot: a short check-up, or that it need not be visited for a while.
//!
//! Immutable, named by the SHA-256 of its bytes, and signed with the flush that brings it. Nothing here decides whether it counts: that is
//! [`VisitRecord::check`] for its form, and the server for who sends it.
//!
//! Set in stone: the numbers of the fields, and that bytes have one spelling.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{InstallId, PersonId};
use crate::place::{MicroPosition, PlaceClaim};
use crate::time::DeviceTime;

/// The most bytes of one record.
pub const VISIT_BYTES_MAX: usize = 4 << 10;

/// The most characters of a text or reason.
pub const VISIT_TEXT_CHARS_MAX: usize = 500;

/// For how many days ahead a worker may excuse a place: longer ones are the township's to write into its directory.
pub const EXCUSED_DAYS_MAX: i64 = 31;

/// Where the phone was, as it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct VisitClaim {
    /// Millionths of a degree north, WGS 84.
    #[n(0)]
    pub lat_e6: i32,
    /// Millionths of a degree east, WGS 84.
    #[n(1)]
    pub lon_e6: i32,
    /// Radius in metres of 68 % belief, rounded up; `None` where the phone does not say.
    #[n(2)]
    pub accuracy_m: Option<u16>,
    /// Whether a test provider is said to have made it up.
    #[n(3)]
    pub is_mock: bool,
    /// How old the fix was, in ms.
    #[n(4)]
    pub age_ms: i64,
}

impl VisitClaim {
    /// The claim of a place; `None` where the position cannot be one.
    pub fn of(claim: &PlaceClaim) -> Option<Self> {
        let position = MicroPosition::of(claim.position).ok()?;
        let is_known = claim.accuracy_m.is_finite() && claim.accuracy_m > 0.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the cast saturates, and only positive numbers come to it"
        )]
        let accuracy_m = is_known.then(|| claim.accuracy_m.ceil() as u16);
        Some(Self {
            lat_e6: position.lat_e6,
            lon_e6: position.lon_e6,
            accuracy_m,
            is_mock: claim.is_mock,
            age_ms: claim.age_ms,
        })
    }

    /// The position.
    pub fn position(&self) -> MicroPosition {
        MicroPosition {
            lat_e6: self.lat_e6,
            lon_e6: self.lon_e6,
        }
    }
}

/// What is said of the place.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "visit", rename_all = "snake_case")]
pub enum VisitKind {
    /// Somebody was there and looked.
    #[n(0)]
    CheckUp {
        /// Whether all is in order.
        #[n(0)]
        all_right: bool,
        /// What there is to say; may be empty.
        #[n(1)]
        text: String,
    },
    /// It need not be visited from that day on, up to a last day.
    #[n(1)]
    Excused {
        /// Why (closed for repair, the road is flooded); not empty.
        #[n(0)]
        reason: String,
        /// The last day, included, as `2026-11-22`.
        #[n(1)]
        until: String,
    },
}

/// One record.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct VisitRecord {
    /// The key place's id.
    #[n(0)]
    pub place: String,
    /// Who says it.
    #[n(1)]
    pub person: PersonId,
    /// On which phone.
    #[n(2)]
    pub install: InstallId,
    /// When.
    #[n(3)]
    pub at: DeviceTime,
    /// Where the phone was, if it knew.
    #[n(4)]
    pub claim: Option<VisitClaim>,
    /// What is said.
    #[n(5)]
    pub kind: VisitKind,
}

/// Why bytes are no such record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VisitRecordError {
    /// More than [`VISIT_BYTES_MAX`].
    #[error("the visit is larger than {VISIT_BYTES_MAX} bytes")]
    TooLarge,
    /// Not readable.
    #[error("the visit is not readable")]
    Malformed,
    /// The same record has another spelling.
    #[error("the visit is not in its one spelling")]
    NotCanonical,
    /// A text is longer than [`VISIT_TEXT_CHARS_MAX`] characters, or the place has no code.
    #[error("a text of the visit is too long, or the place has no code")]
    Text,
    /// An excuse without a reason.
    #[error("an excuse needs a reason")]
    NoReason,
    /// The last day of an excuse is no day.
    #[error("the last day of the excuse is no day")]
    NoDay,
    /// The position is none.
    #[error("the position of the visit is none")]
    Position,
}

impl VisitRecord {
    /// The record's bytes. What names it is their SHA-256.
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding to memory cannot fail")
    }

    /// Reads a record, strictly: every rule is checked, and only the spelling that [`VisitRecord::encode`] writes is taken.
    pub fn decode(bytes: &[u8]) -> Result<Self, VisitRecordError> {
        if bytes.len() > VISIT_BYTES_MAX {
            return Err(VisitRecordError::TooLarge);
        }
        let record: Self = minicbor::decode(bytes).map_err(|_| VisitRecordError::Malformed)?;
        record.check()?;
        if record.encode() != bytes {
            return Err(VisitRecordError::NotCanonical);
        }
        Ok(record)
    }

    /// Whether the record keeps the rules of its own kind.
    pub fn check(&self) -> Result<(), VisitRecordError> {
        let text = match &self.kind {
            VisitKind::CheckUp { text, .. } => text,
            VisitKind::Excused { reason, until } => {
                if reason.trim().is_empty() {
                    return Err(VisitRecordError::NoReason);
                }
                until
                    .parse::<chrono::NaiveDate>()
                    .map_err(|_| VisitRecordError::NoDay)?;
                reason
            }
        };
        let is_named = (1..=64).contains(&self.place.len());
        if text.chars().count() > VISIT_TEXT_CHARS_MAX || !is_named {
            return Err(VisitRecordError::Text);
        }
        if self.claim.is_some_and(|claim| !claim.position().is_on_earth()) {
            return Err(VisitRecordError::Position);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::{Position, Provider};
    use crate::time::Timestamp;

    fn record(kind: VisitKind) -> VisitRecord {
        VisitRecord {
            place: "ZD-1".into(),
            person: PersonId::new("w1").unwrap(),
            install: InstallId::from_bytes([1; 16]),
            at: DeviceTime {
                wall_at: Timestamp(1_795_305_600_000),
                monotonic_ms: 5,
                boot: 1,
                server_offset_ms: Some(0),
                server_offset_age_ms: Some(0),
            },
            claim: VisitClaim::of(&PlaceClaim {
                position: Position {
                    lat_deg: 28.3,
                    lon_deg: 120.9,
                },
                accuracy_m: 7.2,
                provider: Provider::Satellite,
                is_mock: false,
                age_ms: 900,
            }),
            kind,
        }
    }

    fn excused(reason: &str, until: &str) -> VisitRecord {
        record(VisitKind::Excused {
            reason: reason.into(),
            until: until.into(),
        })
    }

    #[test]
    fn a_record_comes_back_from_its_bytes_and_has_one_spelling() {
        let check_up = record(VisitKind::CheckUp {
            all_right: true,
            text: "灭火器齐全".into(),
        });
        for record in [check_up, excused("停业整修", "2026-12-01")] {
            let bytes = record.encode();
            assert_eq!(VisitRecord::decode(&bytes), Ok(record));
            let longer = [&bytes[..], &[0]].concat();
            assert_eq!(VisitRecord::decode(&longer), Err(VisitRecordError::NotCanonical));
            for cut in 0..bytes.len() {
                assert!(VisitRecord::decode(&bytes[..cut]).is_err());
            }
        }
        assert_eq!(excused("x", "2026-12-01").claim.unwrap().accuracy_m, Some(8));
    }

    #[test]
    fn a_record_without_reason_day_or_bounds_is_refused_by_name() {
        assert_eq!(
            excused(" ", "2026-12-01").check(),
            Err(VisitRecordError::NoReason)
        );
        assert_eq!(excused("x", "tomorrow").check(), Err(VisitRecordError::NoDay));
        assert_eq!(
            excused(&"长".repeat(501), "2026-12-01").check(),
            Err(VisitRecordError::Text)
        );
        let mut far = excused("x", "2026-12-01");
        far.claim = far.claim.map(|claim| VisitClaim {
            lat_e6: 91_000_000,
            ..claim
        });
        assert_eq!(far.check(), Err(VisitRecordError::Position));
        assert_eq!(
            VisitRecord::decode(&vec![0; VISIT_BYTES_MAX + 1]),
            Err(VisitRecordError::TooLarge)
        );
    }
}
