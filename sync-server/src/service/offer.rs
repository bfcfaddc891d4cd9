//! What somebody may do with a report now: what buttons offer, decided by the same table as the act itself.

use std::collections::BTreeMap;

use xunge_core::command::{ActionKind, Outcome};
use xunge_core::directory::Level;
use xunge_core::id::{ChangeHash, CommandId, PersonId, ReportId, UnitId};
use xunge_core::time::Timestamp;
use xunge_core::workflow::{DecisionContext, levels_above, permitted, permitted_units};

use super::{Caller, QueueQuery, QueueRow, ReportRef, Service};
use crate::ServiceError;
use crate::ledger::open_report::OpenReport;
use crate::store::{FeedState, ReadTx, ReportRow, flag};

/// What the caller may do with one report, and what an act must name so that nobody decides on what he has not seen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Offer {
    /// The acts, in the order of [`ActionKind::ALL`].
    pub acts: Vec<ActionKind>,
    /// For which units, where the act is a unit's (sign, ask for time, hand back, feed back).
    pub units: BTreeMap<ActionKind, Vec<UnitId>>,
    /// The levels to which it may be passed up, lowest first.
    pub levels_above: Vec<Level>,
    /// The last move.
    pub version: Option<CommandId>,
    /// The heads of the content, sorted.
    pub heads: Vec<ChangeHash>,
}

/// The acts that are a unit's.
const UNIT_ACTS: [ActionKind; 4] = [
    ActionKind::Sign,
    ActionKind::AskTime,
    ActionKind::HandBack,
    ActionKind::FeedBack,
];

impl Service {
    /// What the caller may do with a report that he may see. Nothing for an operator without a person, and once it was erased.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a report that is not there or not the caller's to see.
    pub fn offer(&self, caller: &Caller, report: &ReportRef) -> Result<Offer, ServiceError> {
        let (feed, id) = self.find(caller, report)?;
        let now = self.now();
        self.ledger.read(|tx| {
            let feed = tx.feed_by_no(feed)?.ok_or(ServiceError::NotFound("feed"))?;
            let row = tx.reports(feed.no, &[id])?.pop();
            let row = row.ok_or(ServiceError::NotFound("report"))?;
            self.offer_of(tx, caller.person(), &feed, row, now)
        })
    }

    /// The open reports of one feed in which the caller has a hand, with what he may do: those of [`QueueQuery`], the first `rows_max`
    /// in the queue's order, without those that `wants` turns down.
    ///
    /// # Errors
    /// As [`Service::queue`].
    pub fn offers(
        &self,
        caller: &Caller,
        query: &QueueQuery,
        rows_max: usize,
        mut wants: impl FnMut(&Offer) -> bool,
    ) -> Result<Vec<(QueueRow, Offer)>, ServiceError> {
        let now = self.now();
        let mut query = query.clone();
        let mut found = Vec::new();
        let mut looked_at = 0;
        loop {
            let page = self.queue(caller, &query)?;
            looked_at += page.rows.len();
            let feed = match &query.feed {
                Some(feed) => Some(feed.clone()),
                None => self.feeds_of(caller)?.first().cloned(),
            };
            let feed = feed.ok_or(ServiceError::NotFound("feed"))?;
            let ids: Vec<ReportId> = page.rows.iter().map(|row| row.report).collect();
            let offers = self.ledger.read(|tx| {
                let feed = tx.feed(&feed)?.ok_or(ServiceError::NotFound("feed"))?;
                let mut offers = BTreeMap::new();
                for row in tx.reports(feed.no, &ids)? {
                    let id = row.report;
                    offers.insert(id, self.offer_of(tx, caller.person(), &feed, row, now)?);
                }
                Ok(offers)
            })?;
            let offer = |row: QueueRow| Some((offers.get(&row.report)?.clone(), row));
            let wanted = page.rows.into_iter().filter_map(offer);
            found.extend(wanted.filter(|(offer, _)| wants(offer)).map(|(o, row)| (row, o)));
            query.after = page.next;
            if query.after.is_none() || looked_at >= rows_max {
                return Ok(found);
            }
        }
    }

    fn offer_of(
        &self,
        tx: &mut dyn ReadTx,
        person: Option<&PersonId>,
        feed: &FeedState,
        row: ReportRow,
        now: Timestamp,
    ) -> Result<Offer, ServiceError> {
        let mut open = OpenReport::open(&self.ledger, row)?;
        let Some(person) = person.filter(|_| !open.is_erased()) else {
            return Ok(Offer::default());
        };
        let (_, directory) = self.ledger.directory(tx)?;
        let content = (open.row.changes > 0).then(|| open.summary.facts(&open.row));
        let has_uncovered_changes = open.row.flags & flag::AMENDED != 0;
        let heads = open.row.heads.clone();
        let no = open.row.no;
        let story = open.story(&self.ledger, tx)?;
        let Some(matter) = &story.matter else {
            return Ok(Offer::default());
        };
        let known = |id: &CommandId| -> Option<Outcome> { story.known.get(id).copied() };
        let context = DecisionContext {
            content: content.as_ref(),
            has_uncovered_changes,
            known: &known,
            ..DecisionContext::new(&directory, &feed.unit, now)
        };
        let acts = permitted(Some(matter), person, &context);
        let units = UNIT_ACTS.into_iter().filter(|kind| acts.contains(kind));
        let offer = Offer {
            units: units
                .map(|kind| (kind, permitted_units(matter, person, kind, &context)))
                .collect(),
            levels_above: levels_above(matter, &context),
            version: Some(matter.version),
            heads,
            acts,
        };
        if let (Some(story), _) = open.into_memory() {
            self.ledger.cache_story(no, story);
        }
        Ok(offer)
    }
}
