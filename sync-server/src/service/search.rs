//! Search over codes, titles, words and places: also Chinese words of two characters and less.
//!
//! Words lie sealed under each report's own key, so no index of them may lie on disk: it would outlive the key whose destruction is
//! the erasure. So the texts of lists are opened once and kept in this process's memory, brought up to date from the feed at every
//! search, and an erased report drops out of it with the row that says so. Nothing of it is ever written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use memchr::memmem::Finder;
use xunge_core::command::State;
use xunge_core::directory::Directory;
use xunge_core::id::{CategoryId, PersonId, UnitId};
use xunge_core::initials::{Initials, Sought};
use xunge_core::time::Timestamp;

use super::{Caller, QueuePage, Service};
use crate::ServiceError;
use crate::ledger::open_report::OpenReport;
use crate::ledger::project;
use crate::ledger::scope::grid_of;
use crate::ledger::{Ledger, locked};
use crate::store::{FeedNo, FeedState, ReadTx, ReportNo, ReportRow};

/// Rows read at once while the index grows.
const ROWS_AT_ONCE: u32 = 2_000;

/// Reports looked up at once among the hits.
const HITS_AT_ONCE: usize = 200;

/// The longest text that is searched for, in characters; the rest is left out.
const TEXT_CHARS_MAX: usize = 100;

/// What is known of the texts of each feed.
#[derive(Default)]
pub(super) struct SearchIndex {
    feeds: Mutex<BTreeMap<FeedNo, FeedIndex>>,
}

#[derive(Default)]
struct FeedIndex {
    /// The feed's row up to which texts are up to date.
    head: u64,
    entries: BTreeMap<ReportNo, Entry>,
}

struct Entry {
    /// Code, title and words, folded.
    text: String,
    /// The pinyin initials of the title.
    initials: Initials,
    grid: Option<UnitId>,
    category: Option<CategoryId>,
    reporter: PersonId,
    submitted_at: Timestamp,
    /// Whether it may be rechecked at random: settled, or closed.
    is_ended: bool,
}

/// One word of what is searched for, with what the directory knows under it.
struct Term {
    finder: Finder<'static>,
    sought: Option<Sought>,
    grids: BTreeSet<UnitId>,
    categories: BTreeSet<CategoryId>,
    people: BTreeSet<PersonId>,
}

impl Service {
    /// The reports that the caller may see in which every word of the text stands: in code, title, place or words, or as the name of its
    /// grid, village, category or reporter. Newest first, at most `limit`; `next` is always `None`.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a feed that the caller does not follow.
    pub fn search(
        &self,
        caller: &Caller,
        feed: Option<&UnitId>,
        text: &str,
        limit: usize,
    ) -> Result<QueuePage, ServiceError> {
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        let unit = feed.map_or(feeds.first(), |feed| feeds.get(feed));
        let unit = unit.ok_or(ServiceError::NotFound("feed"))?;
        self.ledger.read(|tx| {
            let feed = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
            let (_, directory) = self.ledger.directory(tx)?;
            let terms = terms(text, &directory, now);
            if terms.is_empty() {
                return Ok(QueuePage::default());
            }
            let hits = self.hits(tx, &feed, &terms)?;
            let scope = self.reader(tx, caller, &feed, now)?;
            let is_operator = matches!(caller, Caller::Operator { .. });
            let mut rows = Vec::new();
            for some in hits.chunks(HITS_AT_ONCE) {
                let mut found = tx.reports_by_no(feed.no, some)?;
                found.sort_by_key(|row| std::cmp::Reverse(row.no));
                for row in found {
                    let grants = tx.grants(feed.no, &[row.no])?;
                    if is_operator || scope.sees_since(&row, &grants).is_some() {
                        rows.push(self.queue_row(row)?);
                    }
                    if rows.len() == limit {
                        return Ok(QueuePage { rows, next: None });
                    }
                }
            }
            Ok(QueuePage { rows, next: None })
        })
    }

    /// The reports of these categories that were received since, newest first, whoever may see them.
    pub(super) fn recent_of(
        &self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        categories: &BTreeSet<CategoryId>,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<ReportNo>, ServiceError> {
        let mut feeds = locked(&self.search.feeds);
        let index = feeds.entry(feed.no).or_default();
        index.refresh(&self.ledger, tx, feed)?;
        let is_wanted = |entry: &Entry| {
            entry.submitted_at >= since && entry.category.as_ref().is_some_and(|c| categories.contains(c))
        };
        let found = index.entries.iter().rev().filter(|(_, entry)| is_wanted(entry));
        Ok(found.map(|(no, _)| *no).take(limit).collect())
    }

    /// The reports that were received since and are settled or closed, newest first, whoever may see them.
    pub(super) fn recent_all(
        &self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        since: Timestamp,
    ) -> Result<Vec<ReportNo>, ServiceError> {
        let mut feeds = locked(&self.search.feeds);
        let index = feeds.entry(feed.no).or_default();
        index.refresh(&self.ledger, tx, feed)?;
        let found = index.entries.iter().rev();
        let found = found.filter(|(_, entry)| entry.is_ended && entry.submitted_at >= since);
        Ok(found.map(|(no, _)| *no).collect())
    }

    /// The reports in which every term stands, newest first, whoever may see them.
    fn hits(
        &self,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
        terms: &[Term],
    ) -> Result<Vec<ReportNo>, ServiceError> {
        let mut feeds = locked(&self.search.feeds);
        let index = feeds.entry(feed.no).or_default();
        index.refresh(&self.ledger, tx, feed)?;
        let hits = index.entries.iter().rev();
        let hits = hits.filter(|(_, entry)| terms.iter().all(|term| term.is_in(entry)));
        Ok(hits.map(|(no, _)| *no).collect())
    }
}

impl FeedIndex {
    /// Takes in what the feed has had since the last search.
    fn refresh(
        &mut self,
        ledger: &Ledger,
        tx: &mut dyn ReadTx,
        feed: &FeedState,
    ) -> Result<(), ServiceError> {
        if self.head == 0 {
            let mut after = ReportNo(0);
            loop {
                let rows = tx.reports_all(feed.no, after, ROWS_AT_ONCE)?;
                let Some(last) = rows.last() else { break };
                after = last.no;
                for row in rows {
                    self.take(ledger, row)?;
                }
            }
            self.head = feed.head;
        }
        while self.head < feed.head {
            let heads = tx.row_heads_after(feed.no, self.head, feed.head, ROWS_AT_ONCE)?;
            let Some(last) = heads.last() else { break };
            self.head = last.seq;
            let changed: BTreeSet<ReportNo> = heads.iter().filter_map(|head| head.report).collect();
            let changed: Vec<ReportNo> = changed.into_iter().collect();
            for row in tx.reports_by_no(feed.no, &changed)? {
                self.take(ledger, row)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, ledger: &Ledger, row: ReportRow) -> Result<(), ServiceError> {
        let open = OpenReport::open(ledger, row)?;
        if open.is_erased() || open.row.scope.is_none() {
            self.entries.remove(&open.row.no);
            return Ok(());
        }
        let summary = &open.summary;
        let words = summary.words.as_deref().unwrap_or("");
        let entry = Entry {
            initials: Initials::of(&summary.title),
            text: fold(&format!("{}\n{}\n{words}", open.row.code, summary.title)),
            grid: open.row.scope.as_deref().and_then(grid_of),
            category: open.row.category.as_ref().and_then(|c| CategoryId::new(c).ok()),
            reporter: open.row.reporter.clone(),
            submitted_at: open.row.submitted_at.unwrap_or(open.row.held_since),
            is_ended: matches!(project::state_of(open.row.state), State::Settled | State::Closed),
        };
        self.entries.insert(open.row.no, entry);
        Ok(())
    }
}

impl Term {
    fn is_in(&self, entry: &Entry) -> bool {
        self.finder.find(entry.text.as_bytes()).is_some()
            || self
                .sought
                .as_ref()
                .is_some_and(|sought| entry.initials.have(sought))
            || entry.grid.as_ref().is_some_and(|g| self.grids.contains(g))
            || entry
                .category
                .as_ref()
                .is_some_and(|c| self.categories.contains(c))
            || self.people.contains(&entry.reporter)
    }
}

fn terms(text: &str, directory: &Directory, now: Timestamp) -> Vec<Term> {
    let text: String = text.chars().take(TEXT_CHARS_MAX).collect();
    let folded: Vec<String> = text.split_whitespace().map(fold).collect();
    let named = |name: &str, word: &str| {
        let sought = Sought::of(word);
        fold(name).contains(word) || sought.is_some_and(|sought| Initials::of(name).have(&sought))
    };
    let term = |word: &String| Term {
        finder: Finder::new(word.as_bytes()).into_owned(),
        sought: Sought::of(word),
        grids: directory
            .units(now)
            .filter(|unit| named(&unit.name, word))
            .flat_map(|unit| directory.grids_ever_under(&unit.id, now))
            .collect(),
        categories: directory
            .categories(now)
            .filter(|category| {
                let class = directory.category_class(&category.id, now);
                named(&category.name, word) || class.is_some_and(|class| named(&class.name, word))
            })
            .map(|category| category.id.clone())
            .collect(),
        people: directory
            .people(now)
            .filter(|person| named(&person.name, word))
            .map(|person| person.id.clone())
            .collect(),
    };
    folded.iter().filter(|word| !word.is_empty()).map(term).collect()
}

/// Text as it is compared: small letters, full-width signs as their narrow ones, no spaces, nothing invisible.
fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    };
    let is_kept = |c: &char| {
        let is_direction =
            matches!(*c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}');
        !(c.is_control() && *c != '\n') && *c != ' ' && *c != '\u{3000}' && !is_direction
    };
    text.chars()
        .map(narrow)
        .filter(is_kept)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn texts_are_compared_without_width_case_spaces_and_invisible_marks() {
        assert_eq!(fold("ＡＢ－１ 王家\u{202E}桥头\u{3000}"), "ab-1王家桥头");
        assert_eq!(fold("QH-YF\u{0}"), "qh-yf");
    }
}
