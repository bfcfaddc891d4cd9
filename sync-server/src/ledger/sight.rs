//! Whose sight of a report ends: units that a step brought in, once that step is taken back.
//!
//! Who was never to have it need not go on seeing it, least of all with people's names in it. But a unit that did something about it, or
//! wrote something into it, keeps what it worked on. Grants to single persons stay: somebody was asked, or reported it.

use std::collections::BTreeSet;

use xunge_core::command::{Action, Outcome};
use xunge_core::directory::UnitKind;
use xunge_core::id::{PersonId, UnitId};
use xunge_core::workflow::{AssignmentProgress as Progress, Matter};

use super::open_report::OpenReport;
use super::scope;
use super::turn::{NewRow, Turn};
use crate::ServiceError;
use crate::store::RowKind;

impl Turn<'_> {
    /// In whose name the matter has to be seen beside its grid: the units that handle it, a holder outside the grid's own line, and who
    /// was asked to look.
    pub(super) fn holders(&self, matter: &Matter) -> BTreeSet<String> {
        let now = self.now;
        let sees_anyway = |unit: &UnitId| {
            self.directory.is_within(&matter.grid, unit, now)
                && self.directory.is_within(unit, &matter.township, now)
        };
        // A part that gave way is kept in the matter, so that who signs on an old page is told what happened; it needs no sight.
        let parts = matter.assignments.iter();
        let handling = parts
            .filter(|a| a.progress != Progress::Replaced)
            .map(|a| &a.unit);
        let units = handling.chain(std::iter::once(&matter.holder.unit));
        let units = units.filter(|unit| !sees_anyway(unit)).map(scope::unit_holder);
        let asked = matter.checks.iter().map(|c| scope::person_holder(&c.who));
        units.chain(asked).collect()
    }

    /// Ends what was granted to units that have no part any more and did nothing, each with a row of its own by which their phones let
    /// the report go.
    pub(super) fn end_sight(&mut self, open: &mut OpenReport) -> Result<(), ServiceError> {
        let Some(matter) = open.matter().cloned() else {
            return Ok(());
        };
        let wanted = self.holders(&matter);
        for holder in self.granted(open)? {
            let Some(unit) = scope::unit_of(&holder) else {
                continue;
            };
            if wanted.contains(&holder) || self.has_acted(open, &unit)? {
                continue;
            }
            let row = NewRow {
                kind: RowKind::Grant,
                name: None,
                install: None,
                moved_from: Some(holder.clone()),
                body: None,
            };
            self.append(open, row);
            self.end_grant(open, holder);
        }
        Ok(())
    }

    /// Whether somebody of this unit did anything about the report, or anything was done in the unit's name.
    fn has_acted(&mut self, open: &mut OpenReport, unit: &UnitId) -> Result<bool, ServiceError> {
        let story = open.story(self.ledger, self.tx)?;
        let mut authors: BTreeSet<PersonId> = BTreeSet::new();
        for told in story
            .told
            .iter()
            .filter(|told| told.result.outcome == Outcome::Accepted)
        {
            let is_in_its_name = match &told.command.action {
                Action::Sign { unit: named }
                | Action::FeedBack { unit: named }
                | Action::HandBack { unit: named, .. }
                | Action::AskTime { unit: named, .. } => named == unit,
                _ => false,
            };
            if is_in_its_name {
                return Ok(true);
            }
            authors.insert(told.command.by.clone());
        }
        if !open.is_erased() && open.row.changes > 0 {
            let notes = open.content(self.tx)?.notes.values();
            authors.extend(notes.map(|note| note.by.clone()));
        }
        Ok(authors.iter().any(|author| self.is_of(author, unit)))
    }

    /// Whether somebody has a post in a unit or in a team of it.
    fn is_of(&self, person: &PersonId, unit: &UnitId) -> bool {
        let (directory, now) = (&self.directory, self.now);
        let is_team = |at: &UnitId| {
            directory
                .unit(at, now)
                .is_some_and(|at| at.kind == UnitKind::Department)
                && directory.is_within(at, unit, now)
        };
        let mut posts = directory.posts_of(person, now).into_iter();
        posts.any(|post| post.unit == *unit || is_team(&post.unit))
    }
}
