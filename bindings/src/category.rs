//! Choosing a category, and what can be filled in with one tap.

use xunge_core::app as core;
use xunge_core::app::SuggestedAnswer;
use xunge_core::directory::Category;
use xunge_core::id::{CategoryId, FieldId, ReportId};
use xunge_core::report::Answer;

use crate::device::Device;
use crate::error::CoreError;

/// A category as a tile.
#[derive(Clone, Debug, uniffi::Record)]
pub struct CategoryTile {
    /// The category in its current version.
    pub category: Category,
    /// The name of the class above it; empty for one of the top classes.
    pub class_name: String,
    /// Whether there is more to choose under it: then it cannot be chosen itself.
    pub has_children: bool,
}

impl From<core::CategoryTile> for CategoryTile {
    fn from(core: core::CategoryTile) -> Self {
        let core::CategoryTile {
            category,
            class_name,
            has_children,
        } = core;
        Self {
            category,
            class_name,
            has_children,
        }
    }
}

/// An answer that was given to the same field before.
#[uniffi::remote(Record)]
pub struct SuggestedAnswer {
    /// The field of the draft's category.
    pub field: FieldId,
    /// What was answered last.
    pub answer: Answer,
}

#[uniffi::export]
impl Device {
    /// The categories that this person chose last, the latest first, each once, at most `limit`.
    pub fn recent_categories(&self, limit: u32) -> Result<Vec<CategoryTile>, CoreError> {
        let tiles = self.inner.recent_categories(limit)?;
        Ok(tiles.into_iter().map(Into::into).collect())
    }

    /// The categories whose name or class fits what is typed (`违章`, `weizhang`, `wzgg`), the best first.
    pub fn search_categories(&self, text: String) -> Result<Vec<CategoryTile>, CoreError> {
        let tiles = self.inner.search_categories(&text)?;
        Ok(tiles.into_iter().map(Into::into).collect())
    }

    /// What stands under a class, by code; the top classes where `parent` is `None`.
    pub fn category_children(&self, parent: Option<CategoryId>) -> Result<Vec<CategoryTile>, CoreError> {
        let tiles = self.inner.category_children(parent.as_ref())?;
        Ok(tiles.into_iter().map(Into::into).collect())
    }

    /// For each field of a draft's category that is not answered yet: what this person answered last time.
    pub fn suggested_answers(&self, report: ReportId) -> Result<Vec<SuggestedAnswer>, CoreError> {
        Ok(self.inner.suggested_answers(report)?)
    }
}
