//! From document and story to what lists show: folds the server's word, lays this phone's waiting acts over it, writes the row.

use std::collections::{BTreeMap, BTreeSet};

use super::device::Context;
use super::{ReportRow, news, task};
use crate::command::{Action, ActionKind, Command, CommandResult, Outcome, State, Urgency};
use crate::directory::Level;
use crate::document::Document;
use crate::draft::{self, SubmitKind};
use crate::error::Error;
use crate::id::{ActorId, ChangeHash, CommandId, GenerationId, PersonId, ReportId, UnitId};
use crate::in_order::Gather;
use crate::json;
use crate::report::ReportContent;
use crate::store::{AttachmentRow, CommandRow, Projection, ReportRecord, SavedContent, Tx};
use crate::time::Timestamp;
use crate::workflow::{self, Applied, ContentFacts, DecisionContext, Matter};

/// A report as this phone holds it.
pub(super) struct Held {
    pub(super) record: ReportRecord,
    /// The document's heads, sorted.
    pub(super) heads: Vec<ChangeHash>,
    pub(super) content: Option<ReportContent>,
    pub(super) facts: Option<ContentFacts>,
    pub(super) story: Story,
    /// Whether the reporter changed words or pictures after the last approval.
    pub(super) has_uncovered_changes: bool,
}

/// A report's acts and what they come to.
#[derive(Default)]
pub(super) struct Story {
    /// In the server's order, then what waits.
    pub(super) acts: Vec<Act>,
    /// Where the report stands by the server's word.
    pub(super) matter: Option<Matter>,
    /// Where it would stand with what waits.
    pub(super) expected: Option<Matter>,
    /// The last act that waits.
    pub(super) pending: Option<ActionKind>,
}

/// One act that this program can read.
pub(super) struct Act {
    pub(super) command: Command,
    pub(super) result: Option<CommandResult>,
}

/// Acts that make a report wait for whoever may do them.
const TODO: [ActionKind; 12] = [
    ActionKind::Submit,
    ActionKind::Settle,
    ActionKind::Approve,
    ActionKind::Accept,
    ActionKind::Dispatch,
    ActionKind::Sign,
    ActionKind::FeedBack,
    ActionKind::Close,
    ActionKind::AnswerCheck,
    ActionKind::Answer,
    ActionKind::Confirm,
    ActionKind::Rework,
];

/// Reads everything of a report; `None` where this phone does not hold it.
pub(super) fn load(tx: &Tx<'_>, context: &Context<'_>, report: &ReportId) -> Result<Option<Held>, Error> {
    let Some(record) = tx.report(report)? else {
        return Ok(None);
    };
    let mut saved = tx.saved_content(report)?.unwrap_or(SavedContent {
        heads: Vec::new(),
        content: None,
    });
    if saved.content.is_none() {
        saved.content = loaded(tx, report)?.and_then(|document| document.content().ok());
    }
    if saved.content.is_none() {
        // Nobody decides on what he cannot see.
        saved.heads.clear();
    }
    let acts = tx.commands(report)?.iter().filter_map(Act::read).collect();
    let mut held = Held::new(context, record, saved, acts);
    held.weigh_uncovered(|| loaded(tx, report))?;
    Ok(Some(held))
}

/// The document. One that does not load stays where it is and is shown as not there; a repair brings it again.
fn loaded(tx: &Tx<'_>, report: &ReportId) -> Result<Option<Document>, Error> {
    let snapshot = tx.document(report)?;
    Ok(snapshot.and_then(|snapshot| Document::load(&snapshot.bytes).ok()))
}

impl Held {
    /// Puts together what is held of a report whose document has nothing that an approval does not cover. `acts` are in the server's
    /// order, then what waits.
    pub(super) fn new(
        context: &Context<'_>,
        record: ReportRecord,
        saved: SavedContent,
        acts: Vec<Act>,
    ) -> Self {
        let facts = saved.content.as_ref().map(|content| facts_of(content, context));
        let mut held = Self {
            record,
            heads: saved.heads,
            content: saved.content,
            facts,
            story: Story::default(),
            has_uncovered_changes: false,
        };
        held.story = fold(context, &held, acts);
        held
    }

    /// Finds out whether the last approval leaves something uncovered; asks for the document only where it may.
    pub(super) fn weigh_uncovered(
        &mut self,
        document: impl FnOnce() -> Result<Option<Document>, Error>,
    ) -> Result<(), Error> {
        let approved = self.story.matter.as_ref().and_then(|m| m.approved_heads.as_ref());
        if let Some(approved) = approved.filter(|approved| **approved != self.heads) {
            self.has_uncovered_changes =
                document()?.is_some_and(|document| has_uncovered_changes(&document, approved));
        }
        Ok(())
    }

    /// What a decision on this report is weighed with; `known` is from [`Story::known`].
    pub(super) fn decision_context<'a>(
        &'a self,
        context: &'a Context<'_>,
        known: &'a dyn Fn(&CommandId) -> Option<Outcome>,
    ) -> DecisionContext<'a> {
        DecisionContext {
            content: self.facts.as_ref(),
            has_uncovered_changes: self.has_uncovered_changes,
            is_erased: self.record.is_erased,
            known,
            ..DecisionContext::new(context.directory, &self.record.feed, context.now())
        }
    }

    fn is_mine(&self, context: &Context<'_>) -> bool {
        self.reporter() == Some(context.me())
    }

    /// Who reports, as far as can be told.
    fn reporter(&self) -> Option<&PersonId> {
        let by_content = self.content.as_ref().map(|content| &content.reporter);
        by_content.or(self.story.matter.as_ref().map(|matter| &matter.reporter))
    }

    /// What this profile's person may do now.
    pub(super) fn permitted(&self, context: &Context<'_>) -> Vec<ActionKind> {
        self.weigh(context, |weighed| {
            workflow::permitted(self.story.expected.as_ref(), context.me(), weighed)
        })
    }

    /// The acts of a kind that this profile's person may do now.
    pub(super) fn actions(&self, context: &Context<'_>, kind: ActionKind) -> Vec<Action> {
        self.weigh(context, |weighed| {
            let matter = self.story.expected.as_ref();
            matter.map_or_else(Vec::new, |matter| {
                workflow::actions(matter, context.me(), kind, weighed)
            })
        })
    }

    fn weigh<T>(&self, context: &Context<'_>, with: impl FnOnce(&DecisionContext<'_>) -> T) -> T {
        let known = self.story.known();
        let known = |id: &CommandId| known.get(id).copied();
        with(&self.decision_context(context, &known))
    }
}

impl Story {
    /// What came of the commands so far.
    pub(super) fn known(&self) -> BTreeMap<CommandId, Outcome> {
        self.acts
            .iter()
            .filter_map(|act| Some((act.command.id, act.result.as_ref()?.outcome)))
            .gather()
    }
}

impl Act {
    /// An act that the server has decided.
    pub(super) fn decided((command, result): (Command, CommandResult)) -> Self {
        Self {
            command,
            result: Some(result),
        }
    }

    /// Its place in the story; what waits has none.
    pub(super) fn order(&self) -> Option<(GenerationId, u64)> {
        self.result.as_ref().map(CommandResult::order)
    }

    /// A command newer than this program is kept and not shown.
    fn read(row: &CommandRow) -> Option<Self> {
        Some(Self {
            command: row.signed.command().ok()?,
            result: row.result.as_ref().and_then(|word| word.result().ok()),
        })
    }
}

fn fold(context: &Context<'_>, held: &Held, acts: Vec<Act>) -> Story {
    let mut story = Story {
        acts,
        ..Story::default()
    };
    for act in &story.acts {
        if let Some(result) = &act.result {
            story.matter = workflow::apply(story.matter.take(), &act.command, &Applied::from(result));
        }
    }
    story.expected.clone_from(&story.matter);
    let known = story.known();
    let known = |id: &CommandId| known.get(id).copied();
    for act in story.acts.iter().filter(|act| act.result.is_none()) {
        let weighed = held.decision_context(context, &known);
        let decision = workflow::decide(story.expected.as_ref(), &act.command, &weighed);
        story.pending = Some(act.command.action.kind());
        let applied = Applied {
            received_at: context.now(),
            seq: 0,
            township: held.record.feed.clone(),
            outcome: decision.outcome,
            effect: decision.effect,
        };
        story.expected = workflow::apply(story.expected.take(), &act.command, &applied);
    }
    story
}

/// What the workflow must know of a content, as this phone's directory judges it.
pub(super) fn facts_of(content: &ReportContent, context: &Context<'_>) -> ContentFacts {
    draft::facts(content, context.directory, context.now(), SubmitKind::Submit)
}

/// Words are the reporter's alone, so whoever wrote words writes for the reporter; his pictures amend too, others' do not.
fn has_uncovered_changes(document: &Document, heads: &[ChangeHash]) -> bool {
    let uncovered = document.uncovered(heads);
    if uncovered.iter().any(|facts| facts.touches_words) {
        return true;
    }
    if !uncovered.iter().any(|facts| facts.touches_attachments) {
        return false;
    }
    let reporters: BTreeSet<ActorId> = document
        .uncovered(&[])
        .into_iter()
        .filter(|facts| facts.touches_words)
        .map(|facts| facts.actor)
        .gather();
    uncovered
        .iter()
        .any(|facts| facts.touches_attachments && reporters.contains(&facts.actor))
}

/// Writes what lists show of a report anew, and notes the attachments that its content names. Answers its effective grid.
pub(super) fn project(
    tx: &Tx<'_>,
    context: &Context<'_>,
    report: &ReportId,
) -> Result<Option<UnitId>, Error> {
    let Some(mut held) = load(tx, context, report)? else {
        return Ok(None);
    };
    if !held.record.is_own && held.is_mine(context) {
        held.record.is_own = true;
        tx.put_report(&held.record)?;
    }
    let projection = projection(tx, context, &held)?;
    tx.put_projection(report, &projection)?;
    Ok(projection.grid)
}

/// Writes a report of which nothing was held before, at once. The feed's digest is the caller's to move.
pub(super) fn insert(
    tx: &Tx<'_>,
    context: &Context<'_>,
    mut held: Held,
    is_in_sight: impl Fn(&UnitId) -> bool,
) -> Result<(), Error> {
    held.record.is_own = held.is_mine(context);
    let projection = projection(tx, context, &held)?;
    held.record.is_granted = !projection.grid.as_ref().is_some_and(is_in_sight);
    Ok(tx.insert_report(&held.record, &projection)?)
}

/// What lists show of a report; notes the attachments that its content names.
fn projection(tx: &Tx<'_>, context: &Context<'_>, held: &Held) -> Result<Projection, Error> {
    note_attachments(tx, held)?;
    let row = line(tx, context, held)?;
    let permitted = held.permitted(context);
    let content = held.content.as_ref();
    let place = content.and_then(|content| content.place);
    let is_todo = row.pending.is_none()
        && row.state != State::Draft
        && row.state.is_open()
        && permitted.iter().any(|kind| TODO.contains(kind));
    news::note(tx, context, held, is_todo)?;
    Ok(Projection {
        code: row.code.clone(),
        title: row.title.clone(),
        category: row.category.clone(),
        grid: row.grid.clone(),
        state: row.state.as_str().to_owned(),
        urgency: match row.urgency {
            Urgency::Normal => "normal",
            Urgency::Urgent => "urgent",
        },
        reporter: row.reporter.clone(),
        held_since_ms: row.held_since.map(Timestamp::as_millis),
        pending: row.pending.map(|kind| kind.as_str().to_owned()),
        is_todo,
        is_finished: !row.state.is_open(),
        sort_at_ms: row.at.as_millis(),
        occurred_at_ms: content.map(|content| content.occurred_at.unwrap_or(content.created_at).as_millis()),
        lat_deg: place.map(|place| place.position.lat_deg),
        lon_deg: place.map(|place| place.position.lon_deg),
        row_json: row_json(&row, &task::asked_of_me(context, held, &permitted)),
    })
}

/// The line as it is kept, with what is asked of this person beside it.
fn row_json(row: &ReportRow, asked: &[task::Asked]) -> String {
    const PLAIN: &str = "a line is plain JSON";
    if asked.is_empty() {
        return serde_json::to_string(row).expect(PLAIN);
    }
    let mut line = json::to_value(row).expect(PLAIN);
    line[task::ASKED] = json::to_value(&asked).expect(PLAIN);
    line.to_string()
}

fn note_attachments(tx: &Tx<'_>, held: &Held) -> Result<(), Error> {
    let Some(content) = &held.content else {
        return Ok(());
    };
    for (id, reference) in &content.attachments {
        let mut files = vec![(
            reference.blob,
            super::view::upload_kind(reference.kind),
            reference.size_bytes,
        )];
        files.extend(reference.thumbnail.map(|blob| (blob, "thumbnail", 0)));
        for (blob, kind, size_bytes) in files {
            tx.put_attachment(&AttachmentRow {
                report: held.record.report,
                attachment: *id,
                blob,
                kind: kind.to_owned(),
                // Thumbnails of the scope come by themselves; full pictures on demand.
                is_wanted: kind == "thumbnail",
            })?;
            tx.know_blob(&blob, size_bytes)?;
        }
    }
    Ok(())
}

/// The report's line, without names: those are filled in when it is read.
fn line(tx: &Tx<'_>, context: &Context<'_>, held: &Held) -> Result<ReportRow, Error> {
    let (record, content) = (&held.record, held.content.as_ref());
    let expected = held.story.expected.as_ref();
    let first = held.story.acts.first().map(|act| &act.command);
    let mut received = 0;
    let attachments = content.map(|content| &content.attachments);
    for reference in attachments.into_iter().flat_map(|a| a.values()) {
        received += u32::from(tx.is_received(&record.report, &reference.blob)?);
    }
    let at = expected
        .filter(|matter| matter.seq > 0)
        .map(|matter| matter.submitted_at)
        .or_else(|| first.map(|command| command.at.judge().at))
        .or_else(|| content.map(|content| content.created_at));
    Ok(ReportRow {
        report: record.report,
        code: content
            .map(|content| content.code.clone())
            .or_else(|| expected.map(|matter| matter.code.clone()))
            .unwrap_or_default(),
        title: content.map_or_else(String::new, |content| draft::title(content, context.directory)),
        category: expected
            .map(|matter| matter.category.clone())
            .or_else(|| content.and_then(|content| content.category.clone())),
        category_name: String::new(),
        grid: expected
            .map(|matter| matter.grid.clone())
            .or_else(|| content.and_then(|content| content.grid.clone())),
        grid_name: String::new(),
        state: match expected {
            _ if record.is_erased => State::Void,
            None => State::Draft,
            Some(matter) => matter.state,
        },
        level: expected.map_or(Level::Grid, |matter| matter.level),
        urgency: expected
            .map(|matter| matter.urgency)
            .or_else(|| content.map(|content| content.urgency))
            .unwrap_or_default(),
        reporter: content
            .map(|content| content.reporter.clone())
            .or_else(|| expected.map(|matter| matter.reporter.clone())),
        reporter_name: String::new(),
        is_own: record.is_own,
        holder: expected.map(|matter| matter.holder.clone()),
        holder_name: String::new(),
        held_since: held.story.matter.as_ref().map(|matter| matter.held_since),
        why: expected.and_then(|matter| Some(matter.why.as_ref()?.reason.clone())),
        at: at.unwrap_or(Timestamp(0)),
        pending: held.story.pending,
        unsent_count: tx.unsent_count_of(&record.report)?,
        attachment_count: attachments.map_or(0, |a| u32::try_from(a.len()).unwrap_or(u32::MAX)),
        attachment_received_count: received,
        thumbnail: attachments.and_then(|a| a.values().find_map(|reference| reference.thumbnail)),
        is_amended: held
            .story
            .matter
            .as_ref()
            .is_some_and(|matter| matter.is_amended(held.has_uncovered_changes)),
        is_pressed: expected.is_some_and(|m| m.urged > 0 || m.is_listed || m.is_whistled),
        disputed_count: content.map_or(0, |c| u32::try_from(c.disputed.len()).unwrap_or(u32::MAX)),
        due_at: expected
            .and_then(|matter| workflow::nearest(matter, context.directory, context.now()).0)
            .map(|deadline| deadline.ends_at),
        is_late: false,
        needs_attention: tx.needs_attention(&record.report)?,
        is_erased: record.is_erased,
    })
}
