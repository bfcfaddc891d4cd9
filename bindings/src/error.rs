//! What can go wrong, by what the caller can do about it.

use xunge_core::attachment::PictureError;
use xunge_core::enrolment::InvalidEnrolmentCode;
use xunge_core::error::{Error, ErrorKind};

/// A failure. Nothing that was durable before is lost by any of them. Shells match exhaustively and have the words; `detail` is for a log.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum CoreError {
    /// Correct what was entered.
    #[error("correct the input: {detail}")]
    InvalidInput {
        /// Every problem, as `field: rule` with stable names.
        problems: Vec<InputProblem>,
        /// The whole, in English.
        detail: String,
    },
    /// It is not on this phone.
    #[error("not on this phone: {detail}")]
    NotFound {
        /// What was looked for.
        detail: String,
    },
    /// The act is not allowed here and now.
    #[error("not allowed: {detail}")]
    NotAllowed {
        /// The stable reason, where the workflow gave one.
        refusal: Option<xunge_core::command::Refusal>,
        /// In English.
        detail: String,
    },
    /// Enrol again, or enter the PIN.
    #[error("sign in: {detail}")]
    SignInRequired {
        /// How long to wait before the next try of a PIN, in ms.
        retry_after_ms: Option<u64>,
        /// In English.
        detail: String,
    },
    /// Wait for a better network.
    #[error("no network: {detail}")]
    Offline {
        /// In English.
        detail: String,
    },
    /// The profile's database lies under a key that this phone does not have. It is whole: set the profile aside and enrol anew; the
    /// township can give the key back (`Phone::take_back`).
    #[error("key lost: {detail}")]
    KeyLost {
        /// In English.
        detail: String,
    },
    /// Free some space.
    #[error("storage full: {detail}")]
    StorageFull {
        /// In English.
        detail: String,
    },
    /// Storage or database cannot be used as it is.
    #[error("storage failed: {detail}")]
    StorageFailed {
        /// In English.
        detail: String,
    },
    /// Update the app.
    #[error("update the app: {detail}")]
    UpdateRequired {
        /// In English.
        detail: String,
    },
    /// A defect: tell whoever looks after the app.
    #[error("internal: {detail}")]
    Internal {
        /// In English.
        detail: String,
    },
}

/// One thing that is wrong with what was entered.
#[derive(Clone, Debug, uniffi::Record)]
pub struct InputProblem {
    /// The field's path (`category`, `answers/people_count`); empty where it is not about one field.
    pub field: String,
    /// The rule in English; its stable name is its JSON tag in `rule_json`.
    pub rule: String,
    /// The rule with its numbers, as JSON.
    pub rule_json: String,
}

impl InputProblem {
    fn of(field: &str, rule: &str) -> Self {
        Self {
            field: field.to_owned(),
            rule: rule.to_owned(),
            rule_json: String::new(),
        }
    }

    /// What is wrong with an enrolment code, by its stable name.
    fn of_code(rule: &str) -> Self {
        Self::of("code", rule)
    }
}

impl From<Error> for CoreError {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error.kind() {
            ErrorKind::InvalidInput => Self::InvalidInput {
                problems: problems(&error),
                detail,
            },
            ErrorKind::NotFound => Self::NotFound { detail },
            ErrorKind::NotAllowed => {
                let refusal = match error {
                    Error::NotAllowed(refusal) => Some(refusal),
                    _ => None,
                };
                Self::NotAllowed { refusal, detail }
            }
            ErrorKind::SignInRequired => {
                let retry_after_ms = match error {
                    Error::PinWrong { retry_after_ms } => Some(retry_after_ms),
                    _ => None,
                };
                Self::SignInRequired {
                    retry_after_ms,
                    detail,
                }
            }
            ErrorKind::Offline => Self::Offline { detail },
            ErrorKind::KeyLost => Self::KeyLost { detail },
            ErrorKind::StorageFull => Self::StorageFull { detail },
            ErrorKind::StorageFailed => Self::StorageFailed { detail },
            ErrorKind::UpdateRequired => Self::UpdateRequired { detail },
            ErrorKind::Internal => Self::Internal { detail },
        }
    }
}

fn problems(error: &Error) -> Vec<InputProblem> {
    match error {
        Error::Incomplete(problems) => problems
            .iter()
            .map(|p| InputProblem {
                field: p.field.clone(),
                rule: p.rule.to_string(),
                rule_json: serde_json::to_string(&p.rule).unwrap_or_default(),
            })
            .collect(),
        Error::Person(problems) => problems
            .iter()
            .map(|p| InputProblem {
                field: "people".to_owned(),
                rule: p.to_string(),
                rule_json: String::new(),
            })
            .collect(),
        Error::EnrolmentCode(invalid) => vec![InputProblem::of_code(match invalid {
            InvalidEnrolmentCode::NotOurs => "not_ours",
            InvalidEnrolmentCode::Newer => "newer",
            InvalidEnrolmentCode::Incomplete => "incomplete",
        })],
        Error::EnrolmentRefused(code) => vec![InputProblem::of_code(code)],
        Error::Picture(error) => vec![InputProblem::of("picture", picture_rule(error))],
        Error::Voice(error) => vec![InputProblem::of("voice_note", &error.to_string())],
        _ => Vec::new(),
    }
}

/// What is wrong with a picture, by its stable name.
fn picture_rule(error: &PictureError) -> &'static str {
    match error {
        PictureError::Empty => "empty",
        PictureError::Heic => "heic",
        PictureError::TooManyPixels { .. } | PictureError::TooManyBytes { .. } => "too_large",
        PictureError::UnknownFormat | PictureError::NotWhatItSays { .. } => "not_a_picture",
        _ => "damaged",
    }
}

impl CoreError {
    pub(crate) fn bad_text(what: &str) -> Self {
        Self::InvalidInput {
            problems: Vec::new(),
            detail: what.to_owned(),
        }
    }

    pub(crate) fn defect(what: &str) -> Self {
        Self::Internal {
            detail: what.to_owned(),
        }
    }

    pub(crate) fn bad_key() -> Self {
        Self::InvalidInput {
            problems: Vec::new(),
            detail: "a database key has 32 bytes".to_owned(),
        }
    }

    pub(crate) fn from_transport(error: xunge_core::sync::transport::TransportError) -> Self {
        Self::from(Error::Sync(error.into()))
    }
}
