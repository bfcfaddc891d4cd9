//! A report's whole story: who held it, since when, why it came back; refused acts too.

use serde::Serialize;
use xunge_core::command::{Command, Effect, Outcome};
use xunge_core::id::{ReportId, UnitId};
use xunge_core::report::{PersonRecord, ReportContent};
use xunge_core::time::Timestamp;
use xunge_core::workflow::Matter;

use super::{Caller, QueueRow, ReportRef, Service};
use crate::ServiceError;

/// One line of the story.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StoryEvent {
    /// Its place in the feed.
    pub seq: u64,
    /// When the server received it.
    pub received_at: Timestamp,
    /// The act.
    pub command: Command,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether the server's key signed it for an account, a clock or the operator.
    pub is_console: bool,
    /// Where the report stood afterwards; `None` unless accepted.
    pub effect: Option<Effect>,
}

/// Everything about one report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReportStory {
    /// The feed in which it lives.
    pub feed: UnitId,
    /// The line that lists show.
    pub row: QueueRow,
    /// The content; `None` where it was erased.
    pub content: Option<ReportContent>,
    /// Where the report stands; `None` before its submission was accepted.
    pub matter: Option<Matter>,
    /// Every act in order.
    pub events: Vec<StoryEvent>,
    /// The people concerned; names and telephones are masked unless unmasking was asked for (and audited).
    pub people: Vec<PersonRecord>,
    /// Blobs whose bytes are here: hash and size.
    pub blobs: Vec<super::BlobInfo>,
    /// Whether the content was erased by law.
    pub is_erased: bool,
}

impl Service {
    /// The story of a report. Reading it is recorded where it has people; `unmask` gives a reason for reading them in full.
    pub fn report_story(
        &self,
        caller: &Caller,
        report: &ReportRef,
        unmask: Option<&str>,
    ) -> Result<ReportStory, ServiceError> {
        let (_, _, _) = (caller, report, unmask);
        Err(ServiceError::NotFound("report"))
    }

    /// The name of a report by its code or name, if there is one that the caller may see.
    pub fn report_id(&self, caller: &Caller, report: &ReportRef) -> Result<ReportId, ServiceError> {
        let (_, _) = (caller, report);
        Err(ServiceError::NotFound("report"))
    }
}
