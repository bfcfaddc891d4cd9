//! The keys of a report's document: one flat map, so that no two phones can each create "the map of notes" and lose one of them.
//!
//! Single fields have short names; things that may be many stand under a letter and their own name (`n/…`). Names of 16 random bytes are
//! written in 22 characters of base64url without padding, the shortest text. Set in stone: every name below.

use std::fmt;

use crate::id::{AttachmentId, FieldId, NoteId, PersonRecordId};

/// A key of the root map.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Key {
    /// What is written once (`packed::Origin`).
    Origin,
    /// Category and version, `code@version`.
    Category,
    Grid,
    Description,
    OccurredAt,
    Place,
    PlaceText,
    Urgency,
    Source,
    Channel,
    Result,
    Answer(FieldId),
    Attachment(AttachmentId),
    Note(NoteId),
    Person(PersonRecordId),
    /// A newer program's field.
    Unknown(String),
}

/// The single fields: key in the document, path in the content.
const SINGLE: [(Key, &str, &str); 11] = [
    (Key::Origin, "origin", "origin"),
    (Key::Category, "cat", "category"),
    (Key::Grid, "grid", "grid"),
    (Key::Description, "text", "description"),
    (Key::OccurredAt, "time", "occurred_at"),
    (Key::Place, "place", "place"),
    (Key::PlaceText, "where", "place_text"),
    (Key::Urgency, "urg", "urgency"),
    (Key::Source, "src", "source"),
    (Key::Channel, "chan", "channel"),
    (Key::Result, "done", "result"),
];

impl Key {
    /// The key behind a text; every text is some key.
    pub(super) fn parse(text: &str) -> Self {
        if let Some((key, ..)) = SINGLE.iter().find(|(_, name, _)| *name == text) {
            return key.clone();
        }
        let many = match text.split_once('/') {
            Some(("q", id)) => FieldId::new(id).ok().map(Key::Answer),
            Some(("a", id)) => short_id(id).map(|b| Key::Attachment(AttachmentId::from_bytes(b))),
            Some(("n", id)) => short_id(id).map(|b| Key::Note(NoteId::from_bytes(b))),
            Some(("p", id)) => short_id(id).map(|b| Key::Person(PersonRecordId::from_bytes(b))),
            _ => None,
        };
        many.unwrap_or_else(|| Key::Unknown(text.to_owned()))
    }

    /// Where the field stands in the content (`description`, `answers/people_count`): what disputes and facts name.
    pub(super) fn path(&self) -> String {
        match self {
            Key::Answer(id) => format!("answers/{id}"),
            Key::Attachment(id) => format!("attachments/{id}"),
            Key::Note(id) => format!("notes/{id}"),
            Key::Person(id) => format!("people/{id}"),
            Key::Unknown(text) => format!("unknown/{text}"),
            single => SINGLE
                .iter()
                .find(|(key, ..)| key == single)
                .map_or_else(String::new, |(_, _, path)| (*path).to_owned()),
        }
    }

    /// Whether writing here is writing the reporter's words, which is his alone.
    pub(super) const fn is_words(&self) -> bool {
        !matches!(self, Key::Attachment(_) | Key::Note(_) | Key::Person(_))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Answer(id) => write!(f, "q/{id}"),
            Key::Attachment(id) => write!(f, "a/{}", short_text(id.as_bytes())),
            Key::Note(id) => write!(f, "n/{}", short_text(id.as_bytes())),
            Key::Person(id) => write!(f, "p/{}", short_text(id.as_bytes())),
            Key::Unknown(text) => f.write_str(text),
            single => {
                let entry = SINGLE.iter().find(|(key, ..)| key == single);
                f.write_str(entry.map_or("", |(_, name, _)| name))
            }
        }
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// 16 bytes in 22 characters of base64url.
fn short_text(bytes: &[u8; 16]) -> String {
    let number = u128::from_be_bytes(*bytes);
    let digit = |index: u32| {
        let shifted = if index == 21 {
            number << 4
        } else {
            number >> (122 - 6 * index)
        };
        char::from(DIGITS[usize::try_from(shifted & 63).unwrap_or(0)])
    };
    (0..22).map(digit).collect()
}

/// The 16 bytes behind 22 characters; `None` for anything that [`short_text`] does not write.
fn short_id(text: &str) -> Option<[u8; 16]> {
    if text.len() != 22 {
        return None;
    }
    let mut number = 0u128;
    for (index, byte) in text.bytes().enumerate() {
        let digit = DIGITS.iter().position(|d| *d == byte)? as u128;
        if index < 21 {
            number = number << 6 | digit;
        } else {
            if digit & 15 != 0 {
                return None;
            }
            number = number << 2 | digit >> 4;
        }
    }
    Some(number.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_comes_back_from_its_text() {
        let ids = [[0u8; 16], [255; 16], *b"0123456789abcdef", [0x80; 16], [1; 16]];
        let mut keys: Vec<Key> = SINGLE.iter().map(|(key, ..)| key.clone()).collect();
        keys.push(Key::Answer(FieldId::new("people_count").unwrap()));
        for id in ids {
            keys.push(Key::Attachment(AttachmentId::from_bytes(id)));
            keys.push(Key::Note(NoteId::from_bytes(id)));
            keys.push(Key::Person(PersonRecordId::from_bytes(id)));
        }
        keys.push(Key::Unknown("weather".to_owned()));
        for key in keys {
            assert_eq!(Key::parse(&key.to_string()), key, "{key}");
        }
    }

    #[test]
    fn short_names_are_base64url() {
        assert_eq!(short_text(b"0123456789abcdef"), "MDEyMzQ1Njc4OWFiY2RlZg");
        assert_eq!(short_text(&[255; 16]), "_____________________w");
    }

    #[test]
    fn a_name_with_stray_last_bits_is_another_program_s_key() {
        for text in ["n/MDEyMzQ1Njc4OWFiY2RlZh", "n/MDEy", "n/", "q/", "q/a b", "x/y"] {
            assert_eq!(Key::parse(text), Key::Unknown(text.to_owned()));
        }
    }
}
