//! After a restore: words that this server gave, and that the backup lost, come back from the phones that keep them.
//!
//! A replayed word keeps its outcome, its old number and its old generation, and stands in the story at its old place
//! ([`CommandResult::order`]): before everything that was decided since the restore. So no acknowledged outcome ever flips, whichever
//! phone comes first. A command that is waiting to be decided and was made on something that has not come back yet is held back
//! (`missing_deps`), for as long as [`super::restore::REPLAY_MS`] after the restore.

use xunge_core::command::{Command, CommandResult, Event};
use xunge_core::sync::message::{ItemResult, RefusedCode};

use super::take::refused;
use super::turn::Turn;
use crate::ServiceError;

impl Turn<'_> {
    /// Puts a word back. Its signature was checked before.
    pub(crate) fn take_replay(
        &mut self,
        event: &Event,
        command: &Command,
        result: &CommandResult,
    ) -> Result<ItemResult, ServiceError> {
        if result.feed != self.feed.unit {
            return Ok(refused(
                RefusedCode::WrongFeed,
                "the result belongs to another feed",
            ));
        }
        let Some(mut open) = self.take(command.report)? else {
            return Ok(ItemResult::MissingDeps {
                hashes: result.heads.clone(),
            });
        };
        let answer = if open.is_erased() {
            ItemResult::Erased
        } else {
            let story = open.story(self.ledger, self.tx)?;
            let held = story.told.iter().find(|t| t.command.id == command.id);
            // The same word, or one that says the same: there is nothing to put back.
            let is_known = held.is_some_and(|t| {
                t.result.body_hash == result.body_hash
                    && (t.result.outcome == result.outcome || t.result.order() <= result.order())
            });
            let is_other = held.is_some_and(|t| t.result.body_hash != result.body_hash);
            if is_known {
                ItemResult::Duplicate
            } else if is_other {
                refused(RefusedCode::NameReused, "the name is another act's")
            } else {
                let install = self.tx.install(&command.install)?.map(|row| row.no);
                let word = event.result.clone();
                let told = (command.clone(), result.clone());
                self.append_event(&mut open, event.command.clone(), word, told, install)?;
                ItemResult::Stored
            }
        };
        self.put(open);
        Ok(answer)
    }
}
