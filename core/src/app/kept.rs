//! Words that a person has begun beside a report or a task: durable as they are typed, so that a call, a kill or an empty battery takes
//! none of them.

use super::Device;
use crate::error::Error;

impl Device {
    /// Keeps what is being typed about something (a note, a reason, an answer); durable when this returns. No words take back what was
    /// kept: that is how a shell ends it once the act itself is durable, or the person has cancelled.
    ///
    /// `about` is the shell's own name for what the words belong to, and `words` its own form of them; both come back as they were.
    pub fn keep_words(&self, about: &str, words: &str) -> Result<(), Error> {
        self.write_quietly(|tx, context| {
            if words.is_empty() {
                tx.drop_words(about)?;
            } else {
                tx.keep_words(about, words, context.now_ms())?;
            }
            Ok(())
        })
    }

    /// What was kept about something; `None` where there is nothing, or it was sent.
    pub fn kept_words(&self, about: &str) -> Result<Option<String>, Error> {
        self.read(|tx, _| Ok(tx.kept_words(about)?))
    }
}
