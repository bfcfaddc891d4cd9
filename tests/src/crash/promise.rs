//! What phones promised: what a process said to be durable, and what a phone showed as received. Nothing of it may ever be missing.

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::app::{Device, ReportView};
use xunge_core::attachment::BlobHash;
use xunge_core::command::Outcome;
use xunge_core::id::{CommandId, ReportId};
use xunge_core::report::ReportContent;
use xunge_server::service::{ReportRef, ReportStory};
use xunge_server::{Service, ServiceError};

use super::phone::{PICTURED, SUBMITTED, WORDED, version};
use crate::demo::server::operator;

/// One report as its phone promised it.
#[derive(Clone, Default, Debug)]
struct Promised {
    /// The newest words that were durable on the phone.
    words: u32,
    /// How many pictures were.
    pictures: BTreeSet<String>,
    is_submitted: bool,
    /// The newest words that the phone showed as received.
    received_words: u32,
    received: BTreeSet<BlobHash>,
    decided: BTreeMap<CommandId, Outcome>,
}

/// Everything that the worker's phone promised, by the name of the report.
#[derive(Clone, Default, Debug)]
pub(super) struct Promises(BTreeMap<String, Promised>);

impl Promises {
    /// Takes in what a phone's process said.
    pub(super) fn hear(&mut self, said: &str) {
        for line in said.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [what, report, rest @ ..] = words.as_slice() else {
                continue;
            };
            let promised = self.0.entry((*report).to_owned()).or_default();
            match (*what, rest) {
                (WORDED, [number]) => promised.words = number.parse().unwrap_or_default(),
                (PICTURED, [attachment]) => {
                    promised.pictures.insert((*attachment).to_owned());
                }
                (SUBMITTED, []) => promised.is_submitted = true,
                _ => {}
            }
        }
    }

    /// A report that was received and can be edited, with the version of its words on the phone.
    pub(super) fn edited(&self) -> Option<(&str, u32)> {
        let (report, promised) = self.0.iter().find(|(_, p)| p.received_words > 0)?;
        Some((report, promised.words))
    }

    /// Reports and pictures that were shown as received.
    pub(super) fn received(&self) -> (usize, usize) {
        let reports = self.0.values().filter(|p| p.received_words > 0).count();
        (reports, self.0.values().map(|p| p.received.len()).sum())
    }

    /// Looks for everything on the phone, and takes down what it shows as received.
    pub(super) fn check_phone(&mut self, device: &Device) -> Result<(), String> {
        for (name, promised) in &mut self.0 {
            let report = report_of(name)?;
            match device.report(report) {
                Ok(view) if view.content.is_some() => promised.check_view(name, &view)?,
                _ => match device.draft(report) {
                    Ok(_) if promised.is_submitted => {
                        return Err(format!("{name} was handed in and is a draft"));
                    }
                    Ok(draft) => promised.check_content(name, &draft.content)?,
                    Err(error) => return Err(format!("{name} is not on the phone: {error}")),
                },
            }
        }
        Ok(())
    }

    /// Looks for everything that was shown as received on the server; once all phones have synced, for everything that was handed in.
    pub(super) fn check_server(&self, service: &Service, is_synced: bool) -> Result<(), String> {
        for (name, promised) in &self.0 {
            let is_due = promised.received_words > 0 || (is_synced && promised.is_submitted);
            if !is_due {
                continue;
            }
            let report = ReportRef::Id(report_of(name)?);
            let story = match service.report_story(&operator(), &report, None) {
                Ok(story) => story,
                Err(ServiceError::NotFound(_)) => {
                    return Err(format!("{name} was received and is not there"));
                }
                Err(error) => return Err(format!("{name}: {error}")),
            };
            promised.check_story(name, &story, is_synced)?;
        }
        Ok(())
    }

    /// Looks whether a phone holds the reports of the grid exactly as long as it may see it.
    pub(super) fn check_scope(&self, device: &Device, may_see: bool) -> Result<(), String> {
        for (name, promised) in self.0.iter().filter(|(_, promised)| promised.received_words > 0) {
            let is_here = device
                .report(report_of(name)?)
                .is_ok_and(|view| view.content.is_some());
            if is_here != may_see {
                return Err(format!(
                    "{name} ({promised:?}): the colleague has it: {is_here}, may: {may_see}"
                ));
            }
        }
        Ok(())
    }
}

impl Promised {
    fn check_content(&self, name: &str, content: &ReportContent) -> Result<(), String> {
        let words = version(&content.description);
        if words < self.words {
            return Err(format!(
                "{name}: version {} was saved, {words} is there",
                self.words
            ));
        }
        let held: BTreeSet<String> = content.attachments.keys().map(ToString::to_string).collect();
        match self.pictures.difference(&held).next() {
            Some(lost) => Err(format!("{name}: picture {lost} was saved and is gone")),
            None => Ok(()),
        }
    }

    fn check_view(&mut self, name: &str, view: &ReportView) -> Result<(), String> {
        let content = view.content.as_ref().ok_or("its content is gone")?;
        self.check_content(name, content)?;
        for attachment in &view.attachments {
            let is_here = attachment.path.as_ref().is_some_and(|path| path.is_file());
            if attachment.is_received {
                self.received.insert(attachment.reference.blob);
            } else if !is_here {
                return Err(format!("{name}: the bytes of picture {} are gone", attachment.id));
            }
        }
        if view.row.unsent_count == 0 && view.matter.is_some() {
            self.received_words = version(&content.description);
        }
        for line in &view.story {
            let Some(outcome) = line.outcome else { continue };
            if let Some(before) = self.decided.insert(line.command, outcome)
                && before != outcome
            {
                return Err(format!(
                    "{name}: {} flipped from {before:?} to {outcome:?}",
                    line.command
                ));
            }
        }
        Ok(())
    }

    fn check_story(&self, name: &str, story: &ReportStory, is_synced: bool) -> Result<(), String> {
        let least = if is_synced {
            self.words
        } else {
            self.received_words
        };
        let words = story
            .content
            .as_ref()
            .map_or(0, |content| version(&content.description));
        if words < least {
            return Err(format!("{name}: version {least} was received, {words} is there"));
        }
        let blobs: BTreeSet<BlobHash> = story.blobs.iter().map(|blob| blob.blob).collect();
        if let Some(lost) = self.received.difference(&blobs).next() {
            return Err(format!("{name}: picture {lost} was received and is gone"));
        }
        let named = story
            .content
            .iter()
            .flat_map(|content| content.attachments.values());
        if let Some(lost) = named
            .filter(|_| is_synced)
            .find(|named| !blobs.contains(&named.blob))
        {
            return Err(format!("{name}: picture {} never came", lost.blob));
        }
        for (command, outcome) in &self.decided {
            let held = story.events.iter().find(|event| event.command.id == *command);
            if held.is_none_or(|event| event.outcome != *outcome) {
                return Err(format!("{name}: {command} was {outcome:?} and is {held:?}"));
            }
        }
        Ok(())
    }
}

fn report_of(name: &str) -> Result<ReportId, String> {
    let bytes = hex::decode(name).map_err(|_| format!("{name} is no report"))?;
    ReportId::from_slice(&bytes).ok_or_else(|| format!("{name} is no report"))
}
