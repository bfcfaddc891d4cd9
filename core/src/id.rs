//! Names of things: newtypes that can never be mixed up.
//!
//! Two families. *Captured* things (reports, commands, notes …) are named on a phone without a network by 16 random bytes, so that a
//! retried submission never makes a second one. *Authored* things (units, people, posts, categories …) are named by the township in
//! short readable codes, as its tables and maps already do.
//!
//! Set in stone: the byte forms below are on the wire, in databases and under signatures.

use std::fmt;
use std::str::FromStr;

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// A captured thing's name is 32 hexadecimal digits, with or without hyphens.
    #[error("`{0}` is not an identifier: 32 hexadecimal digits are expected")]
    NotUuid(String),
    /// An authored code is 1 to 40 of `A-Z a-z 0-9 . _ -`.
    #[error("`{0}` is not a code: use 1 to 40 letters, digits, dots, hyphens or underscores")]
    NotCode(String),
    /// A hash is 64 hexadecimal digits.
    #[error("`{0}` is not a SHA-256 hash: 64 hexadecimal digits are expected")]
    NotHash(String),
}

macro_rules! captured_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A new name from the caller's randomness (version 4 layout).
            pub fn random(rng: &mut dyn Rng) -> Self {
                let mut bytes = [0u8; 16];
                rng.fill_bytes(&mut bytes);
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }
            /// The name with these 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(uuid::Uuid::from_bytes(bytes))
            }
            /// The 16 bytes of the name, as they stand on the wire and in databases.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
            /// The name with these bytes, or `None` where there are not 16.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Some(Self::from_bytes(bytes.try_into().ok()?))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.as_simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                uuid::Uuid::try_parse(text).map(Self).map_err(|_| InvalidId::NotUuid(bounded(text)))
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(self.as_bytes())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let bytes = d.bytes()?;
                Self::from_slice(bytes)
                    .ok_or_else(|| minicbor::decode::Error::message(concat!(stringify!($name), " is 16 bytes")))
            }
        }
    };
}

macro_rules! authored_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The code after checking it: 1 to 40 of `A-Z a-z 0-9 . _ -`.
            pub fn new(code: impl Into<String>) -> Result<Self, InvalidId> {
                let code = code.into();
                if is_code(&code) { Ok(Self(code)) } else { Err(InvalidId::NotCode(bounded(&code))) }
            }
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(code: String) -> Result<Self, InvalidId> {
                Self::new(code)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::new(d.str()?).map_err(|e| minicbor::decode::Error::message(e.to_string()))
            }
        }
    };
}

captured_id!(
    /// One matter from capture to closing. Its readable twin is the [code](crate::code).
    ReportId
);
captured_id!(
    /// One decision or flag. Sending it twice is harmless.
    CommandId
);
captured_id!(
    /// An attachment's place in a report: the key in the document's map. The bytes are named by their hash.
    AttachmentId
);
captured_id!(
    /// A note in a report.
    NoteId
);
captured_id!(
    /// A person concerned: the key of a record that is kept apart from the content.
    PersonRecordId
);
captured_id!(
    /// One profile on one phone (or the server itself): the owner of a signing key and of automerge actors.
    InstallId
);
captured_id!(
    /// The automerge actor of an install. A phone that was restored from a backup takes a new one.
    ActorId
);
captured_id!(
    /// A server database between two restores. It changes when a backup is put back.
    GenerationId
);
captured_id!(
    /// An upload that can be resumed.
    UploadId
);
captured_id!(
    /// One patrol of one worker on one phone, from start to end.
    PatrolId
);
impl GenerationId {
    /// A new generation's name: it begins with its time, so that later generations sort after earlier ones.
    pub fn begun_at(at: crate::time::Timestamp, rng: &mut dyn Rng) -> Self {
        let mut bytes = [0u8; 16];
        rng.fill_bytes(&mut bytes);
        bytes[..8].copy_from_slice(&at.as_millis().max(0).to_be_bytes());
        Self::from_bytes(bytes)
    }
}

authored_id!(
    /// County, township, village, grid, department: one node of the tree of units.
    UnitId
);
authored_id!(
    /// Somebody in the directory.
    PersonId
);
authored_id!(
    /// A post: a role at a unit, held by somebody from a day to a day.
    PostId
);
authored_id!(
    /// A node of the category tree.
    CategoryId
);
authored_id!(
    /// A field that a category declares.
    FieldId
);

/// The SHA-256 of an automerge change: its name everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeHash(pub [u8; 32]);

impl ChangeHash {
    /// The hash with these bytes, or `None` where there are not 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeHash({})", hex::encode(&self.0[..4]))
    }
}

impl FromStr for ChangeHash {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidId::NotHash(bounded(text)))?;
        Ok(Self(bytes))
    }
}

impl Serialize for ChangeHash {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChangeHash {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<C> Encode<C> for ChangeHash {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for ChangeHash {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::from_slice(d.bytes()?)
            .ok_or_else(|| minicbor::decode::Error::message("a change hash is 32 bytes"))
    }
}

fn is_code(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// What a refused text looked like, short enough for an error message.
fn bounded(text: &str) -> String {
    text.chars().take(48).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_with_a_space_or_forty_one_letters_is_refused() {
        assert!(UnitId::new("SH-LQ 01").is_err());
        assert!(UnitId::new("a".repeat(41)).is_err());
        assert!(UnitId::new("").is_err());
        assert_eq!(
            UnitId::new("SH-LQ-01").expect("a plain code").as_str(),
            "SH-LQ-01"
        );
    }

    #[test]
    fn ids_survive_text_and_cbor() {
        let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(1);
        let id = ReportId::random(&mut rng);
        assert_eq!(id.to_string().parse(), Ok(id));
        let bytes = minicbor::to_vec(id).expect("ids encode");
        assert_eq!(minicbor::decode::<ReportId>(&bytes).expect("ids decode"), id);
        assert!(minicbor::decode::<ReportId>(&bytes[..9]).is_err());
    }
}
