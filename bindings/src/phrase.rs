//! 常用语: what is said often with an act.

use xunge_core::command::ActionKind;
use xunge_core::command::phrase::{Phrase as Core, reasons, sentences};

/// A sentence that is offered with an act.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Phrase {
    /// Its code, for the reason of the act; `None` for one that goes as the text alone.
    pub code: Option<String>,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<&Core> for Phrase {
    fn from(core: &Core) -> Self {
        Self {
            code: core.code.map(str::to_owned),
            zh: core.zh.to_owned(),
            en: core.en.to_owned(),
        }
    }
}

/// What is offered with an act: reasons (with a code) first, then sentences for its text. Empty for acts that are never explained.
#[uniffi::export]
pub fn phrases(kind: ActionKind) -> Vec<Phrase> {
    reasons(kind)
        .iter()
        .chain(sentences(kind))
        .map(Into::into)
        .collect()
}
