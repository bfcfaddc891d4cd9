//! The gate's refusals in the words of the wire.

use super::message::RefusedCode;
use crate::document::gate::Refusal;

impl From<&Refusal> for RefusedCode {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::TooLarge { .. } => Self::TooLarge,
            Refusal::Malformed(_) | Refusal::ChecksumWrong | Refusal::NotCanonical => Self::Malformed,
            Refusal::NotYours | Refusal::WrongOrigin | Refusal::WrongAuthor { .. } => Self::NotYours,
            Refusal::SequenceGap { .. } => Self::SequenceGap,
            Refusal::SecondOrigin => Self::NameReused,
            Refusal::OutOfScope { .. } => Self::OutOfScope,
            Refusal::Immutable { .. }
            | Refusal::NotReporter { .. }
            | Refusal::NotRemovable { .. }
            | Refusal::BadValue { .. }
            | Refusal::TooMany { .. }
            | Refusal::RestsOnRefused => Self::NotAllowed,
            Refusal::Unloadable { .. } => Self::Unloadable,
        }
    }
}
