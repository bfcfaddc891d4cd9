//! A report's story in memory: its commands with the server's words, and the matter that they fold to.

use std::collections::BTreeMap;

use xunge_core::command::{Command, CommandResult, Outcome};
use xunge_core::id::{CommandId, GenerationId};
use xunge_core::workflow::{Applied, Matter, apply};

/// One line of a story.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) command: Command,
    pub(crate) result: CommandResult,
    /// The row in which it stands in this database.
    pub(crate) seq: u64,
}

/// A story, folded.
#[derive(Clone, Default, Debug)]
pub(crate) struct Story {
    /// How many rows it was made from.
    pub(crate) rows: u32,
    pub(crate) told: Vec<Told>,
    pub(crate) matter: Option<Matter>,
    pub(crate) known: BTreeMap<CommandId, Outcome>,
}

impl Story {
    /// Takes a line in at its place in the order over all restores. Of two words on one command the earlier holds.
    pub(crate) fn add(&mut self, line: Told) {
        self.rows += 1;
        let order = line.result.order();
        if let Some(held) = self.told.iter().position(|t| t.command.id == line.command.id) {
            if self.told[held].result.order() <= order {
                return;
            }
            self.told.remove(held);
            self.insert(order, line);
            return self.fold_again();
        }
        let is_last = self.told.last().is_none_or(|last| last.result.order() < order);
        if is_last {
            self.fold(&line);
            self.told.push(line);
        } else {
            self.insert(order, line);
            self.fold_again();
        }
    }

    fn insert(&mut self, order: (GenerationId, u64), line: Told) {
        let place = self.told.partition_point(|t| t.result.order() < order);
        self.told.insert(place, line);
    }

    fn fold(&mut self, line: &Told) {
        self.known.insert(line.command.id, line.result.outcome);
        self.matter = apply(self.matter.take(), &line.command, &Applied::from(&line.result));
    }

    fn fold_again(&mut self) {
        self.matter = None;
        self.known.clear();
        for line in std::mem::take(&mut self.told) {
            self.fold(&line);
            self.told.push(line);
        }
    }
}
