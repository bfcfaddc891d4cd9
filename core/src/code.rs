//! The readable code that a report keeps from first to last (一码到底), made on the phone without a network.
//!
//! `LQ01-260403-KTM017X`: the unit in which the report was begun, the day, the phone's tag with its counter, and a check character.
//! Without a tag eight random characters stand in the place of tag and counter. The parts are for the eye: **nothing parses a code**, and
//! a report that moves to another grid keeps its own.
//!
//! Set in stone: the check. Codes are on paper.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::id::UnitId;

/// The longest code in characters.
pub const CODE_CHARS_MAX: usize = 64;

/// Characters that nobody takes for another: what tags, random parts and check characters are made of.
const CLEAR: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// How many of [`CLEAR`] are letters.
const CLEAR_LETTERS: usize = 24;

/// Letters that may stand between tag and counter.
const FILLERS: [&str; 10] = ["X", "Y", "W", "V", "T", "R", "P", "N", "M", "K"];

/// The check's modulus: a prime above the number of characters that may stand in a code (26 + 10 + 3).
const MODULUS: u32 = 41;

/// The short name of one install within a township, three letters, allotted at enrolment: it keeps the codes of two phones apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag([u8; 3]);

/// How many different tags there are.
pub const TAG_COUNT: u32 = 13_824;

impl Tag {
    /// The n-th tag in the order of allotment; after [`TAG_COUNT`] they come again. Neighbours differ in more than one letter, so that a
    /// misheard tag is rarely another phone's.
    pub fn nth(n: u32) -> Self {
        // 7,919 is prime to 24³, so every tag comes up once in a round.
        let mut rest = (u64::from(n) * 7_919 + 1_234) % u64::from(TAG_COUNT);
        let mut letters = [0; 3];
        for letter in &mut letters {
            let place = usize::try_from(rest % 24).expect("a remainder of 24 is small");
            *letter = CLEAR[place];
            rest /= 24;
        }
        Self(letters)
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a tag is ASCII")
    }
}

/// Why a text is not a tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a tag is three capital letters without I and O")]
pub struct InvalidTag;

impl FromStr for Tag {
    type Err = InvalidTag;
    fn from_str(text: &str) -> Result<Self, InvalidTag> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| InvalidTag)?;
        let known = letters.iter().all(|l| CLEAR[..CLEAR_LETTERS].contains(l));
        if known { Ok(Self(letters)) } else { Err(InvalidTag) }
    }
}

impl TryFrom<String> for Tag {
    type Error = InvalidTag;
    fn try_from(text: String) -> Result<Self, InvalidTag> {
        text.parse()
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.as_str().to_owned()
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({self})")
    }
}

/// What keeps a code apart from every other of its unit and day.
pub enum Distinct<'a> {
    /// The install's tag, and a counter that the install never uses twice.
    Tag(Tag, u32),
    /// Eight random characters, where no tag is left or none was allotted yet.
    Random(&'a mut dyn Rng),
}

/// Makes a code for a report that is begun in this unit on this civil day of the township's zone.
pub fn make(unit: &UnitId, day: NaiveDate, distinct: Distinct<'_>) -> String {
    let head = format!(
        "{}-{:02}{:02}{:02}-",
        unit.as_str().to_ascii_uppercase(),
        day.year().rem_euclid(100),
        day.month(),
        day.day()
    );
    match distinct {
        // Not every remainder has a clear character; a letter between tag and counter moves it, and one of ten letters always does.
        Distinct::Tag(tag, counter) => std::iter::once("")
            .chain(FILLERS)
            .find_map(|filler| finish(format!("{head}{tag}{filler}{counter:03}")))
            .expect(
                "nine of forty-one remainders lack a clear character, and ten fillers give ten remainders",
            ),
        Distinct::Random(rng) => loop {
            let mut random = [0_u8; 8];
            rng.fill_bytes(&mut random);
            let text: String = random
                .iter()
                .map(|b| char::from(CLEAR[usize::from(b % 32)]))
                .collect();
            if let Some(code) = finish(format!("{head}{text}")) {
                break code;
            }
        },
    }
}

/// What is wrong with a code that somebody typed or scanned.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidCode {
    /// Nothing, or only one character, was entered.
    #[error("the code is too short")]
    TooShort,
    /// More than [`CODE_CHARS_MAX`] characters were entered.
    #[error("the code is longer than {CODE_CHARS_MAX} characters")]
    TooLong,
    /// A character that no code has.
    #[error("no code has the character `{0}`")]
    Character(char),
    /// The check character does not fit: a character is wrong, or two are swapped.
    #[error("a character of the code is wrong or two are swapped")]
    Mismatch,
}

/// Checks a code that somebody typed or scanned and gives it in its one spelling: capitals, no blanks, plain hyphens. Every single wrong
/// character and every swap of two neighbours is found.
pub fn check(text: &str) -> Result<String, InvalidCode> {
    let code = spelled(text)?;
    if code.len() < 2 {
        return Err(InvalidCode::TooShort);
    }
    if remainder(code.bytes()) == 0 {
        Ok(code)
    } else {
        Err(InvalidCode::Mismatch)
    }
}

/// The one spelling of what was typed: capitals, no blanks, full-width characters made plain.
fn spelled(text: &str) -> Result<String, InvalidCode> {
    let mut code = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let plain = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '—' | '–' | '‐' => '-',
            _ => c,
        };
        let plain = plain.to_ascii_uppercase();
        if !plain.is_ascii() || value(plain as u8).is_none() {
            return Err(InvalidCode::Character(c));
        }
        code.push(plain);
        if code.len() > CODE_CHARS_MAX {
            return Err(InvalidCode::TooLong);
        }
    }
    Ok(code)
}

/// The text with its check character, where that is a clear one.
fn finish(mut text: String) -> Option<String> {
    let rest = remainder(text.bytes().chain(std::iter::once(b'0')));
    let check = CLEAR
        .iter()
        .find(|c| (value(**c).unwrap_or(0) + rest).is_multiple_of(MODULUS))?;
    text.push(char::from(*check));
    Some(text)
}

/// The weighted sum of the characters. The weights are the powers of two from the right, none of which is a multiple of the modulus and
/// no neighbouring two of which are equal: hence one wrong character, or two swapped, never leave the sum as it was.
fn remainder(characters: impl DoubleEndedIterator<Item = u8>) -> u32 {
    let mut weight = 1;
    let mut sum = 0;
    for character in characters.rev() {
        sum = (sum + weight * value(character).unwrap_or(0)) % MODULUS;
        weight = weight * 2 % MODULUS;
    }
    sum
}

/// The number of a character that may stand in a code: 0 to 38.
fn value(character: u8) -> Option<u32> {
    Some(match character {
        b'0'..=b'9' => u32::from(character - b'0'),
        b'A'..=b'Z' => u32::from(character - b'A') + 10,
        b'-' => 36,
        b'.' => 37,
        b'_' => 38,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
