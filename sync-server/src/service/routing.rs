//! What the township's rules of routing make of reports, what changed rules would have made of those of the last weeks, and how often a
//! rule sent a matter to the wrong department.

use std::collections::BTreeMap;

use serde::Serialize;
use xunge_core::command::{Action, AssignmentPart};
use xunge_core::directory::{Directory, DirectoryRecord, RoutingRule};
use xunge_core::id::{ReportId, UnitId};
use xunge_core::report::ReportContent;
use xunge_core::routing::{Route, RouteFacts, route};
use xunge_core::time::Timestamp;
use xunge_core::workflow::Matter;

use super::{Caller, ReportStory, Service};
use crate::ServiceError;
use crate::ledger::open_report::OpenReport;
use crate::ledger::story::Told;
use crate::store::{FeedState, ReadTx, ReportNo, ReportRow};

/// Reports read at once.
const ROWS_AT_ONCE: u32 = 500;

/// The most reports that a dry run looks at.
const LOOKED_AT_MAX: usize = 3_000;

/// How a dispatch says in its reason's code which rule it follows.
pub const RULE_CODE: &str = "rule:";

const DAY_MS: i64 = 86_400_000;

/// A report that changed rules would have routed otherwise.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Rerouted {
    /// The report.
    pub report: ReportId,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// What the rules of now make of it.
    pub before: Route,
    /// What the changed rules would make of it.
    pub after: Route,
}

/// What changed rules would have done.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct DryRun {
    /// How many reports were looked at.
    pub looked_at: usize,
    /// Whether there are more than were looked at.
    pub is_cut: bool,
    /// Under how many of them each of the changed rules would have decided something, by rule.
    pub by_rule: BTreeMap<String, usize>,
    /// Those that would have gone another way, newest first.
    pub rerouted: Vec<Rerouted>,
}

/// What came of one rule.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct RuleCount {
    /// Dispatches that followed it.
    pub dispatched: usize,
    /// Of these, those that the lead unit handed back as not its own.
    pub handed_back: usize,
    /// The reports that were handed back, newest first.
    pub reports: Vec<(ReportId, String)>,
}

/// What the rules of a directory make of a report.
pub fn route_of(story: &ReportStory, directory: &Directory, now: Timestamp) -> Option<Route> {
    let (content, matter) = (story.content.as_ref()?, story.matter.as_ref()?);
    let rules = directory.routing_rules(now);
    Some(route_by(
        rules,
        content,
        matter,
        &story.row.title,
        (directory, now),
    ))
}

fn route_by<'a>(
    rules: impl IntoIterator<Item = &'a RoutingRule>,
    content: &ReportContent,
    matter: &Matter,
    title: &str,
    (directory, now): (&Directory, Timestamp),
) -> Route {
    let words = format!("{title}\n{}\n{}", content.place_text, content.description);
    let facts = RouteFacts {
        category: &matter.category,
        grid: &matter.grid,
        urgency: matter.urgency,
        received_at: matter.submitted_at,
        answers: &content.answers,
        words: &words,
    };
    route(rules, &facts, directory, now)
}

impl Service {
    /// What these rules, in place of those of the same names, would have made of the reports of a township that were received in the last
    /// `days`. Nothing is written.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a feed that the caller does not follow.
    pub fn routing_dry_run(
        &self,
        caller: &Caller,
        feed: &UnitId,
        changed: &[RoutingRule],
        days: u32,
    ) -> Result<DryRun, ServiceError> {
        let now = self.now();
        let since = now.plus_ms(-i64::from(days) * DAY_MS);
        let mut run = DryRun::default();
        self.each_since(caller, feed, since, |service, tx, open| {
            if run.looked_at == LOOKED_AT_MAX {
                run.is_cut = true;
                return Ok(());
            }
            let (_, directory) = service.ledger.directory(tx)?;
            open.story(&service.ledger, tx)?;
            let Some(matter) = open.matter().cloned() else {
                return Ok(());
            };
            let content = open.content(tx)?.clone();
            let title = open.summary.title.clone();
            let standing: Vec<&RoutingRule> = directory.routing_rules(now).collect();
            let is_kept = |rule: &&&RoutingRule| changed.iter().all(|other| other.id != rule.id);
            let after = standing.iter().filter(is_kept).copied().chain(changed);
            let with = (&*directory, now);
            let before = route_by(standing.iter().copied(), &content, &matter, &title, with);
            let after = route_by(after, &content, &matter, &title, with);
            run.looked_at += 1;
            for rule in changed.iter().filter(|rule| decides(&after, &rule.id)) {
                *run.by_rule.entry(rule.id.clone()).or_default() += 1;
            }
            if !before.leads_to(&after) {
                run.rerouted.push(Rerouted {
                    report: open.row.report,
                    code: open.row.code.clone(),
                    title,
                    before,
                    after,
                });
            }
            Ok(())
        })?;
        run.rerouted.reverse();
        Ok(run)
    }

    /// How often each rule was followed by a dispatch of the last `days`, and how often the lead unit handed that back.
    ///
    /// # Errors
    /// As [`Service::routing_dry_run`].
    pub fn routing_counts(
        &self,
        caller: &Caller,
        feed: &UnitId,
        days: u32,
    ) -> Result<BTreeMap<String, RuleCount>, ServiceError> {
        let since = self.now().plus_ms(-i64::from(days) * DAY_MS);
        let mut counts: BTreeMap<String, RuleCount> = BTreeMap::new();
        self.each_since(caller, feed, since, |service, tx, open| {
            let (report, code) = (open.row.report, open.row.code.clone());
            for (rule, was_handed_back) in followed(&open.story(&service.ledger, tx)?.told) {
                let count = counts.entry(rule).or_default();
                count.dispatched += 1;
                if was_handed_back {
                    count.handed_back += 1;
                    count.reports.insert(0, (report, code.clone()));
                }
            }
            Ok(())
        })?;
        Ok(counts)
    }

    /// Every report of a feed that the caller may see and that was received since, oldest first.
    fn each_since(
        &self,
        caller: &Caller,
        feed: &UnitId,
        since: Timestamp,
        mut job: impl FnMut(&Self, &mut dyn ReadTx, &mut OpenReport) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let now = self.now();
        let feeds = self.feeds_of(caller)?;
        let unit = feeds.get(feed).ok_or(ServiceError::NotFound("feed"))?;
        let mut after = ReportNo(0);
        loop {
            let rows = self.ledger.read(|tx| {
                let feed = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
                Ok(tx.reports_all(feed.no, after, ROWS_AT_ONCE)?)
            })?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.no;
            let is_new =
                |row: &ReportRow| row.scope.is_some() && row.submitted_at.is_some_and(|at| at >= since);
            for row in rows.into_iter().filter(is_new) {
                let mut row = Some(row);
                self.ledger.read(|tx| {
                    let Some(row) = row.take() else { return Ok(()) };
                    let feed: FeedState = tx.feed(unit)?.ok_or(ServiceError::NotFound("feed"))?;
                    let grants = tx.grants(feed.no, &[row.no])?;
                    let scope = self.reader(tx, caller, &feed, now)?;
                    let is_operator = matches!(caller, Caller::Operator { .. });
                    if !is_operator && scope.sees_since(&row, &grants).is_none() {
                        return Ok(());
                    }
                    let mut open = OpenReport::open(&self.ledger, row)?;
                    match open.is_erased() || open.row.changes == 0 {
                        true => Ok(()),
                        false => job(self, tx, &mut open),
                    }
                })?;
            }
        }
    }
}

/// Whether a rule decided anything of a route.
fn decides(route: &Route, rule: &str) -> bool {
    let is = |named: Option<&String>| named.is_some_and(|named| named == rule);
    is(route.department.as_ref().and_then(|c| c.rule.as_ref()))
        || is(route.level.as_ref().and_then(|c| c.rule.as_ref()))
        || is(route.within.as_ref().and_then(|c| c.rule.as_ref()))
        || is(route.risk.as_ref().and_then(|c| c.rule.as_ref()))
}

/// The rules that dispatches of a story followed, each with whether the lead unit handed it back.
fn followed(told: &[Told]) -> Vec<(String, bool)> {
    let mut found: Vec<(String, Option<UnitId>, bool)> = Vec::new();
    for line in told.iter().filter(|line| line.result.outcome.is_accepted()) {
        match &line.command.action {
            Action::Dispatch { to } => {
                let code = line
                    .command
                    .reason
                    .as_ref()
                    .and_then(|reason| reason.code.as_deref());
                let Some(rule) = code.and_then(|code| code.strip_prefix(RULE_CODE)) else {
                    // A dispatch by hand: a later hand back is none of the rule's.
                    if let Some(last) = found.last_mut() {
                        last.1 = None;
                    }
                    continue;
                };
                let lead = to.iter().find(|a| a.part == AssignmentPart::Lead);
                found.push((rule.to_owned(), lead.map(|a| a.unit.clone()), false));
            }
            Action::HandBack { unit, .. } => {
                if let Some(last) = found.last_mut().filter(|last| last.1.as_ref() == Some(unit)) {
                    last.2 = true;
                }
            }
            _ => {}
        }
    }
    found
        .into_iter()
        .map(|(rule, _, is_back)| (rule, is_back))
        .collect()
}

/// The rules among records of a file.
pub fn rules_of<'a>(records: impl IntoIterator<Item = &'a DirectoryRecord>) -> Vec<RoutingRule> {
    let rule = |record: &DirectoryRecord| match record {
        DirectoryRecord::RoutingRule(rule) => Some(rule.clone()),
        _ => None,
    };
    records.into_iter().filter_map(rule).collect()
}
