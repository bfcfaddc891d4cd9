//! What the workflow must know of a content: the one place that says it, for phone and server.

use super::{SubmitKind, validate};
use crate::attachment::{AttachmentKind, AttachmentRole};
use crate::directory::Directory;
use crate::report::{PersonPart, ReportContent};
use crate::time::Timestamp;
use crate::workflow::ContentFacts;

/// The facts of a content, checked against the directory as it stands at `at` for the given way of handing in.
pub fn facts(
    content: &ReportContent,
    directory: &Directory,
    at: Timestamp,
    kind: SubmitKind,
) -> ContentFacts {
    let attachments = || content.attachments.values();
    let has = |kind: AttachmentKind| attachments().any(|a| a.kind == kind);
    ContentFacts {
        reporter: content.reporter.clone(),
        code: content.code.clone(),
        grid: content.grid.clone(),
        category: content.category.clone(),
        category_version: content.category_version,
        urgency: content.urgency,
        has_words: !content.description.trim().is_empty(),
        has_picture: has(AttachmentKind::Picture),
        has_voice: has(AttachmentKind::VoiceNote),
        has_after_picture: attachments().any(|a| a.role == AttachmentRole::After),
        is_complete: validate(content, directory, at, kind).is_ok(),
        has_informant: content.people.values().any(|part| *part == PersonPart::Informant),
    }
}
