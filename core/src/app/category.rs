//! Choosing a category: what was chosen lately, by what is typed, and tile by tile through the tree.

use std::collections::BTreeSet;

use super::device::Context;
use super::{Device, ReportRow};
use crate::directory::Category;
use crate::error::Error;
use crate::id::CategoryId;
use crate::in_order::InOrder;
use crate::initials::{Fit, fit};
use crate::json;
use crate::store::{TabFilter, Tx};

/// How many of the own last reports are looked at for what was chosen lately.
const LOOKED_AT_MAX: u32 = 200;
/// The most categories that a search answers.
const FOUND_MAX: usize = 30;

/// A category as a tile.
#[derive(Clone, PartialEq, Debug)]
pub struct CategoryTile {
    /// The category in its current version.
    pub category: Category,
    /// The name of the class above it; empty for one of the top classes.
    pub class_name: String,
    /// Whether there is more to choose under it: then it cannot be chosen itself.
    pub has_children: bool,
}

impl Device {
    /// The categories that this person chose last, the latest first, each once, at most `limit`; none that is not offered any more.
    pub fn recent_categories(&self, limit: u32) -> Result<Vec<CategoryTile>, Error> {
        self.read(|tx, context| {
            let offered = offered(context);
            let mut found: Vec<CategoryTile> = Vec::new();
            for id in chosen(tx)? {
                let is_new = found.iter().all(|tile| tile.category.id != id);
                if found.len() < limit as usize
                    && is_new
                    && let Some(category) = offered.iter().find(|category| category.id == id)
                {
                    found.push(tile(context, category));
                }
            }
            Ok(found)
        })
    }

    /// The categories whose name or class fits what is typed (signs, pinyin, initials), the best first: names before classes.
    pub fn search_categories(&self, text: &str) -> Result<Vec<CategoryTile>, Error> {
        self.read(|_, context| {
            let mut found: Vec<((bool, Fit), CategoryTile)> = Vec::new();
            for category in offered(context) {
                let tile = tile(context, category);
                let by_name = fit(&category.name, text).map(|fit| (false, fit));
                let by_class = || fit(&tile.class_name, text).map(|fit| (true, fit));
                if let Some(rank) = by_name.or_else(by_class) {
                    found.push((rank, tile));
                }
            }
            found.order_by(|(a, one), (b, other)| (a, &one.category.id).cmp(&(b, &other.category.id)));
            found.truncate(FOUND_MAX);
            Ok(found.into_iter().map(|(_, tile)| tile).collect())
        })
    }

    /// What stands under a class, by code; the top classes where `parent` is `None`. Classes without anything to choose are left out.
    pub fn category_children(&self, parent: Option<&CategoryId>) -> Result<Vec<CategoryTile>, Error> {
        self.read(|_, context| {
            let offered: BTreeSet<&CategoryId> = offered(context)
                .into_iter()
                .map(|category| &category.id)
                .collect();
            let all = context.directory.categories(context.now());
            Ok(all
                .filter(|category| category.parent.as_ref() == parent)
                .map(|category| tile(context, category))
                .filter(|tile| tile.has_children || offered.contains(&tile.category.id))
                .collect())
        })
    }
}

fn offered<'a>(context: &'a Context<'_>) -> Vec<&'a Category> {
    context.directory.categories_offered(context.now())
}

fn tile(context: &Context<'_>, category: &Category) -> CategoryTile {
    let (directory, now) = (context.directory, context.now());
    let class = category.parent.as_ref();
    let class = class.and_then(|id| directory.category_current(id, now));
    CategoryTile {
        category: category.clone(),
        class_name: class.map_or_else(String::new, |class| class.name.clone()),
        has_children: has_offered_below(context, &category.id, 0),
    }
}

/// Whether a kind that can be chosen stands below.
fn has_offered_below(context: &Context<'_>, id: &CategoryId, depth: u32) -> bool {
    const DEPTH_MAX: u32 = 8;
    let below = context.directory.categories(context.now());
    depth < DEPTH_MAX
        && below
            .filter(|category| category.parent.as_ref() == Some(id))
            .any(|category| category.is_offered || has_offered_below(context, &category.id, depth + 1))
}

/// The categories of the own last reports, the latest first: what the worker chose, whatever the room made of it is near enough.
fn chosen(tx: &Tx<'_>) -> Result<Vec<CategoryId>, Error> {
    let lines = tx.list(TabFilter::Own, None, LOOKED_AT_MAX)?;
    let row = |json: &str| json::read::<ReportRow>(json).ok();
    Ok(lines
        .iter()
        .filter_map(|line| row(&line.row_json)?.category)
        .collect())
}
