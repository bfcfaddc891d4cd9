//! 常用语 of a township's own: sentences for each act that its people choose with one press, beside those that are built in.

use std::collections::BTreeMap;

use xunge_core::command::ActionKind;
use xunge_core::id::UnitId;

use super::{Caller, Service};
use crate::ServiceError;
use crate::store::SERVER_FEED;

/// Sentences of one act.
const SENTENCES_MAX: usize = 20;

/// Characters of one sentence.
const CHARS_MAX: usize = 100;

/// Sentences by the name of their act.
pub type Phrases = BTreeMap<String, Vec<String>>;

fn key(unit: &UnitId) -> String {
    format!("phrases.{unit}")
}

impl Service {
    /// The sentences of a township.
    ///
    /// # Errors
    /// [`ServiceError::Damaged`] where they are not readable.
    pub fn phrases(&self, unit: &UnitId) -> Result<Phrases, ServiceError> {
        phrases_in(self.ledger.read(|tx| Ok(tx.meta(&key(unit))?))?)
    }

    /// Writes the sentences of one act of a township that the administrator keeps.
    ///
    /// # Errors
    /// As [`Service::keep_check_unit`]; [`ServiceError::BadRequest`] where there are too many or one is too long.
    pub fn keep_phrases(
        &self,
        caller: &Caller,
        unit: &UnitId,
        kind: ActionKind,
        sentences: &[String],
    ) -> Result<(), ServiceError> {
        self.keep_check_unit(caller, unit)?;
        let is_long = |text: &String| text.chars().count() > CHARS_MAX;
        if sentences.len() > SENTENCES_MAX || sentences.iter().any(is_long) {
            return Err(ServiceError::BadRequest("too many or too long sentences".into()));
        }
        let now = self.now();
        let detail = format!("{} sentences for {} at {unit}", sentences.len(), kind.as_str());
        self.ledger.write(Some(SERVER_FEED), |tx| {
            // Read under the lock: two administrators may write at once, for different acts.
            let mut all = phrases_in(tx.meta(&key(unit))?)?;
            all.insert(kind.as_str().to_owned(), sentences.to_vec());
            all.retain(|_, sentences| !sentences.is_empty());
            let json = serde_json::to_vec(&all).expect("sentences are JSON");
            tx.meta_put(&key(unit), &json)?;
            Ok(self
                .ledger
                .note(tx, now, &caller.audit_name(), "templates", &detail)?)
        })
    }
}

/// The sentences in a value of the store.
fn phrases_in(bytes: Option<Vec<u8>>) -> Result<Phrases, ServiceError> {
    let Some(bytes) = bytes else {
        return Ok(Phrases::new());
    };
    serde_json::from_slice(&bytes).map_err(|_| ServiceError::Damaged("templates".into()))
}
