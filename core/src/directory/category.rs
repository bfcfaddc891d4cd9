//! The category tree with the fields that each kind declares.

use serde::{Deserialize, Serialize};

use crate::id::{CategoryId, FieldId, UnitId};

/// One version of one category. A report names the version that it was filled in with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Category {
    /// The category's code, the same through all versions.
    pub id: CategoryId,
    /// Counts from 1; greater is newer.
    pub version: u32,
    /// The class above; `None` for one of the top classes.
    #[serde(default)]
    pub parent: Option<CategoryId>,
    /// The name on tiles and in lists.
    pub name: String,
    /// Fields to fill in, at most 6.
    #[serde(default)]
    pub fields: Vec<FieldSpec>,
    /// Closes on receipt (走访).
    #[serde(default)]
    pub is_record_only: bool,
    /// Seen only by its holders (信访、家庭纠纷).
    #[serde(default)]
    pub is_sensitive: bool,
    /// Reports of this kind are urgent unless the worker says otherwise.
    #[serde(default)]
    pub is_urgent: bool,
    /// False for classes and for kinds that are no longer offered.
    #[serde(default = "offered")]
    pub is_offered: bool,
    /// The department that usually handles it; the room decides.
    #[serde(default)]
    pub department: Option<UnitId>,
    /// The long side of its pictures in pixels, where it differs from the policy.
    #[serde(default)]
    pub picture_long_side_px: Option<u32>,
}

fn offered() -> bool {
    true
}

/// A field that a category declares.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FieldSpec {
    /// The key under `answers`.
    pub id: FieldId,
    /// The label.
    pub name: String,
    /// What may be entered.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Whether submission asks for it.
    #[serde(default)]
    pub is_required: bool,
}

/// What may be entered into a field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// One of the options, stored as its text.
    Choice {
        /// The options in their order on screen.
        options: Vec<String>,
    },
    /// A whole or decimal number within bounds (inclusive).
    Number {
        /// The least value.
        #[serde(default)]
        min: Option<f64>,
        /// The greatest value.
        #[serde(default)]
        max: Option<f64>,
    },
    /// A civil day, `YYYY-MM-DD`.
    Date,
    /// Words.
    Text {
        /// The most characters (default 200).
        #[serde(default)]
        chars_max: Option<u32>,
    },
    /// Yes or no.
    YesNo,
}
