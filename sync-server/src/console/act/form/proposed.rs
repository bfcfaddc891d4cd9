//! What a form says or chooses before anybody has typed: what rules propose, and which step would be taken back.

use xunge_core::workflow::action_words;

use super::super::input::{Control, Input};
use super::Builder;
use crate::console::words;

impl Builder<'_> {
    /// Which step would be taken back; nothing where a reporter takes his report back.
    pub(super) fn last_step(&self) -> Vec<Input> {
        let step = self
            .matter
            .history
            .last()
            .filter(|_| self.matter.before.is_some());
        let said = step.map(|step| {
            let act = self.desk.lang.pick(action_words(step.kind)).to_owned();
            let label = self.desk.lang.words().in_step_back;
            self.filler.pick("step", label, None, vec![(String::new(), act)])
        });
        said.into_iter().collect()
    }

    /// The risk that the rules propose is chosen already, where nobody has said one yet.
    pub(super) fn risk(&self, input: Input) -> Input {
        let route = self.loaded.beside.route.as_ref();
        let chosen = route.and_then(|route| route.risk.as_ref());
        let proposed = chosen.map(|chosen| chosen.value);
        let is_open = self.matter.risk().is_none();
        self.propose(input, is_open && proposed.is_some(), |value| {
            words::risk_of(value) == proposed
        })
    }

    /// The level likewise.
    pub(super) fn level(&self, input: Input) -> Input {
        let route = self.loaded.beside.route.as_ref();
        let chosen = route.and_then(|route| route.level.as_ref());
        let proposed = chosen.map(|chosen| chosen.value);
        let is_open = self.matter.classification.level.is_none();
        self.propose(input, is_open && proposed.is_some(), |value| {
            words::level_of(value) == proposed
        })
    }

    /// Chooses what rules propose, unless somebody has typed already.
    fn propose(&self, mut input: Input, is_open: bool, is_proposed: impl Fn(&str) -> bool) -> Input {
        if let (true, true, Control::Pick { options }) =
            (self.filler.typed.is_none(), is_open, &mut input.control)
        {
            for option in options {
                option.is_chosen = is_proposed(&option.value);
            }
        }
        input
    }
}
