//! Writing: captures, drafts, edits, notes. Whatever was typed is kept before it is judged.

use xunge_core::error::Error;
use xunge_core::id::ReportId;

use super::args::{Capture, Content, DraftCommand};
use super::run::{Failure, Session};
use super::{fill, print};

/// The most reports that are named as perhaps being the same matter.
const HINTS_MAX: usize = 3;

impl Session {
    pub(super) fn capture(&self, capture: &Capture, result: Option<&str>) -> Result<(), Failure> {
        let report = self.device.begin_draft()?;
        let done = fill::fill(self, report, &capture.content).and_then(|()| {
            self.hint(report)?;
            self.hand_in(report, result)
        });
        if done.is_err() {
            // Nothing is cleared: it stays as a draft, to be filled in.
            let code = self.device.draft(report)?.content.code;
            println!("{} {code}", self.words.pick("已存为草稿：", "kept as a draft:"));
        }
        done
    }

    /// Names what may be the same matter, beside the output; that stops nobody.
    fn hint(&self, report: ReportId) -> Result<(), Failure> {
        for row in self.device.hints(report)?.into_iter().take(HINTS_MAX) {
            let about = self.words.pick("可能已有人报过：", "perhaps reported before:");
            eprintln!("{about} {}  {}", row.code, row.title);
        }
        Ok(())
    }

    /// Hands in a draft or what was returned; with a result as settled on the spot.
    fn hand_in(&self, report: ReportId, result: Option<&str>) -> Result<(), Failure> {
        let done = match result {
            Some(result) => self.device.settle(report, result),
            None => self.device.submit(report),
        };
        done.map_err(|error| self.with_labels(report, error))?;
        self.saved(report)
    }

    /// What is incomplete, with the labels of the category's own fields.
    fn with_labels(&self, report: ReportId, error: Error) -> Failure {
        let Error::Incomplete(problems) = &error else {
            return error.into();
        };
        let content = self.device.draft(report).map(|draft| Some(draft.content));
        let content = content.or_else(|_| self.device.report(report).map(|view| view.content));
        let directory = self.device.directory();
        let category = match (&content, &directory) {
            (Ok(Some(content)), Ok(directory)) => content
                .category
                .as_ref()
                .and_then(|id| directory.category(id, content.category_version)),
            _ => None,
        };
        let lines = problems
            .iter()
            .map(|problem| self.words.problem(problem, category));
        Failure::Said(lines.collect::<Vec<_>>().join("\n"))
    }

    pub(super) fn draft(&self, command: DraftCommand) -> Result<(), Failure> {
        match command {
            DraftCommand::Begin(content) => {
                let report = self.device.begin_draft()?;
                println!("{}", self.device.draft(report)?.content.code);
                fill::fill(self, report, &content)
            }
            DraftCommand::Edit { report, content } => {
                let report = self.find(&report)?;
                fill::fill(self, report, &content)?;
                println!("{}", self.words.pick("已保存", "saved"));
                Ok(())
            }
            DraftCommand::List => {
                print::drafts(&self.device.drafts()?, self.words);
                Ok(())
            }
            DraftCommand::Submit { report } => self.hand_in(self.find(&report)?, None),
            DraftCommand::Settle { report, result } => self.hand_in(self.find(&report)?, Some(&result)),
            DraftCommand::Discard { report } => {
                self.device.discard_draft(self.find(&report)?)?;
                println!("{}", self.words.pick("已丢弃", "discarded"));
                Ok(())
            }
        }
    }

    pub(super) fn edit(
        &self,
        report: &str,
        content: &Content,
        is_handed_in: bool,
        result: Option<&str>,
    ) -> Result<(), Failure> {
        let report = self.find(report)?;
        fill::fill(self, report, content)?;
        match is_handed_in || result.is_some() {
            true => self.hand_in(report, result),
            false => self.saved(report),
        }
    }

    pub(super) fn note(&self, report: &str, text: &str) -> Result<(), Failure> {
        let report = self.find(report)?;
        self.device.add_note(report, text)?;
        self.saved(report)
    }
}
