//! One report, opened: its row, its key, and what was read of it so far.

use std::sync::Arc;

use minicbor::{Decode, Encode};
use xunge_core::command::{Event, Urgency};
use xunge_core::document::Document;
use xunge_core::document::gate::Snapshot;
use xunge_core::id::{CategoryId, UnitId};
use xunge_core::place::Position;
use xunge_core::report::ReportContent;
use xunge_core::seal::ContentKey;
use xunge_core::sync::message::Digest;
use xunge_core::workflow::{ContentFacts, Matter};

use super::Ledger;
use super::story::{Story, Told};
use crate::ServiceError;
use crate::store::{LedgerRow, ReadTx, ReportRow, RowKind};

/// The place of a summary under its report's key.
pub(crate) const SUMMARY: &str = "summary";

/// The place of a saved document under its report's key.
pub(crate) const DOCUMENT: &str = "document";

/// The place of what is not sealed.
const PLAIN: &str = "plain";

/// The place of a row's bytes under its report's key; the row's name stands beside it.
pub(crate) fn context(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Change => "change",
        RowKind::Event => "event",
        RowKind::Person => "person",
        RowKind::Erased | RowKind::Directory | RowKind::Blob | RowKind::Grant | RowKind::Coverage => PLAIN,
    }
}

/// What lists and the workflow need of a content: kept sealed in the report's row.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Summary {
    #[n(0)]
    pub(crate) title: String,
    #[n(1)]
    pub(crate) grid: Option<UnitId>,
    #[n(2)]
    pub(crate) category: Option<CategoryId>,
    #[n(3)]
    pub(crate) category_version: u32,
    #[n(4)]
    pub(crate) urgency: Urgency,
    /// Bits in the order of [`Summary::of`].
    #[n(5)]
    flags: u8,
    /// Place and words, cut to [`WORDS_CHARS_MAX`]: what a search looks through besides code and title.
    #[n(6)]
    pub(crate) words: Option<String>,
    /// Where it is claimed to be, in millionths of a degree north and east: for maps.
    #[n(7)]
    place: Option<(i32, i32)>,
}

const MILLION: f64 = 1_000_000.0;

/// Degrees as whole millionths; `None` for what is no place on earth.
fn millionths(degrees: f64) -> Option<i32> {
    let whole = (degrees * MILLION).round();
    let is_on_earth = whole.is_finite() && whole.abs() <= 180.0 * MILLION;
    #[expect(clippy::cast_possible_truncation, reason = "bounded a line above")]
    is_on_earth.then_some(whole as i32)
}

/// How many characters of a report's words a search looks through.
const WORDS_CHARS_MAX: usize = 600;

impl Summary {
    /// The summary of a content.
    pub(crate) fn of(title: String, content: &ReportContent, facts: &ContentFacts) -> Self {
        let bits = [
            facts.has_words,
            facts.has_picture,
            facts.has_voice,
            facts.has_after_picture,
            facts.is_complete,
            facts.has_informant,
        ];
        let flags = (0u8..)
            .zip(bits)
            .map(|(bit, is_set)| u8::from(is_set) << bit)
            .sum();
        let words = format!(
            "{}\n{}\n{}",
            content.place_text, content.description, content.result
        );
        Self {
            title,
            words: Some(words.chars().take(WORDS_CHARS_MAX).collect()),
            grid: facts.grid.clone(),
            category: facts.category.clone(),
            category_version: facts.category_version,
            urgency: facts.urgency,
            flags,
            place: Self::place_of(content),
        }
    }

    fn place_of(content: &ReportContent) -> Option<(i32, i32)> {
        let at = content.place.as_ref()?.position;
        Some((millionths(at.lat_deg)?, millionths(at.lon_deg)?))
    }

    /// Where it is claimed to be, to a tenth of a metre.
    pub(crate) fn position(&self) -> Option<Position> {
        let (lat, lon) = self.place?;
        Some(Position {
            lat_deg: f64::from(lat) / MILLION,
            lon_deg: f64::from(lon) / MILLION,
        })
    }

    /// The facts again.
    pub(crate) fn facts(&self, row: &ReportRow) -> ContentFacts {
        let has = |bit: u8| self.flags & (1 << bit) != 0;
        ContentFacts {
            reporter: row.reporter.clone(),
            code: row.code.clone(),
            grid: self.grid.clone(),
            category: self.category.clone(),
            category_version: self.category_version,
            urgency: self.urgency,
            has_words: has(0),
            has_picture: has(1),
            has_voice: has(2),
            has_after_picture: has(3),
            is_complete: has(4),
            has_informant: has(5),
        }
    }
}

/// A report under work.
pub(crate) struct OpenReport {
    pub(crate) row: ReportRow,
    /// `None` once erased.
    pub(crate) key: Option<ContentKey>,
    pub(crate) summary: Summary,
    /// The content with all changes, where it is at hand.
    pub(crate) content: Option<ReportContent>,
    /// Changes taken in during this turn, in order.
    pub(crate) new_changes: Vec<Vec<u8>>,
    /// The document with these, as the gate saved it.
    pub(crate) newest: Option<Snapshot>,
    /// The scope key and digest that the sums count now.
    pub(crate) counted: Option<(String, Digest)>,
    pub(crate) is_new: bool,
    story: Option<Arc<Story>>,
}

fn damaged(row: &ReportRow, what: &str) -> ServiceError {
    ServiceError::Damaged(format!("{what} of report {}", row.report))
}

impl OpenReport {
    /// Opens a report's row.
    pub(crate) fn open(ledger: &Ledger, row: ReportRow) -> Result<Self, ServiceError> {
        let mut open = Self::keyed(ledger, row)?;
        if let Some(key) = &open.key
            && !open.row.summary.is_empty()
        {
            let name = open.row.report;
            let plain = key
                .open(SUMMARY, name.as_bytes(), &open.row.summary)
                .map_err(|_| damaged(&open.row, "the summary"))?;
            open.summary = minicbor::decode(&plain).map_err(|_| damaged(&open.row, "the summary"))?;
        }
        Ok(open)
    }

    /// Opens a report's row without its summary: enough to read its rows.
    pub(crate) fn keyed(ledger: &Ledger, row: ReportRow) -> Result<Self, ServiceError> {
        let master = &ledger.keys.master;
        let key = match &row.key {
            Some(wrapped) => Some(
                master
                    .unwrap(&row.report, wrapped)
                    .map_err(|_| damaged(&row, "the key"))?,
            ),
            None => None,
        };
        let counted = row.scope.clone().map(|scope| (scope, row.digest));
        Ok(Self {
            row,
            key,
            summary: Summary::default(),
            content: None,
            new_changes: Vec::new(),
            newest: None,
            counted,
            is_new: false,
            story: None,
        })
    }

    /// A report that is not in the database yet.
    pub(crate) fn begin(row: ReportRow, key: ContentKey) -> Self {
        Self {
            row,
            key: Some(key),
            summary: Summary::default(),
            content: None,
            new_changes: Vec::new(),
            newest: None,
            counted: None,
            is_new: true,
            story: Some(Arc::default()),
        }
    }

    /// Destroys what opens the report.
    pub(crate) fn forget(&mut self) {
        self.row.key = None;
        self.row.summary = Vec::new();
        self.key = None;
        self.summary = Summary::default();
        self.content = None;
        self.new_changes = Vec::new();
        self.newest = None;
        self.story = None;
    }

    /// Whether the law had the content erased.
    pub(crate) fn is_erased(&self) -> bool {
        self.key.is_none()
    }

    /// The plain bytes of one of the report's rows; `None` where they were erased.
    pub(crate) fn plain(&self, row: &LedgerRow) -> Result<Option<Vec<u8>>, ServiceError> {
        let (Some(key), Some(body)) = (&self.key, &row.body) else {
            return Ok(None);
        };
        let is_sealed = context(row.kind) != PLAIN;
        if !is_sealed || body.starts_with(super::audit::ERASED_MARK) {
            return Ok(None);
        }
        let what = || damaged(&self.row, &format!("row {}", row.seq));
        let (context, name) = (context(row.kind), row.name.as_deref().unwrap_or_default());
        Ok(Some(key.open(context, name, body).map_err(|_| what())?))
    }

    /// Bytes sealed for a row of this kind and name; `None` once the report was erased.
    pub(crate) fn sealed(&self, kind: RowKind, name: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        self.key.as_ref().map(|key| key.seal(context(kind), name, plain))
    }

    /// The event in one of the report's rows, with its word cut as it lies there.
    pub(crate) fn event(&self, row: &LedgerRow) -> Result<Option<Event>, ServiceError> {
        let Some(plain) = self.plain(row)? else {
            return Ok(None);
        };
        let event = minicbor::decode(&plain).map_err(|_| damaged(&self.row, &format!("row {}", row.seq)))?;
        Ok(Some(event))
    }

    /// As [`Self::event`], with its word made whole.
    pub(crate) fn whole_event(&self, row: &LedgerRow) -> Result<Option<Event>, ServiceError> {
        let Some(mut event) = self.event(row)? else {
            return Ok(None);
        };
        let mended = event.result.mend(&event.command);
        mended.map_err(|_| damaged(&self.row, &format!("row {}", row.seq)))?;
        Ok(Some(event))
    }

    /// Reads a row's event as a line of the story.
    pub(crate) fn told(&self, row: &LedgerRow) -> Result<Option<Told>, ServiceError> {
        let Some(event) = self.whole_event(row)? else {
            return Ok(None);
        };
        let bad = |_| damaged(&self.row, &format!("row {}", row.seq));
        Ok(Some(Told {
            command: event.command.command().map_err(bad)?,
            result: event.result.result().map_err(bad)?,
            seq: row.seq,
        }))
    }

    /// The story, read where it is not at hand yet.
    pub(crate) fn story(&mut self, ledger: &Ledger, tx: &mut dyn ReadTx) -> Result<&Story, ServiceError> {
        if self.story.is_none() {
            self.story = ledger.cached_story(self.row.no, self.row.events);
        }
        if self.story.is_none() {
            let mut story = Story::default();
            for row in tx.rows_of_report(self.row.feed, self.row.no, &[RowKind::Event])? {
                if let Some(line) = self.told(&row)? {
                    story.add(line);
                }
            }
            self.story = Some(Arc::new(story));
        }
        Ok(self.story.as_deref().expect("read a line above"))
    }

    /// The matter that the story folds to. Call [`Self::story`] first.
    pub(crate) fn matter(&self) -> Option<&Matter> {
        self.story.as_ref().and_then(|story| story.matter.as_ref())
    }

    /// Takes the claimed place of the content into a summary that older programs wrote without one.
    pub(crate) fn fill_place(&mut self, tx: &mut dyn ReadTx) -> Result<(), ServiceError> {
        if self.row.changes == 0 || self.row.summary.is_empty() || self.summary.place.is_some() {
            return Ok(());
        }
        let place = Summary::place_of(self.content(tx)?);
        if let (Some(key), Some(_)) = (&self.key, place) {
            self.summary.place = place;
            let plain = minicbor::to_vec(&self.summary).expect("encoding to memory cannot fail");
            self.row.summary = key.seal(SUMMARY, self.row.report.as_bytes(), &plain);
        }
        Ok(())
    }

    /// Adds a line to a story that is at hand.
    pub(crate) fn tell(&mut self, line: Told) {
        if let Some(story) = &mut self.story {
            Arc::make_mut(story).add(line);
        }
    }

    /// The story and the document to keep in memory after a commit.
    pub(crate) fn into_memory(self) -> (Option<Arc<Story>>, Option<Snapshot>) {
        (self.story, self.newest)
    }

    /// The document, built from its saved form and the changes after it.
    pub(crate) fn document(&self, tx: &mut dyn ReadTx) -> Result<Document, ServiceError> {
        let bad = |_| damaged(&self.row, "the document");
        let rows = if self.is_new {
            Vec::new()
        } else {
            tx.rows_of_report(self.row.feed, self.row.no, &[RowKind::Change])?
        };
        let mut changes = Vec::new();
        for row in &rows {
            changes.extend(self.plain(row)?);
        }
        changes.extend(self.new_changes.iter().cloned());
        if let Some((count, sealed)) = self.saved(tx)?
            && let (Some(key), Some(later)) = (&self.key, changes.get(count..))
            && let Ok(plain) = key.open(DOCUMENT, self.row.report.as_bytes(), &sealed)
            && let Ok(mut document) = Document::load(&plain)
        {
            document.apply(later.iter().map(Vec::as_slice)).map_err(bad)?;
            return Ok(document);
        }
        Document::from_changes(changes.iter().map(Vec::as_slice)).map_err(bad)
    }

    /// The saved document with its heads, from memory where it is there; `None` where there is none.
    pub(crate) fn snapshot(
        &self,
        ledger: &Ledger,
        tx: &mut dyn ReadTx,
    ) -> Result<Option<Snapshot>, ServiceError> {
        if self.row.changes == 0 || self.is_erased() {
            return Ok(None);
        }
        if let Some(held) = &self.newest {
            return Ok(Some(held.clone()));
        }
        if let Some(held) = ledger
            .cached_document(self.row.no, self.row.changes)
            .filter(|_| !self.is_new)
        {
            return Ok(Some(held));
        }
        Ok(Some(Snapshot::of(&self.document(tx)?)))
    }

    fn saved(&self, tx: &mut dyn ReadTx) -> Result<Option<(usize, Vec<u8>)>, ServiceError> {
        if self.is_new || self.row.changes < super::take::SAVED_EVERY {
            return Ok(None);
        }
        let saved = tx.snapshot(self.row.feed, self.row.no)?;
        Ok(saved.and_then(|(count, body)| Some((usize::try_from(count).ok()?, body))))
    }

    /// The content, read where it is not at hand.
    pub(crate) fn content(&mut self, tx: &mut dyn ReadTx) -> Result<&ReportContent, ServiceError> {
        if self.content.is_none() {
            let content = self.document(tx)?.content();
            self.content = Some(content.map_err(|_| damaged(&self.row, "the content"))?);
        }
        Ok(self.content.as_ref().expect("read a line above"))
    }
}
