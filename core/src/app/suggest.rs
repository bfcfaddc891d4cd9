//! What can be filled in with one tap: answers given last time, names of places near by.

use std::collections::BTreeMap;

use super::{Device, draft as drafts, list};
use crate::directory::NearbyName;
use crate::error::Error;
use crate::id::{FieldId, ReportId};
use crate::place::PlaceClaim;
use crate::report::Answer;
use crate::store::TabFilter;

/// How many of the own last reports are looked at.
const LOOKED_AT_MAX: u32 = 100;

/// An answer that was given to the same field before.
#[derive(Clone, PartialEq, Debug)]
pub struct SuggestedAnswer {
    /// The field of the draft's category.
    pub field: FieldId,
    /// What was answered last.
    pub answer: Answer,
}

impl Device {
    /// For each field of a draft's category that is not answered yet: what this person answered in his last report of that category.
    /// Only what the category's version of the draft takes.
    pub fn suggested_answers(&self, report: ReportId) -> Result<Vec<SuggestedAnswer>, Error> {
        self.read(|tx, context| {
            let content = drafts::load(tx, context, &report)?
                .ok_or(Error::NotFound("draft"))?
                .content;
            let category = content
                .category
                .as_ref()
                .and_then(|id| context.directory.category(id, content.category_version));
            let Some(category) = category else {
                return Ok(Vec::new());
            };
            let mut known: BTreeMap<FieldId, Answer> = BTreeMap::new();
            for line in tx.list(TabFilter::Own, None, LOOKED_AT_MAX)? {
                let row = list::named(&line.row_json, context)?;
                if row.category.as_ref() != content.category.as_ref() {
                    continue;
                }
                if let Some(before) = tx.saved_content(&row.report)?.and_then(|saved| saved.content) {
                    for (field, answer) in before.answers {
                        known.entry(field).or_insert(answer);
                    }
                    break;
                }
            }
            Ok(category
                .fields
                .iter()
                .filter(|spec| !content.answers.contains_key(&spec.id))
                .filter_map(|spec| {
                    let answer = known.remove(&spec.id)?;
                    spec.kind.check(&answer).is_none().then(|| SuggestedAnswer {
                        field: spec.id.clone(),
                        answer,
                    })
                })
                .collect())
        })
    }

    /// Local names for where a claim lies, the nearest first: one tap makes them the place's text.
    pub fn nearby_names(&self, claim: &PlaceClaim) -> Result<Vec<NearbyName>, Error> {
        if claim.position.check().is_err() {
            return Ok(Vec::new());
        }
        let now = self.now();
        Ok(self.directory()?.names_near(claim.position, now))
    }
}
