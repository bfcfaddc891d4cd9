//! Hints that a matter may have been reported before, without a network.

use super::{Device, ReportRow, draft as drafts, list};
use crate::error::Error;
use crate::hint::{HintRow, HintRule, RECENT_MS, hints};
use crate::id::{CategoryId, ReportId};
use crate::place::Position;
use crate::store::NearRow;
use crate::time::Timestamp;

/// The most reports of one category that are compared.
const COMPARED_MAX: u32 = 300;

impl Device {
    /// Reports on this phone that may be about the same matter as a draft, the likeliest first. They never stop anybody.
    pub fn hints(&self, report: ReportId) -> Result<Vec<ReportRow>, Error> {
        self.read(|tx, context| {
            let draft = drafts::load(tx, context, &report)?.ok_or(Error::NotFound("draft"))?;
            let content = &draft.content;
            let (Some(category), Some(grid)) = (&content.category, &content.grid) else {
                return Ok(Vec::new());
            };
            let class = |id: &CategoryId| {
                context
                    .directory
                    .category_class(id, context.now())
                    .map_or_else(|| id.clone(), |class| class.id.clone())
            };
            let at = content.occurred_at.unwrap_or(content.created_at);
            let subject = HintRow {
                report,
                category: category.clone(),
                class: class(category),
                grid: grid.clone(),
                position: content.place.map(|place| place.position),
                at,
            };
            let mut siblings = vec![category.clone()];
            siblings.extend(
                context
                    .directory
                    .categories(context.now())
                    .filter(|other| other.id != *category && class(&other.id) == subject.class)
                    .map(|other| other.id.clone()),
            );
            let mut others = Vec::new();
            let mut lines = std::collections::BTreeMap::new();
            for sibling in siblings {
                for near in tx.near(&sibling, at.as_millis() - RECENT_MS, COMPARED_MAX)? {
                    if let Some(row) = compared(&near, class(&sibling)) {
                        others.push(row);
                        lines.insert(near.report, near.row_json);
                    }
                }
            }
            hints(&subject, &others, HintRule::default())
                .iter()
                .filter_map(|hint| lines.get(&hint.report))
                .map(|json| list::named(json, context))
                .collect()
        })
    }
}

fn compared(near: &NearRow, class: CategoryId) -> Option<HintRow> {
    Some(HintRow {
        report: near.report,
        category: near.category.clone()?,
        class,
        grid: near.grid.clone()?,
        position: near
            .lat_deg
            .zip(near.lon_deg)
            .map(|(lat_deg, lon_deg)| Position { lat_deg, lon_deg }),
        at: Timestamp(near.occurred_at_ms?),
    })
}
