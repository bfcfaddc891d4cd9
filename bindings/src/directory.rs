//! Levels, roles, categories and their fields.

use xunge_core::app::GridName;
use xunge_core::directory::{Category, FieldKind, FieldSpec, Level};
use xunge_core::id::{CategoryId, FieldId, UnitId};

use crate::device::Device;
use crate::error::CoreError;

/// The level at which a matter lies or was closed.
#[uniffi::remote(Enum)]
pub enum Level {
    /// The grid.
    Grid,
    /// The village.
    Village,
    /// The township.
    Township,
    /// The county.
    County,
}

/// One version of one category.
#[uniffi::remote(Record)]
pub struct Category {
    /// The code.
    pub id: CategoryId,
    /// Counts from 1.
    pub version: u32,
    /// The class above.
    pub parent: Option<CategoryId>,
    /// The name on tiles and in lists.
    pub name: String,
    /// Fields to fill in.
    pub fields: Vec<FieldSpec>,
    /// Closes on receipt.
    pub is_record_only: bool,
    /// Seen only by its holders.
    pub is_sensitive: bool,
    /// Urgent unless the worker says otherwise.
    pub is_urgent: bool,
    /// Whether it can be chosen.
    pub is_offered: bool,
    /// The department that usually handles it.
    pub department: Option<UnitId>,
    /// The long side of its pictures in pixels, where it differs.
    pub picture_long_side_px: Option<u32>,
}

/// A field that a category declares.
#[uniffi::remote(Record)]
pub struct FieldSpec {
    /// The key under `answers`.
    pub id: FieldId,
    /// The label.
    pub name: String,
    /// What may be entered.
    pub kind: FieldKind,
    /// Whether submission asks for it.
    pub is_required: bool,
}

/// What may be entered into a field.
#[uniffi::remote(Enum)]
pub enum FieldKind {
    /// One of the options.
    Choice {
        /// The options in their order on screen.
        options: Vec<String>,
    },
    /// A number within bounds.
    Number {
        /// The least value.
        min: Option<f64>,
        /// The greatest value.
        max: Option<f64>,
    },
    /// A civil day, `YYYY-MM-DD`.
    Date,
    /// Words.
    Text {
        /// The most characters.
        chars_max: Option<u32>,
    },
    /// Yes or no.
    YesNo,
}

/// A grid as people call it.
#[uniffi::remote(Record)]
pub struct GridName {
    /// The grid.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// The name of its village; empty where it has none.
    pub village: String,
}

#[uniffi::export]
impl Device {
    /// The grids that this person's posts let him see, by code. Empty before the first sync.
    pub fn own_grids(&self) -> Result<Vec<GridName>, CoreError> {
        Ok(self.inner.own_grids()?)
    }

    /// The township's grids whose name or village fits what is typed (signs, pinyin, initials), the best first; all where nothing is.
    pub fn search_grids(&self, text: String) -> Result<Vec<GridName>, CoreError> {
        Ok(self.inner.search_grids(&text)?)
    }

    /// The name of a unit as this phone last knew it; its code where it never did.
    pub fn unit_name(&self, unit: UnitId) -> Result<String, CoreError> {
        Ok(self.inner.unit_name(&unit)?)
    }

    /// One version of a category, or its newest where this phone does not have that one.
    pub fn category(&self, category: CategoryId, version: u32) -> Result<Option<Category>, CoreError> {
        Ok(self.inner.category(&category, version)?)
    }
}
