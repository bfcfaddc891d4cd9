//! What a person says of a key place: a short check-up there, or that it need not be visited for a while.
//!
//! Set in stone: the CBOR numbers; records are signed and named by the SHA-256 of their bytes.

use chrono::NaiveDate;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{InstallId, PersonId, UnitId};
use crate::place::MicroPosition;
use crate::time::DeviceTime;

/// The most bytes of one record.
pub const VISIT_RECORD_BYTES_MAX: usize = 8 << 10;

/// The most characters of the words in it.
pub const VISIT_WORDS_MAX: usize = 1_000;

/// The most bytes of a place's id.
const PLACE_BYTES_MAX: usize = 64;

/// One record: immutable, merged as a set. The same words twice are two records, since their clocks differ.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct VisitRecord {
    /// The key place's id.
    #[n(0)]
    pub place: String,
    /// The grid that the place lay in, by the phone's directory.
    #[n(1)]
    pub grid: UnitId,
    /// The phone's install.
    #[n(2)]
    pub install: InstallId,
    /// Who says it.
    #[n(3)]
    pub person: PersonId,
    /// The phone's clocks.
    #[n(4)]
    pub at: DeviceTime,
    /// What is said.
    #[n(5)]
    pub word: VisitWord,
    /// Where the phone was: degrees north and east in millionths, and the radius of 68 % belief in metres; `None` where it did not know.
    #[n(6)]
    pub spot: Option<(i32, i32, u16)>,
}

/// What is said of a place.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum VisitWord {
    /// Somebody was there and looked.
    #[n(0)]
    CheckUp {
        /// Whether all was in order.
        #[n(0)]
        is_in_order: bool,
        /// What was seen; may be empty where all was in order.
        #[n(1)]
        text: String,
    },
    /// It need not be visited, from the day of the record up to and with another.
    #[n(1)]
    Excuse {
        /// Why (closed for repair, flooded road).
        #[n(0)]
        reason: String,
        /// The last day, as `2026-11-22` in the township's zone.
        #[n(1)]
        until: String,
    },
}

/// Why something is no record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VisitRecordError {
    /// More than [`VISIT_RECORD_BYTES_MAX`] bytes, or words of more than [`VISIT_WORDS_MAX`] characters.
    #[error("the record is too long")]
    TooLarge,
    /// The bytes are not readable as a record, or not in its one spelling.
    #[error("the bytes are no record")]
    Malformed,
    /// No place, or a name that no place has.
    #[error("the record names no place")]
    NoPlace,
    /// Something is wrong there, or it is excused, and nothing says why.
    #[error("the record lacks its words")]
    NoWords,
    /// The last day is no day.
    #[error("the last day of the excuse is no day")]
    NoDay,
    /// Its position is none.
    #[error("the position of the record is none")]
    NoPosition,
}

impl VisitRecord {
    /// Where the phone was.
    pub fn position(&self) -> Option<MicroPosition> {
        self.spot
            .map(|(lat_e6, lon_e6, _)| MicroPosition { lat_e6, lon_e6 })
    }

    /// The last day of an excuse; `None` for a check-up.
    pub fn excused_until(&self) -> Option<NaiveDate> {
        match &self.word {
            VisitWord::Excuse { until, .. } => until.parse().ok(),
            VisitWord::CheckUp { .. } => None,
        }
    }

    /// The record's bytes and their SHA-256, which is its name.
    pub fn encode(&self) -> Result<([u8; 32], Vec<u8>), VisitRecordError> {
        self.check()?;
        let bytes = minicbor::to_vec(self).expect("encoding to memory cannot fail");
        if bytes.len() > VISIT_RECORD_BYTES_MAX {
            return Err(VisitRecordError::TooLarge);
        }
        Ok((crate::signature::sha256(&bytes), bytes))
    }

    /// Reads a record, strictly: only what [`Self::encode`] writes is taken.
    pub fn decode(bytes: &[u8]) -> Result<Self, VisitRecordError> {
        if bytes.len() > VISIT_RECORD_BYTES_MAX {
            return Err(VisitRecordError::TooLarge);
        }
        let record: Self = minicbor::decode(bytes).map_err(|_| VisitRecordError::Malformed)?;
        record.check()?;
        let again = minicbor::to_vec(&record).expect("encoding to memory cannot fail");
        if again == bytes {
            Ok(record)
        } else {
            Err(VisitRecordError::Malformed)
        }
    }

    fn check(&self) -> Result<(), VisitRecordError> {
        if self.place.trim().is_empty() || self.place.len() > PLACE_BYTES_MAX {
            return Err(VisitRecordError::NoPlace);
        }
        let (words, are_wanted) = match &self.word {
            VisitWord::CheckUp { is_in_order, text } => (text, !is_in_order),
            VisitWord::Excuse { reason, until } => {
                let is_day = until
                    .parse::<NaiveDate>()
                    .is_ok_and(|day| day.to_string() == *until);
                if !is_day {
                    return Err(VisitRecordError::NoDay);
                }
                (reason, true)
            }
        };
        if are_wanted && words.trim().is_empty() {
            return Err(VisitRecordError::NoWords);
        }
        if words.chars().count() > VISIT_WORDS_MAX {
            return Err(VisitRecordError::TooLarge);
        }
        let is_on_globe = |(lat_e6, lon_e6, _): (i32, i32, u16)| {
            lat_e6.unsigned_abs() <= 90_000_000 && lon_e6.unsigned_abs() <= 180_000_000
        };
        if self.spot.is_none_or(is_on_globe) {
            Ok(())
        } else {
            Err(VisitRecordError::NoPosition)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn record(word: VisitWord) -> VisitRecord {
        VisitRecord {
            place: "P1".into(),
            grid: UnitId::new("G1").expect("a code"),
            install: InstallId::from_bytes([1; 16]),
            person: PersonId::new("w1").expect("a code"),
            at: DeviceTime {
                wall_at: Timestamp(1_772_413_200_000),
                monotonic_ms: 5,
                boot: 7,
                server_offset_ms: Some(3),
                server_offset_age_ms: None,
            },
            word,
            spot: Some((30_000_000, 104_000_000, 8)),
        }
    }

    fn check_up(is_in_order: bool, text: &str) -> VisitRecord {
        record(VisitWord::CheckUp {
            is_in_order,
            text: text.into(),
        })
    }

    fn excuse(reason: &str, until: &str) -> VisitRecord {
        record(VisitWord::Excuse {
            reason: reason.into(),
            until: until.into(),
        })
    }

    #[test]
    fn a_record_reads_back_as_it_was_and_is_named_by_its_bytes() {
        for record in [
            check_up(true, ""),
            check_up(false, "消防通道被占"),
            excuse("停业", "2026-12-01"),
        ] {
            let (name, bytes) = record.encode().expect("it is good");
            assert_eq!(VisitRecord::decode(&bytes), Ok(record));
            assert_eq!(name, crate::signature::sha256(&bytes));
        }
        assert_eq!(
            excuse("停业", "2026-12-01").excused_until(),
            NaiveDate::from_ymd_opt(2026, 12, 1)
        );
    }

    #[test]
    fn what_says_nothing_is_no_record() {
        assert_eq!(check_up(false, " ").encode(), Err(VisitRecordError::NoWords));
        assert_eq!(excuse("", "2026-12-01").encode(), Err(VisitRecordError::NoWords));
        assert_eq!(excuse("停业", "2026-12-1").encode(), Err(VisitRecordError::NoDay));
        assert_eq!(excuse("停业", "soon").encode(), Err(VisitRecordError::NoDay));
        let long = "长".repeat(VISIT_WORDS_MAX + 1);
        assert_eq!(check_up(true, &long).encode(), Err(VisitRecordError::TooLarge));
        let mut nowhere = check_up(true, "");
        nowhere.place = " ".into();
        assert_eq!(nowhere.encode(), Err(VisitRecordError::NoPlace));
        let mut far = check_up(true, "");
        far.spot = Some((91_000_000, 0, 1));
        assert_eq!(far.encode(), Err(VisitRecordError::NoPosition));
    }

    #[test]
    fn broken_bytes_are_no_record() {
        let (_, bytes) = check_up(false, "门锁坏了").encode().expect("it is good");
        for cut in 0..bytes.len() {
            assert!(VisitRecord::decode(&bytes[..cut]).is_err(), "{cut}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(VisitRecord::decode(&longer), Err(VisitRecordError::Malformed));
    }
}
