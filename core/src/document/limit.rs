//! How long and how many: the bounds that the gate holds every change to, and that every writer keeps before it.

/// The largest change in bytes.
pub const CHANGE_BYTES_MAX: usize = 64 * 1024;

/// The most operations in one change.
pub const CHANGE_OPS_MAX: usize = 512;

/// The most changes that one document may rest on at once (heads that were never merged).
pub const DEPS_MAX: usize = 256;

/// The longest readable code, in bytes.
pub const CODE_BYTES_MAX: usize = 96;

/// The longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 5_000;

/// The longest account of what was done, in characters.
pub const RESULT_CHARS_MAX: usize = 2_000;

/// The longest local name of a place, in characters.
pub const PLACE_TEXT_CHARS_MAX: usize = 200;

/// The longest answer, in characters.
pub const ANSWER_CHARS_MAX: usize = 500;

/// The longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// The most answers, attachments, notes and people, each.
pub const MANY_MAX: usize = 200;

/// The most fields of newer programs in one document.
pub const UNKNOWN_MAX: usize = 64;

/// The longest name of a newer program's field, in bytes.
pub const UNKNOWN_KEY_BYTES_MAX: usize = 64;

/// The largest value of a newer program's field, in bytes.
pub const UNKNOWN_VALUE_BYTES_MAX: usize = 4 * 1024;

/// What is wrong with a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ValueError {
    /// More characters than the field takes.
    #[error("longer than {chars_max} characters")]
    TooLong {
        /// The most characters.
        chars_max: usize,
    },
    /// More bytes than the field takes.
    #[error("larger than {bytes_max} bytes")]
    TooLarge {
        /// The most bytes.
        bytes_max: usize,
    },
    /// Not of the kind that the field holds.
    #[error("not a value of this field")]
    WrongKind,
    /// A number that is not finite.
    #[error("not a finite number")]
    NotFinite,
}
