//! Short ways of doing and asking, for tests that tell one story.

use std::sync::Arc;

use xunge_core::app::{Device, MediaSource};
use xunge_core::attachment::AttachmentRole;
use xunge_core::command::{Action, Outcome, Reason, State};
use xunge_core::document::FieldEdit;
use xunge_core::id::{AttachmentId, CategoryId, CommandId, ReportId};

use super::World;
use crate::scene::{Phase, SceneKind, draw, jpeg, voice_note};
use crate::township::unit_id;

impl World {
    /// The device of the only profile on a phone.
    pub fn device(&self, phone: usize) -> Arc<Device> {
        Arc::clone(self.phones[phone].device())
    }

    /// Hands in a plain report from a phone's only profile, without sending it.
    pub fn hand_in(&self, phone: usize, grid: &str, words: &str) -> ReportId {
        hand_in(self.phones[phone].device(), grid, words)
    }

    /// Syncs phones one after the other; panics where one does not get through.
    pub fn sync_all_of(&mut self, phones: &[usize]) {
        for phone in phones {
            self.phones[*phone].sync();
        }
    }

    /// A decision on a phone, with a reason.
    pub fn decide(&self, phone: usize, report: ReportId, action: Action) -> CommandId {
        decide(self.phones[phone].device(), report, action, "because")
    }

    /// The state by the server's word.
    pub fn state(&self, report: ReportId) -> State {
        self.story(report).row.state
    }

    /// What the server made of a command.
    pub fn outcome(&self, report: ReportId, command: CommandId) -> Outcome {
        let story = self.story(report);
        let event = story.events.iter().find(|e| e.command.id == command);
        event
            .unwrap_or_else(|| panic!("{command} is not in the story: {:?}", story.events))
            .outcome
    }
}

/// Fills in and hands in a plain report, without sending it.
pub fn hand_in(device: &Device, grid: &str, words: &str) -> ReportId {
    let report = draft(device, grid, words);
    device.submit(report).expect("the report is complete");
    report
}

/// A draft with everything that a report needs.
pub fn draft(device: &Device, grid: &str, words: &str) -> ReportId {
    let report = device.begin_draft().expect("a draft begins");
    let category = CategoryId::new("enforcement.banner").expect("a code");
    let edits = [
        FieldEdit::SetCategory { category, version: 1 },
        FieldEdit::SetGrid(Some(unit_id(grid))),
        FieldEdit::SetDescription(words.to_owned()),
    ];
    device.edit_draft(report, &edits).expect("a draft takes edits");
    report
}

/// A decision with a reason.
pub fn decide(device: &Device, report: ReportId, action: Action, why: &str) -> CommandId {
    let done = device.decide(report, action.clone(), Some(Reason::words(why)), None);
    done.unwrap_or_else(|error| panic!("{action:?}: {error}"))
}

/// Takes a picture.
pub fn add_picture(device: &Device, report: ReportId, seed: u64) -> AttachmentId {
    add_picture_of(device, report, seed, (320, 240))
}

/// Takes a picture of a few hundred bytes.
pub fn add_small_picture(device: &Device, report: ReportId, seed: u64) -> AttachmentId {
    add_picture_of(device, report, seed, (24, 18))
}

/// As [`add_small_picture`], on a phone that may fail.
pub fn try_picture(device: &Device, report: ReportId, seed: u64) -> Option<AttachmentId> {
    let source = drawn(seed, (24, 18));
    device.add_picture(report, &source, AttachmentRole::Scene).ok()
}

/// Records a voice note of two seconds.
pub fn add_voice_note(device: &Device, report: ReportId, seed: u64) -> AttachmentId {
    let source = MediaSource::Bytes(voice_note(seed, 2_000));
    device
        .add_voice_note(report, &source, AttachmentRole::Scene)
        .expect("a drawn note is taken")
}

fn add_picture_of(device: &Device, report: ReportId, seed: u64, size_px: (u16, u16)) -> AttachmentId {
    device
        .add_picture(report, &drawn(seed, size_px), AttachmentRole::Scene)
        .expect("a drawn picture is taken")
}

fn drawn(seed: u64, size_px: (u16, u16)) -> MediaSource {
    let pixels = draw(SceneKind::IllegalBanner, Phase::Before, seed, size_px);
    MediaSource::Bytes(jpeg(&pixels, None))
}

/// Writes the words anew.
pub fn rewrite(device: &Device, report: ReportId, words: &str) {
    device
        .edit(report, &[FieldEdit::SetDescription(words.to_owned())])
        .expect("the reporter may write");
}
