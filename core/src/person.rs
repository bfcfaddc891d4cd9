//! People concerned: how their records are checked, and how they show on screens.
//!
//! Names and telephones are masked wherever nobody has unmasked them, and that is recorded. Identity-card numbers are refused: nothing
//! that the work needs asks for them.

use crate::report::PersonRecord;

/// The longest name in characters.
pub const NAME_CHARS_MAX: usize = 60;

/// The longest role or remark in characters.
pub const REMARK_CHARS_MAX: usize = 200;

/// A name as it shows while masked: the first and, from three characters on, the last character stay (`王*明`, `李*`).
pub fn mask_name(name: &str) -> String {
    let name: Vec<char> = name.trim().chars().collect();
    match name.as_slice() {
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, between @ .., last] => format!("{first}{}{last}", "*".repeat(between.len().min(4))),
    }
}

/// A telephone as it shows while masked: of eleven digits the first three and the last four stay (`138****1234`), of others half
/// at most. A leading 86 before a mobile number is left out.
pub fn mask_telephone(telephone: &str) -> String {
    let digits: Vec<char> = telephone.chars().filter(char::is_ascii_digit).collect();
    let digits = match digits.as_slice() {
        ['8', '6', mobile @ ..] if mobile.len() == 11 => mobile,
        digits => digits,
    };
    let (head, tail) = if digits.len() >= 11 {
        (3, 4)
    } else {
        (digits.len() / 6, digits.len() / 3)
    };
    let hidden = digits.len() - head - tail;
    let text = |part: &[char]| part.iter().collect::<String>();
    format!(
        "{}{}{}",
        text(&digits[..head]),
        "*".repeat(hidden),
        text(&digits[digits.len() - tail..])
    )
}

/// What is wrong with a record of a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonProblem {
    /// Neither name nor telephone is there.
    #[error("enter a name or a telephone number")]
    Empty,
    /// The name is longer than [`NAME_CHARS_MAX`].
    #[error("the name is longer than 60 characters")]
    NameTooLong,
    /// The telephone is not 3 to 20 digits with spaces, hyphens, brackets and a leading plus.
    #[error("the telephone number has other signs than digits, or not 3 to 20 of them")]
    BadTelephone,
    /// The remark is longer than [`REMARK_CHARS_MAX`].
    #[error("the remark is longer than 200 characters")]
    RemarkTooLong,
    /// Some field holds what looks like an identity-card number.
    #[error("leave the identity-card number out: it is not needed and may not be kept")]
    IdentityNumber,
}

impl PersonRecord {
    /// Everything that is wrong with the record, at once.
    pub fn check(&self) -> Result<(), Vec<PersonProblem>> {
        let mut problems = Vec::new();
        let telephone = self.telephone.as_deref().unwrap_or("").trim();
        let remark = self.remark.as_deref().unwrap_or("");
        if self.name.trim().is_empty() && telephone.is_empty() {
            problems.push(PersonProblem::Empty);
        }
        if self.name.chars().count() > NAME_CHARS_MAX {
            problems.push(PersonProblem::NameTooLong);
        }
        if !telephone.is_empty() && !is_telephone(telephone) {
            problems.push(PersonProblem::BadTelephone);
        }
        if remark.chars().count() > REMARK_CHARS_MAX {
            problems.push(PersonProblem::RemarkTooLong);
        }
        if [self.name.as_str(), telephone, remark]
            .into_iter()
            .any(has_identity_number)
        {
            problems.push(PersonProblem::IdentityNumber);
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}

/// Whether the text is a telephone number: 3 to 20 digits, with spaces, hyphens, brackets, and a plus in front.
pub fn is_telephone(text: &str) -> bool {
    let body = text.trim().strip_prefix('+').unwrap_or(text.trim());
    let digits = body.chars().filter(char::is_ascii_digit).count();
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '（' | '）');
    (3..=20).contains(&digits) && text.len() <= 40 && body.chars().all(allowed)
}

/// Whether 17 digits followed by a digit or X stand in the text, apart from other digits; spaces and hyphens between them do not hide
/// them.
pub fn has_identity_number(text: &str) -> bool {
    let mut digits = 0_u32;
    let mut found = false;
    for c in text.chars().chain(std::iter::once('|')) {
        match c {
            '0'..='9' => digits += 1,
            '０'..='９' => digits += 1,
            'x' | 'X' | 'Ｘ' | 'ｘ' if digits == 17 => {
                found = true;
                digits = 0;
            }
            ' ' | '-' | '\u{3000}' => {}
            _ => {
                found |= digits == 18;
                digits = 0;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
